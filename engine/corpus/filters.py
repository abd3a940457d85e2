"""Filters: expressions over the columns and the texts of documents.

``label:neg`` (a value; ``neg|pos`` one of several, ``ne*`` a beginning), ``stars<3``, ``date>=2019-05`` (numbers, or
dates as year, month, day), ``soup``, ``"cold soup"`` and ``/colou?r/`` (texts that hold it), ``words>100`` (how long a
text is). Blanks between mean *and*, ``OR`` means *or*, ``-`` or ``NOT`` before a part means *not*; parentheses group.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ..results import UserError
from .opening import ColumnValues, OpenCorpus
from .queries import matches
from .regexes import rows_matching

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TERM = re.compile(
    rf"""\s*(?:
    (?P<bracket>[()])
    | (?P<minus>-)(?=\S)
    | (?P<name>{_QUOTED}|[^\s()"<>=:!/-][^\s()"<>=:!]*)
      (?P<sign>:|\s*(?:<=|>=|!=|<|>|=)\s*)
      (?P<value>{_QUOTED}|[^\s()"]+)?
    | /(?P<regex>(?:[^/\\]|\\.)+)/
    | (?P<phrase>{_QUOTED})
    | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ].*)?)?)?")
LENGTH = "words"
"""What stands for the length of a text, where no column is called so."""
FEW = 50
"""Different values of a column up to which the beginning of one stands for it, as ``neg`` for ``negative``."""
DEEPEST = 50


def selected(corpus: OpenCorpus, expression: str) -> np.ndarray:
    """bool ``[documents]``: which of them ``expression`` selects; UserError where it cannot be read."""
    parser = _Parser(corpus, expression)
    mask = parser.either(0)
    if parser.next is not None:
        raise parser.refused("there is a ) without a (")
    return mask


class _Parser:
    """A recursive descent through the terms of an expression."""

    def __init__(self, corpus: OpenCorpus, expression: str) -> None:
        self._corpus, self._expression = corpus, expression
        self._terms: list[re.Match[str]] = []
        place, end = 0, len(expression.rstrip())
        while place < end:
            term = _TERM.match(expression, place)
            if term is None:
                raise self.refused(f"a quotation mark is missing behind {expression[place:].strip()[:20]}")
            self._terms.append(term)
            place = term.end()
        self._place = 0

    def refused(self, why: str) -> UserError:
        """The error of an expression that cannot be read."""
        return UserError(f"The filter {self._expression.strip()!r} cannot be read: {why}.")

    @property
    def next(self) -> re.Match[str] | None:
        return self._terms[self._place] if self._place < len(self._terms) else None

    def _is(self, word: str) -> bool:
        return self.next is not None and self.next["word"] == word

    def either(self, depth: int) -> np.ndarray:
        """Parts with OR between."""
        if depth > DEEPEST:
            raise self.refused(f"its parentheses are more than {DEEPEST} deep")
        mask = self._both(depth)
        while self._is("OR"):
            self._place += 1
            mask = mask | self._both(depth)
        return mask

    def _both(self, depth: int) -> np.ndarray:
        mask: np.ndarray | None = None
        while self.next is not None and self.next["bracket"] != ")" and not self._is("OR"):
            if self._is("AND"):
                self._place += 1
                continue
            part = self._part(depth)
            mask = part if mask is None else mask & part
        if mask is None:
            raise self.refused("a part of it is missing")
        return mask

    def _part(self, depth: int) -> np.ndarray:
        term = self.next
        if term is None:
            raise self.refused("a part of it is missing")
        self._place += 1
        if term["minus"] or term["word"] == "NOT":
            if depth > DEEPEST:
                raise self.refused(f"it is more than {DEEPEST} deep")
            return ~self._part(depth + 1)
        if term["bracket"]:
            if term["bracket"] == ")":
                raise self.refused("a part of it is missing")
            mask = self.either(depth + 1)
            if self.next is None:
                raise self.refused("a ) is missing")
            self._place += 1
            return mask
        if term["name"]:
            return self._compared(_plain(term["name"]), term["sign"].strip(), term["value"])
        if term["regex"]:
            return rows_matching(self._corpus, term["regex"])
        return self._holding(_plain(term["phrase"] or term["word"]))

    def _holding(self, words: str) -> np.ndarray:
        mask = np.zeros(len(self._corpus), bool)
        mask[self._corpus.tokens.rows(matches(self._corpus, words).first)] = True
        return mask

    def _compared(self, name: str, sign: str, value: str | None) -> np.ndarray:
        if value is None:
            raise self.refused(f"what {name!r} is compared to is missing")
        corpus = self._corpus
        if name == "text" and not corpus.has(name) and sign in (":", "="):
            return self._holding(_plain(value))
        if name == "id" and not corpus.has(name):
            return _row_of_id(corpus, _plain(value), sign)
        if name == LENGTH and not corpus.has(name):
            return self._by_size(corpus.lengths, sign, value)
        column = corpus.column(name)
        if sign in (":", "=", "!="):
            choices = [_plain(value)] if value.startswith('"') else [choice for choice in value.split("|") if choice]
            chosen = column.of(equal_values(column, choices))
            return ~chosen if sign == "!=" else chosen
        return column.of(self._ordered(column, name, sign, _plain(value)))

    def _by_size(self, sizes: np.ndarray, sign: str, value: str) -> np.ndarray:
        try:
            return _SIGNS["=" if sign == ":" else sign](sizes, float(value))
        except ValueError:
            raise self.refused(f"{value!r} is no number") from None

    def _ordered(self, column: ColumnValues, name: str, sign: str, value: str) -> np.ndarray:
        """Which of the column's values are smaller or larger: by number, or as dates, as exactly as ``value`` says."""
        compare = _SIGNS[sign]
        try:
            number = float(value)
        except ValueError:
            number = None
        numbers = ~np.isnan(column.numbers)
        if number is not None and numbers.any():
            with np.errstate(invalid="ignore"):
                return numbers & compare(column.numbers, number)
        dates = column.dates
        if _DATE.fullmatch(value) and any(dates):
            # 2019 means the whole year: 2019-05 is not after it.
            return np.array([bool(date) and bool(compare(date[: len(value)], value)) for date in dates])
        kind = "numbers" if numbers.any() else "dates" if any(dates) else ""
        if kind:
            raise self.refused(f"{value!r} is none of the {kind} in the column {name!r}")
        raise self.refused(f"the column {name!r} has neither numbers nor dates")


def _plain(text: str) -> str:
    """A quoted part without its quotation marks."""
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') and len(text) > 1 else text


def equal_values(column: ColumnValues, choices: list[str]) -> np.ndarray:
    """bool ``[values]``: which of them are among ``choices``, whatever their case."""
    chosen = np.zeros(len(column.values), bool)
    values = [value.casefold() for value in column.values]
    for choice in choices:
        choice = choice.casefold()
        fits: Callable[[str], bool] = choice.__eq__
        if "*" in choice:
            pattern = re.compile(re.escape(choice).replace(r"\*", ".*"), re.DOTALL)
            fits = lambda value, pattern=pattern: pattern.fullmatch(value) is not None  # noqa: E731
        elif choice not in values:
            if column.numeric and not np.isnan(number := _as_number(choice)):
                chosen |= column.numbers == number
                continue
            if len(values) <= FEW and not column.numeric:
                fits = lambda value, choice=choice: value.startswith(choice)  # noqa: E731
        chosen |= np.array([fits(value) for value in values], bool)
    return chosen


def _as_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _row_of_id(corpus: OpenCorpus, value: str, sign: str) -> np.ndarray:
    mask = np.zeros(len(corpus), bool)
    mask[corpus.index.texts.rows_of_id(value)] = True
    return ~mask if sign == "!=" else mask
