"""Training translators on the screens: pairs in Train, examples in Runs, BLEU beside its floor in Report."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Static, TabbedContent

from dltext.engine.results import BundleInfo
from dltext.tui.kit.cards import corpus_lines, model_lines
from dltext.tui.kit.headline import headline
from dltext.tui.kit.text import visible
from dltext.tui.runs.curve import Curve
from dltext.tui.runs.examples import Examples, examples_of
from dltext.tui.runs.export import as_json, as_markdown
from dltext.tui.runs.history import History, from_rounds
from dltext.tui.runs.jobtable import JobTable
from dltext.tui.runs.judged import JudgedDocuments
from dltext.tui.runs.report import ReportScreen


@pytest.fixture
def history(fake_translators: Any) -> History:
    """The history of a whole run."""
    events = [json.loads(line) for line in fake_translators.lines()]
    return from_rounds([values for values in events if values["type"] == "epoch"], {"bleu": 29.0})


@pytest.fixture
def run(jobs: Any, fake_translators: Any) -> str:
    """A translator that has trained two epochs of four."""
    return fake_translators.run_in(jobs, 4)


async def runs(pilot: Any, job: str, until: Any) -> Any:
    await pilot.app.open_screen("runs", job=job)
    screen = pilot.app.screen
    await until(pilot, lambda: screen.selected and screen.selected.id == job and job in screen._offsets)
    return screen


def shown(screen: Any) -> str:
    return screen.query_one(Examples).query_one(Static).render().plain


# ------------------------------------------------------------------------------------------------ Runs


async def test_runs_show_how_examples_improve(jobs_app: Any, jobs: Any, run: str, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await runs(pilot, run, until)
        assert screen.query_one(Examples).region.height > 0
        assert shown(screen).splitlines()[:4] == [
            "I like [/ref] your tea.",
            "  epoch 1   我 我 我。",
            "  epoch 2   我喜欢茶。",
            "  reference 我喜欢你的茶。",
        ]
        jobs.advance(run, 2)
        await until(pilot, lambda: "epoch 4" in shown(screen))
        assert "epoch 1" not in shown(screen), "the last three epochs"
        assert "  epoch 4   我喜欢你的茶。 ✓" in shown(screen).splitlines()
        assert len(screen.query_one(Examples).examples) == 3


async def test_the_measure_of_a_translator_is_bleu_beside_its_floor(jobs_app: Any, run: str, until: Any) -> None:
    async with jobs_app.run_test(size=(160, 40)) as pilot:
        screen = await runs(pilot, run, until)
        row = "|".join(cell.plain for cell in screen.query_one(JobTable).get_row(run))
        assert "18.2" in row
        curve = screen.query_one("#curve-bleu", Curve)
        assert [len(line.points) for line in curve.series] == [2]
        head = curve.query_one(".curve--head", Static).render().plain
        assert "18.2" in head
        assert "baseline 29.0" in head


async def test_in_a_low_window_examples_take_the_place_of_the_curves(jobs_app: Any, run: str, until: Any) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await runs(pilot, run, until)
        examples, curves = screen.query_one(Examples), screen.query_one("#runs-curves")
        assert not examples.region.height
        assert curves.region.height
        await pilot.press("e")
        await pilot.pause()
        assert examples.region.height > 5
        assert not curves.region.height
        await pilot.press("e")
        await pilot.pause()
        assert not examples.region.height


async def test_other_runs_have_no_examples(jobs_app: Any, run: str, until: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await runs(pilot, "own-3", until)
        assert not screen.check_action("examples", ())
        assert not screen.query_one(Examples).region.height


def test_examples_of_the_wrong_kind_are_passed_over() -> None:
    rounds = [
        {"epoch": 1, "examples": [{"source": "a", "reference": "b", "hypothesis": "c"}]},
        {"epoch": 2, "examples": ["odd", {"source": "x"}]},
        {"epoch": 3},
    ]
    examples = examples_of(from_rounds(rounds))
    assert [(one.source, one.hypotheses) for one in examples] == [("x", ((2, ""),))]
    assert examples_of(History()) == []


def test_the_curves_of_a_report_are_those_of_its_measures(history: History) -> None:
    assert list(history.measures.items()) == [("bleu", "BLEU"), ("chrf", "chrF"), ("accuracy", "accuracy")]
    classifier = from_rounds([{"epoch": 1, "validation": {"loss": 1.0, "accuracy": 0.5}}])
    assert classifier.measures == {}


# ------------------------------------------------------------------------------------------------ Train


async def test_pairs_are_offered_and_asked_for(
    jobs_app: Any, jobs: Any, fake_translators: Any, until: Any, tmp_path: Path
) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("en\tzh\nhello\t你好\n", encoding="utf-8")
    jobs.more_recipes, jobs.more_cards = (fake_translators.SEQ2SEQ,), (fake_translators.PAIRS,)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        jobs_app.open_screen("train", recipe="seq2seq-attention", data="tatoeba-en-zh")
        await until(pilot, lambda: jobs_app.screen.PLACE == "train" and jobs_app.screen._loaded)
        screen = jobs_app.screen
        choice = screen.choice
        await until(pilot, lambda: screen._form is not None and screen._form.name == "seq2seq-attention")
        assert [value for _, value in choice._picks["data"]._select._options] == ["tatoeba-en-zh", "/own"]
        assert "English → Chinese" in str(choice._picks["data"]._select._options[0][0])
        assert not choice.rows["source_column"].display
        assert screen.spec().data == "tatoeba-en-zh"
        choice.take_path(str(path))
        await pilot.pause()
        assert choice.rows["source_column"].display
        assert choice.rows["target_column"].display
        assert not choice.rows["text_column"].display
        assert not choice.rows["label_column"].display
        choice.rows["source_column"].set("en")
        choice.rows["target_column"].set("zh")
        spec = screen.spec()
        assert (spec.data, spec.text_column, spec.label_column) == (str(path), "en", "zh")
        jobs_app.open_screen("train", spec=replace(spec, text_column="text", label_column="label"))
        await until(pilot, lambda: choice.rows["source_column"].text == "")
        assert screen.spec().text_column == ""
        # A classifier takes no pairs, and names its columns as before.
        choice._picks["task"].choose("classify")
        await until(pilot, lambda: not choice.translating)
        assert "tatoeba-en-zh" not in [value for _, value in choice._picks["data"]._select._options]


def test_the_card_of_pairs_says_from_what_into_what(fake_translators: Any) -> None:
    facts = {name: value for _, name, value in corpus_lines(fake_translators.PAIRS, None)}
    assert facts["language"] == "en → zh"
    assert "labels" not in facts


# ------------------------------------------------------------------------------------------------ Report


async def test_a_report_has_bleu_above_its_floor_and_the_worst_sentences(
    jobs_app: Any, fake_translators: Any, until: Any
) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = ReportScreen(report=fake_translators.report())
        await jobs_app.push_screen(screen)
        await pilot.pause()
        head = screen.query_one("#report-head", Static).render().plain
        assert "BLEU 38.4 ▲ +9.4" in head
        assert "least similar half 27.3 ▲ +13.1" in head
        table = screen.query_one("#classes-table", DataTable)
        rows = [[cell.plain.strip() for cell in table.get_row_at(number)] for number in range(table.row_count)]
        assert rows[0] == ["BLEU", "38.4", "29.0", "+9.4", "+8.1 … +10.6"]
        assert ["chrF", "33.1", "25.5", "+7.6", ""] in rows
        assert ["BLEU, least similar half", "27.3", "14.2", "+13.1", "+11.4 … +14.9"] in rows
        tabs = screen.query_one(TabbedContent)
        assert [str(tabs.get_tab(name).label) for name in ("classes", "confusions")] == ["1 Measures", "2 Sentences"]
        await pilot.press("2")
        await pilot.pause()
        judged = screen.query_one(JudgedDocuments)
        assert judged.count == 2
        said = judged.query_one("#document", Static).render().plain
        assert "What [/b] time is it?" in said
        assert "written\n(nothing)" in said
        assert "reference\n现在几点了？ / 几点了？" in said
        assert screen.query_one("#documents").has_focus


def test_a_report_in_writing(fake_translators: Any) -> None:
    report = fake_translators.report()
    written = as_markdown(report)
    assert "| BLEU | 38.4 | 29.0 | +9.4 | +8.1 … +10.6 |" in written
    assert "| 9 | 0.0 | What \\[/b\\] time is it? |  | 现在几点了？ / 几点了？ |" in written
    assert "baseline (nearest translation)" in written
    assert json.loads(as_json(report))["metrics"]["bleu"] == 38.42


def test_a_report_without_a_floor_says_what_it_has(fake_translators: Any) -> None:
    report = fake_translators.report()
    bare = replace(report, floor=None, metrics={"bleu": 12.0, "chrf": 9.0})
    assert "| BLEU | 12.0 | — |  |  |" in as_markdown(bare)


def test_a_translator_is_known_by_its_bleu() -> None:
    info = BundleInfo(
        "m", "translate", "trained", "1", "r", "en", (), {"accuracy": 0.6, "bleu": 38.42}, "", True, 1, ""
    )
    first = headline(info.metrics)
    assert first is not None
    assert first.said == "BLEU 38.4"
    assert visible(first.short) == "BLEU"


def test_the_card_of_a_translator_has_both_languages_and_the_floor(fake_translations: Any) -> None:
    facts = {name: value for _, name, value in model_lines(fake_translations.EN_ZH)}
    assert facts["language"] == "en → zh"
    assert facts["BLEU"] == "38.4  (baseline 29.0)"
