"""Training pairs of word2vec, made a block of sentences at a time in NumPy: no loop over words, bounded memory.

The sampling is that of the word2vec tool and of gensim (Mikolov et al. 2013b, Distributed representations of words and
phrases and their compositionality, sections 2.2 and 2.3): frequent words are thinned out before windows are cut, each
position draws its own window, and negatives come from the counts to the power of 3/4.

A block's pairs are a function of seed, epoch and block alone: a resumed training sees what an uninterrupted one sees.
"""

from dataclasses import dataclass

import numpy as np

BLOCK = 1 << 18
"""Words a block, about: some 2 million pairs at window 5, which take 40 MB while they are shuffled."""


def keep_probability(counts: np.ndarray, sample: float) -> np.ndarray:
    """Chance of each word, float32 ``[words]``, to survive the thinning of frequent words.

    p = √(t/f) + t/f with f the word's share of ``counts`` and t = ``sample``, at most 1: what word2vec.c and gensim
    compute; the paper's equation 5 prints 1 − √(t/f) as the chance to be dropped. ``sample`` 0 keeps everything.
    """
    if not sample:
        return np.ones(len(counts), np.float32)
    ratio = sample * float(counts.sum()) / np.maximum(counts, 1)
    return np.minimum(np.sqrt(ratio) + ratio, 1.0).astype(np.float32)


@dataclass(frozen=True)
class Negatives:
    """Words drawn with a chance in proportion to count^(3/4) (Mikolov et al. 2013b, section 2.2)."""

    cumulative: np.ndarray
    """float64 ``[words]``, rising to 1."""

    @classmethod
    def of(cls, counts: np.ndarray, power: float = 0.75) -> "Negatives":
        weight = np.asarray(counts, np.float64) ** power
        return cls(np.cumsum(weight) / weight.sum())

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Word ids, int32 of ``shape``."""
        drawn = np.searchsorted(self.cumulative, rng.random(shape), side="right")
        return np.minimum(drawn, len(self.cumulative) - 1).astype(np.int32)


def cut(starts: np.ndarray, tokens: int = BLOCK) -> np.ndarray:
    """Where blocks of whole sentences begin: indices into ``starts``, int64 ``[blocks + 1]``.

    ``starts`` ``[sentences + 1]`` holds each sentence's first position and the end. A block ends with the sentence in
    which it reaches ``tokens`` words.
    """
    if len(starts) < 2:
        return np.zeros(1, np.int64)
    targets = np.arange(int(starts[0]) + tokens, int(starts[-1]) + tokens, tokens)
    return np.unique(np.concatenate([[0], np.minimum(np.searchsorted(starts, targets), len(starts) - 1)]))


def thin(
    ids: np.ndarray, starts: np.ndarray, keep: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Known words that survive, int32 ``[kept]``, and the number of each one's sentence, int32 ``[kept]``.

    ``ids`` is the whole corpus (negative: a word that the vocabulary lacks, left out before windows are cut as
    word2vec does), ``starts`` ``[sentences + 1]`` the borders of the sentences wanted.
    """
    words = np.asarray(ids[int(starts[0]) : int(starts[-1])])
    sentence = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    stays = (words >= 0) & (rng.random(len(words), dtype=np.float32) < keep[np.maximum(words, 0)])
    return words[stays].astype(np.int32, copy=False), sentence[stays]


def skip_grams(
    words: np.ndarray, sentence: np.ndarray, window: int, rng: np.random.Generator, dynamic: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Centres and contexts, int32 ``[pairs]`` each, shuffled.

    Each position draws its reach uniformly from 1 to ``window`` (Mikolov et al. 2013a, section 3.2); a pair never
    crosses the border of a sentence.
    """
    reach = _reach(len(words), window, rng, dynamic)
    centres, contexts = [], []
    for offset in range(1, window + 1):
        left, right, together = words[:-offset], words[offset:], sentence[:-offset] == sentence[offset:]
        forth, back = together & (reach[:-offset] >= offset), together & (reach[offset:] >= offset)
        centres += [left[forth], right[back]]
        contexts += [right[forth], left[back]]
    order = rng.permutation(sum(map(len, centres)))
    return np.concatenate(centres)[order], np.concatenate(contexts)[order]


def windows(
    words: np.ndarray, sentence: np.ndarray, window: int, rng: np.random.Generator, dynamic: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Contexts, int32 ``[centres, 2 · window]`` (−1: no word), and centres, int32 ``[centres]``, shuffled.

    Centres without any context are left out.
    """
    reach = _reach(len(words), window, rng, dynamic)
    contexts = np.full((len(words), 2 * window), -1, np.int32)
    for offset in range(1, window + 1):
        together = sentence[:-offset] == sentence[offset:]
        forth, back = together & (reach[:-offset] >= offset), together & (reach[offset:] >= offset)
        contexts[:-offset, window + offset - 1][forth] = words[offset:][forth]
        contexts[offset:, window - offset][back] = words[:-offset][back]
    rows = np.flatnonzero((contexts >= 0).any(axis=1))
    rng.shuffle(rows)
    return contexts[rows], words[rows]


def _reach(count: int, window: int, rng: np.random.Generator, dynamic: bool) -> np.ndarray:
    if not dynamic:
        return np.full(count, window, np.int16)
    return rng.integers(1, window + 1, count, dtype=np.int16)


@dataclass(frozen=True)
class Batch:
    """What a step learns from; all batches of a training have the same shapes, so that one graph serves them all."""

    inputs: np.ndarray
    """int32: centres ``[batch]`` of skip-gram, contexts ``[batch, 2 · window]`` of CBOW (−1: none)."""
    targets: np.ndarray
    """int32 ``[batch]``: the word to be told from noise, or to be found among all."""
    negatives: np.ndarray
    """int32 ``[groups, shared]``; the batch's rows, in order, form ``groups`` equal groups."""
    weights: np.ndarray
    """float32 ``[batch]``: 1, and 0 for the rows that only fill up the last batch of a block."""


class Block:
    """The pairs of one block in one epoch; ``block[i]`` is its i-th batch, whichever were asked for before."""

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, sampler: "Sampler", place: tuple[int, int]) -> None:
        self.inputs, self.targets = inputs, targets
        self._sampler, self._place = sampler, place

    def __len__(self) -> int:
        return -(-len(self.targets) // self._sampler.batch_size)

    def __getitem__(self, index: int) -> Batch:
        if not 0 <= index < len(self):
            raise IndexError(index)
        sampler, size = self._sampler, self._sampler.batch_size
        inputs, targets = (part[index * size : (index + 1) * size] for part in (self.inputs, self.targets))
        weights = np.ones(size, np.float32)
        if len(targets) < size:
            weights[len(targets) :] = 0
            inputs, targets = np.resize(inputs, (size, *inputs.shape[1:])), np.resize(targets, size)
        rng = np.random.default_rng([sampler.seed, 13, *self._place, index])
        return Batch(inputs, targets, sampler.noise.draw((size // sampler.group, sampler.shared), rng), weights)


class Sampler:
    """The pairs (CBOW: windows) of an encoded corpus, block by block.

    ``ids`` int32 ``[tokens]`` may be memory-mapped, −1 is a word out of the vocabulary; ``starts`` int64
    ``[sentences + 1]``: where sentences begin, and the end; ``counts`` ``[words]``. ``group`` rows of a batch share
    ``shared`` negatives; ``batch_size`` is a multiple of ``group``.
    """

    def __init__(
        self,
        ids: np.ndarray,
        starts: np.ndarray,
        counts: np.ndarray,
        *,
        cbow: bool,
        window: int,
        sample: float,
        batch_size: int,
        group: int,
        shared: int,
        seed: int,
        dynamic: bool = True,
        tokens: int = BLOCK,
    ) -> None:
        if batch_size % group:
            raise ValueError(f"a batch of {batch_size} does not divide into groups of {group}")
        self.ids, self.starts, self.cbow, self.window, self.dynamic = ids, starts, cbow, window, dynamic
        self.batch_size, self.group, self.shared, self.seed = batch_size, group, shared, seed
        self.keep, self.noise, self.borders = (
            keep_probability(counts, sample),
            Negatives.of(counts),
            cut(starts, tokens),
        )
        expected = float((self.keep * counts).sum())
        self.expected = expected if cbow else expected * ((window + 1) if dynamic else 2 * window)
        """Pairs (CBOW: windows) an epoch, at most: kept words times the mean number of their neighbours."""

    def __len__(self) -> int:
        """Blocks."""
        return len(self.borders) - 1

    def order(self, epoch: int) -> np.ndarray:
        """The epoch's order of the blocks."""
        return np.random.default_rng([self.seed, 11, epoch]).permutation(len(self))

    def block(self, epoch: int, number: int) -> Block:
        """A block as an epoch sees it: always the same."""
        rng = np.random.default_rng([self.seed, 12, epoch, number])
        first, last = int(self.borders[number]), int(self.borders[number + 1])
        words, sentence = thin(self.ids, self.starts[first : last + 1], self.keep, rng)
        make = windows if self.cbow else skip_grams
        return Block(*make(words, sentence, self.window, rng, self.dynamic), self, (epoch, number))
