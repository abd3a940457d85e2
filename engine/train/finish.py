"""From trained weights to a bundle with an honest card."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ...data.source import Source
from .. import bundle
from ..results import JobSpec, Report
from . import card, checkpoint
from .prepare import Prepared


def write_bundle(
    made: Path,
    spec: JobSpec,
    settings,
    source: Source,
    prepared: Prepared,
    model,
    heat: float,
    counts: dict[str, int],
    folder: Path,
) -> None:
    from importlib.metadata import version

    import keras

    from .export import export

    vector_size = prepared.vectors.shape[1] if prepared.vectors is not None else settings.embedding_size
    if prepared.vectors is None and settings.variant != "random":
        vector_size = int(model.get_layer("static" if settings.variant == "static" else "embedding").output_dim)
    weights = checkpoint.arrays(model.weights)
    work = folder / "export"
    work.mkdir(exist_ok=True)
    differences = export(
        work,
        spec.recipe,
        asdict(settings),
        prepared.vocabulary_size,
        vector_size,
        len(source.labels),
        weights,
        settings.precision,
    )
    written = card.card(
        spec,
        settings,
        source,
        task=task_of(source.labels, source.task),
        labels=source.labels,
        intended=f"{card.title_of(source)}: {', '.join(source.labels)}. "
        "Texts unlike the training texts may be misread.",
        data={"examples": counts, **prepared.info},
        serving={
            "model": "model.onnx",
            "tokenizer": "tokenizer.json",
            "temperature": round(heat, 4),
            "max_tokens": 2000,
            "min_tokens": 1,
            "vocabulary": prepared.vocabulary_size,
            "vector_size": vector_size,
            "precision": settings.precision,
            **differences,
        },
        versions={
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "tf2onnx": version("tf2onnx"),
        },
    )
    files: dict[str, Path | bytes] = {
        "model.onnx": work / "model.onnx",
        "tokenizer.json": prepared.tokenizer.to_str().encode(),
    }
    if settings.keep_weights:
        files["weights.npz"] = work / "weights.npz"
    bundle.write(made, written, files)
    shutil.rmtree(work, ignore_errors=True)


def task_of(labels: tuple[str, ...], task: str) -> str:
    """``sentiment`` where the labels say so, whatever file they came from; else the data's own task."""
    short = {label.lower()[:3] for label in labels}
    return "sentiment" if short <= {"pos", "neg", "neu"} and {"pos", "neg"} <= short else (task or "classify")


def measure(made: Path, spec: JobSpec, name: str, split: str, floor, history, validation: int) -> Report:
    """Measured through the very bundle that will answer."""

    from ..tasks.evaluate import evaluate

    report = evaluate(str(made), spec.data, split, spec.text_column, spec.label_column, shown=name)
    chosen = f"The best epoch and the temperature were chosen on {validation} validation texts; {split} chose nothing."
    return replace(report, floor=floor, history=tuple(history), protocol=f"{chosen} {report.protocol}".strip())


def add_metrics(made: Path, source: Source, report: Report) -> None:
    """Put what was measured into the card. A file is named there without its folder: cards travel."""
    name = Path(source.name).name
    row: dict[str, Any] = {
        "on": f"{card.title_of(source)} {report.split}",
        "protocol": report.protocol.replace(source.name, name),
        "examples": report.examples,
        **report.metrics,
    }
    if report.floor:
        row.update(
            floor=report.floor["name"],
            floor_accuracy=report.floor["accuracy"],
            floor_macro_f1=report.floor["macro_f1"],
        )
    card.add_metrics(made, row)
