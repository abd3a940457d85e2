"""The entry point of a run's process: ``python -m dltext.engine.jobs.worker ID`` (or ``--preflight``, spec on stdin).

It leads the run from its specification to its ``end`` event, whatever happens in between. With
``--one-after-another`` (see :mod:`.launching`) it goes on with the runs that stdin names.
"""

import contextlib
import importlib
import inspect
import io
import json
import os
import select
import stat
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from ...data import paths
from .. import environment
from ..results import JobSpec, UserError
from . import divisions, endings, folders, folding, outcomes, parts, processes, store
from .events import EventWriter
from .launching import ONE_AFTER_ANOTHER
from .load import LoadWatch
from .outcomes import Outcome
from .stopping import StopFlag, stop_with_another

NICE = 5
LOOK = 0.5
"""Seconds between two looks whether a process that has nothing to do is to end."""
RESERVE = 256 * 1024
"""Bytes held back on the disk, so that a run that fills it can still say so."""


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 done or cancelled, 1 failed, 2 misuse."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--preflight"]:
        return _preflight()
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], [ONE_AFTER_ANOTHER]):
        print(f"usage: python -m dltext.engine.jobs.worker ID [{ONE_AFTER_ANOTHER}] | --preflight", file=sys.stderr)
        return 2
    stop = _begin()
    code = work(arguments[0], stop)
    while arguments[1:] and code == 0 and (job_id := _next_run(stop)):
        code = work(job_id, stop)
    return code


def _begin() -> StopFlag:
    """Make this process one that does runs; the flag says when it is to stop."""
    stop = StopFlag()
    stop.install()
    stop_with_another(stop, endings.GRACE)
    _shield_streams()
    paths.private_files()
    if hasattr(os, "nice"):
        # Screens stay lively beside a training that takes all cores.
        with contextlib.suppress(OSError):
            os.nice(max(0, NICE - os.nice(0)))  # a part of a run has that of the whole already
    return stop


def _next_run(stop: StopFlag) -> str:
    """The run that stdin names next, whose log stdout and stderr become; empty where this process is to end."""
    while not stop():
        if not select.select([0], [], [], LOOK)[0]:
            continue
        if job_id := os.read(0, 4096).decode().strip():  # one line: the next is written when this run is done
            sys.stdout.flush()
            sys.stderr.flush()
            with open(store.folder(job_id) / "log.txt", "ab", opener=paths.private) as log:
                for descriptor in (1, 2):
                    os.dup2(log.fileno(), descriptor)
        return job_id
    return ""


def work(job_id: str, stop: StopFlag) -> int:
    """Do a run that is queued. The outcome stands in its event file and in the job list."""
    pid = os.getpid()
    identity = processes.identity(pid) or ""
    print(f"== {time.strftime('%Y-%m-%d %H:%M:%S')} {job_id}, process {pid}", flush=True)
    try:
        if store.claim(job_id, pid, identity) == "cancelling":
            stop.set()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    folder = store.folder(job_id)
    folders.sweep_writing(folder)
    writer = EventWriter(folder / "events.jsonl")
    _hold_reserve(folder)
    outcome = _outcome(folder, writer, stop)
    _reserve(folder).unlink(missing_ok=True)
    values = asdict(outcome)
    for _ in range(20):
        if writer("end", **values) if values else writer.flush():
            break
        values = {}
        time.sleep(0.1)
    writer.close()
    try:
        store.settle(job_id, outcome.state, identity=identity)
    except (UserError, OSError):
        # Whoever looks next finds the `end` event and writes it down.
        traceback.print_exc()
    return 1 if outcome.state == "failed" else 0


def _outcome(folder: Path, writer: EventWriter, stop: StopFlag) -> Outcome:
    try:
        spec = folders.read_spec(folder).spec
        folds = {"folds": spec.folds} if spec.kind == "cross-validate" else {}
        writer("state", stage="preparing", message=folding.LOADING, **folds)
        if stop():
            return Outcome("cancelled", "Stopped before it began.")
        with LoadWatch(writer):
            emit = _emitter(writer)
            if divisions.are_runs(spec) and (ended := parts.train_parts(spec, folder, emit, stop)) is not None:
                return ended
            return outcomes.of_result(_training().execute(spec, folder, emit, stop))
    except BaseException as error:
        logged = isinstance(error, UserError) or _log_traceback()
        return outcomes.of_error(error, folder, stop(), logged)


def _log_traceback() -> bool:
    """Print the traceback of what was just raised; False where a full disk has swallowed it."""
    try:
        before = os.fstat(2).st_size
        traceback.print_exc()
        sys.stderr.flush()
        return not stat.S_ISREG(os.fstat(2).st_mode) or os.fstat(2).st_size > before
    except OSError:
        return False


def _emitter(writer: EventWriter) -> Callable[..., None]:
    def emit(type: str, /, **values: Any) -> None:
        # The end is told once, here, when it is certain.
        if type != "end":
            writer(type, **values)

    return emit


def _training() -> ModuleType:
    """The module that trains; imported late because it brings TensorFlow. Tests put another in its place."""
    if name := os.environ.get("DLTEXT_TRAIN_MODULE"):
        return importlib.import_module(name)
    environment.prepare_training()
    return importlib.import_module("..train.run", "dltext.engine.jobs")


def _reserve(folder: Path) -> Path:
    return folder / ".reserve"


def _hold_reserve(folder: Path) -> None:
    try:
        _reserve(folder).write_bytes(bytes(RESERVE))
    except OSError:
        _reserve(folder).unlink(missing_ok=True)


class _Forgiving(io.RawIOBase):
    """A file descriptor to print to that swallows a full disk: no training ends for a line of log."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fd

    def write(self, data: Any, /) -> int:
        with contextlib.suppress(OSError):
            os.write(self._fd, data)
        return len(data)


def _shield_streams() -> None:
    for name, fd in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(
            io.BufferedWriter(_Forgiving(fd)), encoding="utf-8", errors="backslashreplace", line_buffering=True
        )
        setattr(sys, name, stream)


# ---------------------------------------------------------------------------------------------- pre-flight


def _preflight() -> int:
    """Read a spec from stdin, print progress and the result; whatever else is printed goes to stderr."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    paths.private_files()
    lock = threading.Lock()

    def say(**message: Any) -> None:
        with lock:
            print(json.dumps(message, default=str), file=output, flush=True)

    spec = folders.spec_from(json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        say(result=asdict(_checked(spec, lambda done, total: say(progress=[done, total]))))
    except BaseException as error:
        if not isinstance(error, UserError):
            traceback.print_exc()
        # Nobody keeps what this child prints: the sentence must do.
        say(error=outcomes.of_error(error, None, False, logged=False).message)
        return 1
    return 0


def _checked(spec: JobSpec, progress: Callable[[int, int], None]) -> Any:
    check = _training().preflight
    takes_progress = "progress" in inspect.signature(check).parameters
    return check(spec, progress=progress) if takes_progress else check(spec)


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
