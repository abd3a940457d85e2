"""A label, a tab and a text a line, without a header; the text may hold further tabs."""

from collections.abc import Iterator, Mapping, Sequence

from ..errors import UserError
from ..inputs import Input
from ..reading import Reading
from ..roles import name_columns
from . import RECORDS_SEEN, Placed, Shape, first_records
from .header_row import is_header

LONGEST = 40
"""Characters in a label."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    encoding = source.encoding(stated.get("encoding", ""))
    sample = first_records(_records(source.name, iter(source.sample(encoding)[:RECORDS_SEEN])))
    return Shape(("label", "text"), sample, encoding, header=False, roles={"label": "label", "text": "text"})


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    return _records(source.name, source.lines(reading.encoding))


def _records(name: str, numbered: Iterator[tuple[int, str]]) -> Iterator[Placed]:
    for number, line in numbered:
        if not line.strip():
            continue
        label, tab, text = line.partition("\t")
        if not tab:
            raise UserError(f"{name}, line {number}: a label, a tab and a text are expected.")
        yield f"line {number}", {"label": label.strip(), "text": text.strip(), "id": str(number)}


def fits(sample: Sequence[tuple[int, str]], need_label: bool) -> bool:
    """Whether the first lines are each a label, a tab and a text, and the first is no header."""
    filled = [line for _, line in sample if line.strip()][:50]
    labels = [line.partition("\t")[0].strip() for line in filled]
    # Numbers of records before two columns more are a table without a header.
    numbered = len(set(labels)) == len(labels) > 2 and {line.count("\t") for line in filled} == {filled[0].count("\t")}
    numbered = numbered and filled[0].count("\t") > 1
    return (
        bool(filled)
        and all("\t" in line for line in filled)
        and all(0 < len(label) <= LONGEST and " " not in label for label in labels)
        and (len(set(labels)) <= max(1, len(labels) // 2) or (need_label and not numbered))
        and not (name_columns([cell.strip() for cell in filled[0].split("\t")]) and labels[0] not in labels[1:])
        and not is_header(labels[:1], [labels[1:]])
    )
