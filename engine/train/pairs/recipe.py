"""An encoder-decoder from its pairs to its bundle: what translators and title generators have in common."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np

from ....data.pairs import Pair, Pairs
from ... import registry
from ...inspection import inspect_pairs
from ...results import DataCheck, Report
from ...results.measures import MEASURES
from ...text.batching import Ragged
from ..network_pipeline import NetworkPipeline
from ..onnx_graphs import GRAPHS, WEIGHTS, by_path
from ..pipeline import Packed, Plan
from ..shared import device
from .loop import begin_with_frequencies, columns, divide
from .start import load_start

TESTED = 500
"""Pairs of the validation part, and of the measured part, that the pre-flight's sample has."""
SettingsT = TypeVar("SettingsT")
Weights = dict[str, np.ndarray]


class PairsPipeline(NetworkPipeline[SettingsT]):
    """Pairs of texts; the network reads one side and writes the other."""

    unit = "pairs"
    task: ClassVar[str]
    measures: ClassVar[Mapping[str, str]]
    """What validation tells, with its names for people; the first leads."""
    learner: ClassVar[str]
    """What is trained, for people."""
    titles: ClassVar[bool] = False
    """Whether the pairs are texts and their titles."""

    pairs: Pairs
    train: list[Pair]
    validation: list[Pair]
    prepared: Any
    """``pairs``, ``files``, ``train``, ``validation`` (each a :class:`~.loop.PairPart`) and ``info``."""

    # ---------------------------------------------------------------------------------------------- hooks

    @abstractmethod
    def open_pairs(self, name: str, *columns: str) -> Pairs:
        """The data of that name."""

    @abstractmethod
    def cut(self) -> Any:
        """Learn the vocabularies (once a run: they are kept in its folder) and cut the texts."""

    @abstractmethod
    def sizes(self) -> tuple[int, ...]:
        """The vocabularies' sizes, as the network and the export take them; the last is that of what is written."""

    @abstractmethod
    def loop(self, model: Any, train: Any, validation: Any) -> Any:
        """What fits ``model``."""

    @abstractmethod
    def export_graphs(self, work: Path, weights: Weights) -> dict[str, Any]:
        """Both graphs into the folder ``work``; what serving should know of them."""

    @abstractmethod
    def serving(self) -> dict[str, Any]:
        """What stands in the card beside all that every kind says there."""

    @abstractmethod
    def intended(self) -> str:
        """What the model is for, behind the name of its data."""

    @abstractmethod
    def evaluate(self, *arguments: Any, **options: Any) -> Report:
        """As :func:`dltext.engine.tasks.measuring.evaluate`."""

    # ---------------------------------------------------------------------------------------------- pipeline

    @property
    def source(self) -> Pairs:
        return self.pairs

    @property
    def split(self) -> str:
        """The part that the finished model is measured on."""
        return "test" if "test" in self.pairs.splits else "validation"

    def read(self) -> None:
        settings: Any = self.settings
        self.pairs = self.open_pairs(self.spec.data, *columns(self.spec))
        self.train, self.validation = divide(self.pairs, settings, self.spec.seed, self.open_pairs, self.learner)
        self._start = load_start(settings.initial, self.spec.recipe, self.pairs)
        self._part: list[Pair] | None = None

    @property
    def measured_part(self) -> list[Pair]:
        """The pairs that the baseline is measured on."""
        if self._part is None:
            self._part = list(self.pairs.rows("test")) if self.split == "test" else self.validation
        return self._part

    def prepare(self) -> None:
        if self._start:
            self._start.leave_vocabularies(self.folder)
        self.prepared = self.cut()

    def network(self) -> Any:
        self._device = device()
        model = network(self.spec.recipe, self.settings, self.sizes(), self.prepared.train.targets, self.spec.seed)
        if self._start:
            self._start.give(model)
        return self.loop(model, self.prepared.train, self.prepared.validation)

    def plan(self) -> Plan:
        parameters = int(self.trainer.model.count_params())
        return Plan(self.trainer.steps, parameters, self._examples(), self._device, (), self.measures)

    def _examples(self) -> dict[str, int]:
        """Those that are short enough."""
        return {
            **self.counts(),
            "train": len(self.prepared.train),
            "validation": len(self.prepared.validation),
        }

    def size_message(self) -> str:
        return f"{len(self.prepared.train):,} pairs in {self.trainer.steps:,} steps an epoch"

    def pack(self, work: Path) -> Packed:
        settings: Any = self.settings
        about_graphs = self.export_graphs(work, by_path(self.trainer.model))
        files: dict[str, Path | bytes] = {name: work / name for name in GRAPHS}
        files |= self.prepared.files
        if settings.keep_weights:
            files[WEIGHTS] = work / WEIGHTS
        return Packed(
            task=self.task,
            intended=self.intended(),
            files=files,
            serving={
                "kind": self.task,
                "encoder": GRAPHS[0],
                "step": GRAPHS[1],
                **self.serving(),
                "longest": settings.longest,
                "beam": settings.beam,
                "length_penalty": settings.length_penalty,
                "precision": settings.precision,
                **about_graphs,
            },
            data={"examples": self._examples(), "more": settings.more or None, **self.prepared.info},
        )

    def settings_values(self) -> dict[str, Any]:
        """The settings as plain values, for the child that exports."""
        settings: Any = self.settings
        return asdict(settings)

    def measured_on(self) -> str:
        return self.split

    def measure(self, target: Path) -> Report:
        return self.evaluate(str(target), self.spec.data, self.split, *columns(self.spec), shown=self.name)

    def chosen(self) -> str:
        if self.split != "test":
            return "There is no test part: the best epoch was chosen on the same pairs that this was measured on."
        count = len(self.prepared.validation)
        return f"The best epoch was chosen on {count:,} validation pairs; {self.split} chose nothing."

    def summary(self, report: Report) -> str:
        leading = next(iter(self.measures))
        label = MEASURES[leading].label if leading in MEASURES else self.measures[leading]
        return f"{label} {report.metrics[leading]:.1f} on {report.split}"

    # ---------------------------------------------------------------------------------------------- pre-flight

    def check_data(self) -> DataCheck:
        return inspect_pairs(self.pairs, self.titles)

    def counts(self) -> dict[str, int]:
        counts = {"train": len(self.train), "validation": len(self.validation)}
        return counts | {"test": self.pairs.counts.get("test", 0)}

    def keep_sample(self, most: int) -> None:
        if len(self.train) > most:
            rows = np.sort(np.random.default_rng(self.spec.seed).permutation(len(self.train))[:most])
            self.train = [self.train[row] for row in rows]
        # The same part that the run measures on, or the check and the run would speak of two things.
        part = self.measured_part
        rows = np.sort(np.random.default_rng(self.spec.seed).permutation(len(part))[:TESTED])
        self._part = [part[row] for row in rows]
        self.validation = self.validation[:TESTED]

    def text_memory(self) -> int:
        return 4 * sum(len(pair.source) + len(pair.target) for pair in self.train)

    def memory(self, total: int) -> int:
        """Ids of all pairs; the network is as large as it will be but for rare units."""
        info = self.prepared.info
        return int(8 * (info["source_units"] + info["target_units"]) * total)

    def facts(self) -> tuple[str, ...]:
        counts = self.counts()
        read, written = self.pairs.columns
        # Where the two sides of a file were found, so that nobody learns to write what was to be read.
        sides = (f"The column {read!r} is read, {written!r} is to be written.",) if read else ()
        return (
            *sides,
            f"{counts['train']:,} pairs train, {counts['validation']:,} validate, {counts['test']:,} test; none of "
            "the held-out sources appears in train.",
        )

    def late_facts(self) -> tuple[str, ...]:
        info = self.prepared.info
        return (
            f"A pair has {info['source_units']} units on the side that is read and {info['target_units']} on the side "
            "that is written.",
        )


def network(recipe: str, settings: Any, sizes: tuple[int, ...], targets: Ragged, seed: int) -> Any:
    """A freshly initialised network, whose output begins with how often each word occurs in ``targets``.

    ``sizes`` are those of the vocabularies, that of the words that are written last.
    """
    import keras

    keras.utils.set_random_seed(seed)
    model = registry.load(registry.get(recipe).build)(settings, *sizes)
    begin_with_frequencies(model, targets, sizes[-1])
    return model
