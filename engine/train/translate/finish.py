"""From trained weights to a translator with an honest card, measured through the very bundle that will answer."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ... import bundle
from ...results import JobSpec, Report
from ..card import bundle_name, card, title_of
from ..paired import columns
from ..paired_run import Finished, add_report
from ..prepare import Emit
from .export import WEIGHTS, by_path, export
from .prepare import SOURCE, TARGET


def finish(spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """The bundle, not yet in the store, and its report on ``split``."""
    made = folder / "bundle"
    write_bundle(made, spec, folder, settings, done)
    emit("state", stage="evaluating", message=f"measuring on {split}")
    from ...tasks import evaluate_translation

    pairs = done.prepared.pairs
    report = evaluate_translation.evaluate(str(made), spec.data, split, *columns(spec), shown=bundle_name(spec, pairs))
    return made, add_report(made, report, done, title_of(pairs), pairs.name, split)


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
