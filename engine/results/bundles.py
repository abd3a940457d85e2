"""What lists and pages say of models and data."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class BundleInfo:
    """A trained model as lists show it; ``card`` is its whole card (see :mod:`dltext.engine.bundle`)."""

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
    card: dict[str, Any] = field(default_factory=dict, hash=False)
    problem: str | None = None
    """Why it cannot be loaded, if it cannot (one sentence); such a bundle is listed but not offered."""


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
    """Test examples that also stand in the training set."""
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A line of ``dltext doctor``."""

    name: str
    ok: bool | None
    """None: not needed here, said for information."""
    detail: str
    remedy: str = ""
