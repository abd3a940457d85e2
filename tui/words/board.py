"""Where the answers about words stand: lists, a grid, a map, two measures; which of them, the question decides."""

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ...engine.results import Matrix, Missing, Neighbours, OddOneOut, Similarity, WordMap
from ..kit.text import visible
from .heatgrid import HeatGrid
from .measures import Measures
from .neighbours import NeighbourList, NeighbourRow
from .requests import TITLES, Question, Reply
from .wordmap import WordMapView

MOST_CHOICES = 6
"""Rows of spellings over an answer about the other words, in a window of more than ``LOW`` rows; else ``FEW``."""
LOW, FEW = 30, 3


class WordsBoard(Container):
    """Its parts are always there; a question shows some of them."""

    def compose(self) -> ComposeResult:
        yield NeighbourList(id="choices")
        with Container(id="parts"):
            yield NeighbourList(id="first")
            yield NeighbourList(id="second")
            yield Measures(id="measures")
            yield HeatGrid(id="grid")
            yield WordMapView(id="map")
        yield Static("", id="words-empty", classes="empty", markup=False)

    @property
    def _parts(self) -> list[Widget]:
        return [self.query_one("#choices"), *self.query_one("#parts").children, self.query_one("#words-empty")]

    def _show_only(self, *shown: str) -> None:
        """Focus stays on the board where it was there."""
        held = self.screen.focused
        for part in self._parts:
            part.display = part.id in shown
        self.query_one("#parts").display = bool({"first", "second", "measures", "grid", "map"} & set(shown))
        if held in self._parts and not held.display and (part := self.first_part()) is not None:
            part.focus()

    @property
    def map(self) -> WordMapView:
        return self.query_one(WordMapView)

    def lists(self) -> tuple[NeighbourList, NeighbourList]:
        return self.query_one("#first", NeighbourList), self.query_one("#second", NeighbourList)

    def first_part(self) -> Widget | None:
        """What the arrow down goes to."""
        able = [part for part in self._parts if part.display and part.can_focus]
        useful = [part for part in able if not isinstance(part, NeighbourList) or part.takeable]
        return next(iter(useful or able), None)

    def say(self, text: str) -> None:
        """A sentence in the place of an answer."""
        self.query_one("#words-empty", Static).update(Content(visible(text)))
        self._show_only("words-empty")

    # ------------------------------------------------------------------------------------------ answers

    def show(self, question: Question, replies: Sequence[Reply], beside: bool = False) -> None:
        """The answers of one model or of two. ``beside``: a map that is there stays until the next one comes."""
        main = replies[0]
        shown: list[str] = []
        if all(reply.refused for reply in replies):
            self.say(main.refused)
            return
        if question.mode in ("neighbours", "analogy"):
            shown += self._show_lists(question, replies)
            shown += ["map"] if beside and self.map.display else []
        elif isinstance(main.result, OddOneOut):
            shown += self._show_odd(main.result, main.matrix)
        elif isinstance(main.result, Similarity):
            shown += self._show_similarity(question, main.result, main.matrix)
        elif isinstance(main.result, Matrix) and len(main.result.words) > 1:
            shown += self._show_grid(main.result, main.result.words, main.result.words)
        elif isinstance(main.result, WordMap) and main.result.points:
            self.map.show(main.result)
            shown.append("map")
        if question.mode not in ("neighbours", "analogy") and main.result is not None:
            shown += self._show_missing(main.result.missing, bool(shown))
        self._show_only(*shown)
        if not shown:
            self.say("The vectors have no answer to that.")

    def show_beside(self, word_map: WordMap) -> None:
        """A map beside the neighbours, where the window is wide."""
        if word_map.points:
            self.map.show(word_map)
        self.map.display = bool(word_map.points)

    def _show_lists(self, question: Question, replies: Sequence[Reply]) -> list[str]:
        shown = []
        for part, reply, other in zip(self.lists(), replies, (*replies[1:], replies[0]), strict=False):
            self._show_list(part, question, reply, None if other is reply else other)
            shown.append(part.id or "")
        return shown

    def _show_list(self, part: NeighbourList, question: Question, reply: Reply, other: Reply | None) -> None:
        result = reply.result
        if not isinstance(result, Neighbours):
            part.show([NeighbourRow("", told=visible(reply.refused))], reply.model)
            return
        also = {word.word for word in other.result.words} if other and isinstance(other.result, Neighbours) else set()
        rows = [
            NeighbourRow(word.word, word.similarity, word.rank, "=" if word.word in also else " ")
            for word in result.words
        ]
        title = f"Nearest to {result.query}" if other is None else reply.model
        headline = f"{result.query} ≈ {result.words[0].word}" if question.mode == "analogy" and result.words else ""
        subtitle = ""
        if rows and other is not None:
            subtitle = f"= in both: {sum(row.mark == '=' for row in rows)} of {len(rows)}"
        elif rows:
            subtitle = f"cosine · # by frequency · {result.milliseconds:.1f} ms"
        part.show(missing_rows(result.missing) + rows, title, headline, subtitle)

    def _show_odd(self, result: OddOneOut, matrix: Matrix | None) -> list[str]:
        if not result.similarities:
            return []
        rows = [
            NeighbourRow(word.word, word.similarity, word.rank, "✗" if word.word == result.word else " ")
            for word in result.similarities
        ]
        headline = f"{result.word} does not belong" if result.word else "Three words of the vocabulary are needed"
        self.lists()[0].show(rows, TITLES["odd"], headline, "cosine with their mean")
        if matrix is None or len(matrix.words) < 2:
            return ["first"]
        return ["first", *self._show_grid(matrix, matrix.words, matrix.words)]

    def _show_similarity(self, question: Question, result: Similarity, matrix: Matrix | None) -> list[str]:
        self.query_one(Measures).show(result, question.parts[0], question.parts[1])
        rows, columns = (tuple(dict.fromkeys(side)) for side in (result.a, result.b))
        if matrix is None or not {*rows, *columns} <= set(matrix.words):
            return ["measures"]
        return ["measures", *self._show_grid(matrix, rows, columns)]

    def _show_grid(self, matrix: Matrix, rows: Sequence[str], columns: Sequence[str]) -> list[str]:
        indices = {word: index for index, word in enumerate(matrix.words)}
        values = [[matrix.values[indices[row]][indices[column]] for column in columns] for row in rows]
        self.query_one(HeatGrid).show(rows, columns, values, f"{len(rows)} × {len(columns)} cosines")
        return ["grid"]

    def _show_missing(self, missing: Sequence[Missing], more: bool) -> list[str]:
        """The spellings to choose from, over what is said about the other words (``more``)."""
        if not missing:
            return []
        rows, choices = missing_rows(missing), self.query_one("#choices", NeighbourList)
        choices.show(rows, "Not in the vocabulary")
        most = MOST_CHOICES if self.app.size.height > LOW else FEW
        choices.styles.height = min(len(rows), most) + 2 if more else "1fr"
        return ["choices"]

    def results(self, replies: Sequence[Reply]) -> list[Any]:
        """What is shown, for writing it down."""
        return [result for reply in replies for result in (reply.result, reply.matrix) if result is not None]


def missing_rows(missing: Sequence[Missing]) -> list[NeighbourRow]:
    """A line a word that the vectors lack, then the spellings that they have."""
    rows: list[NeighbourRow] = []
    for lost in missing:
        problem = "is not in the vocabulary" + ("; enter takes one of these:" if lost.suggestions else ".")
        rows.append(NeighbourRow("", told=f"{visible(lost.word)} {problem}"))
        rows += [NeighbourRow(word, mark="›", instead=lost.word) for word in lost.suggestions]
    return rows
