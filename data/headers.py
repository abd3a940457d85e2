"""What the columns of a file are called, by its first line."""

import json
from pathlib import Path

from .errors import UserError
from .lines import read_lines
from .readers import kind_of
from .tables import DELIMITERS, cells, is_record

__all__ = ["DELIMITERS", "cells", "columns_of", "keys"]


def columns_of(path: Path) -> tuple[str, ...]:
    """The names in the header of a CSV or TSV file, or in the first object of a JSONL file; the numbers of the columns
    where the first line is a record.

    Empty where nothing names columns: plain text, a folder, a file that is not there or cannot be read, which whoever
    reads it says better.
    """
    try:
        kind = kind_of(path)
        if not path.is_file() or kind not in ("jsonl", "csv", "tsv"):
            return ()
        first = next((line for _, line in read_lines(path) if line.strip()), "")
    except (UserError, OSError):
        return ()
    if kind == "jsonl":
        names = keys(first)
    elif kind == "csv":
        names = max((cells(first, delimiter) for delimiter in DELIMITERS), key=len)
    else:
        names = [cell.strip().strip('"') for cell in first.rstrip("\r\n").split("\t")]
    if kind != "jsonl" and is_record(names):
        return tuple(str(place) for place in range(1, len(names) + 1))
    return tuple(dict.fromkeys(name for name in names if name))


def keys(line: str) -> list[str]:
    """The names in an object of JSON; none where the line is no object."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []
