"""Counts of the authors' attributes in a data set, made while it is inspected."""

from collections import Counter

from ....data.attributes import Attribute
from ....data.attributes import number as read_number
from ....data.columns import MANY, Survey
from ....data.rows import Row
from ...results import AttributeInfo


class AttributeTally:
    """Counts over rows that carry columns: of the attributes of a card, or (where none are given) of all columns of a
    file that can be learnt, but not of ``label``, which is counted anyway. Constant memory."""

    def __init__(self, attributes: tuple[Attribute, ...] = (), label: str = "") -> None:
        self._attributes, self._label = attributes, label
        self._survey = Survey((), "")
        self._words: dict[str, Counter[str]] = {}
        self._numbers: dict[str, tuple[int, float, float, float]] = {}

    def add(self, row: Row) -> None:
        self._survey.add(row)
        for column, raw in row.values.items():
            if not raw:
                continue
            words = self._words.setdefault(column, Counter())
            if raw in words or len(words) <= MANY:
                words[raw] += 1
            value = read_number(raw)
            if value is not None:
                count, total, low, high = self._numbers.get(column, (0, 0.0, value, value))
                self._numbers[column] = count + 1, total + value, min(low, value), max(high, value)

    def attributes(self) -> tuple[AttributeInfo, ...]:
        """The attributes with their counts, in the order of the card or of the file."""
        if self._attributes:
            return tuple(self._counted(attribute) for attribute in self._attributes)
        return tuple(self._counted(attribute) for attribute in self._survey.usable() if attribute.column != self._label)

    def _counted(self, attribute: Attribute) -> AttributeInfo:
        words = self._words.get(attribute.column, Counter())
        if attribute.kind == "category":
            counts: dict[str, float] = {label: float(words[label]) for label in attribute.labels}
            filled = sum(counts.values())
        else:
            filled, total, low, high = self._numbers.get(attribute.column, (0, 0.0, 0.0, 0.0))
            counts = {"mean": total / filled, "min": low, "max": high} if filled else {}
        return described(attribute, counts, self._survey.records - int(filled))


def described(
    attribute: Attribute, counts: dict[str, float] | None = None, missing: int | None = None
) -> AttributeInfo:
    """An attribute as it crosses the door."""
    return AttributeInfo(
        attribute.name,
        attribute.column,
        attribute.kind,
        attribute.labels,
        attribute.missing if missing is None else missing,
        attribute.default,
        counts or {},
    )
