"""A user's own file or folder as a data set."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import folders, grouped, guess, located, splits
from .divided import SPLIT_SEED, Divided, digest
from .errors import UserError
from .pair_columns import text_and_title
from .paths import refuse_endless
from .readers import SPLITS, Row, read_file
from .texts import whole

LABEL_LIMIT = 500
"""More different labels than this in a file: it is the wrong column."""


class OwnFile(Divided):
    """Read through once when opened: labels, splits, language, fingerprint."""

    def __init__(
        self,
        path: Path,
        text_column: str,
        label_column: str,
        min_labels: int,
        values: tuple[str, ...] = (),
        by_author: bool = False,
    ) -> None:
        refuse_endless(path)  # it is read more than once
        self._stamp = _stamp(path)
        text_column, self._title = text_and_title(path, text_column)
        self._path, self._columns, self._need = path, (text_column, label_column), min_labels > 0
        self._values, self._by_author = values, by_author
        self.name, self.title, self.licence = whole(str(path)), whole(path.name), "your own"
        self.notes = tuple(filter(None, (folders.left_out(path),))) if path.is_dir() else ()
        labels: list[str | None] = []
        stated: list[str | None] = []
        sample: list[str] = []
        names: dict[str, str] = {}
        ids: list[str] = []
        for row in read_file(path, text_column, label_column, title_column=self._title, need_label=self._need):
            label = None if row.label is None else names.setdefault(row.label, row.label)
            labels.append(label)
            stated.append(self._split_of(row))
            ids.append(row.id if by_author else "")
            if len(sample) < 500:
                sample.append(row.text[:2000])
            if len(names) > LABEL_LIMIT and not by_author:
                raise UserError(
                    f"{path}: there are more than {LABEL_LIMIT} different labels up to record {row.id}; "
                    f"is {label_column!r} the right label column?"
                )
        if len(names) > LABEL_LIMIT:  # a number or a name of each author's, and nobody asked for labels
            labels, names = [None] * len(labels), {}
        self._check(labels, names, min_labels)
        self.labels = tuple(sorted(names, key=guess.label_order))
        self.language = guess.language_of_documents(sample)
        self.task = guess.task(self.labels)
        self.sha256 = digest([text_column, label_column, *_file_sums(path)])
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
            split: np.array([i for i, name in enumerate(stated) if name == split], dtype=np.int64)
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
            train_labels = [labels[index] for index in given["train"]]
            if self._by_author:
                rest, held = grouped.hold_out(train_labels, [ids[index] for index in given["train"]], 0.1, SPLIT_SEED)
            else:
                rest, held = splits.hold_out(train_labels, 0.1, SPLIT_SEED)
            given["train"], given["test"] = given["train"][rest], given["train"][held]
        return given

    @property
    def counts(self) -> dict[str, int]:
        return {split: len(part) for split, part in self._divide().items()} | {"all": self._total}

    def _whole(self) -> Iterator[Row]:
        self._refuse_changed()
        options = {"title_column": self._title, "need_label": self._need, "values": self._values}
        yield from read_file(self._path, *self._columns, **options)
        self._refuse_changed()

    def _refuse_changed(self) -> None:
        """Rows are picked by their number: what has changed since they were counted would give others' labels."""
        if _stamp(self._path) != self._stamp:
            raise UserError(f"{self.name} was changed while it was read; start again when nothing writes to it.")


def _stamp(path: Path) -> list[tuple[int, int]]:
    """Times and sizes of what is read; a file that has gone meanwhile has none."""
    stamps = []
    for file in [file for _, file in folders.documents(path)] if path.is_dir() else [path]:
        try:
            status = os.stat(file)  # noqa: PTH116
        except OSError:
            continue
        stamps.append((status.st_mtime_ns, status.st_size))
    return stamps


def _file_sums(path: Path) -> list[str]:
    try:
        if not path.is_dir():
            return [located.file_sum(path)]
        return [f"{relative} {located.file_sum(Path(file))}" for relative, file in folders.documents(path)]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
