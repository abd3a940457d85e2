"""A timer of one tick ticks, also where it is late before it began."""

from collections.abc import Iterator
from typing import Any

from textual import timer


async def test_a_late_timer_still_fires(app: Any, until: Any, monkeypatch: Any) -> None:
    async with app.run_test() as pilot:
        seconds: Iterator[int] = iter(range(1_000_000))
        # Each look at the clock finds that a second has passed: more than any of these timers waits.
        monkeypatch.setattr(timer._time, "get_time", lambda: float(next(seconds)))
        fired: list[str] = []
        app.set_timer(0.01, lambda: fired.append("app"))
        app.screen.set_timer(0.05, lambda: fired.append("screen"))
        await until(pilot, lambda: len(fired) == 2)
