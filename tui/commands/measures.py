"""Numbers of a model's quality as people read them: shares in percent, correlations and losses as they are."""

from collections.abc import Mapping
from typing import Any

from ...engine.results.measures import LEADING, MEASURES, attribute_of, find, is_count, is_share, label
from . import output


def number(name: str, value: Any) -> str:
    """A measure for people, by its name: shares in percent, counts whole, BLEU with one digit, all else with four."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "not a number"
    if is_count(name):
        return f"{value:,.0f}"
    return output.percent(value) if is_share(name) else f"{value:.{_digits(name, 4)}f}"


def title(name: str) -> str:
    """A measure's name for people: ``test_wordsim353`` is ``test WordSim-353 ρ``."""
    measure = find(name)
    if measure is not None and f"_{name}".endswith(f"_{measure.key}"):
        return _words(name.removesuffix(measure.key)) + measure.label
    test, _, count = name.rpartition("_")
    if test in MEASURES and is_count(name):  # wordsim353_known
        return f"{MEASURES[test].name}, {count}"
    return _words(name)


def beside_accuracy(metrics: Mapping[str, float]) -> str:
    """What else is known of a model in one line: ``WordSim-353 ρ 0.71, analogies 41.2 %``; after the end, tests."""
    parts = []
    for full in metrics:
        key = full.removeprefix("test_")
        if attribute_of(key) and (full != key or f"test_{key}" not in metrics):
            parts.append(f"{label(key)} {short(key, metrics[full])}")
    for key, measure in LEADING.items():
        value = next((metrics[full] for full in (f"test_{key}", key, f"validation_{key}") if full in metrics), None)
        if value is not None and key != "accuracy":
            parts.append(f"{measure.label} {short(key, value)}")
    return ", ".join(parts)


def short(name: str, value: float) -> str:
    """As :func:`number`, three digits after the point."""
    if value != value:
        return "not a number"
    return output.percent(value) if is_share(name) else f"{value:.{_digits(name, 3)}f}"


def _digits(name: str, most: int) -> int:
    """Those that say something: of BLEU one."""
    measure = find(name)
    return most if measure is None or measure.digits >= 3 else measure.digits


def _words(name: str) -> str:
    return name.replace("_", " ").replace("floor ", "baseline ")
