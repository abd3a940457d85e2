"""Large Excel workbooks are read row by row, and say the same as all others."""

import datetime
import io
import zipfile

import pytest

from dltext.data.errors import UserError
from dltext.data.formats import workbook
from dltext.data.formats.opening import look

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

NUMBERS = [
    (datetime.datetime(2024, 1, 2, 3, 4, 5), "yyyy-mm-dd hh:mm:ss"),
    (datetime.date(2024, 1, 2), "dd/mm/yy"),
    (datetime.time(10, 30), "hh:mm"),
    (datetime.timedelta(hours=30), "[h]:mm:ss"),
    (5.5, "0.00"),
    (5, '"day" 0'),
    (3, "[Red]0"),
    (41000, "mmm-yy"),
    (45000.5, "[$-409]d mmm;@"),
    (12, '_-* #,##0\\ "Kč"_-'),
    (0.1 + 0.2, "General"),
    (1e20, "0"),
    (59, "yyyy-mm-dd"),
    (0, "yyyy-mm-dd"),
]


@pytest.fixture
def large(monkeypatch):
    """From now on every Excel workbook is a large one."""
    return lambda: monkeypatch.setattr(workbook, "LARGE", 0)


@pytest.fixture
def every_kind(tmp_path):
    """A sheet with a cell of every kind, which begins neither in the first row nor in the first column."""
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Ä & <b>")
        sheet.write_row(3, 1, ["text", "value"])
        row = 4
        for value, shown_as in NUMBERS:
            write = sheet.write_number if isinstance(value, int | float) else sheet.write_datetime
            sheet.write_string(row, 1, shown_as)
            write(row, 2, value, book.add_format({"num_format": shown_as}))
            row += 1
        sheet.write_boolean(row, 2, True)
        sheet.write_formula(row + 1, 2, "=1+1", None, 2)
        sheet.write_formula(row + 2, 2, '="a"', None, "a b")
        sheet.write_formula(row + 3, 2, "=1/0", None, "#DIV/0!")
        sheet.write_rich_string(row + 4, 2, "a ", book.add_format({"bold": 1}), "bold", " end  ")
        sheet.write_string(row + 5, 2, "  lead\nline\ttab  ")
        sheet.write_string(row + 6, 2, "a_x000D_b\r\n\x01 🙂 <&>")
        sheet.write_string(row + 9, 4, "far")
        book.add_worksheet("Empty")
        book.add_chartsheet("Chart")
        book.add_worksheet("More").write(0, 0, "a")
    return path


def all_of(path, sheet=""):
    opened = look(path, {"sheet": sheet} if sheet else {}, {})
    return opened.reading, list(opened.records())


def test_a_large_workbook_says_what_a_small_one_says(every_kind, large) -> None:
    whole = [all_of(every_kind), all_of(every_kind, "More")]
    assert whole[0][1][0] == ("sheet 'Ä & <b>', row 5", whole[0][1][0][1])  # as Excel numbers them
    large()
    assert [all_of(every_kind), all_of(every_kind, "More")] == whole
    assert len(whole[0][1]) == len(NUMBERS) + 7
    with pytest.raises(UserError, match="no sheet 'Other'"):
        all_of(every_kind, "Other")


def changed(path, member, content):
    """The same archive with another file in the place of one."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == member else old.read(entry))
    path.write_bytes(copy.getvalue())
    return path


PLAIN = """<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>text</x:t><x:rPh sb="0" eb="1"><x:t>said</x:t></x:rPh></x:is></x:c>
<x:c t="inlineStr"><x:is><x:t>n</x:t></x:is></x:c></x:row>
<x:row><x:c t="str"><x:v>one</x:v></x:c><x:c>
<x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"""


def test_a_sheet_with_prefixes_and_without_places_is_read(every_kind, large) -> None:
    large()
    _, records = all_of(changed(every_kind, "xl/worksheets/sheet1.xml", PLAIN))
    assert records == [("sheet 'Ä & <b>', row 2", {"text": "one", "n": "7"})]


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("xl/worksheets/sheet1.xml", PLAIN.replace('t="str"><x:v>one', 't="s"><x:v>9999')),
        ("xl/worksheets/sheet1.xml", PLAIN[:-40]),
        ("xl/worksheets/sheet1.xml", PLAIN.replace(">7<", ">seven<")),
        ("xl/worksheets/sheet1.xml", PLAIN.replace("<x:c>", '<x:c r="7">')),
        ("xl/worksheets/sheet1.xml", PLAIN.replace("<x:c>", '<x:c s="99">')),
        ("xl/_rels/workbook.xml.rels", "<Relationships/>"),
        ("xl/workbook.xml", "<workbook><sheets><sheet/></sheets></workbook>"),
        ("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'),
    ],
    ids=["shared", "cut", "number", "place", "style", "relations", "sheets", "entity"],
)
def test_a_damaged_large_workbook_is_one_sentence(every_kind, large, member, content) -> None:
    large()
    with pytest.raises(UserError, match=r"kinds\.xlsx"):
        all_of(changed(every_kind, member, content))
