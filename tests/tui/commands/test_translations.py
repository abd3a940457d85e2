"""`dltext evaluate` of a translator: measures beside the floor, and the sentences that came out worst."""

from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import Report

REPORT = Report(
    "toy",
    "talk",
    "test",
    1066,
    {"bleu": 38.44, "chrf": 33.1, "bleu_multi": 45.0, "bleu_half": 26.12, "bleu_over_floor": 9.86,
     "bleu_over_floor_low": 8.12, "bleu_over_floor_high": 11.3, "bleu_half_over_floor": 14.1,
     "bleu_half_over_floor_low": 12.0, "bleu_half_over_floor_high": 16.2},
    {"name": "translation of the nearest training sentence", "bleu": 28.58, "chrf": 25.6, "bleu_multi": 30.0,
     "bleu_half": 11.92},
    (),
    (),
    (),
    ({"id": "7\x1b", "text": "Hi\x1b[2J.", "gold": "你好。 / 嗨。", "predicted": "再见。", "bleu": 0.0},
     {"id": "8", "text": "Bye.", "gold": "再见。", "predicted": "再见。", "bleu": 100.0}),
    protocol="Again: dltext evaluate toy --data talk",
    name="translate",
)  # fmt: skip


def cells(out: str, first: str) -> list[str]:
    return next(line.split("\t") for line in out.splitlines() if line.split("\t")[0].strip() == first)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []
    monkeypatch.setattr(api, "evaluate", lambda *args: asked.append(args) or REPORT)
    return asked


def test_measures_stand_beside_their_floor(run: Any, measured: list[Any]) -> None:
    ran = run("evaluate", "toy", "--data", "talk.tsv", "--text-column", "en", "--label-column", "zh")
    assert ran.code == 0
    assert measured[0][:5] == ("toy", "talk.tsv", "test", "en", "zh")
    simple = "baseline (translation of the nearest training sentence)"
    assert cells(ran.out, "measure")[:3] == ["measure", "model", simple]
    assert cells(ran.out, "BLEU") == ["BLEU", "38.4", "28.6", "+9.9", "+8.1 … +11.3"]
    assert cells(ran.out, "BLEU, least similar half")[1:4] == ["26.1", "11.9", "+14.1"]
    assert "accuracy" not in ran.out
    assert "F1" not in ran.out
    assert ran.out.rstrip().endswith("Again: dltext evaluate toy --data talk")


def test_the_worst_sentences_are_quoted(run: Any) -> None:
    out = run("evaluate", "toy", "--data", "talk", "--mistakes", "1").out
    assert "\x1b" not in out
    assert "Bye" not in out
    for part in ("source     Hi", "written    再见。", "reference  你好。 / 嗨。"):
        assert part in out
    assert "lowest" not in run("evaluate", "toy", "--data", "talk", "--mistakes", "0").out


def test_programs_get_all(run: Any) -> None:
    (printed,) = run("evaluate", "toy", "--data", "talk", "--json").objects
    assert printed["metrics"]["bleu"] == 38.44
    assert printed["floor"]["bleu_half"] == 11.92
    assert len(printed["documents"]) == 2
    assert "bleu" not in printed  # only tests of words stand on top
