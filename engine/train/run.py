"""A job from its specification to its bundle; the worker's child process calls :func:`execute`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...data.paths import read_json, write_json
from ...data.source import Source, open_source
from .. import bundle, bundles, readiness, registry
from ..jobs import kept_data
from ..results import JobSpec, Preflight, UserError
from . import card, checkpoint, finish, teach
from .prepare import Emit, Labelled, Prepared, divide, prepare, read, settle_vectors

Stop = Callable[[], bool]


def execute(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """Do the job; returns ``state`` (done, cancelled), ``bundle``, ``metrics`` and ``message``.

    Everything between is kept in ``folder``, so that a second call continues where the first was stopped or killed.
    """
    if spec.kind == "evaluate":
        return _evaluate(spec, folder, emit)
    folder.mkdir(parents=True, exist_ok=True)
    kept_data.confirm(spec, folder)
    if spec.kind == "cross-validate":
        from .cross_validate import cross_validate

        return cross_validate(spec, folder, emit, should_stop)
    return registry.load(registry.get(spec.recipe).train)(spec, folder, emit, should_stop)


def preflight(spec: JobSpec) -> Preflight:
    readiness.check(replace(spec, kind="train"))
    return registry.load(registry.get(spec.recipe).preflight)(spec)


@dataclass(frozen=True)
class Start:
    """A model to train on from: its weights (Keras order), tokenizer file and vector size."""

    weights: list[np.ndarray]
    tokenizer: Path
    labels: tuple[str, ...]
    vector_size: int


def load_start(name: str) -> Start | None:
    """The bundle ``name`` with its weights; None for no name; UserError where it keeps none."""
    if not name:
        return None
    folder = bundles.folder_to_train_on(name)
    kept = bundle.read(folder)
    return Start(
        checkpoint.load(folder / "weights.npz")[0]["weights"],
        folder / kept["serving"]["tokenizer"],
        tuple(kept["labels"]),
        int(kept["serving"]["vector_size"]),
    )


def network(recipe: str, settings, prepared: Prepared, seed: int, start: Start | None = None):
    """A freshly initialised network, or one with the weights of ``start`` (its output anew if labels differ)."""
    import keras

    keras.utils.set_random_seed(seed)
    build = registry.load(registry.get(recipe).build)
    vectors = prepared.vectors
    if start and settings.variant != "random":
        vectors = np.zeros((prepared.vocabulary_size, start.vector_size), np.float32)
    model = build(settings, prepared.vocabulary_size, len(prepared.labels), vectors, mask=True)
    if start:
        same = start.labels == prepared.labels
        for variable, value in zip(model.weights, start.weights, strict=True):
            if tuple(variable.shape) == value.shape and (same or not variable.path.startswith("logits")):
                variable.assign(value)
            elif same:
                raise UserError(
                    f"The model to start from has a {variable.path} of {value.shape}, these settings one of "
                    f"{tuple(variable.shape)}: give the same architecture settings."
                )
    return model


def device() -> str:
    """What the backend computes on, for people; makes TensorFlow take GPU memory as it needs it."""
    import keras

    from ..device import describe

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        return describe() if gpus else "CPU"
    return describe()


def measure_floor(
    train: Labelled, validation: Labelled, test: Labelled | None, classes: int, language: str, seed: int
) -> tuple[dict[str, Any], Any]:
    """Fit the floor; its ``accuracy`` and ``macro_f1`` on ``test`` (or, without one, on ``validation``), and itself."""
    from ..tasks.metrics import classification_report
    from . import baseline

    floor = baseline.fit(train.texts, train.gold, (validation.texts, validation.gold), classes, language, seed)
    part = test or validation
    report = classification_report(part.gold, floor.probabilities(part.texts))
    return {
        "name": baseline.NAME,
        "accuracy": report["accuracy"],
        "macro_f1": report["macro_f1"],
        "seconds": round(floor.seconds, 1),
    }, floor


def train(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """A classifier from its texts to its bundle."""
    from .fit import Trainer, predict

    settings = registry.settings_of(spec.recipe, spec.settings)
    emit("state", stage="preparing", message=f"reading {spec.data}")
    source = open_source(spec.data, spec.text_column, spec.label_column)
    for note in source.notes:
        emit("message", level="warning", text=note)
    settings = settle_vectors(settings, source.language, emit)
    train, validation = divide(source, settings.validation_fraction, spec.seed)
    test_split = "test" if "test" in source.splits else None
    test = read(source, test_split) if test_split else None
    floor, fitted = _floor(folder, settings, emit, train, validation, test, source, spec.seed)
    extra = teach.lessons(folder, settings, source.labels, train, spec.seed, fitted, emit, should_stop)
    start = load_start(settings.initial)
    prepared = prepare(
        train,
        validation,
        source.labels,
        source.language,
        settings,
        spec.seed,
        emit,
        start.tokenizer if start else None,
        extra,
    )
    if should_stop():
        return {"state": "cancelled", "bundle": None, "metrics": {}, "message": "stopped before the first step"}
    where = device()
    model = network(spec.recipe, settings, prepared, spec.seed, start)
    trainer = Trainer(model, settings, prepared.train, prepared.validation, spec.seed, emit, should_stop, folder)
    emit(
        "start",
        device=where,
        epochs=settings.epochs,
        steps=trainer.steps,
        labels=list(source.labels),
        floor=floor,
        parameters=int(model.count_params()),
        examples={"train": len(prepared.train), "validation": len(validation), "test": len(test) if test else 0},
    )
    emit("state", stage="training", message=f"{len(prepared.train):,} texts in {trainer.steps:,} steps an epoch")
    if not trainer.run():
        return {
            "state": "cancelled",
            "bundle": None,
            "metrics": _last(trainer),
            "message": "stopped; it can be resumed",
        }
    from .calibrate import temperature

    emit("state", stage="exporting", message="making the model that answers")
    heat = temperature(predict(model, prepared.validation.ids), validation.gold)
    made = folder / "bundle"
    counts = {
        "train": len(train),
        "validation": len(validation),
        "test": len(test) if test else 0,
        "taught": len(prepared.train) - len(train),
    }
    finish.write_bundle(made, spec, settings, source, prepared, model, heat, counts, folder)
    emit("state", stage="evaluating", message=f"measuring on {test_split or 'validation'}")
    report = finish.measure(
        made,
        spec,
        card.bundle_name(spec, source),
        test_split or "validation",
        floor,
        trainer.progress.history,
        len(validation),
    )
    write_json(folder / "report.json", asdict(report))
    finish.add_metrics(made, source, report)
    name = card.install(folder, made, card.bundle_name(spec, source))
    metrics = {f"test_{key}": value for key, value in report.metrics.items()}
    if floor:
        metrics["floor_accuracy"] = floor["accuracy"]
    return {
        "state": "done",
        "bundle": name,
        "metrics": metrics,
        "message": f"{name}: accuracy {report.metrics['accuracy']:.3f} on {report.split}",
    }


def _last(trainer) -> dict[str, float]:
    history = trainer.progress.history
    return {f"validation_{key}": value for key, value in history[-1]["validation"].items()} if history else {}


def _floor(folder: Path, settings, emit: Emit, train, validation, test, source: Source, seed: int):
    """The floor, measured once a run; fitted again only where it is also a teacher that has not yet taught."""
    kept = folder / "floor.json"
    teaches = "floor" in teach.teachers(settings) and not (folder / teach.LESSONS).exists()
    if not settings.floor and not teaches:
        return None, None
    if (measured := read_json(kept)) and not teaches:
        return measured, None
    emit("state", stage="floor", message="TF-IDF + linear on the same split")
    floor, fitted = measure_floor(train, validation, test, len(source.labels), source.language, seed)
    write_json(kept, floor)
    return floor, fitted


def _evaluate(spec: JobSpec, folder: Path, emit: Emit) -> dict[str, Any]:
    from ..tasks.evaluate import evaluate

    emit("state", stage="evaluating", message=f"{spec.recipe} on {spec.data}")
    report = evaluate(spec.recipe, spec.data, spec.split, spec.text_column, spec.label_column)
    write_json(folder / "report.json", asdict(report))
    return {
        "state": "done",
        "bundle": None,
        "metrics": {f"test_{k}": v for k, v in report.metrics.items()},
        "message": f"accuracy {report.metrics['accuracy']:.3f}",
    }
