"""From a trained encoder-decoder to a bundle with an honest card, measured through the very bundle that will answer."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import bundle
from ..results import JobSpec, Report
from .card import bundle_name, card, title_of
from .graphs import GRAPHS, WEIGHTS, by_path
from .paired import columns
from .paired_run import Finished, add_report
from .prepare import Emit

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Packing:
    """What one kind of encoder-decoder puts into its bundle."""

    task: str
    export: Callable[[Path, str, dict[str, Any], Any, Weights], dict[str, Any]]
    """Folder, recipe, settings, what was prepared and the weights by their paths to both graphs in the folder; what
    serving should know of them."""
    serving: Callable[[Any, Any], dict[str, Any]]
    """Settings and what was prepared to what stands in the card beside all that every kind says there."""
    intended: Callable[[Any], str]
    """The pairs to what the model is for, behind the name of its data."""
    evaluate: Callable[..., Report]
    """As :func:`~dltext.engine.tasks.evaluate_title.evaluate`."""


def finish(
    packing: Packing, spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit
) -> tuple[Path, Report]:
    """The bundle, not yet in the store, and its report on ``split``."""
    made = folder / "bundle"
    write_bundle(packing, made, spec, folder, settings, done)
    emit("state", stage="evaluating", message=f"measuring on {split}")
    pairs = done.prepared.pairs
    report = packing.evaluate(str(made), spec.data, split, *columns(spec), shown=bundle_name(spec, pairs))
    return made, add_report(made, report, done, title_of(pairs), pairs.name, split)


def write_bundle(packing: Packing, made: Path, spec: JobSpec, folder: Path, settings, done: Finished) -> None:
    """Graphs, vocabularies and card into ``made``."""
    from importlib.metadata import version

    import keras

    prepared = done.prepared
    work = folder / "export"
    work.mkdir(exist_ok=True)
    told = packing.export(work, spec.recipe, asdict(settings), prepared, by_path(done.model))
    serving: dict[str, Any] = {
        "kind": packing.task,
        "encoder": GRAPHS[0],
        "step": GRAPHS[1],
        **packing.serving(settings, prepared),
        "longest": settings.longest,
        "beam": settings.beam,
        "length_penalty": settings.length_penalty,
        "precision": settings.precision,
        **told,
    }
    files: dict[str, Path | bytes] = {name: work / name for name in GRAPHS}
    files |= prepared.files
    if settings.keep_weights:
        files[WEIGHTS] = work / WEIGHTS
    written = card(
        spec,
        settings,
        prepared.pairs,
        task=packing.task,
        intended=f"{title_of(prepared.pairs)}: {packing.intended(prepared.pairs)}",
        data={"examples": done.counts, "more": settings.more or None, **prepared.info},
        serving=serving,
        versions={"keras": keras.__version__, "backend": keras.backend.backend(), "tf2onnx": version("tf2onnx")},
    )
    bundle.write(made, written, files)
    shutil.rmtree(work, ignore_errors=True)
