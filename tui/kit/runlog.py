"""A run's log for people: its events in words (epochs, rates, losses), then what its process printed."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.results import Event
from ...engine.results.measures import label, leading
from . import tried
from .figures import duration, percent
from .headline import measures_of, told_value
from .text import visible

PRINTED = "What the process and its libraries printed:"


def describe(event: Event, begun: Mapping[str, Any] | None = None) -> str:
    """An event as a line of a log; empty for what is not worth one.

    ``begun`` are the values of the run's ``start``: what is measured, and what the rate counts.
    """
    values = event.values
    if event.type == "epoch":
        return _epoch(values, begun or {})
    if event.type == "start":
        baseline = values.get("floor") or {}
        examples = ", ".join(f"{count:,} {split}" for split, count in (values.get("examples") or {}).items())
        line = f"on {values.get('device') or 'CPU'}"
        if examples:  # where folds are runs of their own, these tell them
            line += f": {examples}; {values.get('parameters') or 0:,} parameters"
        said = ", ".join(f"{m.name} {told_value(m.key, m.value)}" for m in measures_of(baseline) if m.key != "accuracy")
        said = percent(baseline["accuracy"]) if baseline.get("accuracy") is not None else said
        return line + (f"; baseline {said}" if said else "")
    if event.type == "fold":
        key = leading(values)
        baseline = values.get(f"floor_{key}")
        said = [f"{label(name)} {told_value(name, values.get(name))}" for name in (key, "macro_f1") if name in values]
        said += [f"baseline {told_value(key, baseline)}"] if baseline is not None else []
        return "  ".join([f"fold {values.get('fold')}/{values.get('folds')}", *said])
    if event.type == "trial":
        said = [f"trial {values.get('trial')}/{values.get('trials')}", tried.settings_said(values)]
        said += [tried.judged(values), duration(values.get("seconds") or 0)]
        return visible("  ".join([*said, "best so far"] if values.get("best") else said))
    if event.type == "state":
        return visible(values.get("message") or values.get("stage") or "")
    if event.type == "message":
        text = visible(values.get("text") or "")
        return f"warning: {text}" if values.get("level") == "warning" else text
    return ""


def _epoch(values: dict[str, Any], begun: Mapping[str, Any]) -> str:
    train, validation = values.get("train") or {}, values.get("validation") or {}
    parts = [f"epoch {values.get('epoch')}/{values.get('epochs')}"]
    named: dict[str, str] | None = begun.get("measures")
    if named is not None:
        # Words and the like: the recipe says what it measures; a loss only where it has a true one.
        parts += [f"loss {train['loss']:.4f}"] if train.get("loss") is not None else []
        parts += [
            f"{name} {told_value(key, validation[key])}"
            for key, name in named.items()
            if validation.get(key) is not None
        ]
    else:
        for prefix, part in (("", train), ("validation ", validation)):
            said = [
                f"{name} {_formatted(name, part[name])}" for name in ("loss", "accuracy") if part.get(name) is not None
            ]
            parts += [f"{prefix}{said[0]}", *said[1:]] if said else []
    parts += [f"{values['rate']:,.0f} {begun.get('unit') or 'examples'}/s"] if values.get("rate") else []
    parts += [f"learning rate {values['learning_rate']:.3g}"] if values.get("learning_rate") else []
    return "  ".join([*parts, "best so far"] if values.get("best") else parts)


def _formatted(name: str, value: float) -> str:
    if value != value:
        return "not a number"
    return percent(value) if name == "accuracy" else f"{value:.4f}"


def in_words(events: Iterable[Event]) -> list[str]:
    """A run's events as lines, each with the running time before it; an attempt that goes on is parted from the one
    before."""
    lines: list[str] = []
    begun: Mapping[str, Any] = {}
    first: float | None = None
    for event in events:
        begun = event.values if event.type == "start" else begun
        first = event.time if first is None else first
        if event.type == "end":
            line = " ".join(filter(None, (f"{event.values.get('state')}.", visible(event.values.get("message") or ""))))
        else:
            line = describe(event, begun)
        lines += [f"{duration(event.time - first):>8}  {part}" for part in line.splitlines() if part]
    return lines


def whole_log(events: Iterable[Event], printed: str) -> str:
    """What a run did in words, then what its process and the libraries printed."""
    said = in_words(events)
    return "\n".join([*said, "", PRINTED, "", printed] if printed.strip() else said)
