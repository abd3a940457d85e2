"""k-fold cross-validation: every text is tested once, by a model that saw neither it nor chose anything on it."""

import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import read_json, write_json
from ....data.source import Source, open_source
from ....data.splits import folds as make_folds
from ....data.wording import plural
from ... import registry
from ...jobs.stopping import StopRequested
from ...results import JobSpec, Record
from ...results.measures import MEASURES, label, leading
from ..objectives import Objective, objective_of
from ..pipeline import cancelled, done
from ..prepare import Labelled, hold_out_part, read
from ..shared import Emit, Stop, device


def cross_validate(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """Train and test ``spec.folds`` times on all of the data; writes ``report.json`` over all folds together.

    In each fold a part of the training texts (``validation_fraction``) is held out for early stopping. Finished folds
    are kept, so that a stopped run continues with the next.
    """
    source = open_source(spec.data, spec.text_column, spec.label_column)
    whole = read(source, "all" if "all" in source.splits else "train")
    objective = objective_of(source)
    parts = make_folds(objective.strata(whole.gold), spec.folds, spec.seed)
    where = device()
    emit(
        "start",
        device=where,
        epochs=spec.folds,
        steps=spec.folds,
        labels=list(source.labels),
        floor=None,
        parameters=0,
        examples={"all": len(whole)},
    )
    answers: list[dict[str, Any]] = [{}] * len(whole)
    rows: list[dict[str, Any]] = []
    for number, (train_rows, test_rows) in enumerate(parts, 1):
        fold_file = folder / f"fold-{number}.json"
        if not read_json(fold_file):
            try:
                if should_stop():
                    raise StopRequested
                emit("state", stage="training", message=f"fold {number} of {spec.folds}")
                train, test = whole.take(train_rows), whole.take(test_rows)
                write_json(fold_file, _fold(spec, folder / f"fold-{number}", source, train, test, emit, should_stop))
                shutil.rmtree(folder / f"fold-{number}", ignore_errors=True)
            except StopRequested:
                return cancelled(f"stopped after {plural(len(rows), 'fold')}; it can be resumed")
        row = read_json(fold_file)
        for place, answer in zip(test_rows.tolist(), row.pop("answers"), strict=True):
            answers[place] = answer
        rows.append(row)
        emit("fold", fold=number, folds=spec.folds, **row)
    return _summary(spec, source, objective, whole, answers, rows, folder)


def _fold(
    spec: JobSpec, folder: Path, source: Source, train: Labelled, test: Labelled, emit: Emit, should_stop: Stop
) -> dict[str, Any]:
    """A fold's measurements, with the answers to its test texts; StopRequested where it is asked to stop.

    The recipe's own pipeline prepares and trains it. What it keeps in ``folder``, whose name ends with the fold's
    number, lets a fold go on that was stopped.
    """
    import keras

    number = int(folder.name.rpartition("-")[2])
    seed = spec.seed * 1000 + number
    begun = time.monotonic()
    folder.mkdir(exist_ok=True)

    def quieter(kind: str, /, **values: Any) -> None:
        # Epochs of folds are no curve of one run; the running fold is told by its ticks.
        if kind == "tick":
            emit(kind, **{**values, "epoch": number, "fold": number})

    pipeline = registry.load(registry.get(spec.recipe).pipeline)(replace(spec, seed=seed), folder, emit, should_stop)
    train, validation = hold_out_part(train, objective_of(source), pipeline.settings.validation_fraction, seed)
    pipeline.take(source, train, validation, test)
    baseline = pipeline.measure_baseline() if getattr(pipeline.settings, "floor", True) else None
    pipeline.prepare()
    keras.backend.clear_session()
    pipeline.emit = quieter
    pipeline.trainer = pipeline.network()
    if not pipeline.trainer.run():
        raise StopRequested
    best = [row for row in pipeline.trainer.history if row["best"]][-1]
    objective: Objective = pipeline.objective
    answering = objective.answering(pipeline.logits(validation.texts), validation.gold)
    scores = answering.scores(pipeline.logits(test.texts))
    of_baseline = {} if baseline is None else {f"floor_{key}": value for key, value in _measures(baseline).items()}
    return {
        **objective.reported(test.gold, answering, scores),
        "baseline": baseline["name"] if baseline else None,
        **of_baseline,
        f"validation_{objective.leads}": best["validation"][objective.leads],
        "best_epoch": best["epoch"],
        "seconds": round(time.monotonic() - begun, 1),
        "answers": [_rounded(answering.answer(row)) for row in scores],
    }


def _rounded(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as a fold keeps it: five digits are enough, and labels are known."""
    return {**answer, "probabilities": [round(share, 5) for share in answer["probabilities"].values()]}


def _measures(row: dict[str, Any]) -> dict[str, float]:
    """Of a baseline or a fold, what is measured on the test part."""
    return {key: value for key, value in row.items() if key in MEASURES}


def _summary(
    spec: JobSpec,
    source: Source,
    objective: Objective,
    whole: Labelled,
    answers: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    folder: Path,
) -> dict[str, Any]:
    from ...results import Result
    from ...tasks.classify.measure import judge_of

    def spread(key: str) -> dict[str, float]:
        values = [row[key] for row in rows if row.get(key) is not None]
        return {key: float(np.mean(values)), f"{key}_sd": float(np.std(values, ddof=1))} if values else {}

    measures, validated = [*_measures(rows[0])], f"validation_{objective.leads}"
    metrics = {key: value for name in (*measures, validated) for key, value in spread(name).items()}
    spreads = {key: value for name in measures for key, value in spread(f"floor_{name}").items()}
    of_baseline = {key.removeprefix("floor_"): value for key, value in spreads.items()}
    baseline = {"name": rows[0]["baseline"], **of_baseline} if of_baseline else None
    judge = judge_of(objective.target, objective.labels, source.name)
    tally = judge.tally()
    for record_id, text, gold, answer in zip(whole.ids, whole.texts, whole.gold, answers, strict=True):
        probabilities = dict(zip(objective.labels, answer["probabilities"], strict=True))
        said = {**answer, "probabilities": probabilities, "labels": tuple(answer.get("labels", ()))}
        judge.add(tally, Record(record_id, text), objective.judged(gold), Result("", "", "", **said))
    protocol = (
        f"{spec.folds}-fold cross-validation, stratified, seed {spec.seed}; in each fold "
        f"{spec.settings.get('validation_fraction', 0.1):g} of the training part is held out for early stopping."
    )
    base = tally.report(f"{source.name}-{spec.recipe}", source.name, f"{spec.folds}-fold", protocol)
    report = {**asdict(base), "metrics": {**base.metrics, **metrics}, "floor": baseline, "history": rows}
    write_json(folder / "report.json", report)
    key = leading(measures)
    message = f"{label(key)} {metrics[key]:.4f} ± {metrics[f'{key}_sd']:.4f} over {spec.folds} folds"
    if baseline:
        message += f"; baseline {baseline[key]:.4f} ± {baseline[f'{key}_sd']:.4f}"
        metrics[f"floor_{key}"] = baseline[key]
    return done(message, {k if k.startswith(("floor", "validation")) else f"test_{k}": v for k, v in metrics.items()})
