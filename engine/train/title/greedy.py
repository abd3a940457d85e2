"""Titles of a sample while training, word by word, by graphs that share the weights of the network that learns."""

import keras
import numpy as np
from keras import ops

from ....models.title_generator import build_serving
from ...tasks.title.vocabulary import END, PAD, START, UNK
from ...text.batching import Ragged, bucketed_batches
from .. import checkpoint
from ..onnx_graphs import by_path

TOGETHER = 100
"""Texts."""


class Greedy:
    """Always the most probable word, written or copied."""

    def __init__(self, settings, size: int) -> None:
        self.size = size
        self.encoder, self.step = build_serving(settings, size, mask=True)

    def write(self, model: keras.Model, sources: Ragged, extended: Ragged, most: int) -> list[np.ndarray]:
        """Extended ids of a title for each source, without start and end, by the weights that ``model`` has now."""
        weights = by_path(model)
        for graph in (self.encoder, self.step):
            checkpoint.assign(graph.weights, [weights[variable.path] for variable in graph.weights])
        titles: list[np.ndarray] = [np.zeros(0, np.int32)] * len(sources)
        for rows in bucketed_batches(sources.lengths, TOGETHER, None):
            for row, title in zip(
                rows, self._batch(sources.padded(rows, 8), extended.padded(rows, 8), most), strict=True
            ):
                titles[row] = title
        return titles

    def _batch(self, ids: np.ndarray, extended: np.ndarray, most: int) -> list[np.ndarray]:
        memory, real, *states = self.encoder.predict_on_batch(ids)
        count = np.arange(len(ids))
        word, done = np.full((len(ids), 1), START, np.int32), np.zeros(len(ids), bool)
        written = []
        while len(written) < most and not done.all():
            place = np.full((len(ids), 1), len(written), np.float32)
            outputs = self.step.predict_on_batch([word, place, memory, real, *states])
            scores, copies, _, *states = (np.asarray(ops.convert_to_numpy(value)) for value in outputs)
            share = np.zeros((len(ids), max(self.size, int(extended.max()) + 1)), np.float32)
            share[:, : self.size] = np.exp(scores)
            np.add.at(share, (count[:, None], extended), copies)
            share[:, [PAD, UNK, START]] = 0
            best = np.where(done, PAD, share.argmax(axis=1)).astype(np.int32)
            done |= best == END
            written.append(best)
            word = np.where(best < self.size, best, UNK)[:, None].astype(np.int32)
        lines = np.stack(written, axis=1)
        return [line[: np.flatnonzero(np.isin(line, (END, PAD)))[0] if np.isin(line, (END, PAD)).any() else None]
                for line in lines]  # fmt: skip
