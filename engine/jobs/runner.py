"""Start, stop, resume and follow runs. Each run is a process of its own that outlives whoever started it."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ...data import decisions, paths
from ..results import Event, Job, JobSpec, Preflight, Progress, UserError
from . import divisions, endings, folders, folding, kept_data, launching, preflights, processes, sharing, store
from .events import EventWriter

POLL = 0.2
Launch = Callable[[Job], Job]
"""Gives a queued run a process."""


def submit(spec: JobSpec) -> Job:
    """Validate, write down and start a run in a child process that outlives this one.

    Raises UserError where the spec, its data or this machine do not allow it; then nothing is written.
    """
    from .. import readiness

    spec = _checked(spec)
    if not os.environ.get("DLTEXT_TRAIN_MODULE"):  # another module than ours knows what its data are
        with decisions.holding(spec.data, spec.read):
            readiness.check(spec)
    if spec.cluster:
        from ..workers import cluster

        sharing.refuse_beyond_hosts(
            cluster.look(spec.cluster, spec, sharing.free_memory), preflight(divisions.largest(spec)).memory
        )
    elif spec.parallel > 1:
        sharing.refuse_beyond_cores(spec.parallel)
        if (at_a_time := min(spec.parallel, divisions.count(spec))) > 1:
            sharing.refuse_beyond_memory([preflight(divisions.largest(spec)).memory] * at_a_time)
    return launching.launch(store.create(spec))


def submit_part(spec: JobSpec, launch: Launch) -> Job:
    """Start a part of the run that this process works on.

    ``spec`` is one that :func:`submit` has accepted for the whole.
    """
    return launch(store.create(spec))


def resume_part(job_id: str, launch: Launch) -> Job:
    """:func:`resume` a part of the run that this process works on; one that nothing was kept of begins again."""
    return _resume(store.get(job_id), store.get(job_id).remedy == "anew", launch)


def resume(job_id: str, anew: bool = False) -> Job:
    """Continue a cancelled, failed or lost run from its checkpoint; ends as if never interrupted.

    ``anew``: from the beginning instead, with the data as they are now. Raises UserError if it is active or done, and
    CannotGoOn where what it learns from has changed since it began, so that only ``anew`` helps.
    """
    from .. import registry

    if problem := registry.training_problem():
        raise UserError(problem)
    return _resume(store.get(job_id), anew)


def _resume(job: Job, anew: bool, launch: Launch = launching.launch) -> Job:
    if job.state in store.RESUMABLE and not anew:
        kept_data.compare(job.spec, store.folder(job.id), store.working_folder(job.id))
    store.requeue(job.id)
    if anew:
        try:
            for part in store.children(job.id):
                store.remove(part.id)
            folders.clear(store.folder(job.id))
        except OSError as error:
            store.settle(job.id, "failed", f"It could not be started again: {error.strerror or error}.")
            raise paths.cannot_write(store.folder(job.id), error) from error
    # The file's last event must not be the `end` of the attempt before: this one would look ended if it were killed.
    writer = EventWriter(store.folder(job.id) / "events.jsonl")
    writer("state", stage="preparing", message=folding.ANEW if anew else folding.RESUMING)
    writer.close()
    return launch(store.get(job.id))


def cancel(job_id: str) -> Job:
    """Ask a run to checkpoint and stop; returns at once.

    A run that has not ended after ``endings.GRACE`` seconds is killed: by a timer of this process, and should this
    process have ended by then, by the next one that looks at the job list.
    """
    job = store.get(job_id)
    if not job.active:
        return job
    # What is stopped now goes on some day: then not to end at once.
    (store.folder(job.id) / folders.KEEP_BEST).unlink(missing_ok=True)
    asked = {"state": "cancelling", "since": time.monotonic()}
    if store.update(job.id, frozenset({"queued", "running"}), **asked):
        pid, identity = store.process(job.id)
        # Without a process yet, its worker finds the state when it starts.
        if processes.stop(pid, identity):
            timer = threading.Timer(endings.GRACE + 0.5, processes.kill, (pid, identity))
            timer.daemon = True
            timer.start()
    return store.get(job.id)


def keep_best(job_id: str) -> Job:
    """Ask a training to end now with the best epoch so far: it exports, measures and installs that, and is done.

    One that was stopped or lost goes on for it from its checkpoint. Raises UserError where there is nothing to keep:
    no epoch has ended yet, the run is done, or it makes no model.
    """
    job = store.get(job_id)
    if job.spec.kind != "train":
        raise UserError(f"{job.id} makes no model of which the best could be kept.")
    if job.state not in {"queued", "running", *store.RESUMABLE}:
        raise UserError(f"{job.id} is {job.state}: only a run that has not finished can be ended early.")
    if not job.epochs_done:
        raise UserError(f"{job.id} has not ended an epoch yet, so there is nothing to keep: wait, or stop it.")
    try:
        (store.folder(job.id) / folders.KEEP_BEST).touch(0o600)
    except OSError as error:
        raise paths.cannot_write(store.folder(job.id), error) from error
    return store.get(job.id) if job.active else resume(job.id)


def keep_baseline(job_id: str) -> Job:
    """Start a run that makes a model of the baseline of ``job_id``: on the same data, split and seed, so that it gives
    the very answers that were measured. Raises UserError where that baseline is no model, and as :func:`submit`.
    """
    from .. import registry

    job = store.get(job_id)
    recipe = registry.task_of(job.spec.recipe).baseline if job.spec.kind not in ("evaluate", "fold", "trial") else ""
    if not recipe or recipe == job.spec.recipe:
        raise UserError(f"The baseline of {job.id} is no model that could be kept: only that of a classifier is one.")
    settings, data = job.spec.settings, job.spec.data
    there = Path(store.working_folder(job.id) or ".", data)
    split_settings = {name: settings[name] for name in ("validation_fraction",) if name in settings}
    name = f"{job.spec.name}-baseline" if job.spec.name else ""
    data = str(there) if there.exists() else data
    whole = replace(job.spec, kind="train", parallel=1, trials=())
    spec = replace(whole, recipe=recipe, data=data, settings=split_settings, name=name)
    return submit(spec)


def delete(job_id: str) -> None:
    """Delete a run that is not active, with its files and its parts (its bundle stays). UserError if it or a part of
    it is active, or it is unknown."""
    job = store.get(job_id)
    for part in [] if job.active else store.children(job.id):
        store.remove(part.id)
    store.remove(job.id)


def wait(job_id: str, timeout: float | None = None) -> Job:
    """Wait until a run has ended, at most ``timeout`` seconds; the job as it is then."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while (job := store.get(job_id)).active and (deadline is None or time.monotonic() < deadline):
        time.sleep(POLL)
    return job


def follow(job_id: str, offset: int = 0) -> Iterator[Event]:
    """The events of a run as they come, from byte ``offset`` of its file, until the run has ended."""
    job_id = store.resolve(job_id)
    while True:
        # Ask for the state first: what the run wrote before it ended is then surely read afterwards.
        active = store.get(job_id).active
        new, offset = store.events(job_id, offset)
        yield from new
        if not active:
            return
        time.sleep(POLL)


def preflight(spec: JobSpec, progress: Progress | None = None) -> Preflight:
    """Label counts, duplicates, leakage, estimates and the baseline, computed in a child that ends with this process.

    Takes seconds. An exception out of ``progress`` (called at least four times a second) ends the child and is passed
    on: so a screen gives up waiting. Raises UserError.
    """
    return preflights.ask(_checked(spec), launching.environment(spec.threads), progress)


def _checked(spec: JobSpec) -> JobSpec:
    from .. import registry

    if problem := registry.training_problem():
        raise UserError(problem)
    return registry.validate(spec)
