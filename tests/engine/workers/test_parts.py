"""Workers of a cluster that read the input and write the results as parts: the same bytes as one process."""

import csv
import io
import json
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltext.engine.results import UserError
from dltext.engine.workers import agreement, cluster, cutting, parts
from dltext.engine.workers.crew import ChunkOutcome, WorkerEndedError
from dltext.tests.dask_cluster import DaskCluster

pytest.importorskip("distributed", reason="a cluster needs the [cluster] extra")
pytestmark = pytest.mark.timeout(900)

TEXTS = [" ".join(["good", "film", "bad", "the", "tea", "no"][: n % 6]) or "good film" for n in range(14_000)]


def written(name: str, folder: Path, count: int = len(TEXTS)) -> Path:
    """The first :data:`TEXTS` in the format that the name says."""
    path, texts = folder / name, TEXTS[:count]
    if path.suffix == ".txt":
        path.write_text("".join(f"{text}\n" for text in texts))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    else:
        table = io.StringIO()
        rows = csv.writer(table, delimiter="\t" if path.suffix == ".tsv" else ",")
        rows.writerow(["text", "stars"])
        rows.writerows([f'{text}, "so"\nand so' if n % 3 == 0 else text, n % 5] for n, text in enumerate(texts))
        path.write_text(table.getvalue())
    return path


class Here:
    """What a cluster's workers do, done in this process; at a text ``the end`` they end."""

    def begin(self: Any, call: Any) -> None:
        self._call, self.terms = call, agreement.terms(call)
        self._given = []

    def ask(self, question: Callable[[bytes], Any], packed: bytes) -> dict[str, Any]:
        return {"tcp://w": question(packed)}

    def give(self: Any, chunk: Any) -> None:
        self._given.append(chunk)

    def outcomes(self: Any) -> list[ChunkOutcome]:
        chunk = self._given.pop()  # the last first
        work, packed = self._task(chunk)
        if work is parts.write_part:
            texts = (record.text for record in self.task.source.records(chunk.records[0]))
            if any(text == "the end" for text in texts):
                return [ChunkOutcome(chunk, error=WorkerEndedError("its worker process was ended"))]
        answered = pickle.loads(work(packed))
        if isinstance(answered, UserError):
            return [ChunkOutcome(chunk, error=answered)]
        return [ChunkOutcome(chunk, tuple(answered[0]), seconds=answered[1])]

    def close(self) -> None:
        pass


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers of each cluster are this process, and ranges have 64 texts."""
    for name in ("begin", "ask", "give", "outcomes", "close"):
        monkeypatch.setattr(cluster.ClusterCrew, name, getattr(Here, name))
    monkeypatch.setattr("dltext.engine.workers.remote.prepare", lambda: None)
    monkeypatch.setattr(cutting, "TEXTS", 64)
    monkeypatch.setattr("dltext.engine.tasks.classify.answer.LOOKAHEAD", 32)
    monkeypatch.setattr("dltext.engine.tasks.translate.answer.LOOKAHEAD", 16)


CLUSTER = ("--cluster", "tcp://127.0.0.1:1")
TOY = ("sentiment", "--model", "toy")


def listed(path: Path) -> list[str]:
    """What stands in a folder."""
    return sorted(entry.name for entry in path.iterdir())


@pytest.mark.parametrize("out", ["out.tsv", "out.csv", "out.jsonl", "out.tsv.gz"])
@pytest.mark.parametrize("name", ["in.txt", "in.csv", "in.tsv", "in.jsonl"])
def test_joined_parts_are_the_bytes_of_one_process(
    name: str, out: str, here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path
) -> None:
    tried_everywhere(make_bundle())
    source = written(name, tmp_path, 500)
    both = []
    for folder, options in (("alone", ("--workers", "1")), ("joined", CLUSTER)):
        place = tmp_path / folder / out
        place.parent.mkdir()
        ran = run(*TOY, "--in", str(source), "--out", str(place), *options)
        assert ran.code == 0, ran.err
        assert listed(place.parent) == [out]
        resumed = run(*TOY, "--in", str(source), "--out", str(place), *options, "--resume")
        both.append((place.read_bytes(), ran.err.replace(f"/{folder}/", "/"), resumed.code))
        assert "go through" not in ran.err
    if out.endswith("gz"):  # which says when it was made
        assert both[0][1:] == both[1][1:]
    else:
        assert both[0] == both[1]


def test_a_text_file_of_answers_keeps_its_lines(
    here: None, run: Any, make_translator: Any, tried_everywhere: Any, tmp_path: Path
) -> None:
    tried_everywhere(make_translator("en-zh"))
    (tmp_path / "in.txt").write_text("\n".join(["tea", "", "no tea", " ", *["tea"] * 200, "", ""]))
    command = ("translate", "--model", "toy-en-zh", "--in", str(tmp_path / "in.txt"), "--out")
    for name, options in (("alone.txt", ("--workers", "1")), ("joined.txt", CLUSTER)):
        ran = run(*command, str(tmp_path / name), *options)
        assert ran.code == 0, ran.err
        assert "go through" not in ran.err
    assert (tmp_path / "alone.txt").read_bytes() == (tmp_path / "joined.txt").read_bytes()


@pytest.fixture
def broken(make_bundle: Any, tried_everywhere: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Two thousand texts whose 1,300th is no JSON, and a place for results."""
    tried_everywhere(make_bundle())
    source = written("in.jsonl", tmp_path, 2000)
    lines = source.read_text().splitlines(True)
    lines[1299] = "{\n"
    source.write_text("".join(lines))
    return source, tmp_path / "results" / "out.tsv"


def test_a_broken_record_is_said_as_in_one_process_and_parts_before_it_are_kept(
    here: None, run: Any, broken: tuple[Path, Path], tmp_path: Path
) -> None:
    source, out = broken
    out.parent.mkdir()
    command = (*TOY, "--in", str(source), "--out", str(out))
    alone = run(*command, "--workers", "1", "--overwrite")
    out.with_name(".out.tsv.part").unlink(missing_ok=True)
    ran = run(*command, *CLUSTER)
    assert (ran.code, alone.code) == (1, 1)
    assert ran.err.splitlines()[-1] == alone.err.splitlines()[-1]
    assert "line 1300: broken JSON" in ran.err
    assert f"results are kept in {out}.parts; the same command with --resume continues" in ran.err
    assert listed(out.parent) == ["out.tsv.parts"]

    # Nobody goes on with them by accident, or with another way.
    ran = run(*command, *CLUSTER)
    assert (ran.code, "was begun by a run that was interrupted" in ran.err) == (2, True)
    ran = run(*command, "--resume")
    assert (ran.code, "continue it with --cluster" in ran.err) == (1, True)
    ran = run(*command, *CLUSTER, "--resume", "--explain")
    assert (ran.code, "parts that were made of another input, with another model or other" in ran.err) == (1, True)
    ran = run(*command, *CLUSTER, "--overwrite")
    assert (ran.code, "line 1300" in ran.err) == (1, True)


def test_parts_that_are_there_are_taken_as_they_are(
    here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried_everywhere(make_bundle())
    source, out = written("in.csv", tmp_path, 500), tmp_path / "out.tsv"
    command = (*TOY, "--in", str(source), "--out", str(out))
    assert run(*command, "--workers", "1").code == 0
    whole = out.read_bytes()
    out.unlink()
    write, count = parts._write, 0

    def stopping(*arguments: Any) -> int:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        return write(*arguments)

    monkeypatch.setattr(parts, "_write", stopping)
    ran = run(*command, *CLUSTER)
    assert ran.code == 130
    assert "the same command with --resume continues" in ran.err
    there = sorted((tmp_path / "out.tsv.parts").glob("*.part"))
    assert len(there) == 4
    there[1].write_bytes(there[1].read_bytes().replace(b"positive", b"POSITIVE"))
    ran = run(*command, *CLUSTER, "--resume")
    assert ran.code == 0, ran.err
    assert count == 5 + 4  # of eight ranges
    assert out.read_bytes() != whole
    assert out.read_bytes().replace(b"POSITIVE", b"positive") == whole
    assert not (tmp_path / "out.tsv.parts").exists()


def test_a_part_of_what_was_changed_since_is_written_again(
    here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a file whose size, beginning and end stay; and a damaged part with it."""
    tried_everywhere(make_bundle())
    monkeypatch.setattr(parts, "EDGE", 16)
    source, out = written("in.csv", tmp_path, 500), tmp_path / "out.tsv"
    command = (*TOY, "--in", str(source), "--out", str(out))
    write, done = parts._write, []

    def stopping(call: Any, part: Any, task: Any) -> int:
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(part)
        return write(call, part, task)

    monkeypatch.setattr(parts, "_write", stopping)
    assert run(*command, *CLUSTER).code == 130
    done.sort(key=lambda part: part.offset)
    content, second = source.read_bytes(), done[1]
    place = content.index(b"good", second.offset)
    assert place < second.offset + second.length
    source.write_bytes(content[:place] + b"bad " + content[place + 4 :])
    damaged = sorted((tmp_path / "out.tsv.parts").glob("*.part"))[2]
    damaged.write_bytes(b"{}" + damaged.read_bytes())
    again: list[int] = []
    monkeypatch.setattr(parts, "_write", lambda call, part, task: again.append(part.offset) or write(call, part, task))
    ran = run(*command, *CLUSTER, "--resume")
    assert ran.code == 0, ran.err
    assert {second.offset, done[2].offset} <= set(again)
    assert not {done[0].offset, done[3].offset} & set(again)
    parted = out.read_bytes()
    assert run(*command, "--workers", "1", "--overwrite").code == 0
    assert parted == out.read_bytes()


def test_a_range_that_fails_three_times_is_set_aside(
    here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path
) -> None:
    tried_everywhere(make_bundle())
    source, out = tmp_path / "in.txt", tmp_path / "out.tsv"
    source.write_text("\n".join(["good film"] * 100 + ["the end"] + ["bad film"] * 100))
    ran = run(*TOY, "--in", str(source), "--out", str(out), *CLUSTER)
    assert ran.code == 1
    assert "Texts 65 to 128 (ids 65 to 128) were set aside after 3 attempts: its worker process was ended" in ran.err
    left = [json.loads(line)["id"] for line in (tmp_path / "out.left.jsonl").read_text().splitlines()]
    ids = [line.split("\t")[0] for line in out.read_text().splitlines()[1:]]
    assert sorted(map(int, left + ids)) == list(range(1, 202))
    assert left == [str(n) for n in range(65, 129)]
    assert run(*TOY, "--in", str(source), "--out", str(out), "--resume").code == 0  # which knows them


@pytest.mark.parametrize("said", ["does not see it (there is no such file)", OSError("gone")])
def test_what_workers_cannot_see_goes_through_the_command(
    said: Any, here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path
) -> None:
    tried_everywhere(make_bundle())
    source, out = written("in.csv", tmp_path, 100), tmp_path / "out.tsv"
    command = (*TOY, "--in", str(source), "--out", str(out))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.ClusterCrew, "ask", lambda self, question, packed: {"tcp://w": said})
        ran = run(*command, *CLUSTER)
    assert ran.code == 0
    assert ran.err.splitlines()[0] == (
        f"dltext: the texts go through this command, and are not read by the workers: the worker tcp://w {said}"
    )
    assert not (tmp_path / "out.tsv.parts").exists()
    whole = out.read_bytes()
    assert run(*command, "--workers", "1", "--overwrite").code == 0
    assert out.read_bytes() == whole


def test_what_cannot_be_cut_goes_through_the_command(
    here: None, run: Any, make_bundle: Any, tried_everywhere: Any, tmp_path: Path
) -> None:
    tried_everywhere(make_bundle())
    (tmp_path / "in.txt").write_bytes("good film\nbad film\n".encode("utf-16"))
    ran = run(*TOY, "--in", str(tmp_path / "in.txt"), "--out", str(tmp_path / "out.tsv"), *CLUSTER)
    assert ran.code == 0
    assert "not read by the workers: its encoding is UTF-16" in ran.err
    assert (tmp_path / "out.tsv").read_text().count("\n") == 3


def test_a_worker_says_what_it_does_not_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in.txt"
    source.write_text("a film\n")
    size, mark = parts._marked(str(source))
    shared = parts.SharedFile(str(source), size, mark, None, None)  # type: ignore[arg-type]
    task = parts.PartsTask(shared, str(tmp_path / "out.parts"), "d", None)  # type: ignore[arg-type]
    packed = pickle.dumps((task, b"token"))
    assert parts.look_around(packed) == f"cannot write to {tmp_path}/out.parts"
    parts.places.make_folder(f"{tmp_path}/out.parts")
    parts.places.put(f"{tmp_path}/out.parts/{parts.TOKEN}", b"token")
    assert not parts.look_around(packed)
    source.write_text("a fish\n")
    assert parts.look_around(packed) == f"sees another file at {source}"
    source.unlink()
    assert parts.look_around(packed) == f"does not see it ({source}: there is no such file)"


def test_parts_are_the_bytes_of_one_process(running: DaskCluster, run: Any, tmp_path: Path) -> None:
    for name, out in (("in.csv", "out.tsv"), ("in.txt", "out.jsonl"), ("in.jsonl", "out.csv"), ("in.tsv", "out.tsv")):
        source = written(name, tmp_path)
        alone, joined = tmp_path / "alone" / out, tmp_path / "joined" / out
        for place in (alone, joined):
            place.parent.mkdir(exist_ok=True)
        command = ("sentiment", "--model", "toy", "--in", str(source), "--out")
        one = run(*command, str(alone), "--workers", "1", "--overwrite")
        assert one.code == 0
        ran = run(*command, str(joined), "--cluster", running.address, "--overwrite")
        assert ran.code == 0, ran.err
        assert "go through" not in ran.err
        assert ran.err.replace("joined", "alone") == one.err
        assert joined.read_bytes() == alone.read_bytes()
        assert [path.name for path in joined.parent.iterdir() if path.name.startswith(out)] == [out]


SMALL = "import sys; from dltext.engine.workers import cutting; cutting.TEXTS = 512; from dltext.tui import cli; "


@pytest.mark.long
def test_killed_workers_and_a_killed_command_lose_and_double_nothing(
    running: DaskCluster, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out, alone = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "alone.jsonl"
    source.write_text("".join(json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(TEXTS * 3)))
    command = (*TOY, "--in", str(source), "--out")
    assert run(*command, str(alone), "--workers", "1").code == 0
    arguments = [*command, str(out), "--cluster", running.address]
    process = subprocess.Popen([sys.executable, "-c", f"{SMALL}sys.exit(cli.main({arguments!r}))"])
    folder = tmp_path / "out.jsonl.parts"
    for kills in (1, 2):
        DaskCluster.wait(lambda kills=kills: len(list(folder.glob("*.part"))) > 10 * kills)
        running.kill_worker(kills)
    DaskCluster.wait(lambda: len(list(folder.glob("*.part"))) > 30)
    assert process.poll() is None, "it was over before anything was killed"
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    there = {part.name: part.stat().st_ino for part in folder.glob("*.part")}
    assert len(there) < 82
    assert not out.exists()
    monkeypatch.setattr(cutting, "TEXTS", 512)
    removed = dict[str, int]()

    def remove(place: str) -> None:
        removed.update({part.name: part.stat().st_ino for part in Path(place).glob("*.part")})
        shutil.rmtree(place)

    monkeypatch.setattr(parts.places, "remove", remove)
    ran = run(*arguments, "--resume")
    assert ran.code == 0, ran.err
    assert "go through" not in ran.err
    assert out.read_bytes() == alone.read_bytes()
    assert len(removed) == 83
    assert {name: removed[name] for name in there} == there  # none of those was written again


PLUG = """
import fsspec
from fsspec.implementations.local import LocalFileSystem

class Shared(LocalFileSystem):
    protocol = "shared"

    @classmethod
    def _strip_protocol(cls, path):
        return str(path).replace("shared://bucket", {folder!r}).rstrip("/")

fsspec.register_implementation("shared", Shared, clobber=True)
"""


@pytest.mark.long
def test_urls_that_all_machines_open(
    run: Any, tmp_path: Path, make_bundle: Any, tried_everywhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried_everywhere(make_bundle())
    for name in ("cluster", "bucket", "plugs"):
        (tmp_path / name).mkdir()
    (tmp_path / "plugs" / "shared_plug.py").write_text(PLUG.format(folder=str(tmp_path / "bucket")))
    monkeypatch.syspath_prepend(str(tmp_path / "plugs"))
    __import__("shared_plug")
    machines = DaskCluster(tmp_path / "cluster")
    try:
        for number in (1, 2):
            shutil.copytree(tmp_path / "home", machines.home(number))
            machines.add_worker("--preload", "shared_plug")
        machines.wait_for_workers()
        source = written("in.csv", tmp_path / "bucket")
        command = (*TOY, "--in")
        ran = run(
            *command, "shared://bucket/in.csv", "--out", "shared://bucket/out.jsonl", "--cluster", machines.address
        )
        assert ran.code == 0, ran.err
        assert "go through" not in ran.err
        assert run(*command, str(source), "--out", str(tmp_path / "alone.jsonl"), "--workers", "1").code == 0
        assert (tmp_path / "bucket" / "out.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()
        assert listed(tmp_path / "bucket") == ["in.csv", "out.jsonl"]

        # In memory each process has files of its own: no worker sees them.
        import fsspec

        fsspec.filesystem("memory").pipe_file("/films/in.csv", b"text\n" + b"a good film\n" * 50)
        ran = run(*command, "memory://films/in.csv", "--out", str(tmp_path / "out.tsv"), "--cluster", machines.address)
        assert ran.code == 0, ran.err
        assert "not read by the workers: the worker tcp://127.0.0.1:" in ran.err
        assert "does not see it (memory://films/in.csv: there is no such file)" in ran.err
    finally:
        machines.end()
