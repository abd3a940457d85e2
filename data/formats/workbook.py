"""Workbooks of Excel and LibreOffice: a row a record, the first of a sheet its header."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import IO, Any

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import RECORDS_SEEN, Placed, Shape
from .header_row import is_record
from .table import distinct
from .zip_safe import check_zip, open_zip

LARGE = 10_000_000
"""Bytes of a file from which on an Excel workbook is read row by row, at a quarter of the memory."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    with _Workbook(source) as book:
        sheets = book.sheets
        sheet = _chosen(source.name, book, stated.get("sheet", ""))
        rows = [row for _, row in book.rows(sheet, RECORDS_SEEN + 20)]
    if not rows:
        raise UserError(f"{source.name}, sheet {sheet!r} is empty; name another with --read sheet=NAME.")
    first = [" ".join(str(cell).split()) for cell in rows[0]]
    header = (
        stated["header"] == "yes"
        if stated.get("header")
        else not is_record(first, [_words(r) for r in rows[1:]], asked)
    )
    columns = (
        distinct(first, f"{source.name}, sheet {sheet!r}, row 1", asked)
        if header
        else [str(place) for place in range(1, len(first) + 1)]
    )
    data = rows[1:] if header else rows
    width = len(columns)
    sample = [
        dict(zip(columns, [*row, *[""] * (width - len(row))][:width], strict=True)) for row in data[:RECORDS_SEEN]
    ]
    others = [name for name in sheets if name != sheet]
    return Shape(
        tuple(columns),
        sample,
        header=header,
        sheet=sheet,
        sheets=tuple(sheets),
        left_out={"other sheet" if len(others) == 1 else "other sheets": len(others)} if others else {},
        notes=() if header else ("The first row is no header but a record, so the columns are numbered, from 1.",),
    )


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    names = reading.columns
    width = len(names)
    with _Workbook(source) as book:
        rows = book.rows(reading.sheet)
        if reading.header:
            next(rows, None)
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

    def rows(self, sheet: str, most: int = 0) -> Iterator[tuple[int, list[Any]]]:
        """Number from 1 and cells of each row that is not empty, as words and numbers."""
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
    """A large Excel workbook, read row by row; None for what is none."""
    if stream.seek(0, os.SEEK_END) < LARGE:
        return None
    from .sheet_stream import BOOK, Book

    if zipfile.is_zipfile(stream):
        archive = closing.enter_context(open_zip(stream, name, "an Excel workbook"))
        if BOOK in archive.namelist():
            book = Book(archive, name)
            closing.callback(book.close)
            return book
    stream.seek(0)
    return None


def _plain(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else str(cell)


def _words(row: Sequence[Any]) -> list[str]:
    return [str(cell) for cell in row]


def _chosen(name: str, book: _Workbook, asked: str) -> str:
    """The sheet that is asked for, else the first that holds anything."""
    if asked:
        if asked in book.sheets:
            return asked
        if asked.isdecimal() and 1 <= int(asked) <= len(book.sheets):
            return book.sheets[int(asked) - 1]
        raise UserError(f"{name}: there is no sheet {asked!r}; there is {', '.join(map(repr, book.sheets[:12]))}.")
    for sheet in book.sheets:
        if next(book.rows(sheet, 2), None):
            return sheet
    raise UserError(f"{name} holds no sheet with anything in it.")
