"""Words of the documents of a corpus, listed: frequencies, key words, collocations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import Selection, UserError, WordNetwork
from ..kit.pagedtable import PagedColumn
from ..kit.text import one_line, visible
from .parts import ViewPart, ViewState, curve, number, phrases

if TYPE_CHECKING:
    from ..kit.engine import Engine

LISTED = 5_000
"""Words that a list shows at most."""
MEASURES = ("log_dice", "mi", "t", "count")
FIRST = "frequencies"
"""The list that is shown until another is chosen."""
LEAST = 20
"""Cells of a plot."""


class WordsView:
    """Words of the selected documents: the most frequent, those that are key, those that go with another."""

    TITLE: ClassVar = "Words"
    SHORT: ClassVar = "Words"
    UNIT: ClassVar = "words"
    MODES: ClassVar = {
        "frequencies": "the most frequent words",
        "two in a row": "the most frequent pairs of words that follow each other",
        "three in a row": "the most frequent triples",
        "key words": "what is more frequent in a group than elsewhere",
        "collocations": "words near another more often than by chance",
        "dispersion": "where in the corpus words occur, below one another",
        "network": "frequent words near each other, with a file for Gephi",
    }

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """What the typed line is for, what it may hold, and whether it must hold something."""
        if state.mode == "key words":
            return "group", "label:neg; nothing: the filtered documents against all others", True
        if state.mode == "collocations":
            return "word", "a word or a phrase", True
        if state.mode == "dispersion":
            return "words", 'words and phrases, to be seen below one another: soup waiter "cold soup"', True
        if state.mode == "network":
            return "", "", False
        return "only", "a regular expression, to list only some words", False

    def whole(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Ask for all rows."""
        return self.fetch(engine, selection, state, 0)

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for all rows at once: they are few."""
        mode = state.mode or FIRST
        if mode == "key words":
            return self._keys(engine, selection, state)
        if mode == "collocations":
            return self._near(engine, selection, state)
        if mode == "dispersion":
            return self._spread(engine, selection, state)
        if mode == "network":
            return self._pairs(engine, selection, state)
        n = list(self.MODES).index(mode) + 1
        counts = engine.word_frequencies(
            selection,
            n=n,
            unit=state.unit,
            minimum=1 if n == 1 else 2,
            stop=state.stop,
            regex=state.asked,
            count=LISTED,
        )
        with_forms = any(row.forms for row in counts)
        columns = [
            PagedColumn("lemma" if with_forms else "word", 40),
            PagedColumn("count", 12, right=True),
            PagedColumn("documents", 12, right=True),
            PagedColumn("per million", 12, right=True),
            *([PagedColumn("forms")] if with_forms else []),
        ]
        rows = [
            (
                Text(visible(row.word)),
                number(row.count),
                number(row.documents),
                number(row.per_million, 1),
                *([Text(visible(" ".join(row.forms)))] if with_forms else []),
            )
            for row in counts
        ]
        return self._part(columns, rows, [row.word for row in counts], state)

    def _keys(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        column, sign, group = (part.strip() for part in state.asked.partition(":"))
        if (state.asked and not (sign and column and group)) or not (state.asked or selection.filter):
            raise UserError(
                "Type the group whose words are wanted, as label:neg; it is compared with all others. Without one, the "
                "filtered documents are compared with the rest."
            )
        keys = engine.keyness(
            selection,
            by=column,
            group=group,
            unit=state.unit,
            stop=state.stop,
            minimum=3,
            correction="bh",
            count=LISTED,
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
        near = engine.collocations(
            selection, state.asked, unit=state.unit, stop=state.stop, minimum=2, sort=sort, count=LISTED
        )
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
        note = f"collocations{_by_lemma(state)} by {sort}"
        return replace(self._part(columns, rows, [row.word for row in near], state), note=note)

    def _spread(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Where in the corpus words stand: its beginning on the left, its end on the right."""
        asked = phrases(state.asked)
        if not asked:
            raise UserError("Type the words whose places are wanted, a phrase in quotation marks.")
        columns = [
            PagedColumn("word", 20),
            PagedColumn("count", 7, right=True),
            PagedColumn("documents", 9, right=True),
            PagedColumn("DP", 5, right=True),
            PagedColumn("from the first document to the last"),
        ]
        cells = max(LEAST, state.width - 20 - 7 - 9 - 5 - 4)
        spread = engine.dispersion(selection, asked, unit=state.unit)
        plotted = engine.dispersion(selection, asked, unit=state.unit, parts=cells)
        rows = [
            (
                Text(one_line(row.word, 40)),
                number(row.count),
                number(row.documents),
                Text(f"{row.dp:.3f}"),
                Text(curve([count for _, count in parts.parts], cells), style="green"),
            )
            for row, parts in zip(spread, plotted, strict=True)
        ]
        note = f"dispersion{_by_lemma(state)} over documents (Gries' DP) and in {cells} equal parts"
        return replace(self._part(columns, rows, asked, state), note=note)

    def _pairs(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """The strongest pairs of frequent words."""
        network = self.network(engine, selection, state)
        columns = [
            PagedColumn("word", 20),
            PagedColumn("near", 20),
            PagedColumn("together", 9, right=True),
            PagedColumn("log-Dice", 9, right=True),
            PagedColumn("MI", 9, right=True),
            PagedColumn("t", 9, right=True),
        ]
        rows = [
            (
                Text(visible(edge.source)),
                Text(visible(edge.target)),
                number(edge.count),
                Text(f"{edge.log_dice:.2f}"),
                Text(f"{edge.mi:.2f}"),
                Text(f"{edge.t:.2f}"),
            )
            for edge in network.edges
        ]
        asked = [f"{edge.source} NEAR/{network.window} {edge.target}" for edge in network.edges]
        words = f"{len(network.nodes):,} of the most frequent {state.unit}"
        note = f"network of {words}, by {network.measure}"
        return replace(self._part(columns, rows, asked, state), unit="pairs", note=note)

    def network(self, engine: "Engine", selection: Selection, state: ViewState) -> WordNetwork:
        """The network that the list shows."""
        measure = MEASURES[state.sort % len(MEASURES)]
        return engine.word_network(selection, unit=state.unit, measure=measure, stop=state.stop)

    def _part(
        self, columns: Sequence[PagedColumn], rows: Sequence[Sequence[Text]], words: Sequence[str], state: ViewState
    ) -> ViewPart:
        more = f", the first {LISTED:,}" if len(rows) == LISTED else ""
        note = f"{state.mode or FIRST}{_by_lemma(state)}{more}"
        unit = "" if state.unit == "words" else state.unit
        return ViewPart(columns, len(rows), rows, [None] * len(rows), words=words, unit=unit, note=note)


def _by_lemma(state: ViewState) -> str:
    return "" if state.unit == "words" else f" of {state.unit}"
