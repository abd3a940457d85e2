"""What can be known in seconds before an encoder-decoder is trained: the pairs, the floor, time, memory."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from ... import corpora, registry
from ...results import JobSpec, Preflight
from ..preflight import _peak
from ..run import device
from .prepare import prepare, read
from .recipe import measure_floor, network, scorer
from .trainer import PairsTrainer

SAMPLE = 4000
"""Training pairs that the quick floor and the timing see."""
STEPS = 6


def preflight(spec: JobSpec) -> Preflight:
    """Look at the pairs, measure the floor of at most :data:`SAMPLE` of them, and time a few real steps."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    pairs, train, validation = read(spec, settings)
    check = corpora.check(spec.data, spec.text_column, spec.label_column)
    warnings = list(check.warnings)
    chance = np.random.default_rng(spec.seed)
    some = [train[row] for row in np.sort(chance.permutation(len(train))[:SAMPLE])]
    tested = validation[:500]
    if len(train) > SAMPLE:
        warnings.append(f"The quick floor has read {SAMPLE:,} of {len(train):,} training pairs; the run measures all.")
    with tempfile.TemporaryDirectory() as name:
        quick = replace(settings, floor=True)
        floor = measure_floor(Path(name), quick, pairs, some, tested, None, lambda kind, **values: None)
        prepared = prepare(pairs, some, tested, settings, spec.seed, Path(name), lambda kind, **values: None)
        model = network(spec.recipe, settings, prepared, spec.seed)
        trainer = PairsTrainer(
            model, settings, prepared.source, prepared.target, prepared.train, prepared.validation, scorer(prepared),
            spec.seed,
        )  # fmt: skip
        each = _seconds_a_pair(trainer)
    # Ids of all pairs, and their texts; the network is as large as it will be but for rare subwords.
    texts = sum(len(pair.source) + len(pair.target) for pair in train)
    units = prepared.info["source_units"] + prepared.info["target_units"]
    return Preflight(
        check=replace(check, warnings=tuple(warnings)),
        floor={key: value for key, value in (floor or {}).items() if isinstance(value, float)} or None,
        # Early stopping ends most runs sooner: this is the longest it takes.
        seconds=settings.epochs * each * len(train) * 1.1 + 60,
        memory=_peak() + 4 * texts + int(8 * units * len(train)),
        device=device(),
        parameters=int(model.count_params()),
        facts=(
            f"{len(train):,} pairs train, {len(validation):,} validate, {pairs.counts.get('test', 0):,} test; none of "
            "the held-out sentences stands in train.",
            f"A pair has {prepared.info['source_units']} units on the side that is read and "
            f"{prepared.info['target_units']} on the side that is written.",
        ),
    )


def _seconds_a_pair(trainer: PairsTrainer) -> float:
    """From a few steps after the first, which traces the graph."""
    begun, seen = time.perf_counter(), 0
    batches = trainer._batches(0)[: STEPS + 3]
    for i, rows in enumerate(batches):
        if i == min(3, len(batches) - 1):
            begun, seen = time.perf_counter(), 0
        trainer._step(rows)
        seen += len(rows)
    return (time.perf_counter() - begun) / max(seen, 1)
