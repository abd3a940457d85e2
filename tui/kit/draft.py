"""A translation in the making: sentences as they come, the wording chosen for each, what an edit leaves as it is."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ...engine.results import Direction, Hypothesis, Sentence, Translation

NOTHING = Hypothesis("", 0.0)


@dataclass(frozen=True)
class Line:
    """A sentence, and which of its wordings stands in the text."""

    sentence: Sentence
    chosen: int = 0
    detailed: bool = False
    """Whether it was asked for its other wordings and its attention."""

    @property
    def hypothesis(self) -> Hypothesis:
        wordings = self.sentence.hypotheses
        return wordings[self.chosen] if self.chosen < len(wordings) else NOTHING

    @property
    def text(self) -> str:
        return self.hypothesis.text

    def moved(self, by: int) -> "Line":
        """The same sentence, ``by`` characters further on."""
        if not by:
            return self
        return replace(
            self, sentence=replace(self.sentence, start=self.sentence.start + by, end=self.sentence.end + by)
        )


@dataclass(frozen=True)
class Kept:
    """What an edit leaves of a draft: lines at its beginning and at its end; ``start:end`` of the new text is new."""

    head: tuple[Line, ...]
    tail: tuple[Line, ...]
    start: int
    end: int


class TranslationDraft:
    """The lines of a translation of ``source``, in reading order."""

    def __init__(self, source: str, direction: Direction, lines: Iterable[Line] = (), complete: bool = False) -> None:
        self.source = source
        self.direction = direction
        self.lines: list[Line] = list(lines)
        self.complete = complete
        self.milliseconds = 0.0
        self.notes: tuple[str, ...] = ()

    def at(self, offset: int) -> int | None:
        """The line that ``source[offset]`` belongs to, or that ends before it; None where there are none."""
        if not self.lines:
            return None
        return max(bisect_right(self.lines, offset, key=lambda line: line.sentence.start) - 1, 0)

    def choose(self, number: int, wording: int) -> bool:
        """Put another wording of a line into the text; whether that changed it."""
        line = self.lines[number]
        if wording == line.chosen or not 0 <= wording < len(line.sentence.hypotheses):
            return False
        self.lines[number] = replace(line, chosen=wording)
        return True

    def paragraph(self, number: int) -> bool:
        """Whether an empty line stands before a line."""
        if not number:
            return False
        return self.source.count("\n", self.lines[number - 1].sentence.end, self.lines[number].sentence.start) > 1

    def sentences(self) -> tuple[Sentence, ...]:
        """What the engine reads: of each sentence the chosen wording first."""
        return tuple(_chosen_first(line) for line in self.lines)

    def translation(self, text: str) -> Translation:
        """What the engine writes to files; ``text``: the sentences as one text."""
        return Translation(self.direction, self.sentences(), text, self.complete, self.milliseconds, notes=self.notes)

    # ------------------------------------------------------------------------------------------ after an edit

    def kept(self, text: str) -> Kept:
        """The lines that are the same in ``text``, less the one next to the change on either side: where a sentence
        ends may depend on what follows. Without an end of this draft (it was stopped) all after its lines is new."""
        old = self.source
        if old == text:
            start = len(text) if self.complete else self.lines[-1].sentence.end if self.lines else 0
            return Kept(tuple(self.lines), (), start, len(text))
        same = common(min(len(old), len(text)), lambda length: old[:length] == text[:length])
        rest = min(len(old), len(text)) - same
        behind = common(rest, lambda length: old[len(old) - length :] == text[len(text) - length :])
        before = bisect_right(self.lines, same - 1, key=lambda line: line.sentence.end)
        head = self.lines[: max(before - 1, 0)]
        after = bisect_right(self.lines, len(old) - behind, key=lambda line: line.sentence.start)
        tail = self.lines[max(after + 1, len(head)) :] if self.complete else []
        moved = len(text) - len(old)
        return Kept(
            tuple(head),
            tuple(line.moved(moved) for line in tail),
            head[-1].sentence.end if head else 0,
            tail[0].sentence.start + moved if tail else len(text),
        )


def _chosen_first(line: Line) -> Sentence:
    if not line.chosen:
        return line.sentence
    wordings = line.sentence.hypotheses
    rest = (*wordings[: line.chosen], *wordings[line.chosen + 1 :])
    return replace(line.sentence, hypotheses=(line.hypothesis, *rest))


def common(most: int, same: Callable[[int], bool]) -> int:
    """The largest length up to ``most`` for which ``same`` holds, given that it holds for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(middle):
            low = middle
        else:
            high = middle - 1
    return low


def lines_of(sentences: Sequence[Sentence], offset: int, detailed: bool) -> list[Line]:
    """Lines of what was read from ``offset`` on."""
    return [Line(sentence, 0, detailed).moved(offset) for sentence in sentences]
