"""A search over settings in Runs: a point a trial, its trials below it, the table in its report."""

from dataclasses import replace
from types import ModuleType
from typing import Any

from dltext.engine.results import Event, JobSpec
from dltext.tui.kit.runlog import describe
from dltext.tui.runs.curves import panels_of, with_parts
from dltext.tui.runs.history import History
from dltext.tui.runs.report_text import report_protocol

TRIALS = tuple(
    {
        "trial": number, "trials": 3, "settings": {"filters": filters}, "measure": "accuracy", "value": value,
        "loss": 0.4, "epoch": 2, "epochs": 5, "seconds": 61.0, "examples": 100, "run": f"mr-trial-{number}",
        "best": number != 3,
    }
    for number, filters, value in ((1, 50, 0.71), (2, 100, 0.82), (3, 200, 0.8))
)  # fmt: skip


def test_trials_are_points_of_one_curve() -> None:
    history = History()
    history.fold(Event(float(trial["trial"]), "trial", trial) for trial in TRIALS)
    (panel,) = with_parts(panels_of(history), history, {}, None)
    (line,) = panel.series
    assert (panel.key, line.name, line.points) == ("accuracy", "trial by trial", ((1.0, 0.71), (2.0, 0.82), (3.0, 0.8)))


def test_a_trial_is_a_line_of_the_log() -> None:
    assert describe(Event(1.0, "trial", TRIALS[1])) == "trial 2/3  filters=100  accuracy 82.0 %  1:01  best so far"


def test_the_protocol_of_a_report_has_the_trials(fake_jobs: ModuleType) -> None:
    report = replace(fake_jobs.binary_report(), trials=TRIALS)
    text = report_protocol(report, None, lambda name: "red").plain
    assert "Trials, the best first\n    1  accuracy 71.0 %  filters=50  1:01\n" in text


async def test_trials_stand_below_their_search(jobs_app: Any, jobs: Any, until: Any) -> None:
    trials = tuple(trial["settings"] for trial in TRIALS)
    jobs.add("mr-tune", JobSpec("text-cnn", "mr", kind="tune", trials=trials), 3)
    jobs.add("mr-trial-2", JobSpec("text-cnn", "mr", kind="trial", fold=2, parent="mr-tune"), 3)
    async with jobs_app.run_test(size=(120, 40)) as pilot:
        await pilot.app.open_screen("runs", job="mr-tune")
        screen = pilot.app.screen
        await until(pilot, lambda: "0 of 3 trials" in str(screen.query_one("#runs-facts").render()))
        table = screen.query_one("#runs-table")
        names = [str(table.get_row_at(row)[0]).strip() for row in range(2)]
        assert names == ["mr-tune", "└ trial 2"]


def test_a_whole_whose_folds_are_runs_shows_what_they_measured_and_no_empty_curve() -> None:
    history = History(folds={1: {"accuracy": 0.8}, 2: {"accuracy": 0.9}})
    (panel,) = with_parts(panels_of(history), history, {"floor_accuracy": 0.5}, None)
    (line,) = panel.series
    assert (panel.key, panel.floor, line.name) == ("accuracy", 0.5, "fold by fold")
    assert [value for _, value in line.points] == [0.8, 0.9]
