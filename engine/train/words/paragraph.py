"""Paragraph vectors by gensim: PV-DBOW, PV-DM, or both side by side (Le & Mikolov 2014).

gensim's compiled code learns; epochs, rates, random states and checkpoints are decided here. What the run leaves needs
no gensim: new texts are read by :mod:`dltext.engine.tasks.search.paragraph_model`, and so is the curve that is drawn
while training."""

import io
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....data.readers import Row
from ....data.source import Source
from ....data.wording import plural
from ...results import JobSpec, Preflight, Report
from ...tasks.search import fulltext
from ...tasks.search import paragraph_model as serve
from ..pipeline import Packed, Pipeline, Plan
from ..shared import never, silent
from . import documents
from .documents import Documents
from .paragraph_trainer import MEASURE, ParagraphTrainer
from .settings_paragraph import ParagraphTraining
from .texts import Texts, open_texts

if TYPE_CHECKING:
    from .preflight import TextSurvey


class ParagraphPipeline(Pipeline[ParagraphTraining]):
    """Texts without labels; some are held out, and BM25 finds their halves as the baseline."""

    unit = "words"
    baseline_message = "finding the halves of the held texts by BM25"

    texts: Texts
    documents: Documents

    @property
    def source(self) -> Source:
        return self.texts.source

    def read(self) -> None:
        self.texts = open_texts(self.spec)
        folder = self.folder / "documents"
        self.documents = documents.prepare(
            self.texts, self.settings.held, self.spec.seed, folder, self.emit, self.should_stop
        )

    def find_baseline(self) -> dict[str, Any] | None:
        return super().find_baseline() if self.documents.held >= 2 else None

    def measure_baseline(self) -> dict[str, Any]:
        return {"name": "BM25", MEASURE: _halves_by_bm25(self.documents)}

    def network(self) -> "ParagraphTrainer":
        run = self.emit, self.should_stop, self.folder / "checkpoint"
        return ParagraphTrainer(self.settings, self.documents, self.spec.seed, *run)

    def plan(self) -> Plan:
        trainer, documents = self.trainer, self.documents
        return Plan(
            documents.count * len(self.settings.parts),
            trainer.parameters,
            {"texts": documents.count, "words": documents.words, "vocabulary": len(trainer.words)},
            f"CPU, {plural(trainer.workers, 'thread')}",
            measures={MEASURE: f"halves found among {documents.held:,}"} if trainer.measured else {},
        )

    def size_message(self) -> str:
        return f"{self.documents.words:,} words in {self.documents.count:,} texts an epoch"

    def export(self, target: Path) -> None:
        settings, trainer = self.settings, self.trainer
        files: dict[str, Path | bytes] = {
            "words.txt": ("\n".join(trainer.words) + "\n").encode(),
            "counts.npy": _npy(trainer.counts),
        }
        for part in trainer.parts():
            files[f"{part.kind}-output.npy"] = _npy(part.output.astype(np.float16))
            if part.input is not None:
                files[f"{part.kind}-input.npy"] = _npy(part.input.astype(np.float16))
        packed = Packed(
            task=serve.TASK,
            intended="finding texts like those. Of other subjects it knows little.",
            files=files,
            serving={
                "kind": "paragraph",
                "segmentation": self.texts.segmentation,
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
            data={
                "splits": list(self.texts.splits),
                "examples": {"train": self.documents.count, "held": self.documents.held},
                "tokens": self.documents.words,
            },
        )
        self.write_bundle(target, packed)

    def versions(self) -> dict[str, str]:
        return {"gensim": version("gensim")}

    def measured_on(self) -> str:
        return "the held texts"

    def measure(self, target: Path) -> Report:
        documents, metrics = self.documents, {}
        if self.trainer.measured:
            loaded, lines = serve.load(str(target.absolute())), documents.held_out()
            first = loaded.infer([line[: len(line) // 2] for line in lines])
            metrics[MEASURE] = serve.find_halves(first, loaded.infer([line[len(line) // 2 :] for line in lines]))
        return Report(
            model=self.name,
            data=self.spec.data,
            split="+".join(self.texts.splits),
            examples=documents.held,
            metrics={**metrics, "words": documents.words},
            floor=None,
            labels=(),
            confusion=(),
            per_class=(),
            documents=(),
            protocol=f"Of {documents.held:,} texts held out of the training: the share whose second half is nearest to "
            "its own first half among all first halves. Nothing was chosen by it; the baseline is BM25."
            if metrics
            else "Not measured: no texts were held out.",
        )

    def shown_metrics(self, report: Report) -> dict[str, float]:
        return {key: value for key, value in report.metrics.items() if key == MEASURE}

    def card_row(self, report: Report) -> dict[str, Any] | None:
        if MEASURE not in report.metrics:
            return None
        return {**(super().card_row(report) or {}), "on": f"{self.documents.held:,} held texts"}

    def summary(self, report: Report) -> str:
        words = f"{len(self.trainer.words):,} words"
        if MEASURE not in report.metrics:
            return words
        return f"{words}; finds {report.metrics[MEASURE]:.3f} of the halves, BM25 {(report.floor or {})[MEASURE]:.3f}"

    def clean(self) -> None:
        shutil.rmtree(self.folder / "documents", ignore_errors=True)

    @classmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        """Texts, words, vocabulary, seconds and memory; the rate is measured on a few hundred thousand words."""
        from .preflight import check

        return check(spec, rate_of=_rate, memory_of=_memory, tests=False)


def _halves_by_bm25(documents: Documents) -> float:
    """The share of held documents whose second half finds its own first half by BM25."""
    lines = documents.held_out()
    with tempfile.TemporaryDirectory(dir=documents.folder) as place:
        path = Path(place) / fulltext.FILE
        rows = (Row(str(number), " ".join(line[: len(line) // 2])) for number, line in enumerate(lines))
        fulltext.write(path, rows, "", "")
        texts, right = fulltext.FullText(path, ""), 0
        for number, line in enumerate(lines):
            counts = Counter(line[len(line) // 2 :])
            terms = texts.terms(counts)
            frequencies = texts.frequencies(term for of in terms.values() for term in of)
            asked = {word: (counts[word], min(frequencies[term] for term in of)) for word, of in terms.items() if of}
            rarest = sorted(asked, key=lambda word: (asked[word][1], word))
            best = texts.best({word: asked[word] for word in rarest}, 1)
            right += bool(best) and best[0][0] == number
    return round(right / len(lines), 4)


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _rate(settings: Any, look: "TextSurvey", vocabulary: list[str], seed: int) -> float:
    """Words a second, from one pass of a small training."""
    lines = [line for line in look.lines if line]
    if len(lines) < 2:
        return 1.0
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "documents.txt").write_text("".join(" ".join(line) + "\n" for line in lines), "utf-8")
        sample = Documents(Path(place), len(lines), sum(map(len, lines)), 0)
        small = replace(settings, min_count=1, epochs=1, held=0)
        trainer = ParagraphTrainer(small, sample, seed, silent, never, None)
        begun = time.perf_counter()
        trainer.run()
        # Each part reads the words once; the rate is that of the texts' words, as a run's ticks have it.
        return sample.words / max(time.perf_counter() - begun, 1e-6)


def _memory(settings: Any, vocabulary: int, words: int) -> int:
    """Two tables a part, float32, twice while a checkpoint is written; a vector a text, of some 150 words, on top."""
    rows = 2 * vocabulary + words // 150
    return 2 * 4 * settings.vector_size * len(settings.parts) * rows + 500 * vocabulary
