"""Measuring a bundle on a file: the numbers, the documents, and what is refused."""

import json
from pathlib import Path

import pytest

from dltext.engine import api
from dltext.engine.results import UserError


def write(path: Path, rows: list[tuple[str, str]]) -> str:
    path.write_text("".join(json.dumps({"text": text, "label": label, "split": "test"}) + "\n" for text, label in rows))
    return str(path)


ROWS = (
    [("good film", "positive")] * 3
    + [("bad film", "negative")] * 4
    + [("bad bad", "positive")] * 2
    + [("the good", "negative")]
)


def test_numbers_and_mistakes(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    seen = []
    report = api.evaluate("toy", write(tmp_path / "own.jsonl", ROWS), progress=lambda *done: seen.append(done))
    assert report.examples == 10
    assert report.labels == ("negative", "positive")
    assert report.confusion == ((4, 1), (2, 3))
    assert report.metrics["accuracy"] == pytest.approx(0.7)
    assert report.metrics["macro_f1"] == pytest.approx((8 / 11 + 6 / 9) / 2)
    assert [row["label"] for row in report.per_class] == ["negative", "positive"]
    assert report.per_class[1]["recall"] == pytest.approx(0.6)
    wrong = [row for row in report.documents if row["gold"] != row["predicted"]]
    assert report.documents[: len(wrong)] == tuple(wrong)
    assert [row["text"] for row in wrong] == ["bad bad", "bad bad", "the good"]
    assert [row["confidence"] for row in wrong] == sorted((row["confidence"] for row in wrong), reverse=True)
    assert seen[-1] == (10, 10)
    assert "dltext evaluate toy --data" in report.protocol
    json.dumps(report.documents)


def test_only_the_surest_mistakes_of_a_cell_are_kept_and_cut(make_bundle, tmp_path: Path) -> None:
    make_bundle(serving={"max_tokens": 5000})
    rows = [("bad " * 3 + "the " * (number * 2), "positive") for number in range(40)]
    rows += [("bad", "negative")] * 30 + [("x" * 5000, "positive")]
    report = api.evaluate("toy", write(tmp_path / "own.jsonl", rows))
    cell = [row for row in report.documents if (row["gold"], row["predicted"]) == ("positive", "negative")]
    assert len(cell) == 20
    assert cell[0]["text"].count("the") == 0
    assert cell[-1]["text"].count("the") == 38
    assert sum(row["predicted"] == row["gold"] for row in report.documents) == 5
    assert all(len(row["text"]) <= 2000 for row in report.documents)


def test_labels_match_whatever_their_case(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    path = write(tmp_path / "own.jsonl", [("good", "Positive"), ("bad", "NEGATIVE")])
    assert api.evaluate("toy", path).metrics["accuracy"] == 1


def test_labels_that_the_model_lacks(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    with pytest.raises(UserError, match=r"negative, positive.*five, four"):
        api.evaluate("toy", write(tmp_path / "own.jsonl", [("good", "five"), ("bad", "four")]))


def test_unlabelled_data_and_missing_splits(make_bundle, tmp_path: Path) -> None:
    make_bundle()
    (tmp_path / "plain.txt").write_text("good film\nbad film\n")
    with pytest.raises(UserError, match="label"):
        api.evaluate("toy", str(tmp_path / "plain.txt"))
    with pytest.raises(UserError, match="split"):
        api.evaluate("toy", write(tmp_path / "own.jsonl", ROWS), split="validation")
