"""A search over settings: its trials, each judged on the validation part, and the model of the best."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...data.paths import read_json, write_json
from ...data.wording import plural
from ..jobs import trials
from ..jobs.divisions import trial_file
from ..jobs.stopping import StopRequested
from ..results import JobSpec
from ..results.measures import label
from .pipeline import Pipeline, cancelled, done
from .shared import Emit, Stop

TOKEN = "token"
"""What says that the model of a run is in the store, so that it is not put there twice."""


def train_trial(
    pipeline: type[Pipeline[Any]], spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop
) -> dict[str, Any]:
    """Train with the settings of one trial and judge it on the validation part; its file is written into ``folder``,
    beside the checkpoint that its model can be made of. Nothing is measured on the test part."""
    training = pipeline(spec, folder, emit, should_stop)
    try:
        training.learn()
    except StopRequested:
        return cancelled("stopped; it can be resumed")
    history, measure = training.trainer.history, _leads(training)
    row = [row for row in history if row.get("best")][-1] if any(row.get("best") for row in history) else history[-1]
    value = row["validation"][measure]
    came_to = {
        "measure": measure,
        "value": value,
        "loss": row["validation"].get("loss", 0.0),
        "epoch": row["epoch"],
        "epochs": len(history),
        "seconds": round(history[-1]["seconds"], 2),
        "examples": training.plan().examples.get("validation", 0),
    }
    write_json(trial_file(folder, spec.fold), came_to)
    return done(f"{label(measure)} {value:.4f} on the validation part; a trial is not tested", {})


def _leads(training: Pipeline[Any]) -> str:
    """The measure of the validation part that epochs, and so trials, are chosen by."""
    objective = getattr(training, "objective", None)
    return getattr(training.trainer, "leads", "") or getattr(objective, "leads", "loss")


def make_best(
    pipeline: type[Pipeline[Any]], spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop
) -> dict[str, Any]:
    """Make, measure and install the model of the best trial, once all have ended: from its checkpoint, so that it is
    not trained again. Writes ``report.json`` with the table of trials."""
    measured = trials.ranked(trials.rows(spec, folder))
    best = measured[0]
    work = folder / "best"
    trials.take_over(best["run"], work)
    chosen = replace(spec, kind="train", settings={**spec.settings, **best["settings"]}, trials=(), parallel=1)
    said = ", ".join(f"{name}={value}" for name, value in best["settings"].items())
    emit("state", stage="preparing", message=f"making the model of trial {best['trial']}: {said}")
    training = pipeline(chosen, work, emit, should_stop)
    outcome = training.run()
    if outcome["state"] != "done":
        return outcome
    report = read_json(work / "report.json")
    protocol = f"Trial {best['trial']} of {len(spec.trials)} was chosen by {_judged(best)} ({said})."
    if failed := len(spec.trials) - len(measured):
        protocol += f" {plural(failed, 'trial')} failed and could not be judged."
    if report["split"] == "validation":
        protocol += " The data have no test part: what is measured is the part that chose it, so that it is too high."
    report |= {"trials": measured, "protocol": f"{protocol} {report['protocol']}"}
    write_json(folder / "report.json", report)
    for entry in work.iterdir():
        if entry.name != TOKEN:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return {**outcome, "message": f"{outcome['message']} Of {plural(len(measured), 'trial')} the best: {said}."}


def _judged(best: dict[str, Any]) -> str:
    return f"{label(best['measure'])} {best['value']:.4f} on {plural(best['examples'], 'validation text')}"
