"""`dltext compare` as scripts see it; the engine is a fake."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dltext.engine import api
from dltext.tui.commands import following


@pytest.fixture
def engine(
    fake: ModuleType, fake_jobs: ModuleType, fake_comparisons: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Any:
    engine = type("Engine", (fake_comparisons.FakeComparisons, fake_jobs.FakeJobs, fake.FakeEngine), {})()
    engine.at_once = True
    for name in ("check_comparison", "comparison", "continue_comparison", "job", "events", "cancel"):
        monkeypatch.setattr(api, name, getattr(engine, name))
    monkeypatch.setattr(following, "PAUSE", 0)
    monkeypatch.setattr(following, "GRACE", 0)
    return engine


def test_rows_are_followed_and_the_table_printed(run: Any, engine: Any, tmp_path: Path) -> None:
    files = tmp_path / "table.md", tmp_path / "table.svg"
    ran = run(
        "compare", "--data", "mr", "--recipes", "text-cnn,lstm", "--folds", "3", "--seed", "4",
        "--set", "text-cnn.filters=2", "--markdown", str(files[0]), "--picture", str(files[1]),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    spec = engine.asked[0][1]
    assert (spec.data, spec.folds, spec.seed) == ("mr", 3, 4)
    assert [(choice.recipe, choice.settings) for choice in spec.choices] == [
        ("text-cnn", {"filters": "2"}),
        ("lstm", {}),
    ]
    names = [line.split("\t")[:2] for line in ran.out.splitlines()[:4]]
    assert names == [
        ["recipe", "accuracy"],
        ["text-cnn", "80.6 % ± 1.1"],
        ["tfidf-linear (baseline)", "78.0 % ± 1.1"],
        ["lstm", "77.4 % ± 1.1"],
    ]
    assert "3-fold cross-validation" in ran.out
    assert "run text-cnn-cv; ctrl-C stops" in ran.err
    assert "epoch 1/" in ran.err
    assert all(file.exists() for file in files)
    assert str(files[1]) in ran.err


def test_json_is_one_object(run: Any, engine: Any) -> None:
    (values,) = run("compare", "--data", "mr", "--recipes", "small=text-cnn", "--json").objects
    assert [row["name"] for row in values["rows"]] == ["small", "tfidf-linear"]
    assert values["rows"][0]["to_baseline"]["accuracy"]["low"] == pytest.approx(0.016)


def test_a_row_that_failed_is_said_and_the_others_stand(run: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = engine.continue_comparison

    def failing(spec: Any, passed_over: Any = ()) -> Any:
        jobs = begin(spec, passed_over)
        if any(job.spec.recipe == "lstm" for job in jobs):
            engine.finish("lstm", "failed", "Out of memory.")
        return jobs

    monkeypatch.setattr(api, "continue_comparison", failing)
    ran = run("compare", "--data", "mr", "--recipes", "lstm,text-cnn")
    assert ran.code == 1
    assert "lstm\tfailed" in ran.out
    assert "text-cnn\t80.6 %" in ran.out
    assert "lstm: Out of memory." in ran.err


def test_ctrl_c_stops_the_run_that_is_measured(run: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(job_id: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "watch", interrupted)
    ran = run("compare", "--data", "mr", "--recipes", "text-cnn")
    assert ran.code == 130
    assert ("cancel", "tfidf-linear-cv") in engine.asked
    assert "the same command resumes" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--recipes", "nothing"), "There is no recipe 'nothing'"),
        (("--recipes", ","), "--recipes names no recipe"),
        (("--recipes", "=text-cnn"), "write RECIPE or NAME=RECIPE"),
        (("--recipes", "text-cnn,text-cnn"), "text-cnn is there twice"),
        (("--recipes", "text-cnn", "--set", "epochs=3"), "write --set NAME.KEY=VALUE"),
        (("--recipes", "text-cnn", "--set", "lstm.epochs=3"), "there is no row 'lstm'; there are: text-cnn"),
        (("--recipes", "text-cnn", "--set", "text-cnn.nothing=3"), "has no setting 'nothing'"),
        (("--recipes", "text-cnn", "--folds", "0"), "Folds must lie between 1"),
        (("--recipes", "text-cnn", "--parallel", "2", "--cluster", "tcp://x:1"), "either --parallel or --cluster"),
        (("--recipes", "text-cnn", "--picture", "table.png"), "a name that ends in .svg"),
    ],
)
def test_misuse_is_a_sentence_before_anything_starts(
    run: Any, engine: Any, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("compare", "--data", "mr", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert not engine.asked


def test_a_folder_that_is_not_there_is_said_first(run: Any, engine: Any, tmp_path: Path) -> None:
    ran = run("compare", "--data", "mr", "--recipes", "text-cnn", "--markdown", str(tmp_path / "no" / "table.md"))
    assert ran.code == 1
    assert "there is no such folder" in ran.err
    assert not engine.asked
