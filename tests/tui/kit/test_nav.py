"""The bar on top: all places where they fit, else those around the one where one is."""

import re
from typing import Any

import pytest

from dltext.tui.kit import nav
from dltext.tui.kit.nav import NavBar
from dltext.tui.places import PLACES, Place

MORE = (Place("generate", "Generate", "ctrl+_", "x:Y", ""),)


def told(app: Any) -> str:
    return app.screen.query_one(NavBar).render().plain


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> dict[str, Place]:
    """The places that there will be."""
    listed = list(PLACES.items())
    at = [name for name, _ in listed].index("titles") + 1
    places = dict([*listed[:at], *((place.name, place) for place in MORE), *listed[at:]])
    monkeypatch.setattr(nav, "PLACES", places)
    return places


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_all_places_fit(app: Any, width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        app.running_jobs = 2
        await pilot.pause()
        line = told(app)
        assert all(place.title in line for place in PLACES.values())
        assert re.search(r"Titles *│ +(F6 )?Train", line)
        assert "Runs (2)" in line
        assert ("F12 Words" in line and "^F Search" in line) is (width >= 120)


@pytest.mark.parametrize("width", [90, 120, 200])
async def test_more_places_fit_too_closer_together(app: Any, many: dict[str, Place], width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        app.running_jobs = 2
        await pilot.pause()
        assert all(place.title in told(app) for place in many.values())
        bar = app.screen.query_one(NavBar)
        for start, end, name in bar._stops:
            assert told(app)[start:end].strip().endswith(many[name].title + (" (2)" if name == "runs" else ""))


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("here", ["analyse", "generate", "corpora"])
async def test_where_not_all_fit_those_around_here_do(app: Any, many: dict[str, Place], here: str, width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        app.running_jobs = 2
        bar = app.screen.query_one(NavBar)
        bar._here = here
        await pilot.pause()
        line = bar.render().plain
        assert many[here].title in line
        assert ("‹" in line) is (many["analyse"].title not in line)
        assert ("›" in line) is (many["corpora"].title not in line)
        assert "‹" in line or "›" in line
        assert len(line.rstrip()) <= width
        assert len(bar._stops) >= 3
