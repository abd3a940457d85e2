"""What can be known in seconds before a profiler is trained: the authors, their attributes, the floor, time, memory."""

import numpy as np

from ... import corpora, registry
from ...results import JobSpec, Preflight
from ..costs import peak
from ..prepare import settle_vectors
from ..run import device
from .authors import Authors, divide, read
from .recipe import check_weights, linear_half, network, opened, prepare, standard_units
from .trainer import ProfileTrainer

SAMPLE = 800
"""Training authors that the quick floor and the timing see."""


def preflight(spec: JobSpec) -> Preflight:
    """Look at the data, fit a quick floor on at most :data:`SAMPLE` authors, and time a few real steps."""
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    settings = registry.settings_of(spec.recipe, spec.settings)
    profiles, _ = opened(spec, settings)
    source, attributes = profiles.source, profiles.attributes
    weights = check_weights(settings, attributes)
    check = corpora.check(spec.data, spec.text_column, spec.label_column)
    warnings = list(check.warnings)

    def warn(kind: str, **values) -> None:
        if kind == "message":
            warnings.append(values["text"])

    settings = settle_vectors(settings, source.language, warn)
    training, validation = divide(profiles, settings.validation_fraction, spec.seed)
    test = read(profiles, "test") if source.counts.get("test") else validation
    some, checked, tested = (_sample(part, spec.seed + i) for i, part in enumerate((training, validation, test)))
    units = standard_units(training, attributes)
    with tempfile.TemporaryDirectory() as name:
        quick = replace(settings, floor=True, ngrams=False)
        linear = linear_half(
            Path(name),
            quick,
            profiles,
            some,
            checked,
            tested,
            units,
            spec.seed,
            lambda kind, **values: None,
            lambda: False,
        )
    if len(training) > SAMPLE:
        warnings.append(
            f"The quick floor has read {SAMPLE:,} of {len(training):,} training authors; the run measures all."
        )
    prepared = prepare(settings, profiles, some, checked, units, spec.seed, lambda kind, **values: None)
    model = network(settings, prepared, spec.seed)
    trainer = ProfileTrainer(
        model, settings, attributes, weights, units, prepared.train, prepared.validation, spec.seed
    )
    most = peak()
    grown = min(settings.vocabulary_size, prepared.tokenizer.get_vocab_size() * (len(training) / len(some)) ** 0.5)
    more = max(0.0, grown - prepared.tokenizer.get_vocab_size()) * model.count_params()
    return Preflight(
        check=replace(check, warnings=tuple(warnings)),
        floor={key: value for key, value in (linear.floor or {}).items() if isinstance(value, float)} or None,
        # Early stopping ends most runs sooner: this is the longest it takes.
        seconds=settings.epochs * trainer.seconds_each() * len(training) * 1.1 + 60,
        memory=most + int(16 * more / prepared.tokenizer.get_vocab_size()) + 6 * sum(map(len, training.texts)),
        device=device(),
        parameters=int(model.count_params()),
        facts=tuple(_fact(attribute, column) for attribute, column in zip(attributes, training.values.T, strict=True)),
    )


def _fact(attribute, column: np.ndarray) -> str:
    known = column[~np.isnan(column)]
    missing = f"; unknown of {len(column) - len(known):,}" if len(known) < len(column) else ""
    if attribute.kind == "number":
        return (
            f"{attribute.name}: a number, {known.min():g} to {known.max():g}, {known.mean():.1f} ± {known.std():.1f} "
            f"of {len(known):,} training authors{missing}."
        )
    counts = np.bincount(known.astype(int), minlength=len(attribute.labels))
    shares = ", ".join(
        f"{label} {count / max(len(known), 1):.0%}" for label, count in zip(attribute.labels, counts, strict=True)
    )
    return f"{attribute.name}: {shares} of {len(known):,} training authors{missing}."


def _sample(part: Authors, seed: int) -> Authors:
    if len(part) <= SAMPLE:
        return part
    return part.take(np.sort(np.random.default_rng(seed).choice(len(part), SAMPLE, replace=False)))
