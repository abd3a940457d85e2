"""The state of a run, folded from its events: the line that lists show; remembers how far it has read."""

import threading
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ..results import Event
from ..results.measures import LEADING, leading
from .events import parse, read_lines

LOADING, RESUMING, ANEW = "Loading the training libraries.", "Resuming.", "Starting again."
BEGINNINGS = frozenset({LOADING, RESUMING, ANEW})
"""What the first event of an attempt says."""


@dataclass
class Summary:
    """What the events of a run amount to; the fields are those of :class:`~dltext.engine.results.Job`."""

    device: str = ""
    stage: str = ""
    epoch: int = 0
    epochs: int = 0
    progress: float = 0.0
    seconds_left: float | None = None
    rate: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    message: str = ""
    bundle: str | None = None
    remedy: str = "resume"
    folds: int = 1
    folds_done: int = 0
    fold_scores: list[float] = field(default_factory=list)
    epochs_done: int = 0
    """Of those that have ended the last."""
    best_epoch: int = 0
    """The epoch whose values ``metrics`` holds under ``validation_``, where validation chooses; else 0."""
    seconds: float = 0.0
    """That it has run, from the start of its process to the last event; the time between two attempts is left out."""
    load: dict[str, float] = field(default_factory=dict)
    last: float | None = None
    """When the last event was written, Unix seconds."""
    end: str | None = None
    """The state of the last event if that is an ``end``."""

    def add(self, event: Event) -> None:
        """Fold in one event; values of the wrong kind are passed over."""
        fold = getattr(self, f"_add_{event.type}", None)
        self.seconds += elapsed(self.last, event)
        self.last = event.time
        if event.type not in ("message", "load"):
            self.end, self.remedy = None, "resume"
        if fold is not None:
            try:
                fold(event.values)
            except (TypeError, ValueError, KeyError, AttributeError):
                return

    def _add_state(self, values: dict[str, Any]) -> None:
        self.stage = str(values.get("stage", self.stage))
        self.message = str(values.get("message") or self.message)
        if self.stage != "training":
            # What a tick foretold was the end of the epochs, not of the export and the measuring behind them.
            self.seconds_left = None
        # The worker tells it in its first event, so that the first fold's ticks count for a part of the whole.
        self.folds = max(int(values.get("folds") or self.folds), 1)

    def _add_start(self, values: dict[str, Any]) -> None:
        self.device = str(values.get("device") or self.device)
        self.epochs = int(values.get("epochs") or self.epochs)
        baseline = values.get("floor") or {}
        self.metrics |= {f"floor_{key}": float(value) for key, value in baseline.items() if key in LEADING}

    def _add_tick(self, values: dict[str, Any]) -> None:
        self.epoch = int(values["epoch"])
        self.rate = _number(values.get("rate"), self.rate)
        self.seconds_left = _number(values.get("seconds_left"), self.seconds_left)
        share = float(values.get("step", 0)) / max(float(values.get("steps") or 1), 1.0)
        self._advance(self.epoch - 1 + min(share, 1.0))
        if values.get("progress") is not None:
            self.progress = min(max(float(values["progress"]), 0.0), 1.0)

    def _add_epoch(self, values: dict[str, Any]) -> None:
        self.epoch = int(values["epoch"])
        self.epochs = int(values.get("epochs") or self.epochs)
        self.rate = _number(values.get("rate"), self.rate)
        self._advance(self.epoch)
        self.epochs_done = self.epoch
        if values.get("best"):
            self.best_epoch = self.epoch
        elif 0 < self.best_epoch < self.epoch:
            return  # another epoch is kept, and it is that one's numbers which count
        for part in ("train", "validation"):
            for name, value in (values.get(part) or {}).items():
                if value is not None:
                    self.metrics[f"{part}_{name}"] = float(value)

    def _add_load(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.load[name] = float(value)
            self.load[f"{name}_peak"] = max(float(value), self.load.get(f"{name}_peak", 0.0))

    def _advance(self, epochs: float) -> None:
        inner = epochs / self.epochs if self.epochs else 0.0
        self.progress = min(max((self.folds_done + min(inner, 1.0)) / self.folds, 0.0), 1.0)

    def _add_fold(self, values: dict[str, Any]) -> None:
        number = int(values["fold"])
        if number <= 1:
            self.fold_scores = []
        self.folds = max(int(values.get("folds") or self.folds), 1)
        self.folds_done = number
        self.progress = min(number / self.folds, 1.0)
        # A resumed run tells its last fold again: the newer telling counts.
        del self.fold_scores[number - 1 :]
        key = leading(values)
        self.fold_scores.append(float(values[key]))
        self.metrics[key] = sum(self.fold_scores) / len(self.fold_scores)
        if values.get(f"floor_{key}") is not None:
            self.metrics[f"floor_{key}"] = float(values[f"floor_{key}"])

    def _add_trial(self, values: dict[str, Any]) -> None:
        if values.get("best"):
            self.metrics[f"validation_{values['measure']}"] = float(values["value"])

    def _add_message(self, values: dict[str, Any]) -> None:
        if self.end is None:
            self.message = str(values.get("text") or self.message)

    def _add_end(self, values: dict[str, Any]) -> None:
        state = str(values["state"])
        self.end = state if state in ("done", "cancelled", "failed") else "failed"
        self.message = str(values.get("message") or "")
        self.bundle = values.get("bundle") or None
        self.remedy = "anew" if values.get("remedy") == "anew" else "resume"
        for name, value in (values.get("metrics") or {}).items():
            if isinstance(value, int | float):
                self.metrics[name] = value
        self.seconds_left = None
        if self.end == "done":
            self.progress, self.stage = 1.0, ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Summary":
        names = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})


def elapsed(last: float | None, event: Event) -> float:
    """Seconds of running time between the event before, written at ``last``, and ``event``; none where an attempt
    begins with it, for then nothing ran in between."""
    begins = event.type == "state" and event.values.get("message") in BEGINNINGS
    return 0.0 if last is None or begins else max(event.time - last, 0.0)


@dataclass
class _Reading:
    summary: Summary
    inode: int = 0
    offset: int = 0


_readings: dict[Path, _Reading] = {}
_lock = threading.Lock()


def fold(path: Path) -> Summary:
    """The summary of an event file. Only what was added since this process last asked is read."""
    with _lock:
        try:
            status = path.stat()
        except OSError:
            _readings.pop(path, None)
            return Summary()
        reading = _readings.get(path)
        if reading is None or reading.inode != status.st_ino or status.st_size < reading.offset:
            reading = _readings[path] = _Reading(Summary(), status.st_ino)
        if status.st_size > reading.offset:
            lines, reading.offset = read_lines(path, reading.offset)
            for event in _without_stale_ticks(lines):
                reading.summary.add(event)
        return Summary.from_dict(reading.summary.as_dict())


def forget(path: Path) -> None:
    """Drop what is remembered of a file: its run has ended or is gone."""
    with _lock:
        _readings.pop(path, None)


def _without_stale_ticks(lines: list[bytes]) -> list[Event]:
    """Parse, but of neighbouring ticks only the last: an hour of training writes 14,000 of them."""
    events = []
    for number, line in enumerate(lines):
        is_tick = line.endswith(b'"type": "tick"}')
        if is_tick and number + 1 < len(lines) and lines[number + 1].endswith(b'"type": "tick"}'):
            continue
        event = parse(line)
        if event is not None:
            events.append(event)
    return events


def _number(value: Any, otherwise: float | None) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
