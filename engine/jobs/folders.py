"""The folder of a run: ``runs/<id>/`` with spec.json, events.jsonl, log.txt, checkpoint/ and report.json.

It holds all there is to know of a run; the database only finds it faster.
"""

import contextlib
import json
import os
import re
import shutil
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ...data import leftovers, paths
from ..results import JobSpec

TRASH = ".deleted-"
KEEP_BEST = "keep-best"
"""An empty file that asks a run to be content with the best epoch so far: it then makes its model of that."""
OF_ALL = frozenset(
    {"spec.json", "events.jsonl", "log.txt", "worker.json", "data.json", "checkpoint", ".reserve", KEEP_BEST}
)
"""What each run's folder holds, however far it came."""


@dataclass(frozen=True)
class WrittenSpec:
    """What stands in ``spec.json``."""

    spec: JobSpec
    created: float
    cwd: str


def runs() -> Path:
    """The folder of all runs, for those who write: created on first use. Raises OSError."""
    return paths.folder(place_of_runs())


def place_of_runs() -> Path:
    """The folder of all runs, whether or not it is there."""
    return paths.home_path() / "runs"


def folder(job_id: str) -> Path:
    return place_of_runs() / job_id


def ids() -> list[str]:
    """The runs that have a specification, in no order."""
    return [path.parent.name for path in place_of_runs().glob("*/spec.json") if not path.parent.name.startswith(".")]


def highest_number() -> int:
    """The highest number that any run folder bears, 0 without one."""
    return max((number_of(entry.name) or 0 for entry in _entries()), default=0)


def number_of(job_id: str) -> int | None:
    match = re.search(r"-(\d{1,9})$", job_id)
    return int(match[1]) if match else None


def create(job_id: str, spec: JobSpec, created: float, cwd: str) -> Path:
    """Make the folder and write its specification. Raises OSError, leaving nothing behind."""
    path = runs() / job_id
    path.mkdir(0o700)
    try:
        (path / "checkpoint").mkdir(0o700)
        paths.write_json(path / "spec.json", {"id": job_id, "created": created, "cwd": cwd, "spec": asdict(spec)})
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return path


def read_spec(path: Path) -> WrittenSpec:
    """Read ``path/spec.json``. Raises OSError or ValueError."""
    values = json.loads((path / "spec.json").read_text("utf-8"))
    try:
        return WrittenSpec(spec_from(values["spec"]), float(values["created"]), str(values.get("cwd") or ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path / 'spec.json'} is no specification of a run: {error!r}") from error


def spec_from(values: dict[str, Any]) -> JobSpec:
    """A JobSpec of its JSON form; keys of other versions are passed over. Raises TypeError."""
    names = {item.name for item in fields(JobSpec)}
    stored = {name: value for name, value in values.items() if name in names}
    return JobSpec(**{**stored, "trials": tuple(stored.get("trials") or ())})


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


def has_begun(path: Path) -> bool:
    """Whether a run has made anything of its data that a later attempt would go on with."""
    return any(entry.name not in OF_ALL and not entry.name.startswith(".") for entry in path.iterdir()) or any(
        path.glob("checkpoint/*")
    )


def has_checkpoint(path: Path) -> bool:
    """Whether there is learning that a later attempt goes on from."""
    return any(any(path.glob(name)) for name in ("state*.npz", "checkpoint/*", "fold-*.json", "trial-*.json"))


def clear(path: Path) -> None:
    """Take a run back to its beginning: only its specification and its log stay. Raises OSError."""
    for entry in path.iterdir():
        if entry.name in ("spec.json", "log.txt"):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (path / "checkpoint").mkdir()


def last_words(path: Path) -> str:
    """The last line that a run has printed, at most 200 characters; empty if it has printed nothing."""
    try:
        with (path / "log.txt").open("rb") as stream:
            stream.seek(max(stream.seek(0, os.SEEK_END) - 4000, 0))
            lines = stream.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:200] for line in reversed(lines) if line.strip() and not line.startswith("== ")), "")


def last_sign(path: Path) -> float:
    """When the run last wrote an event (Unix seconds): a death may be noticed a day later. Now, if it never did."""
    try:
        return min((path / "events.jsonl").stat().st_mtime, time.time())
    except OSError:
        return time.time()


def put_away(job_id: str) -> None:
    """Take a run out of sight in one step; its files go with :func:`sweep`. Needs no free space: where a full disk has
    no room for the new name, its files go at once, first the one that makes it a run."""
    path = folder(job_id)
    try:
        path.rename(place_of_runs() / f"{TRASH}{job_id}-{time.time_ns()}")
    except FileNotFoundError:
        return
    except OSError:
        (path / "spec.json").unlink(missing_ok=True)
        shutil.rmtree(path)


def sweep() -> None:
    """Remove what was put away, also by an instance that died over it."""
    for entry in _entries():
        if entry.name.startswith(TRASH):
            shutil.rmtree(entry.path, ignore_errors=True)


def sweep_writing(path: Path) -> None:
    """Remove what an attempt that was killed was writing in the folder of its run, which nobody else writes."""
    leftovers.sweep(path)
    for entry in path.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            leftovers.sweep(entry)


def _entries() -> "list[os.DirEntry[str]]":
    try:
        return list(os.scandir(place_of_runs()))
    except OSError:
        return []
