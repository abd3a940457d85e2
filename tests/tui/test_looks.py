"""How the screens look: SVG snapshots, to be compared by eye when they change (``pytest --snapshot-update``)."""

from typing import Any

import pytest
from textual import events
from textual.widgets import TextArea

from dltext.tui.app import DltextApp

REVIEW = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice and "
    "never lets it go. A good film.\n\n这部电影很好。 [/ref] \x1b[31mred"
)
SIZES = [(80, 24), (120, 36), (200, 60)]


@pytest.fixture
def still(engine: Any, fake: Any, quick: None) -> DltextApp:
    engine.bundles = [fake.CNN, fake.LSTM, fake.MINE, fake.BROKEN]
    return DltextApp(engine=engine, poll=False)


async def quiet(pilot: Any) -> None:
    """Nothing under way, no cursor blinking."""
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    for _ in range(40):
        await pilot.pause(0.03)
        if not pilot.app.screen.busy():
            break
    await pilot.pause(0.15)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["dltext-dark", "dltext-light"])
def test_analyse(snap_compare: Any, still: DltextApp, until: Any, size: tuple[int, int], theme: str) -> None:
    async def show(pilot: Any) -> None:
        pilot.app.theme = theme
        await until(pilot, lambda: pilot.app.screen.cards)
        pilot.app.post_message(events.Paste(REVIEW))
        await until(pilot, lambda: pilot.app.screen.cards[0].explained)
        await quiet(pilot)

    assert snap_compare(still, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_compare(snap_compare: Any, engine: Any, quick: None, until: Any, size: tuple[int, int]) -> None:
    async def show(pilot: Any) -> None:
        await until(pilot, lambda: pilot.app.screen.cards)
        pilot.app.post_message(events.Paste(REVIEW))
        await pilot.press("f2")
        await until(
            pilot, lambda: len(pilot.app.screen.cards) == 2 and all(card.explained for card in pilot.app.screen.cards)
        )
        await quiet(pilot)

    assert snap_compare(DltextApp(engine=engine, poll=False), terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("place", "key"), [("models", "f8"), ("corpora", "f9")])
def test_lists(snap_compare: Any, still: DltextApp, until: Any, size: tuple[int, int], place: str, key: str) -> None:
    async def show(pilot: Any) -> None:
        await pilot.press(key)
        await until(pilot, lambda: place == pilot.app.screen.PLACE and pilot.app.screen.query_one("#table").row_count)
        if place == "corpora":
            await pilot.press("c")
        await quiet(pilot)
        pilot.app.clear_notifications()
        await quiet(pilot)

    assert snap_compare(still, terminal_size=size, run_before=show)


def test_help(snap_compare: Any, still: DltextApp, until: Any) -> None:
    async def show(pilot: Any) -> None:
        await until(pilot, lambda: pilot.app.screen.cards)
        await quiet(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: pilot.app.screen.is_modal)

    assert snap_compare(still, terminal_size=(120, 36), run_before=show)
