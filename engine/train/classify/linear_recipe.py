"""TF-IDF and a linear SVM as a model of its own: the baseline of the other recipes, kept and served."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ....data.source import Source
from ...results import Preflight
from ...tasks.classify.linear import FILE
from ..objectives import Objective
from ..pipeline import Packed, Plan
from ..prepare import Labelled
from ..settings import TfidfLinear
from ..shared import Emit
from ..step_cost import peak
from . import baseline
from .labelled import LabelledPipeline, sampled

SAMPLE = 4000
"""Training texts that the pre-flight fits on; each further one costs about as much."""


class LinearPipeline(LabelledPipeline[TfidfLinear]):
    """Words and pairs of words, weighted, summed; the baseline is the most frequent label."""

    baseline_message = "the same answer to every text"

    def measure_baseline(self) -> dict[str, Any]:
        return simplest(self.objective, self.train, self.test or self.validation)

    def network(self) -> "LinearTrainer":
        return LinearTrainer(self)

    def plan(self) -> Plan:
        from ...device import processors

        return Plan(1, 0, self.counts(), processors(), self.source.labels, self.objective.measures())

    def size_message(self) -> str:
        return f"{len(self.train):,} texts, read once"

    def versions(self) -> dict[str, str]:
        return {"scikit-learn": version("scikit-learn")}

    def export(self, target: Path) -> None:
        fitted = self.trainer.fitted
        work = self.folder / "export"
        work.mkdir(exist_ok=True)
        np.savez_compressed(work / FILE, **fitted.model.tables())
        labels = self.source.labels
        packed = Packed(
            task=self.objective.task(self.source.task),
            intended=f"{self.objective.intended()}. It sums words and knows no order beyond pairs of them.",
            labels=labels,
            files={FILE: work / FILE, "tokenizer.json": fitted.tokenizer.to_str().encode()},
            serving={
                "model": FILE,
                "tokenizer": "tokenizer.json",
                **self.objective.serving(fitted.answering),
                "max_tokens": 50_000,
                "min_tokens": 1,
                "vocabulary": fitted.model.vocabulary,
            },
            data={"examples": self.counts(), "ngrams": len(fitted.model.idf), "strength": fitted.strength},
        )
        self.write_bundle(target, packed)

    def chosen(self) -> str:
        return (
            f"C and the {self.objective.calibrated} were chosen on {len(self.validation):,} validation texts; "
            f"{self.split} chose nothing."
        )

    @classmethod
    def preflight(cls, spec: Any) -> Preflight:
        from ...device import processors

        quick = cls(spec, Path(), lambda kind, **values: None, lambda: False)
        quick.read()
        check, total = quick.check_data(), len(quick.train)
        part = sampled(quick.train, SAMPLE, spec.seed)
        begun = time.perf_counter()
        fitted = quick.fit(part)
        seconds = (time.perf_counter() - begun) * total / max(len(part), 1)
        rows = len(fitted.model.idf)
        return Preflight(
            check=check,
            floor=simplest(quick.objective, quick.train, quick.test or quick.validation),
            seconds=seconds + 3,
            memory=peak() + 60 * rows * max(total // max(len(part), 1), 1),
            device=processors(),
            parameters=fitted.model.weights.size,
        )

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        return self.trainer.fitted.logits(texts)

    def fit(self, train: Labelled) -> baseline.Baseline:
        """Fit on ``train`` as the settings say."""
        return fit(self.settings, self.objective, self.source, train, self.validation, self.spec.seed)


class LinearTrainer:
    """One fit, told as one epoch."""

    def __init__(self, pipeline: LinearPipeline) -> None:
        self._pipeline = pipeline
        self.history: list[dict[str, Any]] = []
        self.fitted: Any = None

    def run(self) -> bool:
        """Fit; not asked to stop in between, for it takes seconds."""
        pipeline, begun = self._pipeline, time.monotonic()
        self.fitted = pipeline.fit(pipeline.train)
        spent = time.monotonic() - begun
        row = {
            "epoch": 1,
            "epochs": 1,
            "train": self._scores(sampled(pipeline.train, SAMPLE, pipeline.spec.seed)),
            "validation": self._scores(pipeline.validation),
            "rate": len(pipeline.train) / max(spent, 1e-9),
            "seconds": round(spent, 2),
            "best": True,
        }
        self.history.append(row)
        emit: Emit = pipeline.emit
        emit("epoch", **row)
        return True

    def keep_best(self) -> bool:
        """It has no epochs to choose from."""
        return False

    def _scores(self, part: Labelled) -> dict[str, float]:
        objective, fitted = self._pipeline.objective, self.fitted
        logits = fitted.logits(part.texts) / fitted.answering.temperature
        return objective.validated(logits, objective.targets(part.gold))


def fit(
    settings: TfidfLinear, objective: Objective, source: Source, train: Labelled, held: Labelled, seed: int
) -> baseline.Baseline:
    """The linear model of ``settings``, learnt from ``train``; ``held`` chooses."""
    return baseline.fit(
        train.texts,
        train.gold,
        (held.texts, held.gold),
        objective,
        source.language,
        seed,
        longest=settings.longest_ngram,
        min_texts=settings.min_texts,
        strength=settings.strength,
    )


def simplest(objective: Objective, train: Labelled, part: Labelled) -> dict[str, Any]:
    """The measures on ``part`` of always saying the label that is most frequent in ``train``, or its mean."""
    answering = objective.answering()
    scores = answering.scores(objective.constant(train.gold, len(part)))
    return {"name": objective.simplest, **objective.reported(part.gold, answering, scores)}
