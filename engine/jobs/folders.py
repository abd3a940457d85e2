"""The folder of a run: ``runs/<id>/`` with spec.json, events.jsonl, log.txt, checkpoint/ and report.json.

It holds all there is to know of a run; the database only finds it faster.
"""

import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ...data import paths
from ..results import JobSpec

TRASH = ".deleted-"


@dataclass(frozen=True)
class Written:
    """What stands in ``spec.json``."""

    spec: JobSpec
    created: float
    cwd: str


def runs() -> Path:
    return paths.folder(paths.home() / "runs")


def folder(job_id: str) -> Path:
    return runs() / job_id


def ids() -> list[str]:
    """The runs that have a specification, in no order."""
    return [path.parent.name for path in runs().glob("*/spec.json") if not path.parent.name.startswith(".")]


def highest_number() -> int:
    """The highest number that any run folder bears, 0 without one."""
    return max((number_of(entry.name) or 0 for entry in os.scandir(runs())), default=0)


def number_of(job_id: str) -> int | None:
    found = re.search(r"-(\d{1,9})$", job_id)
    return int(found[1]) if found else None


def create(job_id: str, spec: JobSpec, created: float, cwd: str) -> Path:
    """Make the folder and write its specification. Raises OSError, leaving nothing behind."""
    path = folder(job_id)
    path.mkdir(0o700)
    try:
        (path / "checkpoint").mkdir(0o700)
        paths.write_json(path / "spec.json", {"id": job_id, "created": created, "cwd": cwd, "spec": asdict(spec)})
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return path


def read_spec(path: Path) -> Written:
    """Read ``path/spec.json``. Raises OSError or ValueError."""
    values = json.loads((path / "spec.json").read_text("utf-8"))
    try:
        return Written(spec_from(values["spec"]), float(values["created"]), str(values.get("cwd") or ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path / 'spec.json'} is no specification of a run: {error!r}") from error


def spec_from(values: dict[str, Any]) -> JobSpec:
    """A JobSpec of its JSON form; keys of other versions are passed over. Raises TypeError."""
    known = {item.name for item in fields(JobSpec)}
    return JobSpec(**{name: value for name, value in values.items() if name in known})


def write_worker(path: Path, pid: int, identity: str) -> None:
    """Note who works on the run, for the day the database is lost."""
    paths.write_json(path / "worker.json", {"pid": pid, "identity": identity})


def read_worker(path: Path) -> tuple[int | None, str | None]:
    try:
        values = json.loads((path / "worker.json").read_text("utf-8"))
        return int(values["pid"]), str(values["identity"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def is_fresh(path: Path, seconds: float) -> bool:
    """Whether the run has written something in the last ``seconds``."""
    for name in ("events.jsonl", "log.txt", "worker.json"):
        with contextlib.suppress(OSError):
            if abs(time.time() - (path / name).stat().st_mtime) < seconds:
                return True
    return False


def last_sign(path: Path) -> float:
    """When the run last wrote an event (Unix seconds): a death may be noticed a day later. Now, if it never did."""
    try:
        return min((path / "events.jsonl").stat().st_mtime, time.time())
    except OSError:
        return time.time()


def put_away(job_id: str) -> Path | None:
    """Take a run out of sight in one step; its files go with :func:`sweep`. None if it has no folder."""
    target = runs() / f"{TRASH}{job_id}-{time.time_ns()}"
    try:
        return folder(job_id).rename(target)
    except FileNotFoundError:
        return None


def sweep() -> None:
    """Remove what was put away, also by an instance that died over it."""
    for entry in _trash():
        shutil.rmtree(entry, ignore_errors=True)


def _trash() -> Iterator[Path]:
    yield from (Path(entry) for entry in os.scandir(runs()) if entry.name.startswith(TRASH))
