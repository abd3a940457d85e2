"""Runs that are divided into parts: into how many, and what the run of a part is to do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..results import JobSpec
from . import sharing

KINDS = {"cross-validate": "fold", "tune": "trial"}
"""By the kind of the whole: the kind of its parts, which is also what they are called."""


def are_runs(spec: JobSpec) -> bool:
    """Whether the parts of ``spec`` are runs of their own."""
    return spec.kind == "tune" or (spec.kind == "cross-validate" and (spec.parallel > 1 or bool(spec.cluster)))


def count(spec: JobSpec) -> int:
    """Parts of a run that has some."""
    return len(spec.trials) if spec.kind == "tune" else spec.folds


def fold_file(folder: Path, number: int) -> Path:
    """Where the folder of a run holds what a fold has measured, and what was answered to its texts."""
    return folder / f"fold-{number}.json"


def trial_file(folder: Path, number: int) -> Path:
    """Where the folder of a run holds what a trial came to."""
    return folder / f"trial-{number}.json"


def part_file(spec: JobSpec, folder: Path, number: int) -> Path:
    """Where ``folder``, that of the whole or of the part, holds what a part of ``spec`` has measured."""
    return (trial_file if spec.kind == "tune" else fold_file)(folder, number)


def part_spec(spec: JobSpec, number: int, parent: str) -> JobSpec:
    """The run of a part, from 1."""
    at_a_time = min(spec.parallel, count(spec))
    part = replace(
        spec, fold=number, parent=parent, name="", parallel=1, trials=(),
        threads=sharing.threads(at_a_time) if at_a_time > 1 else spec.threads,
    )  # fmt: skip
    if spec.kind == "tune":
        return replace(part, kind="trial", settings=trial_settings(spec, number))
    return replace(part, kind="fold")


def trial_settings(spec: JobSpec, number: int) -> dict[str, Any]:
    """All settings of a trial. The baseline is measured once, with the best model."""
    values = {**spec.settings, **spec.trials[number - 1]}
    return values | ({"floor": False} if "floor" in values else {})


def largest(spec: JobSpec) -> JobSpec:
    """A training that takes about as much memory as any part of ``spec``: of a search that with the highest value of
    each number that is tried."""
    if spec.kind != "tune":
        return spec
    highest = {
        name: max(trial[name] for trial in spec.trials if name in trial)
        for name in {name for trial in spec.trials for name in trial}
        if all(isinstance(trial.get(name, 0), int | float) for trial in spec.trials)
    }
    return replace(spec, kind="preflight", settings={**spec.settings, **spec.trials[0], **highest}, trials=())
