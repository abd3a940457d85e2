"""Numbers and times as people read them, and cells of tables; widths are terminal cells, so that Chinese lines up."""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

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


def middle(text: str, width: int) -> str:
    """``text`` in one line of at most ``width`` cells; what is too long loses its middle, for names that begin alike
    (topic-48, topic-49) differ at their ends."""
    line = one_line(text)
    if cell_len(line) <= width:
        return line
    end = len(line)
    while end > 0 and cell_len(line[end - 1 :]) <= (width - 1) // 2:
        end -= 1
    tail = line[end:]
    return fit(line[:end], width - cell_len(tail)).rstrip() + tail


def distinct(names: Sequence[str], width: int) -> list[str]:
    """Each of ``names`` in at most ``width`` cells, no two alike: those that a cut would make so lose what they have in
    common, and those that are alike get a number."""
    shown = [middle(name, width) for name in names]
    for cut in {text for text, count in Counter(shown).items() if count > 1}:
        alike = [place for place, text in enumerate(shown) if text == cut]
        letters = zip(*(names[place] for place in alike), strict=False)
        start = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, letters))
        if start > 1:
            for place in alike:
                shown[place] = middle("…" + names[place][start - 1 :], width)
    seen: Counter[str] = Counter()
    for place, text in enumerate(shown):
        seen[text] += 1
        if shown.count(text) > 1 and seen[text] > 1:
            sign = f"·{seen[text]}"
            shown[place] = middle(text, width - len(sign)) + sign
    return shown
