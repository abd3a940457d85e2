"""The start and what is done ahead of need: counted, never timed."""

import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from textual.cache import LRUCache
from textual.css import stylesheet as textual_stylesheet

from dltext.engine.results import UserError
from dltext.tui.actions import SCREEN_ACTIONS
from dltext.tui.kit.ahead import Ahead
from dltext.tui.kit.stylesheet import VARIABLES, LastingStylesheet
from dltext.tui.places import key_name
from dltext.tui.warming import MODULES, import_ahead


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Each sheet that is parsed from now on; none is so far."""
    calls: list[tuple[Any, ...]] = []
    original = textual_stylesheet.parse

    def counted(scope: str, css: str, read_from: Any, **options: Any) -> Any:
        calls.append((scope, read_from, css, options["tie_breaker"]))
        return original(scope, css, read_from, **options)

    monkeypatch.setattr(textual_stylesheet, "parse", counted)
    monkeypatch.setattr(LastingStylesheet, "_parsed", LRUCache(VARIABLES))
    return calls


async def test_no_sheet_is_parsed_twice_under_one_theme(app: Any, until: Any, parsed: list[tuple[Any, ...]]) -> None:
    async with app.run_test() as pilot:
        for key, name in (("f8", "models"), ("f9", "corpora"), ("f5", "analyse")):
            await pilot.press(key)
            await until(pilot, lambda name=name: name == app.screen.PLACE)
        assert parsed
        assert len(parsed) == len(set(parsed))
        before = app.screen.styles.background
        await pilot.press("ctrl+g", "d")
        await until(pilot, lambda: app.theme == "dltext-light")
        await until(pilot, lambda: app.screen.styles.background != before, "the colours stayed those of the old theme")
        dark = before
        before = len(parsed)
        await pilot.press("ctrl+g", "d")
        await until(pilot, lambda: app.screen.styles.background == dark, "the colours stayed those of the light theme")
        assert before == len(parsed), "what was parsed under the first theme is still there"


async def test_a_second_application_parses_nothing_anew(
    app: Any, engine: Any, parsed: list[tuple[Any, ...]], until: Any
) -> None:
    for each in (app, type(app)(engine=engine, poll=False)):
        before = len(parsed)
        async with each.run_test() as pilot:
            await until(pilot, lambda each=each: each.screen.styles.background.a)
    assert 0 < before == len(parsed)


def test_imports_ahead_happen_beside_the_screen_and_bring_nothing_heavy() -> None:
    code = (
        "import sys, threading, dltext.tui.app, dltext.tui.warming as w\n"
        "assert 'plotext' not in sys.modules and 'dltext.tui.runs.screen' not in sys.modules\n"
        "where, original = [], w.import_module\n"
        "w.import_module = lambda name: (where.append(threading.current_thread()), original(name))[1]\n"
        "w.import_ahead().join(60)\n"
        "assert where and threading.main_thread() not in where\n"
        "assert set(w.MODULES) <= set(sys.modules), set(w.MODULES) - set(sys.modules)\n"
        "print(*(m for m in ('onnxruntime', 'keras', 'tensorflow', 'scipy') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_a_module_that_is_missing_does_not_stop_the_others() -> None:
    done = threading.Event()
    import_ahead(["no_such_module_of_ours", "colorsys"], done.set).join(30)
    assert done.is_set()
    assert "colorsys" in sys.modules
    assert len(set(MODULES)) == len(MODULES)


async def test_the_palette_offers_what_other_places_do_and_goes_there(app: Any, until: Any) -> None:
    from dltext.tui.palette import WorkbenchCommands

    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.models.infos)
        provider = WorkbenchCommands(app.screen)
        await provider.startup()
        hits = {hit.text: hit async for hit in provider.discover()}
        for action in SCREEN_ACTIONS["runs"]:
            assert f"Runs: {action.label}  ({key_name(action.keys.partition(',')[0])})" in hits
        await hits["Corpora: import  (ctrl+o)"].command()
        await until(pilot, lambda: app.current_mode == "corpora" and app.screen.is_modal, "no dialog of import")


def test_each_default_of_a_task_is_loaded_once_and_a_broken_one_stops_no_other(fake: Any) -> None:
    from dltext.tui.kit.ahead import Ahead

    engine = fake.FakeEngine()
    chinese = replace(fake.CNN, name="other-default")
    engine.bundles = [fake.CNN, fake.LSTM, replace(fake.BROKEN, default=True), chinese]
    ahead = Ahead(lambda: engine)
    engine.errors["warm_up"] = UserError("torn")
    ahead.load("sentiment")
    assert engine.asked("warm_up") == [("sentiment", "sentiment-en-cnn"), ("sentiment", "other-default")]
    del engine.errors["warm_up"]
    threads = [threading.Thread(target=ahead.load, args=("sentiment",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert engine.asked("warm_up")[2:] == [("sentiment", "sentiment-en-cnn"), ("sentiment", "other-default")]


async def test_a_place_loads_its_models_when_it_is_first_seen(
    translate_app: Any, translations: Any, until: Any
) -> None:
    async with translate_app.run_test() as pilot:
        await until(pilot, lambda: translate_app.screen.cards)
        assert not any(task == "translate" for task, _ in translations.asked("warm_up"))
        for keys, place in ((("ctrl+g", "l"), "translate"), (("f5",), "analyse"), (("ctrl+g", "l"), "translate")):
            await pilot.press(*keys)
            await until(
                pilot, lambda place=place: not translate_app.screen.is_modal and place == translate_app.screen.PLACE
            )
        await until(pilot, lambda: ("translate", "translate-en-zh") in translations.asked("warm_up"))
        loaded = [name for task, name in translations.asked("warm_up") if task == "translate"]
        assert loaded == ["translate-en-zh"]


@pytest.mark.parametrize("kind", ["reader", "ahead"])
def test_a_model_that_does_not_open_holds_up_no_other(kind: str) -> None:
    from dltext.tui.kit.model_reader import ModelReader

    opened, hung, end = [], threading.Event(), threading.Event()

    class Info(NamedTuple):
        name: str
        default: bool = True
        problem: str | None = None

    class Engine:
        def models(self, task: str) -> list[Info]:
            return [Info(task)]

        def warm_up(self, task: str, name: str) -> None:
            if name == "hangs":
                hung.set()
                end.wait(10)
            opened.append(name)

    loads = ModelReader(Engine, "sentiment").warm_up if kind == "reader" else Ahead(Engine).load
    hanging = threading.Thread(target=loads, args=("hangs",))
    hanging.start()
    hung.wait(10)
    loads("other")
    assert opened == ["other"]
    end.set()
    hanging.join(10)
    assert opened == ["other", "hangs"]
