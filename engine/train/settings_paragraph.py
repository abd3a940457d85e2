"""The hyper-parameters of paragraph vectors."""

from dataclasses import dataclass

from . import settings_rows as rows
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
    negative: int = rows.negative("a true one")
    ns_exponent: float = rows.ns_exponent()
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

    vocabulary_size: int = rows.vocabulary_size()
    min_count: int = rows.min_count()
    subsampling: float = rows.subsampling()
    held: int = _field(
        1000,
        "Held out",
        "Texts kept out of the training to measure on, at most a tenth of all",
        group="Data",
        minimum=0,
        maximum=100_000,
        advanced=True,
    )

    epochs: int = rows.epochs(10)
    learning_rate: float = rows.learning_rate()
    end_learning_rate: float = rows.end_learning_rate()
    workers: int = rows.workers()

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
        rows.check_rates(self)
