"""`dltext` and the files that people give it: what is wrong is said with the options that help."""

import json
import os
import re
from dataclasses import replace

import pytest

from dltext.data.formats.opening import look
from dltext.engine.tasks.table import TASKS
from dltext.tui.commands import reading


def test_many_texts_are_read_by_the_fast_model(run, make_bundle, tmp_path, monkeypatch):
    monkeypatch.setitem(TASKS, "sentiment", replace(TASKS["sentiment"], default="big", fast="small"))
    monkeypatch.setattr(reading, "BULK", 5)
    for name in ("big", "small"):
        make_bundle(name, folder=tmp_path / "zoo")
    path = tmp_path / "x.txt"

    def models(*arguments: str) -> set[str]:
        ran = run("sentiment", *arguments, "--json")
        assert ran.code == 0, ran.err
        assert ("the fast model reads them" in ran.err) == (
            arguments[0] == "--in" and texts == 6 and len(arguments) == 2
        )
        return {json.loads(line)["model"] for line in ran.out.splitlines()}

    for texts, expected in ((5, "big"), (6, "small")):
        path.write_text("".join(f"a good film number {n}\n" for n in range(texts)))
        assert models("--in", str(path)) == {expected}
        assert models("--in", str(path), "--fast") == {"small"}
        assert models("--in", str(path), "--model", "big") == {"big"}
    assert models("a good film") == {"big"}
    assert models("--fast", "a good film") == {"small"}
    assert run("sentiment", "--fast", "--model", "big", "a film").code == 2


def test_words_and_sentences_are_shown_by_their_attention(run, make_bundle):
    scores = {"good": 4.0, "film": 0.5, ".": 0.0, "bad": -4.0}
    make_bundle(scores=scores, serving={"attention": True, "sentence_words": 4})
    ran = run("classify", "--model", "toy", "--explain", "--by", "attention", "A good film. Bad.")
    assert ran.code == 0, ran.err
    assert "attends to: good" in ran.out
    assert "%  A good film.\n" in ran.out

    make_bundle("plain")
    assert (
        "weigh its words by occlusion" in run("classify", "--model", "plain", "--explain", "--by", "attention", "a").err
    )


def test_the_course_along_a_text(run, make_bundle):
    make_bundle()
    text = "Good film. " * 4 + "Bad film. " * 4
    ran = run("sentiment", "--course", "--json", stdin=text.encode())
    course = ran.objects[0]["course"]
    assert [part["label"] for part in course] == ["positive"] * 4 + ["negative"] * 4
    assert {text[part["start"] : part["end"]] for part in course} == {"Good film.", "Bad film."}
    assert "course" not in run("sentiment", "--json", text).objects[0]
    said = run("sentiment", "--course", text).out
    assert re.search("^▇+.?▂+$", said, re.MULTILINE)
    assert "along the text, 8 parts: positive, from 0 to 1" in said
    assert said.partition("lowest")[2].count("Bad film.") == 3
    make_bundle("topics", {"a": [4.0, 0, 0], "b": [0, 4.0, 0]}, labels=("x", "y", "z"))
    assert "A y (2)  B x (1)" in run("classify", "--model", "topics", "--course", "a. b. b.").out
    assert "cat x.txt | dltext sentiment --course" in run("sentiment", "--course", "--in", "x.txt").err


def test_columns_are_named_by_their_options(run, make_bundle, tmp_path):
    make_bundle()
    path = tmp_path / "x.csv"
    path.write_text("height,stars\n1.5,5\n1.8,4\n")
    for arguments in (("data", "check", str(path)), ("sentiment", "--in", str(path)), ("data", "import", str(path))):
        ran = run(*arguments)
        assert ran.code == 1
        assert "Name the right text column (--text-column)" in ran.out + ran.err
    path.write_text("body,stars\na text,5\n")
    ran = run("data", "check", str(path), "--text-column", "body", "--label-column", "grade")
    assert "Name the right label column (--label-column)" in ran.out


def test_a_table_without_a_header_is_read_by_numbers(run, tmp_path):
    path = tmp_path / "news.csv"
    path.write_text("".join(f'{n % 2},"Title {n}","A text of number {n}, with a comma"\n' for n in range(40)))
    ran = run("data", "check", str(path))
    assert "Line 1 is no header but a record" in ran.out
    assert "text: column '3' (by what it holds)" in ran.out
    for arguments in ((), ("--text-column", "3", "--label-column", "1"), ("--read", "text=2", "--read", "label=1")):
        ran = run("data", "check", str(path), *arguments)
        assert ran.code == 0
        assert "train 32" in ran.out
    assert "text: column '2' (as you said)" in ran.out


def test_how_a_file_is_read_is_shown_and_decided(run, make_bundle, tmp_path):
    make_bundle()
    path = tmp_path / "odd.csv"
    rows = "".join(f"{n};ein Satz {n};{('gut', 'Gut', 'gut ', 'schlecht')[n % 4]}\n" for n in range(40))
    path.write_text(f"sep=;\nNr;Kommentar;Sterne\n{rows}")
    reading = json.loads(run("data", "check", str(path), "--json").out)["reading"]
    assert {key: reading[key] for key in ("format", "delimiter", "text", "label", "header")} == {
        "format": "csv", "delimiter": ";", "text": "Kommentar", "label": "Sterne", "header": True,
    }  # fmt: skip
    assert len(reading["preview"]) == 3
    assert "if they are the same" in run("data", "check", str(path)).out
    assert "gut 30" in run("data", "check", str(path), "--read", "labels=merge").out
    assert "if they are the same" in run("data", "check", str(path)).out  # it was said of that command alone
    for word in ("nonsense", "format=nonsense", "header=maybe", "encoding=nonsense"):
        ran = run("data", "check", str(path), "--read", word)
        assert ran.code in (1, 2)
        assert "\n" not in (ran.err + ran.out).strip() or "error:" in ran.out
    assert run("sentiment", "--in", str(path), "--read", "text=Nr").out.count("\n") == 40


def test_an_imported_corpus_can_be_removed(run, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(40)))
    assert run("data", "import", str(path), "--name", "mine").code == 0
    assert run("data", "remove", "mine").code == 2  # nobody is here to be asked
    assert run("data", "remove", "mine", "--yes").out == "removed mine\n"
    assert run("data", "remove", "mine", "--yes").code == 1
    assert "not an imported data set" in run("data", "remove", "demo", "--yes").err


@pytest.mark.parametrize("name", ["o.csv", "o.tsv", "o.csv.gz", "o.xlsx", "o.jsonl"])
def test_results_keep_the_columns_of_the_input_and_read_back(run, make_bundle, tmp_path, name):
    make_bundle()
    path = tmp_path / "in.csv"
    path.write_text('no,Review,label\n7,"a, text",x\n8,another é,y\n', encoding="utf-8")
    out = tmp_path / name
    assert run("sentiment", "--in", str(path), "--out", str(out)).code == 0
    opened = look(out)
    records = [values for _, values in opened.records()]
    if name == "o.jsonl":
        assert [values["columns.Review"] for values in records] == ["a, text", "another é"]
        return
    assert opened.reading.columns == ("id", "no", "Review", "label", "predicted_label", "probability")
    assert [(v["no"], v["Review"], v["label"]) for v in records] == [("7", "a, text", "x"), ("8", "another é", "y")]
    assert "exists" in run("sentiment", "--in", str(path), "--out", str(out)).err
    assert run("sentiment", "--in", str(path), "--out", "-").out.splitlines()[0].startswith("id\tno\tReview")
    assert run("sentiment", "--in", str(path), "--out", "/dev/null").code == 0


@pytest.mark.parametrize("name", ["o.ods", "O.XLS", "o.parquet"])
def test_results_are_not_written_into_what_other_programs_could_not_open(run, make_bundle, tmp_path, name):
    make_bundle()
    (tmp_path / "in.txt").write_text("a good film\n")
    ran = run("sentiment", "--in", str(tmp_path / "in.txt"), "--out", str(tmp_path / name))
    assert ran.code == 2
    assert "name a file that ends in .csv, .tsv, .jsonl or .xlsx" in ran.err
    assert not (tmp_path / name).exists()


def test_a_map_that_is_none_is_misuse(run):
    assert run("evaluate", "any", "--data", "x.csv", "--map", "nonsense").code == 2


def test_stdin_is_decoded_or_refused_like_a_file(run, make_bundle, tmp_path):
    make_bundle()
    for content, message in (
        (b"\x7fELF\x02\x01\x01\x00", "is a program (ELF)"),
        (b"%PDF-1.4\n", "is a PDF"),
    ):
        (tmp_path / "x.txt").write_bytes(content)
        for ran in (run("sentiment", "--in", "-", stdin=content), run("sentiment", "--in", str(tmp_path / "x.txt"))):
            assert ran.code == 1
            assert message in ran.err
            assert "'standard input'" not in ran.err
    for content in ("Le film était nul".encode("cp1252"), "A film".encode("utf-16-le")):
        (tmp_path / "x.txt").write_bytes(content)
        for ran in (
            run("sentiment", "--in", "-", stdin=content),
            run("sentiment", "--in", str(tmp_path / "x.txt")),
            run("sentiment", stdin=content),
        ):
            assert ran.code == 0, ran.err
    for content in (b"\x7fELF\x02\x01\x01\x00", b"\0\0\0\0"):
        ran = run("sentiment", stdin=content)
        assert ran.code == 1
        assert "standard input" in ran.err


def test_what_was_left_out_is_said_at_an_import(run, tmp_path):
    for name in ("a.txt", "b.txt", "c.png"):
        (tmp_path / "f").mkdir(exist_ok=True)
        (tmp_path / "f" / name).write_text("a text of some words")
    ran = run("data", "import", str(tmp_path / "f"))
    assert (ran.code, ran.out) == (0, "f\n")
    assert "1 file of other kinds (1 .png)" in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_never_waited_for(run, make_bundle, tmp_path):
    make_bundle()
    os.mkfifo(tmp_path / "pipe")
    path = str(tmp_path / "pipe")
    for arguments in (
        ("data", "check", path),
        ("data", "import", path),
        ("sentiment", "--in", path),
        ("search", "a", "--data", path),
        ("data", "check", "/dev/random"),
        ("data", "check", "-"),
    ):
        ran = run(*arguments)
        assert ran.code == 1
        assert any(word in ran.out + ran.err for word in ("named pipe", "a device", "once only"))
