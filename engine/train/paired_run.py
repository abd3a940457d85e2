"""An encoder-decoder from its pairs to its bundle: what translators and writers of titles have in common."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...data.pairs import Pair, Pairs
from ...data.paths import read_json, write_json
from .. import registry
from ..pair_inspection import inspect_pairs
from ..results import JobSpec, Preflight, Report
from ..results.measures import MEASURES
from .card import bundle_name, install
from .costs import peak
from .paired import PairsLoop
from .paired_start import load_start
from .prepare import Emit
from .run import Stop, device

STOPPED = {"state": "cancelled", "bundle": None, "metrics": {}, "message": "stopped before the first step"}
SAMPLE, TESTED = 4000, 500
"""Training and validation pairs that the quick floor and the timing see."""


@dataclass(frozen=True)
class Finished:
    """What the training leaves to be packed."""

    prepared: Any
    model: Any
    floor: dict[str, Any] | None
    history: list[dict[str, Any]]
    counts: dict[str, int]


@dataclass(frozen=True)
class Kind:
    """What one kind of encoder-decoder does its own way."""

    measures: dict[str, str]
    """What validation tells, with its names for people; the first leads."""
    read: Callable[[JobSpec, Any], tuple[Pairs, list[Pair], list[Pair]]]
    prepare: Callable[[Pairs, list[Pair], list[Pair], Any, int, Path, Emit], Any]
    network: Callable[[str, Any, Any, int], Any]
    """Recipe, settings, what was prepared and the seed to a fresh network."""
    loop: Callable[..., PairsLoop]
    """Network, settings, what was prepared, seed and the loop's further arguments to a training."""
    floor: Callable[[Pairs, list[Pair], list[Pair]], dict[str, Any]]
    """Measured on the last, with what it must know of the pairs that train."""
    floor_said: str
    finish: Callable[[JobSpec, Path, Any, Finished, str, Emit], tuple[Path, Report]]
    floor_learns: bool = True
    """Whether it needs the pairs that train."""
    titles: bool = False
    """Whether the pairs are texts and their titles."""


def train(kind: Kind, spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """See :func:`~dltext.engine.train.run.execute`."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    emit("state", stage="preparing", message=f"reading {spec.data}")
    pairs: Any
    pairs, train, validation = kind.read(spec, settings)
    start = load_start(settings.initial, spec.recipe, pairs)
    test_split = "test" if "test" in pairs.splits else None
    part = list(pairs.rows(test_split)) if test_split else validation
    floor = measure_floor(kind, folder, settings, pairs, train, part, emit)
    if should_stop():
        return STOPPED
    if start:
        start.leave_vocabularies(folder)
    prepared = kind.prepare(pairs, train, validation, settings, spec.seed, folder, emit)
    if should_stop():
        return STOPPED
    where = device()
    model = kind.network(spec.recipe, settings, prepared, spec.seed)
    if start:
        start.give(model)
    loop = kind.loop(model, settings, prepared, spec.seed, emit, should_stop, folder)
    counts = {split: len(part) for split, part in (("train", prepared.train), ("validation", prepared.validation))}
    counts["test"] = pairs.counts.get("test", 0)
    emit(
        "start",
        device=where,
        epochs=settings.epochs,
        steps=loop.steps,
        labels=[],
        floor=floor,
        parameters=int(model.count_params()),
        examples=counts,
        unit="pairs",
        measures=kind.measures,
    )
    emit("state", stage="training", message=f"{len(prepared.train):,} pairs in {loop.steps:,} steps an epoch")
    if not loop.run():
        history = loop.progress.history
        found = {f"validation_{key}": value for key, value in history[-1]["validation"].items()} if history else {}
        return {"state": "cancelled", "bundle": None, "metrics": found, "message": "stopped; it can be resumed"}
    emit("state", stage="exporting", message="making the model that answers")
    done = Finished(prepared, model, floor, loop.progress.history, counts)
    made, report = kind.finish(spec, folder, settings, done, test_split or "validation", emit)
    write_json(folder / "report.json", asdict(report))
    name = install(folder, made, bundle_name(spec, pairs))
    metrics = {f"test_{key}": value for key, value in report.metrics.items()}
    metrics |= {f"floor_{key}": value for key, value in (floor or {}).items() if isinstance(value, float)}
    leading = next(iter(kind.measures))
    label = MEASURES[leading].label if leading in MEASURES else kind.measures[leading]
    said = f"{name}: {label} {report.metrics[leading]:.1f} on {report.split}"
    return {"state": "done", "bundle": name, "metrics": metrics, "message": said}


def measure_floor(
    kind: Kind, folder: Path, settings, pairs: Pairs, train: list[Pair], part: list[Pair], emit: Emit
) -> dict[str, Any] | None:
    """The floor on ``part``, measured once a run."""
    kept = folder / "floor.json"
    if not settings.floor:
        return None
    if not read_json(kept):
        emit("state", stage="floor", message=kind.floor_said)
        write_json(kept, kind.floor(pairs, train, part))
    return read_json(kept)


def preflight(kind: Kind, spec: JobSpec) -> Preflight:
    """Look at the pairs, measure the floor of at most :data:`SAMPLE` of them, and time a few real steps."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    pairs, train, validation = kind.read(spec, settings)
    start = load_start(settings.initial, spec.recipe, pairs)
    check = inspect_pairs(pairs, kind.titles)
    warnings = list(check.warnings)
    chance = np.random.default_rng(spec.seed)
    some = [train[row] for row in np.sort(chance.permutation(len(train))[:SAMPLE])]
    tested = validation[:TESTED]
    if kind.floor_learns and len(train) > SAMPLE:
        warnings.append(f"The quick floor has read {SAMPLE:,} of {len(train):,} training pairs; the run measures all.")
    with tempfile.TemporaryDirectory() as name:
        folder, quick = Path(name), replace(settings, floor=True)
        floor = measure_floor(kind, folder, quick, pairs, some, tested, lambda kind, **values: None)
        if start:
            start.leave_vocabularies(folder)
        prepared = kind.prepare(pairs, some, tested, settings, spec.seed, folder, lambda kind, **values: None)
        model = kind.network(spec.recipe, settings, prepared, spec.seed)
        if start:
            start.give(model)
        each = kind.loop(model, settings, prepared, spec.seed).seconds_each()
    # Ids of all pairs, and their texts; the network is as large as it will be but for rare units.
    texts = sum(len(pair.source) + len(pair.target) for pair in train)
    units = prepared.info["source_units"] + prepared.info["target_units"]
    return Preflight(
        check=replace(check, warnings=tuple(warnings)),
        floor={key: value for key, value in (floor or {}).items() if isinstance(value, float)} or None,
        # Early stopping ends most runs sooner: this is the longest it takes.
        seconds=settings.epochs * each * len(train) * 1.1 + 60,
        memory=peak() + 4 * texts + int(8 * units * len(train)),
        device=device(),
        parameters=int(model.count_params()),
        facts=(
            *_columns(pairs),
            f"{len(train):,} pairs train, {len(validation):,} validate, {pairs.counts.get('test', 0):,} test; none of "
            "the held-out sources stands in train.",
            f"A pair has {prepared.info['source_units']} units on the side that is read and "
            f"{prepared.info['target_units']} on the side that is written.",
        ),
    )


def _columns(pairs: Pairs) -> tuple[str, ...]:
    """Where the two sides of a file were found, so that nobody learns to write what was to be read."""
    read, written = pairs.columns
    return (f"The column {read!r} is read, {written!r} is to be written.",) if read else ()


def add_report(made: Path, report: Report, done: Finished, title: str, name: str, split: str) -> Report:
    """Put what was measured into the card of ``made``; the report with its history, floor and what chose the epoch.

    ``title``: what the data is called, ``name`` how the protocol names it.
    """
    from .card import add_metrics

    chosen = (
        f"The best epoch was chosen on {done.counts['validation']:,} validation pairs; {split} chose nothing."
        if split == "test"
        else "There is no test part: the best epoch was chosen on the very pairs that this was measured on."
    )
    report = replace(report, history=tuple(done.history), protocol=f"{chosen} {report.protocol}".strip())
    floor = report.floor or done.floor or {}
    add_metrics(
        made,
        {
            "on": f"{title} {report.split}",
            "protocol": report.protocol.replace(name, Path(name).name),
            "examples": report.examples,
            **report.metrics,
            **{f"floor_{key}" if key != "name" else "floor": value for key, value in floor.items()},
        },
    )
    return replace(report, floor=floor or None)
