"""Texts for workers."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.engine.results import Record
from dltext.tests.dask_cluster import DaskCluster


@pytest.fixture
def records() -> Any:
    """``records(n, **texts)``: so many records, ``t7="the end"`` is the text of the seventh."""

    def make(count: int, **texts: str) -> list[Record]:
        return [
            Record(str(n), texts.get(f"t{n}", " ".join(["good", "film", "bad", "the"][: n % 5]) or "good"))
            for n in range(1, count + 1)
        ]

    return make


@pytest.fixture
def running(tmp_path: Path, make_bundle: Any, tried_everywhere: Any) -> Iterator[DaskCluster]:
    """A scheduler and two workers that have the model ``toy``."""
    tried_everywhere(make_bundle())
    (tmp_path / "cluster").mkdir()
    machines = DaskCluster(tmp_path / "cluster")
    for number in (1, 2):
        shutil.copytree(tmp_path / "home", machines.home(number))
        machines.add_worker()
    machines.wait_for_workers()
    yield machines
    machines.end()
