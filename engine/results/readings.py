"""How a file was read, and what a user may decide about that."""

from ...data.reading import KEYS, UNITS, Reading, parse

READING_KEYS = KEYS
"""What a user may decide about how a file is read, and how it is written."""

parse_reading = parse
"""``KEY=VALUE`` words, as ``--read`` takes them, as a table; UserError for what cannot be."""

__all__ = ["READING_KEYS", "UNITS", "Reading", "parse_reading"]
