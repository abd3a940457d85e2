"""Data sets of pairs as users handle them: browsed, checked, imported. For all others see :mod:`.corpora`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data import cards, located, paths
from ..data.errors import UserError
from ..data.pair_columns import CODES, holds_pairs
from ..data.pairs import Pairs, open_pairs
from ..data.texts import whole
from .results import Record

USUAL = ("text", "label")
"""The columns of other data sets; where these are named, nobody has said where the sides of pairs stand."""


def sides(data: str, text_column: str = "text", label_column: str = "label") -> tuple[str, str] | None:
    """The columns of the two sides (empty: as the file says) where ``data`` is a card of pairs or a file that looks
    like pairs; None for all else."""
    card = cards.find_card(data)
    if card is not None:
        return ("", "") if card.task == "pairs" else None
    path = paths.expand(data)
    asked = (text_column, label_column)
    if asked == USUAL:
        return ("", "") if holds_pairs(path) else None
    # Two columns named after languages are no texts and labels.
    return asked if path.is_file() and all(name.casefold() in CODES for name in asked) else None


def records(pairs: Pairs, split: str) -> Iterator[Record]:
    """The pairs of a split; UserError where there is none."""
    return (Record(pair.id, pair.source, target=pair.target) for pair in pairs.rows(split))


def documents(pairs: Pairs, split: str) -> Iterator[Record]:
    """The same with both sides as one text, to be searched."""
    return (Record(pair.id, f"{pair.source}\n{pair.target}") for pair in pairs.rows(split))


def write_copy(work: Path, name: str, origin: Path, columns: tuple[str, str]) -> dict[str, Any]:
    """Write the pairs of a file, split for good, and their card into the folder ``work``; returns the card's table."""
    pairs = open_pairs(str(origin.resolve()), *columns)
    if not pairs.counts.get("train"):
        raise UserError(f"{origin} has no pairs to train on: its split column names other parts only.")
    parts = []
    for split in pairs.splits:
        with paths.atomic_open(work / f"{split}.jsonl") as stream:
            for pair in pairs.rows(split):
                value = {"id": pair.id, "source": pair.source, "target": pair.target}
                stream.write(json.dumps(value, ensure_ascii=False) + "\n")
        parts.append(
            {
                "split": split,
                "reader": "jsonl",
                "file": f"{split}.jsonl",
                "sha256": located.file_sum(work / f"{split}.jsonl"),
                "text_column": "source",
                "title_column": "target",
            }
        )
    return {
        "name": name,
        "title": whole(origin.name),
        "task": "pairs",
        "language": pairs.source_language,
        "target_language": pairs.target_language,
        "licence": pairs.licence,
        "source": whole(str(origin.resolve())),
        "derived": not pairs.published,
        "description": f"Imported from {whole(origin.name)}.",
        "splits": pairs.counts,
        "mirror": parts,
    }
