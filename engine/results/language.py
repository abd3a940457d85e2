"""Predictions of language models: continuations of a text, and how surprising each of its parts is."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class NextUnit:
    """What may come next in a text, ``text`` with the space before it, and how probable it is."""

    text: str
    probability: float


@dataclass(frozen=True)
class Continuation:
    """How one variant goes on behind the prompt."""

    text: str
    """Without the prompt."""
    units: int
    """Words, pieces or characters written, as the model counts."""
    log_prob: float
    """Natural logarithm of what the model gives all of them, at temperature 1."""
    finished: bool
    """Whether the model ended the text by itself."""
    seed: int
    """The seed that draws the same again, with the same settings."""


@dataclass(frozen=True)
class Generated:
    """A prompt and its continuations."""

    prompt: str
    model: str
    version: str
    continuations: tuple[Continuation, ...]
    milliseconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surprisal:
    """A unit ``text[start:end]`` of a document: ``bits`` is −log₂ of the probability that the model gave it there."""

    text: str
    start: int
    end: int
    bits: float


@dataclass(frozen=True)
class SentenceSurprise:
    """A sentence from ``start`` to ``end`` and its perplexity."""

    start: int
    end: int
    perplexity: float


@dataclass(frozen=True)
class Surprise:
    """How a language model finds a text."""

    text: str
    model: str
    version: str
    unit: str
    """What its units are: ``words``, ``pieces`` or ``characters``."""
    perplexity: float
    """2 to the mean bits of a unit."""
    tokens: int
    """Units that were predicted, the end of the text among them where it counts."""
    bits: float
    """Of all of them."""
    bits_per_character: float
    surprisals: tuple[Surprisal, ...] = ()
    """In reading order, not overlapping."""
    sentences: tuple[SentenceSurprise, ...] = ()
    known: float = 1.0
    """Share of the units that stand in the model's vocabulary; the others are read as the unknown unit."""
    milliseconds: float = 0.0
    notes: tuple[str, ...] = ()

    def as_dict(self, explain: bool = False) -> dict[str, Any]:
        """JSON-ready form: what ``--json`` prints."""
        row = {
            "perplexity": self.perplexity,
            "tokens": self.tokens,
            "bits_per_character": self.bits_per_character,
            "known": self.known,
            "model": self.model,
            "notes": list(self.notes),
        }
        return row | ({"surprisals": [asdict(each) for each in self.surprisals]} if explain else {})


@dataclass(frozen=True)
class WordDifference:
    """A word of a text, from ``start`` to ``end``, and by how many bits the first of two models finds it less
    surprising than the second; negative: more."""

    text: str
    start: int
    end: int
    bits: float


@dataclass(frozen=True)
class ComparedSurprise:
    """Which of two models explains a text better, and by which words."""

    text: str
    first: Surprise
    second: Surprise
    words: tuple[WordDifference, ...]
    """Of the whole text, in reading order; units of both models are summed over each word."""

    @property
    def bits(self) -> float:
        """By how many bits in all the first is less surprised; negative: more."""
        return self.second.bits - self.first.bits
