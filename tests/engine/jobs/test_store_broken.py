"""A database that is damaged, gone, newer or held: the run folders tell what there is."""

import logging
import os
import sqlite3
import threading
from contextlib import closing

import pytest

from dltext.engine.jobs import database, folders, processes, store
from dltext.engine.results import UserError

pytestmark = pytest.mark.usefixtures("home")


def spoil(path, how):
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    content = path.read_bytes()
    if how == "garbage":
        path.write_bytes(os.urandom(len(content)))
    elif how == "half":
        path.write_bytes(content[: len(content) // 2])
    elif how == "page":
        path.write_bytes(content[:100] + b"\xff" * 2000 + content[2100:])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "gone":
        path.unlink()


@pytest.mark.parametrize("how", ["garbage", "half", "page", "empty", "gone"])
def test_a_broken_database_is_rebuilt_from_the_run_folders(spec, home, how, caplog, end):
    done, cancelled, lost, running = (store.create(spec(f"d{number}", seed=number)) for number in range(4))
    end(done)
    end(cancelled, "cancelled")
    store.claim(running.id, os.getpid(), processes.identity(os.getpid()))
    spoil(home / "jobs.db", how)
    with caplog.at_level(logging.WARNING):
        jobs = {job.id: job for job in store.listing()}
    states = {done.id: "done", cancelled.id: "cancelled", lost.id: "lost", running.id: "running"}
    assert {job.id: job.state for job in jobs.values()} == states
    assert jobs[done.id].metrics == {"test_accuracy": 0.5}
    assert jobs[done.id].spec == done.spec
    if how not in ("empty", "gone"):
        assert "rebuilt" in caplog.text
        assert len(list(home.glob("jobs.db.broken-*"))) == 1
    assert store.create(spec("new")).id == "new-text-cnn-5"
    assert store.update(running.id, None, state="cancelled")


def test_two_threads_that_find_it_broken_set_it_aside_once(spec, home):
    store.create(spec())
    spoil(home / "jobs.db", "garbage")
    counts = []
    threads = [threading.Thread(target=lambda: counts.append(len(store.listing()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1, 1, 1, 1]
    assert len(list(home.glob("jobs.db.broken-*"))) == 1


def test_a_folder_without_a_row_is_taken_in(spec, home):
    folders.runs()
    folders.create("mr-lstm-41", spec("mr"), 5.0, "/")
    (folders.folder("half-42")).mkdir()
    (folders.folder("half-42") / "spec.json").write_text("{")
    (job,) = store.listing()
    assert (job.id, job.state, job.created) == ("mr-lstm-41", "lost", 5.0)
    assert store.create(spec("mr")).id == "mr-text-cnn-43"


def test_a_database_of_a_newer_version_is_left_alone(spec, home):
    store.create(spec())
    with closing(sqlite3.connect(home / "jobs.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(UserError, match="newer"):
        store.listing()


def test_a_held_database_is_a_user_error(spec, home, monkeypatch):
    folders.runs()
    store.listing()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(home / "jobs.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="held by another"):
            store.create(spec())
        assert store.listing() == []  # who reads does not wait for who writes
    assert not folders.ids()
    assert store.create(spec()).id
