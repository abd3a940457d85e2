"""How a file of one's own would be read, before anything is done with it."""

from collections.abc import Mapping

from ..data import decisions, paths
from ..data.errors import UserError
from ..data.formats.opening import STREAMS, look
from ..data.reading import Reading


def reading_of(
    path: str, read: Mapping[str, str] | None = None, text_column: str = "", label_column: str = ""
) -> Reading:
    """Format, encoding, columns and why each was chosen, with the first three records; quick at any size.

    ``read``: what the user decides, by the keys of :data:`~dltext.data.reading.KEYS`, on top of what was decided about
    this path before (:func:`decide_reading`). UserError where it cannot be read so.
    """
    if path in STREAMS:
        raise UserError("The standard input can be read once only; save it to a file to see how it would be read.")
    stated = decisions.decided(path) | dict(read or {})
    return look(paths.expand(path), stated, {"text": text_column, "label": label_column}).reading


def decide_reading(path: str, read: Mapping[str, str]) -> None:
    """Have ``path`` read so by everything in this process; an empty table takes that back. UserError for a decision
    that cannot be. A run is told by its ``JobSpec.read``."""
    decisions.decide(path, read)
