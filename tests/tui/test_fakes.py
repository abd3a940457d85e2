"""What stands in for the engine in tests takes what the engine takes."""

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dltext.engine import api
from dltext.tui.kit.engine import Engine

HERE = Path(__file__).resolve().parent
FILES = [*sorted(HERE.rglob("fake*.py")), HERE.parent / "faults" / "hostile_engine.py"]
Shape = list[tuple[str, Any, Any]]


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"dltext_fakes_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def shape(function: Callable[..., Any], bound: bool) -> Shape:
    """Name, kind and default of each parameter; a function as default is what it answers."""
    parameters = list(inspect.signature(function).parameters.values())
    assert not bound or parameters[0].name == "self"
    return [
        (each.name, each.kind, each.default() if inspect.isfunction(each.default) else each.default)
        for each in parameters[bound:]
    ]


def fakes() -> Iterator[Any]:
    """Each function of the door that a fake has, and the fake."""
    for path in FILES:
        for owner in vars(module(path)).values():
            if inspect.isclass(owner) and owner.__module__ == f"dltext_fakes_{path.stem}":
                for name, function in vars(owner).items():
                    if name in api.__all__ and inspect.isfunction(function):
                        yield pytest.param(name, function, id=f"{path.stem}-{owner.__name__}-{name}")


@pytest.mark.parametrize(("name", "fake"), fakes())
def test_a_fake_takes_what_the_engine_takes(name: str, fake: Callable[..., Any]) -> None:
    assert shape(fake, True) == shape(getattr(api, name), False)


@pytest.mark.parametrize("name", [name for name in vars(Engine) if not name.startswith("_")])
def test_what_screens_ask_is_what_the_engine_takes(name: str) -> None:
    # The type checker lets the engine take more than its screens say; then they could not ask for it.
    assert shape(getattr(Engine, name), True) == shape(getattr(api, name), False)


def test_hostile_answers_stand_for_functions_of_the_engine() -> None:
    hostile = module(FILES[-1])
    answers = hostile.answers()
    assert set(answers) == set(api.__all__) - set(hostile.FAITHFUL)
    anything = inspect.signature(lambda *arguments, **options: None).parameters.values()
    for name, answer in answers.items():
        if [each.kind for each in inspect.signature(answer).parameters.values()] != [each.kind for each in anything]:
            assert shape(answer, False) == shape(getattr(api, name), False), name


def test_all_that_screens_ask_is_compared() -> None:
    asked = {name for name in vars(Engine) if not name.startswith("_")}
    faked = {fake.values[0] for fake in fakes()}
    assert len(faked & asked) > 50


def test_scores_of_faked_titles_are_possible() -> None:
    class Fake(module(HERE / "fake_titles.py").FakeTitles):
        def _note(self, *_: Any) -> None: ...

    titles = Fake().titles("We show that Zorp networks often learn faster than others, and copy rare words.")
    scores = [title.score for title in titles.candidates]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    phrases = [phrase.score for phrase in titles.keyphrases]
    assert phrases == sorted(phrases, reverse=True)
    assert all(0 <= score <= 1 for score in phrases)
