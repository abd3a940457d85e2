"""From trained paragraph vectors to a paragraphs bundle with an honest card."""

import io
import shutil
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import write_json
from ... import bundle
from ...results import JobSpec, Report
from ...serve import paragraph as serve
from .. import card
from ..prepare import Emit
from ..settings_paragraph import ParagraphTraining
from .documents import Documents
from .texts import Texts

MEASURE = "retrieval"


def finish(
    spec: JobSpec,
    settings: ParagraphTraining,
    texts: Texts,
    found: Documents,
    trainer: Any,
    floor: float | None,
    folder: Path,
    emit: Emit,
) -> dict[str, Any]:
    """Write the bundle, measure through it, install it."""
    emit("state", stage="exporting", message="making the model that answers")
    made, name = folder / "bundle", card.bundle_name(spec, texts.source)
    write_bundle(made, spec, settings, texts, found, trainer)
    emit("state", stage="evaluating", message="measuring on the held texts")
    value = _measure(made, found) if trainer.measured else None
    metrics = {key: number for key, number in ((MEASURE, value), (f"floor_{MEASURE}", floor)) if number is not None}
    protocol = (
        f"Of {found.held:,} texts held out of the training: the share whose second half is nearest to its own first "
        "half among all first halves. Nothing was chosen by it; the floor is BM25."
        if metrics
        else "Not measured: no texts were held out."
    )
    report = Report(
        model=name,
        data=spec.data,
        split="+".join(texts.splits),
        examples=found.held,
        metrics={**metrics, "words": found.words},
        floor={"name": "BM25", MEASURE: floor} if floor is not None else None,
        labels=(),
        confusion=(),
        per_class=(),
        documents=(),
        history=tuple(trainer.history),
        protocol=protocol,
    )
    write_json(folder / "report.json", asdict(report))
    if metrics:
        card.add_metrics(
            made, {"on": f"{found.held:,} held texts", "protocol": protocol, "examples": found.held, **metrics}
        )
    installed = card.install(folder, made, name)
    shutil.rmtree(folder / "documents", ignore_errors=True)
    said = f"; finds {value:.3f} of the halves, BM25 {floor:.3f}" if metrics else ""
    return {
        "state": "done",
        "bundle": installed,
        "metrics": {f"test_{MEASURE}": value, f"floor_{MEASURE}": floor} if metrics else {},
        "message": f"{installed}: {len(trainer.words):,} words{said}",
    }


def write_bundle(
    made: Path,
    spec: JobSpec,
    settings: ParagraphTraining,
    texts: Texts,
    found: Documents,
    trainer: Any,
) -> None:
    """A whole paragraphs bundle; see :mod:`dltext.engine.serve.paragraph`."""
    files: dict[str, Path | bytes] = {
        "words.txt": ("\n".join(trainer.words) + "\n").encode(),
        "counts.npy": _npy(trainer.counts),
    }
    for part in trainer.parts():
        files[f"{part.kind}-output.npy"] = _npy(part.output.astype(np.float16))
        if part.input is not None:
            files[f"{part.kind}-input.npy"] = _npy(part.input.astype(np.float16))
    written = card.card(
        spec,
        settings,
        texts.source,
        task=serve.TASK,
        intended=f"Finding texts like those of {card.title_of(texts.source)}. Of other subjects it knows little.",
        data={
            "splits": list(texts.splits),
            "examples": {"train": found.count, "held": found.held},
            "tokens": found.words,
        },
        serving={
            "kind": "paragraph",
            "segmentation": texts.segmentation,
            "parts": list(settings.parts),
            "size": settings.vector_size * len(settings.parts),
            "count": len(trainer.words),
            "window": settings.window,
            "negative": settings.negative,
            "exponent": settings.ns_exponent,
            "subsampling": settings.subsampling,
            "epochs": settings.infer_epochs,
            "learning_rate": settings.infer_rate,
        },
        versions={"gensim": version("gensim")},
    )
    bundle.write(made, written, files)


def _measure(made: Path, found: Documents) -> float:
    """Through the very bundle that will answer."""
    loaded = serve.load(str(made.absolute()))
    lines = found.held_out()
    first = loaded.infer([line[: len(line) // 2] for line in lines])
    return serve.find_halves(first, loaded.infer([line[len(line) // 2 :] for line in lines]))


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
