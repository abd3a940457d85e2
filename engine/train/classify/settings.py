"""Settings of the recipes that classify: what all share, and those of each network."""

from ..declaring import changed, setting, settings
from ..settings import Directions, Network, Start, StateDropout, Units


@settings()
class Classifier(Network, Start):
    """What all classifiers share."""

    max_tokens: int = setting(
        400,
        "Longest text",
        "Most tokens of a text used in training; of a longer text, half from its start and half from its end",
        group="Data",
        minimum=5,
        maximum=20_000,
    )
    unlabelled: str = setting(
        "",
        "Unlabelled texts",
        "Data whose texts the teacher labels (knowledge distillation, Hinton et al. 2015), as card:split or a file; "
        "several joined by +",
        group="Data",
        advanced=True,
    )
    teacher: str = setting(
        "",
        "Teacher",
        "Models with the same labels that label the texts, joined by +; the value `floor` names this run's TF-IDF "
        "baseline",
        group="Data",
        advanced=True,
    )
    teacher_weight: float = setting(
        0.5,
        "Teacher's weight",
        "Share of the teacher's answer in what is learnt from a labelled text; 0: its label alone",
        group="Training",
        minimum=0,
        maximum=1,
        advanced=True,
    )
    teacher_temperature: float = setting(
        1.0,
        "Teacher's temperature",
        "Above 1, the teacher's probabilities and the student's are made more even while they are compared",
        group="Training",
        minimum=0.1,
        maximum=100,
        advanced=True,
    )
    pieces: float = setting(
        0.0,
        "Short pieces",
        "Share of the long training texts of which an excerpt, labelled by the teacher, is also trained on",
        group="Data",
        minimum=0,
        maximum=1,
        advanced=True,
    )
    class_weights: bool = setting(
        False, "Balance classes", "Weight each class by the inverse of its frequency", group="Training"
    )


@settings()
class TextCNN(Classifier):
    """Kim 2014."""

    filters: int = setting(100, "Filters", "Feature maps per filter width", minimum=1, maximum=4096)
    kernel_sizes: str = setting("3,4,5", "Filter widths", "Words covered by a filter, comma-separated")
    max_norm: float = setting(
        3.0,
        "Max norm",
        "Largest l2-norm of an output weight vector; 0: no limit",
        minimum=0,
        maximum=100,
        advanced=True,
    )

    def heights(self) -> tuple[int, ...]:
        """``kernel_sizes`` as numbers; ValueError where they are not."""
        parts = [part.strip() for part in str(self.kernel_sizes).split(",") if part.strip()]
        heights = tuple(int(part) for part in parts if part.isdigit())
        if not heights or len(heights) < len(parts) or min(heights) < 1 or max(heights) > 50:
            raise ValueError("filter widths are whole numbers from 1 to 50, like 3,4,5")
        return heights

    def check(self) -> None:
        self.heights()


@settings(clip_norm=1.0)
class LSTMClassifier(Classifier, Directions, Units):
    """The course's mean-pooled LSTM."""

    pooling: str = setting(
        "mean", "Pooling", "How the hidden states are reduced to one vector", choices=("mean", "max", "last")
    )


@settings(
    learning_rate=0.0005,
    schedule="linear",
    warmup=changed(0.1, advanced=False),
    clip_norm=1.0,
    dropout=0.3,
)
class TransformerClassifier(Classifier, StateDropout):
    """The encoder of Vaswani et al. 2017."""

    layers: int = setting(2, "Layers", "Layers of attention", minimum=1, maximum=24)
    size: int = setting(128, "State size", "Components of a state; a multiple of the heads", minimum=4, maximum=1024)
    heads: int = setting(4, "Heads", "Attention heads in each layer", minimum=1, maximum=16)
    hidden: int = setting(256, "Hidden units", "Units of the feed-forward part", minimum=4, maximum=4096)

    def check(self) -> None:
        super().check()
        if self.size % self.heads or self.size % 2:
            raise ValueError(f"size {self.size} must be even, and a multiple of heads {self.heads}")
