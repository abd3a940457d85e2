"""Splits that keep together what belongs together: all records of one author."""

from collections.abc import Sequence

import numpy as np

from . import splits
from .errors import UserError
from .splits import Indices


def three_way(labels: Sequence[str], ids: Sequence[str], seed: int) -> dict[str, Indices]:
    """As :func:`splits.three_way`, but records of one id fall into one part; the same where each id occurs once."""
    firsts, owner = _owners(ids)
    parts = splits.three_way([labels[index] for index in firsts], seed)
    return {split: np.flatnonzero(np.isin(owner, part)).astype(np.int64) for split, part in parts.items()}


def hold_out(labels: Sequence[str], ids: Sequence[str], fraction: float, seed: int) -> tuple[Indices, Indices]:
    """As :func:`splits.hold_out`, but by id."""
    firsts, owner = _owners(ids)
    rest, held = splits.hold_out([labels[index] for index in firsts], fraction, seed)
    return (
        np.flatnonzero(np.isin(owner, rest)).astype(np.int64),
        np.flatnonzero(np.isin(owner, held)).astype(np.int64),
    )


def refuse_torn(ids: Sequence[str], stated: Sequence[str | None], name: str) -> None:
    """UserError where the splits that a file states tear one author's records apart."""
    seen: dict[str, str | None] = {}
    for author, split in zip(ids, stated, strict=True):
        if seen.setdefault(author, split) != split:
            raise UserError(
                f"{name}: the id {author!r} stands both in {seen[author]} and in {split}, and an author's records must "
                "stay in one part; give them one split, or drop the column 'id' where it is not the author's."
            )


def _owners(ids: Sequence[str]) -> tuple[list[int], Indices]:
    """The first record of each id, in order of appearance, and for each record the number of its id."""
    numbers: dict[str, int] = {}
    firsts: list[int] = []
    owner = np.empty(len(ids), dtype=np.int64)
    for index, author in enumerate(ids):
        if author not in numbers:
            numbers[author] = len(firsts)
            firsts.append(index)
        owner[index] = numbers[author]
    return firsts, owner
