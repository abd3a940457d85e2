"""fastText's files: labels that begin with ``__label__``, before or behind the text, and white space between."""

import re
from collections.abc import Iterator, Mapping

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from . import RECORDS_SEEN, Placed, Shape, first_records

MARK = "__label__"
_BEFORE_COMMA = re.compile(rf"\s*{MARK}[^\s,]+\s*,")
"""How a line begins in which a comma stands between its label and its text, as in a table."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    lines = source.sample(encoding)[:RECORDS_SEEN]
    filled = [(number, line) for number, line in lines if line.strip()]
    comma = "," if filled and all(_BEFORE_COMMA.match(line) for _, line in filled) else ""
    sample = first_records(("", _divided(line, f"{source.name}, line {number}", comma)) for number, line in filled)
    return Shape(("text", "label"), sample, encoding, comma, roles={"text": "text", "label": "label"})


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    for number, line in source.lines(reading.encoding):
        if line.strip():
            place = f"line {number}"
            yield place, {**_divided(line, f"{source.name}, {place}", reading.delimiter), "id": str(number)}


def _divided(line: str, where: str, comma: str = "") -> dict[str, object]:
    """Text and labels of a line; labels stand at its beginning or its end. ``comma`` is between a label and a text."""
    labels: list[str] = []
    rest = line.strip()
    if comma:
        label, _, rest = rest.partition(comma)
        rest = f"{label.strip()} {rest.strip()}"
    while rest.startswith(MARK):
        word, *behind_it = rest.split(None, 1)
        labels.append(word)
        rest = behind_it[0] if behind_it else ""
    words = rest.rsplit(None, 1)
    behind: list[str] = []
    while words and words[-1].startswith(MARK):
        behind.insert(0, words[-1])
        rest = words[0] if len(words) > 1 else ""
        words = rest.rsplit(None, 1)
    labels += behind
    if not labels:
        raise UserError(f"{where}: a line that starts or ends with {MARK} and a label is expected.")
    if MARK in labels:
        raise UserError(f"{where}: behind {MARK} a label is expected.")
    if not rest.strip():
        raise UserError(f"{where}: a label, white space and a text are expected.")
    if MARK in rest:
        # In the middle of a text, too: a label is never learnt from as a word.
        labels += [word for word in rest.split() if word.startswith(MARK) and word != MARK]
        rest = " ".join(word for word in rest.split() if not word.startswith(MARK))
    names = list(dict.fromkeys(label.removeprefix(MARK) for label in labels))
    return {"text": rest.strip(), "label": names[0] if len(names) == 1 else names}
