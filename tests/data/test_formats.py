"""The contract of all formats, a row each: read, streamed, named by place, refused when cut short."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.data.formats import BY_NAME, FORMATS
from dltext.data.formats.opening import look
from dltext.data.rows import Columns

ROWS = [
    (f"The film number {n} was {'grim' if n % 2 else 'fine & “good”'}", "neg" if n % 2 else "pos") for n in range(30)
]
TEXTS = [text for text, _ in ROWS]


def table(delimiter: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([("Review", "stars"), *ROWS])
    return stream.getvalue().encode()


def zipped(files: dict[str, bytes | str], stored: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED)
    return content.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;")


def workbook() -> bytes:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Answers")
        for number, row in enumerate([("Review", "stars"), *ROWS]):
            sheet.write_row(number, 0, row)
        book.add_worksheet("Notes").write(0, 0, "nothing")
    return content.getvalue()


def ods() -> bytes:
    pytest.importorskip("python_calamine")
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(escaped(value)) for value in row)}</table:table-row>"
        for row in [("Review", "stars"), *ROWS]
    )
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Answers">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest}, "mimetype")


def docx() -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{escaped(text)}</w:t></w:r></w:p>" for text in TEXTS)
    document = f'<?xml version="1.0"?><w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def odt() -> bytes:
    paragraphs = "".join(f"<text:p>{escaped(text)}</text:p>" for text in TEXTS)
    names = 'xmlns:office="o" xmlns:text="t"'
    content = f'<?xml version="1.0"?><office:document-content {names}>{paragraphs}</office:document-content>'
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}, "mimetype")


def epub() -> bytes:
    files: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="OEBPS/book.opf"/></container>',
    }
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(TEXTS)))
    items += '<item id="nav" href="nav.xhtml" properties="nav"/><item id="notes" href="notes.xhtml"/>'
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(TEXTS)))
    spine = f'<itemref idref="nav"/>{spine}<itemref idref="notes" linear="no"/>'
    files["OEBPS/nav.xhtml"] = files["OEBPS/notes.xhtml"] = "<html><body><p>Contents</p></body></html>"
    files["OEBPS/book.opf"] = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    for number, text in enumerate(TEXTS):
        files[f"OEBPS/c{number}.xhtml"] = f"<html><body><p>{escaped(text)}</p></body></html>"
    return zipped(files, "mimetype")


def pdf(texts: list[str] = TEXTS) -> bytes:
    """A page a text, written by hand: no library of ours writes PDFs."""
    pytest.importorskip("pypdf")
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    pages = []
    for text in texts:
        plain = text.replace("“", '"').replace("”", '"').replace("(", "").replace(")", "")
        content = f"BT /F1 12 Tf 50 700 Td ({plain}) Tj ET"
        pages.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects) + 2} 0 R /MediaBox [0 0 600 800] "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{page} 0 R' for page in pages)}] >>"
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(data)
    entries = "".join(f"{place:010d} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}".encode()
    return data + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def rtf() -> bytes:
    pytest.importorskip("striprtf")
    paragraphs = "".join(text.replace("“", r"\'93").replace("”", r"\u8221?") + "\\par\n" for text in TEXTS)
    return rf"{{\rtf1\ansi\ansicpg1252{{\fonttbl{{\f0 Times;}}}}\f0\fs24 {paragraphs}}}".encode()


def parquet() -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    content = io.BytesIO()
    files.write_table(pyarrow.table({"Review": TEXTS, "stars": [label for _, label in ROWS]}), content)
    return content.getvalue()


def xml() -> bytes:
    records = "".join(f'<review stars="{label}"><Text>{escaped(text)}</Text></review>\n' for text, label in ROWS)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<reviews>\n{records}</reviews>\n'.encode()


def tmx() -> bytes:
    unit = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="fr"><seg>{}</seg></tuv></tu>\n'
    units = "".join(unit.format(escaped(text), label) for text, label in ROWS)
    return f'<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>\n{units}</body></tmx>\n'.encode()


def story(number: int, text: str) -> str:
    return f'<REUTERS LEWISSPLIT="TRAIN" NEWID="{number}">\n<TEXT>\n<BODY>{escaped(text)}</BODY></TEXT>\n</REUTERS>\n'


CONTENT: dict[str, tuple[str, Callable[[], bytes], bool, str]] = {
    "csv": ("x.csv", lambda: table(","), True, "line 2"),
    "tsv": ("x.tsv", lambda: table("\t"), True, "line 2"),
    "json": (
        "x.json",
        lambda: json.dumps([{"Review": text, "stars": label} for text, label in ROWS], indent=1).encode(),
        True,
        "line 2",
    ),
    "text": ("x.txt", lambda: "\n".join(TEXTS).encode(), False, "line 1"),
    "label-tab": ("x.txt", lambda: "".join(f"{label}\t{text}\n" for text, label in ROWS).encode(), True, "line 1"),
    "fasttext": ("x.txt", lambda: "".join(f"__label__{label} {t}\n" for t, label in ROWS).encode(), True, "line 1"),
    "xlsx": ("x.xlsx", workbook, True, "sheet 'Answers', row 2"),
    "ods": ("x.ods", ods, True, "sheet 'Answers', row 2"),
    "docx": ("x.docx", docx, False, "paragraph 1"),
    "odt": ("x.odt", odt, False, "paragraph 1"),
    "rtf": ("x.rtf", rtf, False, "paragraph 1"),
    "epub": ("x.epub", epub, False, "chapter 1"),
    "pdf": ("x.pdf", pdf, False, "page 1"),
    "parquet": ("x.parquet", parquet, True, "row 1"),
    "html": (
        "x.html",
        lambda: f"<html><title>t</title><body>{''.join(f'<p>{escaped(t)}</p>' for t in TEXTS)}</body></html>".encode(),
        False,
        "line 1",
    ),
    "xml": ("x.xml", xml, True, "line 3"),
    "tmx": ("x.tmx", tmx, False, "line 3"),
    "reuters": ("x.sgm", lambda: "".join(story(n, t) for n, t in enumerate(TEXTS, 1)).encode(), False, "story 1"),
    "zip": ("x.zip", lambda: zipped({"data/a.csv": table(";"), "README.md": "notes"}), True, "data/a.csv, line 2"),
}  # fmt: skip
TEXT_ALONE = ("text", "csv", "tsv", "label-tab", "fasttext", "json", "html", "parquet", "reuters")
"""Formats of which the first half may be a whole, or that say only at their end that something is wrong."""


def test_every_format_has_a_row_here():
    assert {row.name for row in FORMATS} - {"folder", "xls"} == set(CONTENT)


@pytest.mark.parametrize("name", CONTENT)
def test_a_format_is_read_with_its_labels_and_places(write, name):
    file, content, labelled, place = CONTENT[name]
    opened = look(write(file, content()))
    assert opened.reading.format == name
    rows = list(opened.rows())
    plain = [text.replace("“", '"').replace("”", '"') for text in TEXTS]
    assert [row.text.replace("“", '"').replace("”", '"') for row in rows] == plain
    assert [row.label for row in rows] == [label if labelled else None for _, label in ROWS]
    assert rows[0].place == place
    assert len({row.place for row in rows}) == len(rows) or name in ("html", "docx")
    assert opened.reading.preview
    assert list(opened.rows()) == rows  # as often as it is asked for


@pytest.mark.parametrize("name", CONTENT)
def test_a_format_is_streamed(write, name):
    file, content, _, _ = CONTENT[name]
    rows = look(write(file, content())).rows()
    assert next(rows).text
    rows.close()  # what is open is closed with it


@pytest.mark.parametrize("name", [name for name in CONTENT if name not in TEXT_ALONE])
def test_a_file_that_is_cut_short_is_refused_in_one_sentence(write, name):
    file, content, _, _ = CONTENT[name]
    whole = content()
    for share in (0.5, 0.9):
        path = write(file, whole[: int(len(whole) * share)])
        with pytest.raises(UserError) as caught:
            list(look(path).rows())
        assert file in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["json", "parquet"])
def test_what_is_cut_short_is_said_when_it_comes(write, name):
    file, content, _, _ = CONTENT[name]
    whole = content()
    path = write(file, whole[: len(whole) - 20])
    with pytest.raises(UserError, match=r"x\.\w+"):
        list(look(path).rows())


@pytest.mark.parametrize("name", ["xlsx", "docx", "zip", "pdf", "epub"])
def test_a_format_is_known_by_its_bytes_whatever_it_is_called(write, name):
    _, content, _, _ = CONTENT[name]
    assert look(write("x.csv", content())).reading.format == name


def test_what_a_format_needs_is_imported_with_it_alone(write):
    """Reading a CSV starts as fast as ever: nothing comes in but the table's own module."""
    path = write("x.csv", table(","))
    code = (
        "import sys; from dltext.data.formats.opening import look; list(look(sys.argv[1]).rows());"
        "print(sorted(n for n in sys.modules if n.startswith('dltext.data.formats.')));"
        "print([n for n in ('python_calamine', 'pypdf', 'pyarrow', 'xlsxwriter', 'xml.parsers.expat', 'html.parser', "
        "'charset_normalizer', 'lxml', 'striprtf', 'zipfile', 'numpy') if n in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    modules, libraries = answer.stdout.splitlines()
    assert modules == str([f"dltext.data.formats.{name}" for name in ("header_row", "opening", "table")])
    assert libraries == "[]"


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    from dltext.data import formats

    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'dltext\[parquet\]'"):
        BY_NAME["parquet"].load("x.parquet")
    with pytest.raises(UserError, match="pip install pypdf"):
        BY_NAME["pdf"].load("x.pdf")


def test_what_is_left_out_is_counted(write):
    reading = look(write("x.xlsx", workbook())).reading
    assert (reading.sheet, reading.left_out) == ("Answers", {"other sheet": 1})
    files = {"a/1.txt": "one", "b/2.txt": "two", "x.png": "p", "__MACOSX/a": "", "../out.txt": "three", "/abs.txt": "x"}
    opened = look(write("x.zip", zipped(files)))
    assert {(row.text, row.label) for row in opened.rows()} == {("one", "a"), ("two", "b")}
    assert opened.reading.left_out == {".png": 1, "files whose names lead out of the archive": 2}


def test_parts_in_an_archive_are_splits(write):
    path = write("x.zip", zipped({"train.csv": table(","), "test.csv": table(",")}))
    assert {row.split for row in look(path).rows()} == {"train", "test"}
    assert len(list(look(path, {"member": "test.csv"}).rows())) == 30


def test_a_document_is_one_text_where_it_lies_in_a_folder(tmp_path: Path):
    for label in ("pos", "neg"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "a.docx").write_bytes(docx())
        (tmp_path / label / "b.txt").write_bytes("café".encode("cp1252"))
        (tmp_path / label / "c.pdf").write_bytes(b"%PDF-1.4 broken")
        (tmp_path / label / "d.png").write_bytes(b"")
    opened = look(tmp_path)
    rows = list(opened.rows(Columns(need_label=True)))
    assert [(row.label, row.id) for row in rows] == [
        ("neg", "neg/a.docx"), ("neg", "neg/b.txt"), ("pos", "pos/a.docx"), ("pos", "pos/b.txt"),
    ]  # fmt: skip
    assert rows[0].text == "\n".join(TEXTS)
    assert rows[1].text == "café"
    assert opened.source.left_out == {".pdf that cannot be read": 2}
    assert opened.reading.left_out == {".png": 2}


def test_bombs_are_refused_before_they_are_unpacked(write):
    bomb = zipped({"word/document.xml": b"<w:p>" + b" " * 30_000_000})
    with pytest.raises(UserError, match="would grow"):
        look(write("x.docx", bomb))
    entities = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]><w:document xmlns:w="w"><w:t>&a;</w:t></w:document>'
    with pytest.raises(UserError, match="XML entity"):
        look(write("y.docx", zipped({"word/document.xml": entities})))
    with pytest.raises(UserError, match="XML entity"):
        look(write("x.xml", '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><r><t>&a;</t><t>x</t></r>'))
    with pytest.raises(UserError, match="nested too deeply"):
        list(look(write("z.xml", "<?xml version='1.0'?>" + "<a>" * 5000)).rows())
