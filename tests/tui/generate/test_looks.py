"""How Generate looks: SVG snapshots, to be compared by eye when they change."""

from typing import Any

import pytest
from textual import events

SIZES = [(80, 24), (120, 36), (200, 60)]
TEXT = "The king of the nation sleeps [/ref]. Incomprehensibilities abound in it. 明月几时有。\nAnd so the"
SHOWN = {
    "variants": ("3", ("ctrl+j", "v")),
    "two": ("60", ("f2", "ctrl+j")),
    "surprise": ("", ("f3",)),
    "compared": ("", ("f2", "f3")),
}


@pytest.fixture
def _starts_here(starting_in: Any) -> None:
    starting_in("generate")


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("what", SHOWN)
def test_it_looks_as_it_did(
    snap_compare: Any,
    language_app: Any,
    language: Any,
    fake_language: Any,
    until: Any,
    size: tuple[int, int],
    what: str,
) -> None:
    length, keys = SHOWN[what]
    language.bundles.append(fake_language.PRESIDENTS)
    theme = "dltext-light" if size[0] == 120 else "dltext-dark"

    async def show(pilot: Any) -> None:
        app = pilot.app
        app.theme = theme
        await until(pilot, lambda: app.screen.PLACE == "generate" and app.screen.requests.models.loaded)
        screen = app.screen
        app.post_message(events.Paste(TEXT))
        writer = screen.requests.writers[0]
        await until(pilot, lambda: writer.units_of == TEXT)
        if length:
            screen.query_one("#drawing-length").value = length

        def settled() -> bool:
            return not screen.busy() and not screen.requests.writing

        for key in keys:
            if key == "v":
                screen.query_one("VariantList").focus()
            await pilot.press(key)
            await until(pilot, settled)
        await pilot.pause()
        await until(pilot, settled)

    assert snap_compare(language_app, terminal_size=size, run_before=show)
