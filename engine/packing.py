"""Packing of result files: lines that are compressed, or converted to a workbook."""

import bz2
import csv
import gzip
import lzma
import shutil
from pathlib import Path
from typing import IO, Any

from ..data import lines
from ..data.errors import UserError

COMPRESSED: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
ROWS = 1_048_576
"""In a sheet."""
CELL = 32_767
"""Characters in a cell."""
NUMBERS = ("probability", "confidence")
"""How the names of columns end that hold numbers."""


def packing(name: str) -> str:
    """The suffix that says that a file is packed once all its lines are there; empty for one written as it is."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in COMPRESSED or suffix == ".xlsx" else ""


def pack_results(written: Path, target: Path, how: str) -> None:
    """Write ``target`` from the lines in ``written`` (of a workbook: CSV with a header), whole.

    Raises UserError where a workbook cannot hold them, and OSError.
    """
    if how == ".xlsx":
        _workbook(written, target)
        return
    with written.open("rb") as source, target.open("wb") as file, COMPRESSED[how](file, "wb") as packed:
        shutil.copyfileobj(source, packed, 2**20)


def _workbook(written: Path, target: Path) -> None:
    import xlsxwriter

    csv.field_size_limit(max(csv.field_size_limit(), lines.LINE_LIMIT))
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target), options)
    try:
        with written.open(encoding="utf-8", newline="") as stream:
            _fill(book.add_worksheet("results"), stream, target)
    finally:
        book.close()


def _fill(sheet: Any, stream: IO[str], target: Path) -> None:
    header: list[str] = []
    for number, cells in enumerate(csv.reader(stream)):
        if number >= ROWS:
            raise UserError(f"{target.name}: a sheet holds at most {ROWS:,} rows; write a .csv instead.")
        header = header or cells
        for place, cell in enumerate(cells):
            if len(cell) > CELL:
                raise UserError(
                    f"{target.name}, row {number + 1}: a cell of a workbook holds at most {CELL:,} characters, "
                    f"and there are {len(cell):,}; write a .csv instead."
                )
            if number and place < len(header) and header[place].endswith(NUMBERS):
                sheet.write_number(number, place, float(cell)) if cell else None
            else:
                sheet.write_string(number, place, cell)
