import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, replace

import pytest

from dltext.engine.jobs import database, endings, folders, processes, store
from dltext.engine.jobs.events import EventWriter
from dltext.engine.results import Report, UserError

pytestmark = pytest.mark.usefixtures("home")


def test_ids_are_readable_and_newest_come_first(spec):
    ids = [
        store.create(spec("mr")).id,
        store.create(spec("/some where/Meine Kritiken (2).csv.gz")).id,
        store.create(spec("影评.csv", kind="cross-validate")).id,
        store.create(spec("mr", kind="evaluate")).id,
    ]
    assert ids == ["mr-text-cnn-1", "meine-kritiken-2-text-cnn-2", "text-cnn-cv-3", "mr-text-cnn-eval-4"]
    assert [job.id for job in store.listing()] == ids[::-1]


def test_a_spec_comes_back_whole(spec):
    settings = {"epochs": 3, "initial": "a\nb"}
    written = spec("影评.csv", settings=settings, seed=7, name="n", kind="cross-validate", folds=3)
    job = store.create(written)
    assert store.get(job.id).spec == written
    assert store.get(job.id).spec.settings == written.settings
    assert folders.read_spec(store.folder(job.id)).spec.settings == written.settings


def test_a_unique_beginning_or_the_number_is_enough(spec):
    store.create(spec("mr"))
    store.create(spec("imdb"))
    for _ in range(9):
        store.create(spec("mr"))
    assert store.get("im").id == "imdb-text-cnn-2"
    assert store.get("1").id == "mr-text-cnn-1"
    assert store.get("mr-text-cnn-1").id == "mr-text-cnn-1"
    with pytest.raises(UserError, match="mr-text-cnn-1"):
        store.get("mr")


@pytest.mark.parametrize("job_id", ["none", "", "..", ".", "../runs", "/", "99", "a\0b"])
def test_an_unknown_run_is_a_user_error(spec, job_id):
    store.create(spec())
    for ask in (store.get, store.events, store.log, store.report):
        with pytest.raises(UserError, match="no run"):
            ask(job_id)


def test_numbers_are_not_used_again(spec, end):
    for number in (1, 2):
        job = store.create(spec("mr"))
        assert job.id == f"mr-text-cnn-{number}"
        end(job)
        store.remove(job.id)
        assert not store.folder(job.id).exists()
    assert store.listing() == []


def test_an_active_run_is_not_removed(spec):
    job = store.create(spec())
    with pytest.raises(UserError, match="cancel it"):
        store.remove(job.id)
    assert store.get(job.id).state == "queued"


def test_what_died_half_deleted_is_swept(spec, home, end):
    job = store.create(spec())
    end(job)
    folders.put_away(job.id)
    database._looked_through.clear()
    store.listing()
    assert not list(folders.runs().glob(".deleted-*"))


CREATE = """
from dltext.engine.jobs import store
from dltext.engine.results import JobSpec
for _ in range(15):
    print(store.create(JobSpec(recipe="text-cnn", data="mr")).id)
"""


def test_two_instances_create_runs_at_once(home):
    """Into a home that neither has seen: who makes the database is part of the race."""
    children = [subprocess.Popen([sys.executable, "-c", CREATE], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ids = [line for child in children for line in child.communicate(timeout=60)[0].split()]
    assert [child.returncode for child in children] == [0, 0]
    assert len(set(ids)) == 30
    assert {job.id for job in store.listing()} == set(ids) == set(folders.ids())


def test_threads_create_and_list_at_once(spec):
    errors = []

    def work():
        try:
            for _ in range(5):
                store.create(spec())
                store.listing()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len({job.id for job in store.listing()}) == 20


def test_a_run_that_cannot_be_written_leaves_nothing(spec, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.paths, "write_json", full)
    with pytest.raises(UserError, match="No space left"):
        store.create(spec())
    monkeypatch.undo()


def test_a_running_job_without_its_process_is_lost(spec):
    job = store.create(spec())
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    store.claim(job.id, child.pid, processes.identity(child.pid))
    assert store.get(job.id).state == "running"
    child.communicate()
    stored = store.get(job.id)
    assert (stored.state, stored.pid) == ("lost", None)
    assert "resume" in stored.message


def test_a_pid_that_was_given_again_is_not_the_run(spec):
    """The machine restarted, or the numbers went round: the pid is somebody else's now."""
    job = store.create(spec())
    mine = processes.identity(os.getpid())
    head, _, ticks = mine.rpartition("|")
    store.claim(job.id, os.getpid(), f"{head}|{float(ticks) - 1:g}")
    assert store.get(job.id).state == "lost"
    other = store.create(spec())
    host, _, ticks = mine.split("|")
    store.claim(other.id, os.getpid(), f"{host}|another boot|{ticks}")
    assert store.get(other.id).state == "lost"


def test_a_run_whose_last_word_was_its_end_is_not_lost(spec):
    job = store.create(spec())
    store.claim(job.id, 1 << 22, f"{processes.identity(os.getpid())}0")
    EventWriter(store.folder(job.id) / "events.jsonl")("end", state="done", message="Done.", bundle="b", metrics={})
    stored = store.get(job.id)
    assert (stored.state, stored.bundle, stored.message) == ("done", "b", "Done.")


def test_a_run_on_another_machine_lives_while_it_writes(spec, monkeypatch):
    job = store.create(spec())
    store.claim(job.id, 1, "elsewhere|boot|5")
    assert store.get(job.id).state == "running"
    for path in store.folder(job.id).iterdir():
        os.utime(path, (1e9, 1e9))
    assert store.get(job.id).state == "lost"


def test_a_second_worker_is_turned_away(spec):
    job = store.create(spec())
    store.claim(job.id, os.getpid(), processes.identity(os.getpid()))
    with pytest.raises(UserError, match="no second worker"):
        store.claim(job.id, os.getpid() + 1, "x")


def test_an_older_attempt_cannot_settle_a_newer_one(spec):
    job = store.create(spec())
    store.claim(job.id, os.getpid(), processes.identity(os.getpid()))
    assert not store.settle(job.id, "failed", identity="the attempt before")
    assert store.get(job.id).state == "running"


def test_a_queued_run_that_nobody_starts_is_lost(spec, short_grace, monkeypatch):
    job = store.create(spec())
    assert store.get(job.id).state == "queued"
    store.update(job.id, None, since=0.0)
    assert store.get(job.id).state == "lost"
    assert store.get(job.id).message == endings.LOST


def test_ended_runs_are_listed_without_their_event_files(spec, end):
    job = store.create(spec())
    end(job)
    (store.folder(job.id) / "events.jsonl").unlink()
    assert store.get(job.id).metrics == {"test_accuracy": 0.5}


def test_events_need_no_database(spec, home):
    job = store.create(spec())
    EventWriter(store.folder(job.id) / "events.jsonl")("message", level="info", text="x")
    (home / "jobs.db").write_bytes(b"broken")
    events, offset = store.events(job.id)
    assert [event.values["text"] for event in events] == ["x"]
    assert store.events(job.id, offset) == ([], offset)


def test_the_log_ends_with_its_last_lines(spec):
    job = store.create(spec())
    assert store.log(job.id) == ""
    lines = [f"line {number} \x1b[31m影评" for number in range(5000)]
    (store.folder(job.id) / "log.txt").write_text("\n".join(lines) + "\n", "utf-8")
    assert store.log(job.id, 3).splitlines() == lines[-3:]
    assert store.log(job.id, 5000).splitlines() == lines
    assert store.log(job.id, 0) == ""
    (store.folder(job.id) / "log.txt").write_bytes(b"\xff\xfe bytes")
    assert store.log(job.id).endswith("bytes")


REPORT = Report(
    model="m", data="d", split="test", examples=2, metrics={"accuracy": 0.5}, floor={"name": "f", "accuracy": 0.4},
    labels=("a", "b"), confusion=((1, 0), (1, 0)), per_class=({"label": "a", "f1": 0.5},),
    documents=({"id": "1", "text": "x", "gold": "a", "predicted": "b", "confidence": 0.9},),
    history=({"epoch": 1},), protocol="once",
)  # fmt: skip


def test_a_report_of_several_attributes_comes_back_as_it_was(spec):
    job = store.create(spec())
    whole = replace(REPORT, labels=(), confusion=(), per_class=(), documents=(), parts=(replace(REPORT, name="age"),))
    (store.folder(job.id) / "report.json").write_text(json.dumps(asdict(whole)))
    assert store.report(job.id) == whole


def test_a_report_comes_back_as_it_was(spec):
    job = store.create(spec())
    with pytest.raises(UserError, match="when the run is done"):
        store.report(job.id)
    path = store.folder(job.id) / "report.json"
    path.write_text(json.dumps({**asdict(REPORT), "of a later version": 1}))
    assert store.report(job.id) == REPORT
    path.write_text(json.dumps(asdict(REPORT))[:50])
    with pytest.raises(UserError, match=r"report\.json"):
        store.report(job.id)
    path.write_text("[]")
    with pytest.raises(UserError, match=r"report\.json"):
        store.report(job.id)
