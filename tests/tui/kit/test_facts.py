"""The card beside a table: another one is painted in its own pane, and the mouse marks its text."""

from typing import Any

import pytest
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from dltext.tui.kit.facts import FactPane

SHORT = [("title", "", "Short"), ("fact", "size", "3"), ("text", "", "A few words."), ("warning", "", "Beware.")]
LONG = [("fact", f"name {number}", f"value {number} " * 5) for number in range(30)]


class Beside(Screen[None]):
    CSS = "#frame { width: 40; height: 12; }  FactPane { height: 1fr; scrollbar-size-vertical: 1; }"

    def compose(self) -> ComposeResult:
        with Container(id="frame"):
            yield FactPane("Card", id="card")

    @property
    def text(self) -> list[str]:
        """What the terminal shows of the card, line by line, without its frame and its scrollbar."""
        strips = self._compositor.render_strips()[1:11]
        return [strip.crop(2, 37).text.rstrip() for strip in strips]


@pytest.fixture
def screen(app: Any) -> Beside:
    return Beside()


async def test_another_card_lays_nothing_out_unless_a_scrollbar_comes_or_goes(
    app: Any, screen: Beside, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        app.push_screen(screen)
        await until(pilot, lambda: app.screen is screen and screen.query_one(FactPane).size)
        pane = screen.query_one(FactPane)
        pane.show("one", SHORT)
        await pilot.pause()
        assert screen.text[:4] == ["Short", "size          3", "A few words.", "! Beware."]
        layouts: list[object] = []
        lay_out = Screen._refresh_layout
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *a, **k: layouts.append(a) or lay_out(*a, **k))
        pane.show("two", [*SHORT, *SHORT])
        await pilot.pause()
        assert screen.text[4] == "Short"
        pane.show("one", SHORT)
        await pilot.pause()
        assert screen.text[3:6] == ["! Beware.", "", ""]
        assert not layouts
        pane.show("long", LONG)
        await until(pilot, lambda: pane.show_vertical_scrollbar)
        shown = list(layouts)
        pane.focus()
        await pilot.press("end")
        await until(pilot, lambda: screen.text[-1].endswith("value 29"))  # wrapped beside the scrollbar
        pane.show("long", LONG[::-1])
        await pilot.pause()
        assert screen.text[0].startswith("name 29")  # from its beginning
        assert layouts == shown


async def test_the_mouse_marks_text_of_a_card_to_be_copied(app: Any, screen: Beside, until: Any) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        app.push_screen(screen)
        await until(pilot, lambda: app.screen is screen and screen.query_one(FactPane).size)
        pane = screen.query_one(FactPane)
        pane.show("long", [*SHORT, *LONG])
        await pilot.pause()
        await pilot.mouse_down(pane, offset=(2, 3))
        await pilot.hover(pane, offset=(6, 4))
        await pilot.pause()
        marked = screen.get_component_rich_style("screen--selection").bgcolor
        line = screen._compositor.render_strips()[3].crop(2, 37)
        assert [part.text for part in line if part.style and part.style.bgcolor == marked] == ["A few words."]
        await pilot.mouse_up(pane, offset=(6, 4))
        assert (screen.get_selected_text() or "").startswith("A few words.\n! Be")
