"""Models that tell several attributes, on the screens: their reports, their curves."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Static, TabbedContent

from dltext.engine.results import Event
from dltext.tui.kit.attribute_lines import measured_lines
from dltext.tui.kit.facts import FactPane
from dltext.tui.runs.confusion import ConfusionMatrix
from dltext.tui.runs.curve import Curve
from dltext.tui.runs.curves import panels_of
from dltext.tui.runs.export import as_json, as_markdown
from dltext.tui.runs.history import History
from dltext.tui.runs.partbar import PartBar
from dltext.tui.runs.report import ReportScreen

Until = Any


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("runs")


@pytest.fixture
def opened(jobs: Any, fake_attributes: Any, until: Until) -> Any:
    """``screen = await opened(pilot)``: the report on three attributes."""

    async def go(pilot: Any) -> Any:
        jobs.reports["own-3"] = fake_attributes.profile_report()
        await pilot.app.open_screen("runs", job="own-3")
        runs = pilot.app.screen
        await until(pilot, lambda: runs.selected and runs.selected.id == "own-3")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen) and pilot.app.screen.report)
        return pilot.app.screen

    return go


def said(screen: Any, where: str) -> str:
    return str(screen.query_one(where, Static).render())


def row(screen: Any, index: int) -> list[str]:
    return [cell.plain.strip() for cell in screen.query_one("#classes-table", DataTable).get_row_at(index)]


async def test_each_attribute_stands_beside_its_floor(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        head = said(screen, "#report-head")
        for part in (
            "1,782 examples",
            "gender 79.2 % ▲ +1.7",
            "age 76.3 % ▼ -0.8",
            "years, mean error 4.213 (baseline 4.600)",
            "mean accuracy 77.7 % ▲ +1.2",
            "all right 61.4 % ▲ +2.4",
        ):
            assert part in head
        bar = screen.query_one(PartBar)
        assert bar.plain.startswith("gender age years accuracy 79.")
        assert "baseline 77.5 %" in bar.plain
        curves = {curve.id: curve for curve in screen.query(Curve)}
        assert len(curves["report-gender_accuracy"].series[0].points) == 2
        assert curves["report-gender_accuracy"]._plot.state[1] == 0.775, "its own floor"


async def test_a_key_turns_to_the_next_attribute(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert [row(screen, 0)[0], row(screen, 1)[0]] == ["female", "male"]
        await pilot.press("2")
        matrix = screen.query_one(ConfusionMatrix)
        await until(pilot, lambda: matrix.has_focus)
        await until(pilot, lambda: "male, predicted as female" in said(screen, "#cell-head"))
        await pilot.press("n")
        assert matrix.labels == ("10s", "20s", "30s")
        await until(pilot, lambda: "20s" in said(screen, "#cell-head"))
        assert screen.query_one(TabbedContent).active == "confusions", "the tab stays"
        await pilot.press("down", "down", "down", "home", "right")
        await until(pilot, lambda: "30s, predicted as 20s" in said(screen, "#cell-head"))
        await pilot.press("enter")
        documents = screen.query_one("#documents", DataTable)
        await until(pilot, lambda: documents.has_focus)
        assert "a4 · 97.0 % confidence in 20s" in said(screen, "#document")
        await pilot.press("1")
        assert row(screen, 2)[0] == "30s"
        await pilot.press("n", "n")
        assert row(screen, 0)[0] == "female", "round it goes"


async def test_a_number_has_errors_in_place_of_confusions(jobs_app: Any, opened: Any, until: Until) -> None:
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("n", "n")
        assert row(screen, 0) == ["mean error", "4.213", "4.600"]
        assert row(screen, 2)[:2] == ["correlation r", "0.620"]
        await pilot.press("2")
        documents = screen.query_one("#documents", DataTable)
        await until(pilot, lambda: documents.has_focus and documents.row_count == 3)
        assert "The 3 largest errors" in said(screen, "#cell-head")
        assert documents.get_row_at(0)[0].plain.strip() == "−26.8"
        assert "a7 · 48, predicted as 21.2 (−26.8)" in said(screen, "#document")
        assert "[/ref] Entry 7: my dad says [b]hi[/b]." in said(screen, "#document")
        await pilot.press("down")
        await until(pilot, lambda: "a8 · 13, predicted as 19 (+6)" in said(screen, "#document"))
        assert not screen.query_one(ConfusionMatrix).display
        assert not screen.query_one("#no-confusions").display
        await pilot.press("p", "m")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.PLACE == "runs")


async def test_a_click_on_a_name_shows_it(jobs_app: Any, opened: Any) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.click(PartBar, offset=(14, 0))
        assert row(screen, 0)[0] == "10s"


@pytest.mark.parametrize("suffix", [".json", ".md"])
async def test_it_is_exported_with_all_attributes(
    jobs_app: Any, opened: Any, until: Until, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"out{suffix}"
    async with jobs_app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: pilot.app.screen.query("#path"))
        pilot.app.screen.query_one("#path").value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
    text = file.read_text(encoding="utf-8")
    if suffix == ".json":
        assert json.loads(text)["parts"][1]["confusion"][2][0] == 10
    else:
        assert "| all right | 61.4 % | 59.0 % |" in text


def test_in_writing_each_attribute_has_its_chapter(fake_attributes: Any) -> None:
    text = as_markdown(fake_attributes.profile_report())
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## gender", "## age", "## years", "## Protocol"]
    assert "| 30s | 10 | 110 | 160 |" in text
    assert "| years, mean error | 4.213 | 4.600 |" in text
    assert text.index("| a7 | 48 | 21.2 | −26.8 |") < text.index("| a8 | 13 | 19 | +6 |")
    assert r"\[/ref\]" in text
    assert json.loads(as_json(fake_attributes.profile_report()))["parts"][2]["name"] == "years"


def test_curves_of_each_attribute_and_no_accuracy_where_ticks_tell_none(fake_attributes: Any) -> None:
    history = History()
    named = {"accuracy": "accuracy", "gender_accuracy": "gender", "years_mae": "years, mean error"}
    start = {"epochs": 2, "steps": 4, "measures": named, "floor": {"name": "SVM", "gender_accuracy": 0.775}}
    history.fold([Event(0, "start", start), Event(1, "tick", {"epoch": 1, "step": 1, "steps": 4, "loss": 0.9})])
    assert history.train("loss") == [(0.25, 0.9)]
    assert history.train("accuracy") == [], "nothing was told, so it is not zero"
    rounds = fake_attributes.profile_report().history
    history.fold(Event(2, "epoch", values) for values in rounds)
    panels = {panel.key: panel for panel in panels_of(history, 0.76)}
    assert list(panels) == ["loss", "accuracy", "gender_accuracy", "years_mae"]
    assert panels["gender_accuracy"].floor == 0.775
    assert panels["years_mae"].floor is None
    assert [value for _, value in panels["years_mae"].series[-1].points] == [5.5, 5.0]


async def test_at_80_no_measure_is_broken_and_the_shown_attribute_has_its_curve(
    jobs_app: Any, opened: Any, until: Until
) -> None:
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        head = said(screen, "#report-head").splitlines()
        assert all(len(line) <= 78 for line in head)
        assert "years, mean error 4.213 (baseline 4.600)" in " | ".join(head)

        def shown() -> list[str | None]:
            return [curve.id for curve in screen.query_one("#report-curves").query(Curve) if curve.display]

        await until(pilot, lambda: shown() == ["report-loss", "report-accuracy", "report-gender_accuracy"])
        await pilot.press("n")
        await until(pilot, lambda: shown() == ["report-loss", "report-accuracy", "report-age_accuracy"])
        await pilot.press("n")
        await until(pilot, lambda: "report-years_mae" in shown())
        await pilot.resize_terminal(200, 50)
        await until(pilot, lambda: len(said(screen, "#report-head").splitlines()) == 2)


async def test_the_card_of_a_model_shows_its_attributes(
    jobs_app: Any, jobs: Any, fake_attributes: Any, until: Until
) -> None:
    jobs.bundles = [fake_attributes.PROFILE]
    async with jobs_app.run_test(size=(120, 50)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pilot.app.screen.PLACE == "models" and pilot.app.screen._listed)
        card = pilot.app.screen.query_one(FactPane).plain.splitlines()
    assert card[0] == "A probability about style, never a fact about a person [/]. Not for decisions."
    for line in (
        "gender female, male",
        "years a number; the truth lies −7.5 to +9 from the estimate for 8 of 10",
        "corpus Blog Authorship Corpus, blogger.com",
        "year 2004",
        "measured on blog-authors test, 1,782 authors",
        "gender 79.2 %  (baseline 77.5 %)",
        "all right 61.4 %",
        "years mean error 4.213",
        "Confusions of age",
    ):
        assert line in card
    place = card.index("Confusions of age")
    assert [line.split() for line in card[place + 2 : place + 5]] == [
        ["10s", "620", "112", "12"],
        ["20s", "90", "580", "88"],
        ["30s", "10", "110", "160"],
    ]
    assert len({len(line) for line in card[place + 2 : place + 5]}) == 1, "columns stand under one another"
    assert not any("{" in line for line in card)


def test_many_classes_are_told_by_their_largest_confusions() -> None:
    labels = [f"trade {number}" for number in range(20)]
    matrix = [[50 if row == column else row * column % 7 for column in range(20)] for row in range(20)]
    matrix[3][4] = 40
    row = {"confusion": [{"attribute": "industry", "labels": labels, "matrix": matrix}]}
    confusions = [line[1:] for line in measured_lines(row) if line[0] == "fact"]
    assert confusions[0] == ("40", "trade 3, predicted as trade 4")
    assert len(confusions) == 5
