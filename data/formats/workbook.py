"""Workbooks of Excel and LibreOffice: a row a record, the first of a sheet its header."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import RECORDS_SEEN, Placed, Shape
from .header_row import Cells, below_header, from_header, read_header
from .zip_safe import check_zip, open_zip

LARGE = 10_000_000
"""Bytes of a file from which on an Excel workbook is read row by row, at a quarter of the memory."""
SHEETS = 30
"""Sheets of a workbook that are looked at to choose one."""
FEW = 20
"""Rows of a sheet below which it may be a title page or a legend."""
MANY = 3
"""How many times more rows a later sheet then has, that is read instead."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    with _Workbook(source) as book:
        sheets = book.sheets
        sheet = _chosen(source.name, book, stated.get("sheet", ""), asked)
        rows = list(book.rows(sheet, RECORDS_SEEN + 20))
    if not rows:
        raise UserError(f"{source.name}, sheet {sheet!r} is empty; name another with --read sheet=NAME.")
    head = read_header(rows, f"{source.name}, sheet {sheet!r}", "row", stated, asked)
    others = [name for name in sheets if name != sheet]
    return Shape(
        head.columns,
        head.sample(),
        header=head.header,
        sheet=sheet,
        sheets=tuple(sheets),
        left_out={"other sheet" if len(others) == 1 else "other sheets": len(others)} if others else {},
        notes=head.notes,
    )


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    names = reading.columns
    width = len(names)
    with _Workbook(source) as book:
        rows = book.rows(reading.sheet)
        if reading.header:
            rows = from_header(rows)
            next(rows, None)
            rows = below_header(rows)
        for number, row in rows:
            yield (
                f"sheet {reading.sheet!r}, row {number}",
                dict(zip(names, [*row, *[""] * (width - len(row))], strict=False)),
            )


class _Workbook:
    """An open workbook; UserError where it is damaged, protected by a password, or a bomb."""

    def __init__(self, source: Input) -> None:
        self._name = source.name
        with ExitStack() as closing:
            stream = closing.enter_context(source.binary())
            try:
                check_zip(stream, source.name, "an Excel workbook")
                self._book = _streamed(stream, source.name, closing) or closing.enter_context(_Whole(stream, source))
            except UserError:
                raise
            except BaseException as error:
                raise self._damaged(error) from None
            self.sheets = list(self._book.sheets)
            self._closing = closing.pop_all()

    def __enter__(self) -> "_Workbook":
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def rows(self, sheet: str, most: int = 0) -> Iterator[Cells]:
        """Number from 1 and cells of each row that is not empty, as they are written."""
        try:
            count = 0
            for number, row in self._book.rows(sheet):
                cells = [cell if type(cell) is str else _plain(cell) for cell in row]
                if any(cell != "" for cell in cells):
                    yield number, cells
                    count += 1
                    if count == most:
                        return
        except UserError:
            raise
        except Exception as error:
            raise self._damaged(error) from None

    def _damaged(self, error: BaseException) -> UserError:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise error
        why = " ".join(str(error).split())[:100]
        if "assword" in why:
            return UserError(f"{self._name} is protected by a password; save it without one.")
        return UserError(
            f"{self._name} is a workbook, but damaged or cut short ({why}); save it again as .xlsx, or as CSV (UTF-8)."
        )


class _Whole:
    """A workbook that Calamine reads, of whatever kind."""

    def __init__(self, stream: IO[bytes], source: Input) -> None:
        from python_calamine import CalamineWorkbook

        # By its path it is not taken into memory as a whole.
        plain = isinstance(stream, io.BufferedReader)
        self._book = CalamineWorkbook.from_object(str(source.path) if plain else stream)
        self.sheets: list[str] = list(self._book.sheet_names)

    def __enter__(self) -> "_Whole":
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        return enumerate(self._book.get_sheet_by_name(sheet).iter_rows(), start=1)


def _streamed(stream: IO[bytes], name: str, closing: ExitStack) -> Any:
    """A large Excel workbook, read row by row; None for what is none, which then is at its beginning."""
    from .sheet_stream import BOOK, Book

    if stream.seek(0, os.SEEK_END) >= LARGE and zipfile.is_zipfile(stream):
        archive = closing.enter_context(open_zip(stream, name, "an Excel workbook"))
        if BOOK in archive.namelist():
            book = Book(archive, name)
            closing.callback(book.close)
            return book
    stream.seek(0)
    return None


def _plain(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else str(cell)


def _chosen(name: str, book: _Workbook, stated: str, asked: Mapping[str, str]) -> str:
    """The sheet that is stated, else the first that has the columns asked for, else the first that holds anything: but
    not a title page or a legend, of a few rows, where a later one in other columns holds many."""
    if stated:
        if stated in book.sheets:
            return stated
        if stated.isdecimal() and 1 <= int(stated) <= len(book.sheets):
            return book.sheets[int(stated) - 1]
        raise UserError(f"{name}: there is no sheet {stated!r}; there is {', '.join(map(repr, book.sheets[:12]))}.")
    wanted = {column for column in asked.values() if column and not column.isdecimal()}
    chosen, header, rows = "", [""], 0
    for sheet in book.sheets[:SHEETS]:
        table = [cells for _, cells in from_header(book.rows(sheet, FEW * MANY))]
        if not table:
            continue
        if wanted and wanted <= set(table[0]):
            return sheet
        if not chosen or (rows < FEW and len(table) >= MANY * rows and table[0] != header):
            chosen, header, rows = sheet, table[0], len(table)
        if rows >= FEW and not wanted:
            return chosen
    if not chosen:
        raise UserError(f"{name} holds no sheet with anything in it.")
    return chosen
