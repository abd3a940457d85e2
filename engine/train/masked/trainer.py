"""The loop of pretraining: pieces hidden anew in each step, halves of other texts put behind where that is learnt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ...serve.probabilities import log_softmax
from ...tasks.fill.masking import Masked, mask
from ...text.batching import Ragged, bucketed_batches, padding_share, split_large
from ...text.subword_rules import SIGNS
from ..loop import Loop, compile_model

MULTIPLE = 8
"""Widths are rounded up to this: fewer shapes to trace."""
CELLS = 16_384
"""Pieces of a step at most, with padding: where texts are long, fewer go into one."""
VALIDATED = 512
"""Stretches of the validation part that are measured after each epoch, with the same pieces hidden each time."""
SEP = SIGNS.index("[SEP]")


def paired(texts: Ragged, rows: np.ndarray, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """``A [SEP] B`` of each row, A its first half, and B its second or (half the time) that of another text; and
    float32 ``[rows]``, 1 where B follows A (section 3.1, task 2)."""
    follows = rng.random(len(rows)) < 0.5
    others = rng.integers(0, len(texts), len(rows))
    pairs = []
    for number, row in enumerate(rows.tolist()):
        ids = texts[row]
        other = ids if follows[number] or others[number] == row else texts[int(others[number])]
        first, second = ids[: len(ids) // 2], other[len(other) // 2 :]
        pairs.append(np.concatenate([first, [SEP], second]).astype(np.int32))
    return pairs, (follows | (others == rows)).astype(np.float32)


class MaskedTrainer(Loop):
    """Fits a network of :func:`~dltext.models.masked_lm.build` on stretches of texts, ``train`` and ``validation``.

    ``accuracy`` is that of the hidden pieces.
    """

    def __init__(
        self,
        model: keras.Model,
        settings: Any,
        train: Ragged,
        validation: Ragged,
        vocabulary: int,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ) -> None:
        self.train, self.vocabulary, self.pairs = train, vocabulary, bool(settings.next_sentence)
        self._held = self._validation(validation, settings, np.random.default_rng([seed, 1]))
        loss: dict[str, Any] = {"masked": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}
        metrics: dict[str, list[Any]] = {"masked": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]}
        if self.pairs:
            loss["next"] = keras.losses.BinaryCrossentropy(from_logits=True)
        compile_model(model, settings, loss, metrics)
        model.optimizer.exclude_from_weight_decay(var_names=["bias", "embedding", "gamma", "beta"])
        super().__init__(model, settings, seed, emit, should_stop, folder)

    def _validation(self, part: Ragged, settings: Any, rng: np.random.Generator) -> list[tuple[Masked, np.ndarray]]:
        part = part.take(np.sort(rng.permutation(len(part))[:VALIDATED]))
        batches = split_large(bucketed_batches(part.lengths, 64, None), part.lengths, CELLS)
        return [self._asked(part, rows, rng, settings) for rows in batches]

    def _asked(
        self, part: Ragged, rows: np.ndarray, rng: np.random.Generator, settings: Any
    ) -> tuple[Masked, np.ndarray]:
        """A batch with hidden pieces, and which of its rows are followed by what is their own."""
        follows = np.zeros(0, np.float32)
        if self.pairs:
            pairs, follows = paired(part, rows, rng)
            part, rows = Ragged.pack(pairs), np.arange(len(pairs))
        return mask(part.padded(rows, MULTIPLE), self.vocabulary, rng, settings.masked_share), follows

    def _batches(self, epoch: int) -> list[np.ndarray]:
        lengths, rng = self.train.lengths, np.random.default_rng([self.seed, epoch])
        return split_large(bucketed_batches(lengths, self.settings.batch_size, rng), lengths, CELLS)

    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        masked, follows = self._asked(self.train, rows, self._rng(), self.settings)
        weights = masked.real.astype(np.float32)
        # With a mean of 1 over all cells, for Keras divides by their number.
        weights *= weights.size / max(float(weights.sum()), 1.0)
        targets: dict[str, np.ndarray] = {"masked": masked.targets}
        weighing: dict[str, np.ndarray] = {"masked": weights}
        if self.pairs:
            targets["next"], weighing["next"] = follows[:, None], np.ones(len(follows), np.float32)
        given: Any = {"ids": masked.ids, "blanks": masked.places}
        said: Any = self.model.train_on_batch(given, targets, sample_weight=weighing, return_dict=True)
        if not np.isfinite(said["loss"]):
            raise FloatingPointError("the loss is no longer a number; a lower learning rate or gradient clipping helps")
        return float(said["loss"]), float(said.get("masked_accuracy", said.get("accuracy", 0.0)))

    def _measure(self) -> dict[str, float]:
        loss = hits = count = followed = pairs = 0.0
        for masked, follows in self._held:
            said: Any = self.model.predict_on_batch({"ids": masked.ids, "blanks": masked.places})
            logits = np.asarray(said["masked"], np.float64)[masked.real]  # [questions, vocabulary]
            golds = masked.targets[masked.real]
            hits += float((logits.argmax(axis=1) == golds).sum())
            loss -= float(log_softmax(logits)[np.arange(len(golds)), golds].sum())
            count += len(golds)
            if self.pairs:
                followed += float(((np.asarray(said["next"])[:, 0] > 0) == (follows > 0)).sum())
                pairs += len(follows)
        measured = {"loss": loss / max(count, 1), "accuracy": hits / max(count, 1)}
        return measured | ({"next": followed / max(pairs, 1)} if self.pairs else {})

    def _padding(self, batches: list[np.ndarray]) -> float:
        return padding_share(self.train.lengths, batches, MULTIPLE)
