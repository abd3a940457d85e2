"""A model of any task is loaded ahead, and one that cannot be says why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.serve import session
from dltext.engine.tasks.title import model as title_writer


@pytest.fixture
def all_tasks(
    make_bundle: Callable[..., Path],
    make_profiler: Callable[..., Path],
    make_translator: Callable[..., Path],
    make_writer: Callable[..., Path],
    words_bundle: Callable[..., str],
) -> None:
    make_bundle()
    make_profiler()
    make_translator("en-zh")
    make_writer()
    words_bundle()
    session.close_all()


def test_each_task_loads_its_own_model(all_tasks: None) -> None:
    infos = api.models()
    for opened, info in enumerate(infos, 1):
        api.warm_up(info.task, info.name)
        assert len(session._opened) == min(opened, session.MOST)
    assert {info.task for info in infos} == {"sentiment", "profile", "translate", "title", "words"}


def test_all_tasks_together_keep_no_more_open_than_one_may(all_tasks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_opened", session.Cache(most=2))
    for info in api.models():
        api.warm_up(info.task, info.name)
    assert len(session._opened) == 2


@pytest.mark.parametrize("task", ["profile", "translate", "title"])
def test_without_a_name_the_default_is_loaded(all_tasks: None, task: str) -> None:
    api.warm_up(task)


def test_what_is_warm_is_not_loaded_again(all_tasks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Path] = []
    original = title_writer._load
    monkeypatch.setattr(title_writer, "_load", lambda folder, card: (loaded.append(folder), original(folder, card))[1])
    api.warm_up("title", "toy-title")
    api.titles("we show that cats sleep often.")
    assert len(loaded) == 1


def test_a_damaged_model_says_what_to_do(make_writer: Callable[..., Path]) -> None:
    folder = make_writer()
    (folder / "step.onnx").write_bytes(b"torn")
    with pytest.raises(UserError, match=r"step\.onnx"):
        api.warm_up("title", "toy-title")
