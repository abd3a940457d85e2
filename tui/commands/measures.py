"""Numbers that say how good a model is, for people: shares in percent, correlations and losses as they are."""

from collections.abc import Mapping
from typing import Any

from . import output

WORD_TESTS = {
    "wordsim353": "WordSim-353 ρ",
    "simlex999": "SimLex-999 ρ",
    "analogies": "analogies",
    "wordsim240": "WordSim-240 ρ",
    "wordsim297": "WordSim-297 ρ",
    "ca8": "CA8 semantic",
    "retrieval": "halves found",
}
"""What word vectors, and those of paragraphs, are measured by, and what people call it."""

SHARES = ("accuracy", "f1", "ece", "precision", "recall", "analogies", "ca8", "covered", "retrieval")
COUNTS = ("known", "pairs", "questions", "words", "examples", "support")


def number(name: str, value: Any) -> str:
    """A measure for people, by its name: shares in percent, counts whole, all else with four digits."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "not a number"
    if name.rpartition("_")[2] in COUNTS:
        return f"{value:,.0f}"
    return output.percent(value) if any(part in name for part in SHARES) else f"{value:.4f}"


def title(name: str) -> str:
    """A measure's name for people: ``test_wordsim353`` is ``test WordSim-353 ρ``."""
    for prefix in ("", "test_", "validation_"):
        bare = name.removeprefix(prefix)
        if name.startswith(prefix) and bare in WORD_TESTS:
            return f"{prefix.replace('_', ' ')}{WORD_TESTS[bare]}"
    test, _, count = name.rpartition("_")
    if test in WORD_TESTS:  # wordsim353_known
        return f"{WORD_TESTS[test].removesuffix(' ρ')}, {count}"
    return name.replace("_", " ")


def of_words(metrics: Mapping[str, float]) -> str:
    """What is known of word vectors in one line: ``WordSim-353 ρ 0.71, analogies 41.2 %``; after the end, tests."""
    found = []
    for key, name in WORD_TESTS.items():
        value = next((metrics[full] for full in (f"test_{key}", key, f"validation_{key}") if full in metrics), None)
        if value is not None:
            found.append(f"{name} {short(key, value)}")
    return ", ".join(found)


def short(name: str, value: float) -> str:
    """As :func:`number`, three digits after the point."""
    if value != value:
        return "not a number"
    return output.percent(value) if any(part in name for part in SHARES) else f"{value:.3f}"
