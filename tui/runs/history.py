"""A run's event lines, folded into what its curves and its facts show. Plain data: no widget, no engine."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...engine.results import Event
from ...engine.results.measures import LEADING, label, of_attributes

Point = tuple[float, float]
Tick = tuple[float, float, float | None]
"""Where it stands in epochs, its loss, and its accuracy where ticks tell one."""

_TICKED = {"loss": 1, "accuracy": 2}
"""What ticks tell, and its place in a point of the trail."""
_TRAIL = 240
"""Ticks of the first epoch kept at most; beyond that every second one goes."""


@dataclass
class History:
    """What the events so far say. ``version`` grows when a curve changed, so that nothing is redrawn in vain."""

    version: int = 0
    device: str = ""
    stage: str = ""
    message: str = ""
    epochs: int = 0
    steps: int = 0
    parameters: int = 0
    labels: tuple[str, ...] = ()
    examples: dict[str, int] = field(default_factory=dict)
    floor: dict[str, Any] | None = None
    unit: str = ""
    """What ``rate`` counts; empty: examples."""
    measures: dict[str, str] = field(default_factory=dict)
    """What is drawn of it, with names for people; empty: loss and accuracy."""
    rounds: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Epoch (1-based) to the values of its event; a resumed epoch replaces the interrupted one."""
    folds: dict[int, dict[str, Any]] = field(default_factory=dict)
    trials: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Of a search over settings: number to what a trial came to."""
    rate: float | None = None
    seconds_left: float | None = None
    warnings: list[str] = field(default_factory=list)
    end: dict[str, Any] | None = None
    _trail: list[Tick] = field(default_factory=list)
    _live: Tick | None = None

    def fold(self, events: Iterable[Event]) -> None:
        """Take in further events, in the order of the file."""
        for event in events:
            if event.type in ("state", "start"):
                self.end = None
            take = getattr(self, f"_on_{event.type}", None)
            if take is not None:
                # A line of an older version must not take the screen down.
                with contextlib.suppress(TypeError, ValueError, KeyError, AttributeError):
                    take(event.values)

    @property
    def has_loss(self) -> bool:
        """Whether it tells a loss; gensim's is wrong, so its runs do not."""
        return bool(self.train("loss") or self.validation("loss"))

    @property
    def best(self) -> int:
        """The newest epoch that was the best so far; 0 before the first."""
        return max((number for number, values in self.rounds.items() if values.get("best")), default=0)

    def train(self, metric: str) -> list[Point]:
        """A measure on the training part by epoch: of loss and accuracy the ticks of the first, then one point an
        epoch, and where the running one stands."""
        if metric not in _TICKED:
            return _points(self.rounds, "train", metric)
        which = _TICKED[metric]
        live = self._live
        if live is not None and (live[0] <= max(self.rounds, default=0) or self._trailing(live)):
            live = None
        points = [(tick[0], value) for tick in self._trail if (value := tick[which]) is not None]
        points += _points(self.rounds, "train", metric)
        if live is not None and (value := live[which]) is not None:
            points.append((live[0], value))
        return points

    def validation(self, metric: str) -> list[Point]:
        """The same on the validation part; known only at the end of an epoch."""
        return _points(self.rounds, "validation", metric)

    def fold_scores(self, key: str = "accuracy") -> list[Point]:
        """Cross-validation: a point a fold."""
        return [
            (float(number), float(values[key]))
            for number, values in sorted(self.folds.items())
            if values.get(key) is not None
        ]

    def trial_scores(self) -> list[Point]:
        """Search over settings: a point a trial, as it was judged."""
        return [(float(number), float(values["value"])) for number, values in sorted(self.trials.items())]

    def _trailing(self, tick: Tick) -> bool:
        return bool(self._trail) and self._trail[-1] == tick

    def _on_state(self, values: dict[str, Any]) -> None:
        self.stage = str(values.get("stage", self.stage))
        self.message = str(values.get("message") or self.message)

    def _on_start(self, values: dict[str, Any]) -> None:
        self.device = str(values.get("device", ""))
        self.epochs, self.steps = int(values.get("epochs") or 0), int(values.get("steps") or 0)
        self.parameters = int(values.get("parameters") or 0)
        self.examples = dict(values.get("examples") or {})
        self.floor = values.get("floor") or self.floor
        self.labels = tuple(values.get("labels") or ())
        self.unit = str(values.get("unit") or "")
        self.measures = {str(key): str(name) for key, name in (values.get("measures") or {}).items()}
        self._live = None
        self.version += 1

    def _on_tick(self, values: dict[str, Any]) -> None:
        self.rate, self.seconds_left = values.get("rate"), values.get("seconds_left")
        if values.get("loss") is None:
            return
        place = values["epoch"] - 1 + values["step"] / max(values.get("steps") or self.steps, 1)
        accuracy = values.get("accuracy")
        self._live = (place, float(values["loss"]), None if accuracy is None else float(accuracy))
        if values["epoch"] == 1:
            # Started again from nothing: what came later than here is void.
            self._trail = [tick for tick in self._trail if tick[0] < place]
            self._trail.append(self._live)
            if len(self._trail) > _TRAIL:
                del self._trail[1::2]
        self.version += 1

    def _on_epoch(self, values: dict[str, Any]) -> None:
        self.rounds[int(values["epoch"])] = values
        self.rate = values.get("rate", self.rate)
        self.version += 1

    def _on_fold(self, values: dict[str, Any]) -> None:
        self.folds[int(values["fold"])] = values
        self.rounds, self._trail, self._live = {}, [], None
        self.version += 1

    def _on_trial(self, values: dict[str, Any]) -> None:
        self.trials[int(values["trial"])] = values
        self.version += 1

    def _on_message(self, values: dict[str, Any]) -> None:
        self.message = str(values.get("text", ""))
        if values.get("level") == "warning":
            self.warnings.append(self.message)

    def _on_end(self, values: dict[str, Any]) -> None:
        self.end = values
        self.seconds_left = None
        self.message = str(values.get("message") or self.message)
        self.version += 1


def from_rounds(rounds: Iterable[dict[str, Any]], floor: dict[str, Any] | None = None) -> History:
    """A history from a report's ``epoch`` values; what they measure beside accuracy is read from them."""
    rounds = tuple(rounds)
    measured = dict.fromkeys(key for values in rounds for key in values.get("validation") or {} if key != "loss")
    others = of_attributes(measured) or [key for key in measured if key in LEADING and key != "accuracy"]
    plain = not measured or ("accuracy" in measured and not others)
    places = list(LEADING)
    keys = sorted(map(str, measured), key=lambda key: places.index(key) if key in places else len(places))
    history = History(floor=floor, measures={} if plain else {key: label(key) for key in keys})
    history.fold(Event(0.0, "epoch", values) for values in rounds)
    history.epochs = max(history.rounds, default=0)
    return history


def _points(rounds: dict[int, dict[str, Any]], part: str, metric: str) -> list[Point]:
    return [
        (float(number), float(values[part][metric]))
        for number, values in sorted(rounds.items())
        if (values.get(part) or {}).get(metric) is not None
    ]
