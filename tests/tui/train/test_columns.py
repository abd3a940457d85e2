"""Train on one's own file: its columns stand ready to be chosen."""

from pathlib import Path
from typing import Any

from textual.widgets import Input, Static

from dltext.tui.train.choose import OWN, ChooseBox
from dltext.tui.train.form import SettingsForm

Until = Any


def note(row: Any) -> str:
    return str(row.query_one(".setting--note", Static).render())


async def test_the_columns_of_the_file_are_offered(jobs_app: Any, jobs: Any, until: Until, tmp_path: Path) -> None:
    file, other = tmp_path / "reviews.csv", tmp_path / "plain.txt"
    file.write_text("review,stars [/]\nfine,4\n", encoding="utf-8")
    other.write_text("fine\n", encoding="utf-8")
    jobs.columns[str(file)] = ("review", "stars [/]")
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await pilot.app.open_screen("train")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.has_class("-ready") and screen.query(SettingsForm))
        box = screen.query_one(ChooseBox)
        box._picks["data"].choose(OWN)
        text, label = box.rows["text_column"], box.rows["label_column"]
        box.rows["path"].query_one(Input).value = str(file)
        await until(pilot, lambda: "There is no column text" in note(text))
        assert "review, stars [/]" in note(text)

        text.focus_control()
        await pilot.press("down")
        assert text.value == "review"
        await pilot.press("down", "down", "up")
        assert text.value == "stars [/]"
        await pilot.press("up")
        assert "There is no column" not in note(text)
        label.focus_control()
        await pilot.press("up")
        assert (text.value, label.value) == ("review", "stars [/]")
        assert (screen.spec().text_column, screen.spec().label_column) == ("review", "stars [/]")

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
