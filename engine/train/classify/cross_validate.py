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
    parts = make_folds(whole.gold.tolist(), spec.folds, spec.seed)
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
    probabilities = np.zeros((len(whole), len(source.labels)))
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
        probabilities[test_rows] = row.pop("probabilities")
        rows.append(row)
        emit("fold", fold=number, folds=spec.folds, **row)
    return _summary(spec, source, whole, probabilities, rows, folder)


def _fold(
    spec: JobSpec, folder: Path, source: Source, train: Labelled, test: Labelled, emit: Emit, should_stop: Stop
) -> dict[str, Any]:
    """A fold's measurements, with the probabilities of its test texts; StopRequested where it is asked to stop.

    The recipe's own pipeline prepares and trains it. What it keeps in ``folder``, whose name ends with the fold's
    number, lets a fold go on that was stopped.
    """
    import keras

    from ...tasks.metrics import classification_report

    number = int(folder.name.rpartition("-")[2])
    seed = spec.seed * 1000 + number
    begun = time.monotonic()
    folder.mkdir(exist_ok=True)

    def quieter(kind: str, /, **values: Any) -> None:
        # Epochs of folds are no curve of one run; the running fold is told by its ticks.
        if kind == "tick":
            emit(kind, **{**values, "epoch": number, "fold": number})

    pipeline = registry.load(registry.get(spec.recipe).pipeline)(replace(spec, seed=seed), folder, emit, should_stop)
    train, validation = hold_out_part(train, pipeline.settings.validation_fraction, seed)
    pipeline.take(source, train, validation, test)
    baseline = pipeline.measure_baseline() if getattr(pipeline.settings, "floor", True) else None
    pipeline.prepare()
    keras.backend.clear_session()
    pipeline.emit = quieter
    pipeline.trainer = pipeline.network()
    if not pipeline.trainer.run():
        raise StopRequested
    best = [row for row in pipeline.trainer.history if row["best"]][-1]
    probabilities = pipeline.probabilities(test.texts)
    report = classification_report(test.gold, probabilities)
    return {
        "accuracy": report["accuracy"],
        "macro_f1": report["macro_f1"],
        "baseline": baseline["name"] if baseline else None,
        "floor_accuracy": baseline["accuracy"] if baseline else None,
        "floor_macro_f1": baseline["macro_f1"] if baseline else None,
        "validation_accuracy": best["validation"]["accuracy"],
        "best_epoch": best["epoch"],
        "seconds": round(time.monotonic() - begun, 1),
        "probabilities": probabilities.round(5).tolist(),
    }


def _summary(
    spec: JobSpec, source, whole: Labelled, probabilities: np.ndarray, rows: list[dict[str, Any]], folder: Path
) -> dict[str, Any]:
    from ...tasks.classify.measure import build_report

    def spread(key: str) -> dict[str, float]:
        values = [row[key] for row in rows if row.get(key) is not None]
        return {key: float(np.mean(values)), f"{key}_sd": float(np.std(values, ddof=1))} if values else {}

    metrics = {**spread("accuracy"), **spread("macro_f1"), **spread("validation_accuracy")}
    baseline = (
        {
            "name": rows[0]["baseline"],
            **{
                k.removeprefix("floor_"): v
                for key in ("floor_accuracy", "floor_macro_f1")
                for k, v in spread(key).items()
            },
        }
        if rows[0]["floor_accuracy"]
        else None
    )
    judged = (
        (Record(id, text, source.labels[gold]), int(gold), list(map(float, row)))
        for id, text, gold, row in zip(whole.ids, whole.texts, whole.gold, probabilities, strict=True)
    )
    protocol = (
        f"{spec.folds}-fold cross-validation, stratified, seed {spec.seed}; in each fold "
        f"{spec.settings.get('validation_fraction', 0.1):g} of the training part is held out for early stopping."
    )
    base = build_report(
        f"{source.name}-{spec.recipe}", source.name, f"{spec.folds}-fold", source.labels, judged, protocol
    )
    report = {**asdict(base), "metrics": {**base.metrics, **metrics}, "floor": baseline, "history": rows}
    write_json(folder / "report.json", report)
    message = f"accuracy {metrics['accuracy']:.4f} ± {metrics['accuracy_sd']:.4f} over {spec.folds} folds"
    if baseline:
        message += f"; baseline {baseline['accuracy']:.4f} ± {baseline['accuracy_sd']:.4f}"
        metrics["floor_accuracy"] = baseline["accuracy"]
    return done(message, {k if k.startswith(("floor", "validation")) else f"test_{k}": v for k, v in metrics.items()})
