"""What is learnt of a labelled text: one label of several, any number of labels, or a number."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from .attributes import number
from .errors import UserError
from .rows import Row

Target = Literal["label", "labels", "number"]


def number_of(row: Row, name: str) -> float:
    """The number that stands in the place of a row's label; UserError, naming the data ``name``, where it is none."""
    raw = row.names[0] if row.names else ""
    value = number(raw)
    if value is None or len(row.names) > 1:
        shown = ", ".join(row.names)[:40]
        raise UserError(
            f"{name}, {row.place or f'record {row.id}'}: the label is {shown!r} and not a number, as was decided by "
            "--read labels=number; correct it, or name another label column."
        )
    return value


def strata(names: Sequence[tuple[str, ...]], target: Target) -> list[str]:
    """What a split is stratified by: a text's label, of several the rarest of all; numbers are drawn as they come."""
    if target == "number":
        return [""] * len(names)
    sets = Counter(names)
    counts: Counter[str] = Counter()
    for each, times in sets.items():
        counts.update(dict.fromkeys(each, times))
    chosen = {each: min(each, key=lambda name: (counts[name], name), default="") for each in sets}
    return [chosen[each] for each in names]
