"""The application with an engine that only pretends."""

import asyncio
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent


def load_beside(name: str) -> ModuleType:
    """A module that stands in this folder and is no package's."""
    full = f"dltext_tests_tui_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module ``fake.py``."""
    return load_beside("fake")


@pytest.fixture
def engine(fake: ModuleType) -> Any:
    return fake.FakeEngine()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DLTEXT_HOME", str(home))


@pytest.fixture(autouse=True)
def _no_blinking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor that is always there: on a busy machine a snapshot met it now in one phase, now in the other."""
    from textual.widgets import Input, TextArea

    for widget in (Input, TextArea):
        monkeypatch.setattr(widget.cursor_blink, "_default", False)


@pytest.fixture(autouse=True)
def _painted_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen is painted whenever the pilot has waited for it, not for each layout on the way there: that took a third
    of all computing. A module whose tests are about every frame has a fixture of this name that does nothing."""
    from textual.pilot import Pilot
    from textual.screen import Screen

    paint, press, pause = Screen._compositor_refresh, Pilot.press, Pilot.pause

    def later(screen: Any) -> None:
        if screen.app.is_headless and screen is screen.app.screen:
            screen._dirty_widgets.clear()  # the compositor has noted their regions
            screen.app._update_mouse_over(screen)
        else:
            paint(screen)

    def rested(wait: Callable[..., Any]) -> Callable[..., Any]:
        async def waited(pilot: Any, *arguments: Any, **named: Any) -> None:
            await wait(pilot, *arguments, **named)
            if pilot.app.is_running and pilot.app.screen._compositor._dirty_regions:
                with pilot.app._context():
                    paint(pilot.app.screen)

        return waited

    monkeypatch.setattr(Screen, "_compositor_refresh", later)
    monkeypatch.setattr(Pilot, "press", rested(press))
    monkeypatch.setattr(Pilot, "pause", rested(pause))


@pytest.fixture(autouse=True)
def _rest_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot goes on as soon as the application is at rest, see ``resting.py``."""
    import textual.app
    from textual import pilot
    from textual.screen import Screen

    resting = load_beside("resting")
    wait = resting.waiting(resting.bystanders())
    monkeypatch.setattr(textual.app, "wait_for_idle", wait)
    monkeypatch.setattr(pilot, "wait_for_idle", wait)
    monkeypatch.setattr(pilot.Pilot, "_wait_for_screen", resting.settling(pilot.Pilot._wait_for_screen))
    monkeypatch.setattr(Screen, "_update_timer", property(resting.update_timer))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers come after hundredths of a second; what is tested is order, not patience."""
    from dltext.tui.analyse import classifier, screen

    monkeypatch.setattr(screen, "PAUSE", 0.01)
    monkeypatch.setattr(classifier, "LONGER_PAUSE", 0.02)


@pytest.fixture
def app(engine: Any, quick: None) -> Any:
    from dltext.tui.app import DltextApp

    return DltextApp(engine=engine, poll=False)


@pytest.fixture
def starting_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``starting_in("words")``, before the application is made: it starts there and makes no Analyse first."""
    from dltext.tui.app import DltextApp

    return lambda place: monkeypatch.setattr(DltextApp, "DEFAULT_MODE", place)


@pytest.fixture
def open_cards() -> Callable[..., None]:
    """``open_cards(engine, "profile:profile-en", "title")``: the default card and these, as a start left them."""

    def remember(engine: Any, *cards: str) -> None:
        rows = [["labels", ""], *([kind, model] for kind, _, model in (card.partition(":") for card in cards))]
        engine.remembered["analyse_cards"] = rows

    return remember


@pytest.fixture
def part() -> Callable[..., Any]:
    """``part(screen, "title")``: the open part of Analyse of that kind, None where there is none."""
    return lambda screen, kind: next((beside for beside in screen.besides if kind == beside.KIND), None)


@pytest.fixture
def until() -> Callable[..., Any]:
    """``await until(pilot, condition)``: wait until it holds; fails after ten seconds."""

    async def wait(pilot: Any, condition: Callable[[], Any], what: str = "") -> None:
        for _ in range(2000):
            await pilot.pause()
            if condition():
                await pilot.pause()
                return
            await asyncio.sleep(0.005)
        raise AssertionError(what or "it never came to that")

    return wait


@pytest.fixture
def give_path(until: Callable[..., Any]) -> Callable[..., Any]:
    """``await give_path(pilot, path)``: wait for a dialog that asks for a path, type it there, press enter."""

    async def give(pilot: Any, path: Path) -> None:
        from textual.widgets import Input

        await until(pilot, lambda: pilot.app.screen.is_modal)
        field = pilot.app.screen.query_one(Input)
        field.focus()
        field.value = str(path)
        await pilot.press("enter")

    return give


@pytest.fixture(scope="session")
def fake_jobs() -> ModuleType:
    """The module ``fake_jobs.py``."""
    return load_beside("fake_jobs")


@pytest.fixture
def jobs(fake: ModuleType, fake_jobs: ModuleType) -> Any:
    """An engine whose runs replay recorded lines; what else the screens ask, the other fake answers."""
    return type("Engine", (fake_jobs.FakeJobs, fake.FakeEngine), {})()


@pytest.fixture
def jobs_app(jobs: Any) -> Any:
    from dltext.tui.app import DltextApp

    return DltextApp(engine=jobs, poll=False)


@pytest.fixture(scope="session")
def fake_comparisons() -> ModuleType:
    """The module ``fake_comparisons.py``."""
    return load_beside("fake_comparisons")


@pytest.fixture(scope="session")
def fake_words() -> ModuleType:
    """The module ``fake_words.py``."""
    return load_beside("fake_words")


@pytest.fixture
def words(fake: ModuleType, fake_words: ModuleType) -> Any:
    """An engine that knows some words, by two models."""
    return type("Engine", (fake_words.FakeWords, fake.FakeEngine), {})()


@pytest.fixture
def words_app(words: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp
    from dltext.tui.words import screen

    monkeypatch.setattr(screen, "PAUSE", 0.01)
    return DltextApp(engine=words, poll=False)


@pytest.fixture(scope="session")
def fake_search() -> ModuleType:
    """The module ``fake_search.py``."""
    return load_beside("fake_search")


@pytest.fixture(scope="session")
def fake_attributes() -> ModuleType:
    """The module ``fake_attributes.py``."""
    return load_beside("fake_attributes")


@pytest.fixture(scope="session")
def fake_profiles() -> ModuleType:
    """The module ``fake_profiles.py``."""
    return load_beside("fake_profiles")


@pytest.fixture
def profiles(fake: ModuleType, fake_profiles: ModuleType) -> Any:
    """An engine that profiles authors, by one model."""
    return type("Engine", (fake_profiles.FakeProfiles, fake.FakeEngine), {})()


@pytest.fixture
def profiles_app(profiles: Any, quick: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp
    from dltext.tui.authors import one_author

    monkeypatch.setattr(one_author, "PAUSE", 0.01)
    return DltextApp(engine=profiles, poll=False)


@pytest.fixture(scope="session")
def fake_translations() -> ModuleType:
    """The module ``fake_translations.py``."""
    return load_beside("fake_translations")


@pytest.fixture
def translations(fake: ModuleType, fake_translations: ModuleType) -> Any:
    """An engine that translates a few words, in three directions and through one of them."""
    return type("Engine", (fake_translations.FakeTranslations, fake.FakeEngine), {})()


@pytest.fixture
def translate_app(translations: Any, quick: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp
    from dltext.tui.translate import requests

    monkeypatch.setattr(requests, "PAUSE", 0.01)
    return DltextApp(engine=translations, poll=False)


@pytest.fixture(scope="session")
def fake_translators() -> ModuleType:
    """The module ``fake_translators.py``."""
    return load_beside("fake_translators")


@pytest.fixture(scope="session")
def fake_titles() -> ModuleType:
    """The module ``fake_titles.py``."""
    return load_beside("fake_titles")


@pytest.fixture
def titles(fake: ModuleType, fake_titles: ModuleType) -> Any:
    """An engine that writes titles, by one model."""
    return type("Engine", (fake_titles.FakeTitles, fake.FakeEngine), {})()


@pytest.fixture
def titles_app(titles: Any, quick: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp
    from dltext.tui.titles import requests

    monkeypatch.setattr(requests, "PAUSE", 0.01)
    return DltextApp(engine=titles, poll=False)


@pytest.fixture(scope="session")
def fake_language() -> ModuleType:
    """The module ``fake_language.py``."""
    return load_beside("fake_language")


@pytest.fixture
def language(fake: ModuleType, fake_language: ModuleType) -> Any:
    """An engine that continues texts, by one language model."""
    return type("Engine", (fake_language.FakeLanguage, fake.FakeEngine), {})()


@pytest.fixture
def language_app(language: Any, quick: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltext.tui.app import DltextApp
    from dltext.tui.generate import asking, measuring

    monkeypatch.setattr(asking, "PAUSE", 0.01)
    monkeypatch.setattr(measuring, "PAUSE", 0.01)
    return DltextApp(engine=language, poll=False)


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """The plugin's comparison, of a picture at rest: nothing asked for is still to come, and three looks see the same.
    A pause of a fixed length was too short where other processes had the cores."""

    def compare(app: Any, *, run_before: Callable[[Any], Any], terminal_size: tuple[int, int]) -> bool:
        async def rested(pilot: Any) -> None:
            await run_before(pilot)
            looks: list[list[Any]] = []
            for _ in range(200):
                await pilot.pause(0.02)
                screen = pilot.app.screen
                busy = getattr(screen, "busy", None)
                if (busy is not None and busy()) or not all(worker.is_finished for worker in pilot.app.workers):
                    looks = []
                    continue
                looks = [*looks[-2:], screen._compositor.render_strips()]
                if len(looks) == 3 and looks[0] == looks[1] == looks[2]:
                    return
            raise AssertionError("the picture never came to rest")

        return snap_compare(app, terminal_size=terminal_size, run_before=rested)

    return compare
