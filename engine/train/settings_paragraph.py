"""The hyper-parameters of paragraph vectors."""

from dataclasses import dataclass

from .settings import _field

DBOW, DM, BOTH = "dbow", "dm", "both"


@dataclass(frozen=True)
class ParagraphTraining:
    """Le & Mikolov 2014, Distributed representations of sentences and documents."""

    architecture: str = _field(
        DBOW,
        "Architecture",
        "dbow: the text's vector predicts its words; dm: it predicts a word together with those around; "
        "both, side by side (Le & Mikolov 2014)",
        choices=(DBOW, DM, BOTH),
    )
    vector_size: int = _field(100, "Vector size", "Components of a vector, in each of both", minimum=2, maximum=2000)
    window: int = _field(5, "Window", "Words on either side that are read with the text", minimum=1, maximum=100)
    negative: int = _field(5, "Negative samples", "Random words a true one is told from", minimum=1, maximum=100)
    ns_exponent: float = _field(
        0.75,
        "Sampling exponent",
        "Negative samples are drawn by their count to this power",
        minimum=-2,
        maximum=2,
        advanced=True,
    )
    dbow_words: bool = _field(False, "Words too", "dbow learns word vectors beside (skip-gram); slower", advanced=True)
    infer_epochs: int = _field(
        20, "Passes over a new text", "To find the vector of a text not seen before", minimum=1, maximum=500
    )
    infer_rate: float = _field(
        0.05,
        "Rate for a new text",
        "Learning rate of those passes, at the start; falls linearly",
        minimum=1e-4,
        maximum=1,
        advanced=True,
    )

    vocabulary_size: int = _field(
        50_000, "Vocabulary", "The most frequent words that are kept", group="Data", minimum=2, maximum=5_000_000
    )
    min_count: int = _field(
        5, "Least count", "Words seen less often are left out", group="Data", minimum=1, maximum=100_000
    )
    subsampling: float = _field(
        1e-4,
        "Subsampling",
        "Words more frequent than this share are seen less often (Mikolov et al. 2013b, section 2.3); 0: off",
        group="Data",
        minimum=0,
        maximum=1,
    )
    held: int = _field(
        1000,
        "Held out",
        "Texts kept out of the training to measure on, at most a tenth of all",
        group="Data",
        minimum=0,
        maximum=100_000,
        advanced=True,
    )

    epochs: int = _field(10, "Epochs", "Passes over the texts", group="Training", minimum=1, maximum=1000)
    learning_rate: float = _field(
        0.025, "Learning rate", "At the start; falls linearly", group="Training", minimum=1e-6, maximum=1
    )
    end_learning_rate: float = _field(
        0.0001, "Last learning rate", "At the end", group="Training", minimum=1e-9, maximum=1, advanced=True
    )
    workers: int = _field(
        0,
        "Threads",
        "0: one a core. With 1 the same seed gives the same vectors",
        group="Training",
        minimum=0,
        maximum=256,
        advanced=True,
    )

    @property
    def punctuation(self) -> bool:
        """Marks are no words here."""
        return False

    @property
    def phrases(self) -> int:
        """Words stay single."""
        return 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The models that are trained."""
        return (DBOW, DM) if self.architecture == BOTH else (self.architecture,)

    def check(self) -> None:
        """ValueError where settings do not fit together."""
        if self.end_learning_rate > self.learning_rate:
            raise ValueError("the last learning rate must not be higher than the first")
