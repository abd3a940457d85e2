"""Texts for workers."""

from typing import Any

import pytest

from dltext.engine.results import Record


@pytest.fixture
def records() -> Any:
    """``records(n, **texts)``: so many records, ``t7="the end"`` is the text of the seventh."""

    def make(count: int, **texts: str) -> list[Record]:
        return [
            Record(str(n), texts.get(f"t{n}", " ".join(["good", "film", "bad", "the"][: n % 5]) or "good"))
            for n in range(1, count + 1)
        ]

    return make
