"""The views of a corpus: what each asks of the engine, and how its answer becomes rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import KwicLine, Selection, UserError
from ..kit.pagedtable import PAGE, PagedColumn
from ..kit.text import one_line, visible

if TYPE_CHECKING:
    from ..kit.engine import Engine

LISTED = 5_000
"""Words that a list shows at most."""
WIDTH = 120
"""Characters on each side of a match: a wide terminal shows as many."""
SORTS = ("", "L1,L2,L3", "R1,R2,R3", "M,R1", "L1,R1")
"""Orders of a concordance."""
MEASURES = ("log_dice", "mi", "t", "count")


@dataclass(frozen=True)
class ViewState:
    """What a view is asked: by a typed line and by its keys."""

    asked: str = ""
    sort: int = 0
    """The number of the order among those of the view."""
    descending: bool = False
    mode: str = ""
    """Of Words: what is listed."""
    run: int = 1
    """Of Words: how many in a row are counted as one."""
    stop: bool = True
    """Of Words: whether words of grammar are left out."""


@dataclass(frozen=True)
class ViewPart:
    """Rows of a view from ``offset`` on."""

    columns: Sequence[PagedColumn]
    total: int
    rows: Sequence[Sequence[Text]]
    documents: Sequence[int | None]
    """The document of each row."""
    spans: Sequence[tuple[int, int] | None] = ()
    """Where in it the match is."""
    words: Sequence[str] = ()
    """The word of each row, where rows are words."""
    note: str = ""
    """For the lower edge: how it is sorted, what was left out."""
    offset: int = 0
    more: bool = False
    """Whether there are more than ``total``."""


def number(value: float, decimals: int = 0) -> Text:
    """A number as a cell."""
    return Text(f"{value:,.{decimals}f}")


class DocumentsView:
    """All selected documents, a line each."""

    TITLE: ClassVar = "Documents"
    SHORT: ClassVar = "Docs"
    ASKS: ClassVar = ""
    columns: tuple[str, ...] = ()

    def sorts(self) -> tuple[str, ...]:
        """What can be sorted by; empty: the order of the corpus."""
        return ("", *self.columns, "words")

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for a page."""
        sorts = self.sorts()
        sort = sorts[state.sort % len(sorts)]
        page = engine.corpus_documents(selection, offset, PAGE, sort, state.descending)
        self.columns = page.columns
        # What is sorted by is seen in any case.
        order = sorted(page.columns, key=lambda name: name != sort)
        places = [page.columns.index(name) for name in order]
        columns = [
            PagedColumn("id", 12),
            PagedColumn("text"),
            *(PagedColumn(visible(name), 16) for name in order),
            PagedColumn("words", 7, right=True),
        ]
        rows = [
            (
                Text(one_line(line.id, 24)),
                Text(one_line(line.text, 300)),
                *(Text(one_line(line.values[place], 40)) for place in places),
                number(line.words),
            )
            for line in page.lines
        ]
        note = f"by {sort}{', from the last' if state.descending else ''}" if sort else ""
        return ViewPart(columns, page.total, rows, [line.row for line in page.lines], note=note, offset=offset)


class WordsView:
    """Words of the selected documents: the most frequent, those that are key, those that go with another."""

    TITLE: ClassVar = "Words"
    SHORT: ClassVar = "Words"
    MODES: ClassVar = ("frequencies", "key words", "collocations")
    ASKS: ClassVar = "a regular expression, to list only some words"

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for all rows at once: they are few."""
        mode = state.mode or self.MODES[0]
        if mode == "key words":
            return self._keys(engine, selection, state)
        if mode == "collocations":
            return self._near(engine, selection, state)
        counts = engine.word_frequencies(
            selection, n=state.run, minimum=1 if state.run == 1 else 2, stop=state.stop, regex=state.asked, count=LISTED
        )
        columns = [
            PagedColumn("word", 40),
            PagedColumn("count", 12, right=True),
            PagedColumn("documents", 12, right=True),
            PagedColumn("per million", 12, right=True),
        ]
        rows = [
            (Text(visible(row.word)), number(row.count), number(row.documents), number(row.per_million, 1))
            for row in counts
        ]
        return self._part(columns, rows, [row.word for row in counts], state)

    def _keys(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        column, sign, group = state.asked.partition(":")
        if not sign or not column.strip() or not group.strip():
            raise UserError("Type the group whose words are wanted, as label:neg; it is compared with all others.")
        keys = engine.keyness(
            selection, by=column.strip(), group=group.strip(), stop=state.stop, minimum=3, correction="bh", count=LISTED
        )
        columns = [
            PagedColumn("key word", 30),
            PagedColumn("here", 9, right=True),
            PagedColumn("elsewhere", 9, right=True),
            PagedColumn("log-likelihood", 14, right=True),
            PagedColumn("log ratio", 9, right=True),
            PagedColumn("p", 9, right=True),
        ]
        rows = [
            (
                Text(visible(row.word)),
                number(row.count),
                number(row.reference_count),
                number(row.log_likelihood, 1),
                Text(f"{row.log_ratio:+.2f}"),
                Text(f"{row.p:.2g}"),
            )
            for row in keys
        ]
        return self._part(columns, rows, [row.word for row in keys], state)

    def _near(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        if not state.asked:
            raise UserError("Type the word whose neighbours are wanted.")
        sort = MEASURES[state.sort % len(MEASURES)]
        near = engine.collocations(selection, state.asked, stop=state.stop, minimum=2, sort=sort, count=LISTED)
        columns = [
            PagedColumn("collocate", 30),
            PagedColumn("count", 9, right=True),
            PagedColumn("log-Dice", 9, right=True),
            PagedColumn("MI", 9, right=True),
            PagedColumn("t", 9, right=True),
        ]
        rows = [
            (
                Text(visible(row.word)),
                number(row.count),
                Text(f"{row.log_dice:.2f}"),
                Text(f"{row.mi:.2f}"),
                Text(f"{row.t:.2f}"),
            )
            for row in near
        ]
        return replace(self._part(columns, rows, [row.word for row in near], state), note=f"by {sort}")

    def _part(
        self, columns: Sequence[PagedColumn], rows: Sequence[Sequence[Text]], words: Sequence[str], state: ViewState
    ) -> ViewPart:
        more = f"the first {LISTED:,}" if len(rows) == LISTED else ""
        return ViewPart(columns, len(rows), rows, [None] * len(rows), words=words, note=more)


class ConcordanceView:
    """Each match of a question in its context."""

    TITLE: ClassVar = "Concordance"
    SHORT: ClassVar = "KWIC"
    ASKS: ClassVar = "a word or a phrase; wild*card, a|b, a NEAR/5 b, /regular expression/"

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for a page."""
        if not state.asked:
            raise UserError("Type a word or a phrase.")
        regex = len(state.asked) > 2 and state.asked.startswith("/") and state.asked.endswith("/")
        asked = state.asked[1:-1] if regex else state.asked
        sort = "" if regex else SORTS[state.sort % len(SORTS)]
        # Of an expression the number of matches is known when all texts were read.
        page = engine.concordance(selection, asked, regex=regex, sort=sort, offset=offset, count=PAGE, width=WIDTH)
        columns = [
            PagedColumn("id", 10),
            PagedColumn("left", right=True),
            PagedColumn("match", 30),
            PagedColumn("right"),
        ]
        rows = [self._row(line, sort) for line in page.lines]
        note = f"by {sort}" if sort else ""
        return ViewPart(
            columns,
            page.total,
            rows,
            [line.row for line in page.lines],
            [(line.start, line.end) for line in page.lines],
            note=note,
            offset=offset,
            more=page.more,
        )

    @staticmethod
    def _row(line: KwicLine, sort: str) -> tuple[Text, ...]:
        left, right = Text(visible(line.left)), Text(visible(line.right))
        for place, key in enumerate(sort.split(",") if sort else ()):
            side, distance = key[:1], int(key[1:] or 0)
            words = _word_spans((left if side == "L" else right).plain)
            style = ("bold", "italic", "underline")[place % 3]
            if side == "L" and distance <= len(words):
                left.stylize(style, *words[-distance])
            elif side == "R" and distance <= len(words):
                right.stylize(style, *words[distance - 1])
        return Text(one_line(line.id, 20)), left, Text(visible(line.match), style="bold underline green"), right


def _word_spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], None
    for place, sign in enumerate(f"{text} "):
        inside = sign.isalnum() or sign in "'’"
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            spans.append((start, place))
            start = None
    return spans


class OverviewView:
    """How often the values of two columns go together."""

    TITLE: ClassVar = "Overview"
    SHORT: ClassVar = "Table"
    ASKS: ClassVar = "two columns, as label stars"
    BAR = 20

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for the whole table."""
        names = state.asked.replace(",", " ").split()
        if not names:
            raise UserError("Type the columns whose values are counted, as label stars.")
        table = engine.crosstab(selection, names[0], names[-1])
        sums = [sum(counts) for counts in table.counts]
        total = max(sum(sums), 1)
        single = len(names) == 1
        columns = [
            PagedColumn(visible(names[0]), 24),
            PagedColumn("documents", 10, right=True),
            PagedColumn("share", 8, right=True),
            *(() if single else (PagedColumn(visible(value), 9, right=True) for value in table.columns)),
            PagedColumn(""),
        ]
        rows = []
        for value, count, counts, residuals in zip(table.rows, sums, table.counts, table.residuals, strict=True):
            cells = () if single else tuple(map(_residual, counts, residuals))
            bar = Text("█" * round(self.BAR * count / max(sums)), style="green")
            rows.append((Text(one_line(value, 40)), number(count), Text(f"{100 * count / total:.1f} %"), *cells, bar))
        note = (
            "" if single else f"χ² {table.chi_square:,.1f}, df {table.df}, p {table.p:.2g}; bold: more, italic: fewer"
        )
        return ViewPart(columns, len(rows), rows, [None] * len(rows), note=note)


def _residual(count: int, residual: float) -> Text:
    """A count, marked where it departs from independence."""
    return Text(f"{count:,}", style="bold" if residual > 1.96 else "italic" if residual < -1.96 else "")


CorpusView = DocumentsView | WordsView | ConcordanceView | OverviewView


def all_views() -> dict[str, CorpusView]:
    """The views by their names, in the order of the bar."""
    return {
        "documents": DocumentsView(),
        "words": WordsView(),
        "concordance": ConcordanceView(),
        "overview": OverviewView(),
    }
