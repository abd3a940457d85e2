"""The bar on top: where one is, the places with keys, as many others as fit, and a way to all."""

from typing import Any

import pytest

from dltext.tui.kit import nav
from dltext.tui.kit.nav import NavBar
from dltext.tui.places import PLACES, Place, key_name

MORE = tuple(Place(name, name.capitalize(), letter, "x:Y", "") for name, letter in (("corpus", "o"), ("verse", "v")))


def told(app: Any) -> str:
    return app.screen.query_one(NavBar).render().plain


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> dict[str, Place]:
    """The places that there will be, and one more."""
    listed = list(PLACES.items())
    at = [name for name, _ in listed].index("titles") + 1
    places = dict([*listed[:at], *((place.name, place) for place in MORE), *listed[at:]])
    assert len(places) == 14
    monkeypatch.setattr(nav, "PLACES", places)
    return places


@pytest.mark.parametrize("width", [120, 200])
async def test_all_places_fit_in_a_normal_window(app: Any, width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        app.running_jobs = 2
        await pilot.pause()
        line = told(app)
        assert all(place.title in line for place in PLACES.values())
        assert all(f"{key_name(place.key)} {place.title}" in line for place in PLACES.values() if place.key)
        assert line.index("Titles") < line.index("│") < line.index("F6 Train")
        assert "Runs (2)" in line
        assert ("ctrl+g go to" if width == 200 else "ctrl+g") in line


@pytest.mark.parametrize("here", [*PLACES, "verse"])
async def test_80_columns_show_where_one_is_the_most_used_and_a_way_to_all(
    app: Any, many: dict[str, Place], here: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.running_jobs = 12
        bar = app.screen.query_one(NavBar)
        bar._here = here
        await pilot.pause()
        line = bar.render().plain
        assert len(line.rstrip()) <= 80
        assert many[here].title in line
        for place in many.values():
            if place.key:
                assert f"{key_name(place.key)} {place.title}" in line
        assert "ctrl+g more" in line
        for start, end, name in bar._stops:
            wanted = many[name].title + (" (12)" if name == "runs" else "") if name else "ctrl+g more"
            assert line[start:end].strip().endswith(wanted)


@pytest.mark.parametrize("width", [24, 40, 60])
async def test_a_narrow_window_keeps_where_one_is_and_the_way(app: Any, many: dict[str, Place], width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        bar = app.screen.query_one(NavBar)
        bar._here = "words"
        await pilot.pause()
        line = bar.render().plain
        assert "Words" in line
        assert "ctrl+g" in line
        assert len(line.rstrip()) <= width


async def test_more_places_take_the_room_there_is(app: Any, many: dict[str, Place]) -> None:
    async with app.run_test(size=(200, 24)) as pilot:
        await pilot.pause()
        assert all(place.title in told(app) for place in many.values())


async def test_a_click_on_the_end_opens_the_list(app: Any, until: Any) -> None:
    from dltext.tui.kit.go import GoTo

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        start = next(start for start, _, name in app.screen.query_one(NavBar)._stops if not name)
        await pilot.click("NavBar", offset=(start + 3, 0))
        await until(pilot, lambda: isinstance(app.screen, GoTo))
