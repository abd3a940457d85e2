"""Counts with their nouns and percentages: one way for all texts."""

import re
from pathlib import Path

import pytest

from dltext.data.wording import percent, plural

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("data", "engine", "tui") for path in sorted((ROOT / folder).rglob("*.py"))]
BY_HAND = re.compile(r":\.\d%\}|[a-z]\}%|'s' if [^']*1")
"""A percentage without its blank, and a plural that is put together on the spot."""


@pytest.mark.parametrize(
    ("share", "decimals", "said"),
    [
        (0.914, 1, "91.4 %"),
        (0.19, 0, "19 %"),
        (0.0, 1, "0.0 %"),
        (1.0, 0, "100 %"),
        (0.0004, 1, "<0.1 %"),
        (0.004, 0, "<1 %"),
        (0.006, 0, "1 %"),
        (None, 1, "—"),
    ],
)
def test_a_percentage(share: float | None, decimals: int, said: str) -> None:
    assert percent(share, decimals) == said


def test_what_is_not_known_has_a_word_of_the_caller() -> None:
    assert percent(None, unknown="") == ""


@pytest.mark.parametrize(
    ("count", "noun", "many", "said"),
    [(1, "token", "", "1 token"), (0, "token", "", "0 tokens"), (1200, "match", "matches", "1,200 matches")],
)
def test_a_count(count: int, noun: str, many: str, said: str) -> None:
    assert plural(count, noun, many) == said


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_makes_them_by_hand(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    assert [f"{number}: {line.strip()}" for number, line in lines if BY_HAND.search(line)] == []
