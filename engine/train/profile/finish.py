"""From trained weights to a profiler with an honest card, measured through the very bundle that will answer."""

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.cards import find_card
from ... import bundle
from ...results import JobSpec, Report
from ..card import add_metrics, bundle_name, card, title_of
from ..graphs import WEIGHTS, by_path
from ..prepare import Emit
from .authors import columns
from .export import GRAPHS, export

if TYPE_CHECKING:
    from .recipe import Linear, Prepared

NOT_FOR = (
    "A probability about the style of a text, never a fact about a person. Not for decisions about people, and not for "
    "finding out who somebody is: it is wrong about many authors, and it repeats what its corpus took for granted."
)
UNKNOWN_BIAS = "Nobody has said whom these texts stand for: whoever they lack, the model knows nothing about."


@dataclass(frozen=True)
class Finished:
    """What the training leaves to be packed."""

    prepared: "Prepared"
    model: Any
    table: list[dict[str, Any]]
    """Of :func:`.mix.fit`."""
    linear: "Linear"
    history: list[dict[str, Any]]
    counts: dict[str, int]


def finish(spec: JobSpec, folder: Path, done: Finished, split: str, emit: Emit) -> tuple[Path, Report]:
    """The bundle, not yet in the store, and its report on ``split``."""
    made = folder / "bundle"
    write_bundle(made, spec, folder, done)
    emit("state", stage="evaluating", message=f"measuring on {split}")
    report = _measure(made, spec, split, done)
    source = done.prepared.profiles.source
    add_metrics(
        made,
        {
            "on": f"{title_of(source)} {report.split}",
            "protocol": report.protocol.replace(source.name, Path(source.name).name),
            "examples": report.examples,
            **report.metrics,
            **{f"floor_{key}" if key != "name" else "floor": value for key, value in (report.floor or {}).items()},
            "confusion": [
                {"attribute": part.name, "labels": list(part.labels), "matrix": [list(row) for row in part.confusion]}
                for part in report.parts
                if part.labels
            ],
        },
    )
    return made, report


def write_bundle(made: Path, spec: JobSpec, folder: Path, done: Finished) -> None:
    """Graphs, tokenizer, n-grams and card into ``made``."""
    from importlib.metadata import version

    import keras

    prepared = done.prepared
    settings, source = prepared.settings, prepared.profiles.source
    vector_size = settings.embedding_size if prepared.vectors is None else prepared.vectors.shape[1]
    size = prepared.tokenizer.get_vocab_size()
    work = folder / "export"
    work.mkdir(exist_ok=True)
    differences = export(
        work, asdict(settings), size, vector_size, columns(prepared.profiles.attributes), by_path(done.model)
    )
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
    if done.linear.folder:
        serving.update(ngrams="ngrams.txt", weights="ngrams.npz")
        files.update({name: done.linear.folder / name for name in ("ngrams.txt", "ngrams.npz")})
    if settings.keep_weights:
        files[WEIGHTS] = work / WEIGHTS
    names = ", ".join(attribute.name for attribute in prepared.profiles.attributes)
    written = card(
        spec,
        settings,
        source,
        task="profile",
        intended=f"{title_of(source)}: {names}, from an author's own text of some hundred words.",
        data={"examples": done.counts, **prepared.info},
        serving=serving,
        versions={"keras": keras.__version__, "backend": keras.backend.backend(), "tf2onnx": version("tf2onnx")},
    )
    written["not_for"] = NOT_FOR
    known = find_card(source.name)
    written["corpus"] = title_of(source)
    if known and known.year:
        written["year"] = known.year
    written["bias"] = known.bias if known and known.bias else UNKNOWN_BIAS
    written["attributes"] = done.table
    bundle.write(made, written, files)
    shutil.rmtree(work, ignore_errors=True)


def _measure(made: Path, spec: JobSpec, split: str, done: Finished) -> Report:
    from ...tasks import evaluate_profile

    name = bundle_name(spec, done.prepared.profiles.source)
    report = evaluate_profile.evaluate(str(made), spec.data, split, spec.text_column, shown=name)
    chosen = (
        f"The best epoch, the n-grams' C and the mixture were chosen on {done.counts['validation']:,} validation "
        f"authors; {split} chose nothing."
    )
    floor = done.linear.floor or {}
    parts = tuple(replace(part, floor=_own(floor, part.name)) for part in report.parts)
    return replace(
        report,
        floor=floor or None,
        parts=parts,
        history=tuple(done.history),
        protocol=f"{chosen} {report.protocol}".strip(),
    )


def _own(floor: dict[str, Any], name: str) -> dict[str, Any] | None:
    own = {key.removeprefix(f"{name}_"): value for key, value in floor.items() if key.startswith(f"{name}_")}
    return {"name": floor["name"], **own} if own else None
