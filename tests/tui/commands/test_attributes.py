"""`dltext` on models that tell several attributes: reports, runs, cards."""

import json
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import Event, Job, JobSpec
from dltext.tui.commands import following


def cells(out: str, first: str) -> list[str]:
    """The row of a table that begins with ``first``."""
    return next(line.split("\t") for line in out.splitlines() if line.split("\t")[0].strip() == first)


def test_evaluate_tells_each_attribute(run: Any, fake_attributes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(api, "evaluate", lambda *args: asked.append(args) or fake_attributes.profile_report())
    ran = run("evaluate", "profile-en", "--data", "authors.jsonl", "--text-column", "conversation")
    assert ran.code == 0
    assert asked[0][:4] == ("profile-en", "authors.jsonl", "test", "conversation")
    assert cells(ran.out, "measure") == ["measure", "model", "baseline (TF-IDF + linear)"]
    assert cells(ran.out, "gender") == ["gender", "79.2 %", "77.5 %"]
    assert cells(ran.out, "all right") == ["all right", "61.4 %", "59.0 %"]
    assert cells(ran.out, "years, mean error") == ["years, mean error", "4.213", "4.600"]
    assert cells(ran.out, "20s")[1:] == ["70.0 %", "76.5 %", "75.0 %", "758"]
    assert ["30s", "10", "110", "160"] in [line.split("\t") for line in ran.out.splitlines()]
    assert "a1: female, predicted as male (99.0 %)" in ran.out
    assert "correlation r" in ran.out
    errors = ran.out.partition("largest errors")[2].strip().splitlines()
    assert errors[0].startswith("a7: 48, predicted as 21.2 (−26.8)")
    assert errors[1].strip().startswith("a8: 13, predicted as 19 (+6)"), "the larger error comes first"
    assert ran.out.rstrip().endswith("dltext evaluate profile-en --data blog-authors")
    few = run("evaluate", "profile-en", "--data", "authors.jsonl", "--mistakes", "1").out
    assert "a8: 13" not in few


def test_as_json_a_report_has_all(run: Any, fake_attributes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = fake_attributes.profile_report()
    monkeypatch.setattr(api, "evaluate", lambda *_: report)
    (printed,) = run("evaluate", "profile-en", "--data", "blog-authors", "--json").objects
    assert printed == json.loads(json.dumps(report.measures()))
    assert printed["parts"][1]["confusion"][2] == [10, 110, 160]


def test_a_run_shows_its_report(run: Any, fake_attributes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(
        "blogs-1",
        JobSpec("self-attention", "blog-authors"),
        "done",
        1.0,
        metrics={"test_accuracy": 0.777, "test_gender_accuracy": 0.792, "floor_accuracy": 0.765},
    )
    monkeypatch.setattr(api, "job", lambda _: job)
    monkeypatch.setattr(api, "jobs", lambda: [job])
    monkeypatch.setattr(api, "report", lambda _: fake_attributes.profile_report())
    shown = run("jobs", "show", "blogs-1").out
    assert "test gender accuracy  79.2 %" in shown
    assert cells(shown, "age") == ["age", "76.3 %", "77.1 %"]
    row = dict(zip(*(line.split("\t") for line in run("jobs", "list").out.splitlines()), strict=True))
    assert (row["accuracy"], row["baseline"], row["measures"]) == ("77.7 %", "76.5 %", "gender 79.2 %")


def test_an_epoch_tells_each_attribute() -> None:
    begun = {"measures": {"accuracy": "accuracy", "gender_accuracy": "gender", "years_mae": "years, mean error"}}
    values = {
        "epoch": 1,
        "epochs": 3,
        "train": {"loss": 0.9},
        "validation": {"loss": 0.8, "accuracy": 0.7, "gender_accuracy": 0.75, "years_mae": 5.5},
    }
    line = following.describe(Event(1, "epoch", values), begun)
    assert line == "epoch 1/3  loss 0.9000  accuracy 70.0 %  gender 75.0 %  years, mean error 5.500"


def test_a_card_tells_attributes_confusions_and_what_it_is_not_for(
    run: Any, fake_attributes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "model", lambda _: fake_attributes.PROFILE)
    shown = run("models", "show", "profile-en").out
    for part in ("never a fact about a person", "blogger.com", "2004", "female, male", "-7.5 to +9.0"):
        assert part in shown
    assert "gender accuracy" in shown
    assert "confusions of age" in shown
    assert ["30s", "10", "110", "160"] in [line.split("\t") for line in shown.splitlines()]
    assert "{'" not in shown, "no dictionary is printed as such"
    (printed,) = run("models", "show", "profile-en", "--json").objects
    assert printed["card"]["metrics"][0]["confusion"][1]["matrix"][2] == [10, 110, 160]
