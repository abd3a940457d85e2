"""Runs found again by what they say: what has been measured once, on data that are as they were, counts again."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ...data import paths
from ...data.source import names_in
from ..results import CannotGoOn, Job, JobSpec
from . import kept_data, store
from .divisions import trial_file

FOLDER_SECONDS = 30
"""How long a folder counts as unchanged since it was looked through: screens ask every second."""


def whole_name(data: str) -> str:
    """Data by names that mean the same in each folder."""
    names = [str(there.absolute()) if (there := paths.existing(name)) else name for name in names_in(data)]
    return "+".join(names) or data


def compared(spec: JobSpec) -> JobSpec:
    """What two runs have in common that measure the same."""
    settings = {name: value for name, value in spec.settings.items() if name != "floor"}
    return replace(spec, settings=settings, name="", split="", parallel=1, threads=0, fold=0, parent="", cluster="")


def same(spec: JobSpec, jobs: Sequence[Job]) -> list[Job]:
    """Those of ``jobs`` that measure what ``spec`` does, in their order."""
    wanted = compared(spec)
    return [job for job in jobs if job.spec.kind == spec.kind and compared(job.spec) == wanted]


def done_trial(spec: JobSpec) -> Job | None:
    """A trial of any search that has measured what ``spec`` is to."""
    measured = (job for job in same(spec, store.listing()) if job.state == "done" and unchanged(job))
    return next((job for job in measured if trial_file(store.folder(job.id), job.spec.fold).exists()), None)


def unchanged(job: Job) -> bool:
    """Whether the data of a run are what they were."""
    return _compares(job.id, job.spec.data, _stamp(job.spec.data))


def _stamp(data: str) -> tuple[int, ...]:
    """What changes with files; of a folder, all of whose files would have to be looked at, with the half minute."""
    stamp: list[int] = []
    for path in map(Path, names_in(data)):
        if path.is_dir():
            stamp.append(int(time.monotonic() // FOLDER_SECONDS))
        elif path.is_file():
            stamp += (path.stat().st_mtime_ns, path.stat().st_size)
    return tuple(stamp)


@lru_cache(maxsize=256)
def _compares(job_id: str, data: str, stamp: tuple[int, ...]) -> bool:
    try:
        kept_data.compare(store.get(job_id).spec, store.folder(job_id), store.working_folder(job_id))
    except (CannotGoOn, OSError):
        return False
    return True
