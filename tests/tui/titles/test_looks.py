"""How Titles looks: SVG snapshots, to be compared by eye when they change."""

from typing import Any

import pytest
from textual import events

SIZES = [(80, 24), (120, 36), (200, 60)]
TEXT = (
    "We show that Zorp networks often learn faster. A Zorp network copies rare words from its input, such as names, "
    "and therefore needs a smaller vocabulary than BERT does. On four corpora it writes better headlines at a tenth "
    "of the cost; where texts are long it forgets their end [/ref]."
)
CHINESE = "本文提出一种结合字符与词语的双通道卷积网络，字符通道处理未登录词。词语通道保留语义单位。"
SHOWN = {
    "empty": ("", ()),
    "text": (TEXT, ()),
    "word": (TEXT, ("tab", "right", "right", "right", "right")),
    "own": (TEXT * 3, ("tab", "down", "enter", "!")),
    "chinese": (CHINESE, ("tab", "right", "right")),
}


@pytest.fixture
def _starts_here(starting_in: Any) -> None:
    starting_in("titles")


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("what", SHOWN)
def test_it_looks_as_it_did(snap_compare: Any, titles_app: Any, until: Any, size: tuple[int, int], what: str) -> None:
    text, keys = SHOWN[what]
    # Each size in one theme or the other; the colours come from the same rules.
    theme = "dltext-light" if size[0] == 120 else "dltext-dark"

    async def show(pilot: Any) -> None:
        app = pilot.app
        app.theme = theme
        await until(pilot, lambda: app.screen.PLACE == "titles" and app.screen.requests.models.loaded)
        screen = app.screen
        if text:
            app.post_message(events.Paste(text))
            await until(pilot, lambda: screen.requests.fresh and not screen.busy())
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        await until(pilot, lambda: not screen.busy())

    assert snap_compare(titles_app, terminal_size=size, run_before=show)


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_looks_so_without_a_model(
    snap_compare: Any, titles_app: Any, titles: Any, until: Any, size: tuple[int, int]
) -> None:
    titles.bundles = titles.bundles[:2]

    async def show(pilot: Any) -> None:
        await until(pilot, lambda: pilot.app.screen.PLACE == "titles" and pilot.app.screen.requests.models.loaded)
        pilot.app.post_message(events.Paste(TEXT))
        await until(pilot, lambda: pilot.app.screen._document.text and not pilot.app.screen.busy())
        await pilot.pause()

    assert snap_compare(titles_app, terminal_size=size, run_before=show)
