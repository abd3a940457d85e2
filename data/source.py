"""A data set as the trainer sees it: splits of labelled rows, whether from a card, an imported set or a file."""

import difflib
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import cards, fetch, grouped, guess, splits
from .cards import Card
from .errors import UserError
from .readers import SPLITS, Columns, Row, read_file, read_kind

SPLIT_SEED = 1
"""The seed of the splits that are ours; part of what a number means, so never changed."""

LABEL_LIMIT = 500
"""More different labels than this in a file: it is the wrong column."""


class Source(ABC):
    """A data set; made by :func:`open_source`.

    ``labels`` are the shown names in the order of the classes, empty where nothing is labelled. ``splits`` are those
    of :meth:`rows`. ``sha256`` changes with any byte that is read. ``published`` is false where the split is ours
    (stratified 80/10/10, seeded); then the whole is there as ``all``. ``counts`` are examples a split.
    """

    name: str
    title: str
    language: str
    task: str
    labels: tuple[str, ...]
    splits: tuple[str, ...]
    licence: str
    sha256: str
    published: bool

    @property
    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Examples a split, counted where the data is not what a card counts."""

    @abstractmethod
    def _rows(self, split: str) -> Iterator[Row]: ...

    def rows(self, split: str) -> Iterator[Row]:
        """The rows of a split, streamed, in the order of the files; labels are shown names. UserError if none."""
        split = SPLITS.get(split, split)
        if split not in self.splits:
            raise UserError(f"{self.name} has no split {split!r}; it has {', '.join(self.splits)}.")
        return self._rows(split)


def open_source(
    data: str,
    text_column: str = "text",
    label_column: str = "label",
    *,
    min_labels: int = 2,
    values: tuple[str, ...] = (),
    by_author: bool = False,
) -> Source:
    """The data set of that name, or in that file or folder; a card's files are fetched if need be.

    ``min_labels``: 2 to train, 1 to evaluate, 0 to look at texts without labels. ``values`` are columns that rows
    carry along; ``by_author``: our splits keep the rows of one id together (where ids occur once, they are the same).
    Raises UserError for an unknown name, unreadable data, and fewer different labels than that.
    """
    card = cards.find_card(data)
    if card is not None:
        if card.task == "text" and min_labels:
            raise UserError(f"{data} has no labels, and labels are needed here; choose a data set that has them.")
        return _Composite(card, values) if card.pieces else _Carded(card, values, by_author)
    if Path(data).expanduser().exists():
        return _File(Path(data).expanduser(), text_column, label_column, min_labels, values, by_author)
    known = [card.name for card in cards.all_cards()]
    close = difflib.get_close_matches(data, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."
    raise UserError(f"{data}: there is no such file, and no data set of that name; {hint}")


class _Divided(Source):
    """Rows numbered through in one order, parts of it picked by index: for splits that are ours."""

    _parts: dict[str, np.ndarray] | None = None
    _values: tuple[str, ...] = ()
    _by_author = False

    @abstractmethod
    def _whole(self) -> Iterator[Row]: ...

    def _divide(self) -> dict[str, np.ndarray]:
        if self._parts is None:
            rows = [(row.label or "", row.id if self._by_author else "") for row in self._whole()]
            self._parts = self._three_way([label for label, _ in rows], [own for _, own in rows])
        return self._parts

    def _three_way(self, labels: list[str], ids: list[str]) -> dict[str, np.ndarray]:
        if self._by_author:
            return grouped.three_way(labels, ids, SPLIT_SEED)
        return splits.three_way(labels, SPLIT_SEED)

    def _rows(self, split: str) -> Iterator[Row]:
        if split == "all":
            yield from self._whole()
            return
        picked = self._divide()[split]
        member = np.zeros(int(picked.max()) + 1 if len(picked) else 0, dtype=bool)
        member[picked] = True
        for index, row in enumerate(self._whole()):
            if index >= len(member):
                return
            if member[index]:
                yield row


class _Carded(_Divided):
    def __init__(self, card: Card, values: tuple[str, ...] = (), by_author: bool = False) -> None:
        self._card, self._values, self._by_author = card, values, by_author
        self._located = fetch.locate(card)
        self.name, self.title, self.language, self.task = card.name, card.title, card.language, card.task
        self.licence, self.published = card.licence, not card.derived
        self.labels = tuple(card.labels.values())
        self._stored = tuple(dict.fromkeys(part.split for part in self._located.parts))
        self._ours = self._stored == ("all",)
        self.splits = (
            ("train", "validation", "test", "all")
            if self._ours
            else (self._stored if self.published else (*self._stored, "all"))
        )
        self.sha256 = _digest(
            f"{part.split} {part.label} {part.sha256}"
            # two cards may read two columns of one file
            + (f" {part.text_column}" if part.text_column != "text" else "")
            for part in self._located.parts
        )

    @property
    def counts(self) -> dict[str, int]:
        stored = {split: self._located.counts[split] for split in self._stored}
        if self._ours:
            stored = {split: len(part) for split, part in self._divide().items()} | stored
        elif not self.published:
            stored["all"] = sum(stored.values())
        return stored

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
                label = None
                if row.label is not None and self._card.labels:
                    stored = part.labels.get(row.label, row.label)
                    label = self._card.labels.get(stored)
                    if label is None:
                        raise UserError(
                            f"{path}, record {row.id}: the label {row.label!r} is not in the card of {self.name}."
                        )
                # A class a file: the numbers of the lines repeat, so the label makes the id one of its own.
                own = f"{part.label}-{row.id}" if part.label is not None else row.id
                yield replace(row, id=own, label=label)


class _Composite(Source):
    def __init__(self, card: Card, values: tuple[str, ...] = ()) -> None:
        self._pieces = [
            (piece.split, piece.of, open_source(piece.card, min_labels=0, values=values)) for piece in card.pieces
        ]
        self.name, self.title, self.language, self.task = card.name, card.title, card.language, card.task
        self.licence, self.published = card.licence, True
        self.labels = tuple(card.labels.values())
        self.splits = tuple(dict.fromkeys(split for split, _, _ in self._pieces))
        self.sha256 = _digest(f"{split} {of} {source.sha256}" for split, of, source in self._pieces)
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


class _File(_Divided):
    """A user's own file or folder, read through once when opened: labels, splits, language, fingerprint."""

    def __init__(
        self,
        path: Path,
        text_column: str,
        label_column: str,
        min_labels: int,
        values: tuple[str, ...] = (),
        by_author: bool = False,
    ) -> None:
        self._path, self._columns, self._need = path, (text_column, label_column), min_labels > 0
        self._values, self._by_author = values, by_author
        self.name, self.title, self.licence = str(path), path.name, "your own"
        labels: list[str | None] = []
        stated: list[str | None] = []
        sample: list[str] = []
        names: dict[str, str] = {}
        ids: list[str] = []
        for row in read_file(path, text_column, label_column, need_label=self._need):
            label = None if row.label is None else names.setdefault(row.label, row.label)
            labels.append(label)
            stated.append(self._split_of(row))
            ids.append(row.id if by_author else "")
            if len(sample) < 500:
                sample.append(row.text[:2000])
            if len(names) > LABEL_LIMIT and not by_author:
                raise UserError(
                    f"{path}: there are more than {LABEL_LIMIT} different labels up to record {row.id}; "
                    f"is {label_column!r} the right column? (--label-column)"
                )
        if len(names) > LABEL_LIMIT:  # a number or a name of each author's, and nobody asked for labels
            labels, names = [None] * len(labels), {}
        self._check(labels, names, min_labels)
        self.labels = tuple(sorted(names, key=guess.label_order))
        self.language = guess.language(sample)
        self.task = guess.task(self.labels)
        self.sha256 = _digest([text_column, label_column, *_file_sums(path)])
        self._parts = self._assign([label or "" for label in labels], stated, ids)
        self.splits = (*(split for split in ("train", "validation", "test", "unsup") if split in self._parts), "all")
        self._total = len(labels)

    def _check(self, labels: list[str | None], names: dict[str, str], min_labels: int) -> None:
        if not labels:
            raise UserError(f"{self._path} holds no documents.")
        if min_labels and None in labels:
            first = labels.index(None) + 1
            raise UserError(
                f"{self._path}, record {first}: there is no label, and labels are needed here; use a CSV, "
                "TSV or JSONL file with a column 'label', or a folder with one sub-folder a label."
            )
        if len(names) < min_labels:
            raise UserError(
                f"{self._path}: there is only one label ({', '.join(names)}); a model needs at least two to tell apart."
            )

    def _split_of(self, row: Row) -> str | None:
        if row.split is None or row.split == "unsup":
            return row.split
        split = SPLITS.get(row.split.lower())
        if split is None:
            raise UserError(
                f"{self._path}, record {row.id}: the split is {row.split!r}; train, validation and test "
                "are known. Rename the column if it means something else."
            )
        return split

    def _assign(self, labels: list[str], stated: list[str | None], ids: list[str]) -> dict[str, np.ndarray]:
        """Indices by split: as stated; a test part is held out of train where none is stated."""
        given = {
            split: np.array([i for i, own in enumerate(stated) if own == split], dtype=np.int64)
            for split in ("train", "validation", "test", "unsup")
        }
        given = {split: indices for split, indices in given.items() if len(indices)}
        self.published = bool(given)
        if not given:
            return self._three_way(labels, ids)
        if None in stated:
            raise UserError(
                f"{self._path}, record {stated.index(None) + 1}: the split is empty, where others state "
                "theirs; fill it in or drop the column."
            )
        if self._by_author:
            grouped.refuse_torn(ids, stated, str(self._path))
        if "train" in given and "test" not in given:
            own = [labels[index] for index in given["train"]]
            if self._by_author:
                kept, held = grouped.hold_out(own, [ids[index] for index in given["train"]], 0.1, SPLIT_SEED)
            else:
                kept, held = splits.hold_out(own, 0.1, SPLIT_SEED)
            given["train"], given["test"] = given["train"][kept], given["train"][held]
        return given

    @property
    def counts(self) -> dict[str, int]:
        return {split: len(part) for split, part in self._divide().items()} | {"all": self._total}

    def _whole(self) -> Iterator[Row]:
        return read_file(self._path, *self._columns, need_label=self._need, values=self._values)


def _file_sums(path: Path) -> list[str]:
    if path.is_file():
        return [fetch.file_sum(path)]
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return [f"{file.relative_to(path).as_posix()} {fetch.file_sum(file)}" for file in files]


def _digest(lines) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
