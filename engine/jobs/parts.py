"""The parts of a run as runs of their own, several at a time: folds of a cross-validation, trials of a search.

The process of the whole starts them, starts again those that are killed, and keeps what they have measured; it computes
nothing itself, so that it takes hardly any memory meanwhile.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from ...data.paths import read_json, write_json
from ...data.wording import plural
from .. import device
from ..results import ACTIVE, CannotGoOn, Job, JobSpec, UserError
from . import endings, folding, kept_data, processes, repeats, runner, store, trials
from .divisions import KINDS, count, part_file, part_spec
from .launching import PartProcesses
from .outcomes import Outcome

POLL = 0.2
"""Seconds between two looks at the runs."""
AGAIN = 3
"""How often a part is resumed whose process was killed."""
MARGIN = 5.0
"""Seconds less than :data:`.endings.GRACE` that parts have to stop: then the whole has time to say so."""
HOPELESS = 3
"""Trials that fail before any other has ended well, after which the search ends."""


def train_parts(
    spec: JobSpec, folder: Path, emit: Callable[..., None], should_stop: Callable[[], bool]
) -> Outcome | None:
    """Have all parts of ``spec`` trained, ``spec.parallel`` at a time, and their files written into ``folder``, which
    is that of the run. None when all are there; else how the run has ended, and then no part runs any more."""
    kept_data.confirm(spec, folder)
    try:
        host = _host(spec)
        runs = _PartRuns(spec, folder, emit, host)
        try:
            return runs.run(should_stop)
        finally:
            runs.stop()
            host.close()
    except UserError as error:  # the parts have what they go on from
        return Outcome("failed", str(error))


def _host(spec: JobSpec) -> "PartHost":
    if not spec.cluster:
        return LocalHost(spec)
    from .cluster_parts import ClusterHost

    return ClusterHost(spec)


class PartHost(Protocol):
    """Where parts run."""

    @property
    def room(self) -> int:
        """How many there is room for at a time."""
        ...

    def submit(self, spec: JobSpec) -> Job:
        """Start a part."""
        ...

    def resume(self, job_id: str) -> Job:
        """Start again one that ended too soon, from what was kept of it."""
        ...

    def look(self) -> None:
        """Bring the store up to date."""
        ...

    def stop(self, job_ids: Iterable[str]) -> None:
        """Have parts write a checkpoint and end; when this returns, none of them runs any more."""
        ...

    def close(self) -> None:
        """Nothing is asked any more."""
        ...


class LocalHost:
    """Processes of this machine."""

    def __init__(self, spec: JobSpec) -> None:
        self.room = spec.parallel
        self._processes = PartProcesses()

    def submit(self, spec: JobSpec) -> Job:
        return runner.submit_part(spec, self._processes.launch)

    def resume(self, job_id: str) -> Job:
        return runner.resume_part(job_id, self._processes.launch)

    def look(self) -> None:
        pass  # each writes into the store itself

    def stop(self, job_ids: Iterable[str]) -> None:
        active = [job for job_id in job_ids if (job := store.get(job_id)).active]
        for job in active:
            runner.cancel(job.id)
        end = time.monotonic() + max(endings.GRACE - MARGIN, 0.0)
        for job in active:
            if runner.wait(job.id, max(end - time.monotonic(), 0.0)).active:
                processes.kill(*store.process(job.id))
        for job in active:
            runner.wait(job.id, MARGIN)

    def close(self) -> None:
        self._processes.close()


class _PartRuns:
    """The runs of one whole."""

    def __init__(self, spec: JobSpec, folder: Path, emit: Callable[..., None], host: PartHost) -> None:
        self.spec, self.folder, self.emit, self._host = spec, folder, emit, host
        self._word, self._count = KINDS[spec.kind], count(spec)
        self._jobs = {job.spec.fold: job for job in reversed(store.children(folder.name))}
        """The newest run of each part that has one."""
        self._active: list[int] = []
        self._killed: Counter[int] = Counter()
        self._failed: dict[int, Job] = {}
        self._said = 0
        """Folds whose measurements were told; they are told in their order."""
        self._begun, self._before = time.monotonic(), 0.0
        """When this attempt began, and how far the whole was then."""

    def run(self, should_stop: Callable[[], bool]) -> Outcome | None:
        """See :func:`train_parts`."""
        # They belong to an attempt that was killed, and are about to stop with it.
        self._active = [number for number, job in self._jobs.items() if job.active]
        self.stop()
        numbers = range(1, self._count + 1)
        self.emit("start", device=device.describe(), epochs=self._count, steps=self._count, floor=None, parameters=0)
        waiting = [number for number in numbers if not self._values(number)]
        self._before = self._share()
        self._tell_measured()
        while waiting or self._active:
            if should_stop():
                return self._cancelled()
            while waiting and len(self._active) < self._host.room:
                try:
                    ended = self._begin(waiting.pop(0))
                except CannotGoOn as error:
                    return Outcome("failed", str(error), remedy="anew")
                if ended is not None:
                    return ended
                self._tell_which()
            self._host.look()
            for number in list(self._active):
                if (ended := self._look(number)) is not None:
                    return ended
            self._tell_progress()
            time.sleep(POLL)
        if self._failed and len(self._failed) == self._count:
            return self._hopeless()
        return self._incomparable()

    def stop(self) -> None:
        """Have all that still run write a checkpoint and end; when this returns, none runs any more."""
        self._host.stop(self._jobs[number].id for number in self._active)
        self._jobs |= {number: store.get(self._jobs[number].id) for number in self._active}
        self._active = []

    # ------------------------------------------------------------------------------------------ one run

    def _file(self, number: int) -> Path:
        return part_file(self.spec, self.folder, number)

    def _values(self, number: int) -> dict[str, Any]:
        """What a part has measured; empty as long as it has not."""
        return read_json(self._file(number)) or {}

    def _begin(self, number: int) -> Outcome | None:
        """Start a part, or resume it; how the whole ends, where it does. Raises CannotGoOn where its data are others
        than those that it began with."""
        job, spec = self._jobs.get(number), part_spec(self.spec, number, self.folder.name)
        if spec.kind == "trial" and (job is None or job.state != "done") and (same := repeats.done_trial(spec)):
            self._jobs[number] = same
            return self._take(number, same)
        if job is None:
            job = self._host.submit(spec)
        elif job.state != "done":
            job = self._host.resume(job.id)
        self._jobs[number] = job
        self._active.append(number)
        return None

    def _look(self, number: int) -> Outcome | None:
        """How the whole ends by what has become of a part; None: it goes on."""
        self._jobs[number] = job = store.get(self._jobs[number].id)
        if job.state in ACTIVE:
            return None
        self._active.remove(number)
        if job.state == "done":
            return self._take(number, job)
        named = f"{self._word.capitalize()} {number} (run {job.id})"
        if job.state == "lost" or (job.state == "failed" and _ended_silently(job)):
            self._killed[number] += 1
            if self._killed[number] <= AGAIN:
                self.emit("message", level="warning", text=f"{named} was killed; it is resumed from its checkpoint.")
                return self._begin(number)
            silent = job.state == "lost" and not self.spec.cluster
            why = "perhaps because memory ran out" if silent else job.message.removesuffix(".")
            return Outcome(
                "failed",
                f"{named} was killed {AGAIN + 1} times ({why}): start again with a smaller --parallel, or resume when "
                "other programs take less.",
            )
        if job.state == "cancelled":
            return self._cancelled(f"{named} was stopped, and all others with it; the whole can be resumed")
        if self._word == "trial":  # a rate that is too high, a network too large: the others say what is better
            self._failed[number] = job
            self.emit("message", level="warning", text=f"{named} failed: {job.message}")
            measured = any(self._values(other) for other in range(1, self._count + 1))
            return self._hopeless() if len(self._failed) >= HOPELESS and not measured else None
        return Outcome("failed", f"{named} failed: {job.message}", remedy=job.remedy)

    def _hopeless(self) -> Outcome:
        number, job = next(iter(self._failed.items()))
        return Outcome("failed", f"No trial has ended well. Trial {number} (run {job.id}) failed: {job.message}")

    def _take(self, number: int, job: Job) -> Outcome | None:
        """Keep what a part has measured."""
        values = read_json(part_file(self.spec, store.folder(job.id), job.spec.fold))
        named = f"{self._word.capitalize()} {number} (run {job.id})"
        if not values:
            return Outcome("failed", f"{named} is done, and what it measured is gone: delete it.")
        if self._word == "trial":
            values |= {"trial": number, "settings": self.spec.trials[number - 1], "run": job.id}
        write_json(self._file(number), values)
        if self._word == "trial":
            trials.keep_best_checkpoint(self.spec, self.folder)
            self._tell_trial(number, values)
        self._tell_measured()
        return self._incomparable()

    def _incomparable(self) -> Outcome | None:
        """How a search ends whose trials were not judged alike."""
        if self._word != "trial" or trials.are_comparable(trials.rows(self.spec, self.folder)):
            return None
        return Outcome(
            "failed",
            "The trials were judged by different measures or on different numbers of validation texts, so that none "
            "is the best: leave out the setting that changes these.",
            remedy="anew",
        )

    # ------------------------------------------------------------------------------------------ what is told

    def _cancelled(self, why: str = "") -> Outcome:
        return Outcome("cancelled", why or f"stopped after {plural(self._done(), self._word)}; it can be resumed")

    def _done(self) -> int:
        return sum(self._file(number).exists() for number in range(1, self._count + 1))

    def _share(self) -> float:
        """How much of the whole is done, 0 … 1."""
        unfinished = [
            1.0 if number in self._failed else job.progress
            for number, job in self._jobs.items()
            if not self._file(number).exists()
        ]
        return min((self._done() + sum(unfinished)) / self._count, 1.0)

    def _tell_which(self) -> None:
        if not self._active:
            return
        numbers = ", ".join(map(str, sorted(self._active)))
        word = self._word + "s" * (len(self._active) > 1)
        message = f"{word} {numbers} of {self._count}, each as a run"
        self.emit("state", stage="training", message=message)

    def _tell_measured(self) -> None:
        """Tell of the folds that are done, in their order."""
        while self._word == "fold" and (values := self._values(self._said + 1)):
            self._said += 1
            values.pop("answers", None)
            self.emit("fold", fold=self._said, folds=self._count, **values)

    def _tell_trial(self, number: int, values: dict[str, Any]) -> None:
        first = trials.ranked(trials.rows(self.spec, self.folder))[0]
        self.emit("trial", **{**values, "trials": self._count, "best": first["trial"] == number})

    def _tell_progress(self) -> None:
        share, rates = self._share(), [self._jobs[number].rate for number in self._active]
        seconds = time.monotonic() - self._begun
        gained = share - self._before
        values: dict[str, Any] = {"seconds_left": seconds / gained * (1 - share)} if gained > 0 else {}
        if any(rates):
            values["rate"] = sum(rate or 0.0 for rate in rates)
        done = self._done()
        self.emit("tick", epoch=min(done + 1, self._count), step=done, steps=self._count, progress=share, **values)


def _ended_silently(job: Job) -> bool:
    """Whether the process of a run ended without saying how, be it before it could begin."""
    return folding.fold(store.folder(job.id) / "events.jsonl").end is None
