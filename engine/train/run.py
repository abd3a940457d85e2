"""A job from its specification to its outcome; the worker's child process calls :func:`execute`."""

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ...data import decisions
from ...data.paths import write_json
from .. import plugins, readiness, registry
from ..jobs import kept_data
from ..results import JobSpec, Preflight
from .pipeline import Pipeline, done
from .shared import Emit, Stop, device

__all__ = ["device", "execute", "preflight"]


def execute(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """Do the job; returns ``state`` (done, cancelled), ``bundle``, ``metrics`` and ``message``.

    Everything between is kept in ``folder``, so that a second call continues where the first was stopped or killed.
    """
    plugins.train_here()
    decisions.decide(spec.data, spec.read)
    if (keras := sys.modules.get("keras")) is not None:  # what another run of this process has left
        keras.backend.clear_session()
    if spec.kind == "evaluate":
        return _evaluate(spec, folder, emit)
    folder.mkdir(parents=True, exist_ok=True)
    kept_data.confirm(spec, folder)
    if spec.kind in ("cross-validate", "fold"):
        from .classify import cross_validate

        do = cross_validate.cross_validate if spec.kind == "cross-validate" else cross_validate.train_fold
        with plugins.blamed(spec.recipe):
            return do(spec, folder, emit, should_stop)
    if spec.kind in ("tune", "trial"):
        from . import tuning

        search = tuning.make_best if spec.kind == "tune" else tuning.train_trial
        with plugins.blamed(spec.recipe):
            return search(_pipeline(spec.recipe), spec, folder, emit, should_stop)
    with plugins.blamed(spec.recipe):
        return _pipeline(spec.recipe)(spec, folder, emit, should_stop).run()


def preflight(spec: JobSpec) -> Preflight:
    """What can be known in seconds before hours are spent."""
    plugins.train_here()
    decisions.decide(spec.data, spec.read)
    readiness.check(replace(spec, kind="train"))
    with plugins.blamed(spec.recipe):
        return _pipeline(spec.recipe).preflight(spec)


def _pipeline(recipe: str) -> type[Pipeline[Any]]:
    return registry.load(registry.get(recipe).pipeline)


def _evaluate(spec: JobSpec, folder: Path, emit: Emit) -> dict[str, Any]:
    from ..tasks.measuring import evaluate

    emit("state", stage="evaluating", message=f"{spec.recipe} on {spec.data}")
    report = evaluate(spec.recipe, spec.data, spec.split, spec.text_column, spec.label_column)
    write_json(folder / "report.json", asdict(report))
    metrics = {f"test_{key}": value for key, value in report.metrics.items()}
    return done(f"accuracy {report.metrics['accuracy']:.3f}", metrics)
