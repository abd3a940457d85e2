"""The pipeline of language models that are networks: units in their order, one graph that reads and writes."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ....data.errors import UserError
from ....models import nnlm, recurrent_lm, transformer_lm
from ....models.layers.carried import forget
from ... import corpora
from ...results import DataCheck, Report
from ...serve.probabilities import log_softmax
from ...serve.session import open_graph, run_graph
from ...tasks.language.generate import written
from ...tasks.language.measure import report_on_units
from ...tasks.language.model import TASK, LanguageModel
from ...tasks.language.network import NetworkPredictor
from ...tasks.language.serving import NETWORK
from ...text.units import Units
from .. import checkpoint, onnx_graphs
from ..computing import computing_in, decided, in_float32
from ..network_pipeline import NetworkPipeline
from ..onnx_classifier import PARITY
from ..pipeline import Packed, Plan
from ..shared import device
from . import graph, ngram, packing
from .corpus import LanguageCorpus, characters_in, open_corpus, read_streams, remove_streams
from .settings import Streams
from .start import InitialLanguageModel, load_start
from .trainer import LanguageTrainer

FILE = "model.onnx"
FEW_UNITS = 200_000
TABLES = 16
"""Bytes for a weight: itself, its gradient, two moments."""


class LanguagePipeline(NetworkPipeline[Streams]):
    """Texts alone. The baseline is an n-gram model of the same units."""

    unit = "units"
    exporter = ""
    baseline_message = "counting n-grams"
    build: ClassVar[Callable[..., Any]] = staticmethod(recurrent_lm.build)
    """``build(settings, vocabulary, batch, steps)``: ids to scores, both of fixed sizes."""
    draw: ClassVar[Callable[..., bytes]] = staticmethod(graph.draw_recurrent)
    """``draw(settings, weights, small)``: the graph of such a network."""

    corpus: LanguageCorpus
    units: Units
    _start: InitialLanguageModel | None = None
    _streams: dict[str, np.ndarray] | None = None
    _most = 0
    """Units of each part that are kept; 0: all."""

    @property
    def source(self) -> Any:
        return self.corpus.source

    def read(self) -> None:
        self._start = load_start(self.settings.initial)
        if self._start is not None:
            self.settings = self._start.settle(self.settings)
        self.corpus = open_corpus(self.spec, self.settings)
        if self._start is not None:
            self.corpus, self.settings = self._start.divide(self.corpus, self.settings)

    # ---------------------------------------------------------------------------------------------- preparing

    @property
    def streams(self) -> dict[str, np.ndarray]:
        """The units of each part; cut once, with a vocabulary that the training part alone has given."""
        if self._streams is None:
            start, how = self._start, (self.folder, self.stage, self.pause)
            given = start.units if start is not None else None
            self.units, self._streams = read_streams(self.corpus, self.settings, *how, given)
            if start is not None:
                start.check_known(self._streams["train"], self.corpus.source.name)
        if self._most:
            return {part: ids[: self._most] for part, ids in self._streams.items()}
        return self._streams

    def measure_baseline(self) -> dict[str, Any]:
        streams = self.streams
        return ngram.baseline(streams, self.units, self.corpus.whole, self._characters("test"))

    def _characters(self, part: str) -> int:
        """Of the texts of a part; 0: not known."""
        return 0 if self._most else characters_in(self.folder).get(part, 0)

    def prepare(self) -> None:
        self.shape = self._shape()

    def _shape(self) -> tuple[int, int]:
        """Batch and steps, smaller where there are few units."""
        settings, size = self.settings, min(len(self.streams["train"]), len(self.streams["validation"]) * 4)
        steps = min(settings.steps, max(2, size // 8))
        return max(1, min(settings.batch_size, size // (2 * steps))), steps

    def network(self) -> LanguageTrainer:
        import keras

        compute = decided(self.settings.compute)
        self._device = f"{device()}, {compute}"
        keras.utils.set_random_seed(self.spec.seed)
        with computing_in(compute):
            network = self.made()
        streams = self.streams
        if self._start is not None:
            self._start.give(network)
        else:
            self._begin_with_frequencies(network, streams["train"])
        return LanguageTrainer(
            network, self.settings, streams["train"], streams["validation"], self.written, **self.loop_arguments()
        )

    def made(self) -> Any:
        """The network."""
        return type(self).build(self.settings, len(self.units), *self.shape)

    def _begin_with_frequencies(self, network: Any, stream: np.ndarray) -> None:
        """Otherwise the first hundreds of steps go into learning how frequent each unit is."""
        bias = getattr(network.get_layer("scores"), "bias", None)
        if bias is not None:
            counts = np.bincount(stream, minlength=len(self.units)) + 0.1
            bias.assign(np.log(counts / counts.sum()).astype(np.float32))

    def written(self, network: Any) -> str:
        """A text that the network writes, to be looked at while it trains."""
        drawn = type(self).draw(self.settings, onnx_graphs.by_path(network), small=False)
        predictor = NetworkPredictor(session := open_graph(drawn), shapes_of(session), len(self.units))
        language, documents = self.source.language, not self.corpus.whole
        opened = LanguageModel(self.name, "", language, self.units, documents, predictor, self.folder, {})
        return written(opened, self.settings.sample_length, self.spec.seed)

    def plan(self) -> Plan:
        examples = {part: len(ids) for part, ids in self.streams.items()}
        parameters = int(self.trainer.model.count_params())
        measures = {"perplexity": "perplexity", "loss": "loss"}
        return Plan(self.trainer.steps, parameters, examples, self._device, measures=measures)

    def size_message(self) -> str:
        return f"{len(self.streams['train']):,} {self.units.noun}, {self.trainer.steps:,} steps an epoch"

    # ---------------------------------------------------------------------------------------------- afterwards

    def pack(self, work: Path) -> Packed:
        settings, network = self.settings, in_float32(self.trainer.model, self.made)
        weights = onnx_graphs.by_path(network)
        exact = type(self).draw(settings, weights, small=False)
        session = open_graph(exact)
        parity = self.difference(session, network)
        if not parity <= PARITY:
            raise UserError(f"ONNX and Keras differ by {parity:.1e}, more than {PARITY:g}: not exported.")
        small = settings.precision == "int8"
        files, serving = packing.packed(self.corpus, self.units, NETWORK, FILE)
        made: dict[str, Path | bytes] = {FILE: type(self).draw(settings, weights, small=True) if small else exact}
        if settings.keep_weights:
            exact_weights = {path: values for path, values in weights.items() if path in trained_in(network)}
            checkpoint.save(
                work / onnx_graphs.WEIGHTS, {"weights": list(exact_weights.values())}, {"paths": list(exact_weights)}
            )
            made[onnx_graphs.WEIGHTS] = work / onnx_graphs.WEIGHTS
        states = [list(shape) for shape in shapes_of(session)]
        return Packed(
            task=TASK,
            intended="going on with texts like these, and saying how surprising a text is.",
            files={**made, **files},
            serving={**serving, "states": states, "precision": settings.precision, "parity": parity},
            data=packing.data_row(self.corpus, self.streams, self.spec.seed),
        )

    def difference(self, session: Any, network: Any) -> float:
        """Largest difference of a log-probability between ONNX and Keras on a stretch of the validation part, and on
        the one behind it, for which states are carried."""
        (batch, steps), rows, worst = self.shape, self.trainer.held, 0.0
        arrays = NetworkPredictor(session, shapes_of(session), len(self.units)).begin(batch).arrays
        outputs = ["log_probs", *(f"next_{number}" for number in range(len(arrays)))]
        forget(network)
        for start in (0, steps):
            ids = np.pad(rows[:, start : start + steps], ((0, 0), (0, max(0, steps - rows[:, start:].shape[1]))))
            expected = log_softmax(np.asarray(network.predict_on_batch(ids), np.float64))
            given = {f"state_{number}": array for number, array in enumerate(arrays)}
            answer, *arrays = run_graph(session, outputs, {"ids": ids, "targets": ids, **given})
            worst = max(worst, float(np.abs(answer - expected).max()))
        return worst

    def measured_on(self) -> str:
        return "test"

    def measure(self, target: Path) -> Report:
        name, whole = self.name, self.corpus.whole
        units, again = self.streams["test"], self.corpus.repeatable
        characters = self._characters("test")
        return report_on_units(str(target.absolute()), units, name, self.spec.data, whole, again, characters)

    def chosen(self) -> str:
        validated = f"{len(self.streams['validation']):,} {self.units.noun}"
        began = ""
        if self._start is not None:
            learnt = self._start.card.get("data", {}).get("card", "its own texts")
            began = f"Training continued from {self._start.name}, which had learnt from {learnt}."
        chose = f"The best epoch was chosen on {validated}; test chose nothing."
        return " ".join(filter(None, (began, self.corpus.division, chose)))

    def summary(self, report: Report) -> str:
        return f"perplexity {report.metrics['perplexity']:.1f} on {report.split}"

    def clean(self) -> None:
        remove_streams(self.folder)

    # ---------------------------------------------------------------------------------------------- pre-flight

    def check_data(self) -> DataCheck:
        from dataclasses import replace

        checked = corpora.check(self.spec.data, self.spec.text_column, self.spec.label_column)
        few = self.counts()["train"]
        note = (
            f"About {few:,} units are few: a language model learns from millions. With so few, an n-gram model (recipe "
            "ngram) is as good, and takes seconds."
        )
        return replace(checked, warnings=(note,) if few < FEW_UNITS else ())  # what else it says is of labels

    def counts(self) -> dict[str, int]:
        return {part: len(ids) for part, ids in self.streams.items()}

    def baseline_is_quick(self) -> bool:
        return self.counts()["train"] <= 300_000

    def keep_sample(self, most: int) -> None:
        self._most = 100_000

    def text_memory(self) -> int:
        return 4 * sum(self.counts().values())

    def memory(self, total: int) -> int:
        return 4 * total

    def facts(self) -> tuple[str, ...]:
        counts = self.counts()
        bits = math.log2(max(len(self.units), 2))
        return (
            f"{counts['train']:,} {self.units.noun} to learn from, {len(self.units):,} different; "
            f"{counts['validation']:,} validate, {counts['test']:,} test. Knowing nothing is {bits:.1f} bits each.",
        )


class BengioPipeline(LanguagePipeline):
    """See :mod:`dltext.models.nnlm`."""

    build = staticmethod(nnlm.build)
    draw = staticmethod(graph.draw_nnlm)


class TransformerLMPipeline(LanguagePipeline):
    """See :mod:`dltext.models.transformer_lm`."""

    build = staticmethod(transformer_lm.build)
    draw = staticmethod(graph.draw_transformer)


def trained_in(network: Any) -> set[str]:
    """The paths of the weights that training changes: what is carried from stretch to stretch is none of them."""
    return {variable.path for variable in network.trainable_variables}


def shapes_of(session: Any) -> tuple[tuple[int, ...], ...]:
    """The axes of a graph's states behind the batch; −1 where one grows."""
    states = [entry.shape for entry in session.get_inputs() if entry.name.startswith("state_")]
    return tuple(tuple(axis if isinstance(axis, int) else -1 for axis in shape[1:]) for shape in states)
