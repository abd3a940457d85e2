"""Cross-validations whose folds are runs of their own, several at a time."""

import json
import os
import signal

import pytest

from dltext.engine.jobs import folders, processes, runner, sharing, store
from dltext.engine.results import UserError

pytestmark = pytest.mark.usefixtures("home", "two_cores")
FOLDS = 3


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(processes, "cores", lambda: 2)


@pytest.fixture
def cross(spec):
    """A cross-validation; its data name how each of its folds behaves."""
    return lambda data="quick", parallel=2, folds=FOLDS: spec(
        data, kind="cross-validate", folds=folds, parallel=parallel
    )


@pytest.fixture
def begun(cross, until):
    """Start one whose folds wait in their last epoch, until two of them are there; its id, and theirs by fold."""

    def begin(data="held"):
        job = runner.submit(cross(data))
        until(lambda: len([part for part in store.children(job.id) if part.epochs_done == 3]) == 2)
        return job.id, {part.spec.fold: part.id for part in store.children(job.id)}

    return begin


def go_on(*job_ids):
    """Let runs of "held" pass their last epoch."""
    for job_id in job_ids:
        (store.folder(job_id) / "go").touch()


def history(job_id):
    return json.loads((store.folder(job_id) / "report.json").read_text())["history"]


def weights(job_id):
    return [row["weights"] for row in history(job_id)]


def ended(job_id, until):
    """Let all folds of a run go on, whenever they begin, until it has ended."""

    def look():
        go_on(*(part.id for part in store.children(job_id)))
        return not store.get(job_id).active

    until(look, 40)
    return store.get(job_id)


def test_what_is_measured_does_not_depend_on_how_many_run_at_a_time(cross, finish):
    alone = finish(runner.submit(cross(parallel=1)).id)
    several = finish(runner.submit(cross()).id)
    assert (alone.state, several.state) == ("done", "done"), store.log(several.id)
    assert weights(alone.id) == weights(several.id)
    assert alone.metrics["test_accuracy"] == several.metrics["test_accuracy"]
    assert not store.children(alone.id)
    parts = store.children(several.id)
    assert sorted(part.spec.fold for part in parts) == [1, 2, 3]
    assert {(part.state, part.spec.kind, part.spec.parent) for part in parts} == {("done", "fold", several.id)}
    assert {row["threads"] for row in history(several.id)} == {"1"}, "two trainings on two cores have one each"
    numbers = [event.values["fold"] for event in store.events(several.id)[0] if event.type == "fold"]
    assert numbers == [1, 2, 3]
    assert "answers" not in (store.folder(several.id) / "events.jsonl").read_text()


def test_never_more_run_than_were_asked_for_and_the_whole_says_how_far_it_is(begun, until):
    whole, parts = begun()
    assert sorted(parts) == [1, 2]
    job = until(lambda: (job := store.get(whole)).progress > 0.1 and job)
    assert job.message == "folds 1, 2 of 3, each as a run"
    go_on(parts[2])
    until(lambda: len(store.children(whole)) == 3)
    assert sum(part.active for part in store.children(whole)) == 2
    assert not [event for event in store.events(whole)[0] if event.type == "fold"], "the first has not ended"
    assert ended(whole, until).state == "done"


def test_a_fold_that_is_killed_is_resumed_from_its_checkpoint(cross, begun, until, finish):
    undisturbed = finish(runner.submit(cross()).id)
    whole, parts = begun()
    processes.kill(*store.process(parts[1]))
    until(lambda: any("was killed" in str(event.values.get("text")) for event in store.events(whole)[0]))
    assert ended(whole, until).state == "done"
    assert weights(whole) == weights(undisturbed.id)
    assert sorted(part.id for part in store.children(whole) if part.spec.fold < 3) == sorted(parts.values())
    checkpoints = [event.values["epoch"] for event in store.events(parts[1])[0] if event.type == "checkpoint"]
    assert checkpoints == [1, 2, 3, 4], "no epoch was trained twice"


def test_a_fold_that_is_killed_time_and_again_ends_the_whole(begun, until):
    whole, parts = begun()
    pids = set()
    for _ in range(4):
        pid, identity = until(lambda: (now := store.process(parts[1]))[0] not in {None, *pids} and now[1] and now)
        pids.add(pid)
        processes.kill(pid, identity)
    until(lambda: not store.get(whole).active)
    job = store.get(whole)
    assert job.state == "failed"
    assert job.message.startswith(f"Fold 1 (run {parts[1]}) was killed 4 times")
    assert store.get(parts[2]).state == "cancelled", "nothing runs any more"


def test_to_stop_the_whole_stops_its_folds_and_to_resume_it_resumes_them(cross, begun, until, finish):
    undisturbed = finish(runner.submit(cross()).id)
    whole, parts = begun()
    go_on(parts[1])
    until(lambda: len(store.children(whole)) == 3)
    runner.cancel(whole)
    assert finish(whole).state == "cancelled"
    states = {part.spec.fold: part.state for part in store.children(whole)}
    assert states == {1: "done", 2: "cancelled", 3: "cancelled"}
    before = (store.folder(parts[1]) / "events.jsonl").read_text()
    runner.resume(whole)
    assert ended(whole, until).state == "done"
    assert weights(whole) == weights(undisturbed.id)
    assert len(store.children(whole)) == 3
    assert (store.folder(parts[1]) / "events.jsonl").read_text() == before, "what was done is not done again"


def test_no_fold_outlives_the_whole_however_that_ends(begun, until):
    whole, parts = begun()
    os.kill(store.process(whole)[0], signal.SIGKILL)
    until(lambda: not any(store.get(part).active for part in parts.values()), 20)
    assert {store.get(part).state for part in parts.values()} == {"cancelled"}, "they had the time for a checkpoint"
    assert store.get(whole).state == "lost"
    runner.resume(whole)
    assert ended(whole, until).state == "done"


def test_a_fold_that_fails_ends_the_whole_with_its_sentence(cross, finish):
    job = finish(runner.submit(cross("second-fails")).id)
    (part,) = [part for part in store.children(job.id) if part.spec.fold == 2]
    assert (job.state, job.message) == ("failed", f"Fold 2 (run {part.id}) failed: reviews.csv, line 3: no label.")
    assert {other.state for other in store.children(job.id) if other.id != part.id} == {"cancelled"}


def test_who_stops_a_fold_stops_the_whole(begun, finish):
    whole, parts = begun()
    runner.cancel(parts[1])
    job = finish(whole)
    assert (job.state, store.get(parts[2]).state) == ("cancelled", "cancelled")
    assert f"Fold 1 (run {parts[1]}) was stopped" in job.message


def test_folds_go_with_their_run_and_are_made_anew_with_it(cross, finish):
    whole = finish(runner.submit(cross()).id)
    parts = {part.id for part in store.children(whole.id)}
    store.update(whole.id, None, state="failed")
    whole = finish(runner.resume(whole.id, anew=True).id)
    again = {part.id for part in store.children(whole.id)}
    assert len(again) == 3
    assert not parts & again
    runner.delete(whole.id)
    assert store.listing() == []
    assert not folders.ids()


def test_more_than_the_machine_has_room_for_is_refused_and_nothing_is_written(cross, monkeypatch):
    with pytest.raises(UserError, match=r"3 trainings at a time are more than .* cores: choose --parallel 2 at most\."):
        runner.submit(cross(parallel=3))
    monkeypatch.setattr(sharing, "free_memory", lambda: (2 << 20) - 1)
    with pytest.raises(UserError, match=r"2 trainings at a time would take about .* are free: choose --parallel 1"):
        runner.submit(cross())
    with pytest.raises(UserError, match="must lie between 1"):
        runner.submit(cross(parallel=0))
    assert store.listing() == []
    monkeypatch.setattr(sharing, "free_memory", lambda: 2 << 20)
    runner.cancel(runner.submit(cross()).id)


def test_as_many_are_advised_as_there_is_memory_for(monkeypatch):
    monkeypatch.setattr(sharing, "free_memory", lambda: 35)
    with pytest.raises(UserError, match=r"4 trainings .*: choose --parallel 3\."):
        sharing.refuse_beyond_memory([10] * 4)
    sharing.refuse_beyond_memory([10] * 3)


def test_what_a_container_may_take_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "CGROUP", tmp_path)
    everything = sharing.free_memory()
    for name, content in (
        ("memory.max", "5000\n"),
        ("memory.current", "3000\n"),
        ("memory.stat", "anon 1\ninactive_file 700\n"),
    ):
        (tmp_path / name).write_text(content)
    assert sharing.free_memory() == 2700
    (tmp_path / "memory.max").write_text("max\n")
    assert sharing.free_memory() > 2700 or everything < 2700


def test_what_the_user_says_of_threads_stays():
    mine = {"TF_NUM_INTRAOP_THREADS": "7"}
    whole = sharing.with_threads(mine, 0)
    part = sharing.with_threads(whole, 1)
    assert (whole["TF_NUM_INTRAOP_THREADS"], part["TF_NUM_INTRAOP_THREADS"]) == ("7", "7")
    assert (whole["OMP_NUM_THREADS"], part["OMP_NUM_THREADS"]) == ("2", "1")
    assert "OPENBLAS_NUM_THREADS" not in sharing.with_threads(part, 0)


def pids(job_id):
    """The processes that have worked on the parts of a run, in the order of these."""
    parts = sorted(store.children(job_id), key=lambda part: part.spec.fold)
    return [
        [line.rpartition(" ")[2] for line in store.log(part.id).splitlines() if line.startswith("== ")]
        for part in parts
    ]


def test_a_process_goes_on_with_the_next_part_and_each_has_its_own_log(cross, finish, until):
    job = finish(runner.submit(cross(folds=6)).id)
    assert job.state == "done", store.log(job.id)
    logs = pids(job.id)
    assert [len(pid) for pid in logs] == [1] * 6
    assert len({pid for (pid,) in logs}) == 2
    until(lambda: not any(processes.identity(int(pid)) for (pid,) in logs))


def test_a_process_that_was_killed_is_replaced(begun, until):
    job_id, parts = begun()
    processes.kill(*store.process(parts[1]))
    job = ended(job_id, until)
    assert job.state == "done", store.log(job_id)
    first, second, third = pids(job_id)
    assert len(first) == 2
    assert first[0] not in (first[1], *second, *third)


def test_a_part_that_fails_leaves_no_process(cross, finish, until):
    job = finish(runner.submit(cross("second-fails")).id)
    assert job.state == "failed"
    alive = [int(pid) for (pid,) in pids(job.id)]
    until(lambda: not any(processes.identity(pid) for pid in alive))


def test_a_fold_that_is_deleted_once_it_is_done_stops_no_other(begun, until):
    job_id, parts = begun()
    go_on(parts[1])
    until(lambda: len(store.children(job_id)) == FOLDS)
    (third,) = {part.id for part in store.children(job_id)} - {*parts.values()}
    go_on(third)
    until((store.folder(job_id) / "fold-3.json").exists)
    runner.delete(third)  # its process has nothing to do, and would be given what is killed now
    processes.kill(*store.process(parts[2]))
    assert ended(job_id, until).state == "done", store.log(job_id)
