"""A writer of titles from its texts to its bundle; see :func:`~dltext.engine.train.run.execute`."""

from pathlib import Path
from typing import Any

from ....data.pairs import Pair, Pairs
from ... import registry
from ...results import JobSpec, Preflight
from .. import paired_run
from ..paired import Scorer, begin_with_frequencies
from ..paired_run import Kind
from ..prepare import Emit
from ..run import Stop
from . import floor
from .finish import finish
from .prepare import Prepared, prepare, read_pairs
from .scores import rouge
from .trainer import TitleTrainer

MEASURES = {
    "rougeL": "ROUGE-L",
    "rouge2": "ROUGE-2",
    "rouge1": "ROUGE-1",
    "accuracy": "probability of the words",
}


def train(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """A writer of titles from its texts to its bundle."""
    return paired_run.train(KIND, spec, folder, emit, should_stop)


def preflight(spec: JobSpec) -> Preflight:
    """What can be known in seconds before it is trained: the texts, the floor, time, memory."""
    return paired_run.preflight(KIND, spec)


def network(recipe: str, settings, prepared: Prepared, seed: int):
    """A freshly initialised network, whose output begins with how often each word occurs in titles."""
    import keras

    keras.utils.set_random_seed(seed)
    size = prepared.vocabulary.size
    model = registry.load(registry.get(recipe).build)(settings, size)
    begin_with_frequencies(model, prepared.train.targets, size)
    return model


def loop(model, settings, prepared: Prepared, seed: int, *more) -> TitleTrainer:
    """The training of ``model``; ``more``: emit, should_stop, folder."""
    parts = prepared.train, prepared.validation
    return TitleTrainer(model, settings, prepared.vocabulary, *parts, scorer(prepared), seed, *more)


def scorer(prepared: Prepared) -> Scorer:
    """ROUGE in the titles' language."""

    def scores(written: list[str], references: list[str]) -> dict[str, float]:
        return rouge(written, references, prepared.pairs.source_language)

    return scores


def measure_floor(pairs: Pairs, train: list[Pair], part: list[Pair]) -> dict[str, Any]:
    """The first sentence; it learns nothing of ``train``."""
    return floor.measure(part, pairs.source_language)


KIND = Kind(
    MEASURES, read_pairs, prepare, network, loop, measure_floor, "taking the first sentence for the title", finish,
    floor_learns=False, titles=True,
)  # fmt: skip
