"""Training of an encoder-decoder: the loop of :mod:`..loop` over pairs, with translations of a sample each epoch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...text.batching import Ragged, bucketed_batches, padding_share, split_large
from ...text.subwords import END, PAD, START, UNK, Subwords, seed_sampling
from ..loop import Loop, compile_model
from .prepare import Part, encode

ops: Any = keras.ops  # its types say that anything may be None

MULTIPLE = 4
"""Widths are rounded up to this: fewer shapes to trace, little padding."""
CELLS = 3072
"""Target words, with padding, of a step at most: each has a score for every word of the vocabulary."""
SAMPLE = 200
"""Validation pairs that are translated after each epoch."""
SHOWN = 3
"""Of these, as many are shown as they improve."""


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
            own = ops.take_along_axis(y_pred, gold[:, :, None], axis=-1)[:, :, 0]
            loss = loss + self.smoothing * (own - ops.mean(y_pred, axis=-1))
        return loss

    def get_config(self):
        return {**super().get_config(), "smoothing": self.smoothing}


class PairsTrainer(Loop):
    """Fits ``model`` on ``train``; see :class:`~dltext.engine.train.loop.Loop`.

    ``scores(hypotheses, references) -> {"bleu", "chrf"}`` measures the translations of a validation sample.
    """

    def __init__(
        self,
        model: keras.Model,
        settings,
        source: Subwords,
        target: Subwords,
        train: Part,
        validation: Part,
        scores: Callable[[list[str], list[str]], dict[str, float]],
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.source, self.target, self.scores = source, target, scores
        self.train, self.validation = train, validation
        chosen = np.random.default_rng(seed).permutation(len(validation))[:SAMPLE]
        self._sample = [validation.pairs[row] for row in chosen]
        self._sources = validation.sources.take(chosen)
        self._cut: tuple[int, Ragged] = (-1, train.sources)
        self._examples: list[dict[str, str]] = []
        # Of gold ids and scores: what weights of 0 leave out is padding.
        accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        compile_model(model, settings, SmoothedCrossEntropy(settings.label_smoothing), [accuracy])
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def _batches(self, epoch: int) -> list[np.ndarray]:
        if self.settings.sampling and epoch != self._cut[0]:
            seed_sampling(self.seed * 10_007 + epoch)  # a resumed epoch sees the same cuts again
            self._cut = (epoch, encode(self.train.pairs, self.source, self.target, self.settings.sampling).sources)
        lengths = self.train.targets.lengths * 4096 + self._cut[1].lengths
        batches = bucketed_batches(lengths, self.settings.batch_size, np.random.default_rng([self.seed, epoch]))
        return split_large(batches, self.train.targets.lengths, CELLS)

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        sources, targets = self._cut[1].padded(rows, MULTIPLE), self.train.targets.padded(rows)
        given, gold, weights = _shifted(targets)
        if self.settings.word_dropout:
            chance = self._rng()
            for ids in (sources, given):
                hidden = (chance.random(ids.shape) < self.settings.word_dropout) & (ids > END)
                ids[hidden] = UNK
        return self._train_on([sources, given], gold, weights)

    def _measure(self) -> dict[str, float]:
        found = measure(self.model, self.validation)
        written = [self.target.decode(ids) for ids in greedy(self.model, self._sources)]
        references = [pair.target for pair in self._sample]
        rows = list(zip(self._sample, references, written, strict=True))[:SHOWN]
        self._examples = [{"source": pair.source, "reference": gold, "hypothesis": own} for pair, gold, own in rows]
        return {**found, **self.scores(written, references)}

    def _told(self) -> dict[str, Any]:
        return {"examples": self._examples}

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.targets.lengths, batches, MULTIPLE)


def _shifted(targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is given, what is to follow, and weights with a mean of 1 over the real words; widths as MULTIPLE says."""
    given, gold = targets[:, :-1].copy(), targets[:, 1:]
    given[given == END] = PAD  # of a shorter target: behind its end is nothing to foretell
    more = -given.shape[1] % MULTIPLE
    given, gold = (np.pad(ids, ((0, 0), (0, more))) for ids in (given, gold))
    weights = (gold != PAD).astype(np.float32)
    return given, gold, weights * (weights.size / weights.sum())


def measure(model: keras.Model, part: Part, batch_size: int = 128) -> dict[str, float]:
    """Cross-entropy (nats a word) and share of the words foretold, over a part."""
    loss = hits = words = 0.0
    batches = bucketed_batches(part.targets.lengths * 4096 + part.sources.lengths, batch_size, None)
    for rows in split_large(batches, part.targets.lengths, CELLS):
        given, gold, _ = _shifted(part.targets.padded(rows))
        scores = model.predict_on_batch([part.sources.padded(rows, MULTIPLE), given])
        scores = np.asarray(ops.convert_to_numpy(scores), np.float32)
        real = gold != PAD
        most = scores.max(axis=-1)
        log_sum = np.log(np.exp(scores - most[..., None]).sum(axis=-1)) + most
        own = np.take_along_axis(scores, gold[..., None], axis=-1)[..., 0]
        loss += float((log_sum - own)[real].sum())
        hits += float((scores.argmax(axis=-1) == gold)[real].sum())
        words += float(real.sum())
    return {"loss": loss / words, "accuracy": hits / words}


def greedy(model: keras.Model, sources: Ragged, most: int = 60) -> list[np.ndarray]:
    """The most probable next word again and again, until the end: by the training network itself, which reads all that
    is written so far at each step. Only for a glance at a sample; what ships decodes step by step."""
    found: list[np.ndarray] = [np.zeros(0, np.int32)] * len(sources)
    for rows in bucketed_batches(sources.lengths, 100, None):
        ids = sources.padded(rows, MULTIPLE)
        longest = min(most, 2 * ids.shape[1] + 8)
        written = np.zeros((len(rows), 1), np.int32) + START
        done = np.zeros(len(rows), bool)
        while written.shape[1] <= longest and not done.all():
            at = written.shape[1] - 1
            padded = np.pad(written, ((0, 0), (0, -written.shape[1] % 8)))
            scores = np.asarray(ops.convert_to_numpy(model.predict_on_batch([ids, padded])))[:, at]
            scores[:, [PAD, UNK, START]] = -np.inf
            word = np.where(done, PAD, scores.argmax(axis=1)).astype(np.int32)
            done |= word == END
            written = np.concatenate([written, word[:, None]], axis=1)
        for row, line in zip(rows, written, strict=True):
            stop = np.flatnonzero(line == END)
            found[row] = line[1 : stop[0] if len(stop) else None]
    return found
