"""Corpora of pairs: both languages in the list, both sides in the card's check and while reading, no labels."""

from typing import Any

import pytest
from textual.widgets import DataTable

from dltext.engine import api
from dltext.engine.results import DataCheck, DatasetInfo, Preflight, Record
from dltext.tui.kit.facts import FactPane
from dltext.tui.kit.preview import Preview
from dltext.tui.kit.table import PlainTable

PAIRS = DatasetInfo(
    "talk",
    "Talk [/b]",
    "en",
    "pairs",
    (),
    {"train": 90, "test": 10},
    0,
    "CC BY",
    "Somebody",
    "somewhere",
    "mirror",
    target_language="zh",
)
CHECK = DataCheck(
    "talk", {"train": 90, "test": 10}, {}, {"median": 6.0}, 3, 2, ("few pairs",), target_lengths={"median": 9.0}
)
SIDES = [Record(f"{n}", f"Where is it [/b] {n}? " * 9, target=f"第{n}号在哪里？" * 9) for n in range(1, 4)]


@pytest.fixture(autouse=True)
def _starts_here(starting_in: Any) -> None:
    starting_in("corpora")


@pytest.fixture
def pairs(engine: Any) -> Any:
    engine.corpora[0] = PAIRS
    engine.check_data = lambda *_: CHECK
    engine.browse_data = lambda *_: SIDES
    return engine


async def test_the_card_tells_of_pairs(app: Any, pairs: Any, until: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)

        def card() -> str:
            return " ".join(app.screen.query_one(FactPane).plain.split())

        assert "en→zh" in [str(cell) for cell in app.screen.query_one(PlainTable).get_row_at(0)]
        assert "labels" not in card()
        assert "pairs train 90, test 10" in card()
        await pilot.press("c")
        await until(pilot, lambda: "Checked" in card())
        assert "tokens median 6" in card()
        assert "other side median 9" in card()
        assert "2 test pairs also in train" in card()
        assert "label" not in card()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_both_sides_are_read_beside_each_other(app: Any, pairs: Any, until: Any, size: Any) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.PLACE == "browse" and app.screen._records)
        await pilot.pause()
        table = app.screen.query_one(PlainTable)
        assert [str(column.label) for column in table.ordered_columns] == ["id", "English", "Chinese"]
        number, english, chinese = table.get_row_at(0)
        assert str(number) == "1"
        assert str(english).startswith("Where is it [/b] 1?")
        assert str(chinese).startswith("第1号在哪里？")
        assert table.virtual_size.width <= table.size.width  # both are seen
        assert app.screen.query_one("#whole").border_title.startswith("Pair 1")
        assert app.screen.query_one(Preview)._text == f"{SIDES[0].text}\n\n{SIDES[0].target}"


async def test_a_terminal_that_changes_its_size_shows_both_still(app: Any, pairs: Any, until: Any) -> None:
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.PLACE == "browse" and app.screen._records)
        await pilot.press("down")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        table = app.screen.query_one(DataTable)
        await until(pilot, lambda: table.virtual_size.width <= table.size.width)
        assert table.cursor_row == 1


def test_the_command_line_tells_both_sides(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record("7", "Hi\x1b[2J.", target="你好\x1b[2J。")
    monkeypatch.setattr(api, "datasets", lambda: [PAIRS])
    monkeypatch.setattr(api, "dataset", lambda name: PAIRS)
    monkeypatch.setattr(api, "browse_data", lambda *_: [record])
    monkeypatch.setattr(api, "check_data", lambda *_: CHECK)
    assert "talk\tTalk [/b]\tpairs\ten → zh\t" in run("data", "list").out
    shown = run("data", "show", "talk").out
    assert "labels" not in shown
    assert "\x1b" not in shown
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[-2].startswith("7  Hi")
    assert lines[-1].startswith("你好")
    assert run("data", "show", "talk", "--json").objects[0]["records"][0]["target"] == "你好\x1b[2J。"
    checked = run("data", "check", "talk").out
    assert "median 9" in checked
    assert "labels" not in checked


def test_what_is_known_before_a_translator_is_trained(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    estimate = Preflight(CHECK, {"bleu": 12.34, "chrf": 23.45, "similarity": 0.5}, 60.0, 10**9, "CPU", 1000)
    monkeypatch.setattr(api, "training_problem", lambda: None)
    monkeypatch.setattr(api, "validate", lambda spec: spec)
    monkeypatch.setattr(api, "preflight", lambda spec, progress: estimate)
    output = run("train", "seq2seq-attention", "--data", "talk", "--check").out
    assert "BLEU 12.3, chrF 23.4 (translation of the nearest sentence)" in output.replace("23.5", "23.4")
    assert "F1" not in output
