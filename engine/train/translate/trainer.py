"""Training of an encoder-decoder: the loop of :mod:`..loop` over pairs, with translations of a sample each epoch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from ...text.batching import Ragged, bucketed_batches, split_large
from ...text.subwords import Subwords, seed_sampling
from ...text.symbols import END, PAD, START, UNK
from ..loop import compile_model
from ..pairs.loop import CELLS, MULTIPLE, PairsLoop, Scorer, shifted
from .prepare import TranslationPart, encode


@keras.saving.register_keras_serializable("dltext")
class SmoothedCrossEntropy(keras.losses.Loss):
    """Cross-entropy (nats) of the next word, ``smoothing`` of the probability spread over all words (Szegedy et al.
    2016, section 7): gold ids ``[b, t]`` and scores ``[b, t, V]`` to ``[b, t]``."""

    def __init__(self, smoothing: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        gold = ops.cast(y_true, "int32")
        # The backends have one kernel for this; the scores are by far the largest tensor of a step.
        loss: Any = ops.sparse_categorical_crossentropy(gold, y_pred, from_logits=True)
        if self.smoothing:
            gold_scores = ops.take_along_axis(y_pred, gold[:, :, None], axis=-1)[:, :, 0]
            loss = loss + self.smoothing * (gold_scores - ops.mean(y_pred, axis=-1))
        return loss

    def get_config(self):
        return {**super().get_config(), "smoothing": self.smoothing}


class PairsTrainer(PairsLoop):
    """Fits ``model`` on ``train``; see :class:`~dltext.engine.train.loop.Loop`.

    ``scores(hypotheses, references) -> {"bleu", "chrf"}`` measures the translations of a validation sample.
    """

    def __init__(
        self,
        model: keras.Model,
        settings,
        source: Subwords,
        target: Subwords,
        train: TranslationPart,
        validation: TranslationPart,
        scores: Scorer,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.source, self.target = source, target
        self._cut: tuple[int, Ragged] = (-1, train.sources)
        # Of gold ids and scores: what weights of 0 leave out is padding.
        accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        compile_model(model, settings, SmoothedCrossEntropy(settings.label_smoothing), [accuracy])
        super().__init__(model, settings, train, validation, scores, seed, emit, should_stop, folder)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        if self.settings.sampling and epoch != self._cut[0]:
            seed_sampling(self.seed * 10_007 + epoch)  # a resumed epoch sees the same cuts again
            self._cut = (epoch, encode(self.train.pairs, self.source, self.target, self.settings.sampling).sources)
        return self._cut_large(self.train.targets.lengths * 4096 + self._cut[1].lengths, epoch)

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        sources, targets = self._cut[1].padded(rows, MULTIPLE), self.train.targets.padded(rows)
        given, gold, weights = shifted(targets)
        if self.settings.word_dropout:
            chance = self._rng()
            for ids in (sources, given):
                hidden = (chance.random(ids.shape) < self.settings.word_dropout) & (ids > END)
                ids[hidden] = UNK
        return self._train_on([sources, given], gold, weights)

    def _validated(self) -> dict[str, float]:
        return measure(self.model, self.validation)

    def _written(self) -> list[str]:
        return [self.target.decode(ids) for ids in greedy(self.model, self.validation.sources.take(self.sampled))]


def measure(model: keras.Model, part: TranslationPart, batch_size: int = 128) -> dict[str, float]:
    """Cross-entropy (nats a word) and share of the words predicted, over a part."""
    loss = hits = words = 0.0
    batches = bucketed_batches(part.targets.lengths * 4096 + part.sources.lengths, batch_size, None)
    for rows in split_large(batches, part.targets.lengths, CELLS):
        given, gold, _ = shifted(part.targets.padded(rows))
        scores = model.predict_on_batch([part.sources.padded(rows, MULTIPLE), given])
        scores = np.asarray(ops.convert_to_numpy(scores), np.float32)
        real = gold != PAD
        most = scores.max(axis=-1)
        log_sum = np.log(np.exp(scores - most[..., None]).sum(axis=-1)) + most
        gold_scores = np.take_along_axis(scores, gold[..., None], axis=-1)[..., 0]
        loss += float((log_sum - gold_scores)[real].sum())
        hits += float((scores.argmax(axis=-1) == gold)[real].sum())
        words += float(real.sum())
    return {"loss": loss / words, "accuracy": hits / words}


def greedy(model: keras.Model, sources: Ragged, most: int = 60) -> list[np.ndarray]:
    """The most probable next word again and again, until the end: by the training network itself, which reads all that
    is written so far at each step. Only for a glance at a sample; what ships decodes step by step."""
    hypotheses: list[np.ndarray] = [np.zeros(0, np.int32)] * len(sources)
    for rows in bucketed_batches(sources.lengths, 100, None):
        ids = sources.padded(rows, MULTIPLE)
        longest = min(most, 2 * ids.shape[1] + 8)
        written = np.zeros((len(rows), 1), np.int32) + START
        done = np.zeros(len(rows), bool)
        while written.shape[1] <= longest and not done.all():
            last = written.shape[1] - 1
            padded = np.pad(written, ((0, 0), (0, -written.shape[1] % 8)))
            scores = np.asarray(ops.convert_to_numpy(model.predict_on_batch([ids, padded])))[:, last]
            scores[:, [PAD, UNK, START]] = -np.inf
            word = np.where(done, PAD, scores.argmax(axis=1)).astype(np.int32)
            done |= word == END
            written = np.concatenate([written, word[:, None]], axis=1)
        for row, line in zip(rows, written, strict=True):
            stop = np.flatnonzero(line == END)
            hypotheses[row] = line[1 : stop[0] if len(stop) else None]
    return hypotheses
