"""The columns of texts and of their titles by what they hold: a long one, and a short one that says the same."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGER = 2.0
"""How many times longer than its title a text is at least, on average."""
LONGEST = 200
"""Characters of titles, on average, at most."""
SHARED = 0.2
"""Share of a title's words that stand in its text, at least, where several columns could be titles."""
FEW = 3
"""Records below which what they hold says nothing."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]{3,}")
"""A Chinese or Japanese character, or a word of three letters and more."""


def of_content(columns: Sequence[str], sample: Sequence[Mapping[str, Any]], text: str = "") -> tuple[str, str] | None:
    """The columns of texts (``text``, where it is known) and of titles among ``columns``; None where none are plain."""
    held = {column: [value for record in sample if isinstance(value := record.get(column), str)] for column in columns}
    # Values that repeat are labels or names, and values without words are numbers and dates.
    worded = {
        column: values
        for column, values in held.items()
        if len(values) >= max(FEW, len(sample) // 2)
        and 2 * len(set(values)) > len(values)
        and 2 * sum(len(_WORD.findall(value)) > 1 for value in values) > len(values)
    }
    lengths = {column: sum(map(len, values)) / len(values) for column, values in worded.items()}
    if not text:
        text = max(lengths, key=lambda column: lengths[column], default="")
    if text not in lengths:
        return None
    short = [
        column
        for column, length in lengths.items()
        if column != text and length <= LONGEST and length * LONGER <= lengths[text]
    ]
    shared = {column: _shared(sample, column, text) for column in short}
    best = max(short, key=lambda column: shared[column], default="")
    return (text, best) if best and shared[best] >= SHARED else None


def _shared(sample: Sequence[Mapping[str, Any]], short: str, long: str) -> float:
    """Mean share of the words of ``short`` that stand in ``long``, too."""
    shares = []
    for record in sample:
        words = {word.casefold() for word in _WORD.findall(str(record.get(short) or ""))}
        there = {word.casefold() for word in _WORD.findall(str(record.get(long) or ""))}
        if words:
            shares.append(len(words & there) / len(words))
    return sum(shares) / len(shares) if shares else 0.0
