"""Files as people have them: read, or named in one sentence with what helps."""

import gzip
import inspect
import io
import json
import os
import sys
import threading

import pytest

from dltext.data import paths
from dltext.data.errors import UserError
from dltext.data.formats.opening import look
from dltext.data.guess import language_of_documents
from dltext.data.headers import columns_of
from dltext.data.pairs import open_pairs
from dltext.data.readers import read_file
from dltext.data.source import open_source
from dltext.data.texts import whole

ROWS = [(f"The film number {n} was {'grim' if n % 2 else 'fine'}", "neg" if n % 2 else "pos") for n in range(12)]


def rows(path, *columns, **options):
    return list(read_file(path, *columns, **options))


def pairs_of(records):
    return [(row.text, row.label) for row in records]


def refused(path, *columns, **options) -> str:
    with pytest.raises(UserError) as caught:
        rows(path, *columns, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


FORMS = {
    "x.csv": lambda: ["text,label", *(f"{text},{label}" for text, label in ROWS)],
    "quoted.csv": lambda: ['"text","label"', *(f'"{text}","{label}"' for text, label in ROWS)],
    "semicolon.csv": lambda: ["text;label", *(f"{text};{label}" for text, label in ROWS)],
    "x.tsv": lambda: ["text\tlabel", *(f"{text}\t{label}" for text, label in ROWS)],
    "bare.tsv": lambda: [f"{label}\t{text}" for text, label in ROWS],
    "labelled.txt": lambda: [f"{label}\t{text}" for text, label in ROWS],
    "fast.txt": lambda: [f"__label__{label} {text}" for text, label in ROWS],
    "x.jsonl": lambda: [f'{{"text": "{text}", "label": "{label}"}}' for text, label in ROWS],
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_line_end_in_any_format(write, name, end, last, encoding):
    path = write(name, (end.join(FORMS[name]()) + (end if last else "")).encode(encoding))
    assert pairs_of(rows(path)) == ROWS


def test_returns_within_a_quoted_text_are_no_line_ends_and_feeds_are_none_in_a_file_of_returns(write):
    path = write("x.csv", 'text,label\n"one\rtwo",pos\n"three",neg\n')
    assert [row.text for row in rows(path)] == ["one\rtwo", "three"]
    path = write("mac.csv", 'text,label\r"one\ntwo",pos\r"three\rfour",neg\r')
    assert [row.text for row in rows(path)] == ["one\ntwo", "three\nfour"]


def test_a_file_of_returns_is_read_across_the_chunks_that_it_comes_in(write, monkeypatch):
    from dltext.data import lines

    monkeypatch.setattr(lines, "CHUNK", 7)
    for end in ("\r", "\r\n", "\n"):
        path = write("x.txt", "\r" + end.join(text for text, _ in ROWS))
        assert [row.text for row in rows(path)] == [text for text, _ in ROWS]


def test_several_files_put_together_leave_no_byte_order_marks(write):
    part = "\ufeffpos\tgood\nneg\tbad\n".encode()
    assert {row.label for row in rows(write("x.txt", part * 3))} == {"pos", "neg"}
    part = '\ufeff{"text": "a"}\n'.encode()
    assert [row.text for row in rows(write("x.jsonl", part * 3))] == ["a"] * 3


def test_columns_of_one_name_are_refused_where_they_are_read(write):
    path = write("x.csv", "text,label,text\na,x,b\n")
    assert "line 1: the columns 1 and 3 are both called 'text'" in refused(path)
    path = write("y.tsv", "age\ttext\tlabel\tage\tage\n1\ta\tx\t2\t3\n")
    assert rows(path)[0].text == "a"
    assert "the columns 1, 4 and 5 are all called 'age'" in refused(path, values=("age",))
    assert rows(path, values=("*",))[0].values["age (column 4)"] == "2"
    assert "two values called 'text'" in refused(write("x.jsonl", '{"text": "a", "text": "b"}\n'))
    assert rows(write("z.csv", "text,label,,\na,x,,\n"))[0].label == "x"


def test_a_table_without_a_header_is_read_by_the_numbers_of_its_columns(write):
    path = write("news.csv", '3,"Fears rise","Stocks fell, today"\n4,"New chip","A chip was shown"\n')
    assert pairs_of(rows(path, "3", "1")) == [("Stocks fell, today", "3"), ("A chip was shown", "4")]
    assert pairs_of(rows(path, "2", "1"))[0] == ("Fears rise", "3")
    assert rows(path)[0].text == "Stocks fell, today"
    assert "Line 1 is no header but a record" in open_source(str(path), min_labels=0).notes[0]
    assert "there is no column 4; there are 3" in refused(path, "4")
    assert "there is no column 0" in refused(path, "0")
    assert columns_of(path) == ("1", "2", "3")
    assert pairs_of(rows(write("h.csv", "label;text\nx;a\n"), "2", "1")) == [("a", "x")]  # a header all the same
    assert pairs_of(rows(write("p.csv", ",0,1\n0,a text,x\n"), "0", "1")) == [("a text", "x")]  # as pandas writes it
    assert pairs_of(rows(write("n.txt", "a\tx\nb\ty\n"), "1", "2")) == [("a", "x"), ("b", "y")]


def test_a_tsv_of_labels_and_texts_is_what_the_same_txt_is(write):
    content = "ham\tGo home early tonight please\nspam\tWin a prize\nham\tSee you\nspam\tCall\n"
    assert rows(write("sms.tsv", content)) == rows(write("sms.txt", content))


@pytest.mark.parametrize("line", ["__label__a\ttab text", "__label__a   blanks", "  __label__a before"])
def test_a_fasttext_label_ends_at_any_white_space(write, line):
    row = rows(write("x.txt", f"{line}\n"))[0]
    assert (row.label, row.text) == ("a", line.split(None, 1)[1].strip())


@pytest.mark.parametrize("comma", [",", " , ", ",  "])
def test_a_comma_between_fasttext_labels_and_texts_belongs_to_neither(write, comma):
    path = write("x.txt", f"__label__a{comma}One, two\n__label__b{comma}three\n")
    assert [(row.label, row.text) for row in rows(path)] == [("a", "One, two"), ("b", "three")]
    mixed = write("y.txt", "__label__a , one\n__label__b three\n")
    assert [(row.label, row.text) for row in rows(mixed)] == [("a", ", one"), ("b", "three")]


@pytest.mark.parametrize("padding", [0, 3_000_000])
def test_a_list_for_each_part_is_read_as_parts(write, padding):
    parts = {name: [{"text": f"{name} {n}", "label": "ab"[n % 2]} for n in range(4)] for name in ("train", "Test")}
    parts["train"][0]["text"] += "x" * padding
    path = write("x.json", json.dumps({"version": 1, **parts, "authors": [{"text": "nobody"}]}))
    assert [(row.text[:8].strip("x "), row.split) for row in rows(path)] == [
        *((f"train {n}", "train") for n in range(4)), *((f"Test {n}", "test") for n in range(4))
    ]  # fmt: skip
    assert "a list for each part" in look(path).reading.sentences()[0]


@pytest.mark.parametrize(
    "line", ["__label__a __label__b text", "__label__a text __label__b", "text __label__a\t__label__b"]
)
def test_several_fasttext_labels_are_kept_and_never_left_in_the_text(write, line):
    path = write("x.txt", f"__label__a fine\n{line}\nlast __label__c\n")
    assert [(row.text, row.label, row.labels) for row in rows(path)] == [
        ("fine", "a", ()), ("text", None, ("a", "b")), ("last", "c", ()),
    ]  # fmt: skip
    source = open_source(str(path))
    assert (source.target, source.labels) == ("labels", ("a", "b", "c"))
    assert any("1 document has several labels" in note and "labels=first" in note for note in source.notes)


@pytest.mark.parametrize(
    ("name", "content", "labels"),
    [
        ("x.json", '[{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]', ["x", "y"]),
        ("x.json", '[\n {\n  "text": "a"\n },\n {"text": "b"}\n]', [None, None]),
        ("x.json", '{"data": [{"text": "a"}, {"text": "b"}]}', [None, None]),
        ("x.json", '{\n "version": 1,\n "rows here": [\n  {"text": "a"}, {"text": "b"}\n ]\n}', [None, None]),
        ("x.json", '{"a": {"items": [{"text": "a"}, {"text": "b"}]}}', [None, None]),
        ("x.jsonl", '{\n "text": "a"\n}\n{\n "text": "b"\n}\n', [None, None]),
        ("x.jsonl", '{"text": "a"}{"text": "b"}', [None, None]),
        ("x.jsonl", '{"data": {"text": "a"}, "label": "x"}\n{"data": {"text": "b"}, "label": "y"}\n', ["x", "y"]),
        ("x.jsonl", '{"data": "a", "label": ["x"]}\n{"data": "b", "label": ["y"]}\n', ["x", "y"]),
        ("x.jsonl", '["a", "x"]\n["b", "y"]\n["a", "x"]\n["b", "y"]\n', ["x", "y", "x", "y"]),
        ("x.json", '["a", "b"]', [None, None]),
        ("x.json", '{"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}', ["x", "y"]),
        ("x.json", '{"text": ["a", "b"], "label": ["x", "y"]}', ["x", "y"]),
        ("x.json", '{"columns": ["text", "label"], "index": [0, 1], "data": [["a", "x"], ["b", "y"]]}', ["x", "y"]),
        ("x.json", '{"7": {"text": "a", "label": "x"}, "9": {"text": "b", "label": "y"}}', ["x", "y"]),
        ("x.jsonl", '{"text": "a", "cats": {"x": 1, "y": 0}}\n{"text": "b", "cats": {"x": 0, "y": 1}}\n', ["x", "y"]),
        ("x.txt", '[{"text": "a"},\n{"text": "b"}]', [None, None]),
        (
            "x.json",
            '[{"id": 1, "data": {"text": "a"}, "annotations": [{"result": [{"value": {"choices": ["x"]}}]}]},'
            ' {"id": 2, "data": {"text": "b"}, "annotations": [{"result": [{"value": {"choices": ["y"]}}]}]}]',
            ["x", "y"],
        ),
    ],
)
def test_json_is_read_in_the_shapes_that_people_have(write, name, content, labels):
    read = rows(write(name, content))
    assert [row.text for row in read] == ["a", "b"] * (len(read) // 2)
    assert [row.label for row in read] == labels


def test_a_large_object_is_read_as_a_stream(write):
    records = ",\n".join('{"text": "a text of some length"}' for _ in range(40_000))
    path = write("x.json", '{"note": "x",\n"items": [\n' + records + "]}")
    assert len(rows(path)) == 40_000
    assert len(rows(path, read={"records": "items"})) == 40_000
    with pytest.raises(UserError, match=r"there is no 'rows' in it.*'note', 'items'"):
        rows(path, read={"records": "rows"})


def test_one_label_in_a_list_is_a_label_and_nan_is_none(write):
    path = write(
        "x.jsonl",
        '{"text": "a", "label": ["pos"]}\n{"text": "b", "label": NaN}\n{"text": "c", "label": {"choices": ["neg"]}}\n',
    )
    assert [row.label for row in rows(path)] == ["pos", None, "neg"]
    path = write("x.csv", 'text,label\na,"{""choices"": [""neg""]}"\nb,"[""pos""]"\nc,[unclear]\n')
    assert [row.label for row in rows(path)] == ["neg", "pos", "[unclear]"]
    several = rows(write("y.csv", 'text,label\na,"{""choices"": [""neg"", ""x""]}"\n'))[0]
    assert (several.label, several.labels) == (None, ("neg", "x"))


@pytest.mark.parametrize("number", ["1" * 5000, '"x"}}'])
def test_what_is_no_json_is_one_sentence(write, number):
    assert "x.jsonl, line 1: " in refused(write("x.jsonl", f'{{"text": "a", "label": {number}}}\n'))


def test_a_lone_surrogate_is_replaced_wherever_it_stands(write):
    path = write("x.jsonl", r'{"text": "a \ud83d b", "label": "p\udc00", "id": "\ud83d", "n": "\ud800"}' + "\n")
    row = rows(path, values=("n",))[0]
    assert (row.text, row.label, row.id, row.values) == ("a \ufffd b", "p\ufffd", "\ufffd", {"n": "\ufffd"})
    assert rows(write("y.jsonl", r'{"text": "\ud83d\ude00"}'))[0].text == "\U0001f600"
    assert rows(write("z.txt", b"a \xed\xa0\xbd b\n"))[0].text == "a \ufffd b"
    assert rows(write("w.txt", "\ufeffa \ud83d b\n".encode("utf-16-le", "surrogatepass")))[0].text == "a \ufffd b"
    assert whole("\ud83d\ude00\ud83d") == "\U0001f600\ufffd"
    text = "whole"
    assert whole(text) is text


BINARY = {
    "a PDF": b"%PDF-1.4\n1 0 obj\n",
    "a Word document": b"PK\x03\x04" + bytes(22) + b"\x11\x00\x00\x00word/document.xml",
    "an Excel workbook": b"PK\x03\x04" + bytes(22) + b"\x0f\x00\x00\x00xl/workbook.xml",
    "a zip archive": b"PK\x03\x04\x14\x00\x00\x00a.txt",
    "a file of an old Microsoft Office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00",
    "an SQLite database": b"SQLite format 3\x00\x00",
    "an SPSS file": b"$FL2@(#) SPSS DATA FILE" + bytes(40),
    "a Stata file": b"<stata_dta><header><release>118" + bytes(40),
    "a SAS file": bytes(12) + b"\xc2\xea\x81\x60" + bytes(40),
    "a file of R": b"X\n\x00\x00\x00\x03" + bytes(40),
    "an Access database": b"\x00\x01\x00\x00Standard ACE DB" + bytes(40),
    "compressed with zstd": b"\x28\xb5\x2f\xfd\x00\x00",
    "an HTML page": b"\n<!DOCTYPE html>\n<html><body><script>x</script></body></html>",
    "an image (PNG)": b"\x89PNG\r\n\x1a\n\x00",
    "an image (JPEG)": b"\xff\xd8\xff\xe0\x00",
    "an image (WebP)": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "a sound file (WAV)": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "a film or sound file (MP4)": b"\x00\x00\x00\x18ftypmp42",
    "a program (ELF)": b"\x7fELF\x02\x01\x01\x00",
    "a Parquet file": b"PAR1\x15\x04",
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\x00",
    "a tar archive": b"a.txt".ljust(256, b"\x00") + b"\x00ustar  ",
}


@pytest.mark.parametrize("what", BINARY)
def test_what_is_no_text_is_named_for_what_it_is(write, what, monkeypatch):
    for name in ("x.txt", "x.csv", "x.jsonl"):
        message = refused(write(name, BINARY[what]))
        assert f"{name} is {what}" in message
        assert "iconv" not in message
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BINARY[what])))
    message = refused("-")
    assert f"standard input is {what}" in message
    assert "'standard input'" not in message


@pytest.mark.parametrize(
    "text", ["PNG vs. WEBP\n", "the ftyp box\n", "BZh is no archive\n", "PAR1,x\n", "7z is\n", "MZ\n"]
)
def test_texts_that_begin_like_something_else_are_texts(write, text):
    assert [row.text for row in rows(write("x.txt", text))] == [text.strip()]


def test_compression_is_known_by_what_it_is(write):
    content = "".join(f"{text}\n" for text, _ in ROWS).encode()
    assert len(rows(write("packed.txt", gzip.compress(content)))) == len(ROWS)
    assert "take the suffix off its name" in refused(write("plain.txt.gz", content))
    assert rows(write("latin.csv.gz", gzip.compress("text\ncafé\n".encode("cp1252"))))[0].text == "café"


def test_encodings_are_known_in_a_file_and_on_the_standard_input(write, monkeypatch):
    for text, encoding in (
        ("Le film était mauvais, « nul »", "cp1252"),
        ("A film was dull", "utf-16-le"),
        ("这家酒店的房间很大，服务也非常好，我们下次还会再来", "gb18030"),
        ("この映画はとても面白かったので、また見たいと思います", "cp932"),
    ):
        content = f"plain words first\n{text}\n".encode(encoding)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert [row.text for row in rows("-")] == [row.text for row in rows(write("x.txt", content))] == [
            "plain words first", text,
        ]  # fmt: skip
        table = f'text,label\n"{text}",x\n'.encode(encoding)
        assert open_source(str(write("x.csv", table)), min_labels=1).reading.encoding == encoding
    assert rows(write("y.txt", "é".encode("cp850")), read={"encoding": "cp850"})[0].text == "é"


def test_pipes_and_devices_are_refused_and_never_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/zero"):
        assert "named pipe" in refused(path) or "device" in refused(path)
        for opened in (open_source, open_pairs):
            with pytest.raises(UserError, match=r"named pipe|device"):
                opened(str(path))
    for stream in ("-", "/dev/stdin"):
        with pytest.raises(UserError, match="can be read once only"):
            open_source(stream)
    received = []
    reader, writer = os.pipe()
    thread = threading.Thread(target=lambda: received.extend(rows(f"/dev/fd/{reader}")))
    thread.start()
    os.write(writer, b"text,label\na,x\n")
    os.close(writer)
    thread.join(5)
    os.close(reader)
    assert pairs_of(received) == [("a", "x")]


# ---------------------------------------------------------------------------------------------- names


def test_a_path_with_a_tilde_is_what_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert paths.expand("~/x.csv") == tmp_path / "me" / "x.csv"
    (tmp_path / "~tilde.csv").write_text("text,label\na,x\nb,y\n")
    assert paths.expand("~tilde.csv").name == "~tilde.csv"
    assert len(rows("~tilde.csv")) == 2
    assert open_source("~tilde.csv").labels == ("x", "y")
    for call in (paths.expand, open_source, open_pairs, read_file):
        with pytest.raises(UserError, match="there is no user 'nosuchuser'"):
            call("~nosuchuser/x.csv")


@pytest.mark.parametrize("letter", ["a", "é", "文"])
def test_long_names_can_be_written_and_read(tmp_path, letter):
    name = f"{letter * (250 // len(letter.encode()))}.csv"
    with paths.atomic_open(tmp_path / name) as stream:
        stream.write("text,label\na,x\n")
    assert len(rows(tmp_path / name)) == 1
    with pytest.raises(UserError, match="too long"):
        open_source("a" * 5000)


def test_names_that_are_no_utf8(tmp_path):
    folder = tmp_path / os.fsdecode(b"f\xff")
    try:
        for label in ("pos", os.fsdecode(b"n\xfe")):
            (folder / label).mkdir(parents=True)
            for number in range(4):
                (folder / label / os.fsdecode(b"%d\xfd.txt" % number)).write_text("a text")
    except OSError:
        pytest.skip("this file system takes no such names")
    source = open_source(str(folder))
    assert source.labels == ("n\ufffd", "pos")
    assert all(whole(part) == part for row in source.rows("all") for part in (row.id, row.label or ""))
    paths.write_json(tmp_path / "x.json", {"data": str(folder)})


# ---------------------------------------------------------------------------------------------- folders


def test_what_is_left_out_of_a_folder_is_said(write, tmp_path):
    for name in ("f/a.txt", "f/b.TXT", "f/README", "f/c.png", "f/d.png", "f/e.xlsx", "f/.hidden.log"):
        write(name, "a text")
    assert len(rows(tmp_path / "f")) == 3
    assert open_source(str(tmp_path / "f"), min_labels=0).notes == (
        "Left out of the folder: 3 files of other kinds (2 .png, 1 .xlsx).",
    )
    for name in ("g/pos/1.txt", "g/neg/1.txt", "g/x.txt"):
        write(name, "a text")
    assert open_source(str(tmp_path / "g")).notes == ("Left out of the folder: 1 document beside the sub-folders.",)
    (tmp_path / "h").mkdir()
    write("h/a.png", "text\n")
    assert "1 file of other kinds (1 .png)" in refused(tmp_path / "h")
    write("h/train.csv", "text,label\na,x\n")
    write("h/test.csv", "text,label\nb,x\n")
    assert [(row.text, row.split) for row in rows(tmp_path / "h")] == [("b", "test"), ("a", "train")]
    assert open_source(str(tmp_path / "g" / "pos"), min_labels=0).notes == ()


def test_links_neither_loop_nor_double(write, tmp_path):
    for name in ("f/pos/1.txt", "f/zeta/1.txt", "other/2.txt"):
        write(name, f"text of {name}")
    (tmp_path / "f" / "pos" / "up").symlink_to("..")
    (tmp_path / "f" / "pos" / "far").symlink_to(tmp_path)
    (tmp_path / "f" / "alias").symlink_to("zeta")
    (tmp_path / "f" / "outside").symlink_to(tmp_path / "other")
    (tmp_path / "f" / "again").symlink_to(tmp_path / "other")
    ids_and_labels = [(row.id, row.label) for row in rows(tmp_path / "f")]
    assert ids_and_labels == [("again/2.txt", "again"), ("pos/1.txt", "pos"), ("zeta/1.txt", "zeta")]
    assert "4 links" in open_source(str(tmp_path / "f")).notes[0]


def test_a_deep_folder_is_no_matter(tmp_path):
    place = tmp_path / "deep"
    for _ in range(200):
        place = place / "d"
    place.mkdir(parents=True)
    (place / "x.txt").write_text("a text")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 120)
    try:
        assert [row.text for row in rows(tmp_path / "deep")] == ["a text"]
    finally:
        sys.setrecursionlimit(limit)


def test_a_file_that_changes_while_it_is_read_is_not_trained_on(write):
    path = write("x.csv", "text,label\n" + "".join(f"{text},{label}\n" for text, label in ROWS * 3))
    source = open_source(str(path))
    list(source.rows("train"))
    path.write_text("text,label\nother,z\n")
    with pytest.raises(UserError, match="changed while it was read"):
        list(source.rows("train"))


# ---------------------------------------------------------------------------------------------- memories

HEAD = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4">'
UNIT = '<tu><tuv xml:lang="en"><seg>{0}</seg></tuv><tuv xml:lang="fr"><seg>{1}</seg></tuv></tu>'


def memory(*units: str, source: str = "en") -> str:
    return f'{HEAD}<header srclang="{source}"/><body>{"".join(units)}</body></tmx>'


def test_a_memory_is_pairs(write):
    units = [UNIT.format(f"the red dog {n} &amp; more", f"le <hi>chien</hi> rouge {n}<ph>%d</ph>") for n in range(30)]
    path = write("m.tmx", memory(*units))
    pairs = open_pairs(str(path))
    assert (pairs.source_language, pairs.target_language) == ("en", "fr")
    assert sum(pairs.counts.values()) == 30
    first = next(pair for pair in pairs.rows("all") if pair.id == "1")
    assert (first.source, first.target) == ("the red dog 0 & more", "le chien rouge 0")
    turned = open_pairs(str(path), "fr", "en")
    assert (turned.source_language, next(turned.rows("all")).source[:8]) == ("fr", "le chien")
    assert rows(path)[0].text == "the red dog 0 & more"
    assert len(rows(write("m.xml", memory(*units)))) == 30


def test_the_memorys_own_source_language_comes_first(write):
    path = write("m.tmx", memory(UNIT.format("dog", "chien"), UNIT.format("cat", "chat"), source="fr"))
    assert open_pairs(str(path)).source_language == "fr"
    third = '<tu><tuv xml:lang="en-GB"><seg>a</seg></tuv><tuv xml:lang="de"><seg>b</seg></tuv></tu>'
    path = write("n.tmx", memory(UNIT.format("dog", "chien"), third))
    assert sum(open_pairs(str(path)).counts.values()) == 1
    with pytest.raises(UserError, match="has not 'en' and 'it'; it has en, fr"):
        open_pairs(str(path), "en", "it")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_memory_in_the_encoding_that_it_declares(write, encoding):
    content = memory(UNIT.format("summer", "été")).replace("UTF-8", encoding)
    assert next(open_pairs(str(write("m.tmx", content.encode(encoding)))).rows("train")).target == "été"


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 100}">' for n in range(10))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (memory(UNIT.format("a", "&e9;")).replace('SYSTEM "tmx14.dtd"', f"[{BOMB}]"), "an XML entity of its own"),
        (
            memory(UNIT.format("a", "&x;")).replace('"tmx14.dtd"', '"x" [<!ENTITY x SYSTEM "file:///etc/passwd">]'),
            "an XML entity of its own",
        ),
        (memory(UNIT.format("a", "b"))[:-20], "broken XML"),
        (memory(UNIT.format("a", "<b>")), "line 1: broken XML"),
        (HEAD + "<x>" * 5000, "nested too deeply"),
        ("<?xml version='1.0'?><rss></rss>", "no translation memory"),
        (memory(), "first unit has not two languages|no translation unit"),
        ("", "is empty"),
    ],
)
def test_a_broken_or_hostile_memory_is_one_sentence(write, content, message):
    with pytest.raises(UserError, match=message) as caught:
        open_pairs(str(write("m.tmx", content)))
    assert "\n" not in str(caught.value)


# --------------------------------------------------------------------------------------------- language


def test_english_without_function_words_is_english():
    titles = ["Red cotton shirt XL", "Blue wool coat", "Leather shoes black 42", "Coffee maker steel", "Tea pot glass"]
    assert language_of_documents(titles) == "en"
    assert language_of_documents([*titles * 10, "Café crème"]) == "en"


@pytest.mark.parametrize(
    "texts",
    [
        ["Chemise en coton pour homme avec une poche", "Manteau de laine pour les enfants"],
        ["Ein rotes Hemd mit Tasche und Knopf", "Schuhe für den Winter"],
        ["Красная рубашка", "Синее пальто"],
        ["4711", "0815 22", "A1 B2 C3"],
        [],
    ],
)
def test_what_is_not_english_is_not_taken_for_it(texts):
    assert language_of_documents(texts) == "und"


def test_a_bare_return_in_a_row_of_tabs_is_one_sentence(write):
    assert "line 2: there are bare carriage returns" in refused(write("x.tsv", 'text\tlabel\n"a\rb"c\rd\n'))


# ------------------------------------------------------------------------------------- tables as people have them


ODD = {
    "pipes": ("text|label\n" + "".join(f"{text}|{label}\n" for text, label in ROWS), "utf-8"),
    "Excel's first line": ("sep=;\nReview Text;stars\n" + "".join(f"{t};{label}\n" for t, label in ROWS), "utf-8"),
    "a header of two lines": (
        '"Your\ncomment","Rating\n(a-z)"\n' + "".join(f'"{text}",{label}\n' for text, label in ROWS), "utf-8"
    ),
    "rows of separators alone": ("Kommentar;Kategorie;\n" + "".join(f"{t};{la};\n;;\n" for t, la in ROWS), "utf-8"),
    "Excel's Unicode text": ("Review\tStars\n" + "".join(f"{text}\t{label}\n" for text, label in ROWS), "utf-16"),
    "no header": ("".join(f'"{label}","17{n}","{text}"\n' for n, (text, label) in enumerate(ROWS)), "cp1252"),
    "Japanese names": ("レビュー,ラベル\n" + "".join(f"{text},{label}\n" for text, label in ROWS), "cp932"),
    "names among others": (
        "Timestamp,Age,Gender,sentiment,Please tell us more\n"
        + "".join(f'2024-01-{n + 1:02d},{20 + n},{"fm"[n % 2]},{la},"{text}"\n' for n, (text, la) in enumerate(ROWS)),
        "utf-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_tables_are_read_as_people_have_them(write, what):
    content, encoding = ODD[what]
    path = write("x.csv", content.encode(encoding))
    assert pairs_of(rows(path)) == ROWS
    assert open_source(str(path)).labels == ("neg", "pos")
