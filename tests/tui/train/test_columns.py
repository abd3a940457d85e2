"""Train on one's own file: its columns stand ready to be chosen."""

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static

from dltext.tui.train.choose import OWN, ChooseBox
from dltext.tui.train.form import SettingsForm

Until = Any


def note(row: Any) -> str:
    return str(row.query_one(".setting--note", Static).render())


async def test_the_columns_of_the_file_are_offered(jobs_app: Any, jobs: Any, until: Until, tmp_path: Path) -> None:
    file, other = tmp_path / "reviews.csv", tmp_path / "plain.txt"
    file.write_text("what,stars [/],where\nfine,4,here\n", encoding="utf-8")
    other.write_text("fine\n", encoding="utf-8")
    jobs.columns[str(file)] = ("what", "stars [/]", "where")
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.query(SettingsForm))
        box = screen.query_one(ChooseBox)
        box._picks["data"].choose(OWN)
        text, label = box.rows["text_column"], box.rows["label_column"]
        box.rows["path"].query_one(Input).value = str(file)
        await until(pilot, lambda: "There is no column text" in note(text))
        assert "what, stars [/], where" in note(text)

        text.focus_control()
        await pilot.press("down")
        assert text.value == "what"
        await pilot.press("down", "down", "up")
        assert text.value == "stars [/]"
        await pilot.press("up")
        assert "There is no column" not in note(text)
        label.focus_control()
        await pilot.press("up")
        assert (text.value, label.value) == ("what", "where")
        assert (screen.spec().text_column, screen.spec().label_column) == ("what", "where")

        label.query_one(Input).value = ""
        await pilot.press("S", "t")
        await until(pilot, lambda: label.query_one(Input)._suggestion == "stars [/]")

        # Another file, another offer; one without names has none, and the arrows are the screen's again.
        box.rows["path"].query_one(Input).value = str(other)
        await until(pilot, lambda: jobs.asked[-1] == ("columns_of", str(other)))
        await until(pilot, lambda: "choose among" not in note(label))
        label.focus_control()
        await pilot.press("down")
        assert label.text == "St"


@pytest.mark.parametrize(
    ("names", "text", "label"),
    [
        (("message", "topic"), "message", "topic"),
        (("Sentiment", "wording"), "wording", "Sentiment"),
        (("id", "内容", "标签"), "内容", "标签"),
        (("text", "label", "review"), "text", "label"),
        (("first", "second"), "first", "second"),
        (("1", "2"), "text", "label"),  # no header: which is which, nobody knows
        (("when", "who", "what"), "text", "label"),
    ],
)
async def test_columns_of_usual_names_are_taken(
    jobs_app: Any, jobs: Any, until: Until, tmp_path: Path, names: tuple[str, ...], text: str, label: str
) -> None:
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        box = ChooseBox()
        await pilot.app.screen.mount(box)
        box.offer_columns(names)
        assert (box.rows["text_column"].text, box.rows["label_column"].text) == (text, label)
        # Another file, whose columns are called otherwise; a column by its number stays.
        box.offer_columns(())
        box.offer_columns(("text", "label"))
        assert (box.rows["text_column"].text, box.rows["label_column"].text) == ("text", "label")
        box.rows["label_column"].set("3")
        box.offer_columns(("message", "topic", "stars"))
        assert (box.rows["text_column"].text, box.rows["label_column"].text) == ("message", "3")
