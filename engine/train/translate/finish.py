"""From trained weights to a translator with an honest card, measured through the very bundle that will answer."""

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ... import bundle
from ...results import JobSpec, Report
from ..card import add_metrics, bundle_name, card, title_of
from ..prepare import Emit
from .export import WEIGHTS, by_path, export
from .prepare import SOURCE, TARGET, Prepared, columns


@dataclass(frozen=True)
class Finished:
    """What the training leaves to be packed."""

    prepared: Prepared
    model: Any
    floor: dict[str, Any] | None
    history: list[dict[str, Any]]
    counts: dict[str, int]


def finish(spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """The bundle, not yet in the store, and its report on ``split``."""
    made = folder / "bundle"
    write_bundle(made, spec, folder, settings, done)
    emit("state", stage="evaluating", message=f"measuring on {split}")
    from ...tasks import evaluate_translation

    pairs = done.prepared.pairs
    report = evaluate_translation.evaluate(str(made), spec.data, split, *columns(spec), shown=bundle_name(spec, pairs))
    chosen = (
        f"The best epoch was chosen on {done.counts['validation']:,} validation pairs; {split} chose nothing."
        if split == "test"
        else "There is no test part: the best epoch was chosen on the very pairs that this was measured on."
    )
    report = replace(report, history=tuple(done.history), protocol=f"{chosen} {report.protocol}".strip())
    floor = report.floor or done.floor or {}
    add_metrics(
        made,
        {
            "on": f"{title_of(pairs)} {report.split}",
            "protocol": report.protocol.replace(pairs.name, Path(pairs.name).name),
            "examples": report.examples,
            **report.metrics,
            **{f"floor_{key}" if key != "name" else "floor": value for key, value in floor.items()},
        },
    )
    return made, replace(report, floor=floor or None)


def write_bundle(made: Path, spec: JobSpec, folder: Path, settings, done: Finished) -> None:
    """Graphs, vocabularies and card into ``made``."""
    from importlib.metadata import version

    import keras

    prepared = done.prepared
    pairs = prepared.pairs
    work = folder / "export"
    work.mkdir(exist_ok=True)
    differences = export(
        work, spec.recipe, asdict(settings), prepared.source.size, prepared.target.size, by_path(done.model)
    )
    serving: dict[str, Any] = {
        "kind": "translate",
        "encoder": "encoder.onnx",
        "step": "step.onnx",
        "source_tokenizer": SOURCE,
        "target_tokenizer": TARGET,
        "source": pairs.source_language,
        "target": pairs.target_language,
        "lowercase": settings.lowercase,
        "simplify": settings.simplify,
        "longest": settings.longest,
        "beam": settings.beam,
        "length_penalty": settings.length_penalty,
        "coverage_penalty": settings.coverage_penalty,
        "precision": settings.precision,
        **differences,
    }
    files: dict[str, Path | bytes] = {"encoder.onnx": work / "encoder.onnx", "step.onnx": work / "step.onnx"}
    files |= prepared.files
    if settings.keep_weights:
        files["weights.npz"] = work / WEIGHTS
    written = card(
        spec,
        settings,
        pairs,
        task="translate",
        intended=f"{title_of(pairs)}: {pairs.source_language} to {pairs.target_language}, short texts like these.",
        data={"examples": done.counts, "more": settings.more or None, **prepared.info},
        serving=serving,
        versions={"keras": keras.__version__, "backend": keras.backend.backend(), "tf2onnx": version("tf2onnx")},
    )
    bundle.write(made, written, files)
    shutil.rmtree(work, ignore_errors=True)
