"""The only door: everything that `tui` can do goes through here.

Importing this module costs nothing: each function imports what it needs when first called. All functions may be
called from any thread. What a user can mend is raised as :class:`~dltext.engine.results.UserError`.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from .results import (
    BundleInfo,
    Check,
    DataCheck,
    DatasetInfo,
    Event,
    Job,
    JobSpec,
    Preflight,
    RecipeInfo,
    Record,
    Report,
    Result,
)

Progress = Callable[[int, int], None]
"""``progress(done, total)``; total 0 where it is not known."""

# ---------------------------------------------------------------------------------------------- reading texts


def analyse(text: str, task: str = "sentiment", model: str | None = None, explain: bool = False) -> Result:
    """What ``model`` (default: the task's default bundle) says of ``text``.

    Any length is answered: over the model's limit, windows spread evenly over the text are read and
    ``Result.read`` and ``Result.notes`` say so. An empty text is a UserError.
    """
    from .tasks import classify

    return classify.analyse(text, task, model, explain)


def analyse_many(
    records: Iterable[Record],
    task: str = "sentiment",
    model: str | None = None,
    explain: bool = False,
    lookahead: int = 512,
) -> Iterator[tuple[Record, Result]]:
    """The same for a stream, in order, in constant memory (batches of equal length among ``lookahead`` records)."""
    from .tasks import classify

    return classify.analyse_many(records, task, model, explain, lookahead)


def warm_up(task: str = "sentiment", model: str | None = None) -> None:
    """Load a model's session ahead of the first key press."""
    from .tasks import classify

    classify.warm_up(task, model)


def read_records(
    path: str, text_column: str = "text", label_column: str = "label", id_column: str = "id"
) -> Iterator[Record]:
    """Stream a JSONL, CSV, TSV or text file, a folder of text files, or ``-`` (stdin, format guessed)."""
    from ..data import readers

    for row in readers.read_file(path, text_column, label_column, id_column):
        yield Record(row.id, row.text, row.label)


# ---------------------------------------------------------------------------------------------- models


def models(task: str | None = None) -> list[BundleInfo]:
    """All bundles, shipped first; a broken one is listed with its ``problem``."""
    from . import bundles

    return bundles.listing(task)


def model(name: str) -> BundleInfo:
    from . import bundles

    return bundles.info(name)


def set_default(name: str) -> None:
    """Make a bundle the default of its task."""
    from . import bundles

    bundles.set_default(name)


def import_model(path: str) -> BundleInfo:
    """Add a bundle from a zip or a folder, verified; a name that is taken gets a number."""
    from . import bundles

    return bundles.import_bundle(Path(path))


def export_model(name: str, path: str) -> Path:
    """Write a bundle as a zip; ``path`` may be a folder. Returns the file written."""
    from . import bundles

    return bundles.export_bundle(name, Path(path))


def remove_model(name: str) -> None:
    """Remove a trained or imported bundle; a shipped one is a UserError."""
    from . import bundles

    bundles.remove(name)


# ---------------------------------------------------------------------------------------------- training


def training_problem() -> str | None:
    """None where models can be trained; else one sentence that says how to get there. Imports nothing heavy."""
    from . import registry

    return registry.training_problem()


def recipes(task: str | None = None) -> list[RecipeInfo]:
    from . import registry

    return registry.recipes(task)


def device() -> str:
    """For the status line: the GPU's name, or ``CPU, 2 cores``. Looks without importing TensorFlow."""
    from . import device as _device

    return _device.describe()


def preflight(spec: JobSpec, progress: Progress | None = None) -> Preflight:
    """Label counts, duplicates, leakage, estimates and the floor, computed in a child process (seconds)."""
    from .jobs import runner

    return runner.preflight(spec, progress)


def validate(spec: JobSpec) -> JobSpec:
    """The spec with defaults filled in and values converted; UserError for an unknown key or a value out of bounds."""
    from . import registry

    return registry.validate(spec)


def submit(spec: JobSpec) -> Job:
    """Validate, write down and start a run in a child process that outlives this one."""
    from .jobs import runner

    return runner.submit(spec)


def jobs() -> list[Job]:
    """All runs, newest first."""
    from .jobs import store

    return store.listing()


def job(job_id: str) -> Job:
    from .jobs import store

    return store.get(job_id)


def events(job_id: str, offset: int = 0) -> tuple[list[Event], int]:
    """The events after byte ``offset`` of the run's event file, and the offset to ask with next time."""
    from .jobs import store

    return store.events(job_id, offset)


def cancel(job_id: str) -> Job:
    """Ask a run to checkpoint and stop; it is killed if it has not within a grace period."""
    from .jobs import runner

    return runner.cancel(job_id)


def resume(job_id: str) -> Job:
    """Continue a cancelled, failed or lost run from its checkpoint; ends as if never interrupted."""
    from .jobs import runner

    return runner.resume(job_id)


def delete_job(job_id: str) -> None:
    """Delete a run that is not active, with its files (its bundle stays)."""
    from .jobs import runner

    runner.delete(job_id)


def job_log(job_id: str, last: int = 500) -> str:
    """The last lines of what the child printed."""
    from .jobs import store

    return store.log(job_id, last)


def report(job_id: str) -> Report:
    """The report of a finished run."""
    from .jobs import store

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
    from .tasks import evaluate as _evaluate

    return _evaluate.evaluate(model, data, split, text_column, label_column, progress)


# ---------------------------------------------------------------------------------------------- data


def datasets() -> list[DatasetInfo]:
    from . import corpora

    return corpora.listing()


def dataset(name: str) -> DatasetInfo:
    from . import corpora

    return corpora.info(name)


def fetch_data(name: str, progress: Progress | None = None) -> Path:
    """Find a card's files in the mirror or the cache, or download them; returns their folder."""
    from . import corpora

    return corpora.fetch(name, progress)


def check_data(data: str, text_column: str = "text", label_column: str = "label") -> DataCheck:
    """Look through a card's data or a file: counts, lengths, duplicates, leaks, each problem in a sentence."""
    from . import corpora

    return corpora.check(data, text_column, label_column)


def browse_data(
    data: str,
    split: str = "train",
    offset: int = 0,
    count: int = 50,
    text_column: str = "text",
    label_column: str = "label",
) -> list[Record]:
    """A page of a data set."""
    from . import corpora

    return corpora.browse(data, split, offset, count, text_column, label_column)


def import_data(path: str, name: str = "", text_column: str = "text", label_column: str = "label") -> DatasetInfo:
    """Copy a user's file into the store as a named data set, checked, with a fixed seeded split."""
    from . import corpora

    return corpora.import_data(path, name, text_column, label_column)


def remove_data(name: str) -> None:
    """Delete an imported data set; UserError for a shipped card."""
    from . import corpora

    corpora.remove(name)


# ---------------------------------------------------------------------------------------------- the rest


def doctor() -> list[Check]:
    """What works here, what does not, and what to do about it."""
    from . import doctor as _doctor

    return _doctor.checks()


def preferences() -> dict[str, Any]:
    """Small things to remember between starts: theme, last model … Never fails: a broken file is an empty one."""
    from . import preferences as _preferences

    return _preferences.load()


def remember(**values: Any) -> None:
    """Change some preferences; atomic."""
    from . import preferences as _preferences

    _preferences.update(values)


def home() -> Path:
    """The folder where everything of the user's is kept."""
    from ..data import paths

    return paths.home()


def read_document(path: str) -> str:
    """The text of one document in a file, whatever its encoding; a binary or unreadable file is a UserError."""
    from . import documents

    return documents.read(Path(path))


def write_document(path: str, text: str) -> Path:
    """Write ``text`` to a file as UTF-8, whole or not at all; a UserError says why it could not be."""
    from . import documents

    return documents.write(Path(path), text)


def samples() -> list[tuple[str, str]]:
    """Short texts to try things on: (title, text)."""
    from . import samples as _samples

    return _samples.listing()
