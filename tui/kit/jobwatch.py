"""How a run's state looks and reads, and the toasts when one ends, whatever screen one is on."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ...engine.results import Job, JobState
from .headline import headline
from .reading_fields import in_fields
from .text import size_text

if TYPE_CHECKING:
    from textual.app import App


@dataclass(frozen=True)
class StateSign:
    """A state's sign, its word, and the theme variable of its colour."""

    sign: str
    word: str
    color: str


LOOKS: dict[str, StateSign] = {
    "queued": StateSign("…", "waiting", "quiet"),
    "running": StateSign("▶", "running", "primary"),
    "cancelling": StateSign("■", "stopping", "warning"),
    "cancelled": StateSign("■", "stopped", "quiet"),
    "done": StateSign("✓", "done", "success"),
    "failed": StateSign("✗", "failed", "error"),
    "lost": StateSign("?", "interrupted", "warning"),
}
RESUMABLE: frozenset[JobState] = frozenset({"cancelled", "failed", "lost"})


def look(job: Job) -> StateSign:
    return LOOKS.get(job.state, StateSign("?", job.state, "quiet"))


def title(job: Job) -> str:
    """What a run is called in lists: the name of its model to be, else its id."""
    return job.spec.name or job.id


def titles(jobs: Sequence[Job]) -> dict[str, str]:
    """What each run is called, by its id: where two are called alike, by its id behind that."""
    count = Counter(map(title, jobs))
    return {job.id: title(job) if count[title(job)] < 2 else f"{title(job)} ({job.id})" for job in jobs}


def grouped(jobs: Sequence[Job]) -> list[Job]:
    """``jobs`` in their order, the parts of a run behind it in that of the folds; parts whose run is not among them
    stay where they are."""
    ids, parts = {job.id for job in jobs}, defaultdict[str, list[Job]](list)
    for job in jobs:
        parts[job.spec.parent].append(job)
    return [
        member
        for job in jobs
        if job.spec.parent not in ids
        for member in (job, *sorted(parts[job.id], key=lambda part: part.spec.fold))
    ]


STAGES = {"floor": "measuring the baseline"}
"""What a stage is called where its own name says it badly."""


def stage_said(stage: str) -> str:
    """A stage of a run, for people."""
    return STAGES.get(stage, stage)


def load_said(job: Job) -> list[str]:
    """What a run takes of the machine, or once it has ended took at most; nothing where nobody measured it."""
    load, end = job.load, "" if job.active else "_peak"
    said = [f"{load['cpu']:.0f} % CPU"] if job.active and "cpu" in load else []
    if f"memory{end}" in load:
        said.append(f"{size_text(int(load[f'memory{end}']))}{'' if job.active else ' at most'}")
    if job.active and "gpu" in load:
        said.append(f"{load['gpu']:.0f} % GPU")
    if f"gpu_memory{end}" in load:
        said.append(f"{size_text(int(load[f'gpu_memory{end}']))} on the GPU")
    return said


def data_name(job: Job) -> str:
    """The data's name without the folders of a path."""
    return PurePath(job.spec.data).name or job.spec.data


@dataclass(frozen=True)
class Notice:
    """A toast about a run that has just ended."""

    title: str
    message: str
    severity: str


class JobWatch:
    """Compares each list of runs with the one before; tells of those that were seen running and run no more."""

    def __init__(self) -> None:
        self._active: set[str] = set()

    def look(self, jobs: Iterable[Job]) -> list[Notice]:
        notices = []
        active = set()
        for job in jobs:
            if job.spec.parent:
                continue  # the run that it is a part of says how that ended
            if job.active:
                active.add(job.id)
            elif job.id in self._active:
                notices.append(_notice(job))
        self._active = active
        return notices


def _notice(job: Job) -> Notice:
    name = title(job)
    if job.state == "done":
        first = headline(job.metrics, "test_") or headline(job.metrics)
        # Some recipes say themselves what they reached.
        measured = f"{first.said}. " if first is not None and first.name not in job.message else ""
        return Notice(f"{name} is done", f"{measured}{job.message}".strip() or "The report is in Runs.", "information")
    if job.state == "cancelled":
        return Notice(f"{name} has stopped", "Its checkpoint is kept; r in Runs resumes it.", "information")
    if job.state == "lost":
        return Notice(
            f"{name} was interrupted",
            "Its process ended without a message; r in Runs resumes from the checkpoint.",
            "warning",
        )
    return Notice(f"{name} has failed", in_fields(job.message) or "The log (l in Runs) says why.", "error")


_watches: "WeakKeyDictionary[App, JobWatch]" = WeakKeyDictionary()


def announce(app: "App", jobs: Iterable[Job]) -> None:
    """Toast what has ended since the last call; several callers of one application share their memory."""
    notify: Callable[..., None] = app.notify
    for notice in _watches.setdefault(app, JobWatch()).look(jobs):
        notify(notice.message, title=notice.title, severity=notice.severity, timeout=8, markup=False)
