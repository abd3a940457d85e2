"""Data sets as users handle them: listed, fetched, checked, browsed, imported."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from ..data import cards, decisions, headers, leftovers, paths, profiles, source
from ..data import fetch as files
from ..data.cards import Card
from ..data.errors import UserError
from ..data.located import Progress
from ..data.own_file import OwnFile
from ..data.pairs import Pairs, open_pairs
from ..data.readers import SPLITS
from ..data.rows import EVERY, OWN
from . import data_import, pair_corpora, readiness
from .inspection import inspect, inspect_pairs
from .results import AttributeInfo, DataCheck, DatasetInfo, Record
from .tasks.profile.attribute_counts import AttributeTally, described

PLACES: tuple[files.Place, ...] = ("shipped", "imported", "mirror", "cached", "download")


def listing() -> list[DatasetInfo]:
    """All cards by name, then the imported sets."""
    return [_info(card) for card in cards.all_cards()]


def info(name: str) -> DatasetInfo:
    """One card; UserError where there is none of that name."""
    return _info(_card(name))


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Find a card's files in the mirror or the cache, or download them; returns their folder (of a composite card,
    that of its first part)."""
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
    """Look through a card's data or a file: counts, lengths, duplicates, leaks, each problem in a sentence.

    Reads it once; what is wrong with a file that is there becomes an error in the result.
    """
    try:
        if columns := pair_corpora.sides(data, text_column, label_column):
            pairs = open_pairs(data, *columns)
            return replace(inspect_pairs(pairs), reading=pairs.reading)
        card = cards.find_card(data)
        attributes = card.attributes if card else ()
        values = tuple(dict.fromkeys(attribute.column for attribute in attributes)) if card else EVERY
        opened = source.open_source(data, text_column, label_column, min_labels=0, values=values)
        if card is None and opened.task == "text" and next(opened.rows("all")).values:
            # Learnt from are the authors: split as for that.
            opened = source.open_source(data, text_column, label_column, min_labels=0, values=values, by_author=True)
        labels = opened.reading.label or label_column if isinstance(opened, OwnFile) else ""
        checked = inspect(opened, AttributeTally(attributes, "" if opened.target == "number" else labels))
        if card is None or card.folder:
            checked = replace(_with_parts(checked, opened), imported=card is not None)
        if isinstance(opened, OwnFile):
            checked = replace(checked, reading=opened.reading)
        return checked if card or opened.task != "text" else _unnamed(checked, data, text_column)
    except UserError as error:
        if cards.find_card(data) is not None or paths.existing(data) is None:
            raise  # nothing was looked at
        return DataCheck(data, {}, {}, {}, 0, 0, errors=(str(error),))


def _with_parts(checked: DataCheck, opened: source.Source) -> DataCheck:
    """What was found, and whether there is enough of labelled data for their parts: else no training can begin."""
    if len(opened.labels) < 2 or checked.errors:
        return checked
    try:
        readiness.check_parts(opened)
    except UserError as error:
        return replace(checked, errors=(*checked.errors, str(error)))
    return checked


def _unnamed(checked: DataCheck, data: str, text_column: str) -> DataCheck:
    """The same with a word on the columns of a file without labels: one of them may hold them under another name."""
    candidates = checked.reading.candidates.get("label", ()) if checked.reading else ()
    if len(candidates) == 1:
        remark = (
            f"A classifier would learn the labels in the column {candidates[0]!r}; name the label column to see them."
        )
        return replace(checked, warnings=(*checked.warnings, remark))
    read = {text_column, checked.reading.text if checked.reading else ""}
    others = [name for name in columns_of(data) if name not in {*OWN, *read} and "text" not in name]
    if not others or checked.attributes:
        return checked
    listed = ", ".join(map(repr, others[:8]))
    remark = f"There are other columns: {listed}. If one of them holds the labels, name it as the label column."
    return replace(checked, warnings=(*checked.warnings, remark))


def columns_of(path: str) -> tuple[str, ...]:
    """What the columns of a file are called, by its first line; nothing where it names none. Quick at any size."""
    try:
        return headers.columns_of(paths.expand(path))
    except UserError:  # whoever reads it says what is wrong with the path
        return ()


def attributes_of(data: str, text_column: str = "text") -> tuple[AttributeInfo, ...]:
    """What a card, or the columns of a file, say of the authors of the texts; nothing where they say nothing.

    A file is read through once; a card answers at once. UserError where the data cannot be read.
    """
    return tuple(described(attribute) for attribute in profiles.attributes_of(data, text_column))


def browse(
    data: str,
    split: str = "train",
    offset: int = 0,
    count: int = 50,
    text_column: str = "text",
    label_column: str = "label",
) -> list[Record]:
    """A page of a data set: ``count`` documents of a split from ``offset`` on; fewer, or none, at the end."""
    if pairs := _opened_pairs(data, text_column, label_column, _stamp(data)):
        return list(islice(pair_corpora.records(pairs, split), offset, offset + count))
    opened = _opened(data, text_column, label_column, _stamp(data))
    card = cards.find_card(data)
    attributes = card.attributes if card else ()
    return [
        Record(
            row.id,
            row.text,
            row.shown_label,
            {attribute.name: attribute.stored(row.values) for attribute in attributes},
        )
        for row in islice(opened.rows(split), offset, offset + count)
    ]


def stream(
    data: str, split: str = "", text_column: str = "text", label_column: str = "label"
) -> tuple[int, Iterator[Record]]:
    """A data set from its beginning: how many documents there are, and a stream of them in constant memory.

    ``data`` is a card's name or a path; without ``split`` all of it. Of pairs both sides are a document, a line each.
    UserError for a split that is not there.
    """
    if pairs := _opened_pairs(data, text_column, label_column, _stamp(data)):
        part = SPLITS.get(split, split) or "all"
        rows = pair_corpora.documents(pairs, part)
        return pairs.counts[part] if part != "all" else sum(pairs.counts.values()), rows
    opened = _opened(data, text_column, label_column, _stamp(data))
    splits = (split,) if split else ("all",) if "all" in opened.splits else opened.splits
    # Asked for before the first row, so that a split that is not there is said at once.
    rows = [opened.rows(name) for name in splits]
    card = cards.find_card(data)
    names = [SPLITS.get(name, name) for name in splits]
    # Parts that are ours are counted by a pass over all of it; what the card counts needs none.
    sizes = dict(card.splits) if card is not None else {}
    if card is not None and "all" not in sizes:
        sizes["all"] = sum(sizes.values())
    counts = sizes if set(names) <= set(sizes) else opened.counts
    total = sum(counts.get(name, 0) for name in names)
    return total, (Record(row.id, row.text, row.shown_label) for row in chain.from_iterable(rows))


def import_data(path: str, name: str = "", text_column: str = "text", label_column: str = "label") -> DatasetInfo:
    """Copy a user's file or folder into the store as a named data set, checked, with a fixed seeded split; see
    :mod:`.data_import`."""
    return info(data_import.import_data(path, name, text_column, label_column))


def remove(name: str) -> None:
    """Delete an imported data set; UserError for any other."""
    card = _card(name)
    if card.folder is None:
        raise UserError(f"{name} is not an imported data set; only those can be removed.")
    try:
        leftovers.delete(card.folder)
    except OSError as error:
        raise UserError(f"{card.folder} cannot be removed: {error.strerror or error}.") from error


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
        + (f"\n\nNotes:{wrinkles}" if wrinkles else ""),
        attributes=tuple(described(attribute) for attribute in card.attributes),
        target_language=card.target_language,
        titled=card.titled,
    )


def _availability(card: Card) -> files.Place:
    try:
        return files.availability(card)
    except UserError:  # a damaged cache or import says so when it is used; the list stays
        return "imported" if card.folder else "download"


@lru_cache(maxsize=4)
def _opened_pairs(data: str, text_column: str, label_column: str, stamp: object) -> Pairs | None:
    """None where they are no pairs."""
    columns = pair_corpora.sides(data, text_column, label_column)
    return open_pairs(data, *columns) if columns else None


@lru_cache(maxsize=4)
def _opened(data: str, text_column: str, label_column: str, stamp: object) -> source.Source:
    card = cards.find_card(data)
    columns = tuple(dict.fromkeys(attribute.column for attribute in card.attributes)) if card else ()
    return source.open_source(data, text_column, label_column, min_labels=0, values=columns)


def _stamp(data: str) -> object:
    """Changes when what ``data`` names does, so that a page is not served from an older file."""
    stamp: list[object] = [os.environ.get("DLTEXT_DATA"), os.environ.get("DLTEXT_HOME")]
    for name in source.names_in(data):
        path = paths.existing(name)
        changed = (path.stat().st_mtime_ns, path.stat().st_size) if path else None
        stamp += [cards.find_card(name), changed, tuple(decisions.decided(name).items())]
    return tuple(stamp)
