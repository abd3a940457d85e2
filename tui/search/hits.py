"""The list of what was found: rank, score, label, and the words that match where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import DataTable

from ...engine.results import Duplicates, Hit, Span, percent
from ..kit.bars import bar
from ..kit.figures import cell
from ..kit.row_table import RowTable
from ..kit.text import fit, visible
from .matches import NEAR

BAR = 8
_SPAN_LIMIT = 600
"""Characters of a document that a line of the list can come from; more never fits."""


@dataclass(frozen=True)
class HitRow:
    """A line of the list: what stands first, how far its bar goes (0 … 1), the score as said, and the document."""

    mark: str
    share: float
    score: str
    hit: Hit
    indent: str = ""


def ranked(hits: Sequence[Hit]) -> list[HitRow]:
    """Hits, best first; bars are relative to the best, for scores compare only within one answer."""
    most = max((hit.score for hit in hits), default=0.0)
    return [
        HitRow(str(rank), max(hit.score, 0.0) / most if most > 0 else 0.0, f"{hit.score:.3f}", hit)
        for rank, hit in enumerate(hits, 1)
    ]


def grouped(groups: Sequence[Duplicates]) -> list[HitRow]:
    """Near-duplicates: a number a group, its first document, and below it those that say nearly the same."""
    rows = []
    for number, group in enumerate(groups, 1):
        for place, hit in enumerate(group.hits):
            last = place == len(group.hits) - 1
            indent = "" if place == 0 else "└ " if last else "├ "
            said = f"{len(group.hits)} alike" if place == 0 else percent(hit.score, 0)
            rows.append(HitRow(str(number) if place == 0 else "", 0.0 if place == 0 else hit.score, said, hit, indent))
    return rows


class HitTable(RowTable):
    """A line a document; the columns take the width that there is."""

    HELP = (
        "The results, best first. Up and down choose, enter reads the document, n and p go from match to match, "
        "a opens it in Analyse, m looks for more like it. Words of the query are bold and underlined, words near them "
        "in meaning underlined."
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(zebra_stripes=False, cell_padding=1, **options)
        self.hits: list[Hit] = []
        self._rows_shown: list[HitRow] = []
        self._width = 0
        self._score = "score"

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._rebuild(self.cursor_row))

    def on_resize(self) -> None:
        if self._rows_shown and self.size.width != self._width:
            self._rebuild(self.cursor_row)

    @property
    def chosen(self) -> Hit | None:
        """The document under the cursor."""
        return self.hits[self.cursor_row] if 0 <= self.cursor_row < len(self.hits) else None

    def show(self, rows: Sequence[HitRow], score: str = "score") -> None:
        """List ``rows`` from the first; ``score`` heads the column of bars."""
        self._rows_shown, self._score = list(rows), score
        self.hits = [row.hit for row in rows]
        self._rebuild(0)
        self.scroll_home(animate=False)

    def _rebuild(self, chosen: int) -> None:
        colors = self.app.theme_variables
        self._width = self.size.width
        room = (self._width or 80) - 2
        labels = [row.hit.label for row in self._rows_shown if row.hit.label is not None]
        marks = max((len(row.mark) for row in self._rows_shown), default=1)
        scores = max((len(row.score) for row in self._rows_shown), default=5)
        narrow = room < 60
        bars = 0 if narrow else BAR
        label = max(min(max((cell_len(name) for name in labels), default=0), 8 if narrow else 14), len("label"))
        widths = {"#": marks, self._score: scores + (bars + 1 if bars else 0)} | ({"label": label} if labels else {})
        rest = max(room - sum(widths.values()) - 2 * (len(widths) + 1), 12)
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for name, width in (*widths.items(), ("document", rest)):
                self.add_column(Text(fit(name, width) if name != "#" else name.rjust(width)), width=width, key=name)
            for index, row in enumerate(self._rows_shown):
                cells = [
                    Text(row.mark.rjust(marks), colors.get("quiet", "")),
                    Text.assemble(
                        (bar(row.share, bars).ljust(bars) + " " if bars else "", colors.get("primary", "")),
                        row.score.rjust(scores),
                    ),
                ]
                if labels:
                    cells.append(Text(cell(row.hit.label or "–", label), colors.get("quiet", "")))
                line = Text.assemble((row.indent, colors.get("quiet", "")))
                line.append_text(highlighted(row.hit.text, row.hit.spans, rest - len(row.indent), colors["accent"]))
                cells.append(line)
                self.add_row(*cells, key=str(index))
            if 0 < chosen < len(self._rows_shown):
                self.move_cursor(row=chosen, animate=False)


def window(text: str, spans: Sequence[Span], width: int) -> int:
    """Where a line of ``width`` cells out of ``text`` best begins: at its beginning, or shortly before the first
    of its strongest matches where that would not be seen."""
    start = len(text) - len(text.lstrip())
    strong = [span for span in spans if span.weight >= NEAR]
    if not strong or any(cell_len(text[start : span.end][: 2 * width]) <= width - 2 for span in strong):
        return start
    best = max(strong, key=lambda span: (span.weight, -span.start))
    begin = max(best.start - width // 3, start)
    # Half a word is no good beginning, where words have ends at all.
    gap = text.find(" ", begin, best.start)
    return gap + 1 if begin > start and gap >= 0 else begin


def highlighted(text: str, spans: Sequence[Span], width: int, accent: str) -> Text:
    """One line of at most ``width`` cells out of ``text``, its matches marked by weight, never by colour alone."""
    begin = window(text, spans, width)
    lead = "… " if text[:begin].strip() else ""
    shown: list[str] = [lead]
    places: list[int] = []
    """Of each character after ``lead``, its offset in ``text``."""
    for offset in range(begin, min(begin + _SPAN_LIMIT, len(text))):
        character = text[offset]
        if character.isspace():
            if shown[-1].endswith(" ") or not places:
                continue
            character = " "
        shown.append(character)
        places.append(offset)
    line = fit(visible("".join(shown)), width).rstrip()
    result = Text(line, no_wrap=True)
    where = {offset: len(lead) + index for index, offset in enumerate(places)}
    for span in spans:
        inside = [where[offset] for offset in range(span.start, span.end) if offset in where]
        if inside and span.weight >= NEAR and inside[-1] < len(line):
            style = f"bold underline {accent}" if span.weight >= 0.99 else "underline"
            result.stylize(style, inside[0], inside[-1] + 1)
    return result
