"""The map of words: names never over one another, moved and enlarged by keys and wheel."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events

from dltext.engine.results import MapPoint
from dltext.tui.words.placing import View, place
from dltext.tui.words.screen import WordsScreen
from dltext.tui.words.wordmap import WordMapView

WORDS = ["king", "国王", "new_york", "a", "[/x]", "🎉", "a_very_long_phrase_that_has_no_end_at_all"]
POINTS = st.lists(
    st.builds(
        MapPoint,
        st.sampled_from(WORDS),
        st.floats(-1, 1),
        st.floats(-1, 1),
        st.integers(0, 8),
        st.booleans(),
    ),
    max_size=80,
)
VIEWS = st.builds(View, st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([0.5, 1.0, 3.0, 64.0]))


@settings(max_examples=60, deadline=None)
@given(POINTS, VIEWS, st.integers(1, 120), st.integers(1, 40))
def test_names_never_overlap_and_stay_within(points: list[MapPoint], view: View, width: int, height: int) -> None:
    taken: dict[int, list[range]] = {}
    for spot in place(points, view, width, height):
        assert 0 <= spot.row < height
        assert spot.cells.start >= 0
        assert spot.cells.stop <= width
        if spot.name:
            assert len(spot.cells) == cell_len(spot.name) + 1
            for other in taken.get(spot.row, ()):
                assert spot.cells.stop < other.start or other.stop < spot.cells.start, "a blank lies between names"
            taken.setdefault(spot.row, []).append(spot.cells)
        else:
            assert not any(spot.column in other for other in taken.get(spot.row, ()))


def test_the_words_asked_for_are_named_first_then_the_nearest() -> None:
    points = [MapPoint(word, 0.0, 0.0, 0) for word in ("near", "far")] + [MapPoint("asked", 0.0, 0.0, 1, True)]
    spots = place(points, View(), 40, 5)
    assert [spot.name for spot in spots if spot.name] == ["asked"]
    points = [MapPoint("near", 0.0, 0.0, 0), MapPoint("far", 0.02, 0.0, 0), MapPoint("farther", 0.04, 0.0, 0)]
    named = [spot.name for spot in place(points, View(), 40, 5) if spot.name]
    assert named[0] == "near"
    assert "farther" not in named


def test_enlarging_names_what_had_no_room() -> None:
    made = random.Random(1)
    points = [MapPoint(f"word{at}", made.gauss(0, 0.2), made.gauss(0, 0.2), 0) for at in range(60)]
    few = sum(bool(spot.name) for spot in place(points, View(), 80, 18))
    near = place(points, View(zoom=3), 80, 18)
    assert sum(bool(spot.name) for spot in near) / len(near) > few / 60


def test_a_cell_and_its_point_are_each_others_way_back() -> None:
    view = View(0.3, -0.2, 2.5)
    for at in ((0, 0), (39, 10), (79, 17)):
        assert view.cell(*view.point(*at, 80, 18), 80, 18) == at


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("words")


async def opened(app: Any, pilot: Any, until: Any) -> WordMapView:
    await until(pilot, lambda: isinstance(app.screen, WordsScreen) and app.screen._model)
    app.screen.action_show_mode("map")
    app.screen.line.value = "king"
    await until(pilot, lambda: app.screen.board.map.display and app.screen.board.map.placed)
    await pilot.press("down")
    assert app.focused is app.screen.board.map
    return app.screen.board.map


async def test_arrows_move_plus_and_minus_enlarge_and_0_shows_all(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        view = await opened(words_app, pilot, until)
        at = {spot.index: spot.column for spot in view.placed}
        await pilot.press("right")
        assert view.view.x > 0
        moved = {spot.index: spot.column for spot in view.placed}
        assert all(moved[index] < at[index] for index in moved if index in at)
        await pilot.press("plus", "plus", "up")
        assert view.view.zoom == pytest.approx(1.5625)
        assert view.view.y > 0
        assert "×1.6" in str(view.border_subtitle)
        view.action_reset()
        assert "×" not in str(view.border_subtitle), "told before it is drawn, or the border lags behind"
        assert view.view == View()
        await pilot.press(*["minus"] * 20)
        assert view.view.zoom == 0.5
        await pilot.press(*["left"] * 30)
        assert view.view.x >= -1


async def test_the_query_is_bold_and_clusters_differ_by_sign(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        view = await opened(words_app, pilot, until)
        await pilot.pause()
        drawn = [segment for y in range(18) for segment in view.render_line(y)]
        king = next(segment for segment in drawn if segment.text == "king")
        assert king.style.bold
        assert king.style.underline
        assert {"●", "▲", "■", "◉"} <= {segment.text for segment in drawn}


async def test_t_draws_it_by_the_other_method(words_app: Any, words: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        view = await opened(words_app, pilot, until)
        words.hold("word_map")
        await pilot.press("t")
        assert "computing t-SNE" in str(view.border_subtitle)
        words.release("word_map")
        await until(pilot, lambda: view.map is not None and view.map.method == "tsne")
        await until(pilot, lambda: "t-SNE, t: PCA" in str(view.border_subtitle))
        assert words.asked("word_map")[-1] == ("king", "words-en", "tsne")


async def test_n_goes_from_word_to_word_and_enter_there(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        view = await opened(words_app, pilot, until)
        await pilot.press("n", "n")
        assert view.map is not None
        word = view.map.points[view.cursor or 0].word
        await pilot.press("enter")
        await until(pilot, lambda: words_app.screen.line.value == word and view.map.query == word)
        await pilot.press("escape")
        await until(pilot, lambda: view.map.query == "king")


async def test_the_wheel_enlarges_where_the_mouse_is_and_a_click_goes_to_the_word(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        view = await opened(words_app, pilot, until)
        spot = next(spot for spot in view.placed if spot.name and not view.map.points[spot.index].asked)
        column, row = spot.start + 1, spot.row
        gutter = view.gutter
        assert await pilot.click(WordMapView, offset=(column + gutter.left, row + gutter.top))
        await until(pilot, lambda: words_app.screen.line.value == view.map.points[0].word != "king")
        before = view.view
        point = before.point(60, 3, *view._room)
        where = (view.content_region.x + 60, view.content_region.y + 3)
        await view.on_event(
            events.MouseScrollUp(view, 60 + gutter.left, 3 + gutter.top, 0, -1, 0, False, False, False, *where)
        )
        await pilot.pause()
        assert view.view.zoom > before.zoom
        assert view.view.cell(*point, *view._room) == (60, 3)


async def test_it_survives_any_size(words_app: Any, until: Any) -> None:
    async with words_app.run_test(size=(80, 24)) as pilot:
        await opened(words_app, pilot, until)
        for size in ((20, 6), (3, 3), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert words_app.failure is None
