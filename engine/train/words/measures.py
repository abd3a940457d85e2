"""Measures of word vectors during training: human judgements of similarity, and analogies.

gensim's loss is wrong, and a true one says little between models; these curves are drawn instead. They choose nothing:
no epoch, no setting is picked by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ...results import UserError
from ...results.measures import MEASURES, label
from ...tasks.words import benchmarks

LEAST = 10
"""Fewer known pairs or questions than this say nothing; the measure is left out."""
ANALOGY_VOCABULARY = 30_000
"""Analogies are asked among so many of the most frequent words."""


@dataclass(frozen=True)
class WordTest:
    """A test of word vectors: ``key`` of what it measures (:data:`dltext.engine.results.measures.MEASURES`), the file
    it is in."""

    key: str
    file: str
    kind: Literal["pairs", "analogies"]
    source: str = ""
    """Whose it is, where the measure's name does not say so."""

    @property
    def title(self) -> str:
        """For people: ``WordSim-353``, ``Google analogies``."""
        return f"{self.source} {MEASURES[self.key].name}".lstrip()


TESTS: dict[str, tuple[WordTest, ...]] = {
    "en": (
        WordTest("wordsim353", "wordsim353", "pairs"),
        WordTest("simlex999", "simlex999", "pairs"),
        WordTest("analogies", "google-analogies", "analogies", "Google"),
    ),
    "zh": (
        WordTest("wordsim240", "wordsim240-zh", "pairs"),
        WordTest("wordsim297", "wordsim297-zh", "pairs"),
        WordTest("ca8", "ca8-semantic", "analogies"),
    ),
}
"""By language; others have none."""


@dataclass(frozen=True)
class WordScores:
    """What the tests found: ``values`` by key for curves, ``details`` with counts for cards, ``sections`` of
    analogies for the report."""

    values: dict[str, float]
    details: dict[str, float]
    sections: tuple[dict[str, Any], ...]


class WordMeasures:
    """The tests for a language whose files are on this machine."""

    def __init__(self, language: str) -> None:
        self.tests: list[tuple[WordTest, Path]] = []
        self.missing: list[WordTest] = []
        for measure in TESTS.get(language.lower().partition("-")[0], ()):
            try:
                self.tests.append((measure, benchmarks.find(measure.file)))
            except UserError:
                self.missing.append(measure)

    @property
    def labels(self) -> dict[str, str]:
        """Keys and their names for people, as the event ``start`` tells them."""
        return {measure.key: label(measure.key) for measure, _ in self.tests}

    @property
    def title(self) -> str:
        """For people: ``WordSim-353, SimLex-999``."""
        return ", ".join(measure.title for measure, _ in self.tests)

    @property
    def files(self) -> list[str]:
        """The names by which the tests are found again."""
        return [measure.file for measure, _ in self.tests]

    def of(self, vectors: Any) -> WordScores:
        """Ask all tests; ``vectors`` is a Table or a loaded bundle. A test that knows too few words is left out."""
        values: dict[str, float] = {}
        details: dict[str, float] = {}
        sections: list[dict[str, Any]] = []
        for measure, path in self.tests:
            if measure.kind == "pairs":
                answer = benchmarks.pairs(vectors, path)
                value, covered = answer["spearman"], round(answer["covered"] * answer["pairs"])
                details[f"{measure.key}_known"] = covered
                details[f"{measure.key}_pairs"] = int(answer["pairs"])
            else:
                answer = benchmarks.analogies(vectors, path, ANALOGY_VOCABULARY)
                value, covered = answer["accuracy"], int(answer["questions"])
                details[f"{measure.key}_questions"] = covered
                if covered >= LEAST:
                    asked = ((name, row) for name, row in answer["sections"].items() if row["questions"])
                    sections += [{"label": name, **_section(row)} for name, row in asked]
            if covered >= LEAST and np.isfinite(value):
                values[measure.key] = round(float(value), 4)
        return WordScores(values, details, tuple(sections))

    def of_matrix(self, words: Sequence[str], matrix: np.ndarray) -> WordScores:
        """As :meth:`of`, for a plain table ``[n, size]``, the most frequent word first."""
        return self.of(benchmarks.WordTable(words, matrix)) if self.tests else WordScores({}, {}, ())


def _section(row: Any) -> dict[str, Any]:
    """A section's ``accuracy`` and ``support``."""
    return {"accuracy": float(row["accuracy"]), "support": int(row["questions"])}
