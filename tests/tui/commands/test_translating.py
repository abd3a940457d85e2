"""`dltext translate`, with models of letters: one text, many texts, files, misuse."""

import gzip
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dltext.engine import api
from dltext.engine.results import Direction, Hypothesis, Sentence, Translation


@pytest.fixture
def translators(make_translator: Callable[..., Path], run: Any) -> None:
    for direction in ("en-zh", "zh-en", "fr-en"):
        make_translator(direction)


def test_a_text_and_nothing_else_on_stdout(run: Any, translators: None) -> None:
    ran = run("translate", "he ran.", "--to", "zh")
    assert (ran.code, ran.out, ran.err) == (0, "荒宇 来天宿。\n", "")
    ran = run("translate", "he", "had", "42")
    assert ran.out == "荒宇 荒天黄 42\n"
    assert "dltext: 1 sentence of 1 has characters that toy-en-zh does not know" in ran.err


def test_stdin_keeps_its_lines(run: Any, translators: None) -> None:
    ran = run("translate", "--to", "zh", stdin="\ufeffhe ran. no\n\n  - tea\n".encode())
    assert ran.out == "荒宇 来天宿。宿列\n\n  - 往宇天\n"
    assert run("translate", "-", "--from", "zh", stdin="天地。玄".encode()).out == "ab. c\n"


def test_json(run: Any, translators: None) -> None:
    (printed,) = run("translate", "he ran", "--to", "zh", "--alternatives", "2", "--json").objects
    assert list(printed) == [
        "id", "translation", "alternatives", "source", "target", "model", "pivot", "notes", "complete",
        "milliseconds", "sentences",
    ]  # fmt: skip
    assert (printed["id"], printed["translation"], printed["model"]) == ("1", "荒宇 来天宿", "toy-en-zh")
    assert len(printed["alternatives"]) == 2
    (sentence,) = printed["sentences"]
    assert [one["text"] for one in sentence["alternatives"]] == printed["alternatives"]
    assert sentence["score"] > sentence["alternatives"][0]["score"]
    assert "attention" not in sentence
    (printed,) = run("translate", "le chat", "--from", "fr", "--to", "zh", "--explain", "--json").objects
    (sentence,) = printed["sentences"]
    assert (printed["pivot"], printed["model"], sentence["through"]) == ("en", "toy-fr-en + toy-en-zh", "mf dibu")
    assert len(sentence["attention"]) == len(sentence["translation_tokens"])
    assert len(sentence["attention"][0]) == len(sentence["tokens"])


def test_alternatives_and_where_words_came_from(run: Any, translators: None) -> None:
    ran = run("translate", "he ran. no 7", "--alternatives", "1", "--explain")
    lines = ran.out.splitlines()
    assert lines[0] == "he ran."
    assert lines[1].endswith("  荒宇 来天宿。")
    assert float(lines[1].split()[0]) > float(lines[2].split()[0])
    assert lines[3] == "word\tcopied\tfrom 1\tfrom 2"
    assert lines[4].startswith("荒\t\the ")
    assert any(line.startswith("7\tcopied\t7 ") for line in lines)


def test_many_texts_in_order(run: Any, translators: None, tmp_path: Path) -> None:
    texts = ["he ran", "le chat est la", "天地", "no", "tea for you. and me"] * 3
    place = tmp_path / "texts.jsonl"
    rows = [{"id": f"n{number}", "text": text} for number, text in enumerate(texts)]
    place.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ran = run("translate", "--in", str(place), "--to", "zh")
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [line[0] for line in lines] == [row["id"] for row in rows]
    alone = {text: run("translate", text, "--to", "zh").out.strip() for text in set(texts) - {"天地"}} | {
        "天地": "天地"
    }
    assert [line[1] for line in lines] == [alone[text] for text in texts]
    assert "6 of 15 translations carry a note" in ran.err
    printed = run("translate", "--in", "-", "--to", "zh", "--json", stdin=place.read_bytes()).objects
    assert [one["id"] for one in printed] == [row["id"] for row in rows]
    assert printed[2]["notes"][0].startswith("The text is in Chinese already")


def test_a_broken_run_is_continued(run: Any, translators: None, tmp_path: Path) -> None:
    place, out = tmp_path / "texts.csv", tmp_path / "out.tsv"
    place.write_text("id,body\na,he ran\nb,no\nc,tea\n", encoding="utf-8")
    arguments = ("translate", "--in", str(place), "--text-column", "body", "--to", "zh", "--out", str(out))
    assert run(*arguments).code == 0
    whole = out.read_text("utf-8")
    assert whole == "id\tbody\ttranslation\na\the ran\t荒宇 来天宿\nb\tno\t宿列\nc\ttea\t往宇天\n"
    assert run(*arguments).code == 2
    out.write_bytes(whole.encode()[:-9])
    ran = run(*arguments, "--resume")
    assert (ran.code, out.read_text("utf-8")) == (0, whole)
    assert "holds 2 translations already" in ran.err
    out.write_text("id\tlabel\tprobability\na\tx\t0.5\n", encoding="utf-8")
    assert "begun with other columns" in run(*arguments, "--resume").err
    out.write_text("id\ttranslation\na\tx\ty\n", encoding="utf-8")
    assert "line 2, is no result of dltext" in run(*arguments, "--resume").err
    lines = tmp_path / "out.jsonl"
    assert run(*arguments[:-1], str(lines)).code == 0
    lines.write_text("".join(lines.read_text("utf-8").splitlines(True)[:1]), encoding="utf-8")
    assert run(*arguments[:-1], str(lines), "--resume").code == 0
    assert [json.loads(line)["translation"] for line in lines.read_text("utf-8").splitlines()] == [
        "荒宇 来天宿",
        "宿列",
        "往宇天",
    ]


@pytest.mark.parametrize("name", ["out.txt", "OUT.TXT", "out.txt.gz"])
def test_a_text_file_gets_a_line_for_each_line(run: Any, translators: None, tmp_path: Path, name: str) -> None:
    (tmp_path / "in.txt").write_text("no\n\nhe ran. no\r\ntea", encoding="utf-8", newline="")
    assert run("translate", "--in", str(tmp_path / "in.txt"), "--to", "zh", "--out", str(tmp_path / name)).code == 0
    opened = gzip.open if name.endswith("gz") else open
    with opened(tmp_path / name, "rt", encoding="utf-8") as file:
        assert file.read() == "宿列\n\n荒宇 来天宿。宿列\n往宇天\n"


def test_one_text_into_a_file(run: Any, translators: None, tmp_path: Path) -> None:
    for suffix in ("tmx", "tsv", "txt"):
        ran = run("translate", "he ran. no", "--out", str(tmp_path / f"out.{suffix}"))
        assert (ran.code, ran.out) == (0, "")
        assert "2 sentences in" in ran.err
    assert (tmp_path / "out.txt").read_text("utf-8") == "荒宇 来天宿。宿列"
    assert (tmp_path / "out.tsv").read_text("utf-8") == "en\tzh\nhe ran.\t荒宇 来天宿。\nno\t宿列\n"
    assert len(ElementTree.parse(tmp_path / "out.tmx").getroot().findall("body/tu")) == 2
    assert run("translate", "no", "--out", str(tmp_path / "out.txt")).code == 2
    assert run("translate", "no", "--out", str(tmp_path / "out.txt"), "--overwrite").code == 0


def test_directions(run: Any, translators: None) -> None:
    assert run("translate", "--directions").out.splitlines() == [
        "from\tto\tthrough\tmodels",
        "en\tzh\t\ttoy-en-zh",
        "fr\ten\t\ttoy-fr-en",
        "zh\ten\t\ttoy-zh-en",
        "fr\tzh\ten\ttoy-fr-en, toy-en-zh",
    ]
    assert run("translate", "--directions", "--json").objects[3]["models"] == ["toy-fr-en", "toy-en-zh"]


def test_a_default_for_each_direction(run: Any, translators: None, make_translator: Callable[..., Path]) -> None:
    make_translator("en-zh", name="other", table=dict.fromkeys("no", "余") | {" ": " "})
    assert run("models", "default", "other").code == 0
    assert run("translate", "no", "--to", "zh").out == "余余\n"
    assert run("translate", "天", "--to", "en").out == "a\n"
    assert run("translate", "no", "--model", "toy-en-zh").out == "宿列\n"


def test_ctrl_c_keeps_what_is_done(run: Any, monkeypatch: Any) -> None:
    one = Sentence(0, 2, "no", (), (Hypothesis("宿列", 0.0),))

    def translate(*arguments: Any, should_stop: Callable[[], bool], **more: Any) -> Translation:
        assert not should_stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert should_stop()
        return Translation(Direction("en", "zh", ("toy",)), (one,), "宿列", False, notes=("Stopped: …",))

    monkeypatch.setattr(api, "translate", translate)
    before = signal.getsignal(signal.SIGINT)
    ran = run("translate", "no. tea", "--to", "zh")
    assert (ran.code, ran.out, ran.err) == (130, "宿列\n", "dltext: Stopped: …\n")
    assert signal.getsignal(signal.SIGINT) is before


def test_nothing_that_commands_a_terminal_is_printed(run: Any, monkeypatch: Any) -> None:
    evil = Translation(Direction("en", "zh", ("toy",)), (), "a\x1b[2J\tb\r\nc", notes=("\x1b]0;x",))
    monkeypatch.setattr(api, "translate", lambda *arguments, **more: evil)
    ran = run("translate", "x")
    assert ran.out == "a␛[2J\tb\nc\n"
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("text", "--in", "file"), 2, "not both"),
        (("--in", "file", "--explain"), 2, "--explain is about one text"),
        (("text", "--resume"), 2, "--resume needs --in FILE"),
        (("--in", "file", "--out", "x", "--resume", "--overwrite"), 2, "cannot go with --overwrite"),
        (("text", "--out", "x.docx"), 2, "must end in .tmx, .tsv, .txt"),
        (("text", "--to", "de"), 1, "No model translates to German"),
        (("text", "--model", "none"), 1, "There is no model 'none'"),
        (("text", "--beam", "100"), 1, "beam must lie between"),
        ((" ",), 1, "The text is empty"),
        (("--in", "missing.csv"), 1, "missing.csv"),
    ],
)
def test_misuse_and_mistakes(run: Any, translators: None, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = run("translate", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
