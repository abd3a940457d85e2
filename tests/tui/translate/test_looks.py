"""How Translate and what belongs to it look: SVG snapshots, to be compared by eye when they change."""

from typing import Any

import pytest
from textual import events

SIZES = [(80, 24), (120, 36), (200, 60)]
TEXT = (
    "I drink tea and my friend drinks tea. The cat is hungry.\n\nZanzibar is good, but slow. "
    "He comes from London, Sir [/ref]. 我喝茶。"
)
SHOWN = {
    "empty": ("", ()),
    "text": (TEXT, ()),
    "words": (TEXT, ("tab", "home", "right", "right", "right", "right")),
    "grid": (TEXT, ("home", "right", "right", "right", "f3", "down", "down")),
    "through": ("Je bois du thé. Le chat.", ("f2", "5")),
    "stopped": ("I drink tea. " * 5_000, ()),
}


@pytest.fixture
def _starts_here(starting_in: Any) -> None:
    starting_in("translate")


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("what", SHOWN)
def test_it_looks_as_it_did(
    snap_compare: Any, translate_app: Any, until: Any, size: tuple[int, int], what: str
) -> None:
    text, keys = SHOWN[what]
    # Each size in one theme or the other; the colours come from the same rules.
    theme = "dltext-light" if size[0] == 120 else "dltext-dark"

    async def show(pilot: Any) -> None:
        app = pilot.app
        app.theme = theme
        await until(pilot, lambda: app.screen.PLACE == "translate" and app.screen.requests.ways.loaded)
        screen = app.screen
        if text:
            app.post_message(events.Paste(text))
            await until(pilot, lambda: screen.requests.draft and screen.requests.run_now is None and not screen.busy())

        def settled() -> bool:
            return not screen.busy() and screen.requests.run_now is None and screen.requests._detail is None

        for key in keys:
            await pilot.press(key)
            await until(pilot, settled)
        await pilot.pause()
        await until(pilot, settled)

    assert snap_compare(translate_app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_card_on_analyse(
    snap_compare: Any,
    translate_app: Any,
    translations: Any,
    open_cards: Any,
    part: Any,
    until: Any,
    size: tuple[int, int],
) -> None:
    open_cards(translations, "translation")

    async def show(pilot: Any) -> None:
        screen = pilot.app.screen
        await until(pilot, lambda: screen.cards)
        pilot.app.post_message(events.Paste(TEXT))
        await until(
            pilot, lambda: part(screen, "translation").card.said and screen.cards[0].explained and not screen.busy()
        )
        await pilot.pause()

    assert snap_compare(translate_app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_translators_run(
    snap_compare: Any, jobs_app: Any, jobs: Any, fake_translators: Any, until: Any, size: tuple[int, int]
) -> None:
    job = fake_translators.run_in(jobs, 6)

    async def show(pilot: Any) -> None:
        await pilot.app.open_screen("runs", job=job)
        screen = pilot.app.screen
        await until(pilot, lambda: screen.selected and screen.selected.id == job and job in screen._offsets)
        if size[1] < 30:
            await pilot.press("e")
        await until(pilot, lambda: not screen.busy())
        await pilot.pause()

    assert snap_compare(jobs_app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_translators_report(snap_compare: Any, jobs_app: Any, fake_translators: Any, size: tuple[int, int]) -> None:
    async def show(pilot: Any) -> None:
        from dltext.tui.runs.report import ReportScreen

        await pilot.app.push_screen(ReportScreen(report=fake_translators.report()))
        await pilot.pause()

    assert snap_compare(jobs_app, terminal_size=size, run_before=show)
