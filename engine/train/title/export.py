"""The two graphs of a writer of titles: the text to memory and first states, and one step of what writes.

Runs where :mod:`..onnx_classifier` does, for the same reason.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ...tasks.title.vocabulary import END, START, UNK
from .. import export_process
from ..onnx_graphs import begin, check_and_shrink, give, planned, word_by_word, write

SIZES = ("vocabulary",)
"""What a card says of its data that the network's sizes are."""
NEVER = 1e-6
"""Of words that are less probable the logarithms differ, and nobody is any the wiser."""


def export(folder: Path, recipe: str, settings: dict, size: int, weights: dict) -> dict:
    """Write ``encoder.onnx`` and ``step.onnx`` into ``folder``; returns ``states`` (how many there are), ``parity`` and
    ``shrunk``, largest differences of a logarithm of the right word's probability.

    ``weights`` are the training network's, by their paths. Raises UserError with what was said last if it fails.
    """
    plan = {"recipe": recipe, "settings": settings, "size": size}
    return begin("dltext.engine.train.title.export", folder, plan, weights)


def _export(folder: Path) -> dict:
    """Make the graphs of what stands in the folder; their figures."""
    from ....models import title_generator
    from ...registry import settings_of

    plan, weights = planned(folder)
    settings, size = settings_of(plan["recipe"], plan["settings"]), plan["size"]
    whole = title_generator.build(settings, size)
    encoder, step = title_generator.build_serving(settings, size)
    give(weights, whole, encoder, step)
    states = write(encoder, step, folder, ("scores", "copies", "attention"))
    return {"states": states, **check_and_shrink(folder, settings.precision, lambda: difference(folder, whole, size))}


def difference(folder: Path, whole: Any, size: int) -> float:
    """Largest difference of log p(gold), over words of the vocabulary and words that are only copied: word by word in
    ONNX, unpadded, against one padded Keras batch."""
    rng = np.random.default_rng(0)
    lengths = [(3, 5), (12, 8), (7, 12)]
    extended, targets, gold = (np.zeros((3, 12), np.int32) for _ in range(3))
    for row, (n, t) in enumerate(lengths):
        extended[row, :n] = rng.integers(4, size, n)
        extended[row, 1:3] = size, size + 1
        gold[row, :t] = [*rng.choice(extended[row, :n], t - 2), *rng.integers(4, size, 1), END]
        targets[row, :t] = [START, *np.where(gold[row, : t - 1] < size, gold[row, : t - 1], UNK)]
    sources = np.where(extended < size, extended, UNK).astype(np.int32)
    together = np.asarray(whole.predict_on_batch([sources, extended, targets, gold]), np.float64)[..., 0]
    most = 0.0
    for row, place, outputs in word_by_word(folder, sources, targets, lengths):
        share = np.pad(np.exp(outputs["scores"][0].astype(np.float64)), (0, 2))
        np.add.at(share, extended[row, : lengths[row][0]], outputs["copies"][0])
        right = gold[row, place]
        if not outputs["copies"].any() and right >= size:
            right = UNK
        served, other = np.log(share[right] + NEVER), np.log(np.exp(together[row, place]) + NEVER)
        most = max(most, abs(float(served - other)))
    return most


if __name__ == "__main__":
    export_process.main(_export)
