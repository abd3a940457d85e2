"""An author profiler from its texts to its bundle: n-grams, the network, how they are mixed, the report."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....data.cards import find_card
from ....data.profiles import Profiles
from ....data.source import Source
from ....data.wording import percent
from ... import corpora
from ...results import DataCheck, Report
from ..card import title_of
from ..classify.labelled import sampled
from ..classify.recipe import vocabulary_memory
from ..network_pipeline import NetworkPipeline
from ..onnx_graphs import WEIGHTS, by_path
from ..pipeline import Packed, Plan
from ..prepare import settle_vectors
from ..shared import device
from . import mix, short
from .authors import AuthorTexts, columns, divide, read
from .export import GRAPHS, export
from .prepare import (
    Linear,
    PreparedAuthors,
    check_weights,
    linear_half,
    measures,
    network,
    opened,
    prepare,
    standard_units,
    taught_beside,
)
from .settings import SelfAttention
from .trainer import ProfileTrainer, predict

NOT_FOR = (
    "A probability about the style of a text, never a fact about a person. Not for decisions about people, and not for "
    "finding out who somebody is: it is wrong about many authors, and it repeats the biases of its corpus."
)
UNKNOWN_BIAS = "Nobody has stated which people these texts represent: about all others the model knows nothing."


class ProfilePipeline(NetworkPipeline[SelfAttention]):
    """Authors and several attributes at once; the baseline is the linear half over words and character n-grams."""

    unit = "authors"
    sample = 800

    profiles: Profiles
    train: AuthorTexts
    validation: AuthorTexts
    test: AuthorTexts | None
    prepared: PreparedAuthors

    @property
    def source(self) -> Source:
        return self.profiles.source

    @property
    def split(self) -> str:
        """The part that the finished model is measured on."""
        return "test" if self.profiles.source.counts.get("test") else "validation"

    def read(self) -> None:
        self.profiles, self._beside = opened(self.spec, self.settings)
        self._weights = check_weights(self.settings, self.profiles.attributes)
        self.settings = settle_vectors(self.settings, self.source.language, self.emit)
        self.train, self.validation = divide(self.profiles, self.settings.validation_fraction, self.spec.seed)
        self.test = read(self.profiles, "test") if self.split == "test" else None
        self._units = standard_units(self.train, self.profiles.attributes)
        self._linear = Linear(None, None, None)

    def find_baseline(self) -> dict[str, Any] | None:
        """Kept with the pruned n-grams, which ship."""
        return self._measure_linear(self.settings)

    def measure_baseline(self) -> dict[str, Any] | None:
        return self._measure_linear(replace(self.settings, floor=True, ngrams=False))

    def _measure_linear(self, settings: SelfAttention) -> dict[str, Any] | None:
        parts = self.train, self.validation, self.test
        self._linear = linear_half(
            self.folder, settings, self.profiles, *parts, self._units, self.spec.seed, self.emit, self.should_stop
        )
        return self._linear.baseline

    def prepare(self) -> None:
        parts = self.train, self.validation
        self.prepared = prepare(self.settings, self.profiles, *parts, self._units, self.spec.seed, self.emit)

    def network(self) -> ProfileTrainer:
        self._device = device()
        examples, weights, beside = self.prepared.train, self._weights, ()
        if self._beside is not None:
            examples, weights = taught_beside(examples, self._beside, self.settings, weights, self.spec.seed)
            beside = self._beside.attributes
        model = network(self.settings, self.prepared, self.spec.seed, beside)
        return ProfileTrainer(
            model,
            self.settings,
            (*self.profiles.attributes, *beside),
            weights,
            self._units,
            examples,
            self.prepared.validation,
            **self.loop_arguments(),
        )

    def plan(self) -> Plan:
        parameters, measure_names = int(self.trainer.model.count_params()), measures(self.profiles.attributes)
        return Plan(self.trainer.steps, parameters, self.counts(), self._device, (), measure_names)

    def size_message(self) -> str:
        return f"{len(self.train):,} authors in {self.trainer.steps:,} steps an epoch"

    def pack(self, work: Path) -> Packed:
        prepared, settings, model = self.prepared, self.settings, self.trainer.model
        attributes = self.profiles.attributes
        table = mix.fit(
            attributes,
            prepared.validation.values,
            predict(model, prepared.validation)[:, : sum(count for _, count in columns(attributes))],
            self._linear.validation if settings.ngrams else None,
            self._units,
        )
        short.fit(table, attributes, self.validation, prepared, model, self._linear.folder)
        vector_size = settings.embedding_size if prepared.vectors is None else prepared.vectors.shape[1]
        size = prepared.tokenizer.get_vocab_size()
        differences = export(work, asdict(settings), size, vector_size, columns(attributes), by_path(model))
        serving: dict[str, Any] = {
            "kind": "profile",
            "encoder": GRAPHS[0],
            "heads": GRAPHS[1],
            "tokenizer": "tokenizer.json",
            "window": settings.window,
            "max_windows": settings.max_windows,
            "hops": settings.hops,
            "vocabulary": size,
            "vector_size": vector_size,
            "precision": settings.precision,
            **differences,
        }
        files: dict[str, Path | bytes] = {
            **{name: work / name for name in GRAPHS},
            "tokenizer.json": prepared.tokenizer.to_str().encode(),
        }
        if self._linear.folder:
            serving.update(ngrams="ngrams.txt", weights="ngrams.npz")
            files.update({name: self._linear.folder / name for name in ("ngrams.txt", "ngrams.npz")})
        if settings.keep_weights:
            files[WEIGHTS] = work / WEIGHTS
        names = ", ".join(attribute.name for attribute in attributes)
        data_card = find_card(self.source.name)
        more: dict[str, Any] = {"not_for": NOT_FOR, "corpus": title_of(self.source), "attributes": table}
        if data_card and data_card.year:
            more["year"] = data_card.year
        more["bias"] = data_card.bias if data_card and data_card.bias else UNKNOWN_BIAS
        return Packed(
            task="profile",
            intended=f"{names}, from an author's own text of some hundred words.",
            files=files,
            serving=serving,
            data={"examples": self.counts(), **prepared.info},
            more=more,
        )

    def measured_on(self) -> str:
        return self.split

    def measure(self, target: Path) -> Report:
        from ...tasks.profile.measure import evaluate

        report = evaluate(str(target), self.spec.data, self.split, self.spec.text_column, shown=self.name)
        baseline = self.baseline or {}
        parts = (replace(part, floor=_baseline_of(baseline, part.name)) for part in report.parts)
        return replace(report, parts=tuple(parts))

    def chosen(self) -> str:
        return (
            f"The best epoch, the n-grams' C and the mixture were chosen on {len(self.validation):,} validation "
            f"authors; {self.split} chose nothing."
        )

    def summary(self, report: Report) -> str:
        reached = ", ".join(
            f"{part.name} {part.metrics['accuracy']:.3f}" if part.labels else f"{part.name} ± {part.metrics['mae']:.2f}"
            for part in report.parts
        )
        return f"{reached} on {report.split}"

    def card_row(self, report: Report) -> dict[str, Any]:
        confusion = [
            {"attribute": part.name, "labels": list(part.labels), "matrix": [list(row) for row in part.confusion]}
            for part in report.parts
            if part.labels
        ]
        return {**(super().card_row(report) or {}), "confusion": confusion}

    # ---------------------------------------------------------------------------------------------- pre-flight

    def check_data(self) -> DataCheck:
        return corpora.check(self.spec.data, self.spec.text_column, self.spec.label_column)

    def counts(self) -> dict[str, int]:
        test = len(self.test) if self.test else 0
        return {"train": len(self.train), "validation": len(self.validation), "test": test}

    def keep_sample(self, most: int) -> None:
        parts = self.train, self.validation, self.test or self.validation
        self.train, self.validation, self.test = (
            sampled(part, most, self.spec.seed + number) for number, part in enumerate(parts)
        )

    def text_memory(self) -> int:
        return 6 * sum(map(len, self.train.texts))

    def memory(self, total: int) -> int:
        return vocabulary_memory(self, self.prepared.tokenizer.get_vocab_size(), total / len(self.train))

    def facts(self) -> tuple[str, ...]:
        rows = zip(self.profiles.attributes, self.train.values.T, strict=True)
        return tuple(_fact(attribute, column) for attribute, column in rows)


def _fact(attribute, column: np.ndarray) -> str:
    values = column[~np.isnan(column)]
    missing = f"; unknown of {len(column) - len(values):,}" if len(values) < len(column) else ""
    if attribute.kind == "number":
        return (
            f"{attribute.name}: a number, {values.min():g} to {values.max():g}, {values.mean():.1f}"
            f" ± {values.std():.1f} of {len(values):,} training authors{missing}."
        )
    counts = np.bincount(values.astype(int), minlength=len(attribute.labels))
    shares = ", ".join(
        f"{label} {percent(count / max(len(values), 1), 0)}"
        for label, count in zip(attribute.labels, counts, strict=True)
    )
    return f"{attribute.name}: {shares} of {len(values):,} training authors{missing}."


def _baseline_of(baseline: dict[str, Any], name: str) -> dict[str, Any] | None:
    metrics = {key.removeprefix(f"{name}_"): value for key, value in baseline.items() if key.startswith(f"{name}_")}
    return {"name": baseline["name"], **metrics} if metrics else None
