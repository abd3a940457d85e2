"""Corpora: what is there, fetching it, checking it, reading it, adding one's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from textual.widgets import Input, ProgressBar

from dltext.engine import corpora
from dltext.engine.results import DatasetInfo, Reading, UserError
from dltext.tui.kit.cards import PLACES_OF_DATA
from dltext.tui.kit.facts import FactPane
from dltext.tui.kit.preview import Preview
from dltext.tui.kit.reading_preview import ReadingPreview
from dltext.tui.kit.table import PlainTable


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("corpora")


async def opened(app: Any, pilot: Any, until: Any) -> None:
    await pilot.press("f9")
    await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)


async def go_to(app: Any, pilot: Any, row: int) -> None:
    app.screen.query_one(PlainTable).move_cursor(row=row)
    await pilot.pause()


def card(app: Any) -> str:
    return app.screen.query_one(FactPane).plain


async def test_cards_are_listed_and_told(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        table = app.screen.query_one(PlainTable)
        signs = [str(table.get_row_at(row)[0]) for row in range(3)]
        assert signs == ["●", "○", "●"]
        assert "research only" in card(app)
        assert "Pang and Lee 2005" in card(app)
        await go_to(app, pilot, 2)
        assert "酒店评论 [hotel]" in card(app)
        assert "差评, 好评" in card(app)


async def test_what_ships_says_so(app: Any, engine: Any, until: Any) -> None:
    engine.corpora[0] = replace(engine.corpora[0], available="shipped")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        assert "comes with dltext" in card(app)


def test_every_place_of_data_has_its_words() -> None:
    places = set(get_args(get_type_hints(DatasetInfo)["available"]))
    assert set(PLACES_OF_DATA) == set(corpora.PLACES) == places


async def test_a_check_is_shown_in_the_card(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("c")
        await until(pilot, lambda: "Checked" in card(app))
        assert "3 test documents also stand in the training set [/x]." in card(app)
        assert "5,331 (50 %)" in card(app)
        assert "duplicates 17" in card(app)


async def test_fetching_shows_progress_and_ends(app: Any, engine: Any, until: Any) -> None:
    engine.hold("fetch_data")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: app.screen.query_one(ProgressBar).progress == 80)
        assert app.screen.query_one("#fetching").display
        engine.release("fetch_data")
        await until(pilot, lambda: "fetched before" in card(app))
        assert not app.screen.query_one("#fetching").display


async def test_a_stalled_fetch_can_be_left_and_begun_anew(app: Any, engine: Any, until: Any) -> None:
    engine.hold("fetch_data")
    stalled = engine._gates["fetch_data"]
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: engine.asked("fetch_data"))
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query_one("#fetching").display)
        engine._gates.clear()
        await pilot.press("f")
        await until(pilot, lambda: "fetched before" in card(app))
        stalled.set()
        await pilot.pause(0.1)
        assert not [toast for toast in app._notifications if toast.severity == "error"]


async def test_a_failed_fetch_says_why(app: Any, engine: Any, until: Any) -> None:
    engine.errors["fetch_data"] = UserError("No network: on a machine with one run  dltext data fetch imdb")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: app._notifications)
        assert "dltext data fetch imdb" in next(iter(app._notifications)).message
        assert not app.screen.query_one("#fetching").display


async def test_what_is_not_here_is_not_browsed(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("b")
        await until(pilot, lambda: app._notifications)
        assert "f fetches it" in next(iter(app._notifications)).message
        assert app.screen.PLACE == "corpora"


async def test_browsing_turns_pages_and_shows_the_whole_document(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("b")
        await until(pilot, lambda: app.screen.PLACE == "browse" and app.screen._records)
        table = app.screen.query_one(PlainTable)
        assert str(table.get_row_at(0)[2]) == "document 1 [/ref] ␛[31m很好"
        await pilot.press("n")
        await until(pilot, lambda: str(table.get_row_at(0)[0]) == "51")
        assert "51–100 of 9,596" in str(app.screen.query_one("#pages").border_subtitle)
        assert "document 51" in app.screen.query_one(Preview).render_line(0).text
        await pilot.press("n")
        await until(pilot, lambda: table.row_count == 20)
        await pilot.press("n")
        await until(pilot, lambda: app._notifications)
        assert table.row_count == 20, "past the end one stays on the last page"
        await pilot.press("s")
        await until(pilot, lambda: engine.asked("browse_data")[-1][1] == "test")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE == "corpora")


async def test_a_document_goes_to_analyse(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("b")
        await until(pilot, lambda: app.screen.PLACE == "browse" and app.screen._records)
        await pilot.press("a")
        await until(pilot, lambda: app.screen.PLACE == "analyse" and app.screen._document.name == "mr 1")


async def test_train_on_this(app: Any, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[tuple[str, dict[str, Any]]] = []
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        monkeypatch.setattr(app, "open_screen", lambda name, **context: went.append((name, context)))
        await pilot.press("t")
        assert went == [("train", {"corpus": "mr"})]


async def test_an_imported_corpus_is_removed_after_a_question(app: Any, engine: Any, until: Any) -> None:
    engine.corpora.append(replace(engine.corpora[0], name="mine [/]", available="imported"))
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("delete")
        assert not app.screen.is_modal, "what comes with dltext stays"
        await go_to(app, pilot, 3)
        await pilot.press("x")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.is_modal)
        assert not engine.asked("remove_data"), "the safe answer has the focus"
        await pilot.press("x")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.click("#yes")
        await until(pilot, lambda: "mine [/]" not in app.screen._listed)
        assert engine.asked("remove_data") == [("mine [/]",)]


async def test_import_asks_for_the_columns(app: Any, engine: Any, until: Any, give_path: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("review,stars\ngood,5\n", encoding="utf-8")
    engine.readings[str(path)] = Reading(
        str(path), "csv", columns=("id", "review", "stars"), text="review", label="stars",
        preview=({"id": "1", "review": "good [/]", "stars": "5"},),
    )  # fmt: skip
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("i")
        await give_path(pilot, path)
        await until(pilot, lambda: app.screen.is_modal and app.screen.query("#text"))
        assert app.screen.query_one("#text", Input).value == "review"
        await until(
            pilot, lambda: app.screen.query_one(ReadingPreview).said.splitlines()[1:] == ["5" + " " * 17 + "good [/]"]
        )
        app.screen.query_one("#label", Input).value = "id"
        await until(pilot, lambda: app.screen.query_one(ReadingPreview).said.splitlines()[1].startswith("1 "))
        app.screen.query_one("#label", Input).value = "stars"
        await pilot.click("#yes")
        await until(pilot, lambda: engine.asked("import_data") == [(str(path), "own", "review", "stars")])
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen.query_one(PlainTable).chosen == "own")


async def test_without_corpora_it_says_what_to_do(app: Any, engine: Any, until: Any) -> None:
    engine.corpora = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen.query_one("#empty").display)
        assert "ctrl+o imports a file" in app.screen.query_one("#empty").render().plain


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_it_fits(app: Any, engine: Any, until: Any, size: tuple[int, int]) -> None:
    engine.hold("fetch_data")
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: app.screen.query_one("#fetching").region.height)
        for name in ("#table", "#card", "#fetching"):
            region = app.screen.query_one(name).region
            assert app.screen.region.contains_region(region), name
            assert region.height >= 3, name
        table = app.screen.query_one(PlainTable)
        assert table.virtual_size.width <= table.size.width
        engine.release("fetch_data")
