"""Paragraph vectors by gensim: PV-DBOW, PV-DM, or both side by side (Le & Mikolov 2014).

gensim's compiled code learns; epochs, rates, random states and checkpoints are decided here. What the run leaves needs
no gensim: new texts are read by :mod:`dltext.engine.tasks.search.paragraph_model`, and so is the curve that is drawn
while training."""

import io
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....data.source import Source
from ....data.wording import plural
from ...jobs.processes import cores
from ...results import JobSpec, Preflight, Report, UserError
from ...tasks.search import paragraph_model as serve
from ...tasks.search.bm25 import Postings, Writer
from ...tasks.words.model import unit
from .. import checkpoint
from ..pipeline import Packed, Pipeline, Plan
from ..shared import Emit, Stop, never, silent
from . import documents
from .documents import Documents
from .settings_paragraph import DBOW, DM, ParagraphTraining
from .texts import Texts, open_texts

if TYPE_CHECKING:
    from .preflight import Look

MEASURE = "retrieval"

TICK = 0.25
"""Seconds between two ticks."""


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

    def network(self) -> "Trainer":
        run = self.emit, self.should_stop, self.folder / "checkpoint"
        return Trainer(self.settings, self.documents, self.spec.seed, *run)

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


class Trainer:
    """One pass of each part an epoch, the learning rate falling linearly over the run, a checkpoint after each.

    The random state of an epoch comes from the seed and its number, so a resumed run continues as if it had not been
    interrupted (with one thread to the same numbers); a stop in the middle of an epoch goes back to its beginning.
    """

    def __init__(
        self,
        settings: ParagraphTraining,
        found: Documents,
        seed: int,
        emit: Emit,
        should_stop: Stop,
        folder: Path | None,
    ) -> None:
        from gensim.models.doc2vec import Doc2Vec

        self.settings, self.found, self.seed, self.emit, self.should_stop = settings, found, seed, emit, should_stop
        self.workers = settings.workers or cores()
        self.models = [
            Doc2Vec(
                dm=int(part == DM),
                dm_mean=1,
                dbow_words=int(settings.dbow_words and part == DBOW),
                vector_size=settings.vector_size,
                window=settings.window,
                negative=settings.negative,
                ns_exponent=settings.ns_exponent,
                hs=0,
                sample=settings.subsampling,
                min_count=settings.min_count,
                max_final_vocab=None,
                workers=self.workers,
                seed=seed,
            )
            for part in settings.parts
        ]
        self._build()
        self.words: list[str] = [str(word) for word in self.models[0].wv.index_to_key]
        self.counts = np.array([self.models[0].wv.get_vecattr(word, "count") for word in self.words], np.int64)
        self.history: list[dict[str, Any]] = []
        self.measured = found.held >= 2
        self._file = folder / "vectors.npz" if folder else None
        self._measuring = 0.0
        self._restore()

    @property
    def parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(int(table.size) for model in self.models for table in _tables(model))

    def parts(self) -> tuple[serve.Part, ...]:
        """The tables as they are, in the form that serves."""
        return tuple(
            serve.Part(part, model.syn1neg, model.wv.vectors if part == DM else None)
            for part, model in zip(self.settings.parts, self.models, strict=True)
        )

    def how(self) -> serve.Inference:
        settings = self.settings
        return serve.Inference.of(
            self.counts,
            negative=settings.negative,
            exponent=settings.ns_exponent,
            subsampling=settings.subsampling,
            window=settings.window,
            epochs=settings.infer_epochs,
            rate=settings.infer_rate,
        )

    def run(self) -> bool:
        """Train to the end; False where it was asked to stop."""
        while len(self.history) < self.settings.epochs:
            begun = time.monotonic()
            for number, model in enumerate(self.models):
                if not self._pass(number, model, begun):
                    return False
            self._end_epoch(time.monotonic() - begun)
            self._save()
        return True

    def keep_best(self) -> bool:
        """The vectors as they are: none of the epochs is chosen. False where none has ended."""
        return bool(self.history)

    def _build(self) -> None:
        """The vocabulary, cut to its size with ties by spelling, and an untrained vector a document."""
        from gensim.models.doc2vec import TaggedDocument

        counts: dict[str, int] = {}
        for line in self.found.lines():
            for word in line:
                counts[word] = counts.get(word, 0) + 1
        kept = sorted(
            (word for word, n in counts.items() if n >= self.settings.min_count), key=lambda word: (-counts[word], word)
        )[: self.settings.vocabulary_size]
        if len(kept) < 2:
            raise UserError(
                f"Only {len(kept)} different words occur at least {self.settings.min_count} times: give more texts, or "
                "a lower min_count."
            )
        for model in self.models:
            model.min_count, model.sorted_vocab = 1, 0
            # One document names the last tag, and with it how many vectors there are; the counts are ours.
            model.scan_vocab([TaggedDocument([], [self.found.count - 1])])
            model.raw_vocab = {word: counts[word] for word in kept}
            model.corpus_count, model.corpus_total_words = self.found.count, self.found.words
            model.prepare_vocab(min_count=1)
            model.prepare_weights()

    def _documents(self, number: int, begun: float) -> Iterator[Any]:
        from gensim.models.doc2vec import TaggedDocument

        words, said, total = 0, 0.0, self.found.words * len(self.models)
        for row, line in enumerate(self.found.lines()):
            if row % 64 == 0:
                if self.should_stop():
                    return
                now = time.monotonic()
                if now - said >= TICK:
                    said = now
                    done = number * self.found.words + words
                    rate = done / max(now - begun, 1e-9)
                    left = (self.settings.epochs - len(self.history)) * (total / rate if rate else 0) - (now - begun)
                    self.emit(
                        "tick",
                        epoch=len(self.history) + 1,
                        step=number * self.found.count + row,
                        steps=self.found.count * len(self.models),
                        rate=round(rate, 1),
                        seconds_left=round(max(0.0, left) + self._measuring, 1),
                    )
            words += len(line)
            yield TaggedDocument(line, [row])

    def _pass(self, number: int, model: Any, begun: float) -> bool:
        """One epoch of one part; False where it was asked to stop."""
        epoch = len(self.history)
        model.random = np.random.RandomState([self.seed % 2**32, epoch, number])
        model.train(
            _Once(self._documents(number, begun)),
            total_examples=self.found.count,
            total_words=self.found.words,
            epochs=1,
            start_alpha=self._rate(epoch),
            end_alpha=self._rate(epoch + 1),
        )
        return not self.should_stop()

    def _rate(self, epoch: int) -> float:
        settings = self.settings
        return settings.learning_rate + epoch / settings.epochs * (settings.end_learning_rate - settings.learning_rate)

    def _end_epoch(self, seconds: float) -> None:
        begun = time.monotonic()
        row = {
            "epoch": len(self.history) + 1,
            "epochs": self.settings.epochs,
            "train": {},
            "validation": {MEASURE: self.measure()} if self.measured else {},
            "rate": round(self.found.words * len(self.models) / max(seconds, 1e-9), 1),
            "seconds": round(seconds, 2),
            "learning_rate": self._rate(len(self.history) + 1),
            # The last epoch is kept: the held documents choose nothing.
            "best": len(self.history) + 1 == self.settings.epochs,
        }
        self._measuring = time.monotonic() - begun
        self.history.append(row)
        self.emit("epoch", **row)

    def measure(self) -> float:
        """The share of held documents whose second half finds its first half among all first halves."""
        row = {word: number for number, word in enumerate(self.words)}
        known = [np.array([row[w] for w in line if w in row], np.int64) for line in self.found.held_out()]
        sides = [ids[: len(ids) // 2] for ids in known], [ids[len(ids) // 2 :] for ids in known]
        first, second = (
            np.concatenate([unit(serve.infer(part, side, self.how())) for part in self.parts()], axis=1)
            for side in sides
        )
        return serve.find_halves(first, second)

    def _save(self) -> None:
        if self._file is not None:
            tables = {f"model{number}": _tables(model) for number, model in enumerate(self.models)}
            checkpoint.keep(self._file, tables, {"history": self.history})
            self.emit("checkpoint", epoch=len(self.history), step=0)

    def _restore(self) -> None:
        if self._file is not None:
            checkpoint.resume(self._file, self.emit, self._take)

    def _take(self, groups: checkpoint.Groups, meta: dict[str, Any]) -> None:
        for number, model in enumerate(self.models):
            checkpoint.fill(_tables(model), groups[f"model{number}"])
        self.history = meta["history"]


class _Once:
    """What gensim takes for documents: it refuses a bare generator, since it would read one several times."""

    def __init__(self, documents: Iterator[Any]) -> None:
        self._documents = documents

    def __iter__(self) -> Iterator[Any]:
        return self._documents


def _tables(model: Any) -> list[np.ndarray]:
    return [model.wv.vectors, model.dv.vectors, model.syn1neg]


def _halves_by_bm25(found: Documents) -> float:
    """The share of held documents whose second half finds its own first half by BM25."""
    lines = found.held_out()
    with tempfile.TemporaryDirectory(dir=found.folder) as place:
        writer = Writer(Path(place), "")
        for line in lines:
            writer.add(line[: len(line) // 2])
        writer.finish()
        postings, right = Postings(Path(place), len(lines)), 0
        for row, line in enumerate(lines):
            terms: dict[str, float] = {}
            for word in line[len(line) // 2 :]:
                terms[word] = terms.get(word, 0) + 1
            scores = postings.scores(terms)
            right += int(scores.argmax()) == row and scores[row] > 0
        del postings  # its files are mapped, and go away here
    return round(float(right) / len(lines), 4)


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _rate(settings: Any, look: "Look", vocabulary: list[str], seed: int) -> float:
    """Words a second, from one pass of a small training."""
    lines = [line for line in look.lines if line]
    if len(lines) < 2:
        return 1.0
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "documents.txt").write_text("".join(" ".join(line) + "\n" for line in lines), "utf-8")
        found = Documents(Path(place), len(lines), sum(map(len, lines)), 0)
        small = replace(settings, min_count=1, epochs=1, held=0)
        trainer = Trainer(small, found, seed, silent, never, None)
        begun = time.perf_counter()
        trainer.run()
        # Each part reads the words once; the rate is that of the texts' words, as a run's ticks have it.
        return found.words / max(time.perf_counter() - begun, 1e-6)


def _memory(settings: Any, vocabulary: int, words: int) -> int:
    """Two tables a part, float32, twice while a checkpoint is written; a vector a text, of some 150 words, on top."""
    rows = 2 * vocabulary + words // 150
    return 2 * 4 * settings.vector_size * len(settings.parts) * rows + 500 * vocabulary
