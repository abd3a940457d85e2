"""Profiles of one author, and of many authors together."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from .reading import Span


@dataclass(frozen=True)
class Guess:
    """One attribute of an author, as the style of the text suggests it: a probability, never a fact.

    ``category``: ``probabilities`` are calibrated, sum to one, in the model's order; ``label`` is the most probable.
    ``number``: ``value`` is the estimate, ``low`` … ``high`` hold the truth for 80 of 100 authors of the validation
    part; ``probabilities`` is empty.
    """

    name: str
    kind: Literal["category", "number"] = "category"
    probabilities: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    label: str = ""
    sure: bool = True
    """False where the distribution is too flat to name a label: "cannot tell"."""
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Phrase:
    """A run of words that the attention holds together: ``text[start:end]``, its share of the annotation, and the hop
    that looks at it most (0-based)."""

    start: int
    end: int
    weight: float
    hop: int


@dataclass(frozen=True)
class Profile:
    """What one model says of one author's text."""

    model: str
    version: str
    guesses: tuple[Guess, ...]
    spans: tuple[Span, ...] = ()
    """The summed annotation (Lin et al. 2017, section 4.1), a weight a word, times the attention on its window; all
    weights are at least 0 and sum to 1. Only with ``explain=True``; in reading order."""
    hops: tuple[tuple[float, ...], ...] = ()
    """Each hop by itself: as many weights as ``spans``, in their order, each hop summing to 1."""
    phrases: tuple[Phrase, ...] = ()
    """The most attended phrases, the strongest first."""
    pulls: dict[str, tuple[Span, ...]] = field(default_factory=dict[str, tuple[Span, ...]], hash=False)
    """Attribute to the words and word parts by which the n-gram half of the model chose its label, strongest first."""
    milliseconds: float = 0.0
    tokens: int = 0
    known: float = 1.0
    read: float = 1.0
    """Share of the text that was read."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader: short text, another language, sampled …"""
    abstains: bool = False
    """Whether nobody should rely on it: too short a text, another language, hardly a word that the model knows."""

    def guess(self, name: str) -> Guess:
        """The guess of that attribute; KeyError where there is none."""
        return {guess.name: guess for guess in self.guesses}[name]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: an attribute a key, its distribution (or estimate) the value, then what belongs to all."""
        return {
            **{
                guess.name: guess.probabilities
                if guess.kind == "category"
                else {"value": guess.value, "low": guess.low, "high": guess.high}
                for guess in self.guesses
            },
            "cannot_tell": [guess.name for guess in self.guesses if not guess.sure],
            "model": self.model,
            "version": self.version,
            "milliseconds": self.milliseconds,
            "tokens": self.tokens,
            "known": self.known,
            "read": self.read,
            "notes": list(self.notes),
            "abstains": self.abstains,
        }

    def explanation(self) -> dict[str, Any]:
        """JSON-ready: what the model looked at, which :meth:`as_dict` leaves out."""
        return {
            "spans": [asdict(span) for span in self.spans],
            "hops": [list(hop) for hop in self.hops],
            "phrases": [asdict(phrase) for phrase in self.phrases],
            "pulls": {name: [asdict(span) for span in spans] for name, spans in self.pulls.items()},
        }


@dataclass(frozen=True)
class Share:
    """A label's share of a group (0 … 1) and its bootstrap interval (95 %)."""

    label: str
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupAttribute:
    """One attribute over a group. ``category``: shares, the mean of the authors' probabilities. ``number``: the mean
    estimate with its interval in ``mean``, ``low``, ``high`` and a histogram in ``shares`` (label: the range)."""

    name: str
    kind: Literal["category", "number"]
    shares: tuple[Share, ...] = ()
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    unsure: int = 0
    """Authors of whom the model cannot tell."""


@dataclass(frozen=True)
class GroupProfile:
    """Who writes here: a whole corpus."""

    model: str
    version: str
    authors: int
    attributes: tuple[GroupAttribute, ...]
    notes: tuple[str, ...] = ()
    protocol: str = ""
    """How the intervals were made: resamples, seed."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
