import os
import random
import signal
import subprocess
import sys
import time

import pytest

from dltext.engine import registry
from dltext.engine.jobs import folders, launching, processes, runner, store
from dltext.engine.results import JobSpec, UserError

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def started(until):
    """Start a run and wait until its training has said something."""

    def start(spec, kind="tick"):
        job = runner.submit(spec)
        until(lambda: any(event.type == kind for event in store.events(job.id)[0]))
        return store.get(job.id)

    return start


def go_on(job_id):
    """Let a run of "held" pass its last epoch, where it waits."""
    (store.folder(job_id) / "go").touch()


def end_of(job_id):
    return [event.values for event in store.events(job_id)[0] if event.type == "end"]


def test_a_run_is_done_and_everything_of_it_is_kept(spec, finish):
    job = runner.submit(spec())
    assert job.state == "queued"
    assert job.spec.settings["epochs"] > 0  # filled in by the registry
    job = finish(job.id)
    assert (job.state, job.bundle, job.progress, job.epoch, job.device) == ("done", "a-bundle", 1.0, 4, "CPU, fake")
    assert job.metrics["test_accuracy"] == 0.9
    assert job.metrics["validation_accuracy"] == pytest.approx(0.9)
    assert job.created <= job.started <= job.ended
    assert len(end_of(job.id)) == 1
    assert end_of(job.id)[0]["state"] == "done"
    assert "a word of warning" in store.log(job.id)
    assert not (store.folder(job.id) / ".reserve").exists()


def test_following_sees_each_event_once(spec):
    job = runner.submit(spec())
    events = list(runner.follow(job.id[:-1] if job.id.endswith("1") else job.id))
    assert events == store.events(job.id)[0]
    assert [event.values["epoch"] for event in events if event.type == "epoch"] == [1, 2, 3, 4]
    assert events[-1].type == "end"


@pytest.mark.parametrize(
    ("behaviour", "message", "in_log"),
    [
        ("user-error", "reviews.csv, line 3: no label.", None),
        ("bug", "An error in the program (ZeroDivisionError: secret detail); the log has the details.", "Traceback"),
        ("memory", "Out of memory: make the batch size", "MemoryError"),
        ("nothing", "An error in the program (KeyError", "Traceback"),
    ],
)
def test_a_failure_is_one_sentence_and_the_log_has_the_rest(spec, finish, behaviour, message, in_log):
    job = finish(runner.submit(spec(behaviour)).id)
    assert job.state == "failed"
    assert job.message.startswith(message)
    assert "\n" not in job.message
    assert end_of(job.id)[0]["message"] == job.message
    assert (in_log or "process") in store.log(job.id)
    assert ("Traceback" in store.log(job.id)) == (in_log is not None)


def test_a_training_module_that_cannot_be_imported_says_so(spec, finish, monkeypatch):
    monkeypatch.setenv("DLTEXT_TRAIN_MODULE", "no_such_module")
    job = finish(runner.submit(spec()).id)
    assert job.state == "failed"
    assert "no_such_module is missing" in job.message


def test_cancel_stops_at_a_batch_and_resume_ends_with_the_same_weights(spec, started, finish):
    whole = finish(runner.submit(spec("mr")).id)
    job = started(spec("held"), "checkpoint")
    began = time.monotonic()
    assert runner.cancel(job.id).state in ("cancelling", "cancelled")
    assert time.monotonic() - began < 1  # it does not wait for the child
    job = finish(job.id)
    assert job.state == "cancelled"
    assert job.message.startswith("Stopped in epoch")
    assert runner.cancel(job.id).state == "cancelled"
    go_on(job.id)
    job = finish(runner.resume(job.id).id)
    assert job.state == "done"
    assert job.metrics["weights"] == whole.metrics["weights"]
    with pytest.raises(UserError, match="nothing to resume"):
        runner.resume(job.id)


def test_cancel_before_the_worker_is_up(spec, finish):
    job = runner.submit(spec("stubborn"))
    runner.cancel(job.id)
    assert finish(job.id).state == "cancelled"


def test_a_run_that_does_not_listen_is_killed(spec, started, finish, short_grace):
    job = started(spec("stubborn"), "state")
    assert runner.cancel(job.id).state == "cancelling"
    assert runner.cancel(job.id).state == "cancelling"
    job = finish(job.id)
    assert job.state == "cancelled"
    assert "by force" in job.message


def test_the_timer_kills_even_if_nobody_looks_again(spec, started, until, short_grace):
    job = started(spec("stubborn"), "state")
    name = processes.identity(job.pid)
    runner.cancel(job.id)
    until(lambda: not processes.is_alive(job.pid, name))


CANCEL = "import sys; from dltext.engine.jobs import runner; print(runner.cancel(sys.argv[1]).state)"


def test_another_process_cancels_and_ends_and_the_next_to_look_kills(spec, started, finish, short_grace):
    job = started(spec("stubborn"), "state")
    assert subprocess.check_output([sys.executable, "-c", CANCEL, job.id], text=True).strip() == "cancelling"
    assert finish(job.id).state == "cancelled"


def test_killed_at_a_random_moment_it_is_lost_and_resumes_to_the_same_weights(spec, finish):
    whole = finish(runner.submit(spec("mr")).id)
    for _ in range(3):
        job = runner.submit(spec("held"))
        time.sleep(random.uniform(0.0, 0.5))
        os.kill(job.pid, signal.SIGKILL)
        job = finish(job.id)
        # Killed before it could say that it began, it failed; after that, it is lost.
        assert job.state in ("lost", "failed")
        assert job.pid is None
        go_on(job.id)
        job = finish(runner.resume(job.id).id)
        assert (job.state, job.metrics["weights"]) == ("done", whole.metrics["weights"])


def test_killed_after_a_checkpoint_it_goes_on_from_there(spec, started, finish):
    job = started(spec("held"), "checkpoint")
    os.kill(job.pid, signal.SIGKILL)
    assert finish(job.id).state == "lost"
    with (store.folder(job.id) / "events.jsonl").open("ab") as stream:
        stream.write(b'{"epoch": 2, "ti')  # the kill came amid a line
    events_before = len(store.events(job.id)[0])
    go_on(job.id)
    job = finish(runner.resume(job.id).id)
    assert job.state == "done"
    after = store.events(job.id)[0][events_before:]
    assert next(event.values["epoch"] for event in after if event.type == "epoch") >= 2
    assert after[0].values["message"] == "Resuming."


def test_a_resumed_run_killed_at_once_is_not_taken_for_ended(spec, started, finish):
    """Its file holds the `end` of the attempt before."""
    job = started(spec("held"), "checkpoint")
    runner.cancel(job.id)
    finish(job.id)
    job = runner.resume(job.id)
    os.kill(job.pid, signal.SIGKILL)
    assert finish(job.id).state in ("lost", "failed")


START = """
import sys
from dltext.engine import registry
registry.training_problem = lambda: None
from dltext.engine.jobs import runner
from dltext.engine.results import JobSpec
print(runner.submit(JobSpec(recipe="text-cnn", data="held")).id)
"""


def test_a_run_outlives_who_started_it(finish):
    job_id = subprocess.check_output([sys.executable, "-c", START], text=True, timeout=30).strip()
    assert store.get(job_id).active
    go_on(job_id)
    assert finish(job_id).state == "done"


def test_a_run_leads_its_own_session(spec, started):
    job = started(spec("held"))
    assert os.getsid(job.pid) == job.pid
    runner.cancel(job.id)


def test_the_users_folder_is_the_childs_and_its_files_are_no_modules(spec, finish, tmp_path, monkeypatch):
    folder = tmp_path / "my reviews"
    folder.mkdir()
    (folder / "hashlib.py").write_text("raise SystemExit('the wrong hashlib')")
    monkeypatch.chdir(folder)
    job = finish(runner.submit(spec()).id)
    assert job.state == "done"
    assert f"cwd {folder};" in store.log(job.id)


def test_resuming_elsewhere_still_finds_relative_files(spec, started, finish, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    job = started(spec("held"))
    runner.cancel(job.id)
    finish(job.id)
    monkeypatch.chdir(tmp_path)
    go_on(job.id)
    finish(runner.resume(job.id).id)
    assert f"cwd {tmp_path / 'here'};" in store.log(job.id)


def test_only_what_is_not_active_is_deleted(spec, started, finish):
    job = started(spec("held"))
    with pytest.raises(UserError, match="cancel it"):
        runner.delete(job.id)
    with pytest.raises(UserError, match="already"):
        runner.resume(job.id)
    runner.cancel(job.id)
    finish(job.id)
    runner.delete(job.id)
    assert not store.folder(job.id).exists()
    with pytest.raises(UserError, match="no run"):
        runner.delete(job.id)


def test_nothing_is_written_for_a_spec_that_is_refused(spec, monkeypatch):
    with pytest.raises(UserError, match="no recipe"):
        runner.submit(JobSpec(recipe="nonsense", data="mr"))
    monkeypatch.setattr(registry, "training_problem", lambda: "Training needs packages.")
    for act in (runner.submit, runner.preflight):
        with pytest.raises(UserError, match="needs packages"):
            act(spec())
    assert store.listing() == []


def test_a_process_that_cannot_start_is_a_failed_run(spec, monkeypatch):
    monkeypatch.setattr(launching.sys, "executable", "/no/such/python")
    with pytest.raises(UserError, match="could not be started"):
        runner.submit(spec())
    (job,) = store.listing()
    assert job.state == "failed"
    assert "could not be started" in job.message


def test_a_worker_that_dies_on_arrival_is_a_failed_run(spec, finish, monkeypatch):
    environment = launching.environment()
    monkeypatch.setattr(launching, "environment", lambda threads: {**environment, "PYTHONHOME": "/nonsense"})
    job = finish(runner.submit(spec()).id)
    assert job.state == "failed"
    assert "log" in job.message
    assert store.log(job.id)


def test_waiting_gives_up_in_time(spec, started):
    job = started(spec("stubborn"), "state")
    assert runner.wait(job.id, 0.1).state == "running"
    processes.kill(job.pid, processes.identity(job.pid))


def test_only_what_has_an_epoch_can_be_kept(spec, started, finish):
    job = started(spec("held"), "epoch")
    asked = runner.keep_best(job.id)
    marker = store.folder(job.id) / folders.KEEP_BEST
    assert asked.state == "running", "no stop: it goes on to make its model"
    assert marker.exists()
    runner.cancel(job.id)
    assert not marker.exists(), "what is stopped now does not end at once when it is resumed"
    assert finish(job.id).state == "cancelled"
    resumed = runner.keep_best(job.id)
    assert marker.exists()
    assert resumed.active, "a stopped run goes on for it"
    go_on(resumed.id)
    assert finish(job.id).state == "done"
    with pytest.raises(UserError, match="is done"):
        runner.keep_best(job.id)


def test_before_the_first_epoch_there_is_nothing_to_keep(spec):
    job = runner.submit(spec("stubborn"))
    try:
        with pytest.raises(UserError, match="has not ended an epoch"):
            runner.keep_best(job.id)
    finally:
        processes.kill(*store.process(job.id))


def test_the_baseline_of_a_run_is_trained_on_the_same(spec, finish, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("text,label\n")
    values = {"seed": 7, "name": "mine", "text_column": "said", "settings": {"validation_fraction": 0.2}}
    job = finish(runner.submit(spec("mine.csv", **values)).id)
    monkeypatch.chdir("/")  # from wherever it is asked for
    made = runner.keep_baseline(job.id).spec
    assert (made.recipe, made.data, made.seed) == ("tfidf-linear", str(tmp_path / "mine.csv"), 7)
    assert (made.name, made.text_column, made.settings["validation_fraction"]) == ("mine-baseline", "said", 0.2)
    simple = finish(runner.submit(JobSpec("tfidf-linear", "mine.csv")).id)
    with pytest.raises(UserError, match="is no model"):
        runner.keep_baseline(simple.id)
