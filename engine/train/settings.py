"""The hyper-parameters of each recipe: what the form shows, `--set` takes and the card keeps. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Any


def _field(
    default: Any,
    label: str,
    help: str,
    *,
    group: str = "Model",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    advanced: bool = False,
    kind: str | None = None,
) -> Any:
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help,
            "group": group,
            "minimum": minimum,
            "maximum": maximum,
            "choices": choices,
            "advanced": advanced,
            "kind": kind,
        },
    )


OPTIMIZERS = (
    "adam",
    "adamw",
    "nadam",
    "adamax",
    "adadelta",
    "adagrad",
    "rmsprop",
    "sgd",
    "lion",
    "lamb",
    "adafactor",
    "ftrl",
)


@dataclass(frozen=True)
class Network:
    """What all networks over words share."""

    variant: str = _field(
        "non-static",
        "Word vectors",
        "How words get their vectors (Kim 2014): random, static "
        "(pretrained, frozen), non-static (pretrained, fine-tuned), multichannel (both)",
        choices=("random", "static", "non-static", "multichannel"),
    )
    vectors: str = _field(
        "auto",
        "Pretrained vectors",
        "auto, a name (glove-en, wiki-zh, a trained model), a file (word2vec text or "
        "binary, GloVe text, .npz), or several joined by +; empty for none",
        kind="str",
    )
    embedding_size: int = _field(
        100, "Vector size", "Components of a word vector where none are pretrained", minimum=4, maximum=1024
    )
    dropout: float = _field(0.5, "Dropout", "Share of the features dropped before the output", minimum=0, maximum=0.95)
    embedding_dropout: float = _field(
        0.2, "Embedding dropout", "Share of the vectors' components dropped", minimum=0, maximum=0.95, advanced=True
    )
    word_dropout: float = _field(
        0.0, "Word dropout", "Share of the words hidden while training", minimum=0, maximum=0.9, advanced=True
    )

    vocabulary_size: int = _field(
        30000, "Vocabulary", "The most frequent words that are kept", group="Data", minimum=10, maximum=1_000_000
    )
    min_count: int = _field(
        1,
        "Least count",
        "Words seen less often are unknown words",
        group="Data",
        minimum=1,
        maximum=1000,
        advanced=True,
    )
    extra_words: int = _field(
        5000,
        "Words from the vectors",
        "So many more words come from the pretrained vectors though the training texts lack them",
        group="Data",
        minimum=0,
        maximum=1_000_000,
        advanced=True,
    )
    validation_fraction: float = _field(
        0.1,
        "Validation part",
        "Share of the training texts held out to choose the best epoch, where the data has no validation split",
        group="Data",
        minimum=0.01,
        maximum=0.5,
        advanced=True,
    )

    epochs: int = _field(
        10, "Epochs", "Passes over the training texts at most", group="Training", minimum=1, maximum=1000
    )
    batch_size: int = _field(50, "Batch", "Texts a step", group="Training", minimum=1, maximum=4096)
    optimizer: str = _field("adam", "Optimiser", "Any of Keras's", group="Training", choices=OPTIMIZERS)
    learning_rate: float = _field(0.001, "Learning rate", "At its highest", group="Training", minimum=1e-7, maximum=10)
    schedule: str = _field(
        "constant",
        "Schedule",
        "How the learning rate changes over the run",
        group="Training",
        choices=("constant", "linear", "cosine", "exponential"),
        advanced=True,
    )
    warmup: float = _field(
        0.0,
        "Warm-up",
        "Share of the steps in which the learning rate rises from zero",
        group="Training",
        minimum=0,
        maximum=0.9,
        advanced=True,
    )
    weight_decay: float = _field(
        0.0,
        "Weight decay",
        "Decoupled decay of all weights but biases",
        group="Training",
        minimum=0,
        maximum=1,
        advanced=True,
    )
    clip_norm: float = _field(
        0.0,
        "Gradient clipping",
        "Largest norm of a weight's gradient; 0: off",
        group="Training",
        minimum=0,
        maximum=1000,
        advanced=True,
    )
    label_smoothing: float = _field(
        0.0,
        "Label smoothing",
        "Share of the probability spread over all labels",
        group="Training",
        minimum=0,
        maximum=0.5,
        advanced=True,
    )
    patience: int = _field(
        3,
        "Patience",
        "Stop after so many epochs without a better validation; 0: never",
        group="Training",
        minimum=0,
        maximum=1000,
    )
    monitor: str = _field(
        "accuracy",
        "Best epoch by",
        "What of the validation part decides",
        group="Training",
        choices=("accuracy", "loss"),
        advanced=True,
    )
    averaging: float = _field(
        0.0,
        "Weight averaging",
        "Decay of the exponential moving average of the weights that is "
        "validated and kept (Polyak & Juditsky 1992); 0: off",
        group="Training",
        minimum=0,
        maximum=0.99999,
        advanced=True,
    )
    precision: str = _field(
        "float16",
        "Vectors kept as",
        "Precision of the word vectors in the finished model",
        group="Training",
        choices=("float32", "float16", "int8"),
        advanced=True,
    )
    keep_weights: bool = _field(
        True,
        "Keep the weights",
        "Keep the trainable weights in the model, to train on from it",
        group="Training",
        advanced=True,
    )
    floor: bool = _field(
        True,
        "Measure the floor",
        "Train TF-IDF + linear on the same split and report it too",
        group="Training",
        advanced=True,
    )


@dataclass(frozen=True)
class Classifier(Network):
    """What all classifiers share."""

    max_tokens: int = _field(
        400,
        "Longest text",
        "Tokens read of a text while training; of a longer one the first and the last half of that",
        group="Data",
        minimum=5,
        maximum=20_000,
    )
    unlabelled: str = _field(
        "",
        "Unlabelled texts",
        "Data whose texts the teacher labels (knowledge distillation, Hinton et al. 2015), as card:split or a file",
        group="Data",
        advanced=True,
    )
    teacher: str = _field(
        "",
        "Teacher",
        "Models that label the unlabelled texts, joined by +; floor is the TF-IDF model of this run",
        group="Data",
        advanced=True,
    )
    pieces: float = _field(
        0.0,
        "Short pieces",
        "Share of the long training texts that are also read as a short piece, labelled by the teacher",
        group="Data",
        minimum=0,
        maximum=1,
        advanced=True,
    )
    class_weights: bool = _field(
        False, "Balance classes", "Weigh each class by the inverse of its frequency", group="Training"
    )
    initial: str = _field(
        "", "Start from", "A trained model whose weights and vocabulary are the start", group="Training", advanced=True
    )


@dataclass(frozen=True)
class TextCNN(Classifier):
    """Kim 2014."""

    filters: int = _field(100, "Filters", "Feature maps of each height", minimum=1, maximum=4096)
    kernel_sizes: str = _field("3,4,5", "Filter heights", "Words under a filter, comma-separated")
    max_norm: float = _field(
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
            raise ValueError("filter heights are whole numbers from 1 to 50, like 3,4,5")
        return heights

    def check(self) -> None:
        self.heights()


@dataclass(frozen=True)
class LSTMClassifier(Classifier):
    """The course's mean-pooled LSTM."""

    units: int = _field(128, "Units", "Size of the LSTM's state", minimum=1, maximum=4096)
    bidirectional: bool = _field(False, "Both directions", "Read the text backwards too")
    pooling: str = _field("mean", "Pooling", "How the states become one vector", choices=("mean", "max", "last"))
    clip_norm: float = _field(
        1.0,
        "Gradient clipping",
        "Largest norm of a weight's gradient; 0: off",
        group="Training",
        minimum=0,
        maximum=1000,
        advanced=True,
    )

    def check(self) -> None:
        """Nothing beyond the fields' bounds."""
