"""`dltext title`: one text, many texts, files, misuse."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import Title, Titles

TEXT = "We show that ZORP bark often. It is new."
BEST = "A study of ZORP bark often"


@pytest.fixture
def writer(make_writer: Callable[..., Path], run: Any) -> Path:
    return make_writer()


def test_a_title_and_nothing_else_on_stdout(run: Any, writer: Path) -> None:
    ran = run("title", "--count", "1", TEXT)
    assert (ran.code, ran.out, ran.err) == (0, f"{BEST}\n", "")
    assert run("title", "--count", "1", stdin=f"\ufeff{TEXT}\n".encode()).out == f"{BEST}\n"
    assert run("title", "--count", "1", "-", stdin=TEXT.encode()).out == f"{BEST}\n"


def test_five_with_their_scores(run: Any, writer: Path) -> None:
    lines = run("title", *TEXT.split()).out.splitlines()
    assert len(lines) == 5
    assert lines[0].endswith(f"  {BEST}")
    scores = [float(line.split()[0]) for line in lines]
    assert scores == sorted(scores, reverse=True)


def test_json(run: Any, writer: Path) -> None:
    (printed,) = run("title", TEXT, "--json").objects
    assert list(printed) == [
        "id", "title", "alternatives", "score", "scores", "model", "notes", "read", "milliseconds",
        "keyphrases", "lead",
    ]  # fmt: skip
    assert (printed["id"], printed["title"], printed["model"]) == ("1", BEST, "toy-title")
    assert len(set(printed["alternatives"])) == len(printed["scores"]) == 4
    assert printed["lead"] == "We show that ZORP bark often."
    phrase = printed["keyphrases"][0]
    assert TEXT[phrase["start"] : phrase["end"]] == phrase["text"] == "ZORP bark"
    (printed,) = run("title", TEXT, "--json", "--explain", "--count", "2").objects
    first, second = printed["candidates"]
    assert [first["text"], second["text"]] == [printed["title"], *printed["alternatives"]]
    assert first["copied"] == [3]
    assert len(first["attention"]) == len(first["tokens"]) == len(first["origins"])
    assert len(first["attention"][0]) == len(printed["source_tokens"])


def test_where_words_came_from(run: Any, writer: Path) -> None:
    lines = run("title", TEXT, "--explain").out.splitlines()
    assert lines[5:7] == ["", "word\tcopied\tfrom\tat\tattention"]
    assert any(line.startswith("ZORP\tcopied\tZORP\t13\t") for line in lines)
    assert any(line.startswith("study\t\tshow\t3\t") for line in lines)
    assert "keyphrase\tshare" in lines
    assert lines[-1] == "first sentence, shortened: We show that ZORP bark often."


def test_many_texts_in_order(run: Any, writer: Path, tmp_path: Path) -> None:
    texts = [TEXT, "we show of mice.", "", "cats sleep often."] * 3
    place = tmp_path / "texts.jsonl"
    rows = [{"id": f"n{number}", "text": text} for number, text in enumerate(texts)]
    place.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ran = run("title", "--in", str(place))
    titles = [BEST, "A study of mice", "", "Cats sleep often"] * 3
    assert ran.out == "".join(f"n{number}\t{title}\n" for number, title in enumerate(titles))
    assert "3 of 12 texts got no title" in ran.err
    printed = run("title", "--in", "-", "--json", "--count", "3", stdin=place.read_bytes()).objects
    assert [one["title"] for one in printed] == titles
    assert len(printed[0]["alternatives"]) == 2
    assert printed[2]["notes"] == ["The text is empty."]


def test_a_broken_run_is_continued(run: Any, writer: Path, tmp_path: Path) -> None:
    place, out = tmp_path / "texts.csv", tmp_path / "out.tsv"
    place.write_text("id,body\na,we show of mice.\nb,we show of bert.\n", encoding="utf-8")
    arguments = ("title", "--in", str(place), "--text-column", "body", "--out", str(out))
    ran = run(*arguments)
    whole = "id\tbody\ttitle\na\twe show of mice.\tA study of mice\nb\twe show of bert.\tA study of BERT\n"
    assert (ran.code, ran.out, out.read_text("utf-8")) == (0, "", whole)
    assert "the titles of 2 texts" in ran.err
    assert run(*arguments).code == 2
    out.write_bytes(whole.encode()[:-5])
    ran = run(*arguments, "--resume")
    assert (ran.code, out.read_text("utf-8")) == (0, whole)
    assert "holds 1 titles already" in ran.err
    assert run(*arguments, "--overwrite").code == 0
    lines = tmp_path / "out.jsonl"
    assert run(*arguments[:-1], str(lines)).code == 0
    assert [json.loads(line)["title"] for line in lines.read_text("utf-8").splitlines()] == [
        "A study of mice",
        "A study of BERT",
    ]


def test_nothing_that_commands_a_terminal_is_printed(run: Any, monkeypatch: Any) -> None:
    evil = Titles("toy", "1", (Title("a\x1b[2Jb", 0.0),), notes=("\x1b]0;x",))
    monkeypatch.setattr(api, "titles", lambda *arguments, **more: evil)
    ran = run("title", "x")
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("text", "--in", "file"), 2, "not both"),
        (("--in", "file", "--explain"), 2, "--explain is about one text"),
        (("text", "--out", "x.tsv"), 2, "needs --in FILE"),
        (("--in", "file", "--resume"), 2, "--resume needs --in FILE and --out"),
        (("--in", "file", "--out", "x", "--resume", "--overwrite"), 2, "cannot go with --overwrite"),
        (("text", "--count", "0"), 1, "1 to 20 titles"),
        (("text", "--length", "100"), 1, "The length must lie"),
        (("text", "--model", "none"), 1, "There is no model 'none'"),
        ((" ",), 1, "The text is empty"),
        (("--in", "missing.csv"), 1, "missing.csv"),
    ],
)
def test_misuse_and_mistakes(run: Any, writer: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = run("title", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
