"""From trained word vectors to a words bundle with an honest card; for all recipes of words."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import write_json
from ...results import JobSpec, Report
from ...serve import vectors
from .. import card
from ..prepare import Emit
from .blend import blended, without_top
from .corpus import Corpus
from .measures import Measured, Measures
from .texts import Texts

FEW_WORDS = 1_000_000
FEW = "{words:,} words are few: neighbours will be poor; good vectors are learnt from tens of millions."


@dataclass(frozen=True)
class Trained:
    """Words, the most frequent first, their vectors float32 ``[n, size]`` and counts int64 ``[n]``; the values of the
    ``epoch`` events; versions of the libraries that trained."""

    words: list[str]
    matrix: np.ndarray
    counts: np.ndarray
    history: list[dict[str, Any]]
    versions: dict[str, str]


def warn(corpus: Corpus, emit: Emit) -> None:
    """Tell what can be known before the training: a small corpus."""
    if corpus.words < FEW_WORDS:
        emit("message", level="warning", text=FEW.format(words=corpus.words))


def finish(
    trained: Trained,
    spec: JobSpec,
    settings: Any,
    texts: Texts,
    corpus: Corpus,
    measures: Measures,
    folder: Path,
    emit: Emit,
) -> dict[str, Any]:
    """Blend if asked for, write the bundle, measure through it, install it; what ``execute`` returns."""
    emit("state", stage="exporting", message="making the vectors that answer")
    words, matrix, counts = trained.words, trained.matrix, trained.counts
    if settings.blend.strip():
        words, matrix, counts = blended(words, matrix, counts, settings, emit)
    elif settings.postprocess:
        matrix = without_top(matrix)
    made, name = folder / "bundle", card.bundle_name(spec, texts.source)
    written = _card(spec, settings, texts, corpus, trained.versions)
    vectors.write(made, written, words, matrix, counts, settings.precision)
    emit("state", stage="evaluating", message=f"measuring on {measures.title}" if measures.found else "no tests here")
    report = _measure(made, name, spec, texts, corpus, measures, trained.history)
    write_json(folder / "report.json", asdict(report))
    _add_metrics(made, measures, report)
    installed = card.install(folder, made, name)
    said = ", ".join(f"{measures.labels[key]} {report.metrics[key]:.3f}" for key in _values(report, measures))
    return {
        "state": "done",
        "bundle": installed,
        "metrics": {f"test_{key}": report.metrics[key] for key in _values(report, measures)},
        "message": f"{installed}: {len(words):,} words" + (f"; {said}" if said else ""),
    }


def _card(spec: JobSpec, settings: Any, texts: Texts, corpus: Corpus, versions: dict[str, str]) -> dict[str, Any]:
    return card.card(
        spec,
        settings,
        texts.source,
        task=vectors.TASK,
        intended=f"Words like those of {card.title_of(texts.source)}. What they do not say is not known.",
        data={
            "splits": list(texts.splits),
            "examples": {"train": corpus.texts},
            "tokens": corpus.words,
            "phrases": corpus.phrases,
        },
        serving={"segmentation": texts.segmentation, "lowercase": True, "phrases": settings.phrases > 0},
        versions=versions,
    )


def _measure(
    made: Path,
    name: str,
    spec: JobSpec,
    texts: Texts,
    corpus: Corpus,
    measures: Measures,
    history: list[dict[str, Any]],
) -> Report:
    """Measured through the very bundle that will answer."""
    found = measures.of(vectors.load(str(made.absolute()))) if measures.found else Measured({}, {}, ())
    return Report(
        model=name,
        data=spec.data,
        split="+".join(texts.splits),
        examples=corpus.texts,
        metrics={**found.values, **found.details, "words": corpus.words},
        floor=None,
        labels=(),
        confusion=(),
        per_class=found.sections,
        documents=(),
        history=tuple(history),
        protocol=protocol(name, measures),
    )


def protocol(name: str, measures: Measures) -> str:
    """How word vectors are measured, and the commands that do it again."""
    if not measures.found:
        return "Not measured: the tests of this language are not on this machine, or there are none."
    parts = ["The last epoch is kept; nothing was chosen by these tests."]
    if any(measure.kind == "pairs" for measure, _ in measures.found):
        parts.append("ρ: Spearman's rank correlation with human scores over the pairs of known words.")
    if any(measure.kind == "analogies" for measure, _ in measures.found):
        parts.append(
            "Analogies: 3CosAdd, right if the answer comes first, among the 30,000 most frequent words, over the "
            "questions of known words."
        )
    commands = "; ".join(f"dltext evaluate {name} --data {file}" for file in measures.files)
    return " ".join([*parts, f"Again: {commands}."])


def _values(report: Report, measures: Measures) -> list[str]:
    return [key for key in measures.labels if key in report.metrics]


def _add_metrics(made: Path, measures: Measures, report: Report) -> None:
    if _values(report, measures):
        row = {"on": measures.title, "protocol": report.protocol, **report.metrics}
        row.pop("words", None)
        card.add_metrics(made, row)
