"""The hyper-parameters of word2vec in Keras: CBOW and skip-gram as the textbook teaches them."""

from ..declaring import changed, setting, settings
from ..settings import Batches
from .settings import NEGATIVE, DynamicWindow, FallingRate, Loss, Negative, WordTraining

SOFTMAX = "full softmax"
SLOW_SOFTMAX = 20_000
"""Words; each pair of a full softmax costs a score and a gradient for every word of the vocabulary."""
GROUP = 64
"""Rows of a batch that share their negatives."""


@settings(
    learning_rate=changed(0.025, help="Learning rate of a single pair at the start; decreases linearly"),
    batch_size=changed(8192, help="Pairs per training step", maximum=1_000_000, advanced=True),
)
class Word2VecKeras(Batches, FallingRate, DynamicWindow, Negative, WordTraining):
    """What CBOW and skip-gram in Keras share."""

    tables: str = setting(
        "two",
        "Tables",
        "two: a word has one vector as itself and one as a target (the papers); shared: one for both (the textbook)",
        choices=("two", "shared"),
    )
    shared_negatives: int = setting(
        16,
        "Shared negatives",
        f"Random words that {GROUP} pairs share, weighted down to the number of negative samples",
        group="Training",
        minimum=1,
        maximum=4096,
        advanced=True,
    )
    pairs_a_word: float = setting(
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
        self.check_rates()


@settings()
class SkipGramKeras(Word2VecKeras):
    """Mikolov, Sutskever, Chen, Corrado & Dean 2013b, equation 4."""


@settings(
    objective=changed(
        NEGATIVE,
        help="negative sampling (Mikolov et al. 2013b, equation 4), or the full softmax, for small vocabularies",
        choices=(NEGATIVE, SOFTMAX),
    ),
    batch_size=changed(
        2048, help="Windows a step; a full softmax holds a score for each and each word of the vocabulary"
    ),
)
class CBOWKeras(Word2VecKeras, Loss):
    """Mikolov, Chen, Corrado & Dean 2013a, section 3.1."""
