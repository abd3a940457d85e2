"""Texts to a tokenised corpus in the run's folder: lines of words, cut into shards, counted while written.

A shard is a plain file of about :data:`SHARD_WORDS` words, so that a training can tell where it is, stop and continue
between two of them. Phrases (``new_york``) are joined in further passes, by gensim.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import atomic_open, write_json
from ...jobs.stopping import StopRequested
from ...results import UserError
from ...text.units import stretches as in_parts
from ..shared import Emit, Stop
from .texts import Texts, spoken

MAX_LINE = 10_000
"""Words of a line at most: gensim cuts longer ones by itself."""
SHARD_WORDS = 25_000
SHARDS = 40
"""So many shards at least have texts that allow it: the bar of a small training moves too."""
ENDS = frozenset((".", "!", "?", "。", "！", "？", "…"))
JOINT = "\x1f"
"""What gensim joins by: it takes phrases apart again, and words of the text and of the first pass hold a ``_``."""
SAY_EVERY = 2.0
"""Seconds between two words on how far it is."""


@dataclass(frozen=True)
class Corpus:
    """A finished corpus on disk: ``shards`` are (file name, words) in the order of the texts."""

    folder: Path
    shards: tuple[tuple[str, int], ...]
    texts: int
    phrases: int = 0
    """Different phrases that were joined."""

    @property
    def words(self) -> int:
        """Words in all, with repetition."""
        return sum(words for _, words in self.shards)

    def lines(self) -> Iterator[list[str]]:
        """The lines as lists of words."""
        for name, _ in self.shards:
            with (self.folder / name).open(encoding="utf-8") as stream:
                for line in stream:
                    yield line.split()

    def counts(self) -> dict[str, int]:
        """How often each word occurs, the most frequent first, ties by spelling."""
        rows = (self.folder / "counts.tsv").read_text("utf-8").splitlines()
        return {word: int(count) for word, _, count in (row.partition("\t") for row in rows)}

    def vocabulary(self, size: int, min_count: int) -> tuple[list[str], np.ndarray]:
        """The ``size`` most frequent words seen at least ``min_count`` times, and their counts, int64 ``[n]``.

        UserError where fewer than two are left: there is nothing to tell apart.
        """
        frequent = [(word, n) for word, n in self.counts().items() if n >= min_count][:size]
        if len(frequent) < 2:
            raise UserError(
                f"Only {len(frequent)} different words occur at least {min_count} times in {self.words:,} words: "
                "give more texts, or a lower min_count."
            )
        return [word for word, _ in frequent], np.asarray([n for _, n in frequent], np.int64)


class CorpusWriter:
    """Writes lines into shards and counts their words; :meth:`close` makes the corpus whole."""

    def __init__(self, folder: Path, shard_words: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self.shard_words = folder, shard_words
        self.counts: Counter[str] = Counter()
        self.shards: list[tuple[str, int]] = []
        self.words = 0
        self._lines: list[str] = []
        self._waiting = 0

    def add(self, words: list[str]) -> None:
        for start in range(0, len(words), MAX_LINE):
            line = words[start : start + MAX_LINE]
            self.counts.update(line)
            self._lines.append(" ".join(line))
            self._waiting += len(line)
            self.words += len(line)
            if self._waiting >= self.shard_words:
                self._flush()

    def close(self, texts: int, phrases: int = 0) -> Corpus:
        self._flush()
        with atomic_open(self.folder / "counts.tsv") as stream:
            for word, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
                stream.write(f"{word}\t{count}\n")
        # Written last: a folder without it was never finished.
        write_json(self.folder / "corpus.json", {"shards": self.shards, "texts": texts, "phrases": phrases})
        return Corpus(self.folder, tuple(self.shards), texts, phrases)

    def _flush(self) -> None:
        if self._lines:
            name = f"shard-{len(self.shards):05d}.txt"
            (self.folder / name).write_text("\n".join(self._lines) + "\n", encoding="utf-8")
            self.shards.append((name, self._waiting))
            self._lines, self._waiting = [], 0


def prepare(texts: Texts, settings: Any, folder: Path, emit: Emit, should_stop: Stop) -> Corpus:
    """The corpus of a run, made in ``folder/corpus`` or found there as an earlier attempt left it.

    Raises StopRequested when asked to stop, and UserError where no words are found.
    """
    places = [folder / f"corpus-{number}" for number in range(settings.phrases)] + [folder / "corpus"]
    finished = load(places[-1])
    if finished is not None:
        return finished
    corpus = load(places[0]) or _tokenise(texts, settings, places[0], emit, should_stop)
    for number, place in enumerate(places[1:], 1):
        made = load(place)
        if made is None:
            connectors = texts.source.language.lower().startswith("en")
            made = _join(corpus, settings, place, number, connectors, emit, should_stop)
        shutil.rmtree(corpus.folder, ignore_errors=True)
        corpus = made
    return corpus


def load(folder: Path) -> Corpus | None:
    """A finished corpus; None where there is none or it is half there."""
    try:
        values = json.loads((folder / "corpus.json").read_text("utf-8"))
        shards = tuple((str(name), int(words)) for name, words in values["shards"])
    except (OSError, ValueError, KeyError):
        return None
    return Corpus(folder, shards, int(values["texts"]), int(values["phrases"]))


def _tokenise(texts: Texts, settings: Any, folder: Path, emit: Emit, should_stop: Stop) -> Corpus:
    writer, count, total = CorpusWriter(folder, _shard_words(texts)), 0, texts.count
    say = Saying(emit)
    for text in texts:
        if count % 64 == 0 and should_stop():
            raise StopRequested
        # Marks end sentences and part phrases, so they go last.
        for part in in_parts(text):
            for line in _lines(texts.words(part), settings.sentences):
                writer.add(line if settings.punctuation or settings.phrases else spoken(line))
        count += 1
        say(lambda: f"cutting texts into words: {writer.words:,} in {count:,} of {total:,} texts")  # noqa: B023
    if not writer.words:
        raise UserError(f"{texts.source.name} holds no words: there are {count:,} texts, all of them empty.")
    return writer.close(count)


def _shard_words(texts: Texts) -> int:
    """Words a shard: :data:`SHARD_WORDS`, fewer where the first texts say that there are few in all."""
    seen = words = 0
    for text in texts:
        seen, words = seen + 1, words + len(text.split()) + len(text) // 20
        if seen == 200 or words > SHARDS * SHARD_WORDS:
            break
    return min(max(words * texts.count // (max(seen, 1) * SHARDS), 200), SHARD_WORDS)


def _lines(words: list[str], sentences: bool) -> Iterator[list[str]]:
    if not sentences:
        if words:
            yield words
        return
    start = 0
    for index, word in enumerate(words):
        if word in ENDS or word.strip("!?.…") == "":
            yield words[start : index + 1]
            start = index + 1
    if start < len(words):
        yield words[start:]


def _join(
    corpus: Corpus, settings: Any, folder: Path, number: int, connectors: bool, emit: Emit, should_stop: Stop
) -> Corpus:
    """One pass of phrases: pairs are counted in the whole corpus, then joined (Mikolov et al. 2013b, equation 6)."""
    from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

    say = Saying(emit)
    # A second pass joins phrases to phrases: it asks for less, as in the original's script.
    threshold = settings.phrase_threshold / number
    phrases = Phrases(
        min_count=settings.phrase_min_count,
        threshold=threshold,
        delimiter=JOINT,
        connector_words=ENGLISH_CONNECTOR_WORDS if connectors else frozenset(),
    )
    seen = 0
    for words, stretches in _by_shard(corpus):
        if should_stop():
            raise StopRequested
        phrases.add_vocab(part for part, joinable in stretches if joinable)
        seen += words
        say(lambda: f"looking for phrases, pass {number}: {seen:,} of {corpus.words:,} words")  # noqa: B023
    joined = phrases.freeze()
    del phrases
    writer = CorpusWriter(folder, max(min(SHARD_WORDS, corpus.words // SHARDS), 1))
    seen = 0
    for line in corpus.lines():
        seen += len(line)
        if should_stop():
            raise StopRequested
        out: list[str] = []
        for part, joinable in _stretches(line):
            out += [word.replace(JOINT, "_") for word in joined[part]] if joinable else part
        writer.add(out if settings.punctuation or number < settings.phrases else spoken(out))
        say(lambda: f"joining phrases, pass {number}: {seen:,} of {corpus.words:,} words")  # noqa: B023
    return writer.close(corpus.texts, corpus.phrases + len(joined.phrasegrams))


def _by_shard(corpus: Corpus) -> Iterator[tuple[int, Iterable[tuple[list[str], bool]]]]:
    for name, words in corpus.shards:
        with (corpus.folder / name).open(encoding="utf-8") as stream:
            yield words, [part for line in stream for part in _stretches(line.split())]


def _stretches(line: list[str]) -> Iterator[tuple[list[str], bool]]:
    """Runs of words and, apart, what no phrase reaches over: punctuation, numbers, and the halves of don't."""
    start = 0
    for index, word in enumerate(line):
        if "'" in word or not word[0].isalpha():
            if start < index:
                yield line[start:index], True
            yield [word], False
            start = index + 1
    if start < len(line):
        yield line[start:], True


class Saying:
    """Says how far it is, now and then."""

    def __init__(self, emit: Emit) -> None:
        self._emit, self._last = emit, time.monotonic()

    def __call__(self, sentence: Callable[[], str]) -> None:
        now = time.monotonic()
        if now - self._last >= SAY_EVERY:
            self._last = now
            self._emit("state", stage="preparing", message=sentence())
