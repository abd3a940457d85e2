"""What is learnt of a labelled text: one label, several, or a number; told by the data or decided by the user."""

import json
from collections import Counter

import pytest

from dltext.data import decisions
from dltext.data.errors import UserError
from dltext.data.source import open_source
from dltext.data.targets import strata
from dltext.engine import api


def lines(path, rows):
    path.write_text("".join(json.dumps({"text": f"text {n}", "label": row}) + "\n" for n, row in enumerate(rows)))
    return str(path)


def test_a_text_with_several_labels_makes_them_all_learnt_one_by_one(tmp_path):
    path = lines(tmp_path / "x.jsonl", [["a", "b"], "a", ["b"], ["c", "a"]] * 10)
    source = open_source(path)
    assert (source.target, source.labels, source.task) == ("labels", ("a", "b", "c"), "classify")
    assert [row.names for row in source.rows("all")][:4] == [("a", "b"), ("a",), ("b",), ("c", "a")]
    assert next(row.shown_label for row in source.rows("all")) == "a; b"
    # The rarest label of all, here c, is in every part.
    for split in ("train", "validation", "test"):
        assert any("c" in row.names for row in source.rows(split))
    check = api.check_data(path)
    assert check.labels == {"a": 30, "b": 20, "c": 10}
    assert any("each label is learnt by itself" in warning for warning in check.warnings)
    assert check.errors == ()


def test_strata_are_the_rarest_labels():
    rows = [("a", "b"), ("a",), ("a", "c"), ("b",)]
    assert strata(rows, "labels") == ["b", "a", "c", "b"]
    assert strata([("x",), ()], "label") == ["x", ""]
    assert strata([("1",), ("2",)], "number") == ["", ""]


def test_several_labels_of_a_cell_are_learnt_each(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{('oil; gas', 'oil', '气;油')[n % 3]}\n" for n in range(30)))
    decisions.decide(str(path), {"separator": "none"})
    assert open_source(str(path)).target == "label"
    decisions.decide(str(path), {"separator": "semicolon"})
    try:
        source = open_source(str(path))
        assert source.target == "labels"
        assert Counter(name for row in source.rows("all") for name in row.names) == {
            "oil": 20, "gas": 10, "气": 10, "油": 10,
        }  # fmt: skip
    finally:
        decisions.decide(str(path), {})


def test_numbers_are_learnt_where_that_was_decided(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{n / 7:.3f}\n" for n in range(600)))
    with pytest.raises(UserError, match=r"more than 500 different labels.*--read labels=number"):
        open_source(str(path))
    decisions.decide(str(path), {"labels": "number"})
    try:
        source = open_source(str(path))
        assert (source.target, source.labels, source.task) == ("number", (), "classify")
        assert source.counts == {"train": 480, "validation": 60, "test": 60, "all": 600}
        described = api.check_data(str(path)).attributes[0]
        assert (described.name, described.kind) == ("label", "number")
        path.write_text("text,label\na,1\nb,many\n")
        with pytest.raises(UserError, match=r"line 3: the label is 'many' and not a number.*labels=number"):
            open_source(str(path))
    finally:
        decisions.decide(str(path), {})


def test_what_is_imported_keeps_its_target(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    path = lines(tmp_path / "topics.jsonl", [["a", "b"], "a", "b"] * 10)
    api.import_data(path)
    source = open_source("topics")
    assert source.target == "labels"
    assert Counter(row.names for row in source.rows("all")) == {("a", "b"): 10, ("a",): 10, ("b",): 10}
    numbers = lines(tmp_path / "stars.jsonl", ["1", "2.5", "5"] * 10)
    decisions.decide(numbers, {"labels": "number"})
    try:
        api.import_data(numbers)
    finally:
        decisions.decide(numbers, {})
    assert (open_source("stars").target, open_source("stars").labels) == ("number", ())
    with pytest.raises(UserError, match="cannot be learnt together"):
        open_source("topics+stars")
