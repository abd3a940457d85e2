"""A translator from its pairs to its bundle; see :func:`~dltext.engine.train.run.execute`."""

from pathlib import Path
from typing import Any

import numpy as np

from ....data.pairs import Pair, Pairs
from ... import registry
from ...results import JobSpec, Preflight
from .. import paired_run
from ..paired import Scorer, begin_with_frequencies
from ..paired_run import Kind
from ..prepare import Emit
from ..run import Stop
from .finish import finish
from .prepare import Prepared, prepare, read
from .scores import corpus_scores
from .trainer import PairsTrainer

MEASURES = {"bleu": "BLEU", "chrf": "chrF", "accuracy": "words foretold"}


def train(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """A translator from its pairs to its bundle."""
    return paired_run.train(KIND, spec, folder, emit, should_stop)


def preflight(spec: JobSpec) -> Preflight:
    """What can be known in seconds before it is trained: the pairs, the floor, time, memory."""
    return paired_run.preflight(KIND, spec)


def network(recipe: str, settings, prepared: Prepared, seed: int):
    """A freshly initialised network of the recipe, whose output begins with how often each word occurs."""
    import keras

    keras.utils.set_random_seed(seed)
    build = registry.load(registry.get(recipe).build)
    model = build(settings, prepared.source.size, prepared.target.size)
    begin_with_frequencies(model, prepared.train.targets, prepared.target.size)
    return model


def loop(model, settings, prepared: Prepared, seed: int, *more) -> PairsTrainer:
    """The training of ``model``; ``more``: emit, should_stop, folder."""
    parts = prepared.train, prepared.validation
    return PairsTrainer(model, settings, prepared.source, prepared.target, *parts, scorer(prepared), seed, *more)


def scorer(prepared: Prepared) -> Scorer:
    """BLEU and chrF in the target's language."""

    def scores(written: list[str], references: list[str]) -> dict[str, float]:
        found = corpus_scores(written, references, prepared.pairs.target_language)
        return {"bleu": found["bleu"], "chrf": found["chrf"]}

    return scores


def measure_floor(pairs: Pairs, train: list[Pair], part: list[Pair]) -> dict[str, Any]:
    """The floor that copies, on ``part``."""
    from .floor import NAME, Nearest

    copied, near = Nearest(train).translate([pair.source for pair in part])
    found = corpus_scores(copied, [pair.target for pair in part], pairs.target_language)
    return {"name": NAME, "bleu": found["bleu"], "chrf": found["chrf"], "similarity": float(np.mean(near))}


KIND = Kind(
    MEASURES, read, prepare, network, loop, measure_floor,
    "copying the translation of the nearest training sentence", finish,
)  # fmt: skip
