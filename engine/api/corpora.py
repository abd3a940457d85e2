"""The texts that there are."""

from collections.abc import Iterator
from pathlib import Path

from ..results import AttributeInfo, DataCheck, DatasetInfo, Progress, Record


def datasets() -> list[DatasetInfo]:
    from .. import corpora

    return corpora.listing()


def dataset(name: str) -> DatasetInfo:
    from .. import corpora

    return corpora.info(name)


def fetch_data(name: str, progress: Progress | None = None) -> Path:
    """Find a card's files in the mirror or the cache, or download them; returns their folder."""
    from .. import corpora

    return corpora.fetch(name, progress)


def check_data(data: str, text_column: str = "text", label_column: str = "label") -> DataCheck:
    """Look through a card's data or a file: counts, lengths, duplicates, leaks, each problem in a sentence."""
    from .. import corpora

    return corpora.check(data, text_column, label_column)


def attributes_of(data: str, text_column: str = "text") -> tuple[AttributeInfo, ...]:
    """What a card, or the columns of a file, say of the authors of the texts; nothing where they say nothing.

    A file is read through once; a card answers at once.
    """
    from .. import corpora

    return corpora.attributes_of(data, text_column)


def columns_of(path: str) -> tuple[str, ...]:
    """What the columns of a file are called, by its first line; nothing where it names none. Quick at any size."""
    from .. import corpora

    return corpora.columns_of(path)


def browse_data(
    data: str,
    split: str = "train",
    offset: int = 0,
    count: int = 50,
    text_column: str = "text",
    label_column: str = "label",
) -> list[Record]:
    """A page of a data set."""
    from .. import corpora

    return corpora.browse(data, split, offset, count, text_column, label_column)


def read_data(
    data: str, split: str = "", text_column: str = "text", label_column: str = "label"
) -> tuple[int, Iterator[Record]]:
    """A data set from its beginning: how many documents there are, and a stream of them in constant memory.

    ``data`` is a card's name or a path; without ``split`` all of it. UserError for a split that is not there.
    """
    from .. import corpora

    return corpora.stream(data, split, text_column, label_column)


def import_data(path: str, name: str = "", text_column: str = "text", label_column: str = "label") -> DatasetInfo:
    """Copy a user's file into the store as a named data set, checked, with a fixed seeded split."""
    from .. import corpora

    return corpora.import_data(path, name, text_column, label_column)


def remove_data(name: str) -> None:
    """Delete an imported data set; UserError for a shipped card."""
    from .. import corpora

    corpora.remove(name)
