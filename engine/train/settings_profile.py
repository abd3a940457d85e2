"""The hyper-parameters of author profiling. Imports nothing heavy."""

from dataclasses import dataclass

from .settings import Network, _field


@dataclass(frozen=True)
class SelfAttention(Network):
    """Lin et al. 2017, with a second attention over windows and an output an attribute."""

    attributes: str = _field(
        "",
        "Attributes",
        "Columns to learn, comma-separated, as name, name=column or name=column:number (:category); "
        "empty: those of the card, or all usable columns of the file",
        group="Data",
    )
    auxiliary: str = _field(
        "",
        "Auxiliary attributes",
        "Further columns that the network learns beside, in the same form, and that the finished model does not tell "
        "(multi-task learning, Caruana 1997)",
        group="Data",
        advanced=True,
    )
    auxiliary_weight: float = _field(
        0.3, "Auxiliary weight", "Loss weight of each auxiliary attribute", group="Data", minimum=0, maximum=100,
        advanced=True,
    )  # fmt: skip
    loss_weights: str = _field(
        "", "Loss weights", "A weight an attribute, comma-separated in their order; empty: all 1", group="Data"
    )
    window: int = _field(
        100, "Window", "Tokens that the LSTM reads at once; windows end with sentences", group="Data", minimum=10,
        maximum=2000,
    )  # fmt: skip
    max_windows: int = _field(
        60, "Most windows", "Windows read of one author, evenly spread over longer texts", group="Data", minimum=1,
        maximum=2000, advanced=True,
    )  # fmt: skip
    window_dropout: float = _field(
        0.3, "Window dropout", "Share of an author's windows left out of a step while training", minimum=0,
        maximum=0.9, advanced=True,
    )  # fmt: skip
    units: int = _field(64, "Units", "Size of the LSTM's state in each direction (u)", minimum=1, maximum=2048)
    hops: int = _field(8, "Hops", "Rows of the annotation matrix A (r)", minimum=1, maximum=64)
    attention_units: int = _field(
        64, "Attention units", "Size of the attention's hidden layer (d_a)", minimum=1, maximum=2048
    )
    penalty: float = _field(
        0.03, "Penalty", "Weight of ‖AAᵀ − I‖², which keeps the hops apart; 0: off", minimum=0, maximum=100
    )
    hidden: int = _field(128, "Window vector", "Size of the vector of a window", minimum=1, maximum=4096)
    compression: str = _field(
        "none", "Compression", "How the r × 2u matrix is made smaller (Lin et al. 2017, appendix A; section 4.3)",
        choices=("none", "rows and columns", "gated"), advanced=True,
    )  # fmt: skip
    compressed: int = _field(
        32, "Compressed row", "Size of a row after the compression", minimum=8, maximum=1024, advanced=True
    )
    state_dropout: float = _field(
        0.2, "State dropout", "Share of the states' components dropped", minimum=0, maximum=0.95, advanced=True
    )
    ngrams: bool = _field(
        True, "With n-grams", "Mix in a linear model over words and character n-grams, weighted on the validation part"
    )
    ngram_features: int = _field(
        120_000, "N-grams kept", "Features of the linear model in the finished model", minimum=100, maximum=2_000_000,
        advanced=True,
    )  # fmt: skip
    batch_size: int = _field(16, "Batch", "Authors a step", group="Training", minimum=1, maximum=4096)
    clip_norm: float = _field(
        1.0, "Gradient clipping", "Largest norm of a weight's gradient; 0: off", group="Training", minimum=0,
        maximum=1000, advanced=True,
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
        from ...data import attributes

        count = len(attributes.parse(self.attributes)) if self.attributes.strip() else 0
        if self.loss_weights.strip():
            self.weights(count or self.loss_weights.count(",") + 1)
