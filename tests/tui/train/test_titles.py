"""Training title generators on the screens: corpora with titles, the columns of a file, ROUGE beside its floor."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Static, TabbedContent

from dltext.engine import api
from dltext.engine.results import DataCheck, DatasetInfo, Field, Preflight, RecipeInfo, Report
from dltext.tui.commands import checking, following, reports
from dltext.tui.runs.export import as_markdown
from dltext.tui.runs.judged import JudgedDocuments
from dltext.tui.runs.report import ReportScreen

RECIPE = RecipeInfo(
    "title-copy",
    "title",
    "Titles",
    "Copies.",
    "See et al. 2017",
    (Field("units", "Units", "Size.", "int", 256, 4, 4096),),
)
ARXIV = DatasetInfo(
    "arxiv", "arXiv", "en", "text", (), {"all": 73110}, 1, "CC0", "arXiv", "https://arxiv.org", "mirror", titled=True
)
PTB = replace(ARXIV, name="ptb", title="Penn Treebank", titled=False)
PAIRS = replace(ARXIV, name="talk", task="pairs", titled=False, target_language="zh")
FLOOR = {"name": "first sentence, 12 words of it", "rouge1": 24.0, "rouge2": 9.1, "rougeL": 19.2, "whole_rougeL": 15.0}
WORST = (
    {"id": "7", "text": "We show [/b] cats.", "gold": "Cats [/ref] shown", "predicted": "", "rougeL": 0.0},
    {"id": "2", "text": "We study dogs.", "gold": "A study of dogs", "predicted": "Dogs", "rougeL": 40.0},
)
REPORT = Report(
    "title-en", "arxiv", "test", 1500,
    {"rouge1": 44.8, "rouge2": 25.1, "rougeL": 38.25, "rare_copied": 1.0, "rare_copied_words": 812.0},
    FLOOR, (), (), (), WORST,
    tuple({"epoch": n, "epochs": 2, "train": {"loss": 4.0 - n, "accuracy": 0.2},
           "validation": {"loss": 4.1 - n, "accuracy": 0.2, "rougeL": 15.0 * n, "rouge2": 8.0 * n, "rouge1": 17.0 * n}}
          for n in (1, 2)),
    "The test split of arxiv.", "title",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("train")


async def test_corpora_with_titles_and_the_columns_of_a_file(
    jobs_app: Any, jobs: Any, until: Any, tmp_path: Path
) -> None:
    path = tmp_path / "papers.csv"
    path.write_text("Title,Abstract\na,b\n", encoding="utf-8")
    jobs.more_recipes, jobs.more_cards = (RECIPE,), (ARXIV, PTB, PAIRS)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        jobs_app.open_screen("train", recipe="title-copy", data="arxiv")
        await until(pilot, lambda: jobs_app.screen.PLACE == "train" and jobs_app.screen._loaded)
        screen = jobs_app.screen
        choice = screen.choice
        await until(pilot, lambda: screen._form is not None and screen._form.name == "title-copy")
        assert [value for _, value in choice._picks["data"]._select._options] == ["arxiv", "/own"]
        assert not choice.rows["title_column"].display
        choice.take_path(str(path))
        await pilot.pause()
        shown = {name for name in ("text_column", "label_column", "source_column", "target_column", "body_column",
                                   "title_column") if choice.rows[name].display}  # fmt: skip
        assert shown == {"body_column", "title_column"}
        spec = screen.spec()
        assert (spec.data, spec.text_column, spec.label_column) == (str(path), "", "")
        choice.rows["body_column"].set("Abstract")
        choice.rows["title_column"].set("Title")
        spec = screen.spec()
        assert (spec.text_column, spec.label_column) == ("Abstract", "Title")
        jobs_app.open_screen("train", spec=replace(spec, text_column="text", label_column="label"))
        await until(pilot, lambda: choice.rows["title_column"].text == "")
        choice._picks["task"].choose("classify")
        await until(pilot, lambda: not choice.titling)
        assert not choice.rows["title_column"].display


async def test_a_report_has_rouge_above_its_floor_and_the_worst_titles(jobs_app: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = ReportScreen(report=REPORT)
        await jobs_app.push_screen(screen)
        await pilot.pause()
        assert "ROUGE-L 38.2 ▲ +19.1" in screen.query_one("#report-head", Static).render().plain
        table = screen.query_one("#classes-table", DataTable)
        rows = [[cell.plain.strip() for cell in table.get_row_at(number)] for number in range(table.row_count)]
        assert rows[0][:4] == ["ROUGE-L", "38.2", "19.2", "+19.1"]
        assert rows[-1][:2] == ["rare words copied", "100.0 %"]
        tabs = screen.query_one(TabbedContent)
        assert [str(tabs.get_tab(name).label) for name in ("classes", "confusions")] == ["1 Measures", "2 Titles"]
        await pilot.press("2")
        await pilot.pause()
        judged = screen.query_one(JudgedDocuments)
        said = judged.query_one("#document", Static).render().plain
        assert said.startswith("7 · ROUGE-L 0.0")
        assert "written\n(nothing)" in said
        assert "reference\nCats [/ref] shown" in said
        assert screen.query_one("#cell-head", Static).render().plain == "The 2 with the lowest ROUGE-L"


def test_a_report_in_writing(capsys: pytest.CaptureFixture[str]) -> None:
    written = as_markdown(REPORT)
    assert "| ROUGE-L | 38.2 | 19.2 | +19.1 |" in written
    assert "## Lowest ROUGE-L" in written
    assert "| 2 | 40.0 | We study dogs. | Dogs | A study of dogs |" in written
    reports.show(REPORT, 1)
    output = capsys.readouterr().out
    assert "baseline (first sentence, 12 words of it)" in output
    assert "lowest ROUGE-L\n  7: 0.0" in output


def test_what_is_known_before_says_the_floor(capsys: pytest.CaptureFixture[str]) -> None:
    floor = {key: value for key, value in FLOOR.items() if isinstance(value, float)}
    check = DataCheck("papers.csv", {"train": 9}, {}, {}, 0, 0)
    checking._show_estimate(Preflight(check, floor, 60.0, 1, "CPU"))
    output = " ".join(capsys.readouterr().out.split())
    assert "ROUGE-L 19.2, ROUGE-2 9.1, ROUGE-1 24.0 (first sentence, 12 words of it)" in output
    begun = following.describe(
        following.Event(0.0, "start", {"device": "CPU", "examples": {"train": 9}, "floor": FLOOR, "parameters": 5})
    )
    assert begun.endswith("baseline ROUGE-L 19.2, ROUGE-2 9.1, ROUGE-1 24.0")


def test_the_corpora_that_have_titles() -> None:
    assert {info.name for info in api.datasets() if info.titled} == {"arxiv", "title-generate"}


def test_a_check_of_titles_speaks_of_titles(tmp_path: Path) -> None:
    from dltext.data.pairs import open_titles
    from dltext.engine.inspection import inspect_pairs

    rows = [{"Title": f"On {n}", "Abstract": f"We speak of {n} and of {n % 9} more things."} for n in range(60)]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    check = inspect_pairs(open_titles(str(path)), titles=True)
    assert check.errors == ()
    assert check.warnings == ("There are only 48 training pairs; useful title generators need tens of thousands.",)
    assert check.target_lengths["median"] == 2
