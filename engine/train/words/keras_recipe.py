"""word2vec in Keras: CBOW and skip-gram as the textbook teaches them, on whole batches and sparse gradients.

Mikolov, Chen, Corrado & Dean 2013, Efficient estimation of word representations in vector space (2013a);
Mikolov, Sutskever, Chen, Corrado & Dean 2013, Distributed representations of words and phrases and their
compositionality (2013b).
"""

import math
import time
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import write_json
from ... import arrays, registry
from ...jobs.stopping import StopRequested
from ...results import JobSpec, Preflight
from ..pipeline import Plan
from ..shared import Emit, Stop, device
from .corpus import Corpus
from .keras_trainer import SamplingTrainer
from .pairs import BLOCK, Sampler
from .recipe import WordsPipeline
from .settings_keras import GROUP, SLOW_SOFTMAX, SOFTMAX, Word2VecKeras
from .sgd import make_step

TIMED_SECONDS = 2.0
WINDOW, LEAST_BLOCK = 5, 1 << 13
"""A block is whole at this window; wider ones make more pairs of fewer words, so that memory stays as it is."""
SLOW = (
    "A full softmax over {words:,} words will be slow: each window needs a score and a gradient for every word of the "
    "vocabulary, some {ratio:,} times the work of negative sampling; keep fewer words, or choose negative sampling."
)


class KerasPipeline(WordsPipeline[Word2VecKeras]):
    """Skip-gram and CBOW on whole batches and sparse gradients."""

    unit = "pairs"

    def prepare(self) -> None:
        for sentence in warnings(self.settings, len(self.words)):
            self.emit("message", level="warning", text=sentence)
        ids, starts = encode(self.corpus, self.words, self.folder / "encoded", self.emit, self.should_stop)
        self.sampler = sampler_of(self.settings, ids, starts, self.counts, self.spec.seed)

    def network(self) -> SamplingTrainer:
        self._device = device()
        model = build(self.spec.recipe, self.settings, len(self.words), self.spec.seed)
        run = self.emit, self.should_stop, self.folder
        return SamplingTrainer(model, self.settings, self.sampler, self.words, self.measures, *run)

    def plan(self) -> Plan:
        parameters = int(self.trainer.model.count_params())
        return Plan(len(self.sampler), parameters, self.examples(), self._device, measures=self.measures.labels)

    def size_message(self) -> str:
        return f"{super().size_message().removesuffix(' an epoch')} about {int(self.sampler.expected):,} pairs an epoch"

    def matrix(self) -> np.ndarray:
        return self.trainer.vectors()

    def versions(self) -> dict[str, str]:
        import keras

        return {"keras": keras.__version__, "backend": keras.backend.backend()}

    @classmethod
    def preflight(cls, spec: JobSpec) -> Preflight:
        """Texts, words and vocabulary, coverage of the tests, seconds and memory; the rate is measured."""
        from .preflight import TextSurvey, check

        costs: list[str] = []

        def rate_of(settings: Word2VecKeras, look: TextSurvey, words: list[str], seed: int) -> float:
            costs.extend(warnings(settings, len(words)))
            return _rate(spec.recipe, settings, look.lines, look.counts, words, seed)

        looked = check(spec, rate_of, _memory, device())
        settings = registry.settings_of(spec.recipe, spec.settings)
        tables = 1 if settings.tables == "shared" else 2
        return replace(
            looked,
            check=replace(looked.check, warnings=(*looked.check.warnings, *costs)),
            parameters=looked.parameters * tables // 2,
        )


def _rate(
    recipe: str, settings: Word2VecKeras, lines: list[list[str]], counts: Any, words: list[str], seed: int
) -> float:
    """Raw words a second, from the steps of at most :data:`TIMED_SECONDS` after the first, which traces the graph."""
    rows = {word: row for row, word in enumerate(words)}
    ids = np.fromiter((rows.get(word, -1) for line in lines for word in line), np.int32)
    starts = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    sampler = sampler_of(settings, ids, starts, np.asarray([counts[word] for word in words], np.int64), seed)
    step = make_step(build(recipe, settings, len(words), seed), settings.pairs_a_word)
    block = sampler.block(0, 0)
    if not len(block):
        return math.inf
    float(step(block[0], 0.0))
    begun, steps = time.perf_counter(), 0
    while time.perf_counter() - begun < TIMED_SECONDS:
        float(step(block[steps % len(block)], 0.0))
        steps += 1
    seconds = (time.perf_counter() - begun) / steps * len(block)
    return float(starts[sampler.borders[1]]) / seconds


def _memory(settings: Word2VecKeras, vocabulary: int, words: int) -> int:
    """The tables and a checkpoint's copy, a dense gradient and the scores of a full softmax, the pairs of a block, and
    all different words (Heaps' law) while they are counted."""
    from .preflight import BASE_MEMORY

    tables = 2 * vocabulary * settings.vector_size * 4
    softmax = getattr(settings, "objective", "") == SOFTMAX
    scores = 3 * settings.batch_size * vocabulary * 4 + tables if softmax else 0
    pairs = 2 * max(BLOCK * WINDOW, LEAST_BLOCK * settings.window) * 4 * 6
    return int(BASE_MEMORY + 2 * tables + scores + pairs + 150 * 40 * words**0.57)


def build(recipe: str, settings: Word2VecKeras, vocabulary_size: int, seed: int) -> Any:
    """The recipe's model with its first vectors."""
    import keras

    keras.utils.set_random_seed(seed)
    return registry.load(registry.get(recipe).build)(settings, vocabulary_size)


def sampler_of(
    settings: Word2VecKeras, ids: np.ndarray, starts: np.ndarray, counts: np.ndarray, seed: int, tokens: int = 0
) -> Sampler:
    """The pairs as the settings want them; blocks of ``tokens`` words, by default fewer where the window is wide."""
    return Sampler(
        ids,
        starts,
        counts,
        cbow=hasattr(settings, "objective"),
        window=settings.window,
        sample=settings.subsampling,
        batch_size=settings.batch_size,
        group=math.gcd(settings.batch_size, GROUP),
        shared=settings.shared_negatives,
        seed=seed,
        dynamic=settings.dynamic_window,
        tokens=tokens or max(BLOCK * WINDOW // settings.window, LEAST_BLOCK),
    )


def warnings(settings: Word2VecKeras, words: int) -> list[str]:
    """What the settings will cost, where that is much."""
    if getattr(settings, "objective", "") == SOFTMAX and words > SLOW_SOFTMAX:
        return [SLOW.format(words=words, ratio=words // (settings.negative + 1))]
    return []


def encode(
    corpus: Corpus, words: list[str], folder: Path, emit: Emit, should_stop: Stop
) -> tuple[np.ndarray, np.ndarray]:
    """The corpus as ids, int32 ``[tokens]`` on disk and memory-mapped (−1: out of the vocabulary), and where lines
    begin, int64 ``[lines + 1]``; found again where an earlier attempt finished it."""
    done, asked = folder / "encoded.json", {"words": corpus.words, "vocabulary": len(words)}
    if not done.exists():
        emit("state", stage="preparing", message=f"turning {corpus.words:,} words into numbers")
        folder.mkdir(parents=True, exist_ok=True)
        rows = {word: row for row, word in enumerate(words)}
        ids = np.lib.format.open_memmap(folder / "ids.npy", "w+", np.int32, (corpus.words,))
        starts = [0]
        for number, line in enumerate(corpus.lines()):
            if number % 1000 == 0 and should_stop():
                raise StopRequested
            end = starts[-1] + len(line)
            ids[starts[-1] : end] = np.fromiter(map(rows.get, line, repeat(-1)), np.int32, len(line))
            starts.append(end)
        ids.flush()
        np.save(folder / "starts.npy", np.asarray(starts, np.int64))
        write_json(done, asked)  # last: without it the files are not whole
    starts = folder / "starts.npy"
    return arrays.load(folder / "ids.npy", mapped=True), arrays.load(starts, starts.stat().st_size)
