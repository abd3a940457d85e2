"""Tables as databases, annotation programs and people with many files write them."""

import json

import pytest

from dltext.data.formats.opening import look
from dltext.data.readers import read_file


def rows(path, *columns):
    return list(read_file(path, *columns))


def pairs_of(read):
    return [(row.text, row.label) for row in read]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("s.csv", "'text','label'\n'a, b','x'\n'it''s \"c\"','y'\n", [("a, b", "x"), ('it\'s "c"', "y")]),
        ("b.csv", 'text,label\na,x\n"say \\"b\\", and\nc\\\\d",y\n"""e""",x\n',
         [("a", "x"), ('say "b", and\nc\\d', "y"), ('"e"', "x")]),
        ("t.csv", "sep=\\t\ntext\tlabel\na, b\tx\n", [("a, b", "x")]),
        ("r.json", '[["text", "label"], ["a", "x"], ["b"]]', [("a", "x"), ("b", None)]),
        ("n.json", '[["a good day", "x"], ["a bad day", "y"], ["so good", "x"], ["so bad", "y"]]',
         [("a good day", "x"), ("a bad day", "y"), ("so good", "x"), ("so bad", "y")]),
    ],
)  # fmt: skip
def test_quotes_escapes_and_rows_as_other_programs_write_them(write, name, content, expected) -> None:
    columns = ("1", "2") if name == "n.json" else ()
    assert pairs_of(rows(write(name, content), *columns)) == expected


def test_what_an_annotator_rejected_is_left_out_and_counted(write) -> None:
    records = [("a", "accept"), ("b", "reject"), ("c", "ignore"), ("d", "accept")]
    path = write("p.jsonl", "".join(json.dumps({"text": text, "label": "x", "answer": said}) + "\n"
                                    for text, said in records))  # fmt: skip
    opened = look(path)
    assert [row.text for row in opened.rows()] == ["a", "d"]
    assert opened.source.left_out == {"records that were rejected or ignored": 2}
    answers = write("q.jsonl", '{"text": "a", "answer": "yes"}\n{"text": "b", "answer": "reject"}\n')
    assert len(list(look(answers).rows())) == 2  # a column that happens to be called so


def test_a_stray_table_does_not_decide_for_its_folder(write, tmp_path) -> None:
    for name, content in (
        ("a.csv", "x,y\n1,2\n"), ("b.csv", "text,label\ng,p\n"), ("c.csv", "text,label\nh,n\n"), ("d.zip", "PK"),
    ):  # fmt: skip
        write(f"f/{name}", content)
    opened = look(tmp_path / "f")
    assert pairs_of(opened.rows()) == [("g", "p"), ("h", "n")]
    assert opened.reading.left_out == {".zip": 1}
    assert "Left out, for no column in it holds texts: a.csv." in opened.reading.notes
