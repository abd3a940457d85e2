"""What the bundle of a translator holds, and how it is measured."""

from pathlib import Path
from typing import Any

from ....data.pairs import Pairs
from ...results import JobSpec, Report
from .. import paired_finish
from ..paired_finish import Packing, Weights
from ..paired_run import Finished
from ..prepare import Emit
from .export import export
from .prepare import SOURCE, TARGET, Prepared


def finish(spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """See :func:`~dltext.engine.train.paired_finish.finish`."""
    from ...tasks.evaluate_translation import evaluate

    packing = Packing("translate", _export, _serving, _intended, evaluate)
    return paired_finish.finish(packing, spec, folder, settings, done, split, emit)


def _export(folder: Path, recipe: str, settings: dict[str, Any], prepared: Prepared, weights: Weights) -> dict:
    return export(folder, recipe, settings, prepared.source.size, prepared.target.size, weights)


def _serving(settings, prepared: Prepared) -> dict[str, Any]:
    return {
        "source_tokenizer": SOURCE,
        "target_tokenizer": TARGET,
        "source": prepared.pairs.source_language,
        "target": prepared.pairs.target_language,
        "lowercase": settings.lowercase,
        "simplify": settings.simplify,
        "coverage_penalty": settings.coverage_penalty,
    }


def _intended(pairs: Pairs) -> str:
    return f"{pairs.source_language} to {pairs.target_language}, short texts like these."
