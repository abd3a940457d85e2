"""Numbers and times as people read them, and cells of tables; widths are terminal cells, so that Chinese lines up."""

from rich.cells import cell_len

from ...engine.results import percent as percent
from .text import fit, one_line


def duration(seconds: float | None) -> str:
    """``0:48``, ``3 h 20``, ``2 d 4 h``; a dash where it is not known."""
    if seconds is None:
        return "—"
    whole = max(round(seconds), 0)
    if whole >= 86_400:
        return f"{whole // 86_400} d {whole % 86_400 // 3600} h"
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def score(value: float | None) -> str:
    """A measure in a table: ``0.806``, or a dash."""
    return "—" if value is None else f"{value:.3f}"


def cell(text: str, width: int) -> str:
    """User text in one line of exactly ``width`` cells, nothing in it obeyed."""
    return fit(one_line(text), width)


def short(text: str, width: int) -> str:
    """The same of at most ``width`` cells."""
    line = one_line(text)
    return line if cell_len(line) <= width else fit(line, width).rstrip()
