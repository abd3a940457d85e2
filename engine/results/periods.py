"""Results of counting documents by a column of dates."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class PeriodShare:
    """How many documents of a period are of a group, or hold a word."""

    period: str
    """As ``2019``, ``2019-05`` or ``2019-05-17``."""
    group: str
    """The value of a column, or the word; empty where all documents are counted."""
    count: int
    """Documents of the group, or that hold the word."""
    documents: int
    """All of the period; where all are counted, of all periods."""
    share: float
    low: float
    high: float
    """95 % interval of the share (Wilson 1927)."""
    matches: int | None = None
    """Of a word: how often it is there."""
    per_million: float | None = None
    """The same of a million words of the period."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, without what is said of words alone."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class CorpusCourse:
    """Documents by a column of dates, period by period, each for all groups in their order."""

    column: str
    unit: str
    """``year``, ``month`` or ``day``."""
    periods: tuple[str, ...]
    groups: tuple[str, ...]
    """Values of the other column or words, the most frequent first; one that is empty where all are counted."""
    points: tuple[PeriodShare, ...]
    notes: tuple[str, ...] = ()

    def of(self, group: str) -> list[PeriodShare]:
        """The points of a group, in the order of the periods."""
        return [point for point in self.points if point.group == group]
