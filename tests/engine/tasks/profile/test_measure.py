"""Measuring a profiler on a file: each attribute, all of them together, and what is not known."""

import json
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.serve import session


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


ROWS: list[dict[str, Any]] = [
    {"text": "the sister lol", "gender": "female", "age": "10s", "years": 15},
    {"text": "the sister lol lol", "gender": "male", "age": "10s", "years": 16.5},
    {"text": "football mortgage", "gender": "male", "age": "30s", "years": 41},
    {"text": "football mortgage the", "gender": "male", "age": "20s", "years": ""},
    {"text": "mortgage the sister", "gender": "", "age": "30s", "years": 39},
]


def write(path: Path, rows: list[dict[str, Any]], leave_out: str = "") -> str:
    lines = [{"split": "test", **{key: value for key, value in row.items() if key != leave_out}} for row in rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_each_attribute_has_its_part(make_profiler, tmp_path: Path) -> None:
    make_profiler()
    seen = []
    data = write(tmp_path / "own.jsonl", ROWS)
    report = api.evaluate("toy-profiler", data, progress=lambda *far: seen.append(far))
    gender, age, years = report.parts
    assert (report.examples, report.labels, report.confusion) == (5, (), ())
    assert [part.name for part in report.parts] == ["gender", "age", "years"]
    assert (gender.labels, gender.examples, gender.confusion) == (("female", "male"), 4, ((1, 0), (1, 2)))
    assert (age.labels, age.examples) == (("10s", "20s", "30s"), 5)
    assert age.confusion == ((2, 0, 0), (0, 0, 1), (0, 0, 2))
    assert age.per_class[2]["precision"] == pytest.approx(2 / 3)
    assert gender.documents[0]["text"] == "the sister lol lol"
    estimates = [api.profile(row["text"]).guess("years") for row in ROWS]
    known = [(guess, row["years"]) for guess, row in zip(estimates, ROWS, strict=True) if row["years"] != ""]
    assert years.examples == 4
    assert years.labels == ()
    off = [guess.value - value for guess, value in known]
    assert years.metrics["mae"] == pytest.approx(sum(map(abs, off)) / 4, abs=1e-4)
    assert years.metrics["rmse"] == pytest.approx((sum(one**2 for one in off) / 4) ** 0.5, abs=1e-4)
    assert years.metrics["covered"] == sum(guess.low <= value <= guess.high for guess, value in known) / 4
    assert 0.9 < years.metrics["r"] <= 1
    errors = [abs(document["predicted"] - document["gold"]) for document in years.documents]
    assert errors == sorted(map(abs, off), reverse=True), "the largest error stands first"
    assert {document["gold"] for document in years.documents} == {float(value) for _, value in known}
    assert report.metrics == {
        "accuracy": pytest.approx((3 / 4 + 4 / 5) / 2),
        # Of the fifth author the gender is not known; the second's and the fourth's are half right.
        "joint_accuracy": pytest.approx(2 / 4),
        "gender_accuracy": pytest.approx(3 / 4),
        "age_accuracy": pytest.approx(4 / 5),
        "years_mae": years.metrics["mae"],
    }
    assert seen[-1] == (5, 5)
    assert "dltext evaluate toy-profiler --data" in report.protocol
    assert gender.protocol == report.protocol


def test_of_many_authors_only_those_with_the_largest_errors_are_kept(make_profiler, tmp_path: Path) -> None:
    make_profiler()
    rows = [{"id": str(number), "text": "the sister lol", "years": 100 + number} for number in range(50)]
    (years,) = api.evaluate("toy-profiler", write(tmp_path / "own.jsonl", rows)).parts
    assert years.examples == 50
    assert [document["gold"] for document in years.documents] == [float(value) for value in range(149, 129, -1)]


def test_attributes_that_the_data_lack_are_left_out(make_profiler, tmp_path: Path) -> None:
    make_profiler()
    report = api.evaluate("toy-profiler", write(tmp_path / "own.jsonl", ROWS, leave_out="gender"))
    assert [part.name for part in report.parts] == ["age", "years"]
    assert report.metrics["joint_accuracy"] == report.metrics["age_accuracy"] == pytest.approx(4 / 5)


def test_numbers_alone_have_no_accuracy(make_profiler, tmp_path: Path) -> None:
    make_profiler()
    rows = [{"text": row["text"], "years": row["years"]} for row in ROWS]
    assert list(api.evaluate("toy-profiler", write(tmp_path / "own.jsonl", rows)).metrics) == ["years_mae"]


def test_what_cannot_be_measured(make_profiler, tmp_path: Path) -> None:
    make_profiler()
    with pytest.raises(UserError, match="gender, age, years"):
        api.evaluate("toy-profiler", write(tmp_path / "none.jsonl", [{"text": "a", "mood": "fine"}] * 3))
    with pytest.raises(UserError, match="split"):
        api.evaluate("toy-profiler", write(tmp_path / "own.jsonl", ROWS), split="validation")
    wrong = [{**ROWS[0], "gender": "F"}, *ROWS]
    with pytest.raises(UserError, match="none of female, male"):
        api.evaluate("toy-profiler", write(tmp_path / "wrong.jsonl", wrong))


def test_a_model_in_a_folder_goes_by_the_name_that_it_will_have(make_profiler, tmp_path: Path) -> None:
    from dltext.engine.tasks import measuring

    folder = make_profiler()
    report = measuring.evaluate(str(folder), write(tmp_path / "own.jsonl", ROWS), shown="later")
    assert {report.model, *(part.model for part in report.parts)} == {"later"}
    assert "dltext evaluate later" in report.protocol
