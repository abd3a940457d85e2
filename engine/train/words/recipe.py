"""Word vectors from their texts to their bundle: what the recipes of gensim and of Keras have in common."""

from abc import abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ....data.source import Source
from ...results import Report
from ...tasks.words import model
from ..pipeline import Pipeline
from . import corpus as corpora
from .blend import blended, without_top
from .corpus import Corpus
from .measures import WordMeasures, WordScores
from .settings import WordTraining, epochs_for
from .texts import Texts, open_texts

FEW_WORDS = 1_000_000
FEW = "{words:,} words are few: neighbours will be poor; good vectors are learnt from tens of millions."
SettingsT = TypeVar("SettingsT", bound=WordTraining)


class WordsPipeline(Pipeline[SettingsT]):
    """Texts without labels; measured on the published tests of words, there is no baseline."""

    unit = "words"

    texts: Texts
    corpus: Corpus
    words: list[str]
    """The most frequent first."""
    counts: np.ndarray
    """int64 ``[n]``."""

    @abstractmethod
    def matrix(self) -> np.ndarray:
        """The vectors of ``words``, float32 ``[n, size]``."""

    @property
    def source(self) -> Source:
        return self.texts.source

    def read(self) -> None:
        self.texts = open_texts(self.spec)
        self.corpus = corpora.prepare(self.texts, self.settings, self.folder, self.emit, self.should_stop)
        if not self.settings.epochs:
            self.settings = replace(self.settings, epochs=epochs_for(self.corpus.words))
        self.words, self.counts = self.corpus.vocabulary(self.settings.vocabulary_size, self.settings.min_count)
        if self.corpus.words < FEW_WORDS:
            self.emit("message", level="warning", text=FEW.format(words=self.corpus.words))
        self.measures = WordMeasures(self.texts.source.language)

    def find_baseline(self) -> None:
        return None

    def examples(self) -> dict[str, int]:
        """What there is to learn from."""
        return {"texts": self.corpus.texts, "words": self.corpus.words, "vocabulary": len(self.words)}

    def size_message(self) -> str:
        return f"{self.corpus.words:,} words, {len(self.words):,} different, an epoch"

    def export(self, target: Path) -> None:
        settings = self.settings
        words, matrix, counts = self.words, self.matrix(), self.counts
        if settings.blend.strip():
            words, matrix, counts = blended(words, matrix, counts, settings, self.emit)
        elif settings.postprocess:
            matrix = without_top(matrix)
        self._written = len(words)
        card = self.card(
            model.TASK,
            "words like those. Nothing else is known.",
            {
                "splits": list(self.texts.splits),
                "examples": {"train": self.corpus.texts},
                "tokens": self.corpus.words,
                "phrases": self.corpus.phrases,
            },
            {"segmentation": self.texts.segmentation, "lowercase": True, "phrases": settings.phrases > 0},
        )
        model.write(target, card, words, matrix, counts, settings.precision)

    def measured_on(self) -> str:
        return self.measures.title or "nothing: there are no tests of this language here"

    def measure(self, target: Path) -> Report:
        measured = WordScores({}, {}, ())
        if self.measures.tests:
            measured = self.measures.of(model.load(str(target.absolute())))
        return Report(
            model=self.name,
            data=self.spec.data,
            split="+".join(self.texts.splits),
            examples=self.corpus.texts,
            metrics={**measured.values, **measured.details, "words": self.corpus.words},
            floor=None,
            labels=(),
            confusion=(),
            per_class=measured.sections,
            documents=(),
            protocol=protocol(self.name, self.measures),
        )

    def shown_metrics(self, report: Report) -> dict[str, float]:
        return {key: report.metrics[key] for key in self.measures.labels if key in report.metrics}

    def card_row(self, report: Report) -> dict[str, Any] | None:
        if not self.shown_metrics(report):
            return None
        metrics = {key: value for key, value in report.metrics.items() if key != "words"}
        return {"on": self.measures.title, "protocol": report.protocol, **metrics}

    def summary(self, report: Report) -> str:
        labels = self.measures.labels
        reached = ", ".join(f"{labels[key]} {value:.3f}" for key, value in self.shown_metrics(report).items())
        return f"{self._written:,} words" + (f"; {reached}" if reached else "")


def protocol(name: str, measures: WordMeasures) -> str:
    """How word vectors are measured, and the commands that do it again."""
    if not measures.tests:
        return "Not measured: the tests of this language are not on this machine, or there are none."
    parts = ["The last epoch is kept; nothing was chosen by these tests."]
    if any(measure.kind == "pairs" for measure, _ in measures.tests):
        parts.append("ρ: Spearman's rank correlation with human scores over the pairs of known words.")
    if any(measure.kind == "analogies" for measure, _ in measures.tests):
        parts.append(
            "Analogies: 3CosAdd, right if the answer comes first, among the 30,000 most frequent words, over the "
            "questions of known words."
        )
    commands = "; ".join(f"dltext evaluate {name} --data {file}" for file in measures.files)
    return " ".join([*parts, f"Again: {commands}."])
