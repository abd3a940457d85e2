"""Predictions of a masked language model for the blanks of a text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filling:
    """A word for a blank, and how probable it is there."""

    word: str
    probability: float


@dataclass(frozen=True)
class Blank:
    """A blank in a text, from ``start`` to ``end``, and the most likely words for it, best first."""

    start: int
    end: int
    words: tuple[Filling, ...]


@dataclass(frozen=True)
class Filled:
    """A text and what its blanks may hold."""

    text: str
    model: str
    version: str
    blanks: tuple[Blank, ...]
    milliseconds: float
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> str:
        """The text with the most likely word in each blank that has one."""
        parts, end = list[str](), 0
        for blank in self.blanks:
            parts += [
                self.text[end : blank.start],
                blank.words[0].word if blank.words else self.text[blank.start : blank.end],
            ]
            end = blank.end
        return "".join([*parts, self.text[end:]])
