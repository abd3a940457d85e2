"""The folds of a cross-validation as runs of their own, several at a time.

The process of the cross-validation starts them, starts again those that are killed, and keeps what they have measured;
it computes nothing itself, so that it takes hardly any memory meanwhile.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...data.paths import read_json, write_json
from ...data.wording import plural
from .. import device
from ..results import ACTIVE, CannotGoOn, Job, JobSpec
from . import endings, folding, kept_data, processes, runner, sharing, store
from .outcomes import Outcome

POLL = 0.2
"""Seconds between two looks at the runs."""
AGAIN = 3
"""How often a fold is resumed whose process was killed."""
MARGIN = 5.0
"""Seconds less than :data:`.endings.GRACE` that folds have to stop: then the whole has time to say so."""


def fold_file(folder: Path, number: int) -> Path:
    """Where the folder of a run holds what a fold has measured, and what was answered to its texts."""
    return folder / f"fold-{number}.json"


def train_folds(
    spec: JobSpec, folder: Path, emit: Callable[..., None], should_stop: Callable[[], bool]
) -> Outcome | None:
    """Have all folds of ``spec`` trained, ``spec.parallel`` at a time, and their files written into ``folder``, which
    is that of the run. None when all are there; else how the run has ended, and then no fold runs any more."""
    kept_data.confirm(spec, folder)
    runs = _FoldRuns(spec, folder, emit)
    try:
        return runs.run(should_stop)
    finally:
        runs.stop()


class _FoldRuns:
    """The runs of one cross-validation."""

    def __init__(self, spec: JobSpec, folder: Path, emit: Callable[..., None]) -> None:
        self.spec, self.folder, self.emit = spec, folder, emit
        self._jobs = {job.spec.fold: job for job in reversed(store.children(folder.name))}
        """The newest run of each fold that has one."""
        self._active: list[int] = []
        self._killed: Counter[int] = Counter()
        self._said = 0
        """Folds whose measurements were told; they are told in their order."""
        self._begun, self._before = time.monotonic(), 0.0
        """When this attempt began, and how far the whole was then."""

    def run(self, should_stop: Callable[[], bool]) -> Outcome | None:
        """See :func:`train_folds`."""
        spec = self.spec
        # They belong to an attempt that was killed, and are about to stop with it.
        self._active = [number for number, job in self._jobs.items() if job.active]
        self.stop()
        numbers = range(1, spec.folds + 1)
        self.emit("start", device=device.describe(), epochs=spec.folds, steps=spec.folds, floor=None, parameters=0)
        waiting = [number for number in numbers if not read_json(fold_file(self.folder, number))]
        self._before = self._share()
        self._tell_folds()
        while waiting or self._active:
            if should_stop():
                return self._cancelled()
            while waiting and len(self._active) < spec.parallel:
                try:
                    self._begin(waiting.pop(0))
                except CannotGoOn as error:
                    return Outcome("failed", str(error), remedy="anew")
                self._tell_which()
            for number in list(self._active):
                if (ended := self._look(number)) is not None:
                    return ended
            self._tell_progress()
            time.sleep(POLL)
        return None

    def stop(self) -> None:
        """Have all that still run write a checkpoint and end; when this returns, none runs any more."""
        active = [job for number in self._active if (job := store.get(self._jobs[number].id)).active]
        for job in active:
            runner.cancel(job.id)
        end = time.monotonic() + max(endings.GRACE - MARGIN, 0.0)
        for job in active:
            if runner.wait(job.id, max(end - time.monotonic(), 0.0)).active:
                processes.kill(*store.process(job.id))
        self._jobs |= {job.spec.fold: runner.wait(job.id, MARGIN) for job in active}
        self._active = []

    # ------------------------------------------------------------------------------------------ one run

    def _begin(self, number: int) -> None:
        """Start a fold, or resume it. Raises CannotGoOn where its data are others than those that it began with."""
        job = self._jobs.get(number)
        if job is None:
            spec = replace(
                self.spec, kind="fold", fold=number, parent=self.folder.name, name="",
                parallel=1, threads=sharing.threads(min(self.spec.parallel, self.spec.folds)),
            )  # fmt: skip
            job = runner.submit_part(spec)
        elif job.state != "done":
            job = runner.resume_part(job.id)
        self._jobs[number] = job
        self._active.append(number)

    def _look(self, number: int) -> Outcome | None:
        """How the whole ends by what has become of a fold; None: it goes on."""
        self._jobs[number] = job = store.get(self._jobs[number].id)
        if job.state in ACTIVE:
            return None
        self._active.remove(number)
        if job.state == "done":
            return self._take(number, job)
        named = f"Fold {number} (run {job.id})"
        if job.state == "lost" or (job.state == "failed" and _ended_silently(job)):
            self._killed[number] += 1
            if self._killed[number] <= AGAIN:
                self.emit("message", level="warning", text=f"{named} was killed; it is resumed from its checkpoint.")
                self._begin(number)
                return None
            why = "perhaps because memory ran out" if job.state == "lost" else job.message.removesuffix(".")
            return Outcome(
                "failed",
                f"{named} was killed {AGAIN + 1} times ({why}): start again with a smaller --parallel, or resume when "
                "other programs take less.",
            )
        if job.state == "cancelled":
            return self._cancelled(f"{named} was stopped, and all others with it; the whole can be resumed")
        return Outcome("failed", f"{named} failed: {job.message}", remedy=job.remedy)

    def _take(self, number: int, job: Job) -> Outcome | None:
        """Keep what a fold has measured."""
        values = read_json(fold_file(store.folder(job.id), number))
        if not values:
            return Outcome("failed", f"Fold {number} (run {job.id}) is done, and what it measured is gone: delete it.")
        write_json(fold_file(self.folder, number), values)
        self._tell_folds()
        return None

    # ------------------------------------------------------------------------------------------ what is told

    def _cancelled(self, why: str = "") -> Outcome:
        return Outcome("cancelled", why or f"stopped after {plural(self._done(), 'fold')}; it can be resumed")

    def _done(self) -> int:
        return sum(fold_file(self.folder, number).exists() for number in range(1, self.spec.folds + 1))

    def _share(self) -> float:
        """How much of the whole is done, 0 … 1."""
        unfinished = [job.progress for number, job in self._jobs.items() if not fold_file(self.folder, number).exists()]
        return min((self._done() + sum(unfinished)) / self.spec.folds, 1.0)

    def _tell_which(self) -> None:
        numbers = ", ".join(map(str, sorted(self._active)))
        word = "folds" if len(self._active) > 1 else "fold"
        message = f"{word} {numbers} of {self.spec.folds}, each as a run"
        self.emit("state", stage="training", message=message)

    def _tell_folds(self) -> None:
        """Tell of the folds that are done, in their order."""
        while values := read_json(fold_file(self.folder, self._said + 1)):
            self._said += 1
            values.pop("answers", None)
            self.emit("fold", fold=self._said, folds=self.spec.folds, **values)

    def _tell_progress(self) -> None:
        share, rates = self._share(), [self._jobs[number].rate for number in self._active]
        seconds = time.monotonic() - self._begun
        gained = share - self._before
        values: dict[str, Any] = {"seconds_left": seconds / gained * (1 - share)} if gained > 0 else {}
        if any(rates):
            values["rate"] = sum(rate or 0.0 for rate in rates)
        done = self._done()
        self.emit(
            "tick", epoch=min(done + 1, self.spec.folds), step=done, steps=self.spec.folds, progress=share, **values
        )


def _ended_silently(job: Job) -> bool:
    """Whether the process of a run ended without saying how, be it before it could begin."""
    return folding.fold(store.folder(job.id) / "events.jsonl").end is None
