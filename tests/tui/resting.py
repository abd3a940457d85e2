"""When an application that a pilot drives has come to rest, seen from its event loop.

Textual's own way is to sleep 20 ms and to look whether the process has computed meanwhile: twice for each key and once
for each pause, which is as long as all that the tests of the screens compute. The loop itself says it at once: nothing
is ready to run, no timer is due within those 20 ms, and no thread works at what will be ready.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from time import monotonic, process_time, thread_time
from typing import Any, ClassVar

SOON = 1 / 50
"""Seconds; a timer that is due later is not waited for."""
IDLE = SOON / 20
"""Seconds of computing; whoever computes less in :data:`SOON` only waits, as a thread does that a test holds back."""
ROUNDS = 200
"""Turns of the loop after which it is not expected to run out of what is ready."""
LATER = 1 / 60
"""Seconds after which a screen is laid out where no pilot waits for it."""


class Update:
    """Stands in for the timer of a screen that lays it out and paints it 60 times a second while it changes: where a
    pilot waits, it does so once, when all that is ready has been done."""

    asked: ClassVar[list["Update"]] = []

    def __init__(self, screen: Any) -> None:
        self._screen = screen
        self._timer: asyncio.TimerHandle | None = None

    def resume(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATER, self.now)
            self.asked.append(self)

    def pause(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self.asked.remove(self)

    def now(self) -> None:
        """Lay it out and paint it."""
        self.pause()
        app = self._screen.app
        if self._screen.is_running and not app._exit:
            try:
                self._screen._on_timer_update()
            except Exception as error:
                app._handle_exception(error)


def update_timer(screen: Any) -> Update:
    """The one of a screen."""
    if "_update_at_rest" not in screen.__dict__:
        screen._update_at_rest = Update(screen)
    return screen._update_at_rest


async def _all_done(loop: Any) -> bool:
    """Whether a turn of the loop left nothing ready and no screen to be laid out."""
    await asyncio.sleep(0)
    if loop._ready:
        return False
    if Update.asked:
        update = Update.asked[-1]
        assert update._timer is not None
        update._timer._context.run(update.now)
        return False
    return True


def bystanders() -> int:
    """How many threads there are before an application starts; they have nothing to do with it."""
    return threading.active_count()


def waiting(before: int) -> Callable[..., Awaitable[None]]:
    """What stands in for Textual's ``wait_for_idle``, where there were so many threads ``before``."""

    async def wait_for_idle(min_sleep: float = SOON, max_sleep: float = 1) -> None:
        loop: Any = asyncio.get_running_loop()
        begun = monotonic()
        while True:
            since, others, worked = monotonic(), process_time() - thread_time(), 0.0
            while (now := monotonic()) < since + SOON:
                begun_turn = thread_time()
                if not await _all_done(loop):
                    worked += thread_time() - begun_turn
                    continue
                due = min((timer._when for timer in loop._scheduled if not timer._cancelled), default=now + 1) - now
                working = threading.active_count() > before + _resting(loop) or len(loop._selector.get_map()) > 1
                if not working and due > SOON:
                    return
                await asyncio.sleep(max(0, min(due, SOON / 5 if working else due)))
            if now - begun >= max_sleep or worked + process_time() - thread_time() - others < IDLE:
                return

    return wait_for_idle


def _resting(loop: Any) -> int:
    """How many threads of the loop's pool have nothing to do."""
    pool = loop._default_executor
    return pool._idle_semaphore._value if pool is not None and pool._work_queue.empty() else 0


def settling(wait_for_screen: Callable[..., Awaitable[bool]]) -> Callable[..., Awaitable[bool]]:
    """Stands in for ``Pilot._wait_for_screen``, which sends each widget a message and waits until it has come: where
    nothing is ready any more, no widget has a message left."""

    async def settled(pilot: Any, timeout: float = 30.0) -> bool:
        loop: Any = asyncio.get_running_loop()
        for _ in range(ROUNDS):
            if await _all_done(loop):
                return True
        return await wait_for_screen(pilot, timeout)

    return settled
