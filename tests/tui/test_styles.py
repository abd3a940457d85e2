"""Textual applies each screen's style sheet to all screens from its first visit on: rules must name what they mean."""

import re
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget

from dltext.tui import app as app_module

SHEETS = sorted(Path(app_module.__file__).parent.rglob("*.tcss"))
OWN = re.compile(r"[A-Z]\w*Screen\b|JobLog\b|#(runs|compare|train)-")
"""Beginnings of selectors that meet one screen only."""


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.stem != "app"], ids=lambda sheet: sheet.stem)
def test_a_screens_rules_meet_no_other_screen(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    selectors = [part.strip() for group in re.findall(r"([^{}]+)\{[^{}]*\}", rules) for part in group.split(",")]
    assert selectors
    assert [selector for selector in selectors if not OWN.match(selector)] == []


async def places_of(app: Any, until: Any, *letters: str) -> dict[str | None, Any]:
    """Where the named parts of the last screen stand."""
    async with app.run_test(size=(80, 24)) as pilot:
        for letter in letters:
            before = app.screen
            await pilot.press("ctrl+g", letter)
            await until(pilot, lambda before=before: app.screen is not before and not app.screen.is_modal)
        await until(pilot, lambda: not app.screen.busy())
        return {part.id: part.region for part in app.screen.query(Widget) if part.id}


async def test_search_stands_the_same_after_words_was_shown(words: Any, until: Any) -> None:
    def app() -> Any:
        return app_module.DltextApp(engine=words, poll=False)

    alone = await places_of(app(), until, "s")
    assert alone
    assert await places_of(app(), until, "w", "s") == alone
