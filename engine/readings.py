"""How a file of one's own would be read, before anything is done with it."""

from collections.abc import Mapping
from dataclasses import replace

from ..data import decisions, paths
from ..data.errors import UserError
from ..data.formats.opening import STREAMS, look
from ..data.pair_columns import layout
from ..data.reading import Reading
from .results import DataKind

SIDES = ("pairs", "titled")
"""Kinds of data that hold two texts a record."""


def reading_of(
    path: str,
    read: Mapping[str, str] | None = None,
    text_column: str = "",
    label_column: str = "",
    data_kind: DataKind = "texts",
) -> Reading:
    """Format, encoding, columns and why each was chosen, with the first three records; quick at any size.

    ``read``: what the user decides, by the keys of :data:`~dltext.data.reading.KEYS`, on top of what was decided about
    this path before (:func:`decide_reading`); an empty value takes that back. ``data_kind``: what it is read for; of
    ``labels`` a column that can hold them is found by what it holds, of ``pairs`` and of ``titled`` texts
    ``text_column`` and ``label_column`` are the two sides, the roles ``text`` and ``title`` of what is returned.
    UserError where it cannot be read so.
    """
    if path in STREAMS:
        raise UserError("The standard input can be read once only; save it to a file to see how it would be read.")
    file = paths.expand(path)
    if data_kind in SIDES:
        described = layout(file, text_column, label_column, data_kind == "titled", read)
        asked = {"text": text_column, "title": label_column}
        reasons = {role: "stated" if name else described.reason for role, name in asked.items()}
        return replace(described.reading, text=described.columns[0], title=described.columns[1], label="", why=reasons)
    columns = {"text": text_column, "label": label_column}
    return look(file, read, columns, need_label=data_kind == "labels").reading


def decide_reading(path: str, read: Mapping[str, str]) -> None:
    """Have ``path`` read so by everything in this process; an empty table takes that back. UserError for a decision
    that cannot be. A run is told by its ``JobSpec.read``."""
    decisions.decide(path, read)
