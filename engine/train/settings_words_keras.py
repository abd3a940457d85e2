"""The hyper-parameters of word2vec in Keras: CBOW and skip-gram as the textbook teaches them."""

from dataclasses import dataclass

from . import settings_rows as rows
from .settings import _field
from .settings_words import NEGATIVE, WordTraining

SOFTMAX = "full softmax"
SLOW_SOFTMAX = 20_000
"""Words; each pair of a full softmax costs a score and a gradient for every word of the vocabulary."""
GROUP = 64
"""Rows of a batch that share their negatives."""


@dataclass(frozen=True)
class Word2VecKeras(WordTraining):
    """What CBOW and skip-gram in Keras share."""

    tables: str = _field(
        "two",
        "Tables",
        "two: a word has one vector as itself and one as a target (the papers); shared: one for both (the textbook)",
        choices=("two", "shared"),
    )
    negative: int = rows.negative("a true pair")
    dynamic_window: bool = rows.dynamic_window()
    learning_rate: float = rows.learning_rate("Of a single pair, at the start; falls linearly")
    end_learning_rate: float = rows.end_learning_rate()
    batch_size: int = _field(
        8192, "Batch", "Pairs a step", group="Training", minimum=1, maximum=1_000_000, advanced=True
    )
    shared_negatives: int = _field(
        16,
        "Shared negatives",
        f"Random words that {GROUP} pairs share, weighted down to the number of negative samples",
        group="Training",
        minimum=1,
        maximum=4096,
        advanced=True,
    )
    pairs_a_word: float = _field(
        64.0,
        "Pairs a word",
        "A word in more pairs of a batch moves by so many times its mean gradient, not by the sum of all",
        group="Training",
        minimum=1,
        maximum=1e9,
        advanced=True,
    )

    def check(self) -> None:
        super().check()
        rows.check_rates(self)


@dataclass(frozen=True)
class SkipGramKeras(Word2VecKeras):
    """Mikolov, Sutskever, Chen, Corrado & Dean 2013b, equation 4."""


@dataclass(frozen=True)
class CBOWKeras(Word2VecKeras):
    """Mikolov, Chen, Corrado & Dean 2013a, section 3.1."""

    objective: str = _field(
        NEGATIVE,
        "Objective",
        "negative sampling (Mikolov et al. 2013b, equation 4), or the full softmax, for small vocabularies",
        choices=(NEGATIVE, SOFTMAX),
    )
    batch_size: int = _field(
        2048,
        "Batch",
        "Windows a step; a full softmax holds a score for each and each word of the vocabulary",
        group="Training",
        minimum=1,
        maximum=1_000_000,
        advanced=True,
    )
