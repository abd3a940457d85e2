"""What the bundle of a writer of titles holds, and how it is measured."""

from pathlib import Path
from typing import Any

from ....data.pairs import Pairs
from ...results import JobSpec, Report
from .. import paired_finish
from ..paired_finish import Packing, Weights
from ..paired_run import Finished
from ..prepare import Emit
from .export import export
from .prepare import VOCABULARY, Prepared


def finish(spec: JobSpec, folder: Path, settings, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """See :func:`~dltext.engine.train.paired_finish.finish`."""
    from ...tasks.evaluate_title import evaluate

    packing = Packing("title", _export, _serving, _intended, evaluate)
    return paired_finish.finish(packing, spec, folder, settings, done, split, emit)


def _export(folder: Path, recipe: str, settings: dict[str, Any], prepared: Prepared, weights: Weights) -> dict:
    return export(folder, recipe, settings, prepared.vocabulary.size, weights)


def _serving(settings, prepared: Prepared) -> dict[str, Any]:
    return {
        "vocabulary": VOCABULARY,
        "language": prepared.pairs.source_language,
        "longest_title": settings.longest_title,
        "copying": settings.copying,
        "length_reward": settings.length_reward,
        "expected_length": prepared.info["target_units"],
    }


def _intended(pairs: Pairs) -> str:
    return f"titles of texts like these, {pairs.source_language}."
