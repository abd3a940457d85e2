"""A classifier from its texts to its bundle."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ....data.errors import UserError
from ....data.paths import write_json
from ....data.wording import percent
from ... import registry
from ...results import DataCheck, Report
from ...results.measures import label
from ...text import tokenizer as tok
from ...text.features import Features
from .. import checkpoint
from ..lessons import Lessons
from ..network_pipeline import NetworkPipeline
from ..pipeline import BASELINE_FILE, Packed, Plan
from ..prepare import PreparedTexts, encode, prepare, settle_vectors
from ..shared import device
from . import distil
from .baseline import longest_of, measure_baseline_of
from .labelled import LabelledPipeline, sampled
from .linear_part import FittedPart
from .linear_part import fit as fit_linear_part
from .loop import NetworkTrainer, predict, predict_part
from .settings import Classifier
from .start import load_start, network

FEW = 150
"""Training texts per label below which a pretrained encoder is recommended."""
TAUGHT = 200
"""Texts of a kind that the pre-flight has a teacher label, to see how long it takes."""
LONG_SHARE = 0.05
"""Share of the training texts from which on it is said that they are longer than what training reads of each."""
QUICK = 2_000_000
"""Characters of training texts on which the baseline takes some seconds."""


class ClassifierPipeline(LabelledPipeline[Classifier], NetworkPipeline[Classifier]):
    """Texts and a label each; the baseline is TF-IDF + linear on the same split."""

    spare_seconds = 15
    baseline_message = "TF-IDF + linear on the same split"

    piece: ClassVar[str] = "tokens"
    """What a text's length is counted in."""

    prepared: PreparedTexts
    _start: Any = None
    _lessons: Lessons | None = None
    _asking = 0.0
    """Seconds that the teachers took."""
    _most: int | None = None
    """Texts of a kind that they are asked about; None: all."""
    _whole = 0
    """Training texts before the sample was drawn."""
    _fitted: Any = None
    """The fitted baseline, where it is also a teacher."""

    def settle(self) -> None:
        self._start = load_start(self.spec.recipe, self.settings.initial)
        taken = self._start.settled(self.settings) if self._start else self.settings
        self.settings = settle_vectors(taken, self._source.language, self.emit)

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        return self._with_linear_part(self.network_logits(texts), texts)

    def network_logits(self, texts: Sequence[str]) -> np.ndarray:
        """Float64 ``[n, outputs]``, of the network alone."""
        ids = encode(self.prepared.tokenizer, texts, self.settings.max_tokens)
        if self.prepared.features:
            ids = self.prepared.features.packed(ids)
        return predict(self.trainer.model, ids).astype(np.float64)

    def measure(self, target: Path) -> Report:
        report = super().measure(target)
        key, baseline = self.objective.leads, self.baseline or {}
        if key in report.metrics and report.metrics[key] <= baseline.get(key, -1.0) and not self.settings.linear_part:
            text = (
                f"The baseline is as good or better ({percent(baseline[key])} {label(key)}, this model "
                f"{percent(report.metrics[key])}); trained with the linear part (linear_part), the model answers with "
                "both together."
            )
            self.emit("message", level="info", text=text)
        return report

    def _with_linear_part(self, network: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        part = self.linear_part
        return network if part is None else part.added(network, list(tok.encode_all(self.prepared.tokenizer, texts)))

    @cached_property
    def linear_part(self) -> FittedPart | None:
        """Fitted once the network is trained, where the settings ask for it."""
        if not self.settings.linear_part:
            return None
        self.stage("exporting", "fitting the linear part")
        tokenizer, held = self.prepared.tokenizer, self.validation
        ids, held_ids = (list(tok.encode_all(tokenizer, part.texts)) for part in (self.train, held))
        network = predict_part(self.trainer.model, self.prepared.validation).astype(np.float64)
        return fit_linear_part(
            (ids, self.train.gold),
            (held_ids, held.gold, network),
            tokenizer.get_vocab_size(),
            longest_of(self.source.language),
            self.objective,
            self.spec.seed,
            lambda text: self.emit("message", level="info", text=text),
        )

    def facts(self) -> tuple[str, ...]:
        each = len(self.train) // max(len(self.source.labels), 1)
        if each >= FEW:
            return ()
        return (
            f"There are about {each:,} training texts per label; with so few the recipe encoder, which starts from a "
            "pretrained encoder, is often more accurate. It takes minutes and answers more slowly.",
        )

    def find_baseline(self) -> dict[str, Any] | None:
        """The baseline, measured once a run; fitted again only where it is also a teacher that has not yet taught."""
        teaches = "floor" in distil.teachers(self.settings) and not (self.folder / distil.LESSONS).exists()
        if not teaches:
            return super().find_baseline()
        self.stage("floor", self.baseline_message)
        baseline = self.measure_baseline()
        write_json(self.folder / BASELINE_FILE, baseline)
        return baseline

    def measure_baseline(self) -> dict[str, Any] | None:
        if len(np.unique(self.train.gold, axis=0)) < 2:
            return None  # a sample of few texts
        language = self._source.language
        baseline, self._fitted = measure_baseline_of(
            self.train, self.validation, self.test, self.objective, language, self.spec.seed
        )
        return baseline

    def prepare(self) -> None:
        labels, settings, seed = self._source.labels, self.settings, self.spec.seed
        if self.objective.target != "label" and (names := distil.teachers(settings)):
            raise UserError(
                f"The teacher {', '.join(names)} teaches one label a text, and {self._source.name} has "
                f"{'several' if labels else 'numbers'}: train without a teacher."
            )
        begun = time.monotonic()
        self._lessons = distil.lessons(
            self.folder, settings, labels, self.train, seed, self._fitted, self.emit, self.should_stop, self._most
        )
        self._asking = time.monotonic() - begun
        self.pause()
        given = self._start.tokenizer if self._start else None, self._lessons
        self.prepared = prepare(self.train, self.validation, self.objective, settings, seed, self.emit, *given)
        if features := self.features():
            self.prepared.read_by(features)
        if self._start and (note := self._start.note(self.prepared, settings)):
            self.emit("message", level="info", text=note)

    def features(self) -> Features | None:
        """What the network reads in the place of the prepared ids; None: these."""
        return None

    def feature_files(self, work: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        """What ``[serving]`` says of the features, and the files that hold them, written into ``work``."""
        return {}, {}

    def network(self) -> NetworkTrainer:
        self._device = device()
        model = network(self.spec.recipe, self.settings, self.prepared, self.spec.seed, self._start)
        if self._start is None or not self._start.output:
            self.objective.begin(model, self.train.gold)
        parts = self.prepared.train, self.prepared.validation
        loss = registry.loss_of(self.spec.recipe, self.settings)
        if loss is not None and self.objective.target != "label":
            raise UserError(
                f"The recipe {self.spec.recipe} brings a loss of its own, which is one of one label a text; train "
                f"{self._source.name} with another recipe."
            )
        return NetworkTrainer(
            model, self.settings, *parts, loss=loss, objective=self.objective, **self.loop_arguments()
        )

    def plan(self) -> Plan:
        examples = {**self.counts(), "train": len(self.prepared.train)}
        parameters = int(self.trainer.model.count_params())
        labels, measures = self._source.labels, self.objective.measures()
        return Plan(self.trainer.steps, parameters, examples, self._device, labels, measures)

    def size_message(self) -> str:
        return f"{len(self.prepared.train):,} texts in {self.trainer.steps:,} steps an epoch"

    def pack(self, work: Path) -> Packed:
        from ..onnx_classifier import export

        prepared, settings, model = self.prepared, self.settings, self.trainer.model
        vector_size = prepared.vectors.shape[1] if prepared.vectors is not None else settings.embedding_size
        if prepared.vectors is None and settings.variant != "random":
            vector_size = int(model.get_layer("static" if settings.variant == "static" else "embedding").output_dim)
        differences = export(
            work,
            self.spec.recipe,
            asdict(settings),
            prepared.vocabulary_size,
            vector_size,
            prepared.objective.outputs,
            checkpoint.arrays(model.weights),
            settings.precision,
        )
        return self.packed(work, vector_size, 2000, differences, taught=len(prepared.train) - len(self.train))

    def packed(
        self, work: Path, vector_size: int, max_tokens: int, differences: Mapping[str, Any], **examples: int
    ) -> Packed:
        """The bundle of the graph and, where they are kept, the weights that are in ``work`` by now. ``differences``:
        those between graph and network; ``examples``: counts beside those of the parts."""
        prepared, settings = self.prepared, self.settings
        network = predict_part(self.trainer.model, prepared.validation)
        logits = self._with_linear_part(network, self.validation.texts)
        answering = self.objective.answering(logits, self.validation.gold)
        files: dict[str, Path | bytes] = {
            "model.onnx": work / "model.onnx",
            "tokenizer.json": prepared.tokenizer.to_str().encode(),
        }
        features, more = self.feature_files(work)
        files |= more
        if part := self.linear_part:
            files |= part.save(work)
            features = {**features, **part.serving()}
        if settings.keep_weights:
            files["weights.npz"] = work / "weights.npz"
        return Packed(
            task=self.objective.task(self._source.task),
            intended=f"{self.objective.intended()}. Texts unlike the training texts may be misclassified.",
            labels=prepared.labels,
            files=files,
            serving={
                "model": "model.onnx",
                "tokenizer": "tokenizer.json",
                **self.objective.serving(answering),
                "max_tokens": max_tokens,
                "min_tokens": 1,
                "vocabulary": prepared.tokenizer.get_vocab_size(),
                "vector_size": vector_size,
                "precision": settings.precision,
                **features,
                **differences,
            },
            data={
                "examples": {**self.counts(), **examples},
                **(self._lessons.facts() if self._lessons else {}),
                **prepared.info,
            },
        )

    def chosen(self) -> str:
        taught = f"{self._lessons.sentence()} " if self._lessons else ""
        weights = ", the weights of the linear part" if self.linear_part else ""
        return taught + (
            f"The best epoch{weights} and the {self.objective.calibrated} were chosen on {len(self.validation)} "
            f"validation texts; {self.split} chose nothing."
        )

    # ---------------------------------------------------------------------------------------------- pre-flight

    def baseline_is_quick(self) -> bool:
        return sum(map(len, self.train.texts)) <= QUICK

    def keep_sample(self, most: int) -> None:
        seed = self.spec.seed
        self._most, self._whole = TAUGHT, len(self.train)
        # Without a test part the baseline is measured on another draw of validation texts than the one it saw.
        self.test = sampled(self.test or self.validation, most, seed + 1)
        self.train, self.validation = sampled(self.train, most, seed), sampled(self.validation, most, seed + 2)

    def further(self) -> tuple[int, float]:
        if self._lessons is None:
            return 0, 0.0
        more, asked = distil.count(self.settings, self._whole)
        labelled = min(TAUGHT, len(self.train)) if self._lessons.labelled is not None else 0
        return more, asked * self._asking / max(1, labelled + len(self._lessons))

    def text_memory(self) -> int:
        return 6 * sum(map(len, self.train.texts))

    def memory(self, total: int) -> int:
        return vocabulary_memory(self, self.prepared.vocabulary_size, total / len(self.train))

    def late_warnings(self, check: DataCheck) -> tuple[str, ...]:
        most, texts = self.settings.max_tokens, self.train.texts
        lengths = np.array([len(ids) for ids in tok.encode_all(self.prepared.tokenizer, texts)])
        share = float((lengths > most).mean()) if len(lengths) else 0.0
        if share < LONG_SHARE:
            return ()
        half = most // 2
        return (
            f"{percent(share, 0)} of the texts have over {most:,} {self.piece}: training reads the first {half:,} and "
            f"the last {most - half:,} of each, and the model then answers by windows over the whole text. A higher "
            "max_tokens (Longest text) trains on more of them.",
        )


def vocabulary_memory(pipeline: NetworkPipeline[Any], size: int, growth: float) -> int:
    """Bytes for the words that all examples have and the sample has not: weights, gradients and two moments of each.

    ``size``: the sample's vocabulary; ``growth``: how many times more examples there are in all.
    """
    grown = min(pipeline.settings.vocabulary_size, size * max(1.0, growth**0.5))
    return int(16 * max(0.0, grown - size) * pipeline.trainer.model.count_params() / max(size, 1))
