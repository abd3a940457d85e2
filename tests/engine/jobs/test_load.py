"""What a run takes of the machine, measured beside it."""

import os
import subprocess
import sys
import time

from dltext.engine.jobs import load
from dltext.engine.jobs.folding import Summary
from dltext.engine.results import Event


def test_processor_and_memory_count_the_children_too():
    child = subprocess.Popen([sys.executable, "-c", "x = bytearray(64 << 20)\nwhile True: pass"])
    seen = {}
    try:
        alone = load.processes_load({}).get("memory", 0)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            time.sleep(0.3)
            values = load.processes_load(seen)
            if values["cpu"] > 5 and values["memory"] > alone / 2 + (64 << 20):
                break
        assert values["cpu"] > 5
        assert child.pid in seen
        assert os.getpid() in seen
    finally:
        child.kill()
        child.wait()


def test_it_tells_until_the_work_is_done(monkeypatch):
    monkeypatch.setattr(load, "gpu_load", lambda: {"gpu": 40.0, "gpu_memory": 1 << 30})
    events = []
    with load.LoadWatch(lambda kind, **values: events.append((kind, values)), every=0.02):
        deadline = time.monotonic() + 10
        while len(events) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    count = len(events)
    time.sleep(0.1)
    assert len(events) == count >= 2
    kind, values = events[-1]
    assert kind == "load"
    assert values["memory"] > 1 << 20
    assert values["gpu_memory"] == 1 << 30


def test_the_newest_and_the_most_are_kept():
    summary = Summary()
    for time_, memory in ((1.0, 300), (2.0, 900), (3.0, 400)):
        summary.add(Event(time_, "load", {"memory": memory}))
    assert summary.load == {"memory": 400, "memory_peak": 900}
