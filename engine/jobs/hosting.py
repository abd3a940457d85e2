"""Runs of another machine's on a worker of a cluster: what the worker does for whoever sends them.

:func:`host` is a task of the scheduler and takes a thread of the worker as long as the run goes on; it waits to be
given one. The other functions are called on the worker meanwhile. A run ends with its worker, and where nobody asks for
it.
"""

import asyncio
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ...data import paths
from ..results import JobSpec
from . import endings, folders, launching, parcels, processes, sharing, stopping
from .events import read_lines

ABANDONED = 60.0
"""Seconds after which a run stops that nobody has asked for."""
UNBEGUN = 30.0
"""Seconds that a thread waits to be given a run."""
POLL = 0.1
OWNER = "owner"
"""Names, as pid and identity, the process that a folder belongs to."""
NOT_SENT = folders.OF_ALL | {"state.before.npz", "bundle", "export"}
"""What of the folder of a run stays on the worker."""


@dataclass
class Hosted:
    """A run on this worker, or a thread that waits for one."""

    folder: Path
    child: "subprocess.Popen[bytes] | None" = None
    asked: float = field(default_factory=time.monotonic)
    """When somebody last asked for it."""
    released: bool = False

    @property
    def run(self) -> Path | None:
        """The folder of the run, once it is there."""
        with contextlib.suppress(OSError):
            return self.folder / "runs" / (self.folder / parcels.RUN).read_text()
        return None


_hosted: dict[str, Hosted] = {}


def place() -> Path:
    """Where the homes of such runs are."""
    return paths.folder(paths.home() / "cluster")


def host(key: str) -> None:
    """Take a thread of the worker for the run ``key``, until it is released or nobody asks for it any more."""
    _sweep()
    folder = paths.folder(place() / key)
    (folder / OWNER).write_text(f"{os.getpid()} {processes.identity(os.getpid())}")
    run = _hosted[key] = Hosted(folder)
    try:
        while not run.released and _is_wanted(key, run):
            time.sleep(POLL)
    finally:
        del _hosted[key]
        _end(run)
        shutil.rmtree(folder, ignore_errors=True)


def _is_wanted(key: str, run: Hosted) -> bool:
    """Whether somebody still asks for the run: a client that is gone takes its tasks from the scheduler."""
    from distributed import get_worker

    task = get_worker().state.tasks.get(key)
    if task is None or task.state in ("cancelled", "released", "forgotten"):
        return False
    return time.monotonic() - run.asked < (ABANDONED if run.child else UNBEGUN)


def _end(run: Hosted) -> None:
    child = run.child
    if child is None:
        return
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(endings.GRACE)
    if child.poll() is None:
        processes.kill(child.pid, processes.identity(child.pid))
    child.wait()


def _sweep() -> None:
    """Remove what a worker has left that was killed."""
    for folder in place().iterdir():
        owner = ""
        with contextlib.suppress(OSError):
            owner = (folder / OWNER).read_text()
        pid, _, identity = owner.partition(" ")
        if owner and not processes.is_elsewhere(identity) and not processes.is_alive(int(pid), identity):
            shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------------------------------------- called on the worker


def is_waiting(key: str) -> bool:
    """Whether a thread waits for the run."""
    return key in _hosted and _hosted[key].child is None


async def begin(key: str, spec: JobSpec, packed: bytes, earlier: dict[str, bytes], threads: int) -> bool:
    """Start ``spec`` in a home of its own that holds what is ``packed``, going on from the files of an ``earlier``
    attempt. ``threads`` of the worker share its cores. False where no thread waits for it."""
    if not is_waiting(key):
        return False
    run = _hosted[key]
    run.asked = time.monotonic()
    await asyncio.to_thread(_begin, run, spec, packed, earlier, threads)
    return True


def _begin(run: Hosted, spec: JobSpec, packed: bytes, earlier: dict[str, bytes], threads: int) -> None:
    folder = run.folder
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    for name, content in earlier.items():
        path = folder / parcels.KEPT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    count = spec.threads or max(1, processes.cores() // max(threads, 1))
    spec = replace(spec, threads=count)
    (folder / parcels.ORDER).write_text(json.dumps(asdict(spec), ensure_ascii=False), "utf-8")
    variables = _without_dask(launching.environment(count))
    variables |= {"DLTEXT_HOME": str(folder.absolute()), "DLTEXT_DATA": str(folder.absolute() / parcels.MIRROR)}
    variables[stopping.WITH] = f"{os.getpid()} {processes.identity(os.getpid())}"
    command = [sys.executable, "-m", "dltext.engine.jobs.hosted", str(folder.absolute())]
    with open(folder / "log.txt", "ab", opener=paths.private) as output:
        run.child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=variables, cwd=folder,
            start_new_session=True,
        )  # fmt: skip


def _without_dask(variables: dict[str, str]) -> dict[str, str]:
    """An environment without what Dask gives its workers, which have one core each and give memory back at once."""
    from dask import config

    given = {name: str(value) for name, value in config.get("distributed.nanny.pre-spawn-environ", {}).items()}
    taken = {name for name, value in given.items() if os.environ.get(name) == value}
    count = variables["TF_NUM_INTRAOP_THREADS"]
    left = {name: value for name, value in variables.items() if name not in taken}
    return left | dict.fromkeys(taken & {*sharing.LIMITS}, count)


async def look(key: str, events: int, printed: int, marks: dict[str, str]) -> dict[str, Any] | None:
    """What is new of a run: its ``events`` and what was ``printed`` from these bytes on, with the places to go on from;
    ``files`` whose ``marks`` have changed, with those, and the ``names`` of all; whether it has ``ended``. None where
    it is not here."""
    run = _hosted.get(key)
    if run is None or run.child is None:
        return None
    run.asked = time.monotonic()
    return await asyncio.to_thread(_look, run, run.child, events, printed, marks)


def _look(
    run: Hosted, child: "subprocess.Popen[bytes]", events: int, printed: int, marks: dict[str, str]
) -> dict[str, Any]:
    ended = child.poll() is not None  # first, so that what it wrote before is read afterwards
    folder = run.run
    lines, events = read_lines(folder / "events.jsonl", events) if folder else ([], events)
    with (run.folder / "log.txt").open("rb") as log:
        log.seek(printed)
        said = log.read()
    files, there = {}, _sent(folder) if folder else []
    for name, path in there:
        with contextlib.suppress(OSError):
            status = path.stat()
            mark = f"{status.st_mtime_ns} {status.st_size} {status.st_ino}"
            if marks.get(name) != mark:
                files[name] = mark, path.read_bytes()
    return {
        "events": b"".join(line + b"\n" for line in lines), "events_end": events, "printed": said,
        "printed_end": printed + len(said), "files": files, "names": [name for name, _ in there], "ended": ended,
    }  # fmt: skip


def _sent(folder: Path) -> list[tuple[str, Path]]:
    """The files of a run that go back, by their names in its folder."""
    entries = [*folder.iterdir(), *(folder / "checkpoint").glob("*")]
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in entries
        if path.is_file() and path.name not in NOT_SENT and not path.name.startswith(".")
    ]


def sent_files(folder: Path) -> dict[str, bytes]:
    """What a run goes on from on another worker: the files that came back, by their names in ``folder``."""
    return {name: path.read_bytes() for name, path in _sent(folder) if path.name != "report.json"}


def stop(key: str) -> None:
    """Ask a run to write a checkpoint and end."""
    run = _hosted.get(key)
    if run is not None and run.child is not None and run.child.poll() is None:
        run.child.terminate()


def release(key: str) -> None:
    """Let the thread go, and whatever of the run there still is."""
    if key in _hosted:
        _hosted[key].released = True
