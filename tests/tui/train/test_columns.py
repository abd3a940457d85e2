"""Train on one's own file: its columns are found, shown with its first records, and left behind with it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static

from dltext.engine.results import Reading, UserError
from dltext.tui.kit.choose_box import OWN, ChooseBox
from dltext.tui.train.form import SettingsForm
from dltext.tui.train.preflight import PreflightPane

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("train")


def note(row: Any) -> str:
    return str(row.query_one(".setting--note", Static).render())


def reading(path: Path, **values: Any) -> Reading:
    columns = values.setdefault("columns", ("where", "what", "stars [/]"))
    row = {name: f"{name} of a record [/ref]" for name in columns}
    values.setdefault("why", {"text": "content", "label": "name"})
    return Reading(str(path), "csv", "a table (CSV)", delimiter=";", preview=(row,) * 3, **values)


@pytest.fixture
def opened(jobs_app: Any, until: Until) -> Any:
    """``screen = await opened(pilot)``: Train with own data chosen."""

    async def go(pilot: Any) -> Any:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.query(SettingsForm))
        screen.query_one(ChooseBox)._picks["data"].choose(OWN)
        return screen

    return go


@pytest.fixture
def files(jobs: Any, tmp_path: Path) -> tuple[Path, Path, Path]:
    """A file whose columns are found, one of another kind, and one that cannot be read."""
    file, other, broken = (tmp_path / name for name in ("reviews.csv", "other.csv", "broken.json"))
    for each in (file, other, broken):
        each.write_text("x\n", encoding="utf-8")
    jobs.readings[str(file)] = reading(file, text="what", label="stars [/]", candidates={"label": ("where",)})
    jobs.readings[str(other)] = reading(other, columns=("text", "mark"), text="text")
    jobs.readings[str(broken)] = UserError("broken.json, line 1 [/]: broken JSON at column 11.")
    return file, other, broken


async def test_the_columns_of_the_file_are_found_and_offered(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, files: tuple[Path, Path, Path]
) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        text, label = box.rows["text_column"], box.rows["label_column"]
        assert not box.preview.display
        box.rows["path"].query_one(Input).value = str(files[0])
        await until(pilot, lambda: (text.text, label.text) == ("what", "stars [/]"))
        assert "Found by what it holds.\n↑ ↓ choose among what, where, stars [/]" in note(text)
        assert "Found by its name.\n↑ ↓ choose among stars [/], where, what" in note(label)
        assert jobs.asked[-1] == ("reading_of", str(files[0]), "text", "label")
        lines = box.preview.said.splitlines()
        assert lines[0] == "a table (CSV), delimiter semicolon"
        assert len(lines) == 4
        assert lines[1].startswith("stars [/] of a")
        assert lines[1].endswith("  what of a record [/ref]")

        label.focus_control()
        await pilot.press("down")
        await until(pilot, lambda: box.preview.said.splitlines()[1].startswith("where of a"))
        assert "Found" not in note(label)
        spec = screen.spec()
        assert (spec.text_column, spec.label_column) == ("what", "where")


async def test_columns_are_left_behind_with_their_file_and_task(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, files: tuple[Path, Path, Path]
) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        text, label = box.rows["text_column"], box.rows["label_column"]
        box.take_path(str(files[0]))
        await until(pilot, lambda: label.text == "stars [/]")
        label.query_one(Input).value = "where"
        await pilot.pause()
        box.take_path(str(files[1]))
        await until(pilot, lambda: box.preview.display and label.text == "")
        assert text.text == "text"

        # The columns of a run that is to be repeated come with its file.
        box.take_path(str(files[0]))
        await until(pilot, lambda: label.text == "stars [/]")
        label.query_one(Input).value = "where"
        await pilot.pause()
        spec = screen.spec()
        box.take_path(str(files[1]))
        await until(pilot, lambda: label.text == "")
        await pilot.app.open_screen("train", spec=spec)
        await until(pilot, lambda: jobs.asked[-1] == ("reading_of", str(files[0]), "what", "where"))
        await until(pilot, lambda: box.preview.display)
        assert (text.text, label.text) == ("what", "where")


async def test_a_file_that_cannot_be_read_says_so_at_its_path(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, files: tuple[Path, Path, Path]
) -> None:
    async with jobs_app.run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        path, text = box.rows["path"], box.rows["text_column"]
        box.take_path(str(files[2]))
        await until(pilot, lambda: "✗ broken.json, line 1 [/]: broken JSON" in note(path))
        assert path.has_class("-wrong")
        await pilot.press("f3")
        await until(pilot, lambda: path.query_one(Input).has_focus)
        assert not [call for call in jobs.asked if call[0] in ("submit", "preflight")]
        # Where the columns are known, the row that names the texts can mend it.
        jobs.columns[str(files[2])] = ("a", "b")
        box.take_path(str(files[1]))
        await until(pilot, lambda: box.preview.display)
        assert not path.has_class("-wrong")
        box.take_path(str(files[2]))
        await until(pilot, lambda: "✗ broken.json" in note(text))
        text.focus_control()
        await pilot.press("down")
        await until(pilot, lambda: not text.has_class("-wrong"))
        assert text.text == "a"


async def test_a_start_refuses_what_the_check_refuses(
    jobs_app: Any, jobs: Any, opened: Any, until: Until, files: tuple[Path, Path, Path]
) -> None:
    def asked(name: str) -> list[Any]:
        return [call for call in jobs.asked if call[0] == name]

    async with jobs_app.run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(ChooseBox)
        box.take_path(str(files[0]))
        await until(pilot, lambda: box.preview.display)
        await pilot.pause()
        jobs.check_errors = ("There is only one label, [/] 'good'.",)
        await pilot.press("f3")
        await until(pilot, lambda: pilot.app._notifications)
        assert [each.message for each in pilot.app._notifications] == ["There is only one label, [/] 'good'."]
        assert "✗ There is only one label, [/] 'good'." in screen.query_one(PreflightPane).said
        assert len(asked("preflight")) == 1
        await pilot.press("f3")
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        assert len(asked("preflight")) == 1, "it was checked already"
        assert not asked("submit")

        jobs.check_errors, jobs.preflight_gate = (), threading.Event()
        box.rows["label_column"].query_one(Input).value = "where"
        await pilot.pause()
        await pilot.press("f3")
        await until(pilot, lambda: len(asked("preflight")) == 2)
        await pilot.press("f3")
        await pilot.pause()
        assert not asked("submit")
        jobs.preflight_gate.set()
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")
        assert len(asked("preflight")) == 2
        assert [spec.label_column for _, spec in asked("submit")] == ["where"]
