"""The frame: places, keys, palette, help, themes, errors."""

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from dltext.engine.results import UserError
from dltext.tui import app as app_module
from dltext.tui.actions import SCREEN_ACTIONS
from dltext.tui.kit.help import HelpScreen
from dltext.tui.kit.paste import PasteParser
from dltext.tui.kit.workbench import Unavailable, Workbench
from dltext.tui.places import PLACES
from dltext.tui.start import shielded_stderr


async def test_each_place_opens_by_its_key_by_its_letter_and_by_a_click(app: Any, until: Any) -> None:
    wanted = ["models", "corpora", "analyse"]
    async with app.run_test(size=(120, 36)) as pilot:
        for name in wanted:
            await pilot.press(PLACES[name].key)
            await until(pilot, lambda name=name: name == app.screen.PLACE)
        for name in wanted:
            await pilot.press("ctrl+g")
            await until(pilot, lambda: app.screen.is_modal)
            await pilot.press(PLACES[name].letter)
            await until(pilot, lambda name=name: name == getattr(app.screen, "PLACE", ""))
        for name in wanted:
            bar = app.screen.query_one("NavBar")
            start = next(start for start, _, place in bar._stops if place == name)
            await pilot.click("NavBar", offset=(start + 2, 0))
            await until(pilot, lambda name=name: name == app.screen.PLACE)


async def test_a_place_that_cannot_be_loaded_says_so_and_the_rest_works(
    app: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> type[Workbench]:
        if name == "runs":
            raise ImportError("No module named 'plotext [/x]'")
        return original(name)

    original = app_module.load
    monkeypatch.setattr(app_module, "load", load)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Unavailable))
        said = app.screen.query_one(".empty").render().plain
        assert "Runs is not available" in said
        assert "plotext [/x]" in said
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.PLACE == "models")


async def test_keys_of_a_place_come_from_the_table(app: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        for name in ("analyse", "models", "corpora"):
            await pilot.press(PLACES[name].key)
            await until(pilot, lambda name=name: name == app.screen.PLACE)
            bound = {binding.action for _, binding in app.screen._bindings}
            for action in SCREEN_ACTIONS[name]:
                assert action.action in bound
                assert hasattr(app.screen, f"action_{action.action}"), action.action


async def test_the_palette_knows_actions_places_themes_and_models(app: Any, until: Any) -> None:
    from dltext.tui.palette import WorkbenchCommands

    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.models.infos)
        provider = WorkbenchCommands(app.screen)
        await provider.startup()
        commands = {hit.text async for hit in provider.discover()}
        assert {
            "Compare  (F2)",
            "Go to Corpora  (F9)",
            "Go to Words  (ctrl+g w)",
            "Light theme",
            "Use sentiment-en-lstm",
            "Quit",
        } <= commands
        await pilot.press("ctrl+p")
        await pilot.press(*"use sentiment-en-lstm")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                app.screen.PLACE == "analyse" and [card.info.name for card in app.screen.cards] == ["sentiment-en-lstm"]
            ),
        )


async def test_help_tells_of_the_focused_thing_the_screen_and_the_keys(app: Any, until: Any) -> None:
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        said = app.screen.query_one("#told").render().plain
        assert "The document. Type or paste" in said
        assert "Compare the answers of several models" in said
        assert "Find a command, a screen or a model by name" in said
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.PLACE == "analyse")


async def test_the_theme_changes_and_is_remembered(app: Any, engine: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        assert app.theme == "dltext-dark"
        await pilot.press("ctrl+g", "d")
        await until(pilot, lambda: engine.remembered.get("theme") == "dltext-light")
        assert app.theme == "dltext-light"
    assert app_module.DltextApp(engine=engine, poll=False).theme == "dltext-light"


async def test_an_unexpected_error_is_a_toast_that_names_the_log(app: Any, until: Any, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 36)) as pilot:

        def broken() -> None:
            raise RuntimeError("[/boom]")

        app.screen.ask("test", broken, lambda _: None)
        await until(pilot, lambda: app._notifications)
        toast = next(iter(app._notifications))
        assert "[/boom]" in toast.message
        assert "tui.log" in toast.message
        await pilot.pause(0.1)
        assert app.is_running
    assert "RuntimeError: [/boom]" in (tmp_path / "home" / "tui.log").read_text(encoding="utf-8")


async def test_the_bar_counts_running_jobs_and_names_the_device(app: Any, until: Any) -> None:
    async with app.run_test(size=(160, 36)) as pilot:
        await until(pilot, lambda: app.status)
        app.running_jobs = 2
        await pilot.pause()
        said = app.screen.query_one("NavBar").render().plain
        assert "Runs (2)" in said
        assert said.rstrip().endswith("CPU, 2 cores")
        app.running_jobs = 0
        await pilot.pause()
        assert app.screen.query_one("NavBar").render().plain.rstrip().endswith("CPU, 2 cores")


@pytest.mark.parametrize("size", [(120, 36), (200, 60)])
async def test_the_bar_shows_all_places(app: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size):
        bar = app.screen.query_one("NavBar")
        said = bar.render()
        assert all(place.title in said.plain for place in PLACES.values())
        assert said.cell_length <= size[0]


async def test_context_reaches_the_screen_and_what_lies_over_it_goes(app: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora" and app.screen._listed)
        await pilot.press("b")
        await until(pilot, lambda: app.screen.PLACE == "browse")
        app.open_screen("analyse", text="good", name="mr 1")
        await until(pilot, lambda: app.screen.PLACE == "analyse" and app.screen.query_one("#area").text == "good")
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "browse")
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.PLACE == "corpora")


# ---------------------------------------------------------------------------------------------- pastes


def parsed(chunks: list[str]) -> list[Any]:
    parser = PasteParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


@given(
    st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8")).filter(lambda t: "\x1b[201~" not in t),
    st.lists(st.integers(0, 40), max_size=5),
)
def test_a_paste_arrives_whole_however_it_is_cut(text: str, cuts: list[int]) -> None:
    stream = f"a\x1b[200~{text}\x1b[201~b"
    marks = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    arrived = parsed([stream[start:end] for start, end in itertools.pairwise(marks) if start < end])
    pastes = [event.text for event in arrived if isinstance(event, events.Paste)]
    keys = [event.character for event in arrived if isinstance(event, events.Key)]
    if not _cut_in_opening_bracket(marks):
        assert pastes == [text]
        assert keys == ["a", "b"]


def _cut_in_opening_bracket(marks: list[int]) -> bool:
    """After ``ESC`` or ``ESC [`` alone Textual's own parser waits; that path is Textual's, with its own faults."""
    return any(mark in (2, 3) for mark in marks)


def test_keys_between_two_pastes_stay_keys() -> None:
    arrived = parsed(["x\x1b[200~one\x1b[201~y\x1b[200~two\x1b[2", "01~\x1b[2~"])
    assert [event.text for event in arrived if isinstance(event, events.Paste)] == ["one", "two"]
    assert [event.key for event in arrived if isinstance(event, events.Key)] == ["x", "y", "insert"]


# ---------------------------------------------------------------------------------------------- the start


def test_descriptor_two_goes_to_the_log_while_the_screen_is_up(tmp_path: Path, capfd: Any) -> None:
    with shielded_stderr():
        os.write(2, b"native noise\n")
    os.write(2, b"after\n")
    assert "native noise" not in capfd.readouterr().err
    assert "native noise" in (tmp_path / "home" / "tui.log").read_text(encoding="utf-8")


def test_without_a_terminal_it_says_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dltext.tui.app"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_the_start_imports_nothing_heavy() -> None:
    code = (
        "import sys, dltext.tui.app, dltext.tui.analyse.screen, dltext.engine.api; "
        "print(*(m for m in ('numpy', 'onnxruntime', 'keras', 'tensorflow', 'plotext', 'sqlite3') "
        "if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""


async def test_user_errors_show_their_sentence_alone(app: Any, until: Any) -> None:
    async with app.run_test() as pilot:
        app.show_error(UserError("own.csv, line 3: no label. Add one."))
        await until(pilot, lambda: app._notifications)
        assert [toast.message for toast in app._notifications] == ["own.csv, line 3: no label. Add one."]
