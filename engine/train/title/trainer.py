"""Training of a writer of titles: the loop of :mod:`..pairs.loop`, over words that are written or copied."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from ...tasks.title.vocabulary import END, UNK, TitleVocabulary, clean, words
from ...text.batching import bucketed_batches, split_large
from ..loop import compile_model
from ..pairs.loop import CELLS, PairsLoop, Scorer, shifted
from .greedy import Greedy
from .prepare import TitlePart

MULTIPLE = 8
"""Widths of texts are rounded up to this."""


@keras.saving.register_keras_serializable("dltext")
class TitleLoss(keras.losses.Loss):
    """``−log p(gold)`` (nats) and ``coverage`` times the overlap of the attention (See et al. 2017, equation 13), of
    what :func:`~dltext.models.title_generator.build` tells, ``[b, t, 2]``; to ``[b, t]``."""

    def __init__(self, coverage: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.coverage = coverage

    def call(self, y_true, y_pred):
        return self.coverage * y_pred[:, :, 1] - y_pred[:, :, 0]

    def get_config(self):
        return {**super().get_config(), "coverage": self.coverage}


def probability(y_true, y_pred):
    """Of the words that are right, ``[b, t]``: what share would be, were titles drawn by chance."""
    return ops.exp(y_pred[:, :, 0])


class TitleTrainer(PairsLoop):
    """Fits ``model`` on ``train``; see :class:`~dltext.engine.train.loop.Loop`.

    ``scores(hypotheses, references)`` measures the titles of a validation sample.
    """

    def __init__(
        self,
        model: keras.Model,
        settings,
        vocabulary: TitleVocabulary,
        train: TitlePart,
        validation: TitlePart,
        scores: Scorer,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.vocabulary = vocabulary
        metric = keras.metrics.MeanMetricWrapper(probability, name="accuracy")
        compile_model(model, settings, TitleLoss(settings.coverage), [metric])
        super().__init__(model, settings, train, validation, scores, seed, emit, should_stop, folder)
        self._greedy: Greedy | None = None
        self._read = validation.take(self.sampled)
        self._surfaces = [words(clean(pair.source))[: settings.longest] for pair in self._sample]

    def _batches(self, epoch: int) -> list[np.ndarray]:
        # The text is what a step costs, word by word.
        return self._cut_large(self.train.sources.lengths * 4096 + self.train.targets.lengths, epoch)

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        inputs, weights = _inputs(self.train, rows)
        if self.settings.word_dropout:
            chance = self._rng()
            for ids in (inputs[0], inputs[2]):
                hidden = (chance.random(ids.shape) < self.settings.word_dropout) & (ids > END)
                ids[hidden] = UNK
        return self._train_on(inputs, np.zeros_like(inputs[3]), weights)

    def _validated(self) -> dict[str, float]:
        return measure(self.model, self.validation, self.settings.batch_size)

    def _written(self) -> list[str]:
        if self._greedy is None:
            self._greedy = Greedy(self.settings, self.vocabulary.size)
        title_ids = self._greedy.write(self.model, self._read.sources, self._read.extended, self.settings.longest_title)
        return [
            self.vocabulary.written(ids, surfaces)[0] for ids, surfaces in zip(title_ids, self._surfaces, strict=True)
        ]

    def _references(self) -> list[str]:
        return [clean(pair.target) for pair in self._sample]


def _inputs(part: TitlePart, rows: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Source, extended, target and gold, as the network takes them; and the weights of the words."""
    given, _, _ = shifted(part.given.padded(rows))
    _, gold, weights = shifted(part.targets.padded(rows))
    return [part.sources.padded(rows, MULTIPLE), part.extended.padded(rows, MULTIPLE), given, gold], weights


def measure(model: keras.Model, part: TitlePart, batch_size: int = 32) -> dict[str, float]:
    """``−log p(gold)`` (nats a word), the coverage loss apart, and the mean probability of the words, over a part."""
    loss = probable = count = 0.0
    batches = bucketed_batches(part.sources.lengths * 4096 + part.targets.lengths, batch_size, None)
    for rows in split_large(batches, part.targets.lengths, CELLS):
        inputs, weights = _inputs(part, rows)
        log_probs = np.asarray(ops.convert_to_numpy(model.predict_on_batch(inputs)), np.float64)[..., 0][weights > 0]
        loss -= float(log_probs.sum())
        probable += float(np.exp(log_probs).sum())
        count += log_probs.size
    return {"loss": loss / count, "accuracy": probable / count}
