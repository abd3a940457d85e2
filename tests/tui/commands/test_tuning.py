"""`dltext tune` as scripts see it; the engine is a fake."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dltext.engine import api
from dltext.tui.commands import following
from dltext.tui.runs.export import as_markdown

TRIALS = (
    {
        "trial": 2, "settings": {"filters": 100}, "measure": "accuracy", "value": 0.812, "loss": 0.4, "epoch": 3,
        "epochs": 5, "seconds": 61.0, "examples": 1066, "run": "mr-trial-2",
    },
    {
        "trial": 1, "settings": {"filters": 50}, "measure": "accuracy", "value": 0.79, "loss": 0.5, "epoch": 4,
        "epochs": 5, "seconds": 42.0, "examples": 1066, "run": "mr-trial-1",
    },
)  # fmt: skip


@pytest.fixture
def engine(fake: ModuleType, fake_jobs: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    engine = type("Engine", (fake_jobs.FakeJobs, fake.FakeEngine), {})()
    for name in (
        "plan_tuning", "tune", "job", "events", "cancel", "report", "validate", "training_problem", "recipes",
        "write_document",
    ):  # fmt: skip
        monkeypatch.setattr(api, name, getattr(engine, name))
    monkeypatch.setattr(following, "watch", lambda job_id: finish(engine, fake_jobs, job_id))
    return engine


def finish(engine: Any, fake_jobs: ModuleType, job_id: str) -> None:
    engine.advance(job_id, 99)
    engine.reports[job_id] = replace(fake_jobs.binary_report(), trials=TRIALS)


COMMAND = ("tune", "text-cnn", "--data", "mr", "--set", "epochs=5", "--try", "filters=50,100", "--seed", "4")


def test_a_search_is_followed_and_its_table_printed(run: Any, engine: Any, tmp_path: Path) -> None:
    ran = run(*COMMAND, "--parallel", "2", "--trials", "2", "--name", "best", "--markdown", str(tmp_path / "t.md"))
    assert ran.code == 0, ran.err
    assert ("plan_tuning", {"filters": "50,100"}, 2) in engine.asked
    ((_, spec),) = [asked for asked in engine.asked if asked[0] == "tune"]
    assert (spec.data, spec.seed, spec.parallel, spec.name, spec.settings["epochs"]) == ("mr", 4, 2, "best", "5")
    table = ran.out[ran.out.index("trials, the best first") :].splitlines()[1:4]
    assert [line.split("\t") for line in table] == [
        ["trial", "filters", "validation accuracy", "epoch", "time", "run"],
        ["2", "100", "81.2 %", "3 of 5", "1:01", "mr-trial-2"],
        ["1", "50", "79.0 %", "4 of 5", "0:42", "mr-trial-1"],
    ]
    assert "ctrl-C stops, the same command resumes" in ran.err
    assert "| 2 | 100 | 81.2 % | 3 of 5 | 1:01 |" in (tmp_path / "t.md").read_text()


def test_json_is_one_object_with_the_trials(run: Any, engine: Any) -> None:
    (values,) = run(*COMMAND, "--json").objects
    assert values["spec"]["kind"] == "tune"
    assert json.loads(json.dumps(TRIALS)) == values["report"]["trials"]


def test_a_report_in_markdown_has_the_trials(fake_jobs: ModuleType) -> None:
    assert "| 1 | 50 | 79.0 % |" in as_markdown(replace(fake_jobs.binary_report(), trials=TRIALS))
    assert "Trials" not in as_markdown(fake_jobs.binary_report())


def test_ctrl_c_stops_the_search(run: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(job_id: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "watch", interrupted)
    ran = run(*COMMAND)
    assert ran.code == 130
    assert ("cancel", engine.jobs()[0].id) in engine.asked
    assert "the same command resumes them" in ran.err


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_one_that_ends_too_soon_is_said(run: Any, engine: Any, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    def ends(job_id: str) -> None:
        engine._jobs[job_id] = replace(engine.job(job_id), state=state, message="Trial 1 failed.")

    monkeypatch.setattr(following, "watch", ends)
    ran = run(*COMMAND)
    assert ran.code == 1
    assert f"{state}: Trial 1 failed." in ran.err
    assert ("the same command resumes it" in ran.err) == (state == "cancelled")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "as in --try learning_rate=0.01,0.001"),
        (("--try", "filters"), "write --try KEY=VALUE"),
        (("--try", "filters=1,2", "--set", "filters=3"), "filters is both in --set and in --try"),
        (("--try", "no-such-setting=1,2"), "has no setting 'no-such-setting'"),
    ],
)
def test_misuse_is_a_sentence_before_anything_starts(
    run: Any, engine: Any, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("tune", "text-cnn", "--data", "mr", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert not [asked for asked in engine.asked if asked[0] == "tune"]
