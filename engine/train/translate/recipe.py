"""A translator from its pairs to its bundle."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ....data.pairs import Pairs, open_pairs
from ...results import Report
from ...tasks.table import TASKS
from ...tasks.translate.scores import corpus_scores
from ..pairs.loop import Scorer
from ..pairs.recipe import PairsPipeline, Weights
from ..pairs.settings import Encoding
from .export import export
from .prepare import SOURCE, TARGET, PreparedPairs, prepare
from .trainer import PairsTrainer

QUICK = 50_000_000
"""Comparisons of a sentence with one of training: some seconds."""


class TranslatorPipeline(PairsPipeline[Encoding]):
    """The baseline copies the translation of the nearest training sentence."""

    task = "translate"
    measures: ClassVar = {"bleu": "BLEU", "chrf": "chrF", "accuracy": "next-word accuracy"}
    learner = TASKS[task].learner
    baseline_message = "copying the translation of the nearest training sentence"

    prepared: PreparedPairs

    def open_pairs(self, name: str, *columns: str) -> Pairs:
        return open_pairs(name, *columns, reverse=self.settings.reverse)

    def measure_baseline(self) -> dict[str, Any]:
        from ...tasks.translate.baseline import NAME, NearestTranslation

        part = self.measured_part
        copied, near = NearestTranslation(self.train).translate([pair.source for pair in part])
        scores = corpus_scores(copied, [pair.target for pair in part], self.pairs.target_language)
        return {"name": NAME, "bleu": scores["bleu"], "chrf": scores["chrf"], "similarity": float(np.mean(near))}

    def baseline_is_quick(self) -> bool:
        return len(self.train) * len(self.measured_part) <= QUICK

    def cut(self) -> PreparedPairs:
        parts = self.pairs, self.train, self.validation
        return prepare(*parts, self.settings, self.spec.seed, self.folder, self.emit)

    def sizes(self) -> tuple[int, ...]:
        return self.prepared.source.size, self.prepared.target.size

    def loop(self, model: Any, train: Any, validation: Any) -> PairsTrainer:
        prepared, run = self.prepared, self.loop_arguments()
        vocabularies = prepared.source, prepared.target
        return PairsTrainer(model, self.settings, *vocabularies, train, validation, scorer(prepared), **run)

    def export_graphs(self, work: Path, weights: Weights) -> dict[str, Any]:
        source, target = self.prepared.source.size, self.prepared.target.size
        return export(work, self.spec.recipe, self.settings_values(), source, target, weights)

    def serving(self) -> dict[str, Any]:
        return {
            "source_tokenizer": SOURCE,
            "target_tokenizer": TARGET,
            "source": self.pairs.source_language,
            "target": self.pairs.target_language,
            "lowercase": self.settings.lowercase,
            "simplify": self.settings.simplify,
            "coverage_penalty": self.settings.coverage_penalty,
        }

    def intended(self) -> str:
        return f"{self.pairs.source_language} to {self.pairs.target_language}, short texts like these."

    def evaluate(self, *arguments: Any, **options: Any) -> Report:
        from ...tasks.translate.measure import evaluate

        return evaluate(*arguments, **options)


def scorer(prepared: PreparedPairs) -> Scorer:
    """BLEU and chrF in the target's language."""

    def scores(hypotheses: list[str], references: list[str]) -> dict[str, float]:
        measured = corpus_scores(hypotheses, references, prepared.pairs.target_language)
        return {"bleu": measured["bleu"], "chrf": measured["chrf"]}

    return scores
