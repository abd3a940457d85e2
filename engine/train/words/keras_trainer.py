"""The training loop of word2vec in Keras: a batch at a time, to be watched, stopped and resumed anywhere."""

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .. import checkpoint
from ..shared import Emit, Stop
from .measures import WordMeasures, WordScores
from .pairs import Sampler
from .settings_keras import Word2VecKeras
from .sgd import make_step

CHECKPOINT_SECONDS = 180.0
TICK_SECONDS = 0.25


@dataclass
class KerasProgress:
    """Where a training stands: ``block`` blocks of epoch ``epoch`` (from 0) are done, and ``batch`` of the next."""

    epoch: int = 0
    block: int = 0
    batch: int = 0
    loss: float = 0.0
    """Sum over the epoch's pairs, nats."""
    pairs: float = 0.0
    seconds: float = 0.0
    """Of training in this epoch, measuring not counted."""
    history: list[dict[str, Any]] = field(default_factory=list)


class SamplingTrainer:
    """Leads a model through the blocks of a sampler, the learning rate falling linearly over the run.

    A batch is a function of seed, epoch, block and its number, so a stopped run continues in the middle of a block and
    ends with the same vectors (on one kind of processor; a GPU adds in no fixed order).
    """

    def __init__(
        self,
        model: Any,
        settings: Word2VecKeras,
        sampler: Sampler,
        words: list[str],
        measures: WordMeasures | None = None,
        emit: Emit = lambda kind, **values: None,
        should_stop: Stop = lambda: False,
        folder: Path | None = None,
    ) -> None:
        self.model, self.settings, self.sampler, self.words = model, settings, sampler, words
        self.measures, self.emit, self.should_stop = measures, emit, should_stop
        self.progress = KerasProgress()
        self._file = folder / "state.npz" if folder else None
        self._step = make_step(model, settings.pairs_a_word)
        self._pending: list[Any] = []
        self._restore()
        self._saved = self._ticked = time.monotonic()

    @property
    def history(self) -> list[dict[str, Any]]:
        """The values of the ``epoch`` events."""
        return self.progress.history

    def vectors(self) -> np.ndarray:
        """The words' vectors, float32 ``[words, size]``."""
        return checkpoint.arrays([self.model.vectors.embeddings])[0]

    def run(self) -> bool:
        """Train to the end; False where it was asked to stop (the state is then on disk)."""
        while self.progress.epoch < self.settings.epochs:
            order = self.sampler.order(self.progress.epoch)
            while self.progress.block < len(order):
                if not self._block(int(order[self.progress.block])):
                    self._save()
                    return False
                self.progress.block, self.progress.batch = self.progress.block + 1, 0
            self._end_epoch()
            self._save()
        return True

    def keep_best(self) -> bool:
        """The vectors as they are: none of the epochs is chosen. False where none has ended."""
        return bool(self.history)

    def _block(self, number: int) -> bool:
        """The rest of a block; False when stopped in it."""
        progress, begun, spent = self.progress, time.monotonic(), self.progress.seconds
        block = self.sampler.block(progress.epoch, number)
        while progress.batch < len(block):
            if self.should_stop():
                self._collect()
                return False
            batch = block[progress.batch]
            self._pending.append(self._step(batch, self._rate(progress.batch / len(block))))
            progress.pairs += float(batch.weights.sum())
            progress.batch += 1
            progress.seconds = spent + time.monotonic() - begun
            if time.monotonic() - self._ticked > TICK_SECONDS:
                self._tick(progress.batch / len(block))
            if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
                self._save()
        self._collect()
        progress.seconds = spent + time.monotonic() - begun
        return True

    def _share(self, part: float) -> float:
        """How much of the run is done, ``part`` of the running block included."""
        blocks = self.progress.epoch * len(self.sampler) + self.progress.block + part
        return blocks / max(len(self.sampler) * self.settings.epochs, 1)

    def _rate(self, part: float) -> float:
        """The learning rate now: linear (Mikolov et al. 2013a, section 4.2)."""
        first, last = self.settings.learning_rate, self.settings.end_learning_rate
        return first + self._share(part) * (last - first)

    def _collect(self) -> None:
        """Read the losses of the steps since: rarely, because a GPU is waited for."""
        for total in self._pending:
            self.progress.loss += float(total)
        self._pending.clear()
        if not math.isfinite(self.progress.loss):
            raise FloatingPointError(
                "the loss is no longer a number; a lower learning rate, or fewer pairs a word, helps"
            )

    def _tick(self, part: float) -> None:
        self._collect()
        progress = self.progress
        self._ticked = time.monotonic()
        done = (progress.block + part) / len(self.sampler)
        self.emit(
            "tick",
            epoch=progress.epoch + 1,
            step=progress.block + 1,
            steps=len(self.sampler),
            loss=progress.loss / max(progress.pairs, 1),
            rate=progress.pairs / max(progress.seconds, 1e-9),
            seconds_left=progress.seconds * (self.settings.epochs - progress.epoch - done) / max(done, 1e-9),
            learning_rate=self._rate(part),
        )

    def _end_epoch(self) -> None:
        progress = self.progress
        loss = progress.loss / max(progress.pairs, 1)
        measured = self.measures.of_matrix(self.words, self.vectors()) if self.measures else WordScores({}, {}, ())
        row = {
            "epoch": progress.epoch + 1,
            "epochs": self.settings.epochs,
            "train": {"loss": loss},
            "validation": measured.values,
            "rate": progress.pairs / max(progress.seconds, 1e-9),
            "seconds": round(progress.seconds, 2),
            "learning_rate": self._rate(0.0),
            # The last epoch is kept: nothing is chosen by tests of word vectors.
            "best": progress.epoch + 1 == self.settings.epochs,
        }
        progress.history.append(row)
        self.progress = KerasProgress(epoch=progress.epoch + 1, history=progress.history)
        self.emit("epoch", **row)

    def _save(self) -> None:
        if self._file is None:
            return
        self._collect()
        checkpoint.keep(self._file, {"tables": checkpoint.arrays(self.model.weights)}, self.progress.__dict__)
        self._saved = time.monotonic()
        self.emit("checkpoint", epoch=self.progress.epoch + 1, step=self.progress.block)

    def _restore(self) -> None:
        if self._file is not None:
            checkpoint.resume(self._file, self.emit, self._take)

    def _take(self, groups: checkpoint.Groups, meta: dict[str, Any]) -> None:
        checkpoint.assign(self.model.weights, groups["tables"])
        self.progress = KerasProgress(**meta)
