"""Runs of language models: curves of perplexity, a sample after each epoch, what is better and what is worse."""

import json
from typing import Any

import pytest
from textual.widgets import Static

from dltext.engine.results import JobSpec, Report
from dltext.engine.results.measures import improves
from dltext.tui.runs.curve import Curve
from dltext.tui.runs.examples import Examples
from dltext.tui.runs.jobtable import JobTable
from dltext.tui.runs.report import ReportScreen

SAMPLES = ("the the of", "the king of [/b]\n\x1b[31mthe sea", "明月几时有")
TEST = 118.0


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("runs")


def lines(floor: float) -> list[bytes]:
    """The events of a run of three epochs; ``floor``: the baseline's perplexity."""
    events: list[dict[str, Any]] = [
        {"time": 0.0, "type": "state", "stage": "preparing", "message": "reading ptb"},
        {"time": 1.0, "type": "start", "device": "CPU", "epochs": 3, "steps": 10, "labels": [], "parameters": 1_000,
         "floor": {"name": "n-grams of 5 words", "perplexity": floor}, "examples": {"train": 900}, "unit": "words",
         "measures": {"perplexity": "perplexity", "loss": "loss"}},
    ]  # fmt: skip
    for epoch, sample in enumerate(SAMPLES, 1):
        events.append(
            {"time": 10.0 * epoch, "type": "epoch", "epoch": epoch, "epochs": 3, "train": {"loss": 6.0 - epoch},
             "validation": {"perplexity": 300.0 / epoch, "loss": 5.5 - epoch / 10}, "rate": 900.0, "best": True,
             "sample": sample}
        )  # fmt: skip
    end = {"time": 40.0, "type": "end", "state": "done", "message": "lm: perplexity 118.0 on test.", "bundle": "lm"}
    events.append(end | {"metrics": {"test_perplexity": TEST, "floor_perplexity": floor}})
    return [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in events]


def run_in(jobs: Any, floor: float = 141.2, events: int = 6) -> str:
    jobs.add("ptb-1", JobSpec("word-lstm", "ptb"), 0)
    jobs._lines["ptb-1"] = lines(floor)
    jobs.advance("ptb-1", events)
    return "ptb-1"


async def shown(pilot: Any, until: Any, job: str) -> Any:
    await pilot.app.open_screen("runs", job=job)
    screen = pilot.app.screen
    await until(pilot, lambda: screen.selected and screen.selected.id == job and job in screen._offsets)
    return screen


async def test_the_newest_sample_stands_below_the_curves(jobs_app: Any, jobs: Any, until: Any) -> None:
    job = run_in(jobs, events=4)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await shown(pilot, until, job)
        examples = screen.query_one(Examples)
        assert examples.display
        words = str(examples.query_one(Static).render())
        assert words == "written after epoch 2\nthe king of [/b]\n␛[31mthe sea"
        jobs.advance(job)
        screen.look()
        await until(pilot, lambda: examples.sample and examples.sample.epoch == 3)
        assert "明月几时有" in str(examples.query_one(Static).render())
        curves = {curve.id: curve for curve in screen.query(Curve) if curve.display}
        assert [value for _, value in curves["curve-perplexity"].series[-1].points] == [300.0, 150.0, 100.0]
        head = curves["curve-perplexity"].query_one(".curve--head", Static).render()
        assert "baseline 141.2" in head.plain  # type: ignore[union-attr]


async def test_on_a_short_screen_a_key_shows_the_sample(jobs_app: Any, jobs: Any, until: Any) -> None:
    job = run_in(jobs)
    async with jobs_app.run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, until, job)
        assert not screen.query_one(Examples).display
        await pilot.press("e")
        await until(pilot, lambda: screen.query_one(Examples).display)
        assert not screen.query_one("#runs-curves").display


@pytest.mark.parametrize(("floor", "beats"), [(141.2, True), (100.0, False), (TEST, False)])
async def test_a_lower_perplexity_beats_the_baseline(
    jobs_app: Any, jobs: Any, until: Any, floor: float, beats: bool
) -> None:
    job = run_in(jobs, floor)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = await shown(pilot, until, job)
        cells = [cell.plain for cell in screen.query_one(JobTable).get_row(job)]
        assert cells[-1].strip() == "118.00 ▲" if beats else cells[-1].strip() == "118.00"
        assert "ppl" in cells[5]


async def test_the_report_tells_perplexities_as_numbers(jobs_app: Any, until: Any) -> None:
    metrics = {"perplexity": 118.0, "bits_per_character": 1.9, "loss": 4.77, "tokens": 82430}
    baseline = {"name": "n-grams of 5 words", "perplexity": 141.2}
    report = Report("lm", "ptb", "test", 3761, metrics, baseline, (), (), (), (), (), "Once.")
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        screen = ReportScreen(report=report)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.part is not None)
        head = str(screen.query_one("#report-head", Static).render())
        assert "perplexity 118.00" in head
        assert "baseline 141.20" in head
        assert "%" not in head


def test_what_is_better_depends_on_the_measure() -> None:
    assert improves("test_perplexity", 100.0, 120.0)
    assert not improves("perplexity", 120.0, 100.0)
    assert improves("accuracy", 0.9, 0.8)
    assert not improves("accuracy", 0.8, 0.8)
