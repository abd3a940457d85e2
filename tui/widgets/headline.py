"""What models are measured by: names for people, and which of a run's numbers is the first to say."""

from collections.abc import Mapping
from typing import NamedTuple

from .figures import percent, score

NAMES = {
    "accuracy": "accuracy",
    "wordsim353": "WordSim-353 ρ",
    "simlex999": "SimLex-999 ρ",
    "analogies": "analogies",
    "wordsim240": "WordSim-240 ρ",
    "wordsim297": "WordSim-297 ρ",
    "ca8": "CA8 semantic",
}
"""Keys of validation values and of cards, the one said first on top; a run's ``start`` event may name others."""
SHORT = {
    "accuracy": "acc",
    "wordsim353": "WordSim",
    "simlex999": "SimLex",
    "analogies": "analog.",
    "wordsim240": "WS-240",
    "wordsim297": "WS-297",
    "ca8": "CA8",
}
SHARES = frozenset({"accuracy", "analogies", "ca8", "macro_f1"})
"""Those that are told in percent; correlations are not."""
NO_MEASURE = frozenset({"loss", "macro_f1", "ece", "words"})
"""Numbers of a run that never stand for it."""


class Headline(NamedTuple):
    """The one number that a run or a model is known by."""

    key: str
    value: float

    @property
    def name(self) -> str:
        return NAMES.get(self.key, self.key.replace("_", " "))

    @property
    def said(self) -> str:
        """``80.6 % accuracy``, ``WordSim-353 ρ 0.651``."""
        told = told_value(self.key, self.value)
        return f"{told} {self.name}" if self.key == "accuracy" else f"{self.name} {told}"


def told_value(key: str, value: float | None) -> str:
    """A value of a measure for people."""
    return percent(value) if key in SHARES else score(value)


def headline(metrics: Mapping[str, float], prefix: str = "") -> Headline | None:
    """The first measure among ``metrics`` whose keys begin with ``prefix`` (``test_``, ``validation_``)."""
    bare = {key.removeprefix(prefix): value for key, value in metrics.items() if key.startswith(prefix)}
    for key in NAMES:
        if key in bare:
            return Headline(key, bare[key])
    others = [key for key in bare if key not in NO_MEASURE] if prefix else []
    return Headline(others[0], bare[others[0]]) if others else None


def measures_of(metrics: Mapping[str, float]) -> list[Headline]:
    """All known measures of a card or a report, the first one first."""
    return [Headline(key, metrics[key]) for key in NAMES if metrics.get(key) is not None]
