import errno
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.jobs import events as module
from dltext.engine.jobs.events import EventWriter, parse, read_events

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


VALUES = st.dictionaries(st.text(min_size=1).filter(lambda key: key not in ("type", "time")), JSON)


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, max_size=6), st.lists(st.floats(0, 1), max_size=5))
def test_what_is_written_is_read_however_the_file_grows(tmp_path_factory, written, shares):
    path = tmp_path_factory.mktemp("e") / "events.jsonl"
    writer = EventWriter(path)
    for values in written:
        assert writer("message", **values)
    writer.close()
    content = path.read_bytes() if path.exists() else b""
    cuts = [*(int(share * len(content)) for share in sorted(shares)), len(content)]
    collected, offset = [], 0
    for cut in cuts:
        path.write_bytes(content[:cut])
        new, offset = read_events(path, offset)
        collected += new
    expected = [json.loads(json.dumps(values)) for values in written]
    assert [event.values for event in collected] == expected
    assert all(event.type == "message" for event in collected)
    assert offset == len(content)


@given(st.binary())
def test_any_line_is_an_event_or_none(line):
    event = parse(line)
    assert event is None or isinstance(event.type, str)


def test_garbage_is_skipped_and_a_torn_line_waits(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'\xff\xfe\n[]\n{"type": "tick"}\n{"time": 1, "type": "epoch", "epoch": 1}\n{"time": 2, "ty')
    events, offset = read_events(path)
    assert [(e.type, e.values) for e in events] == [("epoch", {"epoch": 1})]
    assert read_events(path, offset) == ([], offset)
    with path.open("ab") as stream:
        stream.write(b'pe": "end", "state": "done"}\n')
    events, _ = read_events(path, offset)
    assert [e.type for e in events] == ["end"]


def test_a_file_that_was_replaced_is_read_from_its_start(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"time": 1, "type": "message", "text": "new"}\n')
    events, _ = read_events(path, 10_000)
    assert [e.values["text"] for e in events] == ["new"]
    assert read_events(tmp_path / "none.jsonl", 5) == ([], 0)


def test_a_new_writer_ends_the_line_that_a_kill_tore(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"time": 1, "type": "tick", "ep')
    EventWriter(path)("state", stage="training")
    events, _ = read_events(path)
    assert [e.type for e in events] == ["state"]


def test_ticks_are_rare_and_nothing_else_is_dropped(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module.time, "time", lambda: 5.0)  # a clock that stands still must not silence the run
    writer = EventWriter(tmp_path / "e")
    for step in range(80):
        writer("tick", step=step)
        writer("checkpoint", step=step)
        now[0] += 1 / 40
    kinds = [event.type for event in read_events(tmp_path / "e")[0]]
    assert kinds.count("checkpoint") == 80
    assert 7 <= kinds.count("tick") <= 8


def test_numpy_values_are_written_as_numbers(tmp_path):
    EventWriter(tmp_path / "e")("epoch", loss=np.float32(0.5), epoch=np.int64(3), matrix=np.eye(2, dtype=int), of={1})
    (event,), _ = read_events(tmp_path / "e")
    assert event.values == {"loss": 0.5, "epoch": 3, "matrix": [[1, 0], [0, 1]], "of": [1]}


@pytest.mark.parametrize("room", [0, 1, 10])
def test_on_a_full_disk_events_wait_and_come_later_in_order(tmp_path, monkeypatch, room):
    """``room``: bytes that a write still finds before the disk is full."""
    real, full = os.write, [False]

    def write(fd, data):
        if not full[0]:
            return real(fd, data)
        if room:
            return real(fd, data[:room])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "write", write)
    writer = EventWriter(tmp_path / "e")
    assert writer("epoch", epoch=1)
    full[0] = True
    assert not writer("epoch", epoch=2)
    assert not writer("tick", epoch=3)
    assert not writer("epoch", epoch=3)
    full[0] = False
    assert writer("end", state="done")
    events = read_events(tmp_path / "e")[0]
    assert [event.type for event in events] == ["epoch", "epoch", "epoch", "end"]
    assert [event.values.get("epoch") for event in events] == [1, 2, 3, None]


def test_a_folder_that_is_gone_raises_nothing(tmp_path):
    writer = EventWriter(tmp_path / "gone" / "e")
    assert not writer("epoch", epoch=1)
    (tmp_path / "gone").mkdir()
    assert writer.flush()
    assert len(read_events(tmp_path / "gone" / "e")[0]) == 1
