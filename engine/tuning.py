"""Searches over settings: what people write of the values to try, and the run that tries them.

A search is a run of kind ``tune``, its trials are its parts (:mod:`.jobs.parts`). It is found again by what it says:
the same search goes on where it was left, and a trial that any search has measured is not trained again.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import hyper_parameters, registry
from .jobs import repeats, runner, store
from .results import CannotGoOn, Field, Job, JobSpec, UserError

TO = ".."
SEVERAL = 1000
"""Times that the highest value of a setting is its lowest, from which on numbers between are drawn logarithmically."""
DECIDES = {
    "validation_fraction": "it decides which texts the trials are judged on",
    "floor": "it says whether the baseline is measured, once for all",
}
"""Settings that are not tried, and why."""


def plan_tuning(spec: JobSpec, values: Mapping[str, str], trials: int = 0) -> JobSpec:
    """The search that tries ``values`` of settings: ``"1,2"`` (with semicolons where values hold commas), or, of
    numbers, ``"0.1..0.5"``. ``trials``: so many combinations are drawn, with the seed of ``spec``; 0: all are tried.

    UserError, one sentence, for an unknown setting, a value out of its bounds, a range without a number of trials.
    """
    if problem := registry.training_problem():
        raise UserError(problem)
    from .train import sampling

    if trials < 0:
        raise UserError(f"The number of trials is at least 2, not {trials}.")
    fields = {field.name: field for field in registry.fields(spec.recipe)}
    tried: dict[str, Any] = {}
    for name, text in values.items():
        if name not in fields:
            raise UserError(
                f"The recipe {spec.recipe} has no setting {name!r} to try; it has: {', '.join(sorted(fields))}."
            )
        if name in DECIDES:
            raise UserError(f"{fields[name].label} ({name}) cannot be tried: {DECIDES[name]}. Set it for all trials.")
        tried[name] = _values(fields[name], text)
    if not tried:
        raise UserError("Nothing to try: name a setting and its values, as in learning_rate=0.01,0.001.")
    ranges = [name for name, value in tried.items() if isinstance(value, tuple)]
    if ranges and not trials:
        raise UserError(f"{ranges[0]} is a range, of which values are drawn: say how many trials there are to be.")
    drawn = {
        name: sampling.between(value[0], value[1], fields[name].kind == "int", _is_logarithmic(fields[name], value[0]))
        if isinstance(value, tuple)
        else value
        for name, value in tried.items()
    }
    if trials:
        rows = sampling.drawn(drawn, trials, spec.seed)
    elif (count := math.prod(map(len, tried.values()))) > registry.MOST_TRIALS:
        raise UserError(
            f"These are {count:,} combinations, and a search has at most {registry.MOST_TRIALS} trials: leave values "
            "out, or say how many trials are drawn."
        )
    else:
        rows = sampling.grid(drawn)
    return registry.validate(replace(spec, kind="tune", data=repeats.whole_name(spec.data), trials=tuple(rows)))


def tune(spec: JobSpec) -> Job:
    """The run of a search that was planned: the one that is running or done, the one that was stopped, resumed; else a
    new one. UserError as submitting raises."""
    alike = [job for job in repeats.same(spec, store.listing()) if job.active or repeats.unchanged(job)]
    # Of several the one that came furthest counts.
    for wanted in ("active", "done", "ended"):
        for job in alike:
            if ("active" if job.active else "done" if job.state == "done" else "ended") != wanted:
                continue
            if wanted != "ended":
                return job
            try:
                return runner.resume(job.id, job.remedy == "anew")
            except CannotGoOn:
                return runner.resume(job.id, True)
    return runner.submit(spec)


def _values(field: Field, text: str) -> Any:
    """The values of a list, or the two ends of a range."""
    low, dots, high = text.partition(TO)
    if dots and field.kind in ("int", "float"):
        ends = tuple(hyper_parameters.convert(field, end.strip()) for end in (low, high))
        if ends[0] >= ends[1]:
            raise UserError(f"The range {text.strip()} of {field.name} must end above where it begins.")
        return ends
    parts = [part.strip() for part in text.split(";" if ";" in text else ",")]
    values = [hyper_parameters.convert(field, part) for part in parts if part]
    if not values:
        raise UserError(f"{field.label} ({field.name}) has no value to try: write some, as in {field.name}=1,2.")
    return list(dict.fromkeys(values))


def _is_logarithmic(field: Field, low: float) -> bool:
    """Whether the setting is one whose values span powers of ten."""
    if field.minimum is None or field.maximum is None or low <= 0:
        return False
    return field.minimum > 0 and field.maximum / field.minimum >= SEVERAL
