"""The views of a corpus: what each asks of the engine, and how its answer becomes rows of a table."""

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import KwicLine, Selection, UserError
from ..kit.pagedtable import PAGE, PagedColumn
from ..kit.text import one_line, visible
from .overview import OverviewView
from .parts import ViewPart, ViewState, number
from .word_lists import WordsView

if TYPE_CHECKING:
    from ..kit.engine import Engine

WIDTH = 120
"""Characters on each side of a match: a wide terminal shows as many."""
SORTS = ("", "L1,L2,L3", "R1,R2,R3", "M,R1", "L1,R1")
"""Orders of a concordance."""


class DocumentsView:
    """All selected documents, a line each."""

    TITLE: ClassVar = "Documents"
    SHORT: ClassVar = "Docs"
    UNIT: ClassVar = "documents"
    MODES: ClassVar[dict[str, str]] = {}
    columns: tuple[str, ...] = ()

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """Nothing is typed but the filter."""
        return "", "", False

    def orders(self) -> tuple[str, ...]:
        """What can be sorted by, each also from the last on (``-``); empty: the order of the corpus."""
        return ("", *(turned + name for name in (*self.columns, "words") for turned in ("", "-")))

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for a page."""
        descending, sort = state.order[:1] == "-", state.order.removeprefix("-")
        page = engine.corpus_documents(selection, offset, PAGE, sort, descending)
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
        note = f"by {sort}{', from the last' if descending else ''}" if sort else ""
        return ViewPart(columns, page.total, rows, [line.row for line in page.lines], note=note, offset=offset)


class ConcordanceView:
    """Each match of a question in its context."""

    TITLE: ClassVar = "Concordance"
    SHORT: ClassVar = "KWIC"
    UNIT: ClassVar = "matches"
    MODES: ClassVar[dict[str, str]] = {}

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """The question."""
        return "words", "a word or a phrase; wild*card, a|b, a NEAR/5 b, /regular expression/", True

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for a page."""
        return self._ask(engine, selection, state, offset, PAGE)

    def whole(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Ask for all lines."""
        return self._ask(engine, selection, state, 0, 0)

    def _ask(self, engine: "Engine", selection: Selection, state: ViewState, offset: int, count: int) -> ViewPart:
        if not state.asked:
            raise UserError("Type a word or a phrase.")
        regex = len(state.asked) > 2 and state.asked.startswith("/") and state.asked.endswith("/")
        asked = state.asked[1:-1] if regex else state.asked
        sort = "" if regex else SORTS[state.sort % len(SORTS)]
        unit = "words" if regex else state.unit
        page = engine.concordance(
            selection, asked, regex=regex, unit=unit, sort=sort, offset=offset, count=count, width=WIDTH
        )
        columns = [
            PagedColumn("id", 10),
            PagedColumn("left", right=True),
            PagedColumn("match", 30),
            PagedColumn("right"),
        ]
        rows = [self._row(line, sort) for line in page.lines]
        note = ", ".join(filter(None, (unit if unit != "words" else "", f"by {sort}" if sort else "")))
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


WholeView = WordsView | ConcordanceView | OverviewView
"""Those whose rows are exported as they are shown."""
CorpusView = DocumentsView | WholeView


def all_views() -> dict[str, CorpusView]:
    """The views by their names, in the order of the bar."""
    return {
        "documents": DocumentsView(),
        "words": WordsView(),
        "concordance": ConcordanceView(),
        "overview": OverviewView(),
    }
