"""What can be known in seconds before hours are spent: the data's state, the floor, time and memory."""

from dataclasses import replace

import numpy as np

from ...data.source import open_source
from .. import corpora, registry
from ..results import JobSpec, Preflight
from .costs import peak, seconds_each
from .prepare import Labelled, divide, encode, one_hot, prepare, read, settle_vectors
from .run import device, load_start, measure_floor, network

SAMPLE = 4000
"""Training texts that the quick floor and the timing see."""


def preflight(spec: JobSpec) -> Preflight:
    """Look at the data, fit a quick floor on at most :data:`SAMPLE` texts, and time a few real steps."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    check = corpora.check(spec.data, spec.text_column, spec.label_column)
    source = open_source(spec.data, spec.text_column, spec.label_column)
    warnings = list(check.warnings)
    settings = settle_vectors(settings, source.language, lambda kind, **values: warnings.append(values["text"]))
    train, validation = divide(source, settings.validation_fraction, spec.seed)
    test = read(source, "test") if "test" in source.splits else validation
    small_train, small_test = _sample(train, spec.seed), _sample(test, spec.seed + 1)
    small_validation = _sample(validation, spec.seed + 2)
    floor = None
    if len(set(small_train.gold.tolist())) > 1:
        row, _ = measure_floor(
            small_train, small_validation, small_test, len(source.labels), source.language, spec.seed
        )
        floor = {key: float(row[key]) for key in ("accuracy", "macro_f1", "seconds")}
        if len(train) > SAMPLE:
            warnings.append(
                f"The quick floor has read {len(small_train):,} of {len(train):,} training texts; the run measures all."
            )
    start = load_start(settings.initial)
    prepared = prepare(
        small_train,
        small_validation,
        source.labels,
        source.language,
        settings,
        spec.seed,
        initial_tokenizer=start.tokenizer if start else None,
    )
    model = network(spec.recipe, settings, prepared, spec.seed, start)
    seconds = _seconds_a_text(model, settings, prepared, small_train, len(source.labels)) * len(train)
    lengths = check.lengths
    if lengths.get("p95", 0) > settings.max_tokens:
        warnings.append(
            f"One text in twenty has over {settings.max_tokens} tokens and is cut; a higher max_tokens reads more."
        )
    # The whole data set's vocabulary is larger than the sample's; weights, gradients and two moments of each.
    grown = min(settings.vocabulary_size, prepared.vocabulary_size * max(1.0, (len(train) / len(small_train)) ** 0.5))
    more = (grown - prepared.vocabulary_size) * model.count_params() / max(prepared.vocabulary_size, 1)
    memory = peak() + int(4 * 4 * max(0.0, more)) + 6 * sum(len(text) for text in train.texts)
    return Preflight(
        check=replace(check, warnings=tuple(warnings)),
        floor=floor,
        # Early stopping ends most runs sooner: this is the longest it takes.
        seconds=settings.epochs * seconds * 1.1 + 15,
        memory=memory,
        device=device(),
        parameters=int(model.count_params()),
    )


def _sample(part: Labelled, seed: int) -> Labelled:
    if len(part) <= SAMPLE:
        return part
    return part.take(np.sort(np.random.default_rng(seed).choice(len(part), SAMPLE, replace=False)))


def _seconds_a_text(model, settings, prepared, train: Labelled, classes: int) -> float:
    """Seconds a training text takes."""
    from ..text.batching import bucketed_batches
    from .fit import MULTIPLE, compile_classifier

    compile_classifier(model, settings)
    some = train.take(np.arange(min(len(train), 40 * settings.batch_size)))
    ids, targets = encode(prepared.tokenizer, some.texts, settings.max_tokens), one_hot(some.gold, classes)

    def step(rows: np.ndarray) -> None:
        model.train_on_batch(ids.padded(rows, MULTIPLE), targets[rows])

    return seconds_each(bucketed_batches(ids.lengths, settings.batch_size, np.random.default_rng(0)), step)
