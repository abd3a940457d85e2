"""The processes of runs: one for each that is started by itself, and those that do one part of a run after another."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

from ...data import paths
from ..results import ACTIVE, Job, UserError
from . import processes, sharing, stopping, store

ONE_AFTER_ANOTHER = "--one-after-another"
"""The option of a process that reads the ids of further runs from stdin, a line each, until that ends."""


def launch(job: Job) -> Job:
    """Start the process of a queued run; it outlives this one."""
    _start(job, [], {}, subprocess.DEVNULL)
    return store.get(job.id)


class PartProcesses:
    """Processes that work on parts of the run that this process works on, and stop when this one does.

    One that has done a part well takes the next: importing TensorFlow takes longer than many a fold of short texts
    or trial of a search.
    """

    def __init__(self) -> None:
        self._working: list[tuple[subprocess.Popen[bytes], str, int]] = []
        """Each process, the part that it was given last, and the threads that it was started with."""

    def launch(self, job: Job) -> Job:
        """Have a process work on a queued part."""
        for number, (process, last, threads) in enumerate(self._working):
            if threads == job.spec.threads and _is_done(last) and _hand_over(process, job.id):
                self._working[number] = process, job.id, threads
                store.update(job.id, ACTIVE, pid=process.pid, identity=processes.identity(process.pid, zombie=True))
                return store.get(job.id)
        here = os.getpid()
        variables = {stopping.WITH: f"{here} {processes.identity(here)}"}
        process = _start(job, [ONE_AFTER_ANOTHER], variables, subprocess.PIPE)
        self._working = [entry for entry in self._working if entry[0].poll() is None]
        self._working.append((process, job.id, job.spec.threads))
        return store.get(job.id)

    def close(self) -> None:
        """Let those that have nothing to do end."""
        for process, _, _ in self._working:
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()
        self._working = []


def _is_done(job_id: str) -> bool:
    """Whether a run has ended well; not, where somebody has deleted it since."""
    try:
        return store.get(job_id).state == "done"
    except UserError:
        return False


def _hand_over(process: subprocess.Popen[bytes], job_id: str) -> bool:
    """Give a process its next run; False where it has ended."""
    if process.poll() is not None:
        return False
    assert process.stdin is not None
    try:
        process.stdin.write(f"{job_id}\n".encode())
        process.stdin.flush()
    except OSError:
        return False
    return True


def _start(job: Job, options: list[str], variables: dict[str, str], stdin: int) -> subprocess.Popen[bytes]:
    cwd = store.working_folder(job.id)
    try:
        with open(store.folder(job.id) / "log.txt", "ab", opener=paths.private) as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dltext.engine.jobs.worker", job.id, *options],
                stdin=stdin, stdout=output, stderr=output, env={**environment(job.spec.threads), **variables},
                cwd=cwd if cwd and Path(cwd).is_dir() else paths.home(), start_new_session=True,
            )  # fmt: skip
    except OSError as error:
        store.settle(job.id, "failed", f"Its process could not be started: {error.strerror or error}.")
        raise UserError(f"The run {job.id} could not be started: {error.strerror or error}.") from error
    store.update(job.id, ACTIVE, pid=process.pid, identity=processes.identity(process.pid, zombie=True))
    # Somebody has to fetch the exit code, or an ended child stays as a zombie while this process lives.
    threading.Thread(target=process.wait, name=f"run {job.id}", daemon=True).start()
    return process


def environment(threads: int = 0) -> dict[str, str]:
    """What a child that imports Keras finds in its environment; ``threads`` that it computes with, 0: all cores."""
    values = sharing.with_threads(dict(os.environ), threads)
    quiet_and_sober = {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        # Two runs may share a GPU; by default the first takes all of its memory.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    for name, value in quiet_and_sober.items():
        values.setdefault(name, value)
    values["PYTHONUNBUFFERED"] = "1"
    # The child keeps the user's working folder, and a `random.py` there must not become the standard library's.
    values["PYTHONSAFEPATH"] = "1"
    if values.get("DLTEXT_HOME"):
        values["DLTEXT_HOME"] = str(paths.home_path().absolute())
    if values.get("DLTEXT_DATA"):
        values["DLTEXT_DATA"] = str(paths.expand(values["DLTEXT_DATA"]).absolute())
    return values
