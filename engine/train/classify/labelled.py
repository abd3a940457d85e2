"""Texts and a label each: what the recipes share that learn from them, with a network or without."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ....data.source import Source, open_source
from ... import corpora
from ...results import DataCheck, Report
from ...results.measures import label, leading
from ..objectives import Objective, objective_of
from ..pipeline import Pipeline
from ..prepare import Labelled, divide, read

SettingsT = TypeVar("SettingsT")


class LabelledPipeline(Pipeline[SettingsT]):
    """Texts and a label each: how they are read, divided and measured, whatever learns from them."""

    _source: Source
    objective: Objective
    train: Labelled
    validation: Labelled
    test: Labelled | None

    @property
    def source(self) -> Source:
        return self._source

    @property
    def split(self) -> str:
        """The part that the finished model is measured on."""
        return "test" if "test" in self._source.splits else "validation"

    def read(self) -> None:
        settings: Any = self.settings
        self._source = open_source(self.spec.data, self.spec.text_column, self.spec.label_column)
        self.settle()
        self.train, self.validation = divide(self._source, settings.validation_fraction, self.spec.seed)
        self.test = read(self._source, "test") if "test" in self._source.splits else None
        self.aim()

    def aim(self) -> None:
        """Say what is learnt, once the training part is there."""
        self.objective = objective_of(self._source)
        self.objective.learn_scale(self.train.gold)

    def settle(self) -> None:
        """Make up the settings that wait for the data's language."""

    def take(self, source: Source, train: Labelled, validation: Labelled, test: Labelled) -> None:
        """Parts that somebody else has read and divided, a fold's, instead of :meth:`read`."""
        self._source, self.train, self.validation, self.test = source, train, validation, test
        self.settle()
        self.aim()

    @abstractmethod
    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Float64 ``[n, outputs]``, of the trained model before it is exported."""

    def measured_on(self) -> str:
        return self.split

    def measure(self, target: Path) -> Report:
        from ...tasks.classify.measure import evaluate

        spec = self.spec
        return evaluate(str(target), spec.data, self.split, spec.text_column, spec.label_column, shown=self.name)

    def summary(self, report: Report) -> str:
        key = leading(report.metrics)
        return f"{label(key)} {report.metrics[key]:.3f} on {report.split}"

    def check_data(self) -> DataCheck:
        """The state of the data that were read."""
        return corpora.check(self.spec.data, self.spec.text_column, self.spec.label_column)

    def counts(self) -> dict[str, int]:
        """Examples of each part."""
        return {
            "train": len(self.train),
            "validation": len(self.validation),
            "test": len(self.test) if self.test else 0,
        }


def sampled(part: Any, most: int, seed: int) -> Any:
    """At most ``most`` examples of ``part``, in their order."""
    if len(part) <= most:
        return part
    return part.take(np.sort(np.random.default_rng(seed).choice(len(part), most, replace=False)))
