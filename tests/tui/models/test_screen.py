"""Models: the table, the card, and what can be done."""

from dataclasses import replace
from typing import Any

import pytest

from dltext.engine.results import UserError
from dltext.tui.kit.facts import FactPane
from dltext.tui.kit.table import PlainTable


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("models")


@pytest.fixture
def engine(fake: Any) -> Any:
    made = fake.FakeEngine()
    made.bundles = [fake.CNN, fake.LSTM, fake.MINE, fake.BROKEN]
    return made


async def opened(app: Any, pilot: Any, until: Any) -> None:
    await pilot.press("f8")
    await until(pilot, lambda: app.screen.PLACE == "models" and app.screen._listed)


def card(app: Any) -> str:
    return app.screen.query_one(FactPane).plain


async def go_to(app: Any, pilot: Any, row: int) -> None:
    app.screen.query_one(PlainTable).move_cursor(row=row)
    await pilot.pause()


async def test_all_bundles_are_listed_with_their_numbers(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        table = app.screen.query_one(PlainTable)
        rows = [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]
        assert rows[0] == ["●", "sentiment-en-cnn", "92.1 %", "90.3 %", "sentiment", "en", "shipped", "11.8 MB"]
        assert rows[3][:4] == ["✗", "broken", "–", "–"]
        assert "Reads film reviews [/ref] in English." in card(app)
        assert "92.1 % on IMDB test" in card(app)
        await go_to(app, pilot, 3)
        assert "does not match its sum; import it again" in card(app)


async def test_a_classifier_gets_a_threshold(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("t", "4")
        await until(pilot, lambda: ("set_threshold", ("sentiment-en-cnn", 0.8)) in engine.calls)
        await until(pilot, lambda: "not sure below 0.8" in card(app))
        await pilot.press("t", "1")
        await until(pilot, lambda: "not sure below" not in card(app))
        app.screen.query_one(PlainTable).move_cursor(row=3)
        await pilot.pause()
        assert not app.screen.check_action("threshold", ()), "it is broken"


async def test_a_long_name_leaves_room_for_the_numbers(app: Any, engine: Any, fake: Any, until: Any) -> None:
    engine.bundles = [replace(fake.MINE, name="a-model-of-" + "very-" * 9 + "many-words"), fake.CNN]
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        table = app.screen.query_one(PlainTable)
        await until(pilot, lambda: "shipped" in "".join(segment.text for segment in table.render_line(2)))
        first = "".join(segment.text for segment in table.render_line(1))
        assert "words" in first
        assert table.chosen == engine.bundles[0].name


async def test_a_model_becomes_the_default(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 1)
        await pilot.press("d")
        table = app.screen.query_one(PlainTable)
        await until(pilot, lambda: str(table.get_row_at(1)[0]) == "●")
        assert str(table.get_row_at(0)[0]) == ""
        assert table.chosen == "sentiment-en-lstm", "the cursor stays on its model"


async def test_a_model_is_used_in_analyse(app: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 2)
        await pilot.press("u")
        await until(
            pilot,
            lambda: app.screen.PLACE == "analyse" and [card.info.name for card in app.screen.cards] == ["own-cnn"],
        )


async def test_a_broken_model_is_not_offered(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await go_to(app, pilot, 3)
        await pilot.press("u", "d", "f12", "enter")
        await pilot.pause(0.1)
        assert app.screen.PLACE == "models"
        assert not engine.asked("set_default")


async def test_removing_asks_first(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("x")
        await pilot.pause()
        assert not app.screen.is_modal
        said = next(iter(app._notifications)).message
        assert "comes with dltext and cannot be removed" in said
        assert "d on another model" in said
        await go_to(app, pilot, 2)
        await pilot.press("x")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.is_modal)
        assert not engine.asked("remove_model"), "enter alone is the safe answer"
        await pilot.press("x")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.click("#yes")
        await until(pilot, lambda: engine.asked("remove_model") == [("own-cnn",)])
        await until(pilot, lambda: "own-cnn" not in app.screen._listed)


async def test_import_and_export(app: Any, engine: Any, until: Any, give_path: Any, tmp_path: Any) -> None:
    archive = tmp_path / "theirs.zip"
    archive.write_bytes(b"PK")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("i")
        await give_path(pilot, archive)
        await until(pilot, lambda: app.screen.PLACE == "models" and "theirs" in app.screen._listed)
        await until(pilot, lambda: app.screen.query_one(PlainTable).chosen == "theirs")
        await pilot.press("f12")
        await give_path(pilot, tmp_path / "out.zip")
        await until(pilot, lambda: engine.asked("export_model") == [("theirs", str(tmp_path / "out.zip"))])


async def test_an_error_is_a_toast(app: Any, engine: Any, until: Any) -> None:
    engine.errors["set_default"] = UserError("The disk is full: nothing was changed. Make room and try again.")
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("d")
        await until(pilot, lambda: app._notifications)
        assert next(iter(app._notifications)).message.startswith("The disk is full")


async def test_without_models_it_says_what_to_do(app: Any, engine: Any, until: Any) -> None:
    engine.bundles = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.PLACE == "models" and app.screen.query_one("#empty").display)
        assert "F6 trains one" in app.screen.query_one("#empty").render().plain
        await pilot.press("u", "d", "x", "f12")
        await pilot.pause()
        assert app.screen.PLACE == "models"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_table_fits(app: Any, until: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until)
        table, pane = app.screen.query_one(PlainTable), app.screen.query_one(FactPane)
        assert table.virtual_size.width <= table.size.width, "no column is cut off"
        assert app.screen.region.contains_region(table.region)
        assert app.screen.region.contains_region(pane.region)
        assert table.size.height >= 5
        assert pane.size.height >= 5
