"""A Dask cluster of real processes on this machine, its workers with homes of their own."""

import importlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from dltext.engine.results import ClusterError, Record, SetAside, StreamCall, UserError
from dltext.engine.workers import agreement, cluster
from dltext.engine.workers.address import cluster_address
from dltext.engine.workers.spreading import answer_many
from dltext.tests.dask_cluster import DaskCluster

pytest.importorskip("distributed", reason="a cluster needs the [cluster] extra")
pytestmark = pytest.mark.timeout(900)


CALL = StreamCall("analyse_many", {"task": "sentiment", "model": "toy"})


def plain(answers: Any) -> list[tuple[str, str, dict[str, float]]]:
    return [(record.id, result.label, result.probabilities) for record, result in answers]


def test_a_cluster_answers_as_one_process_does(
    running: DaskCluster, records: Any, run: Any, tmp_path: Path, make_bundle: Any
) -> None:
    texts = records(6000)
    assert plain(answer_many(texts, CALL, cluster=str(running.file))) == plain(answer_many(texts, CALL, 1))

    # The command, with the address; resumed.
    source, out = tmp_path / "in.csv", tmp_path / "out.tsv"
    source.write_text("text\n" + "".join(f"{record.text}\n" for record in texts))
    command = ("sentiment", "--model", "toy", "--in", str(source), "--out", str(out))
    assert run(*command, "--workers", "1").code == 0
    whole = out.read_text()
    out.write_text("".join(whole.splitlines(True)[:3000]))
    ran = run(*command, "--cluster", running.address, "--resume")
    assert ran.code == 0, ran.err
    assert out.read_text() == whole

    # What is wrong with a text comes in its place.
    with pytest.raises(UserError, match=r"^1: .*blank"):
        list(answer_many(texts[:10], StreamCall("fill_many", {"model": "toy"}), cluster=running.address))

    # Another model of that name on one worker, and none at all.
    shutil.rmtree(running.home(2) / "models" / "toy")
    with pytest.raises(UserError, match=r"The worker tcp://127.0.0.1:\d+ cannot answer: There is no model 'toy'"):
        list(answer_many(texts[:10], CALL, cluster=running.address))
    make_bundle(folder=running.home(2) / "models", scores={"good": -4.0})
    with pytest.raises(UserError, match=r"has another model that is called toy .* name one with --model"):
        list(answer_many(texts[:10], CALL, cluster=running.address))


def test_where_there_is_no_scheduler(
    run: Any, tmp_path: Path, make_bundle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle()
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    (tmp_path / "in.txt").write_text("good\nbad\n")
    for address, said in (
        ("tcp://127.0.0.1:9", "No scheduler answers at tcp://127.0.0.1:9"),
        ("nobody://x", "nobody://x is no address of a scheduler"),
        (str(tmp_path / "none.json"), "There is no scheduler file"),
    ):
        ran = run("sentiment", "--model", "toy", "--in", str(tmp_path / "in.txt"), "--cluster", address)
        assert ran.code == 1
        assert said in ran.err
        assert ran.err.count("\n") == 1, ran.err


@pytest.mark.parametrize(
    "text", ["tcp://", "tcp://host", "tcp://host:0", "tcp://ho st:1", "tcp://host:99999", "http://host:8786", "no.json"]
)
def test_what_is_no_address_is_refused_before_anything_is_connected(text: str) -> None:
    with pytest.raises(ClusterError, match=r"tcp://"):
        cluster_address(text)


def test_an_address_is_taken_as_it_is_and_a_file_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster_address(" tls://[::1]:8786 ") == "tls://[::1]:8786"
    (tmp_path / "scheduler.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert cluster_address("scheduler.json") == str(tmp_path / "scheduler.json")


def test_without_dask_it_is_said_how_to_get_it(
    run: Any, tmp_path: Path, make_bundle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle()
    monkeypatch.setitem(sys.modules, "distributed", None)
    (tmp_path / "in.txt").write_text("good\n")
    ran = run("sentiment", "--model", "toy", "--in", str(tmp_path / "in.txt"), "--cluster", "tcp://127.0.0.1:9")
    assert (ran.code, "pip install 'dltext[cluster]'" in ran.err) == (1, True)


def test_a_difference_is_a_sentence_with_a_remedy(make_bundle: Any, run: Any) -> None:
    make_bundle()
    here = agreement.terms(CALL)
    assert set(here) == {"dltext", "onnxruntime", "numpy", "tokenizers", "the model toy"}
    assert not agreement.difference(here, dict(here), "w")
    other = agreement.difference(here, {**here, "onnxruntime": "0.1"}, "w")
    assert other.startswith("The worker w has onnxruntime 0.1, this machine ")
    assert "no model toy" in agreement.difference(here, {k: v for k, v in here.items() if " " not in k}, "w")
    assert "a further model, x" in agreement.difference(here, {**here, "the model x": "1"}, "w")
    assert run("models", "threshold", "toy", "0.9").code == 0
    assert "another threshold" in agreement.difference(here, agreement.terms(CALL), "w")


@pytest.mark.long
def test_a_worker_that_joins_later_is_compared_too(running: DaskCluster, records: Any, make_bundle: Any) -> None:
    for worker in running.workers:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    make_bundle(folder=running.home(3) / "models", scores={"good": -4.0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_agreed", lambda client, address, call: agreement.terms(call))
        running.add_worker()
        running.wait_for_workers()
        with pytest.raises(UserError, match="The worker that has joined has another model"):
            list(answer_many(records(10), CALL, cluster=running.address))


@pytest.mark.long
def test_killed_and_stopped_workers_lose_nothing(running: DaskCluster, records: Any) -> None:
    texts, call = records(24_000), StreamCall("analyse_many", {**CALL.arguments, "explain": True})
    expected = plain(answer_many(texts, CALL, 1))
    got, aside = list[Any](), list[SetAside]()
    kills = 0
    for number, answer in enumerate(answer_many(texts, call, cluster=running.address, on_set_aside=aside.append)):
        got.append(answer)
        if number % 6000 == 3000 and kills < 3:  # the nanny, which would start it again, lives
            children = psutil.Process(running.workers[kills % 2].pid).children(recursive=True)
            workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
            workers[-1].kill()
            kills += 1
        if number == 10_000:  # slow, or cut off, for ten seconds
            stopped = psutil.Process(running.workers[1].pid).children(recursive=True)
            for process in stopped:
                process.suspend()
            time.sleep(10)
            for process in stopped:
                process.resume()
    assert kills == 3
    assert not aside
    # Explained one by one, a probability may differ in its last bit from that of a batch.
    assert [(name, label) for name, label, _ in plain(got)] == [(name, label) for name, label, _ in expected]


@pytest.mark.long
def test_a_text_that_ends_its_worker_is_set_aside(
    tmp_path: Path, make_bundle: Any, tried_everywhere: Any, records: Any
) -> None:
    tried_everywhere(make_bundle())
    (tmp_path / "cluster").mkdir()
    machines = DaskCluster(tmp_path / "cluster")
    # Workers that import what ends at a text, as nothing else can make them.
    (tmp_path / "plug.py").write_text(
        "import failing_workers\nfrom dltext.engine.workers import remote\n"
        "remote.process.answer, failing_workers.process = failing_workers.answer, type('P', (), "
        "{'answer': staticmethod(remote.process.answer)})\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2]), *filter(None, sys.path)])
    try:
        for number in (1, 2):
            shutil.copytree(tmp_path / "home", machines.home(number))
            machines.add_worker("--preload", "plug", PYTHONPATH=paths)
        machines.wait_for_workers()
        aside = list[SetAside]()
        texts = records(6000, t1500="the end")
        answers = plain(answer_many(texts, CALL, cluster=machines.address, on_set_aside=aside.append))
        (left,) = aside
        assert (left.first, len(left.records), left.attempts) == (1025, 1024, 4)
        assert answers == plain(answer_many([*texts[:1024], *texts[2048:]], CALL, 1))
    finally:
        machines.end()


@pytest.mark.long
def test_a_scheduler_that_ends_is_said_and_what_is_there_stays(
    running: DaskCluster, records: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    source, out = tmp_path / "in.csv", tmp_path / "out.tsv"
    # In UTF-16 no worker reads a range of it: the texts go through the command.
    source.write_text("text\n" + "".join(f"{record.text}\n" for record in records(30_000)), encoding="utf-16")
    command = ("sentiment", "--model", "toy", "--explain", "--in", str(source), "--out", str(out))
    writing = importlib.import_module("dltext.tui.commands.resuming").Results.write
    count = 0

    def write(results: Any, text: str) -> None:
        nonlocal count
        count += 1
        if count == 2000:
            running.scheduler.kill()
        writing(results, text)

    monkeypatch.setattr("dltext.tui.commands.resuming.Results.write", write)
    ran = run(*command, "--cluster", running.address)
    assert ran.code == 1
    *_, resumable, said = ran.err.splitlines()
    assert "results are kept; the same command with --resume continues" in resumable
    assert f"The cluster's scheduler at {running.address} is gone" in said
    ran = run(*command, "--workers", "1", "--resume")
    assert ran.code == 0, ran.err
    assert len(out.read_text().splitlines()) == 30_001
    assert [Record(line.split("\t")[0], "").id for line in out.read_text().splitlines()[1:]] == [
        str(n) for n in range(1, 30_001)
    ]
