"""What columns are called, by the first line of a file."""

from pathlib import Path

import pytest

from dltext.data.headers import columns_of


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.csv", "Abstract,Title,Year\nx,y,1\n", ("Abstract", "Title", "Year")),
        ("a.csv", '\n"the text";label\n"a;b";good\n', ("the text", "label")),
        ("a.csv", "text\tlabel\na\tb\n", ("text", "label")),
        ("a.tsv", 'text\t"label"\r\n', ("text", "label")),
        ("a.jsonl", '{"review": "fine", "stars": 4}\n', ("review", "stars")),
        ("a.jsonl", "no object\n", ()),
        ("a.csv", '"never closed,label\n', ()),
        ("a.csv", "", ()),
        ("a.txt", "text,label\nfine,good\n", ("text", "label")),
    ],
)
def test_names(tmp_path: Path, name: str, content: str, columns: tuple[str, ...]) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert columns_of(path) == columns


def test_nothing_where_nothing_can_be_read(tmp_path: Path) -> None:
    assert columns_of(tmp_path) == ()
    assert columns_of(tmp_path / "none.csv") == ()
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00\xd8\x00")
    assert isinstance(columns_of(tmp_path / "bytes.csv"), tuple)
