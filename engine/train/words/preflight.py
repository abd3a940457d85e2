"""The check before word vectors are trained: texts, vocabulary, tests, time and memory, in seconds."""

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....data.wording import percent
from ... import registry
from ...jobs.processes import cores
from ...results import DataCheck, JobSpec, Preflight, UserError
from ...tasks.words import benchmarks
from ...text.units import stretches
from .measures import WordMeasures
from .recipe import FEW, FEW_WORDS
from .settings import recommended
from .texts import Texts, open_texts

SAMPLE_CHARACTERS = 10_000_000
"""Of larger data so much is read, and the rest estimated from it."""
SAMPLE_TEXTS = 200
"""The sample is taken in runs of so many neighbouring texts, spread over the data."""
TIMED_WORDS = 300_000
BASE_MEMORY = 450 << 20
"""Bytes that the training libraries take by themselves."""


@dataclass(frozen=True)
class TextSurvey:
    """What a look at the texts found; numbers are of the sample, ``share`` is how much of the texts it is."""

    texts: int
    lengths: np.ndarray
    counts: Counter[str]
    share: float
    duplicates: int
    lines: list[list[str]]
    """For timing: at most :data:`TIMED_WORDS` words."""
    seconds: float
    """That cutting the sample into words took."""

    @property
    def words(self) -> int:
        """All words there are, estimated where only a sample was read."""
        return int(self.lengths.sum() / self.share) if len(self.lengths) else 0

    def vocabulary(self, size: int, min_count: int) -> list[str]:
        """The words that would be kept, from the sample's counts scaled to the whole, the most frequent first.

        A word seen once in a tenth stands for ten; rarer words than the sample shows are not counted.
        """
        least = max(min_count * self.share, 1)
        frequent = (word for word, count in self.counts.items() if count >= least)
        return sorted(frequent, key=lambda word: (-self.counts[word], word))[:size]


def check(
    spec: JobSpec,
    rate_of: Callable[[Any, TextSurvey, list[str], int], float],
    memory_of: Callable[[Any, int, int], int],
    device: str = "",
    tests: bool = True,
) -> Preflight:
    """For all recipes of words: ``rate_of(settings, look, vocabulary, seed)`` gives raw words a second,
    ``memory_of(settings, vocabulary, words)`` bytes at the peak. ``tests``: what is trained is measured on the
    published tests of words, so say how much of them the vocabulary covers."""
    settings = registry.settings_of(spec.recipe, spec.settings)
    texts = open_texts(spec)
    begun = time.perf_counter()
    look = look_at(texts, settings)
    fitting = recommended(look.words) if tests else {}
    if fitting and not settings.epochs:
        settings = replace(settings, epochs=fitting["epochs"])
    passing = time.perf_counter() - begun - look.seconds
    reading = passing + look.seconds / max(look.share, 1e-9)
    words = look.vocabulary(settings.vocabulary_size, settings.min_count)
    if len(words) < 2:
        raise UserError(
            f"Only {len(words)} different words of {texts.source.name} occur at least {settings.min_count} times: "
            "give more texts, or a lower min_count."
        )
    facts, warnings = _facts(texts, look, settings, len(words)), _warnings(look)
    if tests:
        covered, missing = _tests(texts, words)
        facts, warnings = [*facts, *covered], [*warnings, *missing]
    rate = rate_of(settings, look, words, spec.seed)
    phrases = settings.phrases * look.words / 150_000
    seconds = reading + phrases + settings.epochs * look.words / max(rate, 1e-9) + 10
    return Preflight(
        check=DataCheck(
            name=spec.data,
            splits={split: texts.source.counts.get(split, 0) for split in texts.splits},
            labels={},
            lengths=_lengths(look.lengths),
            duplicates=look.duplicates,
            overlap=0,
            warnings=tuple(warnings),
        ),
        floor=None,
        seconds=seconds,
        memory=memory_of(settings, len(words), look.words),
        device=device or f"CPU, {getattr(settings, 'workers', 0) or cores()} threads",
        parameters=2 * len(words) * settings.vector_size,
        facts=tuple(facts),
        recommended={key: value for key, value in fitting.items() if getattr(settings, key) != value},
    )


def look_at(texts: Texts, settings: Any) -> TextSurvey:
    """Read the texts, or of large data runs of neighbours spread over it."""
    total = texts.count
    seen = characters = duplicates = timed = 0
    read = 0.0
    """Texts; of one too long to be read whole the share that was."""
    counts: Counter[str] = Counter()
    lengths: list[int] = []
    hashes: set[int] = set()
    lines: list[list[str]] = []
    every, seconds = 1, 0.0
    for text in texts:
        seen += 1
        if (seen - 1) // SAMPLE_TEXTS % every:
            continue
        read += 1
        characters += len(text)
        if every == 1 and read >= SAMPLE_TEXTS and characters * total / seen > SAMPLE_CHARACTERS:
            # The first run says how large the texts are, and so how many runs there is time for.
            every = max(math.ceil(characters / read * total / SAMPLE_CHARACTERS), 1)
        cut = length = 0
        begun = time.perf_counter()
        for part, words in zip(stretches(text), texts.runs(text, settings.punctuation), strict=True):
            cut, length = cut + len(part), length + len(words)
            counts.update(words)
            if timed < TIMED_WORDS and words:
                lines.append(words[: TIMED_WORDS - timed])
                timed += len(lines[-1])
            if cut >= 2 * SAMPLE_CHARACTERS:
                break
        seconds += time.perf_counter() - begun
        read -= 1 - cut / len(text) if text else 0
        lengths.append(length)
        duplicates += (key := hash(text.strip())) in hashes
        hashes.add(key)
        if characters > 2 * SAMPLE_CHARACTERS:
            break
    return TextSurvey(
        total, np.asarray(lengths, np.int64), counts, read / max(total, read, 1), duplicates, lines, seconds
    )


def _lengths(lengths: np.ndarray) -> dict[str, float]:
    if not len(lengths):
        return {}
    return {
        "mean": round(float(lengths.mean()), 1),
        "median": float(np.median(lengths)),
        "p95": float(np.percentile(lengths, 95)),
        "max": float(lengths.max()),
    }


def _facts(texts: Texts, look: TextSurvey, settings: Any, vocabulary: int) -> list[str]:
    """How much there is to learn from, and how many words are learnt."""
    about = "About " if look.share < 1 else ""
    passes = f"{settings.epochs} passes over them."
    said = [
        f"{about}{look.words:,} words in {look.texts:,} texts ({', '.join(texts.splits)}).",
        f"The vocabulary: the {vocabulary:,} most frequent words."
        if vocabulary == settings.vocabulary_size
        else f"The vocabulary: {about.lower()}{vocabulary:,} words, each seen {settings.min_count} times or more.",
        passes,
    ]
    if look.share < 1:
        said.append(f"Only {percent(look.share, 0)} of the texts were read for this check; the rest is estimated.")
    return said


def _warnings(look: TextSurvey) -> list[str]:
    return [FEW.format(words=look.words)] if look.words < FEW_WORDS else []


def _tests(texts: Texts, words: list[str]) -> tuple[list[str], list[str]]:
    """How much of each test the vocabulary covers, and which tests there will be no word of."""
    measures, covered = WordMeasures(texts.source.language), []
    missing = [f"{measure.title} is not on this machine: it will not be measured." for measure in measures.missing]
    rows = benchmarks.WordTable(words, np.zeros((len(words), 1), np.float32))
    for measure, path in measures.tests:
        if measure.kind == "pairs":
            pairs = benchmarks.read_pairs(path)
            count = sum(rows.find(first) is not None and rows.find(two) is not None for first, two, _ in pairs)
            covered.append(f"{measure.title}: the vocabulary covers {count} of {len(pairs)} pairs.")
        else:
            questions = [question for section in benchmarks.read_analogies(path).values() for question in section]
            count = sum(all(rows.find(word) is not None for word in question) for question in questions)
            covered.append(f"{measure.title}: the vocabulary covers {count:,} of {len(questions):,} questions.")
    return covered, missing
