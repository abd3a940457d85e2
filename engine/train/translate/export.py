"""The two graphs of an encoder-decoder: the source to memory and first states, and one step of the decoder.

Runs where :mod:`..onnx_classifier` does, for the same reason.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ...serve.probabilities import log_softmax
from .. import export_process
from ..onnx_graphs import begin, check_and_shrink, give, planned, word_by_word, write

SIZES = ("source_vocabulary", "target_vocabulary")
"""What a card says of its data that the network's sizes are."""


def export(folder: Path, recipe: str, settings: dict, source_size: int, target_size: int, weights: dict) -> dict:
    """Write ``encoder.onnx`` and ``step.onnx`` into ``folder``; returns ``states`` (how many there are), ``attention``
    (whether there is any), ``parity`` and ``shrunk``, largest differences of a log-probability.

    ``weights`` are the training network's, by their paths. Raises UserError with what was said last if it fails.
    """
    plan = {"recipe": recipe, "settings": settings, "source_size": source_size, "target_size": target_size}
    return begin("dltext.engine.train.translate.export", folder, plan, weights)


def _export(folder: Path) -> dict:
    """Make the graphs of what stands in the folder; their figures."""
    from ...registry import get, load, settings_of

    plan, weights = planned(folder)
    settings = settings_of(plan["recipe"], plan["settings"])
    sizes = plan["source_size"], plan["target_size"]
    build = get(plan["recipe"]).build
    module = build.partition(":")[0]
    whole = load(build)(settings, *sizes)
    encoder, step = load(f"{module}:build_serving")(settings, *sizes)
    give(weights, whole, encoder, step)
    attention = len(step.outputs) > 1 + len(encoder.outputs) - 1
    states = write(encoder, step, folder, ("scores", "attention") if attention else ("scores",))
    figures = check_and_shrink(folder, settings.precision, lambda: difference(folder, whole, sizes))
    return {"states": states, "attention": attention, **figures}


def difference(folder: Path, whole: Any, sizes: tuple[int, int]) -> float:
    """Largest difference of a log-probability: word by word in ONNX, unpadded, against one padded Keras batch."""
    rng = np.random.default_rng(0)
    lengths = [(3, 5), (12, 8), (7, 12)]
    sources, targets = (np.zeros((3, 12), np.int32) for _ in range(2))
    for row, (n, t) in enumerate(lengths):
        sources[row, :n], targets[row, :t] = rng.integers(4, sizes[0], n), rng.integers(4, sizes[1], t)
    together = log_softmax(np.array(whole.predict_on_batch([sources, targets]), np.float64))
    most = 0.0
    for row, place, outputs in word_by_word(folder, sources, targets, lengths):
        most = max(
            most, float(np.abs(log_softmax(np.array(outputs["scores"], np.float64))[0] - together[row, place]).max())
        )
    return most


if __name__ == "__main__":
    export_process.main(_export)
