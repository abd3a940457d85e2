"""Settings of the recipes that classify: what all share, and those of each network."""

from ..declaring import setting, settings
from ..settings import Directions, Network, Start, Units


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
