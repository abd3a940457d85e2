import contextlib
import os
import time
from pathlib import Path

import pytest

from dltext.engine import registry
from dltext.engine.jobs import endings, processes, runner, store
from dltext.engine.jobs.events import EventWriter
from dltext.engine.results import JobSpec, UserError


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder of its own; what still runs in it at the end is killed."""
    path = tmp_path / "home"
    monkeypatch.setenv("DLTEXT_HOME", str(path))
    monkeypatch.setenv("DLTEXT_TRAIN_MODULE", "fake_train")
    # The children are to run this tree, wherever else dltext may be installed.
    tree = Path(registry.__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(Path(__file__).parent), str(tree))))
    monkeypatch.setattr(registry, "training_problem", lambda: None)
    yield path
    monkeypatch.setenv("DLTEXT_HOME", str(path))
    with contextlib.suppress(UserError):  # a test may have broken the store for good
        for job in store.listing():
            if job.pid not in (None, os.getpid()):
                processes.kill(job.pid, processes.identity(job.pid))


@pytest.fixture
def spec():
    """A specification whose data names the behaviour of the fake training."""
    return lambda data="quick", **values: JobSpec(recipe="text-cnn", data=data, **values)


@pytest.fixture
def finish():
    """Wait for the end of a run; fails if it does not come."""

    def wait(job_id, seconds=30):
        job = runner.wait(job_id, seconds)
        assert not job.active, (job, store.log(job_id))
        return job

    return wait


@pytest.fixture
def end():
    """Let a run end as a worker would."""

    def end(job, state="done", **values):
        writer = EventWriter(store.folder(job.id) / "events.jsonl")
        writer("end", state=state, message="Said.", bundle=None, metrics={"test_accuracy": 0.5}, **values)
        writer.close()
        assert store.settle(job.id, state)

    return end


@pytest.fixture
def until():
    """Poll a condition; fails if it does not come true."""

    def poll(condition, seconds=15.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := condition():
                return value
            time.sleep(0.01)
        raise AssertionError("it never came true")

    return poll


@pytest.fixture
def short_grace(monkeypatch):
    monkeypatch.setattr(endings, "GRACE", 0.4)
