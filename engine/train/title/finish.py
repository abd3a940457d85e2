"""From trained weights to a writer of titles with an honest card, measured through the very bundle that will answer."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ... import bundle
from ...results import JobSpec, Report
from ..card import bundle_name, card, title_of
from ..graphs import GRAPHS, WEIGHTS
from ..paired import columns
from ..paired_run import Finished, add_report
from ..prepare import Emit
from ..profile.export import by_path
from .export import export
from .prepare import VOCABULARY


def finish(spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """The bundle, not yet in the store, and its report on ``split``."""
    made = folder / "bundle"
    write_bundle(made, spec, folder, settings, done)
    emit("state", stage="evaluating", message=f"measuring on {split}")
    from ...tasks import evaluate_title

    pairs = done.prepared.pairs
    report = evaluate_title.evaluate(str(made), spec.data, split, *columns(spec), shown=bundle_name(spec, pairs))
    return made, add_report(made, report, done, title_of(pairs), pairs.name, split)


def write_bundle(made: Path, spec: JobSpec, folder: Path, settings, done: Finished) -> None:
    """Graphs, vocabulary and card into ``made``."""
    from importlib.metadata import version

    import keras

    prepared = done.prepared
    pairs = prepared.pairs
    work = folder / "export"
    work.mkdir(exist_ok=True)
    differences = export(work, spec.recipe, asdict(settings), prepared.vocabulary.size, by_path(done.model))
    serving: dict[str, Any] = {
        "kind": "title",
        "encoder": GRAPHS[0],
        "step": GRAPHS[1],
        "vocabulary": VOCABULARY,
        "language": pairs.source_language,
        "longest": settings.longest,
        "longest_title": settings.longest_title,
        "beam": settings.beam,
        "length_penalty": settings.length_penalty,
        "copying": settings.copying,
        "precision": settings.precision,
        **differences,
    }
    files: dict[str, Path | bytes] = {name: work / name for name in GRAPHS}
    files |= prepared.files
    if settings.keep_weights:
        files[WEIGHTS] = work / WEIGHTS
    written = card(
        spec,
        settings,
        pairs,
        task="title",
        intended=f"{title_of(pairs)}: titles of texts like these, {pairs.source_language}.",
        data={"examples": done.counts, "more": settings.more or None, **prepared.info},
        serving=serving,
        versions={"keras": keras.__version__, "backend": keras.backend.backend(), "tf2onnx": version("tf2onnx")},
    )
    bundle.write(made, written, files)
    shutil.rmtree(work, ignore_errors=True)
