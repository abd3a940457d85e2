"""k-fold cross-validation: every text is tested once, by a model that saw neither it nor chose anything on it."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import read_json, write_json
from ....data.source import Source, open_source
from ....data.wording import plural
from ... import registry
from ...jobs.divisions import are_runs, fold_file
from ...jobs.stopping import StopRequested
from ...results import JobSpec, Record
from ...results.measures import MEASURES, label, leading
from ...tasks.classify import paired
from ..objectives import Objective, objective_of
from ..pipeline import cancelled, done
from ..prepare import Labelled
from ..shared import Emit, Stop, device
from .folds import Fold, Folds
from .serving_cost import serving_cost


def cross_validate(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """Train and test ``spec.folds`` times on all of the data, or once on its test part; writes ``report.json`` over all
    folds together, and what was said of each text (:mod:`~dltext.engine.tasks.classify.paired`).

    In each fold a part of the training texts (``validation_fraction``) is held out for early stopping. Finished folds
    are kept, so that a stopped run continues with the next; those of a run that trains several at a time
    (:mod:`~dltext.engine.jobs.parts`) are all there already.
    """
    source = open_source(spec.data, spec.text_column, spec.label_column)
    objective = objective_of(source)
    folds = Folds(source, objective, spec.folds, spec.seed)
    tested = folds.tested
    where = device()
    emit(
        "start",
        device=where,
        epochs=spec.folds,
        steps=spec.folds,
        labels=list(source.labels),
        floor=None,
        parameters=0,
        examples={"all": len(tested)},
    )
    answers: list[dict[str, Any]] = [{}] * len(tested)
    rows: list[dict[str, Any]] = []
    for number in range(1, spec.folds + 1):
        part = folds.fold(number)
        measured = fold_file(folder, number)
        if not read_json(measured):
            try:
                if should_stop():
                    raise StopRequested
                emit("state", stage="training", message=f"fold {number} of {spec.folds}")
                training = _FoldTraining(spec, number, folder / f"fold-{number}", emit, should_stop)
                write_json(measured, training.measure(source, part, _quieter(emit, number)))
                shutil.rmtree(training.folder, ignore_errors=True)
            except StopRequested:
                return cancelled(f"stopped after {plural(len(rows), 'fold')}; it can be resumed")
        row = read_json(measured)
        for place, answer in zip(part.rows.tolist(), row.pop("answers"), strict=True):
            answers[place] = answer
        rows.append(row)
        if not are_runs(spec):  # else each was told when it was done
            emit("fold", fold=number, folds=spec.folds, **row)
    return _summary(spec, source, objective, folds, answers, rows, folder)


def train_fold(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """Train and test fold ``spec.fold`` of ``spec.folds`` alone, as :func:`cross_validate` does: its file is written
    into ``folder``, and a ``report.json`` of its own."""
    source = open_source(spec.data, spec.text_column, spec.label_column)
    objective = objective_of(source)
    folds = Folds(source, objective, spec.folds, spec.seed)
    part = folds.fold(spec.fold)
    training = _FoldTraining(spec, spec.fold, folder, emit, should_stop)
    try:
        row = training.measure(source, part, emit)
    except StopRequested:
        return cancelled(f"fold {spec.fold} was stopped; it can be resumed")
    emit("state", stage="evaluating", message=f"measuring on fold {spec.fold}")
    write_json(fold_file(folder, spec.fold), row)
    protocol = folds.protocol(source, spec.seed, spec.settings.get("validation_fraction", 0.1))
    split = f"fold {spec.fold} of {spec.folds}"
    tally = _tally(objective, source, part.test, row["answers"])
    report = asdict(tally.report(f"{source.name}-{spec.recipe}", source.name, split, f"One fold. {protocol}"))
    measures = _measures(row)
    report |= {"metrics": {**report["metrics"], **measures}, "floor": training.baseline, "history": training.history}
    write_json(folder / "report.json", report)
    training.clean()
    key = leading(measures)
    shown = {f"test_{name}": value for name, value in measures.items()}
    shown |= {name: value for name, value in row.items() if name.startswith("floor_")}
    return done(f"{label(key)} {row[key]:.4f} on fold {spec.fold}", shown)


def _quieter(emit: Emit, number: int) -> Emit:
    """``emit`` for a fold in the run of the whole: epochs of folds are no curve of one run; the running fold is told
    by its ticks."""

    def tick(kind: str, /, **values: Any) -> None:
        if kind == "tick":
            emit(kind, **{**values, "epoch": number, "fold": number})

    return tick


class _FoldTraining:
    """One training and its test: the recipe's own pipeline prepares and trains it. What it keeps in ``folder`` lets a
    fold go on that was stopped."""

    def __init__(self, spec: JobSpec, number: int, folder: Path, emit: Emit, should_stop: Stop) -> None:
        self.spec, self.number, self.folder, self.emit = spec, number, folder, emit
        self.seed = spec.seed * 1000 + number
        pipeline = registry.load(registry.get(spec.recipe).pipeline)
        self.pipeline = pipeline(replace(spec, seed=self.seed), folder, emit, should_stop)
        self.baseline: dict[str, Any] | None = None

    @property
    def history(self) -> list[dict[str, Any]]:
        """The values of the ``epoch`` events."""
        return self.pipeline.trainer.history

    def measure(self, source: Source, part: Fold, emit_training: Emit) -> dict[str, Any]:
        """The fold's measurements, with the answers to its test texts; StopRequested where it is asked to stop.

        ``emit_training`` takes the events of the training itself.
        """
        import keras

        begun = time.monotonic()
        self.folder.mkdir(exist_ok=True)
        pipeline, spec = self.pipeline, self.spec
        train, validation = part.parts(objective_of(source), pipeline.settings.validation_fraction, self.seed)
        test = part.test
        pipeline.take(source, train, validation, test)
        self.baseline = pipeline.measure_baseline() if getattr(pipeline.settings, "floor", True) else None
        pipeline.baseline = self.baseline
        preparing = time.monotonic()
        pipeline.prepare()
        preparing = time.monotonic() - preparing
        keras.backend.clear_session()
        pipeline.emit = emit_training
        pipeline.make_trainer()
        pipeline.announce()
        if not pipeline.trainer.run():
            raise StopRequested
        best = [row for row in self.history if row["best"]][-1]
        objective: Objective = pipeline.objective
        answering = objective.answering(pipeline.logits(validation.texts), validation.gold)
        scores = answering.scores(pipeline.logits(test.texts))
        of_baseline = {f"floor_{key}": value for key, value in _measures(self.baseline or {}).items()}
        return {
            **objective.reported(test.gold, answering, scores),
            "baseline": self.baseline["name"] if self.baseline else None,
            **of_baseline,
            f"validation_{objective.leads}": best["validation"][objective.leads],
            "best_epoch": best["epoch"],
            "seconds": round(time.monotonic() - begun, 1),
            # Those of the steps are in the checkpoint, so that a fold which was stopped counts them all.
            "train_seconds": round(preparing + self.history[-1]["seconds"], 2),
            **(self._serving(validation.texts, test.texts) if spec.serving and self.number == 1 else {}),
            "answers": [_rounded(answering.answer(row)) for row in scores],
        }

    def _serving(self, single: Sequence[str], bulk: Sequence[str]) -> dict[str, Any]:
        """What the model that answers costs; see :func:`~.serving_cost.serving_cost`."""
        pipeline = self.pipeline
        self.emit("state", stage="exporting", message="measuring the size and the speed of the model that answers")
        pipeline.pause()
        pipeline.export(self.folder / "bundle")
        pipeline.pause()
        return serving_cost(self.folder / "bundle", single, bulk)

    def clean(self) -> None:
        """Remove what a finished fold no longer needs: its checkpoints and its model."""
        shutil.rmtree(self.folder / "bundle", ignore_errors=True)
        for path in self.folder.glob("state*.npz"):
            path.unlink()


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
    folds: Folds,
    answers: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    folder: Path,
) -> dict[str, Any]:
    def spread(key: str) -> dict[str, float]:
        values = [row[key] for row in rows if row.get(key) is not None]
        mean = {key: float(np.mean(values))} if values else {}
        return mean | ({f"{key}_sd": float(np.std(values, ddof=1))} if len(values) > 1 else {})

    measures, validated = [*_measures(rows[0])], f"validation_{objective.leads}"
    metrics = {key: value for name in (*measures, validated) for key, value in spread(name).items()}
    spreads = {key: value for name in measures for key, value in spread(f"floor_{name}").items()}
    of_baseline = {key.removeprefix("floor_"): value for key, value in spreads.items()}
    baseline = {"name": rows[0]["baseline"], **of_baseline} if of_baseline else None
    tested = folds.tested
    tally = _tally(objective, source, tested, answers)
    texts = paired.digest(tested.texts, tested.gold)
    predicted = objective.predicted(answers)
    paired.write(folder / paired.FILE, paired.PairedAnswers(objective.target, tested.gold, predicted, texts))
    protocol = folds.protocol(source, spec.seed, spec.settings.get("validation_fraction", 0.1))
    base = tally.report(f"{source.name}-{spec.recipe}", source.name, folds.split, protocol)
    report = {**asdict(base), "metrics": {**base.metrics, **metrics}, "floor": baseline, "history": rows}
    write_json(folder / "report.json", report)
    key = leading(measures)
    over = f" over {spec.folds} folds" if spec.folds > 1 else f" on {folds.split} texts"
    message = f"{label(key)} {_with_spread(metrics, key)}{over}"
    if baseline:
        message += f"; baseline {_with_spread(baseline, key)}"
        metrics[f"floor_{key}"] = baseline[key]
    return done(message, {k if k.startswith(("floor", "validation")) else f"test_{k}": v for k, v in metrics.items()})


def _tally(objective: Objective, source: Source, tested: Labelled, answers: list[dict[str, Any]]) -> Any:
    """What was said of texts, beside what is so."""
    from ...results import Result
    from ...tasks.classify.measure import judge_of

    judge = judge_of(objective.target, objective.labels, source.name)
    tally = judge.tally()
    for record_id, text, gold, answer in zip(tested.ids, tested.texts, tested.gold, answers, strict=True):
        probabilities = dict(zip(objective.labels, answer["probabilities"], strict=True))
        said = {**answer, "probabilities": probabilities, "labels": tuple(answer.get("labels", ()))}
        judge.add(tally, Record(record_id, text), objective.judged(gold), Result("", "", "", **said))
    return tally


def _with_spread(metrics: dict[str, Any], key: str) -> str:
    spread = metrics.get(f"{key}_sd")
    return f"{metrics[key]:.4f}" + ("" if spread is None else f" ± {spread:.4f}")
