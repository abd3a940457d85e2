"""Words of the documents of a corpus, listed: frequencies, key words, collocations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from ...engine.results import Selection, UserError
from ..kit.pagedtable import PagedColumn
from ..kit.text import visible
from .parts import ViewPart, ViewState, number

if TYPE_CHECKING:
    from ..kit.engine import Engine

LISTED = 5_000
"""Words that a list shows at most."""
MEASURES = ("log_dice", "mi", "t", "count")


class WordsView:
    """Words of the selected documents: the most frequent, those that are key, those that go with another."""

    TITLE: ClassVar = "Words"
    SHORT: ClassVar = "Words"
    UNIT: ClassVar = "words"
    MODES: ClassVar = ("frequencies", "two in a row", "three in a row", "key words", "collocations")

    def line(self, state: ViewState) -> tuple[str, str, bool]:
        """What the typed line is for, what it may hold, and whether it must hold something."""
        if state.mode == "key words":
            return "group", "label:neg; nothing: the filtered documents against all others", True
        if state.mode == "collocations":
            return "word", "a word or a phrase", True
        return "only", "a regular expression, to list only some words", False

    def whole(self, engine: "Engine", selection: Selection, state: ViewState) -> ViewPart:
        """Ask for all rows."""
        return self.fetch(engine, selection, state, 0)

    def fetch(self, engine: "Engine", selection: Selection, state: ViewState, offset: int) -> ViewPart:
        """Ask for all rows at once: they are few."""
        mode = state.mode or self.MODES[0]
        if mode == "key words":
            return self._keys(engine, selection, state)
        if mode == "collocations":
            return self._near(engine, selection, state)
        n = self.MODES.index(mode) + 1
        counts = engine.word_frequencies(
            selection, n=n, minimum=1 if n == 1 else 2, stop=state.stop, regex=state.asked, count=LISTED
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
        column, sign, group = (part.strip() for part in state.asked.partition(":"))
        if (state.asked and not (sign and column and group)) or not (state.asked or selection.filter):
            raise UserError(
                "Type the group whose words are wanted, as label:neg; it is compared with all others. Without one, the "
                "filtered documents are compared with the rest."
            )
        keys = engine.keyness(
            selection, by=column, group=group, stop=state.stop, minimum=3, correction="bh", count=LISTED
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
        return replace(self._part(columns, rows, [row.word for row in near], state), note=f"collocations by {sort}")

    def _part(
        self, columns: Sequence[PagedColumn], rows: Sequence[Sequence[Text]], words: Sequence[str], state: ViewState
    ) -> ViewPart:
        more = f", the first {LISTED:,}" if len(rows) == LISTED else ""
        note = f"{state.mode or self.MODES[0]}{more}"
        return ViewPart(columns, len(rows), rows, [None] * len(rows), words=words, note=note)
