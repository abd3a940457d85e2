"""The store of runs: rows in SQLite, folders on disk, and the newest events folded into them."""

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from ...data import paths
from ..results import ACTIVE, ErrorAnalysis, Event, Job, JobSpec, JobState, Report, UserError
from . import database, endings, folders, folding
from .events import read_events
from .folding import Summary

T = TypeVar("T")
RESUMABLE: frozenset[str] = frozenset({"cancelled", "failed", "lost"})
_ended: dict[tuple[Path, str], tuple[tuple[Any, ...], Job]] = {}


def folder(job_id: str) -> Path:
    """The folder of a run, by its whole id."""
    return folders.folder(job_id)


def create(spec: JobSpec) -> Job:
    """Write a run down, folder and row, as queued. Raises UserError where it cannot be written."""
    created, cwd = time.time(), _working_folder()
    made: list[Path] = []

    def work(connection: sqlite3.Connection) -> Job:
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
        number = max(row["seq"] if row else 0, folders.highest_number()) + 1
        job_id = f"{_stem(spec)}-{number}"
        made.append(folders.create(job_id, spec, created, cwd))
        connection.execute(
            "INSERT INTO jobs (number, id, spec, cwd, state, created, since) VALUES (?, ?, ?, ?, 'queued', ?, ?)",
            (number, job_id, json.dumps(asdict(spec), ensure_ascii=False), cwd, created, time.monotonic()),
        )
        return Job(id=job_id, spec=spec, state="queued", created=created)

    try:
        return _transact(work)
    except BaseException as error:
        for path in made:
            shutil.rmtree(path, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        raise paths.cannot_write(folders.place_of_runs(), error) from error


def listing() -> list[Job]:
    """All runs, newest first, as they are now: dead ones are noticed, overdue ones are killed."""
    rows = _transact(lambda connection: connection.execute("SELECT * FROM jobs ORDER BY number DESC").fetchall(), False)
    return [_job(row) for row in rows if _is_there(row)]


def children(job_id: str) -> list[Job]:
    """The runs that are parts of one, by its whole id; newest first."""
    rows = _transact(lambda connection: connection.execute("SELECT * FROM jobs ORDER BY number DESC").fetchall(), False)
    parts = [row for row in rows if json.loads(row["spec"]).get("parent") == job_id]
    return [_job(row) for row in parts if _is_there(row)]


def get(job_id: str) -> Job:
    """One run, by its id, a unique beginning of it, or its number. Raises UserError if there is none."""
    return _job(_row(resolve(job_id)))


def resolve(job_id: str) -> str:
    """The whole id for a unique beginning of one, or for a number. Raises UserError."""
    rows = _transact(lambda connection: connection.execute("SELECT id, state FROM jobs").fetchall(), False)
    job_ids = [row["id"] for row in rows if _is_there(row)]
    if job_id in job_ids:
        return job_id
    if job_id.isdecimal():
        matches = [name for name in job_ids if folders.number_of(name) == int(job_id)]
    else:
        matches = [name for name in job_ids if job_id and name.startswith(job_id)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UserError(
            f"{job_id!r} may be {', '.join(matches[:5])}{' …' if len(matches) > 5 else ''}: write more of it."
        )
    raise UserError(f"There is no run {job_id!r}; `dltext jobs list` shows them all.")


def events(job_id: str, offset: int = 0) -> tuple[list[Event], int]:
    """The events after byte ``offset`` of the run's event file, and the offset to ask with next time."""
    return read_events(_folder(job_id) / "events.jsonl", offset)


def log(job_id: str, last: int = 500) -> str:
    """The last lines of what the child printed; empty if it has not printed anything."""
    try:
        with (_folder(job_id) / "log.txt").open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - max(last, 1) * 1000, 0))
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-last:] if last > 0 else [])


def report(job_id: str) -> Report:
    """The report of a finished run. Raises UserError where there is none (yet)."""
    job = get(job_id)
    path = folder(job.id) / "report.json"
    try:
        values = json.loads(path.read_text("utf-8"))
        return _report_from(values)
    except FileNotFoundError:
        after = "it comes when the run is done" if job.active else f"the run is {job.state}: {job.message}".rstrip(": ")
        raise UserError(f"There is no report of {job.id}: {after}.".replace("..", ".")) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(f"The report {path} cannot be read ({error}); evaluate the model again.") from error


def update(job_id: str, states: frozenset[str] | None = None, **values: Any) -> bool:
    """Set columns of a run's row if its state is among ``states`` (None: any). True if it was done."""
    return _transact(lambda connection: database.update(connection, job_id, states, values))


def process(job_id: str) -> tuple[int | None, str | None]:
    """The pid and identity of the process that works on a run, as far as there is one."""
    row = _row(job_id)
    return row["pid"], row["identity"]


def working_folder(job_id: str) -> str:
    """Where the run was ordered: its relative paths start there. Empty if not known."""
    return _row(job_id)["cwd"]


def claim(job_id: str, pid: int, identity: str) -> JobState:
    """A worker says that the run is its own now. Returns the state found: queued, or cancelling if it should stop.

    Raises UserError if the run is not waiting for a worker, or waits for another one.
    """

    def work(connection: sqlite3.Connection) -> JobState:
        row = connection.execute("SELECT state, pid, identity FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise UserError(f"There is no run {job_id!r}.")
        if row["state"] not in ("queued", "cancelling") or row["pid"] not in (None, pid):
            raise UserError(f"The run {job_id} is {row['state']}: no second worker may take it.")
        values = {"pid": pid, "identity": identity, "started": time.time()}
        if row["state"] == "queued":
            values["state"] = "running"
        database.update(connection, job_id, None, values)
        return row["state"]

    state = _transact(work)
    folders.write_worker(folder(job_id), pid, identity)
    return state


def settle(job_id: str, state: JobState, message: str = "", identity: str | None = None) -> bool:
    """Write down how a run ended, with its events folded. False if it had ended already (or is another attempt)."""
    path = folder(job_id) / "events.jsonl"
    summary = folding.fold(path)
    if message:
        summary.message = message
    summary.seconds_left = None
    values = {
        "state": state,
        "ended": folders.last_sign(folder(job_id)),
        "pid": None,
        "summary": json.dumps(summary.as_dict(), ensure_ascii=False),
    }

    def work(connection: sqlite3.Connection) -> bool:
        row = connection.execute("SELECT identity FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None or row["identity"] != identity:
            return False
        return database.update(connection, job_id, ACTIVE, values)

    done = _transact(work)
    folding.forget(path)
    return done


def requeue(job_id: str) -> None:
    """Make an ended run wait for a worker again. Raises UserError unless it can be resumed."""
    forgotten = dict.fromkeys(("pid", "identity", "ended", "summary"))
    if not update(job_id, RESUMABLE, state="queued", since=time.monotonic(), **forgotten):
        job = get(job_id)
        if job.state == "done":
            raise UserError(f"The run {job.id} is done: there is nothing to resume.")
        raise UserError(f"The run {job.id} is {job.state} already.")


def remove(job_id: str) -> None:
    """Delete a run that is not active, with its folder. Raises UserError if it is active.

    A full disk has no room for the database to note it: then the files go first, which makes room, and a row whose
    folder is gone counts as deleted should there still be none.
    """
    gone = False

    def put_away(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT state FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is not None and row["state"] in ACTIVE:
            raise UserError(f"The run {job_id} is {row['state']}: cancel it before you delete it.")
        folders.put_away(job_id)

    def work(connection: sqlite3.Connection) -> None:
        nonlocal gone
        put_away(connection)
        gone = True
        connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
        # Rows that an earlier deletion had to leave.
        ended = connection.execute("SELECT id, state FROM jobs").fetchall()
        for row in ended:
            if not _is_there(row):
                connection.execute("DELETE FROM jobs WHERE id = ?", (row["id"],))

    try:
        try:
            _transact(work)
        except UserError as error:
            if database.is_held(error.__cause__):
                raise
            if not gone:
                _transact(put_away, False)
            folders.sweep()
            with suppress(UserError):
                _transact(work)
    except OSError as error:
        raise UserError(f"Cannot delete {folder(job_id)}: {error.strerror or error}.") from error
    folding.forget(folder(job_id) / "events.jsonl")
    folders.sweep()


def _is_there(row: sqlite3.Row) -> bool:
    """Whether a row stands for a run: one that has ended and has no folder is what a full disk left of a deletion."""
    return row["state"] in ACTIVE or folder(row["id"]).is_dir()


# ---------------------------------------------------------------------------------------------- inside


def _transact(work: Callable[[sqlite3.Connection], T], write: bool = True) -> T:
    return database.transact(work, endings.adopt, write)


def _row(job_id: str) -> sqlite3.Row:
    select = "SELECT * FROM jobs WHERE id = ?"
    row = _transact(lambda connection: connection.execute(select, (job_id,)).fetchone(), False)
    if row is None:
        raise UserError(f"There is no run {job_id!r}; `dltext jobs list` shows them all.")
    return row


def _folder(job_id: str) -> Path:
    """The folder of a run by any form of its id; the whole one costs no look into the database."""
    path = folder(job_id)
    whole = bool(job_id) and Path(job_id).name == job_id and (path / "spec.json").exists()
    return path if whole else folder(resolve(job_id))


def _job(row: sqlite3.Row) -> Job:
    if row["state"] not in ACTIVE:
        return _ended_job(row)
    path = folder(row["id"])
    ending = endings.of(row, path)
    if ending is None:
        return _assembled(row, folding.fold(path / "events.jsonl"))
    state, message = ending
    with suppress(UserError):  # a full disk: it is written down at a later look
        settle(row["id"], state, message, row["identity"])
        return _job(_row(row["id"]))
    job = _assembled(row, folding.fold(path / "events.jsonl"))
    return replace(job, state=state, message=message or job.message, pid=None, ended=folders.last_sign(path))


def _ended_job(row: sqlite3.Row) -> Job:
    key, content = (folder(row["id"]), row["id"]), tuple(row)
    cached = _ended.get(key)
    if cached is not None and cached[0] == content:
        return cached[1]
    summary = Summary.from_dict(json.loads(row["summary"])) if row["summary"] else Summary()
    job = _assembled(row, summary)
    _ended[key] = (content, job)
    return job


def _assembled(row: sqlite3.Row, summary: Summary) -> Job:
    return Job(
        id=row["id"], spec=folders.spec_from(json.loads(row["spec"])), state=row["state"], created=row["created"],
        started=row["started"], ended=row["ended"], pid=row["pid"], device=summary.device, stage=summary.stage,
        epoch=summary.epoch, epochs=summary.epochs, progress=summary.progress, seconds_left=summary.seconds_left,
        rate=summary.rate, metrics=dict(summary.metrics), message=summary.message, bundle=summary.bundle,
        remedy="anew" if summary.remedy == "anew" else "resume", best_epoch=summary.best_epoch,
        epochs_done=summary.epochs_done, load=dict(summary.load),
        seconds=summary.seconds or _between(row["started"], row["ended"]),
    )  # fmt: skip


def _between(started: float | None, ended: float | None) -> float:
    """What is known of the running time of a run whose events an older version folded."""
    return max(ended - started, 0.0) if started and ended else 0.0


def _stem(spec: JobSpec) -> str:
    """``mr-text-cnn``: data and recipe, short enough to type."""
    data = Path(spec.data).name.split(".")[0]
    kinds = {"evaluate": "eval", "cross-validate": "cv", "preflight": "check", "tune": "tune"}
    ending = f"{spec.kind}-{spec.fold}" if spec.parent else kinds.get(spec.kind, "")
    parts = [re.sub(r"[^a-z0-9]+", "-", part.lower())[:20].strip("-") for part in (data, spec.recipe, ending)]
    return "-".join(part for part in parts if part) or "run"


def _working_folder() -> str:
    """Where relative paths of the specification start; empty if that folder is gone."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def _report_from(values: dict[str, Any]) -> Report:
    stored = {name: values[name] for name in Report.__dataclass_fields__ if name in values}
    for name in ("labels", "per_class", "documents", "history", "trials"):
        stored[name] = tuple(stored.get(name) or ())
    for name in ("confusion", "calibration"):
        stored[name] = tuple(tuple(row) for row in stored.get(name) or ())
    stored["intervals"] = {key: (ends[0], ends[1]) for key, ends in (stored.get("intervals") or {}).items()}
    analysis = stored.get("analysis")
    stored["analysis"] = ErrorAnalysis.of_table(analysis) if analysis else None
    stored["parts"] = tuple(_report_from(part) for part in stored.get("parts") or ())
    return Report(**stored)
