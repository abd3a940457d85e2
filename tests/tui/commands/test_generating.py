"""`dltext generate` and `dltext perplexity`: texts and files, in pipes and on terminals, and what cannot be meant."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api


@pytest.fixture
def toy(home: Path, language_models: Any) -> str:
    return language_models.write_ngram(home)


def test_a_text_is_continued(run: Callable[..., Any], toy: str) -> None:
    asked = run("generate", "the old", "--model", toy, "--temperature", "0", "--json")
    (row,) = asked.objects
    assert row["text"] == "the old" + row["continuation"]
    assert (row["finished"], row["model"], row["id"]) == (True, toy, "1")
    plain = run("generate", "the old", "--model", toy, "--temperature", "0")
    assert plain.out == row["text"] + "\n"
    piped = run("generate", "--model", toy, "--temperature", "0", stdin=b"the old\n")
    assert piped.out == plain.out


def test_variants_and_a_seed(run: Callable[..., Any], toy: str) -> None:
    command = ["generate", "the", "--variants", "3", "--seed", "4", "--length", "9", "--top-k", "5", "--top-p", "0.9"]
    first, again = run(*command, "--json"), run(*command, "--json")
    assert [row["seed"] for row in first.objects] == [4, 5, 6]
    assert [row["text"] for row in first.objects] == [row["text"] for row in again.objects]
    assert [text.strip() for text in run(*command).out.split("\n\n")] == [row["text"] for row in first.objects]


def test_a_file_of_beginnings(run: Callable[..., Any], toy: str, tmp_path: Path) -> None:
    file = tmp_path / "beginnings.txt"
    file.write_text("the old\nthe new\n")
    asked = run("generate", "--in", str(file), "--model", toy, "--seed", "1", "--json")
    assert [row["id"] for row in asked.objects] == ["1", "2"]
    assert all(row["text"].startswith(("the old", "the new")) for row in asked.objects)
    file.write_text("the old\nжжж\n")
    asked = run("generate", "--in", str(file), "--model", toy)
    assert asked.code == 1
    assert asked.err.startswith("dltext: 2: ")


def test_a_poem_has_its_form(run: Callable[..., Any], home: Path, language_models: Any) -> None:
    name = language_models.write_ngram(home, "poet", ["春山白日天，江水入云年。"] * 5, unit="characters")
    asked = run("generate", "春", "--model", name, "--lines", "5，5", "--temperature", "0", "--json")
    assert asked.objects[0]["text"] == "春山白日天，江水入云年。"
    assert run("generate", "春", "--model", name, "--lines", "five").code == 2
    assert "--rhyme needs the lengths" in run("generate", "春", "--model", name, "--rhyme").err


def test_on_a_terminal_it_appears_word_by_word(toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dltext.tui import cli

    class Terminal(io.StringIO):
        def __init__(self) -> None:
            super().__init__()
            self.flushed: list[str] = []

        def isatty(self) -> bool:
            return True

        def flush(self) -> None:
            self.flushed.append(self.getvalue())

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["generate", "the\x1b[2J old", "--model", toy, "--temperature", "0", "--length", "4"]) == 0
    written = [text for text in dict.fromkeys(terminal.flushed) if text]
    assert written[0].startswith("the␛[2J old")
    assert len(written) > 3
    assert terminal.getvalue().endswith("\n")


def test_what_cannot_be_continued(run: Callable[..., Any], toy: str) -> None:
    for command, code, said in [
        (("generate", "Шёл дождь", "--model", toy), 1, "knows none of the words"),
        (("generate", "the", "--model", toy, "--length", "0"), 1, "The length must be from 1"),
        (("generate", "the", "--model", "none"), 1, "There is no model 'none'"),
        (("generate", "the", "--in", "x.txt"), 2, "not both"),
    ]:
        asked = run(*command)
        assert asked.code == code
        assert said in asked.err
        assert len(asked.err.splitlines()) == 1


# ------------------------------------------------------------------------------------------------ perplexity


def test_the_perplexity_of_a_text(run: Callable[..., Any], toy: str) -> None:
    asked = run("perplexity", "the old film was good .", "--model", toy, "--json", "--explain")
    (row,) = asked.objects
    answer = api.surprise("the old film was good .", toy)
    assert row["perplexity"] == pytest.approx(answer.perplexity)
    assert (row["tokens"], row["model"]) == (7, toy)
    assert row["bits_per_character"] == pytest.approx(answer.bits_per_character)
    assert [entry["text"] for entry in row["surprisals"]] == ["the", "old", "film", "was", "good", "."]
    assert row["surprisals"][2].keys() == {"text", "start", "end", "bits"}
    assert len(row["sentences"]) == 1
    plain = run("perplexity", "--model", toy, stdin=b"the old film was good .")
    assert plain.out.startswith(f"perplexity {answer.perplexity:.1f}  (7 words")
    assert "surprisals" not in run("perplexity", "the old", "--json").objects[0]
    explained = run("perplexity", "the old film was bad .", "--explain")
    assert "\tfilm\n" in explained.out


def test_the_perplexities_of_a_file(run: Callable[..., Any], toy: str, tmp_path: Path) -> None:
    file, out = tmp_path / "texts.csv", tmp_path / "out.tsv"
    file.write_text("id,text\na,the old film\nb,film the was\n")
    rows = run("perplexity", "--in", str(file), "--model", toy, "--json").objects
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["perplexity"] < rows[1]["perplexity"]
    assert run("perplexity", "--in", str(file), "--out", str(out)).code == 0
    written = out.read_text().splitlines()
    assert written[0].split("\t") == ["id", "text", "perplexity", "tokens", "bits_per_character"]
    assert len(written) == 3
    file.write_text("id,text\na,the old film\nb,\n")
    asked = run("perplexity", "--in", str(file))
    assert (asked.code, "b: The text is empty" in asked.err) == (1, True)


def test_a_file_of_one_endless_line_is_never_there_whole(
    run: Callable[..., Any], toy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltext.data.formats import lines as plain

    file, out = tmp_path / "endless.txt", tmp_path / "out.jsonl"
    file.write_text("the old film was good . " * 400)
    monkeypatch.setattr("dltext.data.lines.LINE_LIMIT", 2000)
    monkeypatch.setattr("dltext.engine.documents.PIECE", 1000)
    whole = run("perplexity", "--in", str(file), "--json", "--explain").objects[0]
    monkeypatch.setattr(plain, "_document", None)
    (row,) = run("perplexity", "--in", str(file), "--json").objects
    assert row["perplexity"] == pytest.approx(whole["perplexity"])
    assert row == {key: whole[key] for key in row} | {"perplexity": row["perplexity"]}
    assert row["id"] == "1"
    assert run("perplexity", "--in", str(file), "--out", str(out)).code == 0
    assert json.loads(out.read_text()) == row
    again = run("perplexity", "--in", str(file), "--out", str(out), "--resume")
    assert (again.code, "holds the perplexities of 1 texts" in again.err) == (0, True)


def test_the_perplexity_of_a_data_set(run: Callable[..., Any], toy: str, tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text("the old film was good .\nthe new film was bad .\n")
    (row,) = run("perplexity", "--data", str(file), "--json").objects
    assert row["texts"] == 2
    assert row["tokens"] == 14
    assert row["perplexity"] == api.evaluate(toy, str(file)).metrics["perplexity"]
    assert f"{toy}: perplexity" in run("perplexity", "--data", str(file)).out


def test_two_models_are_compared(
    run: Callable[..., Any], home: Path, language_models: Any, toy: str, tmp_path: Path
) -> None:
    other = language_models.write_ngram(home, "weather", ["the wind was cold ."] * 9)
    command = ["perplexity", "the old film was good .", "--model", toy, "--against", other]
    (row,) = run(*command, "--json", "--explain").objects
    assert (row["less_surprised"], row["bits"] > 0) == (toy, True)
    assert [word["text"] for word in row["words"]] == ["the", "old", "film", "was", "good", "."]
    shown = run(*command).out
    assert f"{toy} is less surprised, by {row['bits']:.1f} bits." in shown
    assert f"film\t{row['words'][2]['bits']:.1f}\t{toy}" in shown
    file = tmp_path / "texts.txt"
    file.write_text("the old film\nthe wind was cold\n")
    rows = run("perplexity", "--in", str(file), "--model", toy, "--against", other, "--json").objects
    assert [each["less_surprised"] for each in rows] == [toy, other]
    both = run("perplexity", "--data", str(file), "--model", toy, "--against", other, "--json").objects
    assert [each["model"] for each in both] == [toy, other]


def test_what_cannot_be_meant(run: Callable[..., Any], toy: str) -> None:
    for command, said in [
        (("perplexity", "x", "--data", "y"), "Give either --data, a TEXT or --in FILE"),
        (("perplexity", "--data", "y", "--explain"), "--explain is about single texts"),
        (("perplexity", "--in", "y", "--explain"), "needs --json"),
        (("perplexity", "x", "--out", "y.tsv"), "needs --in FILE"),
    ]:
        asked = run(*command)
        assert (asked.code, said in asked.err) == (2, True)
    asked = run("perplexity", " ", "--model", toy)
    assert (asked.code, "The text is empty" in asked.err) == (1, True)


def test_without_any_model_it_says_how_to_get_one(run: Callable[..., Any], home: Path) -> None:
    for command in (("generate", "the"), ("perplexity", "the"), ("perplexity", "the", "--against", "x")):
        asked = run(*command)
        assert (asked.code, "There is no model for language yet" in asked.err) == (1, True)
