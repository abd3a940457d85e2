"""The hyper-parameters of author profiling. Imports nothing heavy."""

from ..declaring import changed, setting, settings
from ..settings import ContextWindow, Hidden, Network, StateDropout, StateUnits


@settings(
    batch_size=changed(16, help="Authors per training step"),
    clip_norm=1.0,
    window=changed(
        100,
        help="Tokens that the LSTM reads at once; windows end with sentences",
        group="Data",
        minimum=10,
        maximum=2000,
    ),
    units=changed(64, help="Size of the LSTM's state in each direction (u)", maximum=2048),
    hidden=changed(128, label="Window vector", help="Size of the vector of a window"),
)
class SelfAttention(Network, ContextWindow, Hidden, StateDropout, StateUnits):
    """Lin et al. 2017, with a second attention over windows and an output an attribute."""

    attributes: str = setting(
        "",
        "Attributes",
        "Columns to learn, comma-separated, as name, name=column or name=column:number (:category); "
        "empty: those of the card, or all usable columns of the file",
        group="Data",
    )
    auxiliary: str = setting(
        "",
        "Auxiliary attributes",
        "Auxiliary columns, in the same form, learnt jointly but not predicted by the finished model "
        "(multi-task learning, Caruana 1997)",
        group="Data",
        advanced=True,
    )
    auxiliary_weight: float = setting(
        0.3, "Auxiliary weight", "Loss weight of each auxiliary attribute", group="Data", minimum=0, maximum=100,
        advanced=True,
    )  # fmt: skip
    loss_weights: str = setting(
        "", "Loss weights", "One weight per attribute, comma-separated, in their order; empty: all 1", group="Data"
    )
    max_windows: int = setting(
        60, "Most windows", "Maximum windows per author, evenly spread over longer texts", group="Data", minimum=1,
        maximum=2000, advanced=True,
    )  # fmt: skip
    window_dropout: float = setting(
        0.3, "Window dropout", "Share of an author's windows dropped in a training step", minimum=0,
        maximum=0.9, advanced=True,
    )  # fmt: skip
    hops: int = setting(8, "Hops", "Rows of the annotation matrix A (r)", minimum=1, maximum=64)
    attention_units: int = setting(
        64, "Attention units", "Size of the attention's hidden layer (d_a)", minimum=1, maximum=2048
    )
    penalty: float = setting(
        0.03, "Penalty", "Weight of ‖AAᵀ − I‖², which keeps the hops apart; 0: off", minimum=0, maximum=100
    )
    compression: str = setting(
        "none", "Compression", "How the r × 2u matrix is compressed (Lin et al. 2017, appendix A; section 4.3)",
        choices=("none", "rows and columns", "gated"), advanced=True,
    )  # fmt: skip
    compressed: int = setting(
        32, "Compressed row", "Size of a row after the compression", minimum=8, maximum=1024, advanced=True
    )
    ngrams: bool = setting(
        True, "With n-grams", "Mix in a linear model over words and character n-grams, weighted on the validation part"
    )
    ngram_features: int = setting(
        120_000, "N-grams kept", "Features of the linear model in the finished model", minimum=100, maximum=2_000_000,
        advanced=True,
    )  # fmt: skip

    def weights(self, count: int) -> list[float]:
        """``loss_weights`` as numbers; ValueError where they are none, or not ``count``."""
        parts = [part.strip() for part in self.loss_weights.split(",") if part.strip()]
        try:
            values = [float(part) for part in parts] or [1.0] * count
        except ValueError:
            raise ValueError(f"loss weights are numbers, comma-separated, not {self.loss_weights!r}") from None
        if len(values) != count or min(values) < 0 or not sum(values):
            raise ValueError(f"there are {count} attributes: give as many loss weights, none below 0 and not all 0")
        return values

    def check(self) -> None:
        from ....data import attributes

        count = len(attributes.parse(self.attributes)) if self.attributes.strip() else 0
        if self.loss_weights.strip():
            self.weights(count or self.loss_weights.count(",") + 1)
