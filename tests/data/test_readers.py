import csv
import gzip
import io
import itertools
import json
import lzma

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltext.data import decisions, lines
from dltext.data.errors import UserError
from dltext.data.readers import Columns, Row, read_file, read_kind, read_pieces

# Lone surrogates have no UTF-8; NUL bytes are refused on purpose.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def rows(path, *columns, **options) -> list[Row]:
    return list(read_file(path, *columns, **options))


@given(st.lists(st.tuples(texts, texts), max_size=8))
@shared_folder
def test_jsonl_gives_back_every_text(write, documents):
    for ascii_only in (True, False):
        path = write(
            "x.jsonl",
            "".join(
                json.dumps({"text": text, "label": label}, ensure_ascii=ascii_only) + "\n" for text, label in documents
            ),
        )
        assert [(row.text, row.label or "") for row in rows(path)] == [(t, label.strip()) for t, label in documents]


@given(st.lists(st.tuples(texts, texts), max_size=8), st.sampled_from(",;"))
@shared_folder
def test_csv_gives_back_every_text(write, documents, delimiter):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([("id", "text", "label"), *((n, *document) for n, document in enumerate(documents))])
    path = write("x.csv", stream.getvalue())
    assert [(row.id, row.text, row.label or "") for row in rows(path)] == [
        (str(n), text, label.strip()) for n, (text, label) in enumerate(documents)
    ]


def test_a_file_is_read_only_as_far_as_asked(write):
    path = write("long.jsonl", '{"text": "fine"}\n' * 3 + "broken\n")
    assert [row.text for row in itertools.islice(read_file(path), 3)] == ["fine"] * 3


def test_ids_are_the_files_own_or_the_records_number(write):
    path = write("x.jsonl", '{"text": "a", "id": 7}\n\n{"text": "b"}\n{"text": "c", "id": ""}\n')
    assert [row.id for row in rows(path)] == ["7", "2", "3"]


def test_numbers_and_truth_values_are_labels(write):
    path = write("x.jsonl", '{"text": "a", "label": 1}\n{"text": "b", "label": true}\n{"text": "c", "label": null}\n')
    assert [row.label for row in rows(path)] == ["1", "True", None]


def test_tsv_as_people_write_it(write):
    path = write(
        "x.tsv", 'text\tlabel\n"So good" he said\tpos\n"quoted ""twice"""\tneg\n"two\nlines"\tpos\n"tab\there"\tneg\n'
    )
    assert [(row.text, row.label) for row in rows(path)] == [
        ('"So good" he said', "pos"),
        ('quoted "twice"', "neg"),
        ("two\nlines", "pos"),
        ("tab\there", "neg"),
    ]


def test_plain_text_is_a_document_a_line_with_its_line_number(write):
    assert rows(write("x.txt", "first\r\n\n  second \n")) == [Row("1", "first"), Row("3", "second")]


def test_labelled_plain_text_is_recognised(write):
    tabbed = write("t.txt", "pos\tgood film\nneg\tbad film\npos\tgreat\nneg\tawful\n")
    assert [(row.label, row.text) for row in rows(tabbed)][:2] == [("pos", "good film"), ("neg", "bad film")]
    fasttext = write("f.txt", "__label__a one two\n__label__b three\n")
    assert [(row.label, row.text) for row in rows(fasttext)] == [("a", "one two"), ("b", "three")]


def test_kinds_that_cards_name(write):
    path = write("stsa", "1 a stirring film\n0 dull\n")
    assert [(r.label, r.text) for r in read_kind("label-space", path, Columns())] == [
        ("1", "a stirring film"),
        ("0", "dull"),
    ]
    polarity = write("rt.pos", "déjà vu\n".encode("cp1252"))
    assert list(read_kind("plain", polarity, Columns(), "cp1252", "pos")) == [Row("1", "déjà vu", "pos")]
    with pytest.raises(UserError, match=r"no reader 'parquet'.*jsonl"):
        list(read_kind("parquet", path, Columns()))


def test_folders_name_the_label_and_the_split(write, tmp_path):
    for name in ("f/test/neg/1.txt", "f/train/pos/2.txt", "f/train/neg/1.txt", "f/train/unsup/3.txt"):
        write(name, f"text of {name}\r\n")
    write("f/train/urls.txt", "http://somewhere")
    assert [(row.id, row.label, row.split) for row in rows(tmp_path / "f")] == [
        ("test/neg/1.txt", "neg", "test"),
        ("train/neg/1.txt", "neg", "train"),
        ("train/pos/2.txt", "pos", "train"),
        ("train/unsup/3.txt", None, "unsup"),
    ]
    assert rows(tmp_path / "f" / "test")[0] == Row("neg/1.txt", "text of f/test/neg/1.txt\n", "neg")


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_compressed_files(write, suffix, pack):
    content = pack(b"".join(b'{"text": "number %d"}\n' % n for n in range(2000)))
    assert len(rows(write(f"x.jsonl{suffix}", content))) == 2000
    with pytest.raises(UserError, match="damaged or cut short"):
        rows(write(f"y.jsonl{suffix}", content[: len(content) // 2]))
    with pytest.raises(UserError, match=rf"not compressed as its suffix \{suffix} says"):
        rows(write(f"z.jsonl{suffix}", b"this was never compressed"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [('{"text": "a;b", "label": "x"}\n', "jsonl"), ("text,label\na;b,x\n", "csv"), ("label\ttext\nx\ta;b\n", "tsv")],
)
def test_standard_input_is_guessed(monkeypatch, content, kind):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    assert rows("-") == [Row("1", "a;b", "x")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(write, encoding):
    text = "text,label\n你好，酒店,pos\ncafé,neg\n"
    assert [row.text for row in rows(write("x.csv", text.encode(encoding)))] == ["你好，酒店", "café"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", "height,stars\n1.5,5\n1.7,4\n", r"x\.csv, line 1: no column holds texts; there is 'height', 'stars'"),
        ("x.csv", "", r"x\.csv is empty"),
        ("x.csv", "text,label\none,a\ntwo\n", r"line 3: 1 column, where the header has 2"),
        ("x.csv", 'text,label\n"a\nb",x\n"never closed,y\nmore,z\n', r"line 4: a double quote is opened here"),
        ("x.csv", 'text,label\nfine,x\n"say "hi"",y\n', r"line 3: .*written twice"),
        ("x.jsonl", '{"text": "a"}\n{"text": \n', r"x\.jsonl, line 2: broken JSON at column"),
        ("x.jsonl", '{"text": "a"}\n[1]\n', r"line 2: a JSON object with a text is expected, this is a list"),
        ("x.json", '[\n{"text": "a"},\n{"text" "b"}\n]', r"line 3: broken JSON"),
        ("x.json", '[{"text": "a"}', r"line 1: broken JSON: .* and the end of the file stands there"),
        ("x.jsonl", '{"text": [3]}\n', r"line 1: 'text' is not a text but \[3\]"),
        ("x.jsonl", '{"text": "a", "label": [["x"]]}\n', r"line 1: the label is not one word"),
        (
            "x.txt",
            "un café élégant à côté\n".encode() * 2 + b"but caf\xe9\n",
            r"x\.txt, line 3: byte 8 of the line \(0xE9\)",
        ),
        ("x.txt", b"fine\nPK\x03\x04\x00 and other bytes\n", r"line 2: there are NUL bytes; this is a binary"),
        ("x.txt", b"\xff\xfea\x00b", r"starts as UTF-16 but goes on"),
    ],
)
def test_bad_input_gets_one_sentence_with_file_and_line(write, name, content, message):
    with pytest.raises(UserError, match=message) as caught:
        rows(write(name, content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "text,label\ngood,pos\nwell,\n"),
        ("x.tsv", "text\tlabel\ngood\tpos\nwell\t\n"),
        ("x.jsonl", '{"text": "good", "label": "pos"}\n\n{"text": "well", "label": " "}\n'),
    ],
)
def test_empty_labels_matter_only_where_labels_are_needed(write, name, content):
    path = write(name, content)
    assert [row.label for row in rows(path)] == ["pos", None]
    assert [row.label for row in rows(path, need_label=True)] == ["pos"]


def test_a_label_column_named_on_purpose_must_be_there(write):
    path = write("x.csv", "text,stars\ngood,5\n")
    assert rows(path)[0].label == "5"  # by its name
    assert rows(path, "text", "stars")[0].label == "5"
    with pytest.raises(UserError, match=r"no column 'grade'; there is 'text', 'stars'.*right label column"):
        rows(path, "text", "grade")


def test_what_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"none\.csv: there is no such file"):
        read_file(tmp_path / "none.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no text files are in this folder"):
        rows(tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("x.txt", b"short\n"),
        ("x.csv", b""),
        ("x.csv", b"text\n"),
        ("x.csv", b'text\n"'),
        ("x.tsv", b'text\tlabel\n"'),
        ("x.txt", b"\xff\xfes\0h\0\n\0"),
    ],
)
def test_an_endless_line_is_refused_before_it_fills_the_memory(write, monkeypatch, name, head):
    monkeypatch.setattr(lines, "LINE_LIMIT", 2**20)
    longest = taken = 0
    path = write(name, head + (b"a b\n" * 2**19 if head.endswith(b'"') else b"a" * 2**24))

    class Watched(io.BytesIO):
        def read1(self, size=-1):
            nonlocal longest, taken
            part = super().read1(size)
            longest, taken = max(longest, len(part)), taken + len(part)
            return part

    monkeypatch.setattr(lines, "open_bytes", lambda path: Watched(path.read_bytes()))
    monkeypatch.setattr(csv, "field_size_limit", lambda *new: 2**20)
    with pytest.raises(UserError, match=r"line \d+.*(over 1 MB|never closed)"):
        rows(path)
    assert 0 < longest <= 2**20
    assert taken <= (6 if name == "x.txt" else 2) * 2**20 + 2**19


LONG = "ein Wort für alle und 一行 \U0001f642 " * 40
ENCODED = {"utf-8": LONG, "utf-8-sig": LONG, "utf-16": LONG, "gb18030": LONG, "cp1252": "ein Wort für alle, " * 80}


@pytest.mark.parametrize("encoding", list(ENCODED))
@pytest.mark.parametrize("end", ["", "\n", "\r\nnoch eine\r\n\r\n"])
def test_a_plain_text_whose_first_line_is_over_the_limit_is_one_text(write, monkeypatch, encoding, end):
    for limit in range(101, 108):  # within characters of one to four bytes
        monkeypatch.setattr(lines, "LINE_LIMIT", limit)
        text = ENCODED[encoding]
        (row,) = rows(write("x.txt", (text + end).encode(encoding)))
        assert row.text == (text + end).replace("\r\n", "\n").strip()
        assert row.place == "line 1"


@pytest.mark.parametrize("limit", [*range(6, 15), 1000, 10**6])
def test_such_a_text_comes_in_pieces_as_it_is_whole(write, monkeypatch, limit):
    text = " \r\n\n  eins zwei \r\n" + LONG + "\r\n \r\ndrei\r\n" * 9 + "\n \n"
    for name, content in (("x.txt", text.encode()), ("x.txt.gz", gzip.compress(text.encode("utf-16")))):
        path = write(name, content)
        decisions.decide(str(path), {"unit": "document"})
        numbered = list(read_pieces(path, limit))
        (row,) = rows(path)
        assert "".join(piece for _, piece in numbered) == row.text == text.replace("\r\n", "\n").strip()
        assert (numbered[0][0], row.id) == (3, "3")
        assert max(len(piece) for _, piece in numbered) <= max(limit, 100) + 9
        decisions.decide(str(path), {})
    assert read_pieces(write("y.txt", "ein Text\nnoch einer\n"), limit) is None
    assert read_pieces(write("y.csv", "text\nein Text\n"), limit) is None
    assert read_pieces("-", limit) is None
    monkeypatch.setattr(lines, "LINE_LIMIT", 100)
    assert read_pieces(write("x.txt", LONG), limit) is not None


def test_of_standard_input_such_a_line_is_one_text_or_is_refused_as_one_of_many(monkeypatch):
    monkeypatch.setattr(lines, "LINE_LIMIT", 100)
    for content, read in ((LONG, {}), ("kurz\n" + LONG, {"unit": "document"})):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode()), encoding="utf-8"))
        assert [row.text for row in read_file("-", read=read)] == [content.strip()]
    for read in ({}, {"format": "csv"}, {"format": "jsonl"}):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"text\n" + LONG.encode()), encoding="utf-8"))
        with pytest.raises(UserError, match=r"line 2 is over"):
            list(read_file("-", read=read))


def test_where_a_line_is_a_text_each_one_over_the_limit_is_refused(write, monkeypatch):
    monkeypatch.setattr(lines, "LINE_LIMIT", 100)
    path = write("x.txt", LONG)
    for options in ({"read": {"unit": "line"}}, {"blanks": True}, {"read": {"format": "csv"}}):
        with pytest.raises(UserError, match=r"x\.txt, line 1 is over"):
            rows(path, **options)
    with pytest.raises(UserError, match=r"x\.txt, line 2 is over"):
        rows(write("x.txt", f"kurz\n{LONG}"))
    assert rows(write("x.txt", f"kurz\n{LONG}"), read={"unit": "document"})[0].text == f"kurz\n{LONG}".strip()


def test_a_text_that_is_too_long_or_damaged_says_so(write, monkeypatch):
    from dltext.data.formats import lines as plain

    monkeypatch.setattr(lines, "LINE_LIMIT", 100)
    for damage, said in ((b"\xff", r"line 1: byte 1763 of the line \(0xFF\) is not UTF-8"), (b"\0", "NUL bytes")):
        with pytest.raises(UserError, match=said):
            rows(write("x.txt", b"W\xc3\xb6 " * 440 + b"ab" + damage + b" cd" * 99), read={"encoding": "utf-8"})
    monkeypatch.setattr(plain, "DOCUMENT_LIMIT", 1000)
    with pytest.raises(UserError, match=r"x\.txt, line 1: one text of over 0 MB; divide it"):
        rows(write("x.txt", LONG))
