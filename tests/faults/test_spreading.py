"""Many texts by workers of this machine and of a cluster under kills, partitions, full disks and slow machines: the
output is complete, each record once, and the same bytes as one process writes."""

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from dltext.tests.dask_cluster import LOOPBACK, DaskCluster, Machines, spawned

pytest.importorskip("distributed", reason="a cluster needs the [cluster] extra")
pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

WORDS = "bad dull film fine good great hated it loved of plot slow story the this was with".split()  # noqa: SIM905
LENGTH = 250
PATIENT = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1000"}
"""No chunk is to be blamed for a worker that we kill."""
WRONG = "results lost, doubled or other bytes"
COMMAND = (sys.executable, "-m", "dltext.tui.cli", "sentiment", "--model", "sentiment-en-cnn")

Rounds = Callable[[int, int], int]
Figure = Callable[[str, int, int], None]


class Texts:
    """A file of texts, and what one process makes of it."""

    def __init__(self, folder: Path, count: int) -> None:
        chance = random.Random(count)
        self.file, self._folder, self._runs = folder / "texts.csv", folder, 0
        lines = (" ".join(chance.choices(WORDS, k=LENGTH)) for _ in range(count))
        self.file.write_text("text\n" + "".join(f"{line}\n" for line in lines))
        alone = folder / "alone.tsv"
        command = [*COMMAND, "--in", self.file, "--workers", "1", "--out", alone]
        home = {**os.environ, "DLTEXT_HOME": str(folder / "home")}
        subprocess.run(command, check=True, capture_output=True, env=home)
        self.expected = alone.read_bytes()

    def out(self) -> Path:
        self._runs += 1
        return self._folder / f"{self._runs}.tsv"

    def answer(self, out: Path, *options: str, inside: tuple[str, ...] = (), **environment: Any) -> Any:
        """A command that answers them."""
        command = [*inside, *COMMAND, "--in", str(self.file), "--out", str(out), *options]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **environment)

    def is_whole(self, process: Any, out: Path) -> bool:
        """Wait for the command, which must succeed, and compare."""
        _, said = process.communicate(timeout=900)
        assert process.returncode == 0, said
        return out.read_bytes() == self.expected

    def with_those_left(self, out: Path, code: int, said: str) -> bytes:
        """The results, with those to the texts that were set aside, as a chunk is whose workers were killed three
        times; that the command said."""
        left = out.with_name(f"{out.stem}.left.jsonl")
        assert (code, "set aside" in said) == ((1, True) if left.exists() else (0, False)), said
        written = out.read_bytes()
        if not left.exists():
            return written
        rest = self.out()
        command = [*COMMAND, "--in", str(left), "--workers", "1", "--out", str(rest)]
        subprocess.run(command, check=True, capture_output=True)
        # Beside them stand the texts, a column of what was set aside.
        cells = [line.split(b"\t") for line in rest.read_bytes().splitlines(keepends=True)[1:]]
        header, *lines = written.splitlines(keepends=True)
        lines += [b"\t".join([row[0], *row[-2:]]) for row in cells]
        return header + b"".join(sorted(lines, key=number_of))


def number_of(line: bytes) -> int:
    return int(line.partition(b"\t")[0])


def written(out: Path) -> int:
    """Bytes of the results that there are so far: by the command, or by workers in parts."""
    files = [out.with_name(f".{out.name}.part"), *out.with_name(f"{out.name}.parts").glob("*.part")]
    return sum(file.stat().st_size for file in files if file.exists())


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory, rounds: Rounds) -> Texts:
    return Texts(tmp_path_factory.mktemp("texts"), rounds(6_000, 20_000))


@pytest.fixture
def clusters(tmp_path: Path) -> Iterator[Callable[..., DaskCluster]]:
    """``clusters(size)``: a scheduler and so many workers; ``machines``: each on one of its own."""
    started: list[DaskCluster] = []

    def start(size: int, machines: Machines | None = None) -> DaskCluster:
        folder = tmp_path / "cluster"
        folder.mkdir()
        cluster = DaskCluster(folder, machines.host if machines else LOOPBACK, **PATIENT)
        started.append(cluster)
        for _ in range(size):
            host, inside = machines.add() if machines else (LOOPBACK, ())
            cluster.add_worker(host=host, inside=inside)
        cluster.wait_for_workers()
        return cluster

    yield start
    for cluster in started:
        cluster.end()


@pytest.fixture
def machines() -> Iterator[Machines]:
    bridge = Machines()
    yield bridge
    bridge.end()


class Crew:
    """What answers: ``options`` of the command, and the processes that work for it."""

    def __init__(self, kind: str, size: int, clusters: Callable[..., DaskCluster]) -> None:
        self.name = f"{size} workers of a {kind}"
        self.cluster = clusters(size) if kind == "cluster" else None
        self.options = ("--cluster", self.cluster.address) if self.cluster else ("--workers", str(size))

    def working(self, process: Any) -> list[psutil.Process]:
        if self.cluster is None:
            return spawned(process.pid)
        self.cluster.replace_ended()
        return self.cluster.working()


@pytest.fixture(params=[("pool", 2), ("pool", 4), ("cluster", 2), ("cluster", 4)], ids=lambda row: f"{row[0]}-{row[1]}")
def crew(request: pytest.FixtureRequest, clusters: Callable[..., DaskCluster]) -> Crew:
    kind, size = request.param
    return Crew(kind, size, clusters)


def test_workers_killed_at_random_moments(
    texts: Texts, crew: Crew, rounds: Rounds, chance: random.Random, figure: Figure
) -> None:
    killed = runs = wrong = 0
    while killed < rounds(3, 30):
        runs += 1
        assert runs < 40, "no worker lived long enough to be killed"
        out, resume = texts.out(), ()
        while True:
            process = texts.answer(out, *crew.options, *resume)
            while process.poll() is None and killed < rounds(3, 30):
                time.sleep(chance.uniform(0.3, 2.5))
                if process.poll() is None and (working := crew.working(process)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        chance.choice(working).kill()
                        killed += 1
            _, said = process.communicate(timeout=600)
            if out.exists():
                break
            # All were killed again and again before they were ready: the command says so, and goes on.
            assert "as soon as they start" in said, said
            resume = ("--resume",) if written(out) else ()
        wrong += texts.with_those_left(out, process.returncode, said) != texts.expected
    figure(f"{crew.name}, one killed (kill -9) at a random moment: {WRONG}", wrong, killed)
    assert not wrong


def test_slow_workers(texts: Texts, crew: Crew, rounds: Rounds, chance: random.Random, figure: Figure) -> None:
    """Each is stopped for a while, in turns."""
    stops = wrong = 0
    while stops < rounds(2, 10):
        out = texts.out()
        process = texts.answer(out, *crew.options)
        while process.poll() is None and stops < rounds(2, 10):
            time.sleep(chance.uniform(0.3, 1.0))
            if process.poll() is None and (working := crew.working(process)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    slow = working[stops % len(working)]
                    slow.suspend()
                    time.sleep(chance.uniform(1.0, 3.0))
                    slow.resume()
                    stops += 1
        wrong += not texts.is_whole(process, out)
    figure(f"{crew.name}, one stopped for one to three seconds: {WRONG}", wrong, stops)
    assert not wrong


def fill(folder: Path) -> None:
    """Until nothing can be written."""
    with (folder / "ballast").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(bytes(4096)):
            pass
    with pytest.raises(OSError, match="No space"):
        (folder / "more").write_bytes(bytes(4096))


def test_full_disks(
    texts: Texts, crew: Crew, mount_small: Callable[[Path, int], None], tmp_path: Path, figure: Figure
) -> None:
    """Of a cluster's worker its home and all that it writes besides; of a pool what all of its workers have."""
    environment: dict[str, Any] = {}
    if crew.options[0] == "--cluster":
        places = [tmp_path / "cluster" / name for name in ("home9", "work9")]
    else:
        places = [tmp_path / "full"]
        environment["env"] = {**os.environ, "DLTEXT_HOME": str(places[0]), "TMPDIR": str(places[0])}
    for place in places:
        mount_small(place, 1)
    with contextlib.ExitStack() as ended:
        if crew.cluster is not None:
            worker = crew.cluster.add_worker(
                "--local-directory", str(places[1]), DLTEXT_HOME=str(places[0]), TMPDIR=str(places[1])
            )
            crew.cluster.wait_for_workers()
            ended.callback(worker.kill)
        for place in places:
            fill(place)
        out = texts.out()
        whole = texts.is_whole(texts.answer(out, *crew.options, **environment), out)
    figure(f"{crew.name}, a full disk: {WRONG}", int(not whole), 1)
    assert whole


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("cut_off", ["worker", "command"])
def test_a_partition(
    texts: Texts,
    clusters: Callable[..., DaskCluster],
    machines: Machines,
    size: int,
    cut_off: str,
    rounds: Rounds,
    chance: random.Random,
    figure: Figure,
) -> None:
    """Scheduler, workers and command are on a network; the link of one is down for some seconds."""
    cluster = clusters(size, machines)
    _, inside = machines.add()
    wrong = 0
    for _ in range(rounds(1, 2)):
        out = texts.out()
        process = texts.answer(out, "--cluster", cluster.address, inside=inside)
        DaskCluster.wait(lambda out=out: written(out))
        time.sleep(chance.uniform(0.0, 0.5))
        number = chance.randrange(size) if cut_off == "worker" else size
        machines.set_link(number, "down")
        time.sleep(rounds(4, 10))
        assert process.poll() is None, "it was over before the link was up again"
        machines.set_link(number, "up")
        wrong += not texts.is_whole(process, out)
    whose = "a worker" if cut_off == "worker" else "the command"
    figure(f"a cluster of {size}, the link of {whose} down for ten seconds: {WRONG}", wrong, rounds(1, 2))
    assert not wrong


@pytest.mark.parametrize("size", [2, 4])
def test_a_scheduler_killed_and_the_command_resumed(
    texts: Texts, clusters: Callable[..., DaskCluster], size: int, rounds: Rounds, chance: random.Random, figure: Figure
) -> None:
    cluster = clusters(size)
    port = int(cluster.address.rpartition(":")[2])
    out, resume, killed = texts.out(), (), 0
    while not out.exists():
        process = texts.answer(out, "--cluster", cluster.address, *resume)
        if killed < rounds(1, 5):
            before = written(out)
            DaskCluster.wait(lambda out=out, before=before: written(out) > before)
            time.sleep(chance.uniform(0.0, 0.5))
            cluster.scheduler.kill()
            cluster.scheduler.wait()
            killed += 1
            _, said = process.communicate(timeout=120)
            assert process.returncode == 1, said
            assert "--resume continues" in said
            assert "is gone" in said
            cluster.end_workers()
            cluster.start_scheduler(port, **PATIENT)
            cluster.replace_ended()
            cluster.wait_for_workers()
            resume = ("--resume",)
        else:
            process.communicate(timeout=900)
            assert process.returncode == 0
    wrong = int(out.read_bytes() != texts.expected)
    figure(
        f"the scheduler of {size} workers killed, the command resumed: {WRONG}",
        wrong,
        killed,
    )
    assert not wrong
