"""The training of paragraph vectors: gensim's passes, watched, measured and kept so that a run can go on."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...jobs.processes import cores
from ...results import UserError
from ...tasks.search import paragraph_model as serve
from ...tasks.words.model import unit
from .. import checkpoint
from ..shared import Emit, Stop
from .documents import Documents
from .settings_paragraph import DBOW, DM, ParagraphTraining

MEASURE = "retrieval"
TICK = 0.25
"""Seconds between two ticks."""


class ParagraphTrainer:
    """One pass of each part an epoch, the learning rate falling linearly over the run, a checkpoint after each.

    The random state of an epoch comes from the seed and its number, so a resumed run continues as if it had not been
    interrupted (with one thread to the same numbers); a stop in the middle of an epoch goes back to its beginning.
    """

    def __init__(
        self,
        settings: ParagraphTraining,
        documents: Documents,
        seed: int,
        emit: Emit,
        should_stop: Stop,
        folder: Path | None,
    ) -> None:
        from gensim.models.doc2vec import Doc2Vec

        self.settings, self.documents, self.seed, self.emit, self.should_stop = (
            settings,
            documents,
            seed,
            emit,
            should_stop,
        )
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
        self.measured = documents.held >= 2
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
        for line in self.documents.lines():
            for word in line:
                counts[word] = counts.get(word, 0) + 1
        ranked = sorted(
            (word for word, n in counts.items() if n >= self.settings.min_count), key=lambda word: (-counts[word], word)
        )[: self.settings.vocabulary_size]
        if len(ranked) < 2:
            raise UserError(
                f"Only {len(ranked)} different words occur at least {self.settings.min_count} times: give more texts, "
                "or a lower min_count."
            )
        for model in self.models:
            model.min_count, model.sorted_vocab = 1, 0
            # One document names the last tag, and with it how many vectors there are; the counts are ours.
            model.scan_vocab([TaggedDocument([], [self.documents.count - 1])])
            model.raw_vocab = {word: counts[word] for word in ranked}
            model.corpus_count, model.corpus_total_words = self.documents.count, self.documents.words
            model.prepare_vocab(min_count=1)
            model.prepare_weights()

    def _documents(self, number: int, begun: float) -> Iterator[Any]:
        from gensim.models.doc2vec import TaggedDocument

        words, said, total = 0, 0.0, self.documents.words * len(self.models)
        for row, line in enumerate(self.documents.lines()):
            if row % 64 == 0:
                if self.should_stop():
                    return
                now = time.monotonic()
                if now - said >= TICK:
                    said = now
                    done = number * self.documents.words + words
                    rate = done / max(now - begun, 1e-9)
                    left = (self.settings.epochs - len(self.history)) * (total / rate if rate else 0) - (now - begun)
                    self.emit(
                        "tick",
                        epoch=len(self.history) + 1,
                        step=number * self.documents.count + row,
                        steps=self.documents.count * len(self.models),
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
            total_examples=self.documents.count,
            total_words=self.documents.words,
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
            "rate": round(self.documents.words * len(self.models) / max(seconds, 1e-9), 1),
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
        held_ids = [np.array([row[w] for w in line if w in row], np.int64) for line in self.documents.held_out()]
        sides = [ids[: len(ids) // 2] for ids in held_ids], [ids[len(ids) // 2 :] for ids in held_ids]
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
