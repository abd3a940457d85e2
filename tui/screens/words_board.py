"""Where the answers about words stand: lists, a grid, a map, two measures; which of them, the question decides."""

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ...engine.results import Matrix, Missing, Neighbours, OddOneOut, Similarity, WordMap
from ..widgets.bars import bar
from ..widgets.heatgrid import HeatGrid
from ..widgets.neighbours import NeighbourList, Row
from ..widgets.text import visible
from ..widgets.wordmap import WordMapView
from .words_asking import TITLES, Question, Reply


class WordsBoard(Container):
    """Its parts are always there; a question shows some of them."""

    def compose(self) -> ComposeResult:
        yield NeighbourList(id="first")
        yield NeighbourList(id="second")
        yield Static("", id="measures", classes="box", markup=False)
        yield HeatGrid(id="grid")
        yield WordMapView(id="map")
        yield Static("", id="words-empty", classes="empty", markup=False)

    def on_mount(self) -> None:
        self._show_only("words-empty")

    def _show_only(self, *shown: str) -> None:
        for child in self.children:
            child.display = child.id in shown

    @property
    def map(self) -> WordMapView:
        return self.query_one(WordMapView)

    def lists(self) -> tuple[NeighbourList, NeighbourList]:
        return self.query_one("#first", NeighbourList), self.query_one("#second", NeighbourList)

    def first_part(self) -> Widget | None:
        """What the arrow down goes to."""
        return next((child for child in self.children if child.display and child.can_focus), None)

    def say(self, text: str | Content) -> None:
        """A sentence in the place of an answer."""
        self._show_only("words-empty")
        self.query_one("#words-empty", Static).update(text)

    # ------------------------------------------------------------------------------------------ answers

    def show(self, question: Question, replies: Sequence[Reply]) -> None:
        """The answers of one model or of two."""
        held = self.screen.focused
        first, second = self.lists()
        main, *others = replies
        shown: list[str] = []
        if all(reply.refused for reply in replies):
            self.say(Content(visible(main.refused)))
            return
        if question.mode in ("neighbours", "analogy"):
            for part, reply, other in zip((first, second), replies, (*replies[1:], *replies[:1]), strict=False):
                self._show_list(part, question, reply, other if others else None)
                shown.append(part.id or "")
        elif isinstance(main.result, OddOneOut):
            shown += self._show_odd(main.result, main.matrix)
        elif isinstance(main.result, Similarity):
            shown += self._show_similarity(question, main.result, main.matrix)
        elif isinstance(main.result, Matrix):
            if len(main.result.words) > 1:
                shown += self._show_grid(main.result, main.result.words, main.result.words)
            shown += self._show_missing(main.result.missing)
        elif isinstance(main.result, WordMap):
            if main.result.points:
                self.map.show(main.result)
                shown.append("map")
            shown += self._show_missing(main.result.missing)
        self._show_only(*shown)
        if not shown:
            self.say("The vectors say nothing about that.")
        if held is not None and held in self.children and not held.display:
            part = self.first_part()
            if part is not None:
                part.focus()

    def show_beside(self, found: WordMap) -> None:
        """A map beside the neighbours, where the window is wide."""
        self.map.show(found)
        self.map.display = bool(found.points)

    def _show_list(self, part: NeighbourList, question: Question, reply: Reply, other: Reply | None) -> None:
        result = reply.result
        if not isinstance(result, Neighbours):
            part.show([Row("", told=reply.refused)], reply.model)
            return
        also = {word.word for word in other.result.words} if other and isinstance(other.result, Neighbours) else set()
        rows = [Row(word.word, word.similarity, word.rank, "=" if word.word in also else " ") for word in result.words]
        both = sum(row.mark == "=" for row in rows)
        title = f"Nearest to {result.query}" if other is None else reply.model
        headline = f"{result.query} ≈ {result.words[0].word}" if question.mode == "analogy" and result.words else ""
        subtitle = f"= in both: {both} of {len(rows)}" if other is not None and rows else ""
        if result.milliseconds and other is None:
            subtitle = f"{result.milliseconds:.1f} ms"
        part.show(missing_rows(result.missing) + rows, title, headline, subtitle)

    def _show_odd(self, result: OddOneOut, matrix: Matrix | None) -> list[str]:
        first, _ = self.lists()
        rows = [
            Row(word.word, word.similarity, word.rank, "✗" if word.word == result.word else " ")
            for word in result.similarities
        ]
        headline = f"{result.word} does not belong" if result.word else "Three known words are needed"
        first.show(missing_rows(result.missing) + rows, TITLES["odd"], headline, "cosine with the mean of all")
        shown = ["first"]
        if matrix is not None and len(matrix.words) > 1:
            shown += self._show_grid(matrix, matrix.words, matrix.words)
        return shown

    def _show_similarity(self, question: Question, result: Similarity, matrix: Matrix | None) -> list[str]:
        measures = self.query_one("#measures", Static)
        width = min(max(self.size.width - 46, 10), 60)
        lines = []
        for name, value, told in (
            ("mean vectors", result.cosine, "cosine of the mean vector of each side"),
            ("word by word", result.pairwise, "mean cosine of all pairs of their words"),
        ):
            drawn = bar(value or 0.0, width)
            number = "    –" if value is None else f"{value:5.2f}"
            lines.append(
                Content.assemble(
                    (f"{name}  ", "bold"), (drawn, "$primary"), " " * (width - len(drawn)), (f" {number}", "bold")
                )
            )
            lines.append(Content.styled(" " * 14 + told, "$quiet"))
        lines.append(Content(""))
        for sign, known, side in (("A", result.a, question.parts[0]), ("B", result.b, question.parts[1])):
            said = " ".join(visible(word) for word in known) or "no known word"
            lines.append(Content.assemble((f"{sign}  ", "bold $accent"), visible(side)))
            if said.lower() != side.lower():
                lines.append(Content.styled(f"   read: {said}", "$quiet"))
        measures.border_title = "Similarity"
        measures.update(Content("\n").join(lines))
        shown = ["measures"]
        if matrix is not None:
            rows, columns = (tuple(dict.fromkeys(side)) for side in (result.a, result.b))
            if {*rows, *columns} <= set(matrix.words):
                shown += self._show_grid(matrix, rows, columns)
        return shown + self._show_missing(result.missing)

    def _show_grid(self, matrix: Matrix, rows: Sequence[str], columns: Sequence[str]) -> list[str]:
        at = {word: index for index, word in enumerate(matrix.words)}
        values = [[matrix.values[at[row]][at[column]] for column in columns] for row in rows]
        self.query_one(HeatGrid).show(rows, columns, values, f"{len(rows)} × {len(columns)} cosines")
        return ["grid"]

    def _show_missing(self, missing: Sequence[Missing]) -> list[str]:
        """The spellings to choose from, in the first list."""
        if not missing:
            return []
        self.lists()[0].show(missing_rows(missing), "Not in the vocabulary")
        return ["first"]

    def results(self, replies: Sequence[Reply]) -> list[Any]:
        """What is shown, for writing it down."""
        return [found for reply in replies for found in (reply.result, reply.matrix) if found is not None]


def missing_rows(missing: Sequence[Missing]) -> list[Row]:
    """A line a word that the vectors lack, then the spellings that they have."""
    rows: list[Row] = []
    for lost in missing:
        told = "is not in the vocabulary" + ("; enter takes one of these:" if lost.suggestions else ".")
        rows.append(Row("", told=f"{visible(lost.word)} {told}"))
        rows += [Row(word, mark="›", instead=lost.word) for word in lost.suggestions]
    return rows
