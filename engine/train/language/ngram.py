"""The pipeline of n-gram models, and the baseline that they are for all other language models."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ....data.source import Source
from ... import corpora
from ...jobs.stopping import StopRequested
from ...results import JobSpec, Preflight, Report
from ...tasks.language import measure
from ...tasks.language.counts import CountsPredictor, read_levels
from ...tasks.language.generate import written
from ...tasks.language.model import TASK, LanguageModel
from ...tasks.language.serving import NGRAM
from ...text.units import END, Units
from ..pipeline import Packed, Pipeline, Plan
from ..shared import never
from . import packing
from .corpus import LanguageCorpus, characters_in, open_corpus, read_streams, remove_streams
from .kneser_ney import Smoothed, smooth
from .ngram_settings import NgramLM

FILE = "counts.npz"
ORDERS = {"words": 5, "whitespace": 5, "subwords": 5, "characters": 7}
"""Longer ones hardly help: PTB by 5 words 141.2, by 3 148.3; Shakespeare by 6, 7 and 8 characters 2.004, 1.995 and
1.997 bits."""
MANY, ORDER_OF_MANY = 1000, 4
"""Of so many different characters, as Chinese has, n-grams of 4 do: Song poems 103.6; of 7, 102.8 in more bytes."""
UNIT_BYTES = 90
"""Of memory for each unit that is counted: keys of n-grams, their order, their places, and what is kept of them."""
SECONDS = 4e-7
"""For each unit and length of n-grams."""
SAMPLE_LENGTH = 60


def order_of(settings: NgramLM, units: Units) -> int:
    """Units of the longest n-grams."""
    return settings.order or usual_order(units)


def usual_order(units: Units) -> int:
    """The same where nobody said otherwise."""
    return ORDER_OF_MANY if units.unit == "characters" and len(units) >= MANY else ORDERS[units.unit]


def baseline(
    streams: dict[str, np.ndarray], units: Units, whole: bool, characters: int = 0, part: str = "test"
) -> dict[str, Any]:
    """What an n-gram model of the same units reaches on ``part`` of so many ``characters`` (0: not known): its
    ``name``, ``perplexity`` and ``bits_per_character``. Of ``streams``, int32 ``[n]`` each, ``train`` teaches;
    ``whole``: no text ends in them."""
    order = usual_order(units)
    smoothed = smooth(_with_begin(streams["train"]), order, len(units))
    total = measure.measured_units(_opened(smoothed, units, whole, "baseline", ""), streams[part], characters)
    numbers = {key: total.metrics[key] for key in ("perplexity", "bits_per_character")}
    return {"name": f"n-grams of {order} {units.noun}", **numbers}


def _with_begin(stream: np.ndarray) -> np.ndarray:
    """A text begins behind an end."""
    return np.concatenate([np.array([END], np.int32), stream])


def _opened(smoothed: Smoothed, units: Units, whole: bool, name: str, language: str) -> LanguageModel:
    """A model that is not written yet."""
    predictor = CountsPredictor(smoothed.tables["first"], tuple(read_levels(smoothed.tables, len(units))))
    return LanguageModel(name, "1", language, units, not whole, predictor, Path(), {"serving": {}, "files": {}})


class NgramLanguagePipeline(Pipeline[NgramLM]):
    """Texts alone; the baseline knows only how frequent each unit is."""

    unit = "units"
    baseline_message = "counting units"

    corpus: LanguageCorpus
    units: Units
    streams: dict[str, np.ndarray]

    @property
    def source(self) -> Source:
        return self.corpus.source

    def read(self) -> None:
        self.corpus = open_corpus(self.spec, self.settings)
        self.units, self.streams = read_streams(self.corpus, self.settings, self.folder, self.stage, self.pause)

    def measure_baseline(self) -> dict[str, Any]:
        smoothed = smooth(_with_begin(self.streams["train"]), 1, len(self.units))
        total = measure.measured_units(self.opened(smoothed), self.streams["test"])
        return {"name": "frequencies alone", "perplexity": total.metrics["perplexity"]}

    def opened(self, smoothed: Smoothed) -> LanguageModel:
        """What ``smoothed`` answers."""
        return _opened(smoothed, self.units, self.corpus.whole, self.name, self.source.language)

    def network(self) -> "NgramTrainer":
        return NgramTrainer(self)

    def plan(self) -> Plan:
        from ...device import processors

        examples = {part: len(ids) for part, ids in self.streams.items()}
        return Plan(1, 0, examples, processors(), measures={"perplexity": "perplexity", "loss": "loss"})

    def size_message(self) -> str:
        train = self.streams["train"]
        return f"{len(train):,} {self.units.noun}, n-grams of up to {order_of(self.settings, self.units)}"

    def export(self, target: Path) -> None:
        smoothed: Smoothed = self.trainer.smoothed
        smoothed.write(self.folder / FILE)
        files, serving = packing.packed(self.corpus, self.units, NGRAM, FILE)
        packed = Packed(
            task=TASK,
            intended="going on with texts like these, and saying how surprising a text is. It sees a few units back.",
            files={FILE: self.folder / FILE, **files},
            serving=serving,
            data={**packing.data_row(self.corpus, self.streams, self.spec.seed), "ngrams": sum(smoothed.ngrams)},
        )
        self.write_bundle(target, packed)
        (self.folder / FILE).unlink()

    def measured_on(self) -> str:
        return "test"

    def measure(self, target: Path) -> Report:
        streams, again, data = self.streams, self.corpus.repeatable, self.spec.data
        return measure.report_on_units(
            str(target.absolute()),
            streams["test"],
            self.name,
            data,
            self.corpus.whole,
            again,
            characters_in(self.folder).get("test", 0),
        )

    def chosen(self) -> str:
        return self.corpus.division

    def summary(self, report: Report) -> str:
        return f"perplexity {report.metrics['perplexity']:.1f} on {report.split}"

    def versions(self) -> dict[str, str]:
        return {}

    def clean(self) -> None:
        remove_streams(self.folder)

    @classmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        import tempfile

        from ...device import processors
        from ..step_cost import peak

        with tempfile.TemporaryDirectory() as folder:
            quick = cls(spec, Path(folder), lambda kind, **values: None, never)
            begun = time.perf_counter()
            quick.read()
            reading = time.perf_counter() - begun
        count, order = len(quick.streams["train"]), order_of(quick.settings, quick.units)
        floor = quick.measure_baseline()
        check = corpora.check(spec.data, spec.text_column, spec.label_column)
        return Preflight(
            check=replace(check, warnings=()),  # what it says is of labels
            floor={key: value for key, value in floor.items() if isinstance(value, float)},
            seconds=reading + SECONDS * count * order + 3,
            memory=peak() + UNIT_BYTES * count,
            device=processors(),
            parameters=0,
            facts=(
                f"{count:,} {quick.units.noun} to learn from, {len(quick.units):,} different; "
                f"{len(quick.streams['validation']):,} validate, {len(quick.streams['test']):,} test.",
            ),
        )


class NgramTrainer:
    """One count, told as one epoch."""

    def __init__(self, pipeline: NgramLanguagePipeline) -> None:
        self._pipeline = pipeline
        self.history: list[dict[str, Any]] = []
        self.smoothed: Any = None

    def run(self) -> bool:
        """Count; False where it was asked to stop between two lengths of n-grams."""
        pipeline, begun = self._pipeline, time.monotonic()
        order, stream = order_of(pipeline.settings, pipeline.units), pipeline.streams["train"]

        def heard(length: int) -> None:
            pipeline.stage("training", f"n-grams of {length} of {order} {pipeline.units.noun} are counted")
            pipeline.pause()

        try:
            self.smoothed = smooth(_with_begin(stream), order, len(pipeline.units), pipeline.settings.least, heard)
        except StopRequested:
            return False
        spent = time.monotonic() - begun
        opened = pipeline.opened(self.smoothed)
        validation = measure.measured_units(opened, pipeline.streams["validation"]).metrics
        row = {
            "epoch": 1,
            "epochs": 1,
            "train": {},
            "validation": {key: validation[key] for key in ("perplexity", "loss")},
            "rate": len(stream) / max(spent, 1e-9),
            "seconds": round(spent, 2),
            "best": True,
            "sample": written(opened, SAMPLE_LENGTH, pipeline.spec.seed),
        }
        self.history.append(row)
        pipeline.emit("epoch", **row)
        return True

    def keep_best(self) -> bool:
        """It has no epochs to choose from."""
        return False
