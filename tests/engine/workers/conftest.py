"""A model that workers find in the home of a test, and workers that fail as their texts say."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import bundle_format, trial
from dltext.engine.results import Call, Record

CALL = Call("analyse_many", {"task": "sentiment", "model": "toy"})


@pytest.fixture
def toy(make_bundle: Any) -> Call:
    """What asks the model ``toy``, which counts as tried in each process."""
    folder = make_bundle()
    trial._note(trial.mark(bundle_format.read(folder)))
    return CALL


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
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers end at the text ``the end``, have no memory for ``the flood``, and are slow with ``the wait``."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    spec = importlib.util.spec_from_file_location("failing", Path(__file__).parent / "failing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "failing", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr("dltext.engine.workers.pool.process.answer", module.answer)
    yield
