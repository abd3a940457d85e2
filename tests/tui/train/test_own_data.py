"""From an own file to a running training: how many keys it takes, and what of the file goes along."""

from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import DataCheck, JobSpec, Preflight, Reading
from dltext.tui.kit.choose_box import ChooseBox
from dltext.tui.kit.reading_form import ReadingForm
from dltext.tui.train.preflight import PreflightPane

Until = Any
MOST_KEYS = 8
"""From the start of the program to a running training, besides the path."""


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "Umfrage 2024.csv"
    rows = [
        f"{number};Ein längerer Kommentar, Nummer {number};{'ja' if number % 2 else 'nein'}" for number in range(40)
    ]
    path.write_text("\n".join(["Nr.;Was möchten Sie uns sagen?;Weiterempfehlung", *rows]), encoding="cp1252")
    return path


@pytest.fixture
def reading_jobs(jobs: Any) -> Any:
    """Runs are pretended, files are read."""
    jobs.reading_of = api.reading_of
    return jobs


def submitted(jobs: Any) -> list[JobSpec]:
    return [call[1] for call in jobs.asked if call[0] == "submit"]


async def test_few_keys_lead_from_the_start_to_a_running_training(
    jobs_app: Any, reading_jobs: Any, until: Until, give_path: Any, survey: Path
) -> None:
    pressed: list[str] = []
    async with jobs_app.run_test(size=(120, 40)) as pilot:

        async def press(key: str) -> None:
            pressed.append(key)
            await pilot.press(key)

        await press("f6")
        await until(pilot, lambda: jobs_app.screen.PLACE == "train" and jobs_app.screen.has_class("-ready"))
        await press("ctrl+o")
        await give_path(pilot, survey)
        pressed.append("enter")
        await until(pilot, lambda: jobs_app.screen.PLACE == "train")
        box = jobs_app.screen.query_one(ChooseBox)
        await until(pilot, lambda: box.own_file.reading is not None)
        await press("f3")
        await until(pilot, lambda: submitted(reading_jobs))
        await until(pilot, lambda: jobs_app.screen.PLACE == "runs")
    assert len(pressed) == 4 <= MOST_KEYS
    (spec,) = submitted(reading_jobs)
    assert (spec.data, spec.text_column, spec.label_column) == (
        str(survey), "Was möchten Sie uns sagen?", "Weiterempfehlung"
    )  # fmt: skip


async def test_what_is_decided_goes_with_the_run_and_not_to_another_file(
    jobs_app: Any, reading_jobs: Any, until: Until, survey: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("text,label\n" + "some words,a\nmore words,b\n" * 4, encoding="utf-8")
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await jobs_app.open_screen("train", data=str(survey))
        screen = jobs_app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.choice.own_file.reading is not None)
        own_file = screen.choice.own_file
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(jobs_app.screen, ReadingForm))
        form = jobs_app.screen
        await until(pilot, lambda: form.rows["header"].display)
        form.rows["header"]._control.value = "no"
        await until(pilot, lambda: form.rows["text"].text == "2")
        await pilot.press("enter")
        await until(pilot, lambda: jobs_app.screen is screen and own_file.reading.header is False)
        await until(pilot, lambda: own_file.preview.said.splitlines()[1].startswith("Weiterempfehlung"))
        spec = screen.spec()
        assert (spec.text_column, spec.label_column, spec.read) == ("2", "3", {"header": "no"})

        screen.choice.take_path(str(other))
        await until(pilot, lambda: own_file.reading is not None and own_file.reading.path == str(other))
        spec = screen.spec()
        assert (spec.text_column, spec.label_column, spec.read) == ("text", "label", {})

        # A run that is repeated reads its file as it did.
        again = JobSpec("text-cnn", str(survey), text_column="2", label_column="3", read={"header": "no"})
        await jobs_app.open_screen("train", spec=again)
        await until(pilot, lambda: own_file.reading is not None and own_file.reading.header is False)
        assert screen.spec().read == {"header": "no"}
        assert screen.spec().label_column == "3"


async def test_a_check_says_of_unchanged_columns_how_they_were_found(
    jobs_app: Any, reading_jobs: Any, until: Until, survey: Path
) -> None:
    def preflight(spec: JobSpec, progress: Any = None) -> Preflight:
        columns = {"text_column": spec.text_column, "label_column": spec.label_column}
        reading = api.reading_of(str(survey), **columns, read=spec.read, data_kind="labels")
        check = DataCheck("survey.csv", {"train": 8}, {"a": 4, "b": 4}, {}, 0, 0, reading=reading)
        return Preflight(check, None, 1.0, 1, "CPU")

    reading_jobs.preflight = preflight
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await jobs_app.open_screen("train", data=str(survey))
        screen = jobs_app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.choice.own_file.reading is not None)
        for other, reason in (("", "by what it holds"), ("Nr.", "as you said")):
            if other:
                screen.choice.rows["label_column"].set(other)
            await pilot.press("f2")
            await until(pilot, lambda: screen._checked is not None)
            read = screen._checked.check.reading
            assert read.reason("label") == reason
            assert read.reason("text") == "by what it holds"
            screen._checked = None


async def test_labels_that_are_one_are_merged_by_one_key(
    jobs_app: Any, reading_jobs: Any, until: Until, survey: Path
) -> None:
    def preflight(spec: JobSpec, progress: Any = None) -> Preflight:
        reading_jobs.asked.append(("preflight", spec))
        groups = () if "merge" in spec.read.get("labels", "") else (("Pos", "pos"),)
        warnings = tuple(f"Labels differ only in how they are written: {', '.join(group)}." for group in groups)
        check = DataCheck(
            spec.data, {"train": 40}, {"pos": 20, "neg": 20}, {}, 0, 0, warnings,
            reading=Reading(spec.data, "csv"), alike=groups,
        )  # fmt: skip
        return Preflight(check, None, 1.0, 1, "CPU")

    reading_jobs.preflight = preflight
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await jobs_app.open_screen("train", data=str(survey))
        screen = jobs_app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.choice.own_file.reading is not None)
        pane = screen.query_one(PreflightPane)
        await pilot.press("f2")
        await until(pilot, lambda: "Pos, pos" in pane.said)
        assert pane.query_one("#merge").display
        await pilot.press("shift+f4")
        await until(pilot, lambda: len([call for call in reading_jobs.asked if call[0] == "preflight"]) == 2)
        await until(pilot, lambda: "examples" in pane.said and "Pos, pos" not in pane.said)
        assert not pane.query_one("#merge").display
        assert screen.spec().read == {"labels": "merge"}
