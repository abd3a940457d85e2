"""`dltext` on words and texts: similar, analogy, odd-one-out, similarity, search, vectors in and out."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import (
    BundleInfo,
    Duplicates,
    Event,
    Found,
    Hit,
    Job,
    JobSpec,
    Missing,
    Neighbour,
    Neighbours,
    OddOneOut,
    RecipeInfo,
    Report,
    Similarity,
    Span,
    UserError,
)
from dltext.tui.commands import following, searching

KNOWN = {"coffee": [("tea", 0.81), ("mocha\x1b[2J", 0.7), ("咖啡", -0.2)], "king man woman": [("queen", 0.7)]}


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """An engine with five words; what it was asked."""
    asked: list[tuple[Any, ...]] = []

    def answer(query: str, model: str | None, count: int) -> Neighbours:
        asked.append((query, model, count))
        rows = KNOWN.get(query.replace(" -", "").replace(" +", ""))
        if rows is None:
            return Neighbours(query, "toy-words", (), (Missing(query, ("coffee", "toffee")),))
        return Neighbours(query, "toy-words", tuple(Neighbour(*row, rank) for rank, row in enumerate(rows))[:count])

    monkeypatch.setattr(api, "neighbours", answer)
    monkeypatch.setattr(api, "analogy", answer)
    return asked


def test_similar_in_a_pipe_and_as_json(run, words) -> None:
    ran = run("similar", "coffee", "--count", "2", "--model", "toy-words")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "coffee\ttea\t0.810000\ncoffee\tmocha␛[2J\t0.700000\n"
    assert words == [("coffee", "toy-words", 2)]
    (answer,) = run("similar", "coffee", "--json").objects
    assert answer["words"][0] == {"word": "tea", "similarity": 0.81, "rank": 0}
    assert (answer["query"], answer["model"], answer["missing"]) == ("coffee", "toy-words", [])


def test_each_word_is_a_question_of_its_own(run, words) -> None:
    assert [line.split("\t")[0] for line in run("similar", "coffee", "king man woman").out.splitlines()] == [
        "coffee",
        "coffee",
        "coffee",
        "king man woman",
    ]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_word_that_is_not_there_is_1_with_the_nearest_spellings(run, words, more) -> None:
    ran = run("similar", "cofee", *more)
    assert ran.code == 1
    assert ran.err == "dltext: toy-words does not know 'cofee' (did you mean coffee, toffee?)\n"
    assert bool(ran.out) == bool(more)
    ran = run("similar", "cofee", "coffee")
    assert ran.code == 1
    assert "coffee\ttea" in ran.out


def test_similar_of_a_file(run, words, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("coffee\nnothing\nking man woman\n")
    ran = run("similar", "--in", str(tmp_path / "words.txt"), "--count", "1")
    assert ran.code == 0
    assert ran.out == "coffee\ttea\t0.810000\nking man woman\tqueen\t0.700000\n"
    assert "1 of 3 lines hold a word that the vectors lack" in ran.err
    objects = run("similar", "--in", "-", "--json", stdin=b"coffee\nnothing\n").objects
    assert [bool(item["missing"]) for item in objects] == [False, True]
    assert run("similar", "--in", "-", stdin=b"nothing\n").code == 1
    assert run("similar", "--in", "-", stdin=b"").code == 1


@pytest.mark.parametrize("expression", [("king - man + woman",), ("king", "-", "man", "+", "woman")])
def test_analogy(run, words, expression) -> None:
    ran = run("analogy", *expression, "--count", "1")
    assert (ran.code, ran.out) == (0, "king - man + woman\tqueen\t0.700000\n")
    assert run("analogy", "king - nobody").code == 1
    assert run("analogy", *expression, "--json").objects[0]["words"][0]["word"] == "queen"


def test_odd_one_out(run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = OddOneOut("car", "toy-words", (Neighbour("car", 0.2), Neighbour("apple", 0.8), Neighbour("pear", 0.9)))
    monkeypatch.setattr(api, "odd_one_out", lambda words, model: answer)
    assert run("odd-one-out", "apple", "car", "pear").out == "car\n"
    assert run("odd-one-out", "apple", "car", "pear", "--json").objects[0]["similarities"][0]["word"] == "car"
    assert run("odd-one-out", "apple", "car").code == 2
    lacking = OddOneOut("", "toy-words", (), (Missing("carr", ("car",)),))
    monkeypatch.setattr(api, "odd_one_out", lambda words, model: lacking)
    ran = run("odd-one-out", "apple", "carr", "pear")
    assert (ran.code, ran.out) == (1, "")
    assert "'carr' (did you mean car?)" in ran.err


def test_similarity_shows_both_measures(run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Similarity("toy-words", ("slow",), ("long", "film"), 0.71236, 0.4, (Missing("zz"),))
    monkeypatch.setattr(api, "text_similarity", lambda a, b, model: answer)
    ran = run("similarity", "slow zz", "long film")
    assert ran.out == "cosine    0.7124\npairwise  0.4000\n"
    assert (ran.code, ran.err) == (0, "dltext: without the words that toy-words lacks: zz\n")
    assert run("similarity", "a", "b", "--json").objects[0]["pairwise"] == 0.4
    nothing = Similarity("toy-words", (), ("film",), None, None, (Missing("zz", ("z",)),))
    monkeypatch.setattr(api, "text_similarity", lambda a, b, model: nothing)
    ran = run("similarity", "zz", "film")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean z?" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("similar",),
        ("similar", "a", "--in", "file"),
        ("similar", "a", "--count", "0"),
        ("analogy",),
        ("similarity", "one"),
        ("search", "query"),
        ("search", "query", "--data", "demo", "--method", "magic"),
        ("search", "query", "--data", "demo", "--count", "0"),
        ("search", "query", "--data", "demo", "--threshold", "0.5"),
        ("search", "query", "--data", "demo", "--duplicates"),
        ("search", "--data", "demo", "--duplicates", "--threshold", "2"),
        ("models", "export", "x", "--format", "pickle"),
    ],
)
def test_misuse_is_2(run, arguments) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_help_has_examples(run) -> None:
    whole = run("--help").out
    for command in ("similar", "analogy", "odd-one-out", "similarity", "search"):
        assert command in whole
        text = run(command, "--help").out
        assert "examples:" in text
        assert "JSON" in text
        assert "default: %" not in text


# ------------------------------------------------------------------------------------------------- search


@pytest.fixture
def letters(tmp_path: Path) -> str:
    rows = [
        {"id": "a", "text": "The harbour was quiet. Boats came in.", "label": "sea"},
        {"id": "b", "text": "A quiet hotel near the station\x1b[2J, clean and cheap.", "label": "town"},
        {"id": "c", "text": "A quiet hotel near the station, clean and very cheap indeed.", "label": "town"},
    ]
    (tmp_path / "letters.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(tmp_path / "letters.jsonl")


def test_search_a_file_of_ones_own(run, letters) -> None:
    ran = run("search", "hotel", "station", "--data", letters, "--method", "bm25", "--count", "1")
    assert ran.code == 0
    assert ran.out.split("\t")[0] == "b"
    assert len(ran.out.splitlines()) == 1
    assert "\x1b" not in ran.out
    (answer,) = run("search", "-", "--data", letters, "--method", "bm25", "--json", stdin=b"boats harbour").objects
    assert [hit["id"] for hit in answer["hits"]] == ["a"]
    assert (answer["documents"], answer["method"], answer["hits"][0]["label"]) == (3, "bm25", "sea")
    nothing = run("search", "zebra", "--data", letters, "--method", "bm25")
    assert (nothing.code, nothing.out) == (0, "")
    assert "no documents match" in nothing.err
    assert run("search", "  ", "--data", letters).code == 1


def test_search_passes_all_options_on(run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def search(*arguments: Any) -> Found:
        asked.append(arguments[:-1])
        return Found("q", "x.csv", "train", "mean", "w", 9, (), notes=("careful",))

    monkeypatch.setattr(api, "search", search)
    ran = run(
        "search", "a", "b", "--data", "x.csv", "--method", "mean", "--model", "w", "--count", "3", "--split", "train",
        "--text-column", "body", "--label-column", "stars",
    )  # fmt: skip
    assert asked == [("a b", "x.csv", "mean", "w", 3, "train", "body", "stars")]
    assert "dltext: careful" in ran.err


def test_duplicates(run, monkeypatch: pytest.MonkeyPatch) -> None:
    group = Duplicates((Hit("a", 0, "one\ttext", 1.0), Hit("b", 1, "one texts", 0.85)))
    asked = []
    monkeypatch.setattr(api, "near_duplicates", lambda *given: asked.append(given[:-1]) or [group])
    ran = run("search", "--duplicates", "--data", "x.csv")
    assert ran.out == "1\ta\t1.000000\tone text\n1\tb\t0.850000\tone texts\n"
    assert asked == [("x.csv", 0.8, "", "text", "label", 100)]
    (printed,) = run("search", "--duplicates", "--data", "x.csv", "--json", "--threshold", "0.5").objects
    assert [hit["id"] for hit in printed["hits"]] == ["a", "b"]
    monkeypatch.setattr(api, "near_duplicates", lambda *given: [])
    assert "no near-duplicates" in run("search", "--duplicates", "--data", "x.csv").err


def test_of_a_long_text_the_passage_that_matches_is_shown() -> None:
    text = "nothing here " * 100 + "the quiet hotel by the station " + "and so on " * 100
    where = text.index("quiet")
    spans = (Span(0, 7, 0.4), Span(where, where + 5, 1.0), Span(where + 6, where + 11, 1.0))
    start = searching._passage(Hit("x", 0, text, 1.0, spans=spans))
    assert "quiet hotel by the station" in text[start : start + searching.CUT]
    assert searching._passage(Hit("x", 0, "short", 1.0)) == 0
    assert searching._passage(Hit("x", 0, text, 1.0)) == 0
    late = len(text) - 3
    end = searching._passage(Hit("x", 0, text, 1.0, spans=(Span(late, late + 2, 1.0),)))
    assert end <= late < end + searching.CUT


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_hits_on_a_terminal(letters, home) -> None:
    import pty

    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", "search", "hotel", "--data", letters, "--method", "bm25"],
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, "TERM": "xterm-256color"},
    )
    assert process.wait(60) == 0
    os.close(terminal)
    drawn = os.read(screen, 1 << 16).decode()
    os.close(screen)
    assert "\x1b[1;4;32mhotel" in drawn
    assert "\x1b[2J" not in drawn
    assert "3 documents" in drawn


# ------------------------------------------------------------------------------------------------- vectors in and out


def bundle(name: str, **more: Any) -> BundleInfo:
    return BundleInfo(
        name, "words", "imported", "1", "", "en", (), more.pop("metrics", {}), "", False, 10, "/x", more.pop("card", {})
    )


def test_import_of_vectors(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []

    def take(*arguments: Any) -> tuple[BundleInfo, tuple[str, ...]]:
        asked.append(arguments[1:5])
        return bundle("glove"), ("glove.txt, line 7: 99 numbers, where 100 are expected.",)

    monkeypatch.setattr(api, "import_vectors", take)
    (tmp_path / "glove.txt").write_text("the 0.1 0.2\n")
    (tmp_path / "few.txt").write_text("the\n\n of \n")
    ran = run("models", "import", str(tmp_path / "glove.txt"), "--name", "glove", "--limit", "50", "--language", "en")
    assert (ran.code, ran.out) == (0, "glove\n")
    assert ran.err == "dltext: glove.txt, line 7: 99 numbers, where 100 are expected.\n"
    run("models", "import", str(tmp_path / "glove.txt"), "--words", str(tmp_path / "few.txt"))
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("words.npy", b"")
    assert run("models", "import", str(tmp_path / "v.npz"), "--json").objects[0]["name"] == "glove"
    assert asked == [("glove", "en", 50, None), ("", "", 0, ["the", "of"]), ("", "", 0, None)]
    assert run("models", "import", str(tmp_path / "glove.txt"), "--limit", "-1").code == 2
    (tmp_path / "few.txt").write_text("\n")
    assert run("models", "import", str(tmp_path / "glove.txt"), "--words", str(tmp_path / "few.txt")).code == 1


def test_a_zip_is_a_model(run, make_bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "import_vectors", lambda *_: pytest.fail("it is no file of vectors"))
    make_bundle("mine")
    run("models", "export", "mine", str(tmp_path / "mine.zip"))
    (tmp_path / "mine.zip").rename(tmp_path / "mine.model")
    assert run("models", "import", str(tmp_path / "mine.model")).out == "mine-2\n"
    ran = run("models", "import", str(tmp_path / "mine.model"), "--limit", "5")
    assert ran.code == 2
    assert "--limit is for files of word vectors" in ran.err
    assert run("models", "import", str(tmp_path / "nothing.vec")).code == 1
    with zipfile.ZipFile(tmp_path / "glove.zip", "w") as archive:
        archive.writestr("glove.6B.50d.txt", "the 1 2\n")
    ran = run("models", "import", str(tmp_path / "glove.zip"))
    assert ran.code == 1
    assert "unpack it and import their file" in ran.err


def test_export_of_vectors(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    monkeypatch.setattr(api, "export_vectors", lambda name, path, form="": asked.append((name, path, form)) or path)
    monkeypatch.setattr(api, "export_model", lambda name, path: asked.append((name, path)) or path)
    folder = str(tmp_path)
    assert run("models", "export", "w", folder, "--format", "glove").out == f"{folder}\n"
    run("models", "export", "w", f"{folder}/x", "--format", "npz")
    run("models", "export", "w", f"{folder}/x.vec")
    run("models", "export", "w", f"{folder}/x.zip")
    assert asked == [
        ("w", folder, "glove"),
        ("w", f"{folder}/x", "npz"),
        ("w", f"{folder}/x.vec", ""),
        ("w", f"{folder}/x.zip"),
    ]


def test_models_list_and_show_say_how_good_vectors_are(run, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = {"wordsim353": 0.7123, "analogies": 0.456, "wordsim353_known": 340.0}
    info = bundle("words-en", metrics=metrics, card={"metrics": [{"on": "tests", **metrics}]})
    monkeypatch.setattr(api, "models", lambda task: [info])
    monkeypatch.setattr(api, "model", lambda name: info)
    assert "WordSim-353 ρ 0.712, analogies 45.6 %" in run("models").out
    assert run("models", "list", "--json").objects[0]["metrics"] == metrics
    shown = run("models", "show", "words-en").out
    assert "WordSim-353 ρ" in shown
    assert "0.7123" in shown


# ------------------------------------------------------------------------------------------------- measuring, training


def test_evaluate_by_pairs_and_by_analogies(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(metrics: dict[str, float], sections: tuple[dict[str, Any], ...] = ()) -> Report:
        return Report("w", "file", "", 300, metrics, None, (), (), sections, (), protocol="Again: so.")

    measured = report({"spearman": 0.7012, "covered": 0.95, "pairs": 353})
    monkeypatch.setattr(api, "evaluate", lambda *_: measured)
    out = run("evaluate", "w", "--data", "wordsim353").out
    assert "spearman  0.7012\n" in out
    assert "covered   95.0 %\n" in out
    assert "pairs     353\n" in out
    assert "Again: so." in out
    (answer,) = run("evaluate", "w", "--data", "wordsim353", "--json").objects
    assert (answer["spearman"], answer["pairs"], answer["model"]) == (0.7012, 353, "w")
    assert "sections" not in answer
    measured = report(
        {"accuracy": 0.25, "questions": 8},
        (
            {"label": "capital-common", "accuracy": 0.5, "support": 4},
            {"label": "plural", "accuracy": 0.0, "support": 4},
        ),
    )
    out = run("evaluate", "w", "--data", "analogies.txt").out
    assert "accuracy   25.0 %" in out
    assert "capital-common\t50.0 %\t4" in out
    (answer,) = run("evaluate", "w", "--data", "analogies.txt", "--json").objects
    assert answer["sections"]["plural"] == {"accuracy": 0.0, "questions": 4}


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """A run of word vectors that has ended, and its events."""
    metrics = {"test_wordsim353": 0.6512, "test_analogies": 0.31, "validation_wordsim353": 0.61}
    spec = JobSpec("word2vec-gensim", "text-en")
    job = Job("text-en-1", spec, "done", created=1.0, epochs=2, bundle="my-words", metrics=metrics)
    events = [
        Event(
            1,
            "start",
            {
                "device": "CPU, 2 threads",
                "examples": {"texts": 9, "words": 12345, "vocabulary": 400},
                "unit": "words",
                "measures": {"wordsim353": "WordSim-353 ρ", "analogies": "analogies"},
                "epochs": 2,
                "parameters": 800,
            },
        ),
        Event(2, "tick", {"epoch": 1, "step": 1, "steps": 3, "rate": 812345.6}),
        Event(
            3,
            "epoch",
            {
                "epoch": 1,
                "epochs": 2,
                "train": {},
                "validation": {"wordsim353": 0.6123, "analogies": 0.2},
                "rate": 812345.6,
            },
        ),
        Event(
            4,
            "epoch",
            {
                "epoch": 2,
                "epochs": 2,
                "train": {"loss": 1.5},
                "validation": {"wordsim353": 0.65, "analogies": float("nan")},
            },
        ),
        Event(5, "end", {"state": "done", "bundle": "my-words", "metrics": metrics}),
    ]
    monkeypatch.setattr(api, "job", lambda job_id="": job)
    monkeypatch.setattr(api, "jobs", lambda: [job])
    monkeypatch.setattr(api, "events", lambda job_id, offset=0: (events[offset:], len(events)))
    monkeypatch.setattr(api, "recipes", lambda: [RecipeInfo("word2vec-gensim", "words", "", "", "", ())])
    monkeypatch.setattr(following, "PAUSE", 0)
    return events


def test_following_a_run_of_word_vectors(run, training) -> None:
    ran = run("jobs", "follow")
    assert ran.code == 0
    assert "epoch 1/2  WordSim-353 ρ 0.612  analogies 20.0 %  812,346 words/s\n" in ran.err
    assert "epoch 2/2  loss 1.5000  WordSim-353 ρ 0.650  analogies not a number\n" in ran.err
    assert "accuracy" not in ran.err
    assert "nan" not in ran.err + ran.out
    assert "12,345 words, 400 vocabulary; 800 parameters" in ran.err
    assert ran.err.endswith("dltext: try it: dltext similar WORD --model my-words\n")
    assert "test WordSim-353 ρ        0.6512" in ran.out
    assert "test analogies            31.0 %" in ran.out


def test_jobs_list_and_show_of_word_vectors(run, training, monkeypatch: pytest.MonkeyPatch) -> None:
    header, row = (line.split("\t") for line in run("jobs", "list").out.splitlines())
    assert dict(zip(header, row, strict=True))["measures"] == "WordSim-353 ρ 0.651, analogies 31.0 %"
    report = Report("my-words", "text-en", "train", 9, {"wordsim353": 0.65, "words": 9}, None, (), (), (), ())
    monkeypatch.setattr(api, "report", lambda job_id: report)
    shown = run("jobs", "show").out
    assert "WordSim-353 ρ  0.6500" in shown
    assert "accuracy" not in shown


def test_what_the_engine_refuses_is_one_sentence(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise UserError("There is no model for words yet.")

    monkeypatch.setattr(api, "neighbours", refuse)
    ran = run("similar", "coffee")
    assert (ran.code, ran.out, ran.err) == (1, "", "dltext: There is no model for words yet.\n")


def test_measures_have_names_for_people() -> None:
    from dltext.tui.commands import measures

    assert measures.title("test_simlex999") == "test SimLex-999 ρ"
    assert measures.title("wordsim353_known") == "WordSim-353, known"
    assert measures.title("accuracy_sd") == "accuracy sd"
    assert measures.title("test_retrieval") == "test halves found"
    assert measures.title("macro_f1") == "macro F1"
    assert measures.number("wordsim353_known", 340) == "340"
    assert measures.number("test_ca8", 0.5) == "50.0 %"
    assert measures.number("test_loss", 0.5) == "0.5000"
    assert measures.beside_accuracy({"validation_wordsim353": 0.1, "test_wordsim353": 0.2}) == "WordSim-353 ρ 0.200"
    assert measures.beside_accuracy({"accuracy": 0.9}) == ""
    assert measures.short("wordsim353", float("nan")) == "not a number"
