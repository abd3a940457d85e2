"""Models and data sets, as lists and pages show them."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ...data.reading import Reading


@dataclass(frozen=True)
class BundleInfo:
    """A trained model as lists show it; ``card`` is its whole card (see :mod:`dltext.engine.bundle_format`)."""

    name: str
    task: str
    origin: Literal["shipped", "trained", "imported"]
    version: str
    recipe: str
    language: str
    labels: tuple[str, ...]
    metrics: dict[str, float]
    """``accuracy``, ``macro_f1``, ``ece``, ``floor_accuracy`` … as far as measured."""
    measured_on: str
    """For people: ``IMDB test``."""
    default: bool
    size: int
    """Bytes on disk."""
    path: str
    card: dict[str, Any] = field(default_factory=dict[str, Any], hash=False)
    threshold: float | None = None
    """The confidence from which on a classifier is sure: the user's choice, else its card's; None: it always is."""
    problem: str | None = None
    """Why it cannot be loaded, if it cannot (one sentence); such a bundle is listed but not offered."""

    @property
    def may_be_unsure(self) -> bool:
        """Whether it gives one label of several a text, so that it can have a threshold."""
        return bool(self.labels) and self.card.get("serving", {}).get("learns", "label") == "label"

    @property
    def base(self) -> str:
        """The encoder whose first layers it answers with; empty where it has all layers itself."""
        return str(self.card.get("serving", {}).get("base") or "")


@dataclass(frozen=True)
class AttributeInfo:
    """What data say of the authors of texts, and a profiler can learn."""

    name: str
    column: str
    """Where it stands; what to learn is written ``name=column:kind``."""
    kind: Literal["category", "number"]
    labels: tuple[str, ...]
    """Of a category."""
    missing: int
    """Records that say nothing of it."""
    default: bool = True
    """Learnt where nobody says what to learn."""
    counts: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """Once checked. Category: records a label; number: ``mean``, ``min``, ``max``."""

    def request(self) -> str:
        """How it is asked for in the setting ``attributes``."""
        return f"{self.name}={self.column}:{self.kind}"

    def told(self) -> str:
        """For people: ``female 8,888, male 8,932``, and what to know of it."""
        if self.kind == "category":
            shown = self.labels[:12]
            said = ", ".join(f"{label} {self.counts[label]:,.0f}" if self.counts else label for label in shown)
            said += f" … ({len(self.labels)} labels)" if len(self.labels) > len(shown) else ""
        else:
            said = ", ".join(["a number", *(f"{name} {round(value, 2):.12g}" for name, value in self.counts.items())])
        notes = [f"column {self.column}"] * (self.column != self.name)
        notes += [f"{self.missing:,} not known"] * (self.missing > 0)
        notes += ["learnt when asked for"] * (not self.default)
        return f"{said} ({'; '.join(notes)})" if notes else said


@dataclass(frozen=True)
class DatasetInfo:
    """A data card as lists show it."""

    name: str
    title: str
    language: str
    task: str
    labels: tuple[str, ...]
    splits: dict[str, int]
    """Split name to number of examples, as the card states."""
    size: int
    """Bytes to download."""
    licence: str
    citation: str
    source: str
    available: Literal["shipped", "mirror", "cached", "download", "imported"]
    description: str = ""
    attributes: tuple[AttributeInfo, ...] = ()
    """What it says of the authors."""
    target_language: str = ""
    """Of pairs: the language of the second side; ``language`` is that of the first."""
    titled: bool = False
    """Whether each text has a title beside it."""


@dataclass(frozen=True)
class DataCheck:
    """What a look at a data set found: ``warnings`` and ``errors`` are sentences."""

    name: str
    splits: dict[str, int]
    labels: dict[str, int]
    lengths: dict[str, float]
    """Tokens: ``mean``, ``median``, ``p95``, ``max``."""
    duplicates: int
    overlap: int
    """Test examples that also appear in the training set."""
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    attributes: tuple[AttributeInfo, ...] = ()
    """What is known of the authors, counted."""
    target_lengths: dict[str, float] = field(default_factory=dict[str, float], hash=False)
    """Of pairs: the same of the second side."""
    reading: Reading | None = None
    """How a file of one's own was read."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Groups of labels that differ only in how they are written."""
    imported: bool = False
    """Whether it is a corpus that was imported, whose labels can be merged as those of a file."""

    @property
    def mergeable(self) -> bool:
        """Whether the reading option ``labels`` can merge some of them."""
        return bool(self.alike) and (self.reading is not None or self.imported)


@dataclass(frozen=True)
class Check:
    """A line of ``dltext doctor``."""

    name: str
    ok: bool | None
    """None: not needed here, said for information."""
    detail: str
    remedy: str = ""
