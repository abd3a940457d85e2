"""The form in which all that was decided about a file stands, and can be decided otherwise."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Label

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.tui.kit.reading_fields import in_fields
from dltext.tui.kit.reading_form import ReadAs, ReadingForm
from dltext.tui.kit.reading_preview import ReadingPreview

Until = Any


class Small(App[None]):
    """The real engine, and nothing else."""

    engine = api

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "gray"}


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    rows = [f"{number};The answer number {number} [/] is long enough;{'ab'[number % 2]}" for number in range(20)]
    path.write_text("Nr.;Kommentar;Kategorie\n" + "\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def ask(until: Until) -> Any:
    """``form, answers = await ask(pilot, path, …)``: the form for a file, as it is read by itself."""

    async def go(pilot: Any, path: Path, **how: Any) -> tuple[ReadingForm, list[Any]]:
        answers: list[Any] = []
        kind = how.get("data_kind", "texts")
        try:
            reading, problem = api.reading_of(str(path), None, "", "", kind), ""
        except UserError as error:
            reading, problem = None, str(error)
        form = ReadingForm(str(path), "Read", "Use", reading, problem, **how)
        pilot.app.push_screen(form, answers.append)
        await until(pilot, lambda: form.is_current and pilot.app.focused is not None)
        return form, answers

    return go


def shown(form: ReadingForm) -> dict[str, str]:
    return {key: row.text for key, row in form.rows.items() if row.display}


async def type_into(pilot: Any, form: ReadingForm, key: str, value: str) -> None:
    form.rows[key].focus_control()
    form.rows[key]._control.value = value  # pyright: ignore[reportAttributeAccessIssue]
    await pilot.pause()


async def test_what_was_found_stands_there_and_is_no_decision(survey: Path, ask: Any, until: Until) -> None:
    async with Small().run_test() as pilot:
        form, answers = await ask(pilot, survey, data_kind="labels")
        assert shown(form) == {
            "text": "Kommentar", "label": "Kategorie", "pair": "", "id": "", "split": "", "format": "csv",
            "encoding": "utf-8", "delimiter": "semicolon", "header": "yes", "labels": "", "missing": "",
        }  # fmt: skip
        assert "[/] is long enough" in form.query_one(ReadingPreview).said
        await pilot.press("enter")
        await until(pilot, lambda: answers)
        assert answers == [ReadAs("Kommentar", "Kategorie", {})]


async def test_what_is_decided_shows_what_comes_of_it(survey: Path, ask: Any, until: Until) -> None:
    async with Small().run_test() as pilot:
        form, answers = await ask(pilot, survey, data_kind="labels")
        form.rows["label"].focus_control()
        await pilot.press("down")
        assert form.rows["label"].text == "Nr."
        await type_into(pilot, form, "header", "no")
        # The columns have other names now, also the one that was chosen; they are found anew.
        await until(pilot, lambda: form.rows["text"].text == "2")
        assert form.rows["label"].text == "3"
        assert form.query_one(ReadingPreview).said.splitlines()[1] == "Kategorie         Kommentar"
        await pilot.press("enter")
        await until(pilot, lambda: answers)
        assert answers == [ReadAs("2", "3", {"header": "no"})]


async def test_what_cannot_be_is_said_at_its_field(survey: Path, ask: Any, until: Until) -> None:
    async with Small().run_test() as pilot:
        form, answers = await ask(pilot, survey)
        await type_into(pilot, form, "header", "perhaps")
        await pilot.press("enter")
        await until(pilot, lambda: form.rows["header"].problem)
        message = str(form.query_one("#reading-message", Label).render())
        assert "header is 'perhaps'; it must be yes or no." in message
        assert "--" not in message
        assert form.is_current
        assert not answers
        await pilot.press("escape")
        assert answers == [None]


async def test_a_decision_is_taken_back_by_an_empty_field(survey: Path, ask: Any, until: Until) -> None:
    api.decide_reading(str(survey), {"delimiter": ","})
    try:
        async with Small().run_test() as pilot:
            form, answers = await ask(pilot, survey)
            assert form.rows["delimiter"].text == "comma"
            await type_into(pilot, form, "delimiter", "")
            await until(pilot, lambda: form.rows["delimiter"].text == "semicolon")
            assert form.rows["text"].text == "Kommentar"
            await pilot.press("enter")
            await until(pilot, lambda: answers)
            assert answers[0].read == {}
    finally:
        api.decide_reading(str(survey), {})


async def test_what_makes_no_difference_is_not_asked(tmp_path: Path, ask: Any) -> None:
    plain = tmp_path / "notes.txt"
    plain.write_text("a line of text\nanother line\n", encoding="utf-8")
    async with Small().run_test() as pilot:
        form, _ = await ask(pilot, plain, name="notes")
        assert set(shown(form)) == {"format", "encoding", "delimiter", "unit"}
        assert form._name.display
        assert form._name.text == "notes"


async def test_a_file_that_cannot_be_read_shows_what_may_mend_it(tmp_path: Path, ask: Any, until: Until) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("a§b\n" + "some words of a text§x\n" * 9, encoding="utf-8")
    (broken := tmp_path / "odd.json").write_text('[{"a"', encoding="utf-8")
    async with Small().run_test() as pilot:
        form, _ = await ask(pilot, broken)
        assert "odd.json" in str(form.query_one("#reading-message", Label).render())
        assert {"text", "encoding", "format"} <= set(shown(form))
        form.dismiss(None)
        form, answers = await ask(pilot, odd)
        await type_into(pilot, form, "delimiter", "§")
        await until(pilot, lambda: form.rows["text"].text == "a")
        await pilot.press("enter")
        await until(pilot, lambda: answers)
        assert answers[0].read == {"delimiter": "§"}


async def test_pairs_have_two_sides(tmp_path: Path, ask: Any) -> None:
    pairs = tmp_path / "talk.csv"
    pairs.write_text("id;deutsch;english\n" + "1;Das ist ein Satz.;This is a sentence.\n" * 3, encoding="utf-8")
    async with Small().run_test() as pilot:
        form, _ = await ask(pilot, pairs, data_kind="pairs")
        fields = shown(form)
        assert (fields["text"], fields["title"]) == ("deutsch", "english")
        assert form.rows["title"].field.label == "Target column"
        assert "labels" not in fields


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("write them alike, or have them merged (--read labels=merge).", "Labels: merge in shift+F2"),
        ("name another with --read sheet=NAME.", "another with Sheet in shift+F2."),
        ("use the file, with --text-column Abstract", "with Text column: Abstract"),
    ],
)
def test_messages_name_fields_and_keys_in_place_of_options(message: str, shown: str) -> None:
    assert shown in in_fields(message)
    assert "--" not in in_fields(message)
