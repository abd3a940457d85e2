"""Documents of a corpus in files that other programs read: Parquet with its types, where pyarrow is installed."""

import sys

import pytest

from dltext.engine import api
from dltext.engine.corpus import exporting
from dltext.engine.results import Selection, UserError

TYPED = """id,text,stars,share,zip,day
7,"A, ""quoted"" text",3,0.25,00501,2020-01-02
8,Zwei Wörter 汤,-1,,10115,
9,None of it,,1e3,,
"""


def test_parquet_holds_numbers_as_numbers_and_is_read_again(write, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    monkeypatch.setattr(exporting, "TOGETHER", 2)
    selection = write(TYPED)
    path = tmp_path / "out.parquet"
    assert api.export_documents(selection, str(path)) == 3
    table = parquet.read_table(path)
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds == {
        "id": "string", "text": "string", "stars": "int64", "share": "double", "zip": "string", "day": "string",
    }  # fmt: skip
    assert table.column("stars").to_pylist() == [3, -1, None]
    assert table.column("share").to_pylist() == [0.25, None, 1000.0]
    assert table.column("zip").to_pylist() == ["00501", "10115", None]
    assert table.column("text").to_pylist()[0] == 'A, "quoted" text'
    again = Selection(str(path))
    assert api.corpus_info(again).documents == 3
    assert api.corpus_info(Selection(str(path), "stars>2 share<1")).selected == 1
    assert {row.word for row in api.word_frequencies(again)} == {row.word for row in api.word_frequencies(selection)}
    assert [line.id for line in api.corpus_documents(again).lines] == ["7", "8", "9"]


def test_without_pyarrow_nothing_is_written_and_the_extra_is_named(write, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UserError, match=r"install dltext with \[parquet\], or name a \.csv"):
        api.export_documents(write(TYPED), str(tmp_path / "out.parquet"))
    assert not list(tmp_path.glob("*.parquet*"))
