"""`dltext` as scripts see it: training, runs, models, data; the engine is a fake where it would train."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api, model_store
from dltext.engine.results import (
    CannotGoOn,
    Check,
    DataCheck,
    DatasetInfo,
    Event,
    Field,
    Job,
    JobSpec,
    Preflight,
    RecipeInfo,
    Record,
    Report,
)
from dltext.tui.commands import following

FIELDS = (
    Field("epochs", "Epochs", "How often the data is read.", "int", 5, 1, 100, group="Training"),
    Field("variant", "Variant", "Vectors.", "choice", "static", choices=("static", "random")),
)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An engine that trains nothing: what was asked of it, and a run that unfolds at each look."""
    seen: dict[str, Any] = {"events": [], "state": "done", "looks": 0}

    def job(job_id: str = "mr-1") -> Job:
        state = seen["state"] if not seen["events"] else "running"
        return Job(
            job_id,
            seen.get("spec", JobSpec("text-cnn", "mr")),
            state,
            created=1.0,
            epochs=2,
            bundle="mr-model",
            metrics={"test_accuracy": 0.8123, "test_loss": 0.5},
            message="",
        )

    def submit(spec: JobSpec) -> Job:
        seen["spec"] = spec
        return job()

    def events(job_id: str, offset: int = 0) -> tuple[list[Event], int]:
        seen["looks"] += 1
        return ([seen["events"].pop(0)], offset + 10) if seen["events"] else ([], offset)

    monkeypatch.setattr(api, "training_problem", lambda: None)
    monkeypatch.setattr(api, "validate", lambda spec: spec)
    monkeypatch.setattr(api, "submit", submit)
    monkeypatch.setattr(api, "job", job)
    monkeypatch.setattr(api, "jobs", lambda: [job("mr-2"), job("mr-1")])
    monkeypatch.setattr(api, "events", events)
    monkeypatch.setattr(following, "PAUSE", 0)
    monkeypatch.setattr(following, "GRACE", 0.05)
    return seen


def happenings(state: str = "done") -> list[Event]:
    return [
        Event(
            1,
            "start",
            {
                "device": "CPU",
                "examples": {"train": 90, "test": 10},
                "parameters": 1234,
                "epochs": 2,
                "floor": {"name": "TF-IDF", "accuracy": 0.75, "macro_f1": 0.7},
            },
        ),
        Event(2, "tick", {"epoch": 1, "step": 1, "steps": 3, "loss": 0.6}),
        Event(
            3,
            "epoch",
            {
                "epoch": 1,
                "epochs": 2,
                "train": {"loss": 0.5, "accuracy": 0.7},
                "validation": {"loss": 0.4, "accuracy": 0.75},
                "rate": 1000.0,
                "best": True,
            },
        ),
        Event(4, "message", {"level": "warning", "text": "a word\x1b[2J"}),
        Event(5, "fold", {"fold": 1, "folds": 10, "accuracy": 0.8, "macro_f1": 0.79, "floor_accuracy": 0.7}),
        Event(6, "end", {"state": state, "message": "", "bundle": "mr-model", "metrics": {}}),
    ]


def test_train_submits_what_was_said(run, engine) -> None:
    ran = run(
        "train",
        "lstm",
        "--data",
        "own.csv",
        "--set",
        "epochs=3",
        "--set",
        "vectors=a=b",
        "--seed",
        "7",
        "--name",
        "mine",
        "--text-column",
        "body",
        "--label-column",
        "stars",
    )
    assert ran.code == 0
    assert ran.out == "mr-1\n"
    assert "dltext jobs follow mr-1" in ran.err
    assert engine["spec"] == JobSpec("lstm", "own.csv", {"epochs": "3", "vectors": "a=b"}, 7, "mine", "body", "stars")
    assert run("train", "lstm", "--data", "mr", "--json").objects[0]["id"] == "mr-1"


def test_without_the_extra_it_says_how_to_get_it(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "training_problem", lambda: "pip install 'dltext[train]'")
    ran = run("train", "lstm", "--data", "mr")
    assert ran.code == 1
    assert "dltext[train]" in ran.err
    assert "spec" not in engine


def test_following_to_a_good_end(run, engine) -> None:
    engine["events"] = happenings()
    ran = run("train", "text-cnn", "--data", "mr", "--follow")
    assert ran.code == 0
    assert "epoch 1/2  loss 0.5000  accuracy 70.0 %  validation loss 0.4000  accuracy 75.0 %" in ran.err
    assert "baseline 75.0 %" in ran.err
    assert "fold 1/10  accuracy 80.0 %" in ran.err
    assert "\x1b" not in ran.err
    assert "test accuracy  81.2 %" in ran.out
    assert "test loss      0.5000" in ran.out
    assert "epoch" not in ran.out


def test_an_epoch_tells_what_was_measured_and_nothing_else() -> None:
    def line(**values: Any) -> str:
        return following.describe(Event(1, "epoch", {"epoch": 1, "epochs": 2, **values}))

    assert line(train={}, validation={}) == "epoch 1/2"
    assert (
        line(train={"loss": 0.5}, validation={"accuracy": 0.7}) == "epoch 1/2  loss 0.5000  validation accuracy 70.0 %"
    )
    assert "loss not a number" in line(train={"loss": float("nan"), "accuracy": 0.5})


@pytest.mark.parametrize("state", ["failed", "cancelled", "lost"])
def test_following_to_a_bad_end(state: str, run, engine) -> None:
    engine["events"], engine["state"] = happenings(state)[:-1] if state == "lost" else happenings(state), state
    ran = run("jobs", "follow", "mr-1")
    assert ran.code == 1
    assert "dltext jobs resume mr-1" in ran.err


def test_following_as_json_is_an_event_a_line(run, engine) -> None:
    engine["events"] = happenings()
    ran = run("jobs", "follow", "--json")
    assert [item["type"] for item in ran.objects] == ["start", "tick", "epoch", "message", "fold", "end"]
    assert ran.code == 0


def test_ctrl_c_leaves_the_run_alone(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(job_id: str, offset: int = 0) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "events", interrupt)
    monkeypatch.setattr(api, "cancel", lambda job_id: pytest.fail("the run was cancelled"))
    ran = run("jobs", "follow", "mr-1")
    assert ran.code == 130
    assert "the run goes on" in ran.err


def test_a_check_trains_nothing_and_tells_what_it_would_take(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[JobSpec] = []
    words = DataCheck("texts.txt", {"all": 9}, {}, {"mean": 3.0}, 0, 0, ("few words\x1b[2J",))
    estimate = Preflight(words, None, 7200.0, 460_000_000, "CPU", 42, ("1,234 words in 9 texts (all).",))

    def preflight(spec: JobSpec, progress: Any) -> Preflight:
        asked.append(spec)
        progress(1, 2)
        return estimate

    monkeypatch.setattr(api, "preflight", preflight)
    ran = run("train", "word2vec-gensim", "--data", "texts.txt", "--check")
    assert (ran.code, "spec" in engine) == (0, False)
    assert (asked[0].kind, asked[0].recipe) == ("preflight", "word2vec-gensim")
    assert "warning: few words" in ran.out
    assert "\n1,234 words in 9 texts (all).\n" in ran.out, "a fact is no warning"
    assert "about 2 h 00 min on CPU" in ran.out
    for absent in ("\x1b", "baseline", "overlap"):
        assert absent not in ran.out
    reviews = DataCheck("mr", {"train": 9}, {"no": 4, "yes": 5}, {}, 0, 1, (), ("one label only",))
    estimate = Preflight(reviews, {"accuracy": 0.75, "macro_f1": 0.7}, 90.0, 1 << 20, "CPU")
    ran = run("train", "text-cnn", "--data", "mr", "--check")
    assert ran.code == 1
    assert "75.0 %, macro F1 70.0 %" in ran.out
    assert "about 90 s" in ran.out
    assert "1 test examples that also" in ran.out
    assert run("train", "text-cnn", "--data", "mr", "--check", "--json").objects[0]["floor"]["accuracy"] == 0.75


def test_cross_validation_is_a_run_that_is_followed(run, engine) -> None:
    engine["events"] = happenings()
    ran = run("cross-validate", "text-cnn", "--data", "mr", "--folds", "5", "--set", "epochs=2")
    assert ran.code == 0
    spec = engine["spec"]
    assert (spec.kind, spec.folds, spec.settings) == ("cross-validate", 5, {"epochs": "2"})
    assert engine["looks"] > 3


def test_folds_may_be_trained_at_a_time(run, engine) -> None:
    engine["events"] = happenings()
    assert run("cross-validate", "text-cnn", "--data", "mr", "--parallel", "2").code == 0
    assert engine["spec"].parallel == 2


def test_recipes(run, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = RecipeInfo("text-cnn", "classify", "CNN", "Fast.", "Kim 2014", FIELDS)
    monkeypatch.setattr(api, "recipes", lambda: [recipe])
    assert "epochs, variant" in run("recipes").out
    one = run("recipes", "text-cnn").out
    assert "--set epochs=5" in one
    assert "From 1 to 100." in one
    assert "One of: static, random." in one
    assert run("recipes", "--json").objects[0]["fields"][0]["name"] == "epochs"


def test_the_real_recipes_are_shown(run) -> None:
    assert {item["name"] for item in run("recipes", "--json").objects} >= {"text-cnn", "lstm"}
    assert "--set" in run("recipes", "lstm").out


def test_evaluate(run, make_bundle, tmp_path: Path) -> None:
    make_bundle()
    rows = [
        {"text": "good", "label": "positive", "split": "test"},
        {"text": "bad", "label": "negative", "split": "test"},
        {"text": "bad \x1b[2J", "label": "positive", "split": "test"},
    ]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = run("evaluate", "toy", "--data", str(tmp_path / "own.jsonl"))
    assert ran.code == 0
    assert "accuracy           66.7 %" in ran.out
    assert "predicted as negative" in ran.out
    assert "\x1b" not in ran.out
    report = run("evaluate", "toy", "--data", str(tmp_path / "own.jsonl"), "--json").objects[0]
    assert report["confusion"] == [[1, 0], [1, 1]]
    assert report["metrics"]["accuracy"] == pytest.approx(2 / 3)


# ------------------------------------------------------------------------------------------------- jobs


def test_jobs_list_and_show(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = run("jobs", "list").out.splitlines()
    assert listed[0].split("\t")[:4] == ["run", "recipe", "data", "state"]
    assert listed[1].split("\t")[0] == "mr-2"
    assert [item["id"] for item in run("jobs", "--json").objects] == ["mr-2", "mr-1"]
    report = Report(
        "mr-model",
        "mr",
        "test",
        10,
        {"accuracy": 0.8, "macro_f1": 0.8, "loss": 0.4, "ece": 0.02},
        {"name": "TF-IDF", "accuracy": 0.7},
        ("no", "yes"),
        ((4, 1), (1, 4)),
        ({"label": "no", "precision": 0.8, "recall": 0.8, "f1": 0.8, "support": 5},),
        (),
    )
    monkeypatch.setattr(api, "report", lambda job_id: report)
    shown = run("jobs", "show", "mr-1").out
    assert "test accuracy" in shown
    assert "baseline" in shown
    assert run("jobs", "show", "--json").objects[0]["report"]["confusion"] == [[4, 1], [1, 4]]


def test_no_jobs_yet(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "jobs", list)
    assert "dltext train" in run("jobs", "list").err
    assert run("jobs", "follow").code == 1


def test_cancel_resume_delete_logs(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    for name in ("cancel", "resume", "delete_job"):
        monkeypatch.setattr(api, name, lambda job_id, name=name: done.append((name, job_id)) or api.job(job_id))
    monkeypatch.setattr(api, "job_log", lambda job_id, last: f"{job_id} \x1b[31m said {last}\nmore\n")
    assert run("jobs", "cancel", "mr-1", "mr-2").out == "mr-1: done\nmr-2: done\n"
    assert run("jobs", "resume", "mr-1").code == 0
    refused = run("jobs", "delete", "mr-1", stdin=b"")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert run("jobs", "delete", "mr-1", "--yes").code == 0
    assert done == [("cancel", "mr-1"), ("cancel", "mr-2"), ("resume", "mr-1"), ("delete_job", "mr-1")]
    logs = run("jobs", "logs", "mr-1", "--last", "5").out
    assert "said 5" in logs
    assert "\x1b" not in logs


# ------------------------------------------------------------------------------------------------- models, data


def test_models_list_has_what_programs_need(run, make_bundle, tmp_path: Path) -> None:
    make_bundle("a")
    make_bundle("b")
    make_bundle("broken")
    (model_store.store() / "broken" / "card.toml").write_text("")
    assert run("models", "default", "b").code == 0
    objects = run("models", "list", "--json").objects
    assert [(item["name"], item["default"]) for item in objects] == [("a", False), ("b", True), ("broken", False)]
    assert {"name", "task", "origin", "default", "language", "metrics"} <= set(objects[0])
    assert objects[0]["metrics"]["accuracy"] == 0.9
    assert objects[2]["problem"]
    people = run("models")
    assert "b\tsentiment" in people.out
    assert "broken cannot be used" in people.err
    assert run("models", "list", "--task", "classify").out == ""


def test_models_travel(run, make_bundle, tmp_path: Path) -> None:
    make_bundle("mine")
    written = run("models", "export", "mine", str(tmp_path / "mine.zip"))
    assert written.out.strip() == str(tmp_path / "mine.zip")
    assert run("models", "export", "mine", str(tmp_path / "mine.zip")).code == 1
    assert run("models", "import", str(tmp_path / "mine.zip")).out == "mine-2\n"
    assert run("models", "remove", "mine", stdin=b"y\n").code == 2
    assert run("models", "remove", "mine", "nope", "--yes").code == 1
    assert run("models", "remove", "mine", "--yes").out == "removed mine\n"
    assert [item["name"] for item in run("models", "--json").objects] == ["mine-2"]
    card = run("models", "show", "mine-2").out
    assert "intended" in card
    assert "measured" in card
    assert run("models", "show", "mine-2", "--json").objects[0]["card"]["serving"]["max_tokens"] == 50


def test_data(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    info = DatasetInfo(
        "mr",
        "Movie reviews",
        "en",
        "sentiment",
        ("no", "yes"),
        {"train": 3},
        5000,
        "CC",
        "Pang",
        "x",
        "mirror",
        "Short.",
    )
    check = DataCheck("mr", {"train": 3}, {"no": 1, "yes": 2}, {"mean": 3.0}, 1, 0, ("one duplicate",), ())
    monkeypatch.setattr(api, "datasets", lambda: [info])
    monkeypatch.setattr(api, "dataset", lambda name: info)
    monkeypatch.setattr(api, "browse_data", lambda name, split, offset, count: [Record("1", "a\x1b[2Jb", "no")])
    monkeypatch.setattr(api, "fetch_data", lambda name, progress: tmp_path)
    monkeypatch.setattr(api, "check_data", lambda *_: check)
    monkeypatch.setattr(api, "import_data", lambda *_: info)
    assert "mr\tMovie reviews" in run("data", "list").out
    assert run("data", "--json").objects[0]["name"] == "mr"
    shown = run("data", "show", "mr").out
    assert "Short." in shown
    assert "\x1b" not in shown
    assert run("data", "fetch", "mr").out == f"{tmp_path}\n"
    assert "warning: one duplicate" in run("data", "check", "mr").out
    assert run("data", "check", "mr").code == 0
    broken = DataCheck("mr", {}, {}, {}, 0, 0, (), ("one label only",))
    monkeypatch.setattr(api, "check_data", lambda *_: broken)
    ran = run("data", "check", "mr")
    assert ran.code == 1
    assert "error: one label only" in ran.out
    assert run("data", "import", "file.csv", "--name", "mr").out == "mr\n"


def test_doctor_fails_when_something_does(run, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [Check("Python", True, "3.11"), Check("GPU", None, "none")]
    monkeypatch.setattr(api, "doctor", lambda: checks)
    assert run("doctor").code == 0
    checks.append(Check("Disk", False, "full", "Make room."))
    ran = run("doctor")
    assert ran.code == 1
    assert "Make room." in ran.out
    assert run("doctor", "--json").objects[2] == {"name": "Disk", "ok": False, "detail": "full", "remedy": "Make room."}


def test_resume_names_what_helps_where_only_a_new_start_does(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resume(job_id: str, anew: bool = False):
        asked.append(anew)
        if not anew:
            raise CannotGoOn("mr.csv has changed since this run began, so it cannot go on: start it anew.")
        return api.job(job_id)

    monkeypatch.setattr(api, "resume", resume)
    refused = run("jobs", "resume", "mr-1")
    assert refused.code == 1
    assert "`dltext jobs resume mr-1 --anew` does that." in refused.err
    assert run("jobs", "resume", "mr-1", "--anew").code == 0
    assert asked == [False, True]


def test_a_run_that_failed_for_its_data_is_not_told_to_resume(run, engine, monkeypatch: pytest.MonkeyPatch) -> None:
    job = replace(api.job("mr-1"), state="failed", message="mr.csv, line 3: no label.", remedy="anew")
    monkeypatch.setattr(api, "job", lambda job_id: job)
    shown = run("jobs", "show", "mr-1").out
    assert "fix that, then start again with `dltext jobs resume mr-1 --anew`" in shown
