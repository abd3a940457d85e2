"""An encoder-decoder from its pairs to its bundle; see :func:`~dltext.engine.train.run.execute`."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import write_json
from ... import bundles, registry
from ...results import JobSpec
from ...text.subwords import START
from ..card import bundle_name
from ..prepare import Emit
from ..run import Stop, device
from .finish import Finished, finish
from .prepare import Prepared, prepare, read
from .scores import corpus_scores
from .trainer import PairsTrainer

MEASURES = {"bleu": "BLEU", "chrf": "chrF", "accuracy": "words foretold"}
STOPPED = {"state": "cancelled", "bundle": None, "metrics": {}, "message": "stopped before the first step"}


def train(spec: JobSpec, folder: Path, emit: Emit, should_stop: Stop) -> dict[str, Any]:
    """A translator (or a writer of titles) from its pairs to its bundle."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    emit("state", stage="preparing", message=f"reading {spec.data}")
    pairs, train, validation = read(spec, settings)
    test_split = "test" if "test" in pairs.splits else None
    floor = measure_floor(folder, settings, pairs, train, validation, test_split, emit)
    if should_stop():
        return STOPPED
    prepared = prepare(pairs, train, validation, settings, spec.seed, folder, emit)
    if should_stop():
        return STOPPED
    where = device()
    model = network(spec.recipe, settings, prepared, spec.seed)
    trainer = PairsTrainer(
        model,
        settings,
        prepared.source,
        prepared.target,
        prepared.train,
        prepared.validation,
        scorer(prepared),
        spec.seed,
        emit,
        should_stop,
        folder,
    )
    counts = {split: len(part) for split, part in (("train", prepared.train), ("validation", prepared.validation))}
    counts["test"] = pairs.counts.get("test", 0)
    emit(
        "start",
        device=where,
        epochs=settings.epochs,
        steps=trainer.steps,
        labels=[],
        floor=floor,
        parameters=int(model.count_params()),
        examples=counts,
        unit="pairs",
        measures=MEASURES,
    )
    emit("state", stage="training", message=f"{len(prepared.train):,} pairs in {trainer.steps:,} steps an epoch")
    if not trainer.run():
        history = trainer.progress.history
        found = {f"validation_{key}": value for key, value in history[-1]["validation"].items()} if history else {}
        return {"state": "cancelled", "bundle": None, "metrics": found, "message": "stopped; it can be resumed"}
    emit("state", stage="exporting", message="making the model that answers")
    done = Finished(prepared, model, floor, trainer.progress.history, counts)
    made, report = finish(spec, folder, settings, done, test_split or "validation", emit)
    write_json(folder / "report.json", asdict(report))
    name = bundles.install(made, bundle_name(spec, pairs))
    metrics = {f"test_{key}": value for key, value in report.metrics.items()}
    metrics |= {f"floor_{key}": value for key, value in (floor or {}).items() if isinstance(value, float)}
    said = f"{name}: BLEU {report.metrics['bleu']:.1f} on {report.split}"
    return {"state": "done", "bundle": name, "metrics": metrics, "message": said}


def network(recipe: str, settings, prepared: Prepared, seed: int):
    """A freshly initialised network of the recipe, whose output begins with how often each word occurs.

    Otherwise the first thousand steps go into learning that, and saturate what lies below the output.
    """
    import keras

    keras.utils.set_random_seed(seed)
    build = registry.load(registry.get(recipe).build)
    model = build(settings, prepared.source.size, prepared.target.size)
    counts = np.bincount(prepared.train.targets.flat, minlength=prepared.target.size) + 0.1
    counts[START] = 0.1  # given, never foretold
    model.get_layer("output").bias.assign(np.log(counts / counts.sum()).astype(np.float32))
    return model


def scorer(prepared: Prepared) -> Callable[[list[str], list[str]], dict[str, float]]:
    """BLEU and chrF in the target's language."""

    def scores(written: list[str], references: list[str]) -> dict[str, float]:
        found = corpus_scores(written, references, prepared.pairs.target_language)
        return {"bleu": found["bleu"], "chrf": found["chrf"]}

    return scores


def measure_floor(
    folder: Path, settings, pairs, train: list, validation: list, test_split: str | None, emit: Emit
) -> dict[str, Any] | None:
    """The copying floor on the test part (else on validation), measured once a run."""
    import json

    kept = folder / "floor.json"
    if not settings.floor:
        return None
    if not kept.exists():
        from .floor import NAME, Nearest

        emit("state", stage="floor", message="copying the translation of the nearest training sentence")
        part = list(pairs.rows(test_split)) if test_split else validation
        copied, near = Nearest(train).translate([pair.source for pair in part])
        found = corpus_scores(copied, [pair.target for pair in part], pairs.target_language)
        write_json(kept, {"name": NAME, "bleu": found["bleu"], "chrf": found["chrf"],
                          "similarity": float(np.mean(near))})  # fmt: skip
    return json.loads(kept.read_text(encoding="utf-8"))
