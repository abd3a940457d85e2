"""Zip archives among the files of a folder: they stand for the documents or the tables that they hold."""

import io
import zipfile

import pytest

from dltext.data.errors import UserError
from dltext.data.formats.opening import look
from dltext.data.source import open_source


def zipped(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def texts(kind: str, count: int = 6) -> dict[str, str]:
    return {f"{kind}{number}.txt": f"a {kind} text {number}" for number in range(count)}


def within(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


BOTH = within("pos", texts("good")) | within("neg", texts("bad"))
FOLDERS = {
    "an archive alone": {"docs.zip": zipped(BOTH)},
    "one in which all lies in a folder": {"docs.zip": zipped(within("docs", BOTH))},
    "an archive a label": {"pos.zip": zipped(texts("good")), "neg.ZIP": zipped(texts("bad"))},
    "beside the folders": {**BOTH, "more.zip": zipped({"pos/9.txt": "a good text 9", "x.png": "x"})},
    "in a folder": {**within("neg", texts("bad")), "pos/in.zip": zipped(texts("good"))},
    "a part each": {"train.zip": zipped(BOTH), "test.zip": zipped(BOTH)},
    "a part with an archive": {f"train/{name}": text for name, text in BOTH.items()} | {"test/t.zip": zipped(BOTH)},
}


def put(write, files):
    for name, content in files.items():
        write(f"data/{name}", content)


@pytest.mark.parametrize("kind", FOLDERS)
def test_documents_in_archives_are_read(write, tmp_path, kind):
    put(write, FOLDERS[kind])
    opened = look(tmp_path / "data")
    rows = list(opened.rows())
    assert {(row.label, "good" in row.text) for row in rows} == {("pos", True), ("neg", False)}
    assert len(rows) == {"beside the folders": 13, "a part each": 24, "a part with an archive": 24}.get(kind, 12)
    assert len({row.id for row in rows}) == len(rows)
    assert {row.split for row in rows} == ({"train", "test"} if "part" in kind else {None})
    assert opened.reading.left_out == ({".png": 1} if kind == "beside the folders" else {})
    source = open_source(str(tmp_path / "data"))
    assert sum(source.counts[split] for split in source.splits if split != "all") == len(rows)


def test_a_change_within_an_archive_is_another_data_set(write, tmp_path):
    put(write, FOLDERS["an archive alone"])
    before = open_source(str(tmp_path / "data")).sha256
    write("data/docs.zip", zipped({**BOTH, "pos/more.txt": "another good text"}))
    after = open_source(str(tmp_path / "data"))
    assert after.sha256 != before
    assert after.counts["all"] == 13


def test_tables_in_archives_are_read_with_those_beside_them(write, tmp_path):
    table = "text,label\n" + "".join(f"a text {n},{'ab'[n % 2]}\n" for n in range(10))
    put(write, {"train.zip": zipped({"train.csv": table}), "test.csv": table, "other.zip": zipped({"x.json": "{}"})})
    opened = look(tmp_path / "data")
    rows = list(opened.rows())
    assert [row.split for row in rows].count("train") == [row.split for row in rows].count("test") == 10
    assert opened.reading.left_out == {".zip": 1}
    assert any("train.zip" in note for note in opened.reading.notes)


def test_what_cannot_be_read_of_them_is_counted(write, tmp_path):
    broken = zipped(texts("good"))[:-30]
    put(write, {**BOTH, "broken.zip": broken, "table.zip": zipped({"a.csv": "text\nx\n"}), "none.zip": zipped({})})
    assert look(tmp_path / "data").reading.left_out == {".zip that cannot be read": 1, ".zip": 2}
    for name in ("pos", "neg"):
        for path in (tmp_path / "data" / name).iterdir():
            path.unlink()
    (tmp_path / "data" / "table.zip").unlink()
    with pytest.raises(UserError, match=r"no text files .*1 \.zip that cannot be read"):
        look(tmp_path / "data")
