"""Authors' texts to a network's input: attributes, units, windows, and the linear half over n-grams."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.attributes import Attribute
from ....data.paths import write_json
from ....data.profiles import Profiles, open_profiles
from ... import arrays
from ...results import JobSpec, UserError
from ..prepare import vocabulary
from ..shared import Emit, Stop
from . import ngrams as ngram_model
from .authors import AuthorTexts, columns, divide, windowed
from .baseline import measure_baseline
from .trainer import WindowedPart


@dataclass
class PreparedAuthors:
    """All that the training of the network needs."""

    settings: Any
    profiles: Profiles
    tokenizer: Tokenizer
    vectors: np.ndarray | None
    info: dict[str, Any]
    units: list[tuple[float, float]]
    train: WindowedPart
    validation: WindowedPart


def opened(spec: JobSpec, settings) -> tuple[Profiles, Profiles | None]:
    """The data with the attributes that are learnt, and with those that are learnt beside them."""
    profiles = open_profiles(spec.data, settings.attributes, spec.text_column)
    if not settings.auxiliary.strip():
        return profiles, None
    beside = open_profiles(spec.data, settings.auxiliary, spec.text_column)
    twice = {a.name for a in profiles.attributes} & {a.name for a in beside.attributes}
    if twice:
        raise UserError(f"{', '.join(sorted(twice))} cannot be an attribute and an auxiliary one: name it once.")
    return profiles, beside


def taught_beside(
    train: WindowedPart, beside: Profiles, settings, weights: list[float], seed: int
) -> tuple[WindowedPart, list[float]]:
    """The training part with the auxiliary values behind its own (standard units), and their loss weights."""
    more = divide(beside, settings.validation_fraction, seed)[0]  # the same authors: the split knows only their ids
    values = standardised(more.values, standard_units(more, beside.attributes))
    joined = np.concatenate([train.values, values], axis=1)
    return WindowedPart(train.windows, joined), [*weights, *[settings.auxiliary_weight] * len(beside.attributes)]


def check_weights(settings, attributes: Sequence[Attribute]) -> list[float]:
    """The loss weights; UserError where they do not fit the attributes."""
    try:
        return settings.weights(len(attributes))
    except ValueError as error:
        names = ", ".join(attribute.name for attribute in attributes)
        raise UserError(f"{str(error)[0].upper()}{str(error)[1:]} ({names}).") from None


def measures(attributes: Sequence[Attribute]) -> dict[str, str]:
    """What the curves show, under the names that people read."""
    names = {f"{a.name}_accuracy": a.name for a in attributes if a.kind == "category"}
    names |= {f"{a.name}_mae": f"{a.name} error" for a in attributes if a.kind == "number"}
    return names | ({"joint_accuracy": "all right"} if len([a for a in attributes if a.kind == "category"]) > 1 else {})


def standard_units(authors: AuthorTexts, attributes: Sequence[Attribute]) -> list[tuple[float, float]]:
    """Mean and standard deviation of each number in the training part; (0, 1) for a category."""
    units = []
    for attribute, column in zip(attributes, authors.values.T, strict=True):
        values = column[~np.isnan(column)]
        if not len(values):
            raise UserError(f"No training author has a value for {attribute.name}: leave it out of the attributes.")
        units.append((0.0, 1.0) if attribute.kind == "category" else (float(values.mean()), float(values.std()) or 1.0))
    return units


def standardised(values: np.ndarray, units: Sequence[tuple[float, float]]) -> np.ndarray:
    """``values [n, attributes]`` less the mean, by the standard deviation."""
    table = np.asarray(units, np.float64)
    return (values - table[:, 0]) / table[:, 1]


def prepare(settings, profiles: Profiles, training, validation, units, seed: int, emit: Emit) -> PreparedAuthors:
    """Vocabulary, vectors, windows."""
    emit("state", stage="preparing", message="building the vocabulary")
    tokenizer, vectors, info = vocabulary((training.texts,), settings, seed, emit)
    parts = (
        WindowedPart(
            windowed(tokenizer, part.texts, settings.window, settings.max_windows), standardised(part.values, units)
        )
        for part in (training, validation)
    )
    return PreparedAuthors(settings, profiles, tokenizer, vectors, info, units, *parts)


def network(settings, prepared: PreparedAuthors, seed: int, beside: Sequence[Attribute] = ()):
    """A freshly initialised network; the heads of the attributes ``beside`` stand behind the others."""
    import keras

    from ....models import self_attention

    keras.utils.set_random_seed(seed)
    return self_attention.build(
        settings,
        prepared.tokenizer.get_vocab_size(),
        columns((*prepared.profiles.attributes, *beside)),
        prepared.vectors,
    )


@dataclass
class Linear:
    """The n-gram half: the baseline in the report, the pruned table that ships, its scores on the validation part."""

    baseline: dict[str, Any] | None
    folder: Path | None
    """Where its files are."""
    validation: np.ndarray | None


def linear_half(
    folder: Path, settings, profiles: Profiles, training, validation, test, units, seed: int, emit: Emit, stop: Stop
) -> Linear:
    """The linear model, fitted once a run: its files, its baseline and its scores are kept in the run's folder."""
    if not (settings.floor or settings.ngrams):
        return Linear(None, None, None)
    linear_folder = folder / "linear"
    if not (linear_folder / "done.json").exists():
        emit("state", stage="floor", message="TF-IDF of words and character n-grams + linear on the same split")
        attributes = profiles.attributes
        parts = [
            AuthorTexts(part.texts, standardised(part.values, units), part.ids).targets(attributes)
            for part in (training, validation)
        ]
        fitted = ngram_model.fit(
            training.texts,
            parts[0],
            [attribute.kind for attribute in attributes],
            [count for _, count in columns(attributes)],
            (validation.texts, parts[1]),
            profiles.source.language,
            seed,
            stop,
            emit,
        )
        part = test or validation
        baseline = measure_baseline(attributes, part, fitted.baseline_scores(part.texts), units)
        linear_folder.mkdir(parents=True, exist_ok=True)
        summary: dict[str, Any] = {"floor": baseline}
        if settings.ngrams:
            emit("state", stage="floor", message="keeping the n-grams that matter")
            table = fitted.prune(settings.ngram_features)
            summary["files"] = table.write(linear_folder)
            np.savez(linear_folder / "validation.npz", scores=table.scores(validation.texts, stop))
        write_json(linear_folder / "done.json", summary)
    summary = json.loads((linear_folder / "done.json").read_text(encoding="utf-8"))
    scores = _scores(linear_folder / "validation.npz") if settings.ngrams else None
    return Linear(summary["floor"], linear_folder if settings.ngrams else None, scores)


def _scores(path: Path) -> np.ndarray:
    with arrays.Archive(path) as archive:
        return archive.read("scores", path.stat().st_size)
