"""A writer of titles from its texts to its bundle."""

from pathlib import Path
from typing import Any, ClassVar

from ....data.pairs import Pairs, open_titles
from ...results import Report
from ...tasks.table import TASKS
from ...tasks.title import scores as baseline
from ...tasks.title.scores import rouge
from ..pairs.loop import Scorer
from ..pairs.recipe import PairsPipeline, Weights
from .export import export
from .prepare import VOCABULARY, PreparedTitles, prepare
from .settings import TitleCopy
from .trainer import TitleTrainer


class TitlePipeline(PairsPipeline[TitleCopy]):
    """The baseline takes the first sentence for the title; it learns nothing."""

    task = "title"
    measures: ClassVar = {
        "rougeL": "ROUGE-L",
        "rouge2": "ROUGE-2",
        "rouge1": "ROUGE-1",
        "accuracy": "probability of the words",
    }
    learner = TASKS[task].learner
    titles = True
    baseline_message = "using the first sentence as the title"

    prepared: PreparedTitles

    def open_pairs(self, name: str, *columns: str) -> Pairs:
        return open_titles(name, *columns)

    def measure_baseline(self) -> dict[str, Any]:
        return baseline.measure(self.measured_part, self.pairs.source_language)

    def baseline_is_quick(self) -> bool:
        return len(self.measured_part) <= self.sample

    def cut(self) -> PreparedTitles:
        parts = self.pairs, self.train, self.validation
        return prepare(*parts, self.settings, self.spec.seed, self.folder, self.emit)

    def sizes(self) -> tuple[int, ...]:
        return (self.prepared.vocabulary.size,)

    def loop(self, model: Any, train: Any, validation: Any) -> TitleTrainer:
        prepared, run = self.prepared, self.loop_arguments()
        return TitleTrainer(model, self.settings, prepared.vocabulary, train, validation, scorer(prepared), **run)

    def export_graphs(self, work: Path, weights: Weights) -> dict[str, Any]:
        return export(work, self.spec.recipe, self.settings_values(), self.prepared.vocabulary.size, weights)

    def serving(self) -> dict[str, Any]:
        return {
            "vocabulary": VOCABULARY,
            "language": self.pairs.source_language,
            "longest_title": self.settings.longest_title,
            "copying": self.settings.copying,
            "length_reward": self.settings.length_reward,
            "expected_length": self.prepared.info["target_units"],
        }

    def intended(self) -> str:
        return f"titles of texts like these, {self.pairs.source_language}."

    def evaluate(self, *arguments: Any, **options: Any) -> Report:
        from ...tasks.title.measure import evaluate

        return evaluate(*arguments, **options)


def scorer(prepared: PreparedTitles) -> Scorer:
    """ROUGE in the titles' language."""

    def scores(hypotheses: list[str], references: list[str]) -> dict[str, float]:
        return rouge(hypotheses, references, prepared.pairs.source_language)

    return scores
