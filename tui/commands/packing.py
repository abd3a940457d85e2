"""Result files that are packed once all their lines are there: compressed, or a workbook."""

from pathlib import Path

from ...engine import api
from ...engine.results import Outlet, UserError
from .output import Misuse

UNWRITTEN = frozenset((".xls", ".xlsm", ".xlsb", ".ods", ".parquet", ".docx", ".odt", ".pdf", ".epub", ".zip", ".7z"))
"""Suffixes of files that programs would take for something else than the lines that they hold."""


def check(place: Outlet, form: str, finished: bool) -> str:
    """The suffix that says how ``place`` is packed, or nothing; ``finished``: what is there would be gone on with.

    Misuse and UserError where that cannot be.
    """
    how = api.packing(place.path.name)
    if place.path.suffix.lower() in UNWRITTEN:
        raise Misuse(
            f"{place.name}: results are not written as {place.path.suffix}; name a file that ends in .csv, .tsv, "
            ".jsonl or .xlsx."
        )
    if how == ".xlsx" and form == "json":
        raise Misuse("A workbook holds a table: leave out --json, or name another --out file.")
    if how and finished and place.path.exists() and place.path.stat().st_size:
        raise UserError(f"{place.name} is packed and was finished: write it again with --overwrite.")
    return how


def pack(written: Path, target: Path, how: str) -> None:
    """Put what was ``written`` as lines into ``target``, whole; the lines go."""
    packed = written.with_name(f"{written.name}{how}")
    try:
        api.pack_results(written, packed, how)
        packed.replace(target)
    finally:
        packed.unlink(missing_ok=True)
    written.unlink()
