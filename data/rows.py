"""One document, and the names of the columns that it is read from."""

from dataclasses import dataclass, field
from typing import Any

from .wording import JOINT

SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "development": "validation",
    "test": "test",
    "testing": "test",
}
"""What a split may be called, and what we call it."""


PAIR = "\n---\n"
"""What stands between the two texts of a pair that are read together: a line of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document; ``id`` is its own or its 1-based record number; ``split`` only where the file states one."""

    id: str
    text: str
    label: str | None = None
    split: str | None = None
    title: str | None = None
    """Where the file has one beside the text."""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    """The columns asked for (see :class:`Columns`), as they are written; ``""`` where there is nothing."""
    labels: tuple[str, ...] = field(default=(), compare=False)
    """All labels, where there are several; then ``label`` is None."""
    place: str = field(default="", compare=False)
    """Where it stands in its file, for messages: ``line 7``, ``sheet 'Answers', row 7``."""

    @property
    def shown_label(self) -> str | None:
        """Its label for people; several as in ``earn; acq``."""
        return JOINT.join(self.labels) if self.labels else self.label

    @property
    def names(self) -> tuple[str, ...]:
        """All its labels, however many."""
        return self.labels or (() if self.label is None else (self.label,))


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns, and whether a row without a label is an error."""

    text: str = "text"
    label: str = "label"
    id: str = "id"
    split: str = "split"
    title: str = "title"
    need_label: bool = False
    values: tuple[str, ...] = ()
    """Further columns that are read along; :data:`EVERY` for all that hold something else than the above."""
    unknown: bool = False
    """Whether labels that mean that nobody knows (``NA``, ``?``) are none."""


EVERY = ("*",)
"""All the columns that there are."""

ALL = ("**",)
"""The same with the text and all else, each as it stands in the file."""

OWN = frozenset(("text", "id", "split", "title"))
"""Columns that never say something of an author."""


def as_labels(names: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a :class:`Row` that has these labels."""
    return {"label": names[0] if len(names) == 1 else None, "labels": names if len(names) > 1 else ()}


def names_of(values: dict[str, Any]) -> str:
    return ", ".join(repr(key) for key in list(values)[:12]) or "nothing"
