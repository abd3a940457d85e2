"""Long lists narrow to what is typed; paths are completed by tab."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.widgets import Button, OptionList

from dltext.tui.kit.dialogs import Choose, ChooseSeveral, Ticks
from dltext.tui.kit.narrowing import FilterLine, matching
from dltext.tui.kit.path_line import PathLine
from dltext.tui.kit.table import PlainTable

Until = Any
NAMES = [f"corpus-{number}" for number in range(30)] + ["酒店 reviews", "Hotel [/b]"]


class Small(App[None]):
    def compose(self) -> ComposeResult:
        with Container():
            yield PlainTable(id="table")
            yield PathLine(id="path")
            yield Button("next", id="next")


def test_all_words_count_and_case_does_not() -> None:
    assert matching("HOTEL [/", NAMES) == [31]
    assert matching("店", NAMES) == [30]
    assert matching("2 corpus", NAMES)[:2] == [2, 12]
    assert matching("", ["a", "b"]) == [0, 1]


async def test_a_long_list_of_options_narrows(until: Until) -> None:
    answers: list[Any] = []
    async with Small().run_test() as pilot:
        dialog = Choose("Corpora", [(name, "about it") for name in NAMES], 3)
        pilot.app.push_screen(dialog, answers.append)
        await until(pilot, lambda: dialog.is_current and isinstance(pilot.app.focused, OptionList))
        await pilot.press(*"hotel")
        assert dialog.query_one(OptionList).option_count == 1
        assert "1 of 32" in str(dialog.query_one(FilterLine).render())
        await pilot.press("escape")
        assert dialog.is_current, "escape first shows all again"
        assert dialog.query_one(OptionList).option_count == 32
        await pilot.press(*"29", "enter")
        assert answers == [29]
        short = Choose("Few", [("a", ""), ("b", "")])
        pilot.app.push_screen(short, answers.append)
        await until(pilot, lambda: short.is_current)
        assert not short.query(FilterLine)
        await pilot.press("2")
        assert answers == [29, 1]


async def test_what_is_ticked_stays_ticked_where_it_is_narrowed_away(until: Until) -> None:
    answers: list[Any] = []
    async with Small().run_test() as pilot:
        dialog = ChooseSeveral("Corpora", NAMES, [0], 1)
        pilot.app.push_screen(dialog, answers.append)
        await until(pilot, lambda: dialog.is_current and isinstance(pilot.app.focused, Ticks))
        await pilot.press(*"hotel", "space", *["backspace"] * 5, *"corpus-12", "space", "enter")
        assert answers == [[0, 12, 31]]


async def test_a_long_table_narrows_behind_a_slash(until: Until) -> None:
    async with Small().run_test() as pilot:
        table = pilot.app.query_one(PlainTable)
        table.set_columns(("name",))
        table.fill([(name, (name,)) for name in NAMES[:20]])
        table.focus()
        await pilot.press("slash")
        assert not pilot.app.query(FilterLine), "twenty rows are seen at once"
        table.fill([(name, (name,)) for name in NAMES], "corpus-3")
        await pilot.press("slash", *"hotel")
        assert table.chosen == "Hotel [/b]"
        assert table.row_count == 1
        await pilot.press("enter")
        table.fill([(name, (name,)) for name in NAMES])
        assert table.row_count == 1, "read anew, it is still narrowed"
        await pilot.press("x")
        assert table.row_count == 1, "letters are actions again"
        await pilot.press("escape")
        assert table.row_count == 32
        assert not pilot.app.query(FilterLine)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    for name in ("reviews-2023.csv", "reviews-2024.csv", "other.txt"):
        (tmp_path / "texts" / name).touch()
    return tmp_path


async def test_tab_completes_a_path_and_then_goes_on(folder: Path, until: Until) -> None:
    async with Small().run_test(notifications=True) as pilot:
        line = pilot.app.query_one(PathLine)
        line.focus()
        await pilot.press(*"te", "tab")
        await until(pilot, lambda: line.value == "texts/")
        await pilot.press("r", "tab")
        await until(pilot, lambda: line.value == "texts/reviews-202")
        await pilot.press("tab")
        await until(pilot, lambda: pilot.app._notifications)
        assert [toast.message for toast in pilot.app._notifications] == ["reviews-2023.csv  reviews-2024.csv"]
        await pilot.press("4", "tab")
        await until(pilot, lambda: line.value == "texts/reviews-2024.csv")
        assert line.has_focus
        await pilot.press("tab")
        await until(pilot, lambda: pilot.app.query_one("#next").has_focus)


async def test_the_cursor_stays_where_it_was_when_its_row_is_gone() -> None:
    async with Small().run_test() as pilot:
        table = pilot.app.query_one(PlainTable)
        table.set_columns(["name"])
        rows = [(name, [name]) for name in "abcd"]
        table.fill(rows, "b")
        table.fill(rows[:1] + rows[2:])
        assert table.chosen == "c"
        table.fill(rows)
        assert table.chosen == "c"
        table.fill(rows[:2])
        assert table.chosen == "b"


async def test_home_and_end_lead_to_the_first_and_the_last_row_of_a_wide_table() -> None:
    async with Small().run_test(size=(40, 20)) as pilot:
        table = pilot.app.query_one(PlainTable)
        table.set_columns(["name", "what"])
        table.fill([(name, (name, "a long cell " * 10)) for name in NAMES])
        table.focus()
        await pilot.press("end")
        assert (table.chosen, table.scroll_x) == (NAMES[-1], 0)
        await pilot.press("home")
        assert (table.chosen, table.scroll_x) == (NAMES[0], 0)
