"""The sentences of texts, each with the one before it and the one after it: read once, divided, cut into words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.errors import UserError
from ....data.paths import atomic_open
from ...text import tokenizer as tok
from ...text.batching import Ragged
from ...text.sentences import each_sentence
from ..language.corpus import CHUNK, PARTS, LanguageCorpus, Pause, Spool, Stage, spooled

LEAST = 50
"""Sentences with two neighbours from which on something is learnt."""
CHARACTERS = {"zh": 25}
"""Of a sentence, where it has not :data:`SPACED`."""
SPACED = 100
LONG = 40
"""Characters beyond which a text that trained too is left out of the other parts."""
VOCABULARY = "words.json"


@dataclass(frozen=True)
class SentenceTriples:
    """A part of the texts: its sentences as ids, in their order, and which of them stand between two others."""

    ids: Ragged
    middles: np.ndarray
    """int64 ``[triples]``: rows whose neighbours are of the same text."""

    def __len__(self) -> int:
        return len(self.middles)

    @property
    def lengths(self) -> np.ndarray:
        """Words of the longest sentence of each triple."""
        each = self.ids.lengths
        return np.max([each[self.middles + step] for step in (-1, 0, 1)], axis=0) if len(self) else self.middles

    def padded(self, triples: np.ndarray, multiple: int = 1) -> dict[str, np.ndarray]:
        """Sentences with their neighbours by number, int32 ``[triples, longest]`` each, all of one width."""
        rows = (self.middles[triples][None] + np.array([[-1], [0], [1]])).ravel()
        padded = np.split(self.ids.padded(rows, multiple), 3)
        return dict(zip(("previous", "sentence", "next"), padded, strict=True))

    def predicted(self, triples: np.ndarray) -> int:
        """Words of the neighbours, an end behind each counted: what the two decoders say."""
        rows, each = self.middles[triples], self.ids.lengths
        return int(each[rows - 1].sum() + each[rows + 1].sum() + 2 * len(rows))

    def first(self, most: int) -> "SentenceTriples":
        """At most so many triples, and the sentences that they are of."""
        middles = self.middles[:most]
        last = int(middles[-1]) + 2 if len(middles) else 0
        starts = self.ids.starts[: last + 1]
        return SentenceTriples(Ragged(self.ids.flat[: starts[-1]], starts), middles)


def read_sentences(
    corpus: LanguageCorpus, settings: Any, folder: Path, stage: Stage, pause: Pause
) -> tuple[Tokenizer, dict[str, SentenceTriples]]:
    """The tokenizer of the training part's words, and the sentences of each part. From ``folder``, where an earlier
    attempt has left them. UserError where there is too little."""
    files = {part: folder / f"sentences-{part}.npz" for part in PARTS}
    if all(file.exists() for file in files.values()):
        return tok.load(folder / VOCABULARY), {part: _load(file) for part, file in files.items()}
    with spooled(corpus, folder, pause) as spools:
        stage("preparing", "learning the vocabulary")
        counts = tok.count_tokens(_paused(_used(corpus, settings, spools["train"]), pause))
        tokenizer = tok.build(counts, settings.vocabulary_size, settings.min_count)
        # A division that others have published is measured as it is.
        seen = None if corpus.source.published else set[int]()
        parts: dict[str, SentenceTriples] = {}
        for part in PARTS:
            stage("preparing", f"cutting the texts into sentences ({part})")
            texts = _used(corpus, settings, spools["train"]) if part == "train" else iter(spools[part])
            if seen is not None:
                texts = _noted(texts, seen) if part == "train" else _unseen(texts, seen)
            parts[part] = _cut(_paused(texts, pause), tokenizer, settings.max_words)
    check_size(corpus, parts)
    (folder / VOCABULARY).write_text(tokenizer.to_str(), "utf-8")
    for part in reversed(PARTS):  # the first of them is written last
        with atomic_open(files[part], "wb") as stream:
            ids = parts[part].ids
            np.savez(stream, flat=ids.flat, starts=ids.starts, middles=parts[part].middles)
    return tokenizer, parts


def remove_sentences(folder: Path) -> None:
    """Take away what :func:`read_sentences` has left."""
    for file in (*(folder / f"sentences-{part}.npz" for part in PARTS), folder / VOCABULARY):
        file.unlink(missing_ok=True)


def check_size(corpus: LanguageCorpus, parts: dict[str, SentenceTriples]) -> None:
    """UserError where there is too little to learn from."""
    if len(parts["train"]) < LEAST or not len(parts["validation"]) or not len(parts["test"]):
        train, validation, test = (len(parts[part]) for part in PARTS)
        raise UserError(
            f"{corpus.source.name} has {train:,} sentences between two others of the same text to learn from, "
            f"{validation:,} to validate with and {test:,} to test on; at least {LEAST}, 1 and 1 are "
            "needed: take texts of three sentences or more (a text file is one text if it is read as a document)."
        )


def unigram_perplexity(parts: dict[str, SentenceTriples], vocabulary: int) -> float:
    """Of the test part's neighbours, predicted by how frequent each word and each end is in the training part; each is
    counted once more than it occurs (Laplace)."""
    test, counts = parts["test"], frequencies(parts["train"], vocabulary)
    bits = -np.log2((counts + 1) / (counts.sum() + vocabulary))
    rows = np.concatenate([test.middles - 1, test.middles + 1])
    total = sum(float(bits[test.ids[row]].sum()) for row in rows.tolist()) + len(rows) * bits[tok.PAD]
    return 2 ** (total / max(test.predicted(np.arange(len(test))), 1))


def frequencies(part: SentenceTriples, vocabulary: int) -> np.ndarray:
    """How often each word occurs, and the end of a sentence as id 0, float64 ``[vocabulary]``."""
    counts = np.bincount(part.ids.flat, minlength=vocabulary).astype(np.float64)
    counts[tok.PAD] = len(part.ids)
    return counts


def _used(corpus: LanguageCorpus, settings: Any, spool: Spool) -> Iterator[str]:
    """The texts that are learnt from."""
    characters = CHARACTERS.get(corpus.source.language.partition("-")[0], SPACED) * settings.most_sentences
    return spool.drawn(characters, corpus.seed) if characters else iter(spool)


def _paused(texts: Iterable[str], pause: Pause) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number % CHUNK == 0:
            pause()
        yield text


def _noted(texts: Iterable[str], seen: set[int]) -> Iterator[str]:
    for text in texts:
        seen.add(hash(text))
        yield text


def _unseen(texts: Iterable[str], seen: set[int]) -> Iterator[str]:
    return (text for text in texts if len(text) <= LONG or hash(text) not in seen)


def _cut(texts: Iterable[str], tokenizer: Tokenizer, most: int) -> SentenceTriples:
    rows: list[np.ndarray] = []
    middles: list[int] = []
    waiting: list[list[str]] = []

    def flush() -> None:
        encoded = iter(tokenizer.encode_batch_fast(list(chain.from_iterable(waiting)), add_special_tokens=False))
        for text in waiting:
            ids = [np.array(next(encoded).ids[:most], np.int32) for _ in text]
            ids = [each for each in ids if len(each)]  # of signs alone that are no words, nothing is left
            middles.extend(range(len(rows) + 1, len(rows) + len(ids) - 1))
            rows.extend(ids)
        waiting.clear()

    for text in texts:
        waiting.append(list(each_sentence(text)))
        if len(waiting) >= CHUNK:
            flush()
    flush()
    return SentenceTriples(Ragged.pack(rows), np.array(middles, np.int64))


def _load(file: Path) -> SentenceTriples:
    with np.load(file) as held:
        return SentenceTriples(Ragged(held["flat"], held["starts"]), held["middles"])
