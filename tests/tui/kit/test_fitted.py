"""Views whose lines are made for their width: what they show is there to the last sign and the last line."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.strip import Strip

from dltext.engine.results import Token
from dltext.tui.kit import pagedtable
from dltext.tui.kit.fitted import FittedView
from dltext.tui.kit.pagedtable import PAGE, PagedColumn, PagedTable
from dltext.tui.kit.preview import Preview
from dltext.tui.kit.walked import WalkedTexts


class Sentence:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: tuple[Token, ...] = ()
        self.attention: tuple[tuple[float, ...], ...] = ()
        self.copied: tuple[int, ...] = ()


class Sentences(WalkedTexts):
    texts: Sequence[str] = ()

    @property
    def count(self) -> int:
        return len(self.texts)

    def said(self, number: int) -> Sentence:
        return Sentence(self.texts[number])


class Table(PagedTable):
    """Counts what it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[int] = []

    def on_paged_table_wanted(self, message: PagedTable.Wanted) -> None:
        self.wanted.append(message.offset)


def fill(view: FittedView, texts: list[str]) -> None:
    """Show each text in lines of its own."""
    if isinstance(view, PagedTable):
        rows = [(Text(text),) for text in texts]
        view.open([PagedColumn("text")], len(rows), rows[:PAGE])
    elif isinstance(view, Preview):
        view.show("\n".join(texts))
    elif isinstance(view, Sentences):
        view.texts = texts
        view.fit()


class Frame(Screen[None]):
    """A view of eight lines, 30 cells wide."""

    CSS = "#frame { width: 30; height: 8; }  Table, Preview, Sentences { height: 1fr; scrollbar-size-vertical: 1; }"

    def __init__(self, view: FittedView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        with Container(id="frame"):
            yield self.view

    @property
    def text(self) -> str:
        """What the terminal shows of the view, without blanks."""
        lines = [strip.crop(0, 30).text.strip(" ▏▌▁▂▃▄▅▆▇█") for strip in self._compositor.render_strips()[:8]]
        return "".join(lines).replace(" ", "")


@asynccontextmanager
async def shown(app: Any, frame: Frame, until: Any) -> AsyncIterator[Any]:
    """A pilot of the application that shows ``frame``."""
    async with app.run_test(size=(40, 12)) as pilot:
        app.push_screen(frame)
        await until(pilot, lambda: frame.view.is_mounted and frame.view.size)
        yield pilot


@pytest.mark.parametrize("make", [Table, Preview, Sentences])
async def test_no_scrollbar_covers_the_last_line_or_the_last_sign(app: Any, make: Any, until: Any) -> None:
    frame = Frame(make())
    async with shown(app, frame, until) as pilot:
        fill(frame.view, ["few"])
        await pilot.pause()
        assert not frame.view.show_vertical_scrollbar
        for count in (40, 3, 41):  # also where the scrollbar has gone and comes back
            texts = [f"{number:02} {'x' * 23}.{number:02}." for number in range(count)]  # as wide as a line without one
            fill(frame.view, texts)
            await pilot.pause()
            assert frame.view.show_vertical_scrollbar == (count > 8)
            assert not frame.view.show_horizontal_scrollbar
            if isinstance(frame.view, Sentences):
                frame.view.point(count - 1)
            else:
                frame.view.focus()
                await pilot.press("end")
            await pilot.pause()
            last = texts[-1] if make is not Table else texts[-1][:25]  # a cell of a table ends where its column does
            assert last.replace(" ", "") in frame.text


async def test_a_key_at_the_lower_edge_draws_three_lines_and_lays_nothing_out(
    app: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = Frame(table := Table())
    async with shown(app, frame, until) as pilot:
        fill(table, [f"{number:03}" for number in range(60)])
        table.focus()
        await pilot.press(*["down"] * 6)
        drawn: list[str] = []
        layouts: list[object] = []
        line, refresh_layout = PagedTable._line, Screen._refresh_layout
        monkeypatch.setattr(
            PagedTable, "_line", lambda self, cells, *a, **k: drawn.append(cells[0].plain) or line(self, cells, *a, **k)
        )
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *a, **k: layouts.append(a) or refresh_layout(*a, **k))
        for number in range(7, 40):
            drawn.clear()
            await pilot.press("down")
            assert f"{number:03}" in frame.text
            assert set(drawn) <= {"text", f"{number - 1:03}", f"{number:03}"}
            assert len(drawn) <= 3
        assert not layouts
        assert not table.wanted


async def test_a_page_that_comes_out_of_sight_paints_nothing_and_the_next_is_asked_for(
    app: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = Frame(table := Table())
    async with shown(app, frame, until) as pilot:
        rows = [(Text(f"{number:03}"),) for number in range(3 * PAGE)]
        columns = [PagedColumn("text")]
        table.open(columns, len(rows), rows[PAGE : 2 * PAGE], PAGE, PAGE)
        await until(pilot, lambda: table.wanted == [0])  # before it comes in sight
        table.cursor = 2 * PAGE - 1
        await pilot.pause()
        drawn: list[int] = []
        monkeypatch.setattr(PagedTable, "render_line", lambda self, y: drawn.append(y) or Strip.blank(30))
        table.accept(columns, len(rows), rows[:PAGE])
        await until(pilot, lambda: table.wanted[-1] == 2 * PAGE)
        assert not drawn
        table.cursor = 2 * PAGE
        await pilot.pause()
        drawn.clear()
        table.accept(columns, len(rows), rows[2 * PAGE :], 2 * PAGE)
        await pilot.pause()
        assert drawn


async def test_the_table_follows_a_key_to_rows_that_are_not_there_once_they_are(
    app: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagedtable, "GRACE", 600)
    frame = Frame(table := Table())
    async with shown(app, frame, until) as pilot:
        rows = [(Text(f"{number:06}"),) for number in range(1000 * PAGE)]
        columns = [PagedColumn("text")]
        table.open(columns, len(rows), rows[:PAGE])
        table.focus()
        await pilot.press("down", "down")
        drawn: list[int] = []
        line = PagedTable.render_line
        monkeypatch.setattr(PagedTable, "render_line", lambda self, y: drawn.append(y) or line(self, y))
        await pilot.press("end")
        await pilot.pause()
        assert table.cursor == len(rows) - 1
        assert not drawn  # no line is painted without its row
        assert table.wanted == [999 * PAGE]
        await pilot.press("home")  # what is waited for is not wanted any more
        await pilot.pause()
        assert {1, 3} <= set(drawn)  # with the line on which the cursor was seen last
        assert frame.text.startswith("text000000000001000002")
        await pilot.press("end")
        drawn.clear()
        table.accept(columns, len(rows), rows[-PAGE:], 999 * PAGE)
        await pilot.pause()
        assert frame.text.endswith("099998099999")
        assert len(drawn) == 8  # each line once
        assert table.wanted == [999 * PAGE] * 2


async def test_rows_that_are_slow_to_come_have_their_place_shown_meanwhile(app: Any, until: Any) -> None:
    frame = Frame(table := Table())
    async with shown(app, frame, until) as pilot:
        rows = [(Text(f"{number:03}"),) for number in range(5 * PAGE)]
        table.open([PagedColumn("text")], len(rows), rows[:PAGE])
        table.focus()
        await pilot.press("end")
        await until(pilot, lambda: frame.text == "text" + 7 * "…")


async def test_another_short_text_paints_no_empty_lines(app: Any, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = Frame(preview := Preview())
    async with shown(app, frame, until) as pilot:
        preview.show("one\ntwo\nthree")
        await pilot.pause()
        drawn: list[int] = []
        line = Preview.render_line
        monkeypatch.setattr(Preview, "render_line", lambda self, y: drawn.append(y) or line(self, y))
        for texts, painted in ((["four"], [0, 1, 2]), (["five", "six"], [0, 1]), (["seven"] * 4, [0, 1, 2, 3])):
            drawn.clear()
            fill(preview, texts)
            await pilot.pause()
            assert drawn == painted
            assert frame.text == "".join(texts)
