"""Several data sets that are learnt from together, as one."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from .divided import Source, digest
from .errors import UserError
from .readers import Row
from .rows import as_labels
from .same_labels import order_of
from .targets import Target
from .wording import plural


@dataclass(frozen=True)
class JoinedPart:
    """A data set among others: its own parts, or with ``split`` that alone, which then trains."""

    source: Source
    split: str = ""

    def stored(self, split: str) -> str:
        """What of the source is in ``split`` of all together; empty where nothing is."""
        if self.split:
            return self.split if split == "train" else ""
        return split if split in self.source.splits else ""


class Joined(Source):
    """Training, validation and test parts of all sets together, in their order; labels that differ only in how they
    are written are one.

    A text of a test part is in no other part, whichever set brings it along. There is a validation part where every
    set has one; else those that some have train.
    """

    def __init__(self, parts: Sequence[JoinedPart]) -> None:
        self._parts = parts
        sources = [part.source for part in parts]
        self.name = "+".join(Path(part.source.name).name + (f":{part.split}" if part.split else "") for part in parts)
        self.title = " + ".join(source.title for source in sources)
        languages, tasks = {source.language for source in sources}, {source.task for source in sources}
        self.language = sources[0].language if len(languages) == 1 else ""
        self.task = sources[0].task if len(tasks) == 1 else "classify"
        self.licence = "; ".join(dict.fromkeys(source.licence for source in sources if source.licence))
        self.published = all(source.published for source in sources)
        widest = max(sources, key=lambda source: len(source.labels))
        self.target = _target(sources)
        self.labels = widest.labels
        self._names = [_renamed(source, widest) for source in sources]
        self._held = all(part.stored("validation") for part in parts if part.stored("train"))
        there = [split for split in ("train", "validation", "test") if any(part.stored(split) for part in parts)]
        self.splits = tuple(split for split in there if split != "validation" or self._held)
        self.sha256 = digest(f"{part.split} {part.source.sha256}" for part in parts)

    @property
    def notes(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What the sets say, and what was left out of a part that has been read or counted."""
        notes = [note for part in self._parts for note in part.source.notes]
        left = sum(self._counted[1].values())
        if left:
            count = plural(left, "text of the other parts stands", "texts of the other parts stand")
            notes.append(f"{count} in a test part of {self.name} too, and {'was' if left == 1 else 'were'} left out.")
        return tuple(notes)

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._counted[0])

    @cached_property
    def _counted(self) -> tuple[dict[str, int], dict[str, int]]:
        """Rows of each part, and rows left out of it."""
        counts, left = dict.fromkeys(self.splits, 0), dict.fromkeys(self.splits, 0)
        for split in self.splits:
            for _, row in self._all(split):
                leaks = split != "test" and _sum(row.text) in self._tested
                (left if leaks else counts)[split] += 1
        return counts, left

    @cached_property
    def _tested(self) -> set[bytes]:
        return {_sum(row.text) for _, row in self._all("test")} if "test" in self.splits else set()

    def _rows(self, split: str) -> Iterator[Row]:
        for number, row in self._all(split):
            if split == "test" or _sum(row.text) not in self._tested:
                names = tuple(self._names[number].get(name, name) for name in row.names)
                row_id = f"{Path(self._parts[number].source.name).name}/{row.id}"
                yield replace(row, id=row_id, **as_labels(names))

    def _all(self, split: str) -> Iterator[tuple[int, Row]]:
        for number, part in enumerate(self._parts):
            splits = [split, "validation"] if split == "train" and not self._held else [split]
            for stored in filter(None, map(part.stored, splits)):
                for row in part.source.rows(stored):
                    yield number, row


def _target(sources: Sequence[Source]) -> Target:
    """Several labels where any of them has several; UserError where some have numbers and others labels."""
    targets = {source.target for source in sources}
    if "number" in targets and len(targets) > 1:
        numbers = next(source.name for source in sources if source.target == "number")
        others = next(source.name for source in sources if source.target != "number")
        raise UserError(f"{numbers} has numbers for labels, and {others} has names: they cannot be learnt together.")
    return "labels" if "labels" in targets else sources[0].target


def _renamed(source: Source, widest: Source) -> dict[str, str]:
    """The labels of a source to those of the one that has the most; UserError where they are others."""
    names = {label.casefold(): label for label in widest.labels}
    if all(label.casefold() in names for label in source.labels):
        return {label: names[label.casefold()] for label in source.labels}
    order = order_of(source.labels, widest.labels)
    if order is None:
        raise UserError(
            f"{source.name} has the labels {', '.join(source.labels[:8]) or 'none'}, and {widest.name} has "
            f"{', '.join(widest.labels[:8])}: to be learnt together they must be the same."
        )
    return dict(zip(order, widest.labels, strict=True))


def _sum(text: str) -> bytes:
    """Of the words of a text, whatever stands between them."""
    return hashlib.blake2b(" ".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=8).digest()
