"""Numbers, times and bars as people read them; widths are terminal cells, so that Chinese lines up too."""

from rich.cells import cell_len, set_cell_size

EIGHTHS = " ▏▎▍▌▋▊▉█"


def duration(seconds: float | None) -> str:
    """``0:48``, ``12:05``, ``3 h 20``; an em dash where it is not known."""
    if seconds is None:
        return "—"
    whole = max(round(seconds), 0)
    if whole >= 86_400:
        return f"{whole // 86_400} d {whole % 86_400 // 3600} h"
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def bytes_of(size: float) -> str:
    """``812 MB``, in powers of ten."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def percent(share: float | None, decimals: int = 1) -> str:
    return "—" if share is None else f"{100 * share:.{decimals}f} %"


def score(value: float | None) -> str:
    """A metric for a table: ``0.806``, or a dash."""
    return "—" if value is None else f"{value:.3f}"


def bar(share: float, width: int) -> str:
    """A bar of ``width`` cells, filled to an eighth of a cell; a share above nothing is always seen."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def fit(text: str, width: int) -> str:
    """One line of exactly ``width`` cells: control characters shown as blanks, cut with an ellipsis."""
    line = one_line(text)
    if cell_len(line) > width:
        line = set_cell_size(line, max(width - 1, 0)) + "…"
    return set_cell_size(line, width)


def short(text: str, width: int) -> str:
    """One line of at most ``width`` cells."""
    return fit(text, min(width, cell_len(one_line(text))))


def one_line(text: str) -> str:
    """The text without line breaks, tabs or control characters."""
    return "".join(char if char.isprintable() else " " for char in text)
