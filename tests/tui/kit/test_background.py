"""Work beside the screen: only the newest answer counts, nothing piles up, errors go to whoever asked."""

import queue
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dltext.tui.kit.background import Answer, Background


class Bench:
    """Takes the threads' answers as a screen would, when told to."""

    def __init__(self) -> None:
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.background = Background(self.answers.put)
        self.delivered: list[Any] = []

    def ask(self, value: Any, gate: threading.Event | None = None, group: str = "g") -> None:
        def work() -> Any:
            if gate is not None:
                gate.wait(10)
            if isinstance(value, Exception):
                raise value
            return value

        self.background.ask(group, work, self.delivered.append, self.delivered.append)

    def take(self) -> None:
        answer = self.answers.get(timeout=10)
        tell, wanted = self.background.settle(answer)
        if wanted:
            assert tell is not None
            deliver: Callable[[Any], None] = tell
            deliver(answer.value if answer.error is None else answer.error)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_overtaken_answer_is_dropped_and_the_newest_told(bench: Bench) -> None:
    gate = threading.Event()
    bench.ask("old", gate)
    bench.ask("older than the newest")
    bench.ask("new")
    gate.set()
    bench.take()
    assert bench.delivered == []
    assert bench.background.busy()
    bench.take()
    assert bench.delivered == ["new"]
    assert not bench.background.busy()
    assert bench.answers.empty(), "what was overtaken before it began never began"


def test_what_is_forgotten_is_not_told(bench: Bench) -> None:
    gate = threading.Event()
    bench.ask("unwanted", gate)
    bench.background.forget("g")
    assert not bench.background.busy("g")
    gate.set()
    bench.take()
    assert bench.delivered == []


def test_groups_do_not_wait_for_each_other(bench: Bench) -> None:
    gate = threading.Event()
    bench.ask("slow", gate, group="one")
    bench.ask("quick", group="two")
    bench.take()
    assert bench.delivered == ["quick"]
    gate.set()
    bench.take()
    assert bench.delivered == ["quick", "slow"]


def test_an_error_goes_to_the_newest_asker_too(bench: Bench) -> None:
    error = ValueError("no")
    bench.ask(error)
    bench.take()
    assert bench.delivered == [error]


def test_long_work_that_is_overtaken_ends_at_its_next_word(bench: Bench) -> None:
    heard: list[int] = []
    gate, ended = threading.Event(), threading.Event()

    def work(progress: Any) -> str:
        try:
            for done in range(1000):
                progress(done, 1000)
                gate.wait(0.01)
        finally:
            ended.set()
        return "old"

    bench.background.ask_long("g", work, lambda done, total: heard.append(done), bench.delivered.append)
    while not heard:
        gate.wait(0.01)
    bench.ask("new")
    assert ended.wait(5)
    assert heard[-1] < 900
    bench.take()
    bench.take()
    assert bench.delivered == ["new"]


def test_long_work_that_is_still_wanted_is_heard_to_its_end(bench: Bench) -> None:
    heard: list[int] = []

    def work(progress: Any) -> str:
        for done in range(3):
            progress(done, 3)
        return "all"

    bench.background.ask_long("g", work, lambda done, total: heard.append(done), bench.delivered.append)
    bench.take()
    assert (heard, bench.delivered) == ([0, 1, 2], ["all"])
