"""The hyper-parameters of word vectors: what all their recipes share, and those of gensim's word2vec."""

import math

from ..declaring import changed, setting, settings
from ..settings import ContextWindow, Passes, Precision, Rate, Vocabulary

NEGATIVE, HIERARCHICAL = "negative sampling", "hierarchical softmax"
SKIP_GRAM, CBOW = "skip-gram", "cbow"


@settings()
class VectorSize:
    vector_size: int = setting(100, "Vector size", "Components of a word vector", minimum=2, maximum=2000)


@settings()
class Architecture:
    architecture: str = setting(
        SKIP_GRAM,
        "Architecture",
        "skip-gram predicts the words around a word, cbow a word from those around it (Mikolov et al. 2013a)",
        choices=(SKIP_GRAM, CBOW),
    )


@settings()
class Loss:
    objective: str = setting(
        NEGATIVE,
        "Objective",
        "negative sampling (Mikolov et al. 2013b, equation 4) or hierarchical softmax (equation 3)",
        choices=(NEGATIVE, HIERARCHICAL),
    )


@settings()
class Negative:
    negative: int = setting(
        5, "Negative samples", "Random words that each true pair is contrasted with", minimum=1, maximum=100
    )


@settings()
class Exponent:
    ns_exponent: float = setting(
        0.75,
        "Sampling exponent",
        "Negative samples are drawn with probability proportional to count to this power",
        minimum=-2,
        maximum=2,
        advanced=True,
    )


@settings()
class DynamicWindow:
    dynamic_window: bool = setting(
        True,
        "Dynamic window",
        "Each window is drawn between 1 and its size, so that near words count for more",
        advanced=True,
    )


@settings()
class Subsampling:
    subsampling: float = setting(
        1e-4,
        "Subsampling",
        "Words more frequent than this share are seen less often (Mikolov et al. 2013b, section 2.3); 0: off",
        group="Data",
        minimum=0,
        maximum=1,
    )


@settings(learning_rate=changed(0.025, help="Learning rate at the start; decreases linearly", minimum=1e-6, maximum=1))
class FallingRate(Rate):
    end_learning_rate: float = setting(
        0.0001,
        "Last learning rate",
        "Learning rate at the end",
        group="Training",
        minimum=1e-9,
        maximum=1,
        advanced=True,
    )

    def check_rates(self) -> None:
        """ValueError where the learning rate would rise."""
        if self.end_learning_rate > self.learning_rate:
            raise ValueError("the last learning rate must not be higher than the first")


@settings()
class Threads:
    workers: int = setting(
        0,
        "Threads",
        "0: one a core. With 1 the same seed gives the same vectors",
        group="Training",
        minimum=0,
        maximum=256,
        advanced=True,
    )


@settings(
    vocabulary_size=changed(50_000, minimum=2, maximum=5_000_000),
    min_count=changed(5, help="Words seen less often are left out", maximum=100_000, advanced=False),
    epochs=changed(5, help="Passes over the texts"),
)
class VectorTraining(Passes, Subsampling, Vocabulary, ContextWindow, VectorSize):
    """What word vectors and paragraph vectors share."""


LEARNT_FROM = 12_000_000
"""Words, each pass counted, after which the vectors of a small corpus have parted from one another: those of 240,000
words of film reviews have a mean cosine of 0.99 after 5 passes, 0.44 after 20 and 0.14 after 60."""
FEWEST_EPOCHS, MOST_EPOCHS = 5, 100


def epochs_for(words: int) -> int:
    """Passes over a corpus of so many words that its vectors need."""
    return min(max(math.ceil(LEARNT_FROM / max(words, 1)), FEWEST_EPOCHS), MOST_EPOCHS)


def recommended(words: int) -> dict[str, int]:
    """What suits a corpus of so many words: ``epochs``, ``vector_size``, ``min_count``."""
    size = 50 if words < 100_000 else 100 if words < 20_000_000 else 300
    least = 2 if words < 50_000 else 3 if words < 150_000 else 5
    return {"epochs": epochs_for(words), "vector_size": size, "min_count": least}


@settings(
    epochs=changed(0, help="Passes over the texts; 0: as many as their size asks for", minimum=0),
    precision=changed("float16", help="Precision of the finished vectors", choices=("float16", "int8")),
)
class WordTraining(Precision, VectorTraining):
    """What all trainings of word vectors share."""

    postprocess: bool = setting(
        False,
        "All but the top",
        "Centre the vectors and remove their strongest directions (Mu & Viswanath 2018)",
        advanced=True,
    )
    blend: str = setting(
        "",
        "Blend with",
        "Other vectors (a name like glove-en, or a file) concatenated with these (Yin & Schütze 2016)",
        advanced=True,
    )
    blend_size: int = setting(
        0,
        "Blended size",
        "Components left of blended vectors by principal components; 0: all",
        minimum=0,
        maximum=4000,
        advanced=True,
    )
    blend_words: int = setting(
        0,
        "Words from the blend",
        "Further words taken from the other vectors that the texts lack",
        minimum=0,
        maximum=2_000_000,
        advanced=True,
    )

    phrases: int = setting(
        0,
        "Phrases",
        "Passes that join words that often occur together, such as new_york (Mikolov et al. 2013b, section 4)",
        group="Data",
        minimum=0,
        maximum=2,
    )
    phrase_threshold: float = setting(
        10.0,
        "Phrase threshold",
        "Pairs of words with a higher score become phrases; a higher threshold makes fewer",
        group="Data",
        minimum=0.001,
        maximum=1e9,
        advanced=True,
    )
    phrase_min_count: int = setting(
        20,
        "Least phrase count",
        "Pairs that occur less often are not joined",
        group="Data",
        minimum=1,
        maximum=1_000_000,
        advanced=True,
    )
    sentences: bool = setting(
        False,
        "Stop at sentences",
        "A window does not reach over the end of a sentence",
        group="Data",
        advanced=True,
    )
    punctuation: bool = setting(
        True,
        "Keep punctuation",
        "Keep punctuation marks as words, as text models that use the vectors expect",
        group="Data",
        advanced=True,
    )

    def check(self) -> None:
        """ValueError where settings do not fit together."""
        if not self.blend.strip() and (self.blend_size or self.blend_words):
            raise ValueError("blended size and words from the blend need vectors to blend with: set blend")


@settings()
class Word2VecGensim(WordTraining, Threads, FallingRate, DynamicWindow, Exponent, Negative, Loss, Architecture):
    """Mikolov, Chen, Corrado & Dean 2013 (2013a) and Mikolov, Sutskever, Chen, Corrado & Dean 2013 (2013b)."""

    def check(self) -> None:
        super().check()
        self.check_rates()
