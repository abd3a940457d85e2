"""Files of pairs as data sets: looked through, leafed through, imported."""

import json
from pathlib import Path

import pytest

from dltext.data.pairs import open_pairs
from dltext.engine import api
from dltext.engine.results import UserError

ROWS = [(f"Where is number {n}, my friend?", f"我的朋友，第{n}号在哪里？") for n in range(60)]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)


@pytest.fixture
def write(tmp_path: Path):
    def write(rows, name: str = "My Pairs.tsv", header: str = "") -> str:
        path = tmp_path / name
        sign = "," if name.endswith("csv") else "\t"
        lines = [header] * bool(header) + [sign.join(row) for row in rows]
        path.write_text("".join(line + "\n" for line in lines), "utf-8")
        return str(path)

    return write


def test_a_file_of_pairs_is_looked_through(write):
    check = api.check_data(write(ROWS))
    assert check.splits == {"train": 48, "validation": 6, "test": 6}
    assert check.labels == {}
    assert check.lengths["median"] == 6
    assert check.target_lengths["median"] == 12
    assert (check.duplicates, check.overlap, check.errors) == (0, 0, ())
    assert check.warnings == ("There are only 48 training pairs; useful translators need tens of thousands.",)


def test_what_is_odd_is_told(write):
    rows = [(*row, "train") for row in ROWS]
    rows[0] = (ROWS[0][0], "是" * 400, "train")
    rows[1] = ("the same on both sides", "the same on both sides", "train")
    rows += [(ROWS[7][0].upper(), ROWS[7][1], "train"), (ROWS[8][0].lower(), "别的朋友在哪里呢", "validation")]
    rows += [(ROWS[9][0], "别的朋友在哪里呢", "test"), ("This is new!", "新的", "test")]
    check = api.check_data(write(rows, "own.tsv", "source\ttarget\tsplit"))
    warnings = " ".join(check.warnings)
    assert (check.duplicates, check.overlap) == (1, 1)
    for part in (
        "Of 61 sentences 2 have several translations",
        "1 test pair (50.0 %) has a sentence",
        "1 training pair has a sentence of the validation part",
        "1 pair repeats another",
        "1 pair has the same text on both sides",
        "1 pair is far longer on one side",
    ):
        assert part in warnings


def test_a_language_that_is_not_known_is_told(write):
    rows = [(f"Это было {n} раз.", f"第{n}号。") for n in range(60)]
    assert any("language of the first side is not known" in warning for warning in api.check_data(write(rows)).warnings)
    named = api.check_data(write(rows, "named.tsv", "ru\tzh"))
    assert not any("language" in warning for warning in named.warnings)


def test_a_file_that_breaks_off_is_an_error_of_the_check(write):
    check = api.check_data(write([*ROWS, ("Only one side.",)]))
    assert check.errors
    assert "line 61: 1 column, where the first record has 2" in check.errors[0]
    nothing = api.check_data(write([(*row, "test") for row in ROWS], "t.tsv", "source\ttarget\tsplit"))
    assert nothing.errors == ("There are no training pairs.",)


def test_both_sides_are_leafed_through(write):
    data = write(ROWS)
    page = api.browse_data(data, "test", count=100)
    pairs = list(open_pairs(data).rows("test"))
    assert [(record.id, record.text, record.target) for record in page] == [(p.id, p.source, p.target) for p in pairs]
    assert all(record.label is None for record in page)
    assert api.browse_data(data, "test", 4, 100) == page[4:]
    assert api.browse_data(data, "test", 100) == []
    assert len(api.browse_data(data, "all", count=100)) == 60
    with pytest.raises(UserError, match="has no split 'other'"):
        api.browse_data(data, "other")


def test_a_search_reads_both_sides(write):
    from dltext.engine import corpora

    count, rows = corpora.stream(write(ROWS), "test")
    records = list(rows)
    assert count == len(records) == 6
    assert all(record.text.count("\n") == 1 for record in records)
    count, rows = corpora.stream(write(ROWS))
    assert count == len(list(rows)) == 60


@pytest.mark.parametrize(
    ("name", "header", "columns"),
    [("My Pairs.tsv", "", ()), ("My Pairs.csv", "en,zh", ()), ("My Pairs.csv", "en,zh", ("en", "zh"))],
)
def test_pairs_are_imported_as_pairs(write, name, header, columns):
    rows = [(en.replace(",", ""), zh) for en, zh in ROWS]
    data = write(rows, name, header)
    before = {split: [p.source for p in open_pairs(data).rows(split)] for split in ("train", "validation", "test")}
    made = api.import_data(data, "", *columns)
    assert (made.name, made.task, made.available) == ("my-pairs", "pairs", "imported")
    assert (made.language, made.target_language, made.labels) == ("en", "zh", ())
    assert made.splits == {"train": 48, "validation": 6, "test": 6}
    Path(data).unlink()  # it is a copy
    pairs = open_pairs("my-pairs")
    assert {split: [p.source for p in pairs.rows(split)] for split in pairs.splits} == before
    assert sorted((p.source, p.target) for p in pairs.rows("all")) == sorted(rows)
    assert not pairs.published
    assert api.check_data("my-pairs").splits == made.splits
    assert len(api.browse_data("my-pairs", "all", count=100)) == 60
    assert [(r.text, r.target) for r in api.browse_data("my-pairs", "test", count=100)] == [
        (p.source, p.target) for p in pairs.rows("test")
    ]
    assert open_pairs("my-pairs", reverse=True).source_language == "zh"


def test_splits_that_a_file_states_are_imported_so(write):
    rows = [(*row, "test" if n % 10 == 0 else "train") for n, row in enumerate(ROWS)]
    made = api.import_data(write(rows, "own.tsv", "source\ttarget\tsplit"))
    assert made.splits == {"train": 54, "test": 6}
    assert open_pairs("own").published
    assert open_pairs("own").counts == made.splits


def test_what_cannot_be_imported_leaves_nothing(write, tmp_path):
    broken = write([*ROWS, ("Only one side.", " ")], "broken.tsv")
    with pytest.raises(UserError, match="line 61: the second side is empty"):
        api.import_data(broken)
    only = write([(*row, "test") for row in ROWS], "only.tsv", "source\ttarget\tsplit")
    with pytest.raises(UserError, match="has no pairs to train on"):
        api.import_data(only)
    assert not list((tmp_path / "home" / "data").iterdir())


def test_columns_that_are_named_as_texts_and_labels_stay_so(tmp_path):
    path = tmp_path / "r.jsonl"
    rows = [{"source": f"film {n} was good", "target": ("bad", "good")[n % 2]} for n in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = api.import_data(str(path), "", "source", "target")
    assert (made.task, made.labels) == ("classify", ("bad", "good"))
