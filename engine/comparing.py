"""Comparisons of recipes on the same texts: a run a row, and what they come to together.

Each row is an ordinary run of kind ``cross-validate``, found again by what it says: so a comparison goes on where it
was left, and what has been measured once is not trained again. Only recipes whose answers were to the same texts, in
the same order, are compared.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import decisions
from . import registry
from .jobs import repeats, runner, sharing, store
from .results import (
    CannotGoOn,
    ComparedRow,
    Comparison,
    ComparisonSpec,
    Difference,
    Job,
    JobSpec,
    RecipeChoice,
    Report,
    UserError,
)
from .results.comparing import TOP_SHARE
from .results.measures import MEASURES
from .tasks.table import TASKS

if TYPE_CHECKING:
    from .tasks.classify.paired import PairedAnswers, PairedTests

TASK = "classify"
MOST = 30
"""Rows: more are no table."""
ROWS_ON_CLUSTER = 4
"""Rows of one fold that a cluster trains at a time: each has a process here, which does little but wait."""
BY_RESAMPLES = "paired bootstrap"
TESTS = {"accuracy": "McNemar's exact test"}
"""By what a difference of a measure is tested; of all others by resamples."""
_RANKS = {"done": 0, "running": 1, "queued": 1, "cancelling": 1}
"""Of several runs that say the same, the first of these counts; those that ended too soon come last."""


def baseline() -> str:
    """The recipe that is the baseline of the others."""
    return TASKS[TASK].baseline


def check_comparison(spec: ComparisonSpec) -> ComparisonSpec:
    """``spec`` with the baseline among its recipes; UserError, one sentence, where it cannot be done: an unknown recipe
    or setting, recipes of another task, the same row twice, unsuitable data."""
    from . import readiness

    if problem := registry.training_problem():
        raise UserError(problem)
    choices = spec.choices
    if baseline() not in [choice.recipe for choice in choices]:
        choices = (RecipeChoice(baseline()), *choices)
    if len(choices) < 2:
        raise UserError(f"Only the baseline {baseline()} is named: name at least one more recipe to compare it with.")
    if len(choices) > MOST:
        raise UserError(f"{len(choices)} rows are too many to compare; name at most {MOST}.")
    if not spec.cluster:
        sharing.refuse_beyond_cores(spec.parallel)
    titles = [choice.title for choice in choices]
    if twice := next((title for title in titles if titles.count(title) > 1), None):
        raise UserError(f"{twice} is there twice: give the second a name of its own, as in small={twice}.")
    for choice in choices:
        task = registry.task_of(choice.recipe)
        if task.data != "labels" or task.undivided:
            raise UserError(
                f"The recipe {choice.recipe} does not classify texts ({task.label.lower()}), and only recipes that do "
                "are compared."
            )
    checked = replace(spec, choices=choices, data=repeats.whole_name(spec.data))
    specs = [_job_spec(checked, choice) for choice in choices]
    for number, job_spec in enumerate(specs):
        if job_spec in specs[:number]:
            first, second = choices[specs.index(job_spec)].title, choices[number].title
            raise UserError(f"{first} and {second} are the same recipe with the same settings: leave one out.")
    with decisions.holding(checked.data, checked.read):
        for job_spec in specs:
            readiness.check(job_spec)
        _refuse_losses(checked, specs)
    if (at_a_time := _rows_at_a_time(checked)) > 1 and not checked.cluster:
        needs = sorted(runner.preflight(job_spec).memory for job_spec in specs)
        sharing.refuse_beyond_memory(needs[-at_a_time:])
    return checked


def _refuse_losses(spec: ComparisonSpec, specs: Sequence[JobSpec]) -> None:
    """UserError where a recipe brings a loss, which is one of one label a text, and the data have something else."""
    with_loss = [row.recipe for row in specs if registry.get(row.recipe).loss]
    if not with_loss:
        return
    from ..data.source import open_source

    source = open_source(spec.data, spec.text_column, spec.label_column)
    if source.target != "label":
        raise UserError(
            f"The recipe {with_loss[0]} brings a loss of its own, which is one of one label a text, and {source.name} "
            f"has {'numbers' if source.target == 'number' else 'several'}: leave that recipe out."
        )


def comparison(spec: ComparisonSpec) -> Comparison:
    """How far a comparison that was checked is, and what its finished rows have measured."""
    runs, base = store.listing(), _baseline_row(spec)
    rows = [_row(choice, choice is base, _find(spec, choice, runs)) for choice in spec.choices]
    done, notes = _with_differences([row for row in rows if row.done])
    waiting = sorted(
        (row for row in rows if not row.done), key=lambda row: _RANKS.get(row.job.state, 2) if row.job else 3
    )
    measures = tuple(done[0].metrics) if done else ()
    report = _report(done[0].job) if done else None
    return Comparison(
        spec,
        measures,
        (*done, *waiting),
        report.examples if report else 0,
        report.protocol if report else _announced(spec),
        TESTS.get(measures[0], BY_RESAMPLES) if measures else "",
        notes,
    )


def continue_comparison(spec: ComparisonSpec, passed_over: Collection[str] = ()) -> tuple[Job, ...]:
    """The runs of rows that are being measured: those that are running, and where there is room for more the next that
    has not been measured, resumed or started now. Nothing where there is none, but for runs that are ``passed_over``
    (their ids). UserError as submitting raises."""
    runs = store.listing()
    row_jobs = [_find(spec, choice, runs) for choice in spec.choices]
    measured = [job for job in row_jobs if job and job.active]
    for choice, job in zip(spec.choices, row_jobs, strict=True):
        if len(measured) >= _rows_at_a_time(spec):
            break
        if job is None:
            measured.append(runner.submit(_job_spec(spec, choice)))
        elif not job.active and job.state != "done" and job.id not in passed_over:
            try:
                measured.append(runner.resume(job.id, job.remedy == "anew"))
            except CannotGoOn:
                measured.append(runner.resume(job.id, True))
    return tuple(measured)


def _rows_at_a_time(spec: ComparisonSpec) -> int:
    """Where rows have folds, it is these that are trained several at a time."""
    if spec.cluster:
        return min(ROWS_ON_CLUSTER, len(spec.choices)) if spec.folds == 1 else 1
    return min(spec.parallel, len(spec.choices)) if spec.folds == 1 else 1


# ------------------------------------------------------------------------------------------ runs


def _job_spec(spec: ComparisonSpec, choice: RecipeChoice) -> JobSpec:
    """The run of a row. The baseline is a row itself, so that no other run has to measure it."""
    settings = dict(choice.settings)
    teaches = "floor" in str(settings.get("teacher", "")).split("+")
    if "floor" in {field.name for field in registry.fields(choice.recipe)} and not teaches:
        settings["floor"] = False
    return registry.validate(
        JobSpec(
            recipe=choice.recipe,
            data=spec.data,
            settings=settings,
            seed=spec.seed,
            text_column=spec.text_column,
            label_column=spec.label_column,
            read=spec.read,
            kind="cross-validate",
            folds=spec.folds,
            serving=True,
            parallel=spec.parallel if spec.folds > 1 else 1,
            threads=sharing.threads(at_a_time) if (at_a_time := _rows_at_a_time(spec)) > 1 and not spec.cluster else 0,
            cluster=spec.cluster,
        )
    )


def _find(spec: ComparisonSpec, choice: RecipeChoice, jobs: Sequence[Job]) -> Job | None:
    """The run that has measured a row, or measures it; of several the one that came furthest, and the newest."""
    same = repeats.same(_job_spec(spec, choice), jobs)
    for job in sorted(same, key=lambda job: _RANKS.get(job.state, 2)):
        if job.active or (repeats.unchanged(job) and (job.state != "done" or _has_answers(job))):
            return job
    return None


def _has_answers(job: Job) -> bool:
    try:
        return bool(_answers(job))
    except UserError:
        return False


def _job(row: ComparedRow) -> Job:
    assert row.job is not None
    return row.job


def _report(job: Job | None) -> Report:
    assert job is not None
    return _read_report(job.id, *_key(job))


@lru_cache(maxsize=128)
def _read_report(job_id: str, path: str, ended: float | None) -> Report:
    return store.report(job_id)


def _answers(job: Job) -> "PairedAnswers":
    """The answers of a run that is done; UserError where it kept none, or they are damaged."""
    return _read_answers(*_key(job))


def _key(job: Job) -> tuple[str, float | None]:
    """Where the answers of a run are, and when it ended: those of one that was started again are others."""
    from .tasks.classify import paired

    return str(store.folder(job.id) / paired.FILE), job.ended


@lru_cache(maxsize=64)
def _read_answers(path: str, ended: float | None) -> "PairedAnswers":
    from .tasks.classify import paired

    return paired.read(Path(path))


# ------------------------------------------------------------------------------------------ the table


def _baseline_row(spec: ComparisonSpec) -> RecipeChoice:
    """The row that is the baseline of the others: the first of that recipe."""
    return next(choice for choice in spec.choices if choice.recipe == baseline())


def _row(choice: RecipeChoice, is_baseline: bool, job: Job | None) -> ComparedRow:
    row = ComparedRow(choice, is_baseline, job)
    if job is None or job.state != "done":
        return row
    report, keys = _report(job), _answers(job).measures
    times = [fold["train_seconds"] for fold in report.history if fold.get("train_seconds") is not None]
    serving = report.history[0] if report.history else {}
    return replace(
        row,
        metrics={key: report.metrics[key] for key in keys},
        spread={key: report.metrics[f"{key}_sd"] for key in keys if f"{key}_sd" in report.metrics},
        most_confident=report.analysis.covering(TOP_SHARE) if report.analysis else None,
        train_seconds=sum(times) / len(times) if times else None,
        **{name: serving.get(name) for name in ("size", "milliseconds", "per_second")},
    )


def _with_differences(rows: Sequence[ComparedRow]) -> tuple[list[ComparedRow], tuple[str, ...]]:
    """Rows that are done, the best first, with their differences to that and to the baseline; and what is to be said of
    those that answered other texts."""
    if not rows:
        return [], ()
    leads = next(iter(rows[0].metrics))
    ordered = sorted(rows, key=lambda row: row.metrics[leads], reverse=MEASURES[leads].better == "higher")
    texts = _answers(_job(ordered[0])).texts
    alike = [place for place, row in enumerate(ordered) if _answers(_job(row)).texts == texts]
    if len(alike) > 1:
        tests = _tests(tuple(_key(_job(ordered[place])) for place in alike))
        base = next((number for number, place in enumerate(alike) if ordered[place].baseline), None)
        for name, reference in (("to_best", 0), ("to_baseline", base)):
            if reference is None:
                continue
            others = [number for number in range(len(alike)) if number != reference]
            for number, table in zip(
                others, _corrected([tests.differences(n, reference) for n in others]), strict=True
            ):
                ordered[alike[number]] = replace(ordered[alike[number]], **{name: table})
    left_out = [row.choice.title for place, row in enumerate(ordered) if place not in alike]
    notes = (f"{', '.join(left_out)} answered other texts, so no difference is told.",) if left_out else ()
    return ordered, notes


def _corrected(tables: Sequence[dict[str, Difference]]) -> list[dict[str, Difference]]:
    """Differences of several rows to one other, each measure's probabilities corrected for their number."""
    from .tasks.classify.paired import holm

    by_measure = {key: holm([table[key].p for table in tables]) for key in tables[0]} if tables else {}
    return [
        {key: replace(difference, p=by_measure[key][row]) for key, difference in table.items()}
        for row, table in enumerate(tables)
    ]


@lru_cache(maxsize=16)
def _tests(runs: tuple[tuple[str, float | None], ...]) -> "PairedTests":
    from .tasks.classify import paired

    return paired.compare([_read_answers(*run) for run in runs])


def _announced(spec: ComparisonSpec) -> str:
    if spec.folds > 1:
        return f"{spec.folds}-fold cross-validation, stratified, seed {spec.seed}, the same folds for all."
    return "The data's own test part, or one held out where there is none; the same for all."
