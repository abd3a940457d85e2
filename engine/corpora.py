"""Data sets as people meet them: listed, fetched, checked, leafed through, imported."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ..data import cards, profiles, source
from ..data import fetch as files
from ..data.attributes import Attribute
from ..data.cards import Card
from ..data.errors import UserError
from ..data.fetch import Progress
from ..data.readers import SPLITS
from ..data.rows import EVERY, OWN
from .attribute_counts import Tally, told
from .inspection import inspect
from .results import AttributeInfo, DataCheck, DatasetInfo, Record

PLACES: tuple[files.Place, ...] = ("shipped", "imported", "mirror", "cached", "download")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def listing() -> list[DatasetInfo]:
    """All cards by name, then the imported sets."""
    return [_info(card) for card in cards.all_cards()]


def info(name: str) -> DatasetInfo:
    """One card; UserError where there is none of that name."""
    return _info(_card(name))


def fetch(name: str, progress: Progress | None = None) -> Path:
    """The folder of a card's files, downloaded if need be; of a composite card, that of its first part."""
    card = _card(name)
    if not card.pieces:
        return files.locate(card, progress).folder
    parts = list(dict.fromkeys(piece.card for piece in card.pieces))
    total = sum(_card(part).size for part in parts) * 2
    folders, done = [], 0
    for part in parts:

        def advance(now: int, of: int, before: int = done) -> None:
            if progress:
                progress(min(before + now, total), total)

        folders.append(files.locate(_card(part), advance).folder)
        done += _card(part).size * 2
    return folders[0]


def check(data: str, text_column: str = "text", label_column: str = "label") -> DataCheck:
    """Read a data set through once; what is wrong with a file that is there becomes an error in the result."""
    try:
        card = cards.find_card(data)
        known = card.attributes if card else ()
        values = tuple(dict.fromkeys(own.column for own in known)) if card else EVERY
        opened = source.open_source(data, text_column, label_column, min_labels=0, values=values)
        if card is None and opened.task == "text" and next(opened.rows("all")).values:
            # Learnt from are the authors: split as for that.
            opened = source.open_source(data, text_column, label_column, min_labels=0, values=values, by_author=True)
        return inspect(opened, Tally(known, "" if card else label_column))
    except UserError as error:
        if cards.find_card(data) is not None or not Path(data).expanduser().exists():
            raise  # nothing was looked at
        return DataCheck(data, {}, {}, {}, 0, 0, errors=(str(error),))


def attributes_of(data: str, text_column: str = "text") -> tuple[AttributeInfo, ...]:
    """What a card or the columns of a file say of authors; UserError where the data cannot be read."""
    return tuple(told(own) for own in profiles.attributes_of(data, text_column))


def browse(
    data: str,
    split: str = "train",
    offset: int = 0,
    count: int = 50,
    text_column: str = "text",
    label_column: str = "label",
) -> list[Record]:
    """``count`` documents of a split from ``offset`` on; fewer, or none, at the end."""
    opened = _opened(data, text_column, label_column, _stamp(data))
    card = cards.find_card(data)
    known = card.attributes if card else ()
    return [
        Record(row.id, row.text, row.label, {own.name: own.stored(row.values) for own in known})
        for row in islice(opened.rows(split), offset, offset + count)
    ]


def stream(
    data: str, split: str = "", text_column: str = "text", label_column: str = "label"
) -> tuple[int, Iterator[Record]]:
    """How many documents a split holds, and all of them, read one by one; without a split the whole."""
    opened = _opened(data, text_column, label_column, _stamp(data))
    splits = (split,) if split else ("all",) if "all" in opened.splits else opened.splits
    # Asked for before the first row, so that a split that is not there is said at once.
    rows = [opened.rows(name) for name in splits]
    card = cards.find_card(data)
    names = [SPLITS.get(name, name) for name in splits]
    # Parts that are ours are counted by a pass over all of it; what the card counts needs none.
    known = dict(card.splits) if card is not None else {}
    if card is not None and "all" not in known:
        known["all"] = sum(known.values())
    counts = known if set(names) <= set(known) else opened.counts
    total = sum(counts.get(name, 0) for name in names)
    return total, (Record(row.id, row.text, row.label) for row in chain.from_iterable(rows))


def import_data(path: str, name: str = "", text_column: str = "text", label_column: str = "label") -> DatasetInfo:
    """Copy a file or folder into the store under a name, split for good.

    Without a name it is made from the file's, and numbered where that is taken. Texts without any labels are kept
    to learn words from and to search. Raises UserError for a name that is taken or has other characters than
    ``a-z 0-9 . _ -``, and for labels that cannot be trained on.
    """
    from tomli_w import dumps

    from ..data import paths
    from ..data.download import write_row

    origin = Path(path).expanduser()
    if not origin.exists():
        raise UserError(f"{path}: there is no such file or folder.")
    if name and not NAME.fullmatch(name):
        raise UserError(f"{name!r} cannot be a name; use small letters, digits, and . _ - between them.")
    if name and cards.find_card(name):
        raise UserError(f"There is a data set of the name {name} already; choose another.")
    name = name or _free_name(origin)
    known = _kept(str(origin.resolve()), text_column, label_column)
    columns = tuple(own.column for own in known)
    # What authors are learnt from keeps the records of one together.
    wanted: dict[str, Any] = {"values": columns, "by_author": bool(columns)}
    opened = source.open_source(str(origin.resolve()), text_column, label_column, min_labels=0, **wanted)
    if opened.labels:  # then all must have one: what is half labelled is a mistake
        opened = source.open_source(str(origin.resolve()), text_column, label_column, **wanted)
    stored = [split for split in opened.splits if split != "all"]
    cards.imports().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=cards.imports(), prefix=f".{name}.", suffix=".part"))
    try:
        parts = []
        for split in stored:
            with paths.atomic_open(work / f"{split}.jsonl") as stream:
                for row in opened.rows(split):
                    write_row(stream, row)
            parts.append(
                {
                    "split": split,
                    "reader": "jsonl",
                    "file": f"{split}.jsonl",
                    "sha256": files.file_sum(work / f"{split}.jsonl"),
                }
            )
        counts = opened.counts
        card = {
            "name": name,
            "title": origin.name,
            "task": opened.task,
            "language": opened.language,
            "licence": opened.licence,
            "source": str(origin.resolve()),
            "derived": not opened.published,
            "description": f"Imported from {origin.name}.",
            "labels": {label: label for label in opened.labels},
            "splits": {split: counts[split] for split in stored},
            "mirror": parts,
            "attribute": [_table(own) for own in known],
        }
        with paths.atomic_open(work / "card.toml") as stream:
            stream.write(dumps(card))
        try:
            work.rename(cards.imports() / name)
        except OSError:
            raise UserError(f"There is a data set of the name {name} already; choose another.") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return info(name)


def _kept(path: str, text_column: str, label_column: str) -> tuple[Attribute, ...]:
    """The columns of a file that say something of authors, but those whose names the store needs itself."""
    return tuple(
        own
        for own in profiles.attributes_of(path, text_column)
        if own.column not in (label_column, "label", *OWN)
        # Labels are kept as labels; numbers are none, but stand in the same place.
        or (own.column == label_column == "label" and own.kind == "number")
    )


def _table(own: Attribute) -> dict[str, Any]:
    """An attribute as a card has it."""
    return {
        "name": own.name,
        "column": own.column,
        "kind": own.kind,
        "labels": list(own.labels),
        "missing": own.missing,
    }


def remove(name: str) -> None:
    """Delete an imported data set; UserError for any other."""
    card = _card(name)
    if card.folder is None:
        raise UserError(f"{name} is not an imported data set; only those can be removed.")
    shutil.rmtree(card.folder)


def _card(name: str) -> Card:
    card = cards.find_card(name)
    if card is None:
        raise UserError(
            f"There is no data set of the name {name}; there are {', '.join(card.name for card in cards.all_cards())}."
        )
    return card


def _info(card: Card) -> DatasetInfo:
    parts = [_card(name) for name in dict.fromkeys(piece.card for piece in card.pieces)] or [card]
    places: list[files.Place] = [_availability(part) for part in parts]
    # The least handy place speaks for the whole.
    available: files.Place = PLACES[max(PLACES.index(place) for place in places)]
    wrinkles = "".join(f"\n- {wrinkle}" for wrinkle in card.wrinkles)
    return DatasetInfo(
        name=card.name,
        title=card.title,
        language=card.language,
        task=card.task,
        labels=tuple(card.labels.values()),
        splits=dict(card.splits),
        size=sum(part.size for part in parts),
        licence=card.licence,
        citation=card.citation,
        source=card.source,
        available=available,
        description=card.description
        + (f"\n\nNot directly downloadable: {card.manual}." if card.manual else "")
        + (f"\n\nTo know:{wrinkles}" if wrinkles else ""),
        attributes=tuple(told(own) for own in card.attributes),
        target_language=card.target_language,
    )


def _availability(card: Card) -> files.Place:
    try:
        return files.availability(card)
    except UserError:  # a damaged cache or import says so when it is used; the list stays
        return "imported" if card.folder else "download"


def _free_name(origin: Path) -> str:
    stem = origin.name.split(".")[0] or origin.stem
    base = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_")[:56] or "data"
    return next(
        name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if cards.find_card(name) is None
    )


@lru_cache(maxsize=4)
def _opened(data: str, text_column: str, label_column: str, stamp: object) -> source.Source:
    card = cards.find_card(data)
    columns = tuple(dict.fromkeys(own.column for own in card.attributes)) if card else ()
    return source.open_source(data, text_column, label_column, min_labels=0, values=columns)


def _stamp(data: str) -> object:
    """Changes when what ``data`` names does, so that a page is not served from an older file."""
    path = Path(data).expanduser()
    changed = (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None
    return os.environ.get("DLTEXT_DATA"), os.environ.get("DLTEXT_HOME"), cards.find_card(data), changed
