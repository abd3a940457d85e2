"""How Words looks: SVG snapshots, to be compared by eye when they change (``pytest --snapshot-update``)."""

from typing import Any

import pytest

from dltext.tui.words.screen import WordsScreen

SIZES = [(80, 24), (120, 36), (200, 60)]
SHOWN = {
    "empty": ("", ()),
    "neighbours": ("king", ()),
    "missing": ("breakfast, lunch, rivr, dinner", ("down",)),
    "compare": ("king", ("f2", "down")),
    "odd": ("breakfast, lunch, dinner, river, 音乐", ("down",)),
    "similarity": ("king queen | prince princess", ()),
    "map": ("king", ("f3",) * 5 + ("down", "plus", "n")),
}


@pytest.fixture
def _starts_here(starting_in: Any) -> None:
    starting_in("words")


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("what", SHOWN)
def test_it_looks_as_it_did(snap_compare: Any, words_app: Any, until: Any, size: tuple[int, int], what: str) -> None:
    text, keys = SHOWN[what]
    # Each size in one theme or the other; the colours come from the same rules.
    theme = "dltext-light" if size[0] == 120 else "dltext-dark"

    async def show(pilot: Any) -> None:
        app = pilot.app
        app.theme = theme
        await until(pilot, lambda: isinstance(app.screen, WordsScreen) and app.screen._model)
        app.screen.line.value = text
        if text:
            await until(pilot, lambda: app.screen._replies and not app.screen.busy())
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not app.screen.busy())
        await pilot.pause()

    assert snap_compare(words_app, terminal_size=size, run_before=show)
