"""Predictions of a classifier for a text, with their explanation."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Record:
    """One document of a file: ``id`` is its own or its 1-based line/row number as text."""

    id: str
    text: str
    label: str | None = None
    values: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """What a data set says of the author, by attribute."""
    target: str | None = None
    """Of pairs: the other side."""


@dataclass(frozen=True)
class Span:
    """A stretch ``text[start:end]`` of the document (Python string offsets) and its pull towards the prediction.

    ``weight`` is signed: the drop of the predicted label's log-odds, or of the number, when the span is hidden, or by
    integrated gradients its share in them; positive speaks for the prediction (raises the number), negative against.
    """

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class CoursePart:
    """A stretch ``text[start:end]`` of a document that a model has read by itself: its most probable ``label``, and the
    probability of that; of a model of numbers the number."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True)
class Result:
    """What one model says of one text."""

    task: str
    model: str
    """Bundle name."""
    version: str
    label: str
    """The most probable label, by name; of a model of numbers the number, as text."""
    probabilities: dict[str, float]
    """Calibrated, in the bundle's label order; they sum to one unless a text may have several labels."""
    spans: tuple[Span, ...] = ()
    """Filled only with ``explain``; in reading order, not overlapping."""
    by: str = ""
    """What the weights of the spans are by: ``occlusion``, ``gradients`` or ``attention`` (shares, none below 0).
    Empty without spans."""
    sentences: tuple[Span, ...] = ()
    """By the attention of a model that reads sentence by sentence: their shares of it, in reading order."""
    gap: float | None = None
    """By gradients: how far the weights are from adding up to what the prediction rises by (completeness)."""
    milliseconds: float = 0.0
    """Text to Result, explanation included if asked for."""
    tokens: int = 0
    known: float = 1.0
    """Share of the tokens that stand in the model's vocabulary."""
    read: float = 1.0
    """Share of the document that was read; below 1 a very long text was sampled evenly."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader: sampled, empty, mostly unknown words, another language …"""
    abstains: bool = False
    """Whether this is no prediction: the text is in a language that the model does not read, or holds hardly a word
    that it knows; ``notes`` says which. ``label`` is the most probable one all the same."""
    labels: tuple[str, ...] = ()
    """Of a model that assigns any number of labels: those it assigns, the most probable first."""
    value: float | None = None
    """Of a model of numbers, in the unit of its data; eight of ten texts lie between ``low`` and ``high``."""
    low: float | None = None
    high: float | None = None

    course: tuple[CoursePart, ...] = ()
    """What the model says along the text, where that was asked for."""
    threshold: float | None = None
    """The confidence from which on the model is sure, where it has such a threshold."""

    @property
    def sure(self) -> bool:
        """Whether the label is one to go by: not below the model's threshold."""
        return self.threshold is None or max(self.probabilities.values(), default=1.0) >= self.threshold

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, the one that ``--json`` prints and the screen exports: without the fields of other kinds of
        models."""
        # As ``asdict`` would have it, but that copies each value by itself: a tenth of the time of a file of reviews.
        table = dict(vars(self))
        for name in ("spans", "sentences", "course"):
            if parts := table[name]:
                table[name] = tuple(map(asdict, parts))
        table["probabilities"] = dict(self.probabilities)
        if self.threshold is not None:
            table["sure"] = self.sure
        for name in ("value", "low", "high", "threshold"):
            if table[name] is None:
                del table[name]
        for name in ("labels", "sentences", "course"):
            if not table[name]:
                del table[name]
        return table


@dataclass(frozen=True)
class Course:
    """What a model says along a document, from its beginning to its end."""

    model: str
    labels: tuple[str, ...]
    """In the model's order; none of numbers."""
    length: int
    """Characters of the document."""
    parts: tuple[CoursePart, ...]
    """In reading order, not overlapping; stretches without a word are left out."""


@dataclass(frozen=True)
class HeadAttention:
    """What each head of an encoder looks at in a text, or in the beginning of a long one."""

    model: str
    places: tuple[tuple[int, int], ...]
    """Where each piece stands in the text; the signs before and behind it stand nowhere."""
    weights: tuple[tuple[tuple[tuple[float, ...], ...], ...], ...]
    """By layer, head, the piece that looks and the piece that is looked at; the last add up to 1."""
