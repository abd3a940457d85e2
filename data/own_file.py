"""A user's own file or folder as a data set."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import grouped, guess, located, splits
from .divided import SPLIT_SEED, Divided, digest
from .errors import UserError
from .formats.folder import files_of as folder_files
from .formats.opening import look
from .paths import refuse_endless
from .rows import SPLITS, Columns, Row
from .targets import Target, number_of, strata
from .texts import whole
from .wording import plural

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
        need = min_labels > 0
        self._opened = look(path, None, {"text": text_column, "label": label_column}, need_label=need)
        self.reading = self._opened.reading
        label_column = self.reading.label or "label"
        self._path, self._columns = path, Columns(need_label=need, values=values, unknown=True)
        self._by_author = by_author
        self.name, self.title, self.licence = whole(str(path)), whole(path.name), "your own"
        numbers = "number" in self.reading.labels.split(",")
        labels: list[tuple[str, ...]] = []
        stated: list[str | None] = []
        """Empty as long as no split is stated."""
        sample: list[str] = []
        names: dict[str, str] = {}
        sets: dict[tuple[str, ...] | str | None, tuple[str, ...]] = {}
        """Label or labels of a row to the same as one tuple for all such rows: a million may have them."""
        ids: list[str] = []
        self.several = 0
        maker = self._opened.maker(replace(self._columns, values=()))
        for row in maker.rows(self._opened.records()):
            self.several += bool(row.labels)
            if numbers and row.names:
                number_of(row, str(path))
            held = row.labels or row.label
            if held not in sets:
                sets[held] = tuple(names.setdefault(name, name) for name in row.names)
            labels.append(sets[held])
            if row.split is not None and not stated:
                stated = [None] * (len(labels) - 1)
            if row.split is not None or stated:
                stated.append(self._split_of(row))
            if by_author:
                ids.append(row.id)
            if len(sample) < 500:
                sample.append(row.text[:2000])
            if (
                len(names) > LABEL_LIMIT
                and not numbers
                and not by_author
                and (need or self.reading.why.get("label") == "stated")
            ):
                raise UserError(
                    f"{path}: there are more than {LABEL_LIMIT} different labels up to record {row.id}; "
                    f"is {label_column!r} the right label column? Numbers that are to be learnt as such are read with "
                    "--read labels=number."
                )
        if len(names) > LABEL_LIMIT and not numbers:  # a number or a name of each author's, and nobody asked for labels
            labels, names = [()] * len(labels), {}
        self.skipped = dict(maker.skipped)
        self._maker = maker
        self._check(labels, names, min_labels)
        self.target: Target = "number" if numbers and names else "labels" if self.several else "label"
        self.notes = tuple(self._notes())
        self.labels = () if self.target == "number" else tuple(sorted(names, key=guess.label_order))
        self.language = guess.language_of_documents(sample)
        self.task = guess.task(self.labels) if self.target == "label" else "classify"
        decided = [f"{key}={value}" for key, value in sorted(self.reading.stated.items())]
        self.sha256 = digest([self.reading.text, label_column, *decided, *_file_sums(path)])
        self._parts = self._assign(strata(labels, self.target), stated, ids)
        self.splits = (*(split for split in ("train", "validation", "test", "unsup") if split in self._parts), "all")
        self._total = len(labels)

    def _check(self, labels: list[tuple[str, ...]], names: dict[str, str], min_labels: int) -> None:
        if not labels:
            if self.skipped:
                count = sum(self.skipped.values())
                where = f" in {self.reading.label!r}" if self.reading.label else ""
                raise UserError(
                    f"{self._path}: none of its {count:,} documents has a label{where}; fill them in, or name "
                    "another label column."
                )
            raise UserError(f"{self._path} holds no documents.")
        if len(names) < min_labels:
            raise UserError(
                f"{self._path}: there is only one label ({', '.join(names)}); a model needs at least two to tell apart."
            )

    def _notes(self) -> Iterator[str]:
        """Sentences on what was left out, and on how the file was read where that is no matter of course."""
        yield from self.reading.notes
        for reason, count in self.skipped.items():
            yield f"Left out: {plural(count, 'document')} {reason}."
        if passages := self._maker.passages:
            yield (
                f"The labels of {plural(passages, 'document')} mark passages within the text, and are not read: here a "
                "label is one of the whole text."
            )
        if self._maker.trimmed:
            listed = ", ".join(repr(label[:40]) for label in sorted(self._maker.trimmed)[:5])
            yield f"Labels with blanks around them ({listed}) are read without."
        if self.target == "labels":
            verb = "document has" if self.several == 1 else "documents have"
            yield (
                f"{self.several:,} {verb} several labels, so each label is learnt by itself: a text may get any number "
                "of them. To learn one a text, read the first of them alone (--read labels=first)."
            )
        if unread := self._opened.source.left_out:
            listed = ", ".join(f"{kind} ({count:,})" for kind, count in unread.items())
            because = f" ({self._opened.source.problem})" if self._opened.source.problem else ""
            yield f"Left out while reading: {listed}{because}."

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
        yield from self._opened.rows(self._columns)
        self._refuse_changed()

    def _rows(self, split: str) -> Iterator[Row]:
        if split == "all":
            yield from self._whole()
            return
        indices = self._divide()[split]
        picked = np.zeros(int(indices.max()) + 1 if len(indices) else 0, dtype=np.uint8)
        picked[indices] = 1
        self._refuse_changed()
        yield from self._opened.rows(self._columns, picked.tobytes())
        self._refuse_changed()

    def _refuse_changed(self) -> None:
        """Rows are picked by their number: what has changed since they were counted would give others' labels."""
        if _stamp(self._path) != self._stamp:
            raise UserError(f"{self.name} was changed while it was read; start again when nothing writes to it.")


def _stamp(path: Path) -> list[tuple[int, int]]:
    """Times and sizes of what is read; a file that has gone meanwhile has none."""
    stamps = []
    for file in [file for _, file in folder_files(path)] if path.is_dir() else [path]:
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
        return [f"{name} {located.file_sum(Path(file))}" for name, file in folder_files(path)]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
