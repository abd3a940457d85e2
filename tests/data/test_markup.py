import io
import tarfile

import pytest

from dltext.data import markup
from dltext.data.errors import UserError
from dltext.data.readers import Columns, Row, read_file, read_kind
from dltext.data.rows import EVERY

STORIES = """<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<TOPICS><D>cocoa</D></TOPICS>
<TEXT>&#2;
<TITLE>BAHIA &amp; COCOA</TITLE>
<DATELINE>    SALVADOR, Feb 26 - </DATELINE><BODY>Showers continued, at &lt;5 pct,
in the Bahia zone.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="TEST" OLDID="5545" NEWID="2">
<TEXT TYPE="BRIEF">&#2;
******<TITLE>CAF\xc9 UP</TITLE>
Blah blah blah.
&#3;</TEXT>
</REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="NOT-USED" OLDID="5546" NEWID="3">
<TEXT TYPE="UNPROC">&#2;
shr 5 cts
&#3;</TEXT>
</REUTERS>
"""


def packed(files: dict[str, str], mode: str = "w:xz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            content = text.encode("latin-1")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def test_stories_of_an_archive(write):
    path = write("r.tar.xz", packed({"r/reut2-000.sgm": STORIES, "r/README.txt": "no stories", "r/a.sgm": "neither"}))
    rows = list(read_kind("reuters", path, Columns(), "latin-1", member="*/reut2-*.sgm"))
    assert rows == [
        Row(
            "1",
            "Showers continued, at <5 pct,\nin the Bahia zone.\n Reuter",
            "cocoa",
            split="train",
            title="BAHIA & COCOA",
        ),
        Row("2", "CAFÉ UP", split="test", title="CAFÉ UP"),
        Row("3", "shr 5 cts", split="unsup"),
    ]


def test_stories_of_a_file_of_ones_own(write):
    assert [row.split for row in read_file(write("own.sgm", STORIES))] == ["train", "test", "unsup"]


def test_topics_dates_and_places_of_a_file_of_ones_own(write):
    several = """<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" NEWID="7">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>grain</D><D>wheat</D><D>grain</D></TOPICS>
<PLACES><D>el-salvador</D><D>usa</D></PLACES>
<TEXT>&#2;<TITLE>GRAIN UP</TITLE><BODY>Wheat rose. &#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="TEST" NEWID="8">
<TOPICS><D>earn</D></TOPICS>
<TEXT>&#2;<TITLE>NOT INDEXED</TITLE><BODY>Nobody looked for topics.</BODY></TEXT>
</REUTERS>
"""
    path = write("own.sgm", several)
    rows = list(read_file(path, values=EVERY))
    assert [row.names for row in rows] == [("grain", "wheat"), ()]
    assert rows[0].values["date"] == "26-FEB-1987 15:01:01.79"
    assert rows[0].values["places"] == "el-salvador; usa"
    topics = list(read_kind("reuters-topics", path, Columns()))
    assert [(row.text, row.names) for row in topics] == [("GRAIN UP\nWheat rose.", ("grain", "wheat"))]


def test_archives_that_cannot_be_read(write):
    whole = packed({"r/reut2-000.sgm": STORIES * 50})
    with pytest.raises(UserError, match=r"r\.tar\.xz is not a readable archive"):
        list(read_kind("reuters", write("r.tar.xz", whole[: len(whole) // 2]), Columns(), "latin-1", member="*"))
    with pytest.raises(UserError, match=r"nothing in this archive is called \*\.txt"):
        list(read_kind("reuters", write("s.tar.xz", whole), Columns(), member="*.txt"))
    bad = write("t.tar.xz", packed({"a.sgm": STORIES.rpartition("</REUTERS>")[0]}))
    with pytest.raises(UserError, match=r"t\.tar\.xz:a\.sgm, line 17: this <REUTERS> is not closed"):
        list(read_kind("reuters", bad, Columns(), "latin-1", member="*"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("plain text\n", r"x\.sgm: there is no <REUTERS> in it"),
        ('<REUTERS NEWID="1">\n<TEXT>\n<REUTERS NEWID="2">\n', r"x\.sgm, line 1: this <REUTERS> is not closed"),
    ],
)
def test_what_is_not_newswire(write, content, message):
    with pytest.raises(UserError, match=message):
        list(read_file(write("x.sgm", content)))


def test_passages_without_their_questions(write):
    path = write(
        "q.json",
        '{"data": [{"title": "T", "paragraphs": [{"id": "D0", "context": "first", "qas": [1, 2]},\n'
        '{"context": "second", "qas": []}]}, {"paragraphs": [{"context": "third"}]}]}',
    )
    assert list(read_kind("contexts", path, Columns())) == [
        Row("D0", "first", title="T"),
        Row("2", "second", title="T"),
        Row("3", "third"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"data": [\n{"paragraphs": ', r"q\.json, line 2: broken JSON"),
        ("[]", "not in the shape of SQuAD"),
        ('{"data": [{"paragraphs": [{"text": "x"}]}]}', "not in the shape of SQuAD"),
        ('{"data": ["x"]}', "not in the shape of SQuAD"),
    ],
)
def test_what_holds_no_passages(write, content, message):
    with pytest.raises(UserError, match=message):
        list(read_kind("contexts", write("q.json", content), Columns()))


def test_a_document_a_paragraph(write):
    path = write("p.txt", "\nFirst Citizen:\r\nSpeak, speak.\n\n \nAll:\nResolved.")
    assert list(read_kind("paragraphs", path, Columns())) == [
        Row("2", "First Citizen:\nSpeak, speak."),
        Row("6", "All:\nResolved."),
    ]


def test_a_paragraph_without_end_is_refused(write, monkeypatch):
    monkeypatch.setattr(markup, "LINE_LIMIT", 100)
    with pytest.raises(UserError, match=r"p\.txt, line 1: a paragraph of over"):
        list(read_kind("paragraphs", write("p.txt", "a line\n" * 50), Columns()))


def test_one_side_of_pairs(write):
    path = write("p.tsv", "Hi.\t你好。\tby me\n\nRun!\t 跑！\n")
    assert list(read_kind("fields", path, Columns("2"))) == [Row("1", "你好。"), Row("3", "跑！")]
    with pytest.raises(UserError, match=r"p\.tsv, line 3: there are 2 fields, where 3 are expected"):
        list(read_kind("fields", path, Columns("3")))
    with pytest.raises(UserError, match=r"line 1: there is 1 field, where 2 are expected, with tabs between"):
        list(read_kind("fields", write("one.tsv", "Hi.\n"), Columns("2")))
    for name in ("text", "0", "-1"):
        with pytest.raises(UserError, match="name its text column by number, from 1"):
            list(read_kind("fields", path, Columns(name)))


def test_both_sides_of_pairs(write):
    path = write("p.tsv", "Hi.\t 你好。 \tby me\r\n\r\nRun!\t\n")
    assert list(read_kind("fields", path, Columns("1", title="2"))) == [
        Row("1", "Hi.", title="你好。"),
        Row("3", "Run!", title=""),
    ]
    assert [row.title for row in read_kind("fields", path, Columns("2", title="1"))] == ["Hi.", "Run!"]
    for column in ("title", "0"):  # what is no number names no field of a table without a header
        assert next(read_kind("fields", path, Columns("1", title=column))).title is None
    with pytest.raises(UserError, match=r"p\.tsv, line 3: there are 2 fields, where 3 are expected"):
        list(read_kind("fields", path, Columns("1", title="3")))


def test_a_title_stands_beside_the_text(write):
    path = write("t.jsonl", '{"Abstract": "we show", "Title": "On it"}\n{"Abstract": "b", "Title": ""}\n')
    rows = list(read_kind("jsonl", path, Columns("Abstract", title="Title")))
    assert [(row.text, row.title) for row in rows] == [("we show", "On it"), ("b", None)]
