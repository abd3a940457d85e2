"""Whether a run is still alive, and if not, how it ended: by its process, its events and the clock."""

import json
import sqlite3
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from ..results import JobState
from . import folders, folding, processes

GRACE = 20.0
"""Seconds a run has to checkpoint and end after it was asked to, and a queued one to come up."""
HEARTBEAT = 900.0
"""Seconds of silence after which a run on another machine counts as lost: its pid says nothing here."""
LOST = (
    "Ended without a message (killed, perhaps because memory ran out, or the machine went down); resume it to "
    "continue from its checkpoint."
)


def of(row: sqlite3.Row, path: Path) -> tuple[JobState, str] | None:
    """How an active row's run ended, if it has; kills one that was asked to stop too long ago."""
    name, pid = row["identity"], row["pid"]
    overdue = row["since"] is not None and not 0 <= time.monotonic() - row["since"] <= GRACE
    if name is None:
        # Between its row and its process; longer than the grace period means that whoever made it died.
        if not overdue:
            return None
        return ("cancelled", "Stopped before it began.") if row["state"] == "cancelling" else ("lost", LOST)
    if processes.is_elsewhere(name):
        return None if folders.is_fresh(path, HEARTBEAT) else ("lost", LOST)
    if processes.is_alive(pid, name):
        if not (row["state"] == "cancelling" and overdue and processes.kill(pid, name)):
            return None
        return "cancelled", f"Stopped by force: it had not ended {GRACE:.0f} seconds after it was asked to."
    # It may have said its last word after we looked: read the events again, now that nobody writes them.
    end = folding.fold(path / "events.jsonl").end
    if end in ("done", "cancelled", "failed"):
        return end, ""
    if row["state"] == "queued":
        return "failed", _stillborn(path)
    return ("cancelled", "Stopped by you.") if row["state"] == "cancelling" else ("lost", LOST)


def _stillborn(path: Path) -> str:
    if said := folders.last_words(path):
        return f"Its process ended before it could begin ({said}); the log has the rest."
    return "Its process was killed before it could begin, perhaps because memory ran out: resume it to try again."


def adopt(connection: sqlite3.Connection) -> None:
    """Enter run folders that have no row: the database was lost, or its writer died at the wrong moment."""
    folders.sweep()
    listed = {row["id"] for row in connection.execute("SELECT id FROM jobs")}
    unlisted = []
    for job_id in set(folders.ids()) - listed:
        with suppress(OSError, ValueError):
            unlisted.append((job_id, folders.read_spec(folders.folder(job_id))))
    taken = {row["number"] for row in connection.execute("SELECT number FROM jobs")}
    highest = max([*taken, folders.highest_number()])
    for job_id, written in sorted(unlisted, key=lambda item: item[1].created):
        number = folders.number_of(job_id)
        if number is None or number in taken:
            number = highest = highest + 1
        taken.add(number)
        pid, identity = folders.read_worker(folders.folder(job_id))
        summary = folding.fold(folders.folder(job_id) / "events.jsonl")
        running = summary.end is None and processes.is_alive(pid, identity)
        if summary.end is None and not running:
            summary.message = LOST
        connection.execute(
            "INSERT INTO jobs (number, id, spec, cwd, state, created, started, pid, identity, summary) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, job_id, json.dumps(asdict(written.spec), ensure_ascii=False), written.cwd,
                "running" if running else summary.end or "lost", written.created, written.created if running else None,
                pid if running else None, identity if running else None,
                None if running else json.dumps(summary.as_dict(), ensure_ascii=False),
            ),
        )  # fmt: skip
