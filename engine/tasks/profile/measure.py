"""Measure a profiler: each attribute by itself, and how often all are right, just as it answers its users."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from ....data.attributes import Attribute
from ....data.profiles import ProfileRow, open_profiles
from ...results import Guess, Progress, Record, Report, UserError
from ..report import Tally, protocol_of
from ..tallies import NumberTally
from . import answer as profile
from .model import open_profiler


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    text_column: str = "text",
    progress: Progress | None = None,
    shown: str = "",
) -> Report:
    """Read each author of ``split`` and compare; attributes that the data do not know are left out.

    An author of whom an attribute is not known does not count for it; ``joint_accuracy`` is over those of whom all
    categories are known. ``accuracy`` is the mean over the categories. A number's part has ``mae``, ``rmse`` (in its
    units), ``r`` (Pearson's) and ``covered`` (the share of authors between ``low`` and ``high``).
    """
    loaded = open_profiler(model)
    profiles = open_profiles(data, text_column=text_column, wanted=_wanted(loaded.card))
    by_name = {attribute.name: attribute for attribute in profiles.attributes}
    source, total, done = profiles.source, profiles.source.counts.get(split, 0), 0
    parts = {
        output.name: _Numbers() if output.kind == "number" else _Categories(output.labels)
        for output in loaded.outputs
        if output.name in by_name
    }
    categories = [name for name, part in parts.items() if isinstance(part, _Categories)]
    joint = np.zeros(2, np.int64)
    rows: deque[ProfileRow] = deque()

    def records() -> Iterator[Record]:
        for row in profiles.rows(split):
            rows.append(row)
            yield Record(row.id, row.text)

    for done, (record, profiled) in enumerate(profile.profile_many(records(), model), 1):
        values = rows.popleft().values  # what the stream has taken ahead waits here
        right = [
            parts[guess.name].add(record, guess, value)
            for guess in profiled.guesses
            if guess.name in parts and (value := values[guess.name]) is not None
        ]
        if all(values[name] is not None for name in categories):
            joint += (all(answer for answer in right if answer is not None), 1)
        if progress and done % 64 == 0:
            progress(done, total)
    if progress and done:
        progress(done, done)
    if not any(len(part) for part in parts.values()):
        raise UserError(f"The split {split!r} of {source.name} holds no authors of whom {', '.join(parts)} is known.")
    name = shown or loaded.name
    protocol = protocol_of(shown or model, data, split, text_column, "label", source)
    reports = tuple(part.report(name, source.name, split, protocol, key) for key, part in parts.items() if len(part))
    return Report(
        model=name,
        data=source.name,
        split=split,
        examples=done,
        metrics=_metrics(reports, joint if categories else np.zeros(2)),
        floor=None,
        labels=(),
        confusion=(),
        per_class=(),
        documents=(),
        protocol=protocol,
        parts=reports,
    )


def _wanted(card: dict) -> list[Attribute]:
    return [
        Attribute(
            row["name"], str(row.get("column") or row["name"]), row["kind"], tuple(map(str, row.get("labels", ())))
        )
        for row in card["attributes"]
    ]


def _metrics(parts: tuple[Report, ...], joint: np.ndarray) -> dict[str, float]:
    """``accuracy`` (mean), ``joint_accuracy``, then ``<name>_accuracy`` or ``<name>_mae`` of each."""
    rates = {part.name: part.metrics["accuracy"] for part in parts if part.labels}
    metrics: dict[str, float] = {"accuracy": float(np.mean(list(rates.values())))} if rates else {}
    if joint[1]:
        metrics["joint_accuracy"] = float(joint[0] / joint[1])
    for part in parts:
        key = "accuracy" if part.labels else "mae"
        metrics[f"{part.name}_{key}"] = part.metrics[key]
    return metrics


class _Categories(Tally):
    """The answers about one category."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels)
        self._index = {label: number for number, label in enumerate(labels)}

    def add(self, record: Record, guess: Guess, value: str | float) -> bool:  # type: ignore[override]
        """Whether the most probable label is right."""
        super().add(record, self._index[str(value)], list(guess.probabilities.values()))
        return guess.label == value


class _Numbers(NumberTally):
    """The answers about one number; an author of whom the model says nothing does not count."""

    def add(self, record: Record, guess: Guess, value: str | float) -> None:  # type: ignore[override]
        if guess.value is not None and guess.low is not None and guess.high is not None:
            super().add(record, float(value), guess.value, guess.low, guess.high)
