"""Shares by a shipped classifier: what it said is kept, becomes a column, and is corrected for its errors."""

import csv
import gzip
import json

import pytest

from dltext.engine import api
from dltext.engine.corpus import answers, shares
from dltext.engine.results import Job, JobSpec, Report, Selection, UserError

MODEL = "sentiment-en-cnn"
SMOOTHED = (0.25 - 1 / 25) / ((12 + 4) / 25 - 1 / 25)
"""A quarter of positive labels, where 12 of 20 positive and none of 20 negative texts got one: each class's errors with
five examples more of the model's 80 % over both."""
GOOD, BAD = "A wonderful film, moving and funny.", "A dull, awful film, a waste of time."


@pytest.fixture
def films(write):
    rows = [(GOOD, "pos", 1), (BAD, "neg", 1), (BAD, "neg", 2), (BAD, "neg", 2)]
    return write("text,label,half\n" + "".join(f'"{text}",{label},{half}\n' for text, label, half in rows))


def by_label(result):
    return {(share.group, share.label): share.count for share in result.shares}


def test_documents_are_read_once_and_what_was_said_is_a_column(films, home, monkeypatch):
    read = []
    answer_many = answers.answer_many

    def noted(records, call, **options):
        records = list(records)
        read.append([int(record.id) for record in records])
        return answer_many(iter(records), call, **options)

    monkeypatch.setattr(answers, "answer_many", noted)
    first = api.label_shares(Selection(films.data, "half:2"), MODEL)
    assert by_label(first) == {(None, "negative"): 2, (None, "positive"): 0}
    whole = api.label_shares(films, MODEL, by="half")
    assert by_label(whole) == {
        ("1", "negative"): 1,
        ("1", "positive"): 1,
        ("2", "negative"): 2,
        ("2", "positive"): 0,
    }
    assert read == [[2, 3], [0, 1]]
    (kept_file,) = (home / "cache" / "search").glob("texts-*/answers.db")
    assert kept_file.stat().st_mode & 0o77 == 0
    share = first.shares[0]
    assert (share.share, share.high) == (1.0, 1.0)
    assert 0.3 < share.low < 0.4  # Wilson: 2 of 2
    assert api.corpus_info(Selection(films.data, f"model.{MODEL}:positive")).selected == 1
    table = api.crosstab(films, "label", f"model.{MODEL}")
    assert table.counts == ((3, 0), (0, 1))
    page = api.corpus_documents(films, sort=f"model.{MODEL}.confidence")
    assert page.columns[-2:] == (f"model.{MODEL}", f"model.{MODEL}.confidence")
    confidences = [float(line.values[-1]) for line in page.lines]
    assert confidences == sorted(confidences)
    assert api.corpus_info(Selection(films.data, "model.sentiment-en-cnn.confidence>0.5")).selected == 4


def test_a_reading_that_was_stopped_goes_on_where_it_ended(films, monkeypatch):
    monkeypatch.setattr(answers, "TOGETHER", 1)
    monkeypatch.setattr(answers, "BETWEEN", 0.0)

    def stop(done, total):
        if total == 4 and done == 4:
            raise KeyboardInterrupt

    api.corpus_info(films)
    with pytest.raises(KeyboardInterrupt):
        api.label_shares(films, MODEL, progress=stop)

    def read_again(records, call, **options):
        assert not list(records), "all are read"
        yield from ()

    monkeypatch.setattr(answers, "answer_many", read_again)
    assert sum(share.count for share in api.label_shares(films, MODEL).shares) == 4


def test_without_known_errors_the_stated_accuracy_corrects_roughly(films):
    result = api.label_shares(films, MODEL)
    assert "its card states its accuracy" in result.notes[0]
    for share in result.shares:
        assert share.adjusted_low <= share.adjusted <= share.adjusted_high
    assert sum(share.adjusted for share in result.shares) == pytest.approx(1, abs=1e-5)


def test_errors_on_labelled_documents_correct_the_shares(films, write, monkeypatch):
    monkeypatch.setattr(shares, "FEW", 1)
    result = api.label_shares(films, MODEL)
    assert "on the 4 selected documents that are labelled" in result.notes[0]
    assert [share.adjusted for share in result.shares] == pytest.approx([0.75, 0.25], abs=1e-3)
    report = Report(
        MODEL, "held", "test", 40, {}, None, ("positive", "negative"), ((12, 8), (0, 20)), (), ()
    )  # fmt: skip
    monkeypatch.setattr(shares, "evaluate", lambda *_: report)
    corrected = api.label_shares(films, MODEL, errors="held")
    assert "Corrected for its errors on held (test, 40 texts)." in corrected.notes[0]
    assert corrected.shares[1].adjusted == pytest.approx(SMOOTHED, abs=0.01)


def test_the_run_that_made_a_model_knows_its_errors(films, monkeypatch):
    report = Report(MODEL, "held", "test", 40, {}, None, ("negative", "positive"), ((20, 0), (8, 12)), (), ())
    jobs = [
        Job("other-1", JobSpec("text-cnn", "mr"), "done", 0.0),
        Job("mine-2", JobSpec("text-cnn", "mr"), "done", 0.0, bundle=MODEL),
    ]
    monkeypatch.setattr(shares.store, "listing", lambda: jobs)
    monkeypatch.setattr(shares.store, "report", lambda job: {"mine-2": report}[job])
    result = api.label_shares(films, MODEL)
    assert result.notes == ("Corrected for its errors on held (test, 40 texts).",)
    assert result.shares[1].adjusted == pytest.approx(SMOOTHED, abs=0.01)


def test_what_gives_no_labels_is_refused(films):
    with pytest.raises(UserError, match="words-en gives no labels"):
        api.label_shares(films, "words-en")
    with pytest.raises(UserError, match="nobody"):
        api.label_shares(films, "nobody")


@pytest.mark.parametrize("name", ["out.csv", "out.tsv.gz", "out.jsonl"])
def test_documents_are_exported_with_what_models_said(films, tmp_path, name):
    api.label_shares(Selection(films.data, "half:1"), MODEL)
    path = tmp_path / name
    assert api.export_documents(Selection(films.data, "label:neg half:1 OR half:2"), str(path)) == 3
    with gzip.open(path, "rt", encoding="utf-8") if name.endswith("gz") else path.open(encoding="utf-8") as stream:
        if name.endswith("jsonl"):
            rows = [json.loads(line) for line in stream]
        else:
            rows = list(csv.DictReader(stream, delimiter="\t" if "tsv" in name else ","))
    assert list(rows[0]) == ["id", "text", "label", "half", f"model.{MODEL}", f"model.{MODEL}.confidence"]
    assert [(row["text"], row["half"], row[f"model.{MODEL}"]) for row in rows] == [
        (BAD, "1", "negative"),
        (BAD, "2", ""),
        (BAD, "2", ""),
    ]
    with pytest.raises(UserError, match=r"written as \.csv, \.tsv"):
        api.export_documents(films, str(tmp_path / "out.doc"))
    assert sorted(path.name for path in tmp_path.glob("*out*")) == [name]


def test_a_workbook_of_documents_opens(films, tmp_path):
    path = tmp_path / "out.xlsx"
    assert api.export_documents(films, str(path)) == 4
    assert next(iter(api.read_records(str(path), with_columns=True))).values["half"] == "1"


def test_a_filter_by_a_model_sees_what_it_has_read_since(films):
    said = Selection(films.data, f"model.{MODEL}:negative")
    api.label_shares(Selection(films.data, "half:2"), MODEL)
    assert api.corpus_info(said).selected == 2
    api.label_shares(films, MODEL)
    assert api.corpus_info(said).selected == 3


def test_a_model_that_is_gone_takes_no_document_along(films, monkeypatch, tmp_path):
    api.label_shares(films, MODEL)
    assert f"model.{MODEL}" in api.corpus_info(films).columns
    monkeypatch.setattr("dltext.engine.model_store.ZOO", tmp_path / "zoo")
    assert api.corpus_info(films).columns == ("label", "half")
    assert len(api.corpus_documents(films).lines) == 4
    assert api.corpus_document(films, 0).text == GOOD
    assert api.export_documents(films, str(tmp_path / "out.csv")) == 4


def test_profiles_translations_and_titles_become_columns(write, tmp_path):
    selection = write(
        "text\nI went to the new office with my husband on Monday. We liked the long way home by train.\n"
        "The committee agreed on the budget for the roads. It was late in the evening and nobody was there.\n"
    )
    titles = api.fill_columns(selection, "title-en")
    assert titles == ("model.title-en",)
    profiles = api.fill_columns(Selection(selection.data, "committee"), "profile-en")
    assert "model.profile-en/gender" in profiles
    assert api.fill_columns(selection, "translate-en-zh") == ("model.translate-en-zh",)
    columns = {column.name: column for column in api.corpus_columns(selection)}
    assert set(profiles) | {"model.title-en", "model.translate-en-zh"} == {n for n in columns if n.startswith("model.")}
    assert columns["model.title-en"].documents == columns["model.translate-en-zh"].documents == 2
    assert columns["model.profile-en/gender"].documents == 1
    gender = columns["model.profile-en/gender"].frequent[0][0]
    assert api.corpus_info(Selection(selection.data, f"model.profile-en/gender:{gender}")).selected == 1
    assert api.export_documents(selection, str(tmp_path / "all.jsonl")) == 2
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert all(line["model.translate-en-zh"] for line in lines)
    assert [bool(line["model.profile-en/gender"]) for line in lines] == [False, True]
    with pytest.raises(UserError, match="says nothing of a document"):
        api.fill_columns(selection, "words-en")


def test_columns_of_models_follow_what_is_read_and_models_that_change(films, monkeypatch):
    column = f"model.{MODEL}"
    half = Selection(films.data, "half:1")
    api.fill_columns(half, MODEL)
    sorted_by = {"sort": f"{column}.confidence"}
    page = api.corpus_documents(films, **sorted_by)
    assert [bool(line.values[-1]) for line in page.lines] == [True, True, False, False]
    api.fill_columns(films, MODEL)
    page = api.corpus_documents(films, **sorted_by)
    assert all(line.values[-1] for line in page.lines)
    assert {line.values[-2] for line in api.corpus_documents(films, 2, 2).lines} == {"negative"}
    monkeypatch.setattr(answers, "_mark_of", lambda *_: "of another model")
    assert column not in api.corpus_documents(films).columns
    with pytest.raises(UserError, match="has read none of these"):
        api.corpus_documents(films, **sorted_by)


def test_probabilities_correct_shares_where_they_are_kept_and_counts_else(films, monkeypatch):
    """By a calibration that changes nothing, the shares are the mean probabilities."""
    neutral = (0.5, 0.5, 1.0, 0.0, 0.0)
    held = Report(
        MODEL, "held", "test", 40, {}, None, ("negative", "positive"), ((20, 0), (8, 12)), (), (),
        calibration=(neutral, (0.5, 0.5, 1.0, -2.0, 2.0)),
    )  # fmt: skip
    monkeypatch.setattr(shares, "evaluate", lambda *_: held)
    asked = []
    real = shares.shares_with_intervals
    monkeypatch.setattr(shares, "shares_with_intervals", lambda *given: asked.append(given) or real(*given))
    api.label_shares(films, MODEL, by="half", errors="held")
    assert [len(said) for _, said in asked] == [2, 2]
    assert {len(row) for row in asked[0][1].tolist()} == {2}
    assert asked[0][1].sum(axis=1) == pytest.approx(1, abs=1e-3)
    everything = api.label_shares(films, MODEL, errors="held").shares
    assert sum(share.adjusted for share in everything) == pytest.approx(1, abs=1e-5)
    assert everything[1].adjusted == pytest.approx(0.25, abs=0.05)
    assert everything[1].adjusted_low <= everything[1].adjusted < everything[1].adjusted_high
    assert api.corpus_info(films).columns == ("label", "half", f"model.{MODEL}", f"model.{MODEL}.confidence")
    monkeypatch.setattr(shares, "probabilities_by", lambda *_: None)
    counted = api.label_shares(films, MODEL, errors="held")
    assert len(asked) == 3
    assert counted.shares[1].adjusted == pytest.approx(SMOOTHED, abs=0.01)
