"""How a file is read: looked at through the door, decided, carried through JSON, and kept with a run."""

import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from dltext.data import decisions, reading
from dltext.engine import api
from dltext.engine.results import JobSpec, UserError


@pytest.fixture(autouse=True)
def nothing_decided(monkeypatch):
    monkeypatch.setattr(decisions, "_decided", {})


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Kommentar;Sterne;Thema\n" + "".join(f"ein Satz {n};{n % 2};{'ab'[n % 2]}\n" for n in range(40)))
    return str(path)


def test_a_file_is_looked_at_through_the_door(table):
    proposed = api.reading_of(table)
    assert (proposed.text, proposed.label, proposed.delimiter, proposed.header) == ("Kommentar", "Sterne", ";", True)
    assert proposed.why == {"text": "name", "label": "name"}
    assert proposed.candidates["label"] == ("Thema",)
    assert [row["Kommentar"] for row in proposed.preview] == ["ein Satz 0", "ein Satz 1", "ein Satz 2"]
    assert api.reading_of(table, {"label": "Thema"}).why["label"] == "stated"
    assert api.reading_of(table, text_column="2").text == "Sterne"
    with pytest.raises(UserError, match="there is no column 'x'"):
        api.reading_of(table, {"label": "x"})
    with pytest.raises(UserError, match="can be read once only"):
        api.reading_of("-")


def test_what_is_decided_holds_for_all_that_reads_the_file(table):
    assert api.check_data(table).labels == {"0": 20, "1": 20}
    api.decide_reading(table, {"label": "Thema"})
    assert api.check_data(table).labels == {"a": 20, "b": 20}
    assert {record.label for record in api.read_records(table)} == {"a", "b"}
    assert {record.label for record in api.browse_data(table, "all")} == {"a", "b"}
    api.decide_reading(table, {})
    assert api.check_data(table).labels == {"0": 20, "1": 20}


def test_a_run_is_told_by_its_spec(table):
    spec = api.validate(JobSpec("text-cnn", table, read={"label": "Thema"}))
    assert json.loads(json.dumps(asdict(spec)))["read"] == {"label": "Thema"}
    assert api.check_data(table).labels == {"0": 20, "1": 20}, "what others read is left as it was"
    with pytest.raises(UserError, match="There is no reading option 'nonsense'"):
        api.validate(JobSpec("text-cnn", table, read={"nonsense": "x"}))


def test_what_holds_for_one_call_leaves_others_as_they_were(table):
    api.decide_reading(table, {"label": "Thema"})
    seen = []
    with decisions.holding(table, {"label": "Sterne"}):
        assert api.check_data(table).labels == {"0": 20, "1": 20}
        with decisions.holding(table, {}):
            assert decisions.decided(table) == {}
        other = threading.Thread(target=lambda: seen.append(decisions.decided(table)))
        other.start()
        other.join()
    assert seen == [{"label": "Thema"}]
    assert api.check_data(table).labels == {"a": 20, "b": 20}
    with pytest.raises(UserError, match="There is no reading option"), decisions.holding(table, {"nonsense": "x"}):
        pass


def test_files_that_are_joined_are_each_read_as_decided(table, tmp_path):
    second = tmp_path / "y.csv"
    second.write_text(Path(table).read_text())
    api.decide_reading(f"{table} + {second}", {"label": "Thema"})
    assert api.check_data(f"{table}+{second}").labels == {"a": 40, "b": 40}
    api.decide_reading(f"{table}+{second}", {})
    assert api.check_data(table).labels == {"0": 20, "1": 20}


def test_runs_on_one_file_read_it_as_each_was_told(tmp_path):
    """A run that goes on reads as its spec says, whatever was decided in between."""
    path = tmp_path / "old.csv"
    text = "Kommentar;Sterne;Thema\n" + "".join(f"größer {n};{n % 2};{'äö'[n % 2]}\n" for n in range(40))
    path.write_bytes(text.encode("cp1252"))
    stated = {"encoding": "cp1252", "delimiter": ";", "label": "Thema"}
    specs = [json.dumps(asdict(JobSpec("text-cnn", str(path), read=read))) for read in (stated, {})]
    for first, second in ((0, 1), (1, 0), (0, 0)):
        for number in (first, second):
            spec = JobSpec(**json.loads(specs[number]))
            decisions.decide(spec.data, spec.read)  # as the process of a run does
            assert set(api.check_data(str(path)).labels) == ({"ä", "ö"}, {"0", "1"})[number]


def test_the_command_that_measures_again_says_what_was_decided(table):
    from dltext.engine.tasks.report import command

    api.decide_reading(table, {"label": "Thema", "labels": "merge"})
    assert command("m", "x", "test", "text", "label") == "dltext evaluate m --data x"
    assert command("m", table, "test", "text", "label").endswith(" --read label=Thema --read labels=merge")


def test_a_reading_goes_through_json(table):
    proposed = api.reading_of(table)
    assert reading.from_json(json.loads(json.dumps(asdict(proposed)))) == proposed


@pytest.mark.parametrize(
    "word", ["text", "nonsense=1", "header=maybe", "encoding=none", "delimiter=ab", "unit=word", "labels=x"]
)
def test_a_decision_that_cannot_be_is_one_sentence(word):
    with pytest.raises(UserError) as caught:
        reading.parse([word])
    assert "\n" not in str(caught.value)


def test_missing_labels_are_left_out_and_counted(tmp_path):
    from dltext.data.source import open_source

    path = tmp_path / "x.csv"
    rows = "".join(f"text {n},{('a', 'b', 'NA', '?', '')[n % 5]}\n" for n in range(50))
    path.write_text(f"text,label\n{rows}")
    source = open_source(str(path))
    assert (source.labels, source.counts["all"]) == (("a", "b"), 20)
    assert "Left out: 30 documents without a label." in source.notes
    assert any("30 documents have no label" in warning for warning in api.check_data(str(path)).warnings)
    decisions.decide(str(path), {"missing": "keep"})
    assert set(open_source(str(path)).labels) == {"?", "NA", "a", "b"}


@pytest.mark.parametrize(
    ("kind", "columns", "sides"),
    [
        ("pairs", "Nr.;deutsch;English", ("deutsch", "English")),
        ("titled", "Headline;Year;Abstract", ("Abstract", "Headline")),
        ("pairs", "source;x;target", ("source", "target")),
    ],
)
def test_two_texts_a_record_are_found(tmp_path: Path, kind: Any, columns: str, sides: tuple[str, str]) -> None:
    path = tmp_path / "two.csv"
    path.write_text(f"{columns}\n" + "1;some words here;other words there\n" * 3, encoding="utf-8")
    read = api.reading_of(str(path), data_kind=kind)
    assert (read.text, read.title, read.label) == (*sides, "")
    assert read.reason("text") == "by its name"
    stated = api.reading_of(str(path), None, sides[1], sides[0], kind)
    assert (stated.text, stated.title) == (sides[1], sides[0])
    assert stated.reason("title") == "as you said"
    bare = api.reading_of(str(path), {"header": "no"}, "2", "3", kind)
    assert (bare.text, bare.title, bare.header) == ("2", "3", False)
    path.write_text("a;b;c\n1;2;3\n", encoding="utf-8")
    with pytest.raises(UserError, match="there are no columns"):
        api.reading_of(str(path), data_kind=kind)


def test_labels_are_found_by_what_they_hold_where_labels_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    rows = "".join(f"{number};An answer of some length {number};{'xyz'[number % 3]}\n" for number in range(30))
    path.write_text(f"Nr;Words;Mark\n{rows}", encoding="utf-8")
    assert api.reading_of(str(path)).label == ""
    assert api.reading_of(str(path), data_kind="labels").label == "Mark"


def test_labels_of_an_imported_corpus_are_merged_as_those_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    path = tmp_path / "stars.csv"
    rows = [f"a text with the number {number},{('Pos', 'pos', 'neg')[number % 3]}" for number in range(60)]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    api.import_data(str(path), "stars")
    assert api.check_data("stars").mergeable
    api.decide_reading("stars", {"labels": "merge"})
    try:
        merged = api.check_data("stars")
        assert merged.labels == {"Pos": 40, "neg": 20}
        assert not merged.mergeable
    finally:
        api.decide_reading("stars", {})
    assert set(api.check_data("stars").labels) == {"Pos", "pos", "neg"}
