"""How Authors looks: SVG snapshots, to be compared by eye when they change (``pytest --snapshot-update``)."""

from typing import Any

import pytest
from textual import events

SIZES = [(80, 24), (120, 36), (200, 60)]
TEXT = (
    "haha so my mom came to school today and it was the most embarrassing thing ever. i was like, why are you even "
    "here? anyway we have a test tomorrow and i totally did not study.\n\nmy best friend says that i worry too much "
    "[/ref] but she does not have my math teacher. 妈妈来学校了。"
)
PLAIN = "some words that anybody writes on any day of any year"
SHOWN = {
    "empty": ("", ()),
    "author": (TEXT, ()),
    "hop": (TEXT, ("f3", "f3")),
    "unsure": (PLAIN, ()),
    "group": ("", ("f2", "1")),
}


@pytest.fixture
def _starts_here(starting_in: Any) -> None:
    starting_in("authors")


@pytest.mark.usefixtures("_starts_here")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("what", SHOWN)
def test_it_looks_as_it_did(snap_compare: Any, profiles_app: Any, until: Any, size: tuple[int, int], what: str) -> None:
    text, keys = SHOWN[what]
    # Each size in one theme or the other; the colours come from the same rules.
    theme = "dltext-light" if size[0] == 120 else "dltext-dark"

    async def show(pilot: Any) -> None:
        app = pilot.app
        app.theme = theme
        await until(pilot, lambda: app.screen.PLACE == "authors" and app.screen.single.models.loaded)
        screen = app.screen
        if text:
            app.post_message(events.Paste(text))
            await until(pilot, lambda: screen.single.explained and not screen.busy())
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not screen.busy())
        if what == "group":
            await until(pilot, lambda: screen.many.group is not None)
        await pilot.pause()

    assert snap_compare(profiles_app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_card_on_analyse(
    snap_compare: Any, profiles_app: Any, profiles: Any, open_cards: Any, part: Any, until: Any, size: tuple[int, int]
) -> None:
    open_cards(profiles, "profile:profile-en")

    async def show(pilot: Any) -> None:
        screen = pilot.app.screen
        await until(pilot, lambda: part(screen, "profile") and part(screen, "profile").card)
        pilot.app.post_message(events.Paste(TEXT))
        await until(
            pilot, lambda: part(screen, "profile").card.profile and screen.cards[0].explained and not screen.busy()
        )
        await pilot.pause()

    assert snap_compare(profiles_app, terminal_size=size, run_before=show)
