"""The names of a file's columns."""

from pathlib import Path

from .errors import UserError
from .formats.opening import look

__all__ = ["columns_of"]


def columns_of(path: Path) -> tuple[str, ...]:
    """The names in the header of a table or a workbook, or in the first objects of a JSON file; the numbers of the
    columns where the first record is no header.

    Empty where nothing names columns: plain text, a folder, a file that is not there or cannot be read, which whoever
    reads it says better.
    """
    try:
        if not path.is_file():
            return ()
        reading = look(path, with_roles=False).reading
    except (UserError, OSError):
        return ()
    return reading.columns if reading.header is not None or reading.format in ("json", "parquet", "xml") else ()
