"""What stands around the header of a table: titles and comments above, explanations below, sheets in front."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest

from dltext.data.errors import UserError
from dltext.data.formats.opening import look, open_input
from dltext.data.inputs import Input
from dltext.data.readers import read_file
from dltext.data.source import open_source
from dltext.engine import api

COUNT = 24
HEADER = ["Nr", "Kommentar", "Bewertung"]
ROWS = [[str(n), f"The radio was {'grim' if n % 2 else 'fine'}, and on {n}", "15"[n % 2]] for n in range(COUNT)]
EXPECTED = [(row[1], row[2]) for row in ROWS]


def table(rows: list[list[str]], delimiter: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def read(path: Path) -> list[tuple[str, str | None]]:
    return [(row.text, row.label) for row in read_file(path, need_label=True)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Survey 2024\n\n", 3),
        ("Survey 2024\nExported on 2024-01-01\n\n\n", 5),
        ("# exported by tool v1.2\n# 2024-01-01\n", 3),
        ("# exported by tool; v1.2\n", 2),
        ("\n\n", 3),
    ],
)
def test_titles_and_comments_above_the_header_are_left_out(write, delimiter, above, line):
    path = write("x.csv", above + table([HEADER, *ROWS], delimiter))
    assert read(path) == EXPECTED
    opened = look(path)
    assert next(opened.records())[0] == f"line {line + 1}"
    notes = [note for note in opened.reading.notes if "above" in note]
    assert notes == ([f"What stands above the header in line {line} is left out."] if above.strip() else [])


def test_a_name_of_a_column_and_a_text_are_no_titles(write):
    with pytest.raises(UserError, match="line 2: 3 columns, where the header has 1"):
        list(look(write("x.csv", "text\n" + table(ROWS, ","))).records())
    rows = table(ROWS[:1], ",") + "one cell\n" * 9
    with pytest.raises(UserError, match="line 2: 3 columns"):
        list(look(write("y.csv", "a title\n" + rows)).records())


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_header_that_is_repeated_is_no_record(write, delimiter):
    path = write("x.csv", table([HEADER, *ROWS[:9], HEADER, *ROWS[9:], ["", "", ""]], delimiter))
    assert read(path) == EXPECTED
    notes = open_source(str(path)).notes
    assert "Left out while reading: repeated headers (1), rows of separators alone (1)." in notes


@pytest.mark.parametrize("titles", [[["Survey 2024"], []], [["Survey 2024"], ["Exported on 2024-01-01"], [], []]])
def test_titles_above_the_header_of_a_sheet(tmp_path, titles):
    path = workbook(tmp_path / "x.xlsx", {"S": [*titles, HEADER, *ROWS]})
    assert read(path) == EXPECTED
    opened = look(path)
    assert next(opened.records())[0] == f"sheet 'S', row {len(titles) + 2}"
    assert opened.reading.notes == (f"What stands above the header in row {len(titles) + 1} is left out.",)


SURVEYS = {
    "Qualtrics": [
        ["Response Id", "What did you think?", "How many stars?"],
        ['{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}', '{"ImportId":"QID2"}'],
    ],
    "SurveyMonkey": [["", "Open-Ended Response", "Response"]],
}


@pytest.mark.parametrize("program", SURVEYS)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_rows_that_explain_the_columns_are_no_records(write, tmp_path, program, suffix):
    rows = [HEADER, *SURVEYS[program], *ROWS]
    if suffix == "xlsx":
        path = workbook(tmp_path / "x.xlsx", {"S": rows})
    else:
        path = write(f"x.{suffix}", table(rows, "," if suffix == "csv" else "\t"))
    assert read(path) == EXPECTED
    assert any("what the columns are" in note for note in look(path).reading.notes)


@pytest.mark.parametrize(
    ("sheets", "chosen"),
    [
        ({"Info": [["Title", "Survey"], ["Author", "X"], ["Date", "2024"]], "Data": [HEADER, *ROWS]}, "Data"),
        ({"Info": [["Survey 2024"]], "Data": [HEADER, *ROWS], "More": [HEADER, *ROWS, *ROWS]}, "Data"),
        ({"Data": [["foo", "bar", "baz"], *ROWS], "Codebook": [["variable", "description"], ["foo", "x"]]}, "Data"),
        ({"2023": [HEADER, *ROWS[:5]], "2024": [HEADER, *ROWS]}, "2023"),
        ({"Empty": [], "Data": [HEADER, *ROWS]}, "Data"),
    ],
)
def test_a_title_page_is_not_the_sheet_that_is_read(tmp_path, sheets, chosen):
    path = workbook(tmp_path / "x.xlsx", sheets)
    assert look(path).reading.sheet == chosen
    assert look(path, {"sheet": "2"}).reading.sheet == list(sheets)[1]


def test_the_sheet_that_has_the_columns_asked_for_is_read(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"A": [["text", "x"], *(row[:2] for row in ROWS)], "B": [HEADER, *ROWS]})
    assert look(path, None, {"text": "Kommentar"}).reading.sheet == "B"
    assert look(path).reading.sheet == "A"


def test_a_workbook_that_is_no_file_of_its_own_is_read_all_the_same(tmp_path, write):
    content = workbook(tmp_path / "x.xlsx", {"Data": [HEADER, *ROWS]}).read_bytes()
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("data/x.xlsx", content)
    assert read(tmp_path / "x.zip") == EXPECTED
    assert read(write("x.xlsx.gz", gzip.compress(content))) == EXPECTED
    piped = open_input(Input("-", lambda: io.BytesIO(content), once=True), {}, {}, need_label=True)
    assert [(row.text, row.label) for row in piped.rows()] == EXPECTED
    assert api.read_document(tmp_path / "x.xlsx").startswith("Nr\tKommentar\tBewertung\n0\tThe radio")
