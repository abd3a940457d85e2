"""Trainings on a Dask cluster of real processes, its workers with homes of their own; most of them train nothing."""

import io
import json
import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest

from dltext.data.source import open_source
from dltext.engine import corpora, model_store, registry, tuning
from dltext.engine.jobs import folders, hosting, parcels, processes, runner, store
from dltext.engine.results import JobSpec, Preflight, UserError
from dltext.engine.workers import agreement
from dltext.tests.dask_cluster import DaskCluster

pytest.importorskip("distributed", reason="a cluster needs the [cluster] extra")
pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(600)]
HERE = Path(__file__).parent


@pytest.fixture
def machines(tmp_path, monkeypatch):
    """A scheduler without workers; the folder in which runs are ordered is empty but for what names their behaviour."""
    monkeypatch.setattr(processes, "cores", lambda: 2)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("quick", "held"):
        (here / name).touch()
    (tmp_path / "cluster").mkdir()
    machines = DaskCluster(tmp_path / "cluster")
    yield machines
    machines.end()


@pytest.fixture
def add_worker(machines):
    """Start a worker of so many threads, which trains as this process's children do."""
    tree = Path(registry.__file__).parents[2]
    known = os.pathsep.join([str(HERE), str(tree), *filter(None, sys.path)])

    def add(threads=1):
        machines.add_worker("--nthreads", str(threads), PYTHONPATH=known)
        machines.wait_for_workers()

    return add


@pytest.fixture
def cross(spec, machines):
    return lambda data="quick", folds=3, **values: spec(
        data, kind="cross-validate", folds=folds, **{"cluster": machines.address, **values}
    )


def weights(job_id):
    history = json.loads((store.folder(job_id) / "report.json").read_text())["history"]
    return [row["weights"] for row in history]


def said(job_id):
    return [str(event.values.get("text")) for event in store.events(job_id)[0] if event.type == "message"]


def remote_runs(machines, number=1):
    """The folders of the runs that a worker has."""
    return list(machines.home(number).glob("cluster/*/runs/*-*"))


def go_on(machines):
    """Let runs of "held" pass their last epoch, wherever they are."""
    for number in range(1, len(machines.workers) + 1):
        for folder in remote_runs(machines, number):
            (folder / "go").touch()


def ended(job_id, machines, until):
    def look():
        go_on(machines)
        return not store.get(job_id).active

    until(look, 90)
    return store.get(job_id)


@pytest.fixture
def begun(cross, until):
    """Start one whose folds wait in their last epoch, until ``count`` of them are there; its id, and theirs."""

    def begin(count):
        job = runner.submit(cross("held", folds=2))
        until(lambda: len([part for part in store.children(job.id) if part.epochs_done == 3]) == count, 60)
        return job.id, {part.spec.fold: part.id for part in store.children(job.id)}

    return begin


def test_a_cluster_trains_as_processes_of_this_machine_do(machines, add_worker, cross, finish, monkeypatch):
    add_worker(threads=2)
    several = finish(runner.submit(cross(cluster="", parallel=2)).id, 60)
    whole = finish(runner.submit(cross()).id, 90)
    assert (whole.state, whole.message) == ("done", several.message), store.log(whole.id)
    assert weights(whole.id) == weights(several.id)
    history = json.loads((store.folder(whole.id) / "report.json").read_text())["history"]
    assert {row["threads"] for row in history} == {"1"}, "the threads of a worker share its cores"
    parts = store.children(whole.id)
    assert {(part.state, part.spec.kind, part.spec.parent) for part in parts} == {("done", "fold", whole.id)}
    (address,) = {text for part in parts for text in said(part.id)}
    assert address.startswith("It runs on the worker tcp://127.0.0.1:")
    for part in parts:
        assert [event.values["epoch"] for event in store.events(part.id)[0] if event.type == "epoch"] == [1, 2, 3, 4]
        assert "a word of warning" in store.log(part.id)
    assert not list(machines.home(1).glob("cluster/*")), "nothing stays on the worker"

    with monkeypatch.context() as patch:
        patch.setattr(runner, "preflight", lambda spec: Preflight(None, None, 1.0, 1 << 50, ""))
        with pytest.raises(UserError, match=r"The workers on 127.0.0.1 have 2 threads, .* choose smaller settings"):
            runner.submit(cross())
    monkeypatch.setattr(agreement, "_version", lambda name: "0.1")
    with pytest.raises(UserError, match=r"The worker tcp://\S+ has keras \S+, this machine 0.1: install the same"):
        runner.submit(cross())
    with pytest.raises(UserError, match="Give either --parallel or --cluster"):
        runner.submit(cross(parallel=2))
    assert len(store.listing()) == 8, "what is refused is not written down"


@pytest.mark.long
def test_a_part_whose_worker_is_killed_goes_on_on_another(machines, add_worker, begun, until):
    add_worker()
    add_worker()
    whole, parts = begun(2)
    busy = [number for number in (1, 2) if remote_runs(machines, number)]
    assert busy == [1, 2]
    job = store.get(parts[1])
    assert (job.progress > 0.5, job.state) == (True, "running"), "its events are here while it runs"
    machines.kill_worker(1)
    until(lambda: any("was killed" in text for text in said(whole)), 60)
    assert ended(whole, machines, until).state == "done", store.log(whole)
    moved = [part for part in parts.values() if len([text for text in said(part) if "It runs on" in text]) == 2]
    assert len(moved) == 1
    for part in parts.values():
        checkpoints = [event.values["epoch"] for event in store.events(part)[0] if event.type == "checkpoint"]
        assert checkpoints == [1, 2, 3, 4], "no epoch was trained twice"
    assert len(set(weights(whole))) == 1


@pytest.mark.long
def test_to_stop_the_whole_reaches_the_workers_and_to_resume_it_goes_on(machines, add_worker, begun, until, finish):
    add_worker(threads=2)
    whole, parts = begun(2)
    runner.cancel(whole)
    assert finish(whole, 60).state == "cancelled"
    stopped = {(job.state, job.message) for job in map(store.get, parts.values())}
    assert stopped == {("cancelled", "Stopped in epoch 4.")}, "what it says itself came back"
    until(lambda: not list(machines.home(1).glob("cluster/*")), 30)
    runner.resume(whole)
    assert ended(whole, machines, until).state == "done", store.log(whole)
    for part in parts.values():
        checkpoints = [event.values["epoch"] for event in store.events(part)[0] if event.type == "checkpoint"]
        assert checkpoints == [1, 2, 3, 4], "no epoch was trained twice"


@pytest.mark.long
def test_no_part_outlives_the_whole_and_a_scheduler_that_is_gone_is_said(machines, add_worker, begun, until, finish):
    add_worker(threads=2)
    whole, parts = begun(2)
    os.kill(store.process(whole)[0], signal.SIGKILL)
    until(lambda: not list(machines.home(1).glob("cluster/*")), 60)
    until(lambda: not any(store.get(part).active for part in parts.values()), 20)
    runner.resume(whole)
    until(lambda: len([part for part in parts.values() if store.get(part).active]) == 2, 60)
    machines.scheduler.kill()
    job = finish(whole, 90)
    assert (job.state, job.remedy) == ("failed", "resume")
    assert "scheduler" in job.message
    assert not any(store.get(part).active for part in parts.values())


@pytest.mark.long
def test_trials_run_on_a_cluster_and_so_does_a_true_training(machines, add_worker, spec, finish, monkeypatch, tmp_path):
    monkeypatch.delenv("DLTEXT_TRAIN_MODULE")
    rows = "".join(f"{'good' if n % 2 else 'bad'} film {n % 7},{'pos' if n % 2 else 'neg'}\n" for n in range(200))
    Path("films.csv").write_text("text,label\n" + rows)
    add_worker(threads=2)
    settings = {"variant": "random", "embedding_size": 4, "epochs": 2}
    asked = JobSpec("text-cnn", "films.csv", settings)
    values = {"filters": "2,4"}
    here = finish(tuning.tune(tuning.plan_tuning(JobSpec(**{**vars(asked), "parallel": 2}), values)).id, 200)
    monkeypatch.setattr(tuning.repeats, "same", lambda spec, jobs: [])
    other = tuning.plan_tuning(JobSpec(**{**vars(asked), "cluster": machines.address, "name": "there"}), values)
    for part in [here, *store.children(here.id)]:  # else nothing would be trained again
        store.update(part.id, None, state="cancelled")
    there = finish(tuning.tune(other).id, 200)
    assert there.state == "done", store.log(there.id)
    assert model_store.info("there").recipe == "text-cnn"
    first, second = (store.report(job.id) for job in (here, there) if store.update(job.id, None, state="done") or True)
    judged = [[(row["settings"], row["value"], row["loss"]) for row in report.trials] for report in (first, second)]
    assert judged[0] == judged[1]
    assert first.metrics == second.metrics


# ---------------------------------------------------------------------------------------------- what is sent


def unpacked(parcel, tmp_path, monkeypatch):
    """The parcel's home as the only one there is."""
    with zipfile.ZipFile(io.BytesIO(parcel.packed)) as archive:
        archive.extractall(tmp_path / "there")
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "there"))
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "there" / parcels.MIRROR))
    monkeypatch.chdir(tmp_path / "there")


def test_data_of_all_kinds_are_found_there_as_they_are_here(tmp_path, monkeypatch, make_bundle):
    monkeypatch.chdir(tmp_path)
    rows = "text,label\n" + "".join(f"text {n},{'a' if n % 2 else 'b'}\n" for n in range(40))
    Path("my+own.csv").write_text(rows)
    Path("more.txt").write_text("one\ntwo\n")
    corpora.import_data("my+own.csv", "imported")
    make_bundle()
    names = [str(tmp_path / "my+own.csv"), "imported", "demo"]
    settings = {"unlabelled": "more.txt+demo", "teacher": "toy+floor", "vectors": "toy"}
    parcel = parcels.pack(JobSpec("text-cnn", names[0], settings))
    assert parcel.spec.data == "input/1/my+own.csv"
    assert parcel.names[parcel.spec.data] == names[0]
    assert parcel.spec.settings == {"unlabelled": "input/0/more.txt+demo", "teacher": "toy+floor", "vectors": "toy"}
    imported = parcels.pack(JobSpec("text-cnn", "imported+demo"))
    assert imported.spec.data == "imported+demo"
    info = model_store.info("toy").path
    unpacked(parcel, tmp_path, monkeypatch)
    assert Path(parcel.spec.data).read_text() == rows
    there = model_store.info("toy")
    assert not there.problem
    assert there.path != info
    unpacked(imported, tmp_path, monkeypatch)
    opened = open_source("imported")
    assert sum(opened.counts[split] for split in opened.splits if split != "all") == 40


def test_what_cannot_be_sent_is_a_sentence(monkeypatch):
    with pytest.raises(UserError, match="There are no data nowhere"):
        parcels.pack(JobSpec("text-cnn", "nowhere"))
    monkeypatch.setattr(parcels.plugins, "row", lambda name: object())
    with pytest.raises(UserError, match="one of your own, whose code is not sent"):
        parcels.pack(JobSpec("mine", "demo"))


def test_of_a_run_only_what_it_goes_on_from_is_sent(tmp_path):
    folder = tmp_path / "run"
    (folder / "bundle").mkdir(parents=True)
    (folder / "checkpoint").mkdir()
    wanted = {"state.npz", "checkpoint/model.npz", "floor.json"}
    left = {*folders.OF_ALL - {"checkpoint"}, "state.before.npz", "bundle/card.toml", "report.json", ".x"}
    for name in wanted | left:
        (folder / name).write_bytes(b"1")
    assert set(hosting.sent_files(folder)) == wanted
