"""Import of a user's file or folder as a named data set with a fixed split."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..data import cards, download, located, paths, profiles, source
from ..data.attributes import Attribute
from ..data.errors import UserError
from ..data.rows import OWN
from ..data.texts import whole
from . import pair_corpora

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def import_data(path: str, name: str = "", text_column: str = "text", label_column: str = "label") -> str:
    """Copy a file or folder into the store under a name, split for good; returns the name.

    Without a name it is made from the file's, and numbered where that is taken. Texts without any labels are kept
    to learn words from and to search, pairs to learn translation from. Raises UserError for a name that is taken or
    has other characters than ``a-z 0-9 . _ -``, and for labels that cannot be trained on.
    """
    origin = paths.existing(path)
    if origin is None:
        raise UserError(f"{path}: there is no such file or folder.")
    if name and not NAME.fullmatch(name):
        raise UserError(f"{name!r} cannot be a name; use small letters, digits, and . _ - between them.")
    if name and cards.find_card(name):
        raise UserError(f"There is a data set of the name {name} already; choose another.")
    start = name or _free_name(origin)
    if columns := pair_corpora.sides(str(origin), text_column, label_column):
        return _install(start, bool(name), origin, lambda work: pair_corpora.write_copy(work, start, origin, columns))
    return _install(start, bool(name), origin, lambda work: _write_copy(work, start, origin, text_column, label_column))


def _install(name: str, asked_for: bool, origin: Path, write: Callable[[Path], dict[str, Any]]) -> str:
    """Have the files written aside, put their card beside them, and rename the whole; returns the name.

    Where another program takes the name meanwhile, the next free one serves, unless this one was ``asked_for``.
    """
    from tomli_w import dumps

    with paths.writing(cards.imports() / name), paths.aside(cards.imports() / name) as work:
        card = write(work)
        while True:
            target = cards.imports() / name
            with paths.atomic_open(work / "card.toml") as stream:
                stream.write(dumps({**card, "name": name}))
            try:
                work.rename(target)
                return name
            except OSError:
                if not target.exists():
                    raise
            if asked_for:
                raise UserError(f"There is a data set of the name {name} already; choose another.")
            name = _free_name(origin)


def _write_copy(work: Path, name: str, origin: Path, text_column: str, label_column: str) -> dict[str, Any]:
    """Write the documents of a file or folder into ``work``; returns the card's table."""
    path = str(origin.resolve())
    attributes = _stated_attributes(path, text_column, label_column)
    columns = tuple(attribute.column for attribute in attributes)
    # What authors are learnt from keeps the records of one together.
    wanted: dict[str, Any] = {"values": columns, "by_author": bool(columns)}
    opened = source.open_source(path, text_column, label_column, min_labels=0, **wanted)
    if opened.labels or opened.target == "number":  # then all must have one: what is half labelled is a mistake
        opened = source.open_source(path, text_column, label_column, **wanted)
    stored = [split for split in opened.splits if split != "all"]
    parts, titled = [], False
    for split in stored:
        with paths.atomic_open(work / f"{split}.jsonl") as stream:
            for row in opened.rows(split):
                download.write_row(stream, row)
                titled |= row.title is not None
        sha256 = located.file_sum(work / f"{split}.jsonl")
        parts.append({"split": split, "reader": "jsonl", "file": f"{split}.jsonl", "sha256": sha256})
    counts = opened.counts
    return {
        "name": name,
        "title": whole(origin.name),
        "task": opened.task,
        "titled": titled,
        "language": opened.language,
        "licence": opened.licence,
        "source": whole(path),
        "derived": not opened.published,
        "description": " ".join([f"Imported from {whole(origin.name)}.", *opened.notes]),
        "labels": {label: label for label in opened.labels},
        "target": opened.target,
        "splits": {split: counts[split] for split in stored},
        "mirror": parts,
        "attribute": [_table(attribute) for attribute in attributes],
    }


def _stated_attributes(path: str, text_column: str, label_column: str) -> tuple[Attribute, ...]:
    """The columns of a file that say something of authors, but those whose names the store needs itself."""
    return tuple(
        attribute
        for attribute in profiles.attributes_of(path, text_column)
        if attribute.column not in (label_column, "label", *OWN)
        # Labels are kept as labels; numbers are none, but stand in the same place.
        or (attribute.column == label_column == "label" and attribute.kind == "number")
    )


def _table(attribute: Attribute) -> dict[str, Any]:
    """An attribute as a card has it."""
    return {
        "name": attribute.name,
        "column": attribute.column,
        "kind": attribute.kind,
        "labels": list(attribute.labels),
        "missing": attribute.missing,
    }


def _free_name(origin: Path) -> str:
    stem = whole(origin.name).split(".")[0] or origin.stem
    base = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_")[:56] or "data"
    return next(
        name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if cards.find_card(name) is None
    )
