"""Dates in a column, however its file writes them, as year-month-day; and the periods of a span of dates."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

UNITS = {"year": 4, "month": 7, "day": 10}
"""How finely dates are told apart, and so many characters of ``2019-05-17`` say that."""
MOSTLY = 0.9
"""Share of the different values of a column that are dates where it is one of dates."""
FIRST, LAST = 1500, 2200
"""Years: other numbers are none."""
DAYS, MONTHS = 62, 60
"""Up to so many days a span is shown by day, up to so many months by month."""
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_NAMES = {name: number for number, name in enumerate(_MONTHS.split(), 1)}
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d+Z?)?")
_HAN = re.compile(r"(\d{4})\s*年(?:\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号].*)?)?")
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ ,].*)?")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3,9},? )?(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})(?:[ ,].*)?")
_MONTH_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},? )?([A-Za-z]{3,9})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})(?:[ ,].*)?"
)


def iso_dates(values: Sequence[str]) -> list[str]:
    """Each value as ``2019``, ``2019-05`` or ``2019-05-17``; empty where it is no date. Of ``3/5/2019`` the day is
    first where a value of the column leaves no other way, or with dots between; else the month."""
    numbers = [match for value in values if (match := _NUMBERS.fullmatch(value.strip()))]
    day_first = any(int(match[1]) > 12 or match[2] == "." for match in numbers)
    return [_iso(value.strip(), day_first) for value in values]


def are_dates(dates: Sequence[str]) -> bool:
    """Whether a column whose different values are these dates, as :func:`iso_dates` makes them, is one of dates."""
    return bool(dates) and sum(map(bool, dates)) >= MOSTLY * len(dates)


def _iso(value: str, day_first: bool) -> str:
    if len(value) > 60:
        return ""
    for pattern in (_ISO, _COMPACT, _HAN):
        if match := pattern.fullmatch(value):
            return _joined(*match.groups())
    if match := _NUMBERS.fullmatch(value):
        first, second = match[1], match[3]
        return _joined(match[4], second, first) if day_first else _joined(match[4], first, second)
    if match := _DAY_FIRST.fullmatch(value):
        return _joined(match[3], _NAMES.get(match[2][:3].lower()), match[1])
    if match := _MONTH_FIRST.fullmatch(value):
        return _joined(match[3], _NAMES.get(match[1][:3].lower()), match[2]) if match[1][:3].lower() in _NAMES else ""
    return ""


def _joined(year: str, month: str | int | None, day: str | None) -> str:
    """The parts that there are; empty where there is no such date."""
    if not FIRST <= int(year) <= LAST:
        return ""
    if month is None:
        return year if day is None else ""
    try:
        moment = date(int(year), int(month), int(day or 1))
    except ValueError:
        return ""
    return moment.isoformat()[: UNITS["month" if day is None else "day"]]


def unit_of(dates: Sequence[str]) -> str:
    """By what a span of dates is shown: as finely as all of them say, without too many periods."""
    first, last = min(dates), max(dates)
    least = min(map(len, dates))
    months = 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7] or 1) - int(first[5:7] or 1) + 1
    if least == UNITS["day"] and (date.fromisoformat(last) - date.fromisoformat(first)).days < DAYS:
        return "day"
    return "month" if least >= UNITS["month"] and months <= MONTHS else "year"


def periods(first: str, last: str) -> list[str]:
    """All years, months or days from ``first`` to ``last``, which are written alike."""
    if len(first) == UNITS["year"]:
        return [f"{year:04}" for year in range(int(first), int(last) + 1)]
    if len(first) == UNITS["month"]:
        start, end = (12 * int(period[:4]) + int(period[5:]) - 1 for period in (first, last))
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1)]
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days)).isoformat() for days in range((end - start).days + 1)]
