"""Corpora that say something of authors: in the card, after a check, while reading."""

from dataclasses import replace
from typing import Any

import pytest

from dltext.engine.results import AttributeInfo, DataCheck, Record
from dltext.tui.kit.facts import FactPane
from dltext.tui.kit.table import PlainTable

AGE = AttributeInfo("age [b]", "age_group", "category", ("10s", "20s"), 3)
YEARS = AttributeInfo("years", "years", "number", (), 0, default=False)


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("corpora")


async def test_the_card_tells_and_the_check_counts(app: Any, engine: Any, until: Any) -> None:
    engine.corpora[0] = replace(engine.corpora[0], attributes=(AGE, YEARS))
    counted = (replace(AGE, counts={"10s": 30.0, "20s": 10.0}), replace(YEARS, counts={"mean": 21.5, "max": 48.0}))
    engine.check_data = lambda *_: DataCheck("people", {"train": 40}, {}, {}, 0, 0, attributes=counted)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)

        def card() -> str:
            return " ".join(app.screen.query_one(FactPane).plain.split())

        assert "age [b] 10s, 20s (column age_group; 3 not known)" in card()
        assert "years a number (learnt when asked for)" in card()
        await pilot.press("c")
        await until(pilot, lambda: "Checked" in card())
        assert "30 (75 %)" in card()
        assert "10 (25 %)" in card()
        assert "mean 21.5, max 48" in card()


async def test_reading_shows_what_is_known_in_place_of_a_label(app: Any, engine: Any, until: Any) -> None:
    known = [Record("7", "a text", None, {"gender": "female", "age": "", "years": "[17]"}), Record("8", "b", "pos")]
    engine.browse_data = lambda *_: known
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)
        await pilot.press("b")
        await until(pilot, lambda: app.screen.PLACE == "browse" and app.screen._records)
        table = app.screen.query_one(PlainTable)
        assert [str(cell) for cell in table.get_row_at(0)] == ["7", "female, [17]", "a text"]
        assert str(table.get_row_at(1)[1]) == "pos"
