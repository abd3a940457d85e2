"""Dialogs that stand until what was asked for has been done."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Label

from dltext.engine.results import UserError
from dltext.tui.kit.dialogs import ChooseSeveral, Ticks
from dltext.tui.kit.file_dialogs import Files, OpenFile
from dltext.tui.kit.path_line import PathLine
from dltext.tui.kit.paths import folder_text, typed_path


def said(app: Any) -> str:
    return " ".join(str(label.render()) for label in app.screen.query(Label))


async def ask_for_a_file(app: Any, pilot: Any, until: Any) -> None:
    """Export what Analyse says of a text, up to the dialog."""
    await until(pilot, lambda: app.screen.models.infos)
    await pilot.press(*"good")
    await until(pilot, lambda: app.screen._results())
    await pilot.press("f12")
    await until(pilot, lambda: app.screen.is_modal)


async def test_an_export_that_takes_a_while_says_so_and_goes_on_when_its_dialog_is_closed(
    app: Any, engine: Any, until: Any, tmp_path: Path
) -> None:
    path, may_end = tmp_path / "result.txt", threading.Event()
    write = engine.write_document

    def slow(*document: Any) -> Any:
        may_end.wait(20)
        return write(*document)

    engine.write_document = slow
    async with app.run_test(size=(100, 30)) as pilot:
        await ask_for_a_file(app, pilot, until)
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "Working …" in said(app))
        await pilot.press("escape")
        assert not app.screen.is_modal
        may_end.set()
        await until(pilot, lambda: any("Written to" in toast.message for toast in app._notifications))


async def test_an_export_that_fails_keeps_its_dialog_and_what_was_typed(
    app: Any, engine: Any, until: Any, tmp_path: Path
) -> None:
    engine.errors["write_document"] = UserError("The disk is full: nothing was written [/x].")
    path = tmp_path / "result.txt"
    async with app.run_test(size=(100, 30)) as pilot:
        await ask_for_a_file(app, pilot, until)
        field = app.screen.query_one(Input)
        field.focus()
        field.value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "The disk is full: nothing was written [/x]." in said(app))
        assert app.screen.is_modal
        assert app.screen.query_one(Input).value == str(path)
        del engine.errors["write_document"]
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.is_modal)
        assert path.read_text(encoding="utf-8")
        assert any(f"Written to {path}" in toast.message for toast in app._notifications)


async def test_an_import_that_fails_keeps_its_columns(
    app: Any, engine: Any, until: Any, give_path: Any, tmp_path: Path
) -> None:
    engine.errors["import_data"] = UserError("mine.csv has no column 'body'; there are: text, label.")
    path = tmp_path / "mine.csv"
    path.write_text("text,label\ngood,a\n", encoding="utf-8")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "corpora")
        await pilot.press("ctrl+o")
        await give_path(pilot, path)
        await until(pilot, lambda: app.screen.is_modal and app.screen.query("#label"))
        app.screen.query_one("#text", Input).value = "body"
        app.screen.query_one("#text", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "no column 'body'" in said(app))
        app.screen.query_one("#text", Input).value = "text"
        del engine.errors["import_data"]
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "corpora")
        assert engine.asked("import_data")[-1] == (str(path), "mine", "text", "label")


@pytest.mark.parametrize(("path", "text"), [("/", "/"), ("/tmp", "/tmp/")])
def test_a_folder_ends_in_one_slash(path: str, text: str) -> None:
    assert folder_text(Path(path)) == text


@pytest.mark.parametrize("typed", ["//tmp/x", "///tmp//x", "/tmp/x"])
def test_a_typed_path_has_no_double_slash(typed: str) -> None:
    assert str(typed_path(typed)) == "/tmp/x"


async def test_keys_faster_than_the_screen_tick_what_the_cursor_was_on(app: Any, until: Any) -> None:
    answers: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ChooseSeveral("Cards", ["a", "b", "c", "d"], [3], 1), answers.append)
        await until(pilot, lambda: isinstance(app.screen, ChooseSeveral) and app.screen.query_one(Ticks).has_focus)
        for key in ("down", "space", "down", "space", "up", "up", "enter"):  # none waits for the one before it
            app.post_message(events.Key(key, " " if key == "space" else None))
        await until(pilot, lambda: answers)
    assert answers == [[1, 2, 3]]


async def test_a_blank_typed_before_the_line_has_the_focus(app: Any, tmp_path: Path, until: Any) -> None:
    (tmp_path / "my texts").mkdir()
    async with app.run_test(size=(80, 24)) as pilot:
        pilot.app.push_screen(OpenFile("Open", tmp_path))
        await until(pilot, lambda: isinstance(pilot.app.screen, OpenFile))
        dialog = pilot.app.screen
        tree, line = dialog.query_one(Files), dialog.query_one(PathLine)
        await until(pilot, lambda: tree.has_focus)
        opened = tree.root.is_expanded
        await pilot.press("space")
        await until(pilot, lambda: tree.root.is_expanded != opened)
        # As a terminal sends what is typed fast: all of it is there before the first letter is looked at.
        for key in "my te":
            pilot.app.post_message(events.Key("space" if key == " " else key, key))
        await until(pilot, lambda: line.value.endswith("/my te"))
        await pilot.press("tab")
        await until(pilot, lambda: line.value.endswith("/my texts/"))
