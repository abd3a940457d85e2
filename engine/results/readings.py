"""How a file was read, and what a user may decide about that."""

from ...data.reading import Reading, parse

parse_reading = parse
"""``KEY=VALUE`` words, as ``--read`` takes them, as a table; UserError for what cannot be."""

__all__ = ["Reading", "parse_reading"]
