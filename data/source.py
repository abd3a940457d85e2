"""A data set as the trainer sees it: splits of labelled rows, whether from a card, an imported set or a file."""

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import cards, fetch, splits
from .cards import ArchivePart, Card
from .decisions import decided
from .divided import SPLIT_SEED, Divided, Source, digest
from .errors import UserError
from .formats.opening import STREAMS
from .joined import Joined, JoinedPart
from .own_file import OwnFile
from .paths import existing
from .readers import Columns, Row, read_kind
from .rows import as_labels
from .to_rows import spelling

__all__ = ["Source", "names_in", "open_source"]


def open_source(
    data: str,
    text_column: str = "text",
    label_column: str = "label",
    *,
    min_labels: int = 2,
    values: tuple[str, ...] = (),
    by_author: bool = False,
) -> Source:
    """The data set of that name, or in that file or folder, or several of them joined by +; a card's files are fetched
    if need be. Of several, ``card:split`` names a part that trains.

    ``min_labels``: 2 to train, 1 to evaluate, 0 to look at texts without labels. ``values`` are columns that rows
    carry along; ``by_author``: our splits keep the rows of one id together (where ids occur once, they are the same).
    Raises UserError for an unknown name, unreadable data, and fewer different labels than that.
    """
    card = cards.find_card(data)
    if card is not None:
        if card.task in ("text", "pairs") and min_labels:
            raise UserError(f"{data} has no labels, and labels are needed here; choose a data set that has them.")
        return _Composite(card, values) if card.pieces else _Carded(card, values, by_author)
    if data in STREAMS:
        raise UserError("The standard input can be read once only, and this is read again; save it to a file first.")
    if path := existing(data):
        return OwnFile(path, text_column, label_column, min_labels, values, by_author)
    if len(several := names_in(data)) > 1:
        return Joined([_part(name, text_column, label_column, min_labels, values) for name in several])
    names = [card.name for card in cards.all_cards()]
    close = difflib.get_close_matches(data, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}."
    raise UserError(f"{data}: there is no such file, and no data set of that name; {hint}")


def names_in(text: str) -> list[str]:
    """The data that ``text`` names, several joined by +; a file whose name has a + is one."""
    if not text.strip():
        return []
    if existing(text):
        return [text]
    return [name.strip() for name in text.split("+") if name.strip()]


def _part(name: str, text_column: str, label_column: str, min_labels: int, values: tuple[str, ...]) -> JoinedPart:
    card, _, split = name.partition(":") if not existing(name) else (name, "", "")
    source = open_source(card, text_column, label_column, min_labels=min_labels, values=values)
    if split and split not in source.splits:
        raise UserError(f"{card} has no split {split!r}; it has {', '.join(source.splits)}.")
    return JoinedPart(source, split)


class _Carded(Divided):
    def __init__(self, card: Card, values: tuple[str, ...] = (), by_author: bool = False) -> None:
        self._card, self._values, self._by_author = card, values, by_author
        self._located = fetch.locate(card)
        self.name, self.title, self.language, self.task = card.name, card.title, card.language, card.task
        self.licence, self.published = card.licence, not card.derived
        said = decided(card.name).get("labels", "").split(",")
        merging = "merge" in said
        self.target = "number" if "number" in said and card.labels else card.target
        first = {spelling(label): label for label in reversed(card.labels.values())} if merging else {}
        self._merged = {label: first[spelling(label)] for label in card.labels.values()} if merging else {}
        """Labels that are written in several ways by the one that stands for them, where the user has them merged."""
        names = dict.fromkeys(self._merged.get(label, label) for label in card.labels.values())
        self.labels = () if self.target == "number" else tuple(names)
        self._stored = tuple(dict.fromkeys(part.split for part in self._located.parts))
        self._ours = self._stored == ("all",)
        self.splits = (
            ("train", "validation", "test", "all")
            if self._ours
            else (self._stored if self.published else (*self._stored, "all"))
        )
        lines = [
            f"{part.split} {part.label} {part.sha256}"
            # two cards may read two columns of one file
            + (f" {part.text_column}" if part.text_column != "text" else "")
            for part in self._located.parts
        ]
        self.sha256 = digest([*lines, *(["merged"] if merging else []), *(["number"] if "number" in said else [])])

    @property
    def counts(self) -> dict[str, int]:
        stored = {split: self._located.counts[split] for split in self._stored}
        if self._ours:
            stored = {split: len(part) for split, part in self._divide().items()} | stored
        elif not self.published:
            stored["all"] = sum(stored.values())
        return stored

    def _three_way(self, labels: list[str], ids: list[str]) -> dict[str, np.ndarray]:
        if self._card.held_last:
            return splits.last_held(labels, self._card.held_last, self._card.held_seed, SPLIT_SEED)
        return super()._three_way(labels, ids)

    def _whole(self) -> Iterator[Row]:
        for split in self._stored:
            yield from self._stored_rows(split)

    def _rows(self, split: str) -> Iterator[Row]:
        return super()._rows(split) if self._ours or split == "all" else self._stored_rows(split)

    def _stored_rows(self, split: str) -> Iterator[Row]:
        parts = [part for part in self._located.parts if part.split == split]
        for part in parts:
            columns = Columns(
                part.text_column, part.label_column, part.id_column, title=part.title_column, values=self._values
            )
            path = Path(part.file)
            for row in read_kind(part.reader, path, columns, part.encoding, part.label, part.member):
                if part.stated and row.split != split:
                    continue
                names = row.names if self._card.labels or self.target == "number" else ()
                if self._card.listed_only:
                    names = tuple(name for name in names if name in self._card.labels)
                    if not names:
                        continue
                names = tuple(dict.fromkeys(self._shown(name, part, f"{path}, record {row.id}") for name in names))
                # A class a file: the numbers of the lines repeat, so the label makes the id one of its own.
                row_id = f"{part.label}-{row.id}" if part.label is not None else row.id
                yield replace(row, id=row_id, **as_labels(names))

    def _shown(self, stored: str, part: ArchivePart, where: str) -> str:
        """The name of a stored label; UserError where the card has none."""
        if not self._card.labels:
            return stored
        label = self._card.labels.get(part.labels.get(stored, stored))
        if label is None:
            raise UserError(f"{where}: the label {stored!r} is not in the card of {self.name}.")
        return self._merged.get(label, label)


class _Composite(Source):
    def __init__(self, card: Card, values: tuple[str, ...] = ()) -> None:
        self._pieces = [
            (piece.split, piece.of, open_source(piece.card, min_labels=0, values=values)) for piece in card.pieces
        ]
        self.name, self.title, self.language, self.task = card.name, card.title, card.language, card.task
        self.licence = card.licence
        self.published = all(source.published for _, of, source in self._pieces if of != "all")
        self.labels, self.target = tuple(card.labels.values()), card.target
        self.splits = tuple(dict.fromkeys(split for split, _, _ in self._pieces))
        self.sha256 = digest(f"{split} {of} {source.sha256}" for split, of, source in self._pieces)
        for _, _, source in self._pieces if self.labels else ():
            if not set(source.labels) <= set(self.labels):
                raise UserError(f"The card {card.name} lacks labels of {source.name}: {', '.join(source.labels)}.")

    @property
    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(self.splits, 0)
        for split, of, source in self._pieces:
            counts[split] += source.counts[of]
        return counts

    def _rows(self, split: str) -> Iterator[Row]:
        for into, of, source in self._pieces:
            if into == split:
                for row in source.rows(of):
                    label = row.label if self.labels else None
                    yield replace(row, id=f"{source.name}/{row.id}", label=label)
