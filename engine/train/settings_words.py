"""The hyper-parameters of word vectors: what all their recipes share, and those of gensim's word2vec."""

from dataclasses import dataclass

from . import settings_rows as rows
from .settings import _field

NEGATIVE, HIERARCHICAL = "negative sampling", "hierarchical softmax"
SKIP_GRAM, CBOW = "skip-gram", "cbow"


@dataclass(frozen=True)
class WordTraining:
    """What all trainings of word vectors share."""

    vector_size: int = _field(100, "Vector size", "Components of a word vector", minimum=2, maximum=2000)
    window: int = _field(5, "Window", "Words on either side that a word is learnt from", minimum=1, maximum=100)
    postprocess: bool = _field(
        False,
        "All but the top",
        "Centre the vectors and remove their strongest directions (Mu & Viswanath 2018)",
        advanced=True,
    )
    blend: str = _field(
        "",
        "Blend with",
        "Other vectors (a name like glove-en, or a file) set side by side with these (Yin & Schütze 2016)",
        advanced=True,
    )
    blend_size: int = _field(
        0,
        "Blended size",
        "Components left of blended vectors by principal components; 0: all",
        minimum=0,
        maximum=4000,
        advanced=True,
    )
    blend_words: int = _field(
        0,
        "Words from the blend",
        "So many more words come from the other vectors though the texts lack them",
        minimum=0,
        maximum=2_000_000,
        advanced=True,
    )

    vocabulary_size: int = rows.vocabulary_size()
    min_count: int = rows.min_count()
    subsampling: float = rows.subsampling()
    phrases: int = _field(
        0,
        "Phrases",
        "Passes that join words which occur together, as new_york (Mikolov et al. 2013b, section 4)",
        group="Data",
        minimum=0,
        maximum=2,
    )
    phrase_threshold: float = _field(
        10.0,
        "Phrase threshold",
        "A pair of words with a higher score becomes a phrase; higher means fewer",
        group="Data",
        minimum=0.001,
        maximum=1e9,
        advanced=True,
    )
    phrase_min_count: int = _field(
        20,
        "Least phrase count",
        "Pairs seen less often are no phrase",
        group="Data",
        minimum=1,
        maximum=1_000_000,
        advanced=True,
    )
    sentences: bool = _field(
        False,
        "Stop at sentences",
        "A window does not reach over the end of a sentence",
        group="Data",
        advanced=True,
    )
    punctuation: bool = _field(
        True,
        "Keep punctuation",
        "Marks are words too, as text models that use the vectors expect",
        group="Data",
        advanced=True,
    )

    epochs: int = rows.epochs(5)
    precision: str = _field(
        "float16",
        "Vectors kept as",
        "Precision of the finished vectors",
        group="Training",
        choices=("float16", "int8"),
        advanced=True,
    )

    def check(self) -> None:
        """ValueError where settings do not fit together."""
        if not self.blend.strip() and (self.blend_size or self.blend_words):
            raise ValueError("blended size and words from the blend need vectors to blend with: set blend")


@dataclass(frozen=True)
class Word2VecGensim(WordTraining):
    """Mikolov, Chen, Corrado & Dean 2013 (2013a) and Mikolov, Sutskever, Chen, Corrado & Dean 2013 (2013b)."""

    architecture: str = _field(
        SKIP_GRAM,
        "Architecture",
        "skip-gram predicts the words around a word, cbow a word from those around it (Mikolov et al. 2013a)",
        choices=(SKIP_GRAM, CBOW),
    )
    objective: str = _field(
        NEGATIVE,
        "Objective",
        "negative sampling (Mikolov et al. 2013b, equation 4) or hierarchical softmax (equation 3)",
        choices=(NEGATIVE, HIERARCHICAL),
    )
    negative: int = rows.negative("a true pair")
    ns_exponent: float = rows.ns_exponent()
    dynamic_window: bool = rows.dynamic_window()
    learning_rate: float = rows.learning_rate()
    end_learning_rate: float = rows.end_learning_rate()
    workers: int = rows.workers()

    def check(self) -> None:
        super().check()
        rows.check_rates(self)
