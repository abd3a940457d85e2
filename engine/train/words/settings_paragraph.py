"""The hyper-parameters of paragraph vectors."""

from ..declaring import changed, setting, settings
from .settings import Architecture, Exponent, FallingRate, Negative, Threads, VectorTraining

DBOW, DM, BOTH = "dbow", "dm", "both"


@settings(
    architecture=changed(
        DBOW,
        help="dbow: the text's vector predicts its words; dm: it predicts a word together with those around; "
        "both, side by side (Le & Mikolov 2014)",
        choices=(DBOW, DM, BOTH),
    ),
    vector_size=changed(100, help="Components of a vector, in each of both"),
    window=changed(5, help="Words of context on either side, read with the text"),
    negative=changed(5, help="Random words that each true one is contrasted with"),
    epochs=10,
)
class ParagraphTraining(Threads, FallingRate, Exponent, Negative, VectorTraining, Architecture):
    """Le & Mikolov 2014, Distributed representations of sentences and documents."""

    dbow_words: bool = setting(False, "Words too", "dbow also learns word vectors (skip-gram); slower", advanced=True)
    infer_epochs: int = setting(
        20, "Passes over a new text", "To find the vector of a text not seen before", minimum=1, maximum=500
    )
    infer_rate: float = setting(
        0.05,
        "Rate for a new text",
        "Learning rate of those passes, at the start; falls linearly",
        minimum=1e-4,
        maximum=1,
        advanced=True,
    )
    held: int = setting(
        1000,
        "Held out",
        "Texts kept out of the training to measure on, at most a tenth of all",
        group="Data",
        minimum=0,
        maximum=100_000,
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
        self.check_rates()
