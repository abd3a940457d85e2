"""Reading of a file: how it was done, and what a user may decide about it."""

from ...data.reading import DELIMITERS, KEYS, NONE, SIGNS, UNITS, Reading, parse

READING_KEYS = KEYS
"""What a user may decide about how a file is read, and how it is written."""

parse_reading = parse
"""``KEY=VALUE`` words, as ``--read`` takes them, as a table; UserError for what cannot be."""

SEPARATORS = tuple(name for name in DELIMITERS if name.isalpha())
"""What a delimiter may be called."""

BETWEEN_LABELS = (*SIGNS, NONE)
"""What a sign between several labels may be called."""

__all__ = ["BETWEEN_LABELS", "READING_KEYS", "SEPARATORS", "UNITS", "Reading", "parse_reading"]
