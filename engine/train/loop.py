"""The training loop: one step at a time, so that it can be watched, stopped and resumed anywhere."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from . import checkpoint, devices
from .fused_adam import FusedAdam
from .lazy_adam import LazyAdam
from .step_cost import seconds_each

CHECKPOINT_SECONDS = 120


@dataclass
class LoopProgress:
    """Where a training stands; all of it goes into the checkpoint."""

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    best: float = -np.inf
    waited: int = 0
    sums: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Of the running epoch: loss × texts, hits, texts."""
    history: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = False


def compile_model(
    model: keras.Model, settings, loss: Any, metrics: list[Any] | dict[str, list[Any]], together: bool = False
) -> None:
    """Optimiser as the settings say. XLA off: it recompiles for each length and gains nothing here.

    ``loss`` is a Keras loss, ``metrics`` those that weights count for. ``together``: gradients are clipped by the norm
    of all of them, not each by its own.
    """
    values: dict[str, Any] = {"learning_rate": settings.learning_rate}
    if settings.weight_decay:
        values["weight_decay"] = settings.weight_decay
    if settings.clip_norm:
        values["global_clipnorm" if together else "clipnorm"] = settings.clip_norm
    if settings.averaging:
        values.update(use_ema=True, ema_momentum=settings.averaging, ema_overwrite_frequency=None)
    ours = {"adam": FusedAdam, "lazy-adam": LazyAdam}.get(settings.optimizer)
    optimizer = ours(**values) if ours else keras.optimizers.get({"class_name": settings.optimizer, "config": values})
    optimizer = devices.clipped_together(optimizer)
    if settings.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "embedding"])
    model.compile(optimizer=optimizer, loss=loss, weighted_metrics=metrics, jit_compile=False)
    optimizer.build(model.trainable_variables)


class Loop(ABC):
    """Fits a compiled ``model``, validated after each epoch; what a batch and a step are is told by the subclasses.

    ``leads`` is the measure of the validation part that chooses the epoch, or ``loss``; ``hits`` what the second number
    of a step is called, empty where there is none. ``emit(type, **values)`` gets the events of
    :class:`~dltext.engine.results.Event`; ``should_stop()`` is asked between steps. With a ``folder``, ``state.npz``
    there is the checkpoint: :meth:`run` continues from it.
    """

    leads = "accuracy"
    hits = "accuracy"

    def __init__(
        self,
        model: keras.Model,
        settings,
        seed: int,
        emit: Callable[..., None] = lambda kind, **values: None,
        should_stop: Callable[[], bool] = lambda: False,
        folder: Path | None = None,
    ):
        self.model, self.settings, self.seed = model, settings, seed
        self.emit, self.should_stop, self.folder = emit, should_stop, folder
        self.progress = LoopProgress()
        self._strategy = devices.strategy_of(model)
        self.best_weights: list[np.ndarray] | None = None
        self._measuring = 0.0
        """Seconds that the last measuring on the validation part took."""
        self.steps = len(self._batches(0))

    @abstractmethod
    def _batches(self, epoch: int) -> list[np.ndarray]:
        """The epoch's batches, as numbers of examples: a function of seed and epoch alone."""

    @abstractmethod
    def _step(self, rows: np.ndarray) -> tuple[float, float]:
        """One gradient step on the examples ``rows``; mean loss (nats) and accuracy of the batch before the step."""

    @abstractmethod
    def _measure(self) -> dict[str, float]:
        """``loss``, ``accuracy`` and whatever else the recipe tells, over the validation part."""

    def _details(self) -> dict[str, Any]:
        """What else the event of an epoch tells."""
        return {}

    def _padding(self, batches: list[np.ndarray]) -> float:
        """Share of the epoch's positions that were padding; 0 where nothing is padded."""
        return 0.0

    def _rng(self) -> np.random.Generator:
        """Chance for one step: the same whether or not the run was stopped before it."""
        return np.random.default_rng([self.seed, self.progress.epoch, self.progress.step])

    def _train_on(self, x: Any, targets: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float]:
        if self._strategy is not None:
            values = devices.train_on_batch(self._strategy, self.model, x, targets, weights)
        else:
            values = self.model.train_on_batch(x, targets, sample_weight=weights)
        loss, accuracy = values if self.hits else (np.ravel(values)[0], 0.0)
        if not np.isfinite(loss):
            raise FloatingPointError("the loss is no longer a number; a lower learning rate or gradient clipping helps")
        return float(loss), float(accuracy)

    def _rate(self, step: int, steps: int) -> float:
        """The learning rate at ``step`` (from 0) of ``steps``."""
        settings = self.settings
        return learning_rate(step, steps, settings.learning_rate, settings.schedule, settings.warmup)

    def _hit_rate(self) -> dict[str, float]:
        """The mean of the steps' second numbers so far in this epoch, under its name."""
        return {self.hits: self.progress.sums[1] / self.progress.sums[2]} if self.hits else {}

    @property
    def history(self) -> list[dict[str, Any]]:
        """The values of the ``epoch`` events."""
        return self.progress.history

    @property
    def _state_file(self) -> Path | None:
        return self.folder / "state.npz" if self.folder else None

    def save(self) -> None:
        """Write the checkpoint."""
        if not self._state_file:
            return
        groups = {
            "model": checkpoint.arrays(self.model.variables),
            "optimizer": checkpoint.arrays(self.model.optimizer.variables),
        }
        if self.best_weights is not None:
            groups["best"] = self.best_weights
        checkpoint.keep(self._state_file, groups, self.progress.__dict__)
        self.emit("checkpoint", epoch=self.progress.epoch + 1, step=self.progress.step)

    def restore(self) -> bool:
        """Continue from the checkpoint, if there is one."""
        return self._state_file is not None and checkpoint.resume(self._state_file, self.emit, self._take)

    def _take(self, groups: checkpoint.Groups, meta: dict[str, Any]) -> None:
        checkpoint.assign(self.model.variables, groups["model"])
        checkpoint.assign(self.model.optimizer.variables, groups["optimizer"])
        self.best_weights = groups.get("best")
        self.progress = LoopProgress(**meta)

    def seconds_each(self) -> float:
        """Seconds that an example takes, from a few steps of the first epoch."""
        return seconds_each(self._batches(0), self._step)

    def run(self) -> bool:
        """Train to the end (True) or until asked to stop (False); the model then holds the best epoch's weights."""
        self.restore()
        progress, settings = self.progress, self.settings
        while not progress.finished:
            if not self._epoch():
                self.save()
                return False
            patience_spent = settings.patience and progress.waited >= settings.patience
            progress.finished = progress.epoch >= settings.epochs or bool(patience_spent)
            self.save()
        if self.best_weights is not None:
            checkpoint.assign(self.model.weights, self.best_weights)
        return True

    def keep_best(self) -> bool:
        """Give the model the best epoch's weights so far; False where no epoch has ended."""
        if self.best_weights is None:
            return False
        checkpoint.assign(self.model.weights, self.best_weights)
        return True

    def _epoch(self) -> bool:
        """The rest of the current epoch; False when stopped in it."""
        progress, settings = self.progress, self.settings
        batches = self._batches(progress.epoch)
        total = len(batches) * settings.epochs
        began = saved = time.monotonic()
        before, seen, begun_at = progress.seconds, 0, progress.step
        while progress.step < len(batches):
            if self.should_stop():
                return False
            now = progress.epoch * len(batches) + progress.step
            self.model.optimizer.learning_rate = self._rate(now, total)
            rows = batches[progress.step]
            loss, accuracy = self._step(rows)
            progress.step += 1
            seen += len(rows)
            for i, value in enumerate((loss * len(rows), accuracy * len(rows), len(rows))):
                progress.sums[i] += value
            elapsed = time.monotonic() - began
            progress.seconds = before + elapsed
            rate = seen / max(elapsed, 1e-9)
            left = elapsed / (progress.step - begun_at) * (total - now - 1)
            left += self._measuring * (settings.epochs - progress.epoch)
            self.emit(
                "tick",
                epoch=progress.epoch + 1,
                step=progress.step,
                steps=len(batches),
                loss=progress.sums[0] / progress.sums[2],
                **self._hit_rate(),
                rate=rate,
                seconds_left=left,
            )
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.save()
                saved = time.monotonic()
        self._end_epoch(batches, seen / max(time.monotonic() - began, 1e-9))
        return True

    def _end_epoch(self, batches: list[np.ndarray], rate: float) -> None:
        progress, settings = self.progress, self.settings
        raw = None
        if settings.averaging:
            raw = checkpoint.arrays(self.model.trainable_variables)
            self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        begun = time.monotonic()
        result = self._measure()
        self._measuring = time.monotonic() - begun
        by_loss = self.leads == "loss" or settings.monitor == "loss"
        score = -result["loss"] if by_loss else result[self.leads]
        # Accuracy on a small part has many ties: among equals the smaller loss is the better epoch.
        score -= 0.0 if by_loss else 1e-6 * min(result["loss"], 100.0)
        better = score > progress.best
        if better:
            progress.best, progress.waited = score, 0
            self.best_weights = checkpoint.arrays(self.model.weights)
        else:
            progress.waited += 1
        if raw is not None:
            checkpoint.assign(self.model.trainable_variables, raw)
        row = {
            "epoch": progress.epoch + 1,
            "epochs": settings.epochs,
            "train": {"loss": progress.sums[0] / progress.sums[2], **self._hit_rate()},
            "validation": result,
            "rate": rate,
            "seconds": progress.seconds,
            "learning_rate": np.asarray(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)).item(),
            "best": better,
            "padding": self._padding(batches),
        }
        progress.history.append(row)
        row = {**row, **self._details()}  # of the event alone: the history stays small
        progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, [0.0, 0.0, 0.0]
        self.emit("epoch", **row)


# Learning rate as a function of the step: no state, so resuming is exact.


def learning_rate(step: int, steps: int, peak: float, kind: str, warmup: float) -> float:
    """The rate at ``step`` (from 0) of ``steps``; rises for the first ``warmup`` share, then follows ``kind``.

    ``linear`` and ``cosine`` (Loshchilov & Hutter 2017) end near zero, ``exponential`` at a hundredth.
    """
    rising = int(warmup * steps)
    if step < rising:
        return peak * (step + 1) / rising
    done = min(1.0, (step - rising) / max(1, steps - rising))
    factor = {
        "constant": 1.0,
        "linear": 1.0 - done,
        "cosine": 0.5 * (1 + math.cos(math.pi * done)),
        "exponential": 0.01**done,
    }[kind]
    return max(peak * factor, peak * 1e-4)
