"""word2vec by gensim: skip-gram and CBOW with negative sampling or hierarchical softmax.

Mikolov, Chen, Corrado & Dean 2013, Efficient estimation of word representations in vector space (2013a);
Mikolov, Sutskever, Chen, Corrado & Dean 2013, Distributed representations of words and phrases and their
compositionality (2013b). The arithmetic is gensim's compiled code on plain files; which shard is next, at which
learning rate and from which random state is decided here, so that a run tells how far it is and can stop and continue.
"""

import copy
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ....data.wording import plural
from ...jobs.processes import cores
from ...results import JobSpec, Preflight
from .. import checkpoint
from ..pipeline import Plan
from ..shared import Emit, Stop, never, silent
from . import corpus as corpora
from .corpus import Corpus
from .measures import WordMeasures
from .preflight import BASE_MEMORY, TextSurvey, check
from .recipe import WordsPipeline
from .settings import HIERARCHICAL, NEGATIVE, SKIP_GRAM, Word2VecGensim

CHECKPOINT_SECONDS = 180.0


class GensimPipeline(WordsPipeline[Word2VecGensim]):
    """Skip-gram and CBOW by gensim's compiled code."""

    def network(self) -> "GensimTrainer":
        model = build(self.settings, self.words, self.counts, self.spec.seed)
        run = self.emit, self.should_stop, self.folder / "checkpoint"
        return GensimTrainer(model, self.settings, self.corpus, self.measures, self.spec.seed, *run)

    def plan(self) -> Plan:
        return Plan(
            len(self.corpus.shards),
            parameters(self.trainer.model),
            self.examples(),
            f"CPU, {plural(self.trainer.workers, 'thread')}",
            measures=self.measures.labels,
        )

    def matrix(self) -> np.ndarray:
        return self.trainer.model.wv.vectors

    def versions(self) -> dict[str, str]:
        return {"gensim": version("gensim")}

    @classmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        """Texts, words and vocabulary (from a sample of large data), coverage of the tests, seconds and memory.

        The rate is measured: a few hundred thousand words of the sample are trained on with these settings.
        """
        return check(spec, rate_of=_rate, memory_of=_memory)


def build(settings: Word2VecGensim, words: list[str], counts: np.ndarray, seed: int) -> Any:
    """A gensim model with its vocabulary and its first vectors, the rows in the order of ``words``."""
    from gensim.models import Word2Vec

    negative = settings.objective == NEGATIVE
    model = Word2Vec(
        vector_size=settings.vector_size,
        window=settings.window,
        sg=int(settings.architecture == SKIP_GRAM),
        hs=int(settings.objective == HIERARCHICAL),
        negative=settings.negative if negative else 0,
        ns_exponent=settings.ns_exponent,
        sample=settings.subsampling,
        shrink_windows=settings.dynamic_window,
        min_count=1,
        alpha=settings.learning_rate,
        min_alpha=settings.end_learning_rate,
        workers=1,
        seed=seed,
        # The words come sorted, ties by spelling: gensim's own sort would leave those to chance.
        sorted_vocab=0,
    )
    model.build_vocab_from_freq(dict(zip(words, counts.tolist(), strict=True)))
    return model


def parameters(model: Any) -> int:
    """Numbers that are learnt."""
    return sum(int(table.size) for table in _tables(model))


def _tables(model: Any) -> list[np.ndarray]:
    return [model.wv.vectors, *(getattr(model, name) for name in ("syn1", "syn1neg") if hasattr(model, name))]


@dataclass
class GensimProgress:
    """Where a training stands: ``position`` shards of epoch ``epoch`` (from 0) are done."""

    epoch: int = 0
    position: int = 0
    seconds: float = 0.0
    """Of training in this epoch, measuring not counted."""
    history: list[dict[str, Any]] = field(default_factory=list)


class GensimTrainer:
    """Leads threads through the shards, each epoch in a new order, the learning rate falling linearly over the run.

    The random state of a shard comes from the seed and its place alone, so an interrupted run continues as if it had
    not been (with one thread, to the same numbers; threads write into the same table unlocked, as word2vec does).
    """

    def __init__(
        self,
        model: Any,
        settings: Word2VecGensim,
        corpus: Corpus,
        measures: WordMeasures,
        seed: int,
        emit: Emit,
        should_stop: Stop,
        folder: Path | None,
    ) -> None:
        from gensim.models.word2vec_corpusfile import CythonVocab

        self.model, self.settings, self.corpus, self.seed = model, settings, corpus, seed
        self.measures, self.emit, self.should_stop = measures, emit, should_stop
        self.workers = min(settings.workers or cores(), len(corpus.shards))
        self.progress = GensimProgress()
        self._file = folder / "vectors.npz" if folder else None
        self._vocabulary = CythonVocab(model.wv, hs=model.hs)
        self._measuring = 0.0
        self._saved = time.monotonic()
        self._restore()

    @property
    def history(self) -> list[dict[str, Any]]:
        """The values of the ``epoch`` events."""
        return self.progress.history

    def run(self) -> bool:
        """Train to the end; False where it was asked to stop (the state is then on disk)."""
        self._saved = time.monotonic()
        while self.progress.epoch < self.settings.epochs:
            if not self.epoch():
                self._save()
                return False
            self._end_epoch()
            self._save()
        return True

    def keep_best(self) -> bool:
        """The vectors as they are: none of the epochs is chosen. False where none has ended."""
        return bool(self.history)

    def epoch(self) -> bool:
        """The rest of the running epoch; False where it was asked to stop before the end."""
        order = np.random.default_rng([self.seed, self.progress.epoch]).permutation(len(self.corpus.shards))
        while self.progress.position < len(order):
            self._round(order)
            if self.progress.position < len(order):
                if self.should_stop():
                    return False
                self._save()
        return True

    def _round(self, order: np.ndarray) -> None:
        """Shards from ``position`` on, until the epoch ends, a checkpoint is due or a stop is asked for."""
        begun, spent = time.monotonic(), self.progress.seconds
        done: queue.Queue[int | BaseException] = queue.Queue()
        pause, lock = threading.Event(), threading.Lock()
        pulled = self.progress.position
        finished = pulled
        before = np.concatenate([[0], np.cumsum([self.corpus.shards[i][1] for i in order])])

        def pull() -> int | None:
            nonlocal pulled
            with lock:
                if pause.is_set() or pulled >= len(order):
                    return None
                pulled += 1
                return pulled - 1

        threads = [
            threading.Thread(target=self._work, args=(order, before, pull, done), daemon=True)
            for _ in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        failure: BaseException | None = None
        while any(thread.is_alive() for thread in threads) or not done.empty():
            due = time.monotonic() - self._saved > CHECKPOINT_SECONDS and self._file is not None
            if failure or due or self.should_stop():
                pause.set()
            try:
                answer = done.get(timeout=0.1)
            except queue.Empty:
                continue
            if isinstance(answer, BaseException):
                failure = answer
                continue
            finished += 1
            self.progress.seconds = spent + time.monotonic() - begun
            self._tick(finished, int(before[finished]), len(order))
        if failure:
            raise failure
        self.progress.position = pulled

    def _work(
        self,
        order: np.ndarray,
        before: np.ndarray,
        pull: Callable[[], int | None],
        done: "queue.Queue[int | BaseException]",
    ) -> None:
        """One thread: its model is a shallow copy, with the tables of all and a learning rate of its own."""
        try:
            model = copy.copy(self.model)
            model.epochs, model.workers = 1, 1
            memory = model._get_thread_working_mem()
            while (place := pull()) is not None:
                name, words = self.corpus.shards[order[place]]
                start = self.progress.epoch * self.corpus.words + int(before[place])
                model.alpha, model.min_alpha = self._rate(start), self._rate(start + words)
                model.random = np.random.RandomState([self.seed % 2**32, self.progress.epoch, place])
                _, _, read = model._do_train_epoch(
                    str(self.corpus.folder / name), 0, 0, self._vocabulary, memory, 0, total_words=words
                )
                done.put(int(read))
        except BaseException as error:
            done.put(error)

    def _rate(self, words: int) -> float:
        """The learning rate after ``words`` of the whole run: linear (Mikolov et al. 2013a, section 4.2)."""
        share = words / (self.corpus.words * self.settings.epochs)
        return self.settings.learning_rate + share * (self.settings.end_learning_rate - self.settings.learning_rate)

    def _tick(self, step: int, words: int, steps: int) -> None:
        """``words``: those of this epoch that are done, whichever session did them."""
        progress = self.progress
        rate = words / max(progress.seconds, 1e-9)
        left = (self.settings.epochs - progress.epoch) * self.corpus.words - words
        measuring = self._measuring * (self.settings.epochs - progress.epoch)
        self.emit(
            "tick",
            epoch=progress.epoch + 1,
            step=step,
            steps=steps,
            rate=round(rate, 1),
            seconds_left=round(left / rate + measuring, 1),
            learning_rate=self._rate(progress.epoch * self.corpus.words + words),
        )

    def _end_epoch(self) -> None:
        progress = self.progress
        begun = time.monotonic()
        measured = self.measures.of_matrix(self.model.wv.index_to_key, self.model.wv.vectors)
        self._measuring = time.monotonic() - begun
        last = progress.epoch + 1 == self.settings.epochs
        row = {
            "epoch": progress.epoch + 1,
            "epochs": self.settings.epochs,
            "train": {},
            "validation": measured.values,
            "rate": round(self.corpus.words / max(progress.seconds, 1e-9), 1),
            "seconds": round(progress.seconds, 2),
            "learning_rate": self._rate((progress.epoch + 1) * self.corpus.words),
            # The last epoch is kept: nothing is chosen by tests of word vectors.
            "best": last,
        }
        progress.history.append(row)
        progress.epoch, progress.position, progress.seconds = progress.epoch + 1, 0, 0.0
        self.emit("epoch", **row)

    def _save(self) -> None:
        if self._file is None:
            return
        progress = self.progress
        meta = {
            "epoch": progress.epoch,
            "position": progress.position,
            "seconds": progress.seconds,
            "history": progress.history,
        }
        checkpoint.keep(self._file, {"tables": _tables(self.model)}, meta)
        self._saved = time.monotonic()
        self.emit("checkpoint", epoch=max(progress.epoch, 1), step=progress.position)

    def _restore(self) -> None:
        if self._file is not None:
            checkpoint.resume(self._file, self.emit, self._take)

    def _take(self, groups: checkpoint.Groups, meta: dict[str, Any]) -> None:
        checkpoint.fill(_tables(self.model), groups["tables"])
        self.progress = GensimProgress(**meta)


def _rate(settings: Any, look: TextSurvey, words: list[str], seed: int) -> float:
    """Raw words a second of these settings, measured on the sample's lines."""
    counts = np.asarray([look.counts[word] for word in words], np.int64)
    model = build(settings, words, counts, seed)
    with tempfile.TemporaryDirectory() as folder:
        writer = corpora.CorpusWriter(Path(folder) / "corpus", max(sum(map(len, look.lines)) // corpora.SHARDS, 1))
        for line in look.lines:
            writer.add(line)
        corpus = writer.close(len(look.lines))
        trainer = GensimTrainer(model, settings, corpus, WordMeasures(""), seed, silent, never, None)
        begun = time.perf_counter()
        trainer.epoch()
        return corpus.words / (time.perf_counter() - begun)


def _memory(settings: Any, vocabulary: int, words: int) -> int:
    """Two tables of float32, gensim's own 500 bytes a word (700 with a tree), a checkpoint's copy while written, and
    all different words (Heaps' law) while they are counted."""
    tables = 2 * vocabulary * settings.vector_size * 4
    different = 40 * words**0.57
    pairs = 150 * words * 0.25 if settings.phrases else 0
    return int(BASE_MEMORY + 1.5 * tables + 700 * vocabulary + 150 * different + pairs)
