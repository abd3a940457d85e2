"""Recipes, runs and their reports."""

from ..results import Event, Job, JobSpec, Preflight, Progress, RecipeInfo, Report, TaskInfo


def training_problem() -> str | None:
    """None where models can be trained; else one sentence that says how to get there. Imports nothing heavy."""
    from .. import registry

    return registry.training_problem()


def recipes(task: str | None = None) -> list[RecipeInfo]:
    from .. import registry

    return registry.recipes(task)


def task(name: str) -> TaskInfo:
    """What is to be known of a task; any name that is none of ours is one of classification."""
    from .. import registry

    return registry.task(name)


def device() -> str:
    """For the status line: the GPU's name, or ``CPU, 2 cores``. Looks without importing TensorFlow."""
    from .. import device as _device

    return _device.describe()


def preflight(spec: JobSpec, progress: Progress | None = None) -> Preflight:
    """Label counts, duplicates, leakage, estimates and the floor, computed in a child process (seconds)."""
    from ..jobs import runner

    return runner.preflight(spec, progress)


def validate(spec: JobSpec) -> JobSpec:
    """The spec with defaults filled in and values converted; UserError for an unknown key or a value out of bounds."""
    from .. import registry

    return registry.validate(spec)


def submit(spec: JobSpec) -> Job:
    """Validate, write down and start a run in a child process that outlives this one."""
    from ..jobs import runner

    return runner.submit(spec)


def jobs() -> list[Job]:
    """All runs, newest first."""
    from ..jobs import store

    return store.listing()


def job(job_id: str) -> Job:
    from ..jobs import store

    return store.get(job_id)


def events(job_id: str, offset: int = 0) -> tuple[list[Event], int]:
    """The events after byte ``offset`` of the run's event file, and the offset to ask with next time."""
    from ..jobs import store

    return store.events(job_id, offset)


def cancel(job_id: str) -> Job:
    """Ask a run to checkpoint and stop; it is killed if it has not within a grace period."""
    from ..jobs import runner

    return runner.cancel(job_id)


def resume(job_id: str, anew: bool = False) -> Job:
    """Continue a cancelled, failed or lost run from its checkpoint; ends as if never interrupted.

    ``anew``: from the beginning instead, with the data as they are now. Raises CannotGoOn where only that helps.
    """
    from ..jobs import runner

    return runner.resume(job_id, anew)


def delete_job(job_id: str) -> None:
    """Delete a run that is not active, with its files (its bundle stays)."""
    from ..jobs import runner

    runner.delete(job_id)


def job_log(job_id: str, last: int = 500) -> str:
    """The last lines of what the child printed."""
    from ..jobs import store

    return store.log(job_id, last)


def report(job_id: str) -> Report:
    """The report of a finished run."""
    from ..jobs import store

    return store.report(job_id)


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    progress: Progress | None = None,
) -> Report:
    """Measure a bundle on a data set."""
    from ..tasks import measuring

    return measuring.evaluate(model, data, split, text_column, label_column, progress)
