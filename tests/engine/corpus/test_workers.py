"""A model over all documents of a corpus by several processes: progress, a stop that keeps what was read, the rest."""

import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from dltext.engine import api
from dltext.engine.results import Selection
from dltext.engine.workers import count, spreading
from dltext.engine.workers.crew import Crew
from dltext.engine.workers.process import NICE

DOCUMENTS = 2_600


class StoppedError(Exception):
    pass


def spawned() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def test_a_model_reads_a_corpus_by_workers(
    tmp_path: Path, make_bundle: Any, tried_everywhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried_everywhere(make_bundle())
    path = tmp_path / "reviews.csv"
    rows = (f"{('good', 'bad', 'film')[n % 3]} number {n},{n % 2}\n" for n in range(DOCUMENTS))
    path.write_text("text,side\n" + "".join(rows))
    monkeypatch.setattr(count, "usual", lambda: 2)
    pools = list[int]()
    real = spreading._processes

    def processes(size: int, background: bool) -> Crew:
        pools.append(size)
        return real(size, background)

    monkeypatch.setattr(spreading, "_processes", processes)
    selection, seen, priorities = Selection(str(path)), list[int](), set[int]()

    def stop(done: int, total: int) -> None:
        seen.append(done)
        priorities.update(child.nice() for child in spawned())
        if done >= 1_100:
            raise StoppedError

    assert api.corpus_info(selection).documents == DOCUMENTS  # whose index has its own progress
    with pytest.raises(StoppedError):
        api.fill_columns(selection, "toy", stop)
    assert pools == [2]
    assert not spawned()
    assert seen[:2] == [0, 64]
    if hasattr(os, "nice"):  # the screen that waits for keys comes first
        assert priorities == {psutil.Process().nice() + NICE}
    rest = list[tuple[int, int]]()
    columns = api.fill_columns(selection, "toy", lambda done, total: rest.append((done, total)))
    assert columns == ("model.toy", "model.toy.confidence")
    assert rest[-1][0] == rest[-1][1] == DOCUMENTS - seen[-1]
    counts = {share.label: share.count for share in api.label_shares(selection, "toy").shares}
    assert counts == {"negative": 867, "positive": DOCUMENTS - 867}
