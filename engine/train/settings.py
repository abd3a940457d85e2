"""The hyper-parameters that recipes share: what the form shows, `--set` takes and the card keeps.

Each field is declared once, in a mix-in of what belongs together. A recipe's settings are a class of mix-ins under the
decorator :func:`~.declaring.settings`, which gives inherited fields other defaults, and other words or bounds where the
recipe means something narrower: ``@settings(epochs=5, batch_size=changed(16, help="Authors a step"))``.
"""

from .declaring import Checked, changed, setting, settings


@settings()
class Passes(Checked):
    epochs: int = setting(
        10, "Epochs", "Maximum passes over the training texts", group="Training", minimum=1, maximum=1000
    )


@settings()
class Batches:
    batch_size: int = setting(50, "Batch size", "Texts per training step", group="Training", minimum=1, maximum=4096)


@settings()
class Rate:
    learning_rate: float = setting(
        0.001, "Learning rate", "Highest learning rate of the run", group="Training", minimum=1e-7, maximum=10
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
    "lazy-adam",
)


@settings()
class Optimiser:
    optimizer: str = setting("adam", "Optimiser", "Any of Keras's, or lazy-adam", group="Training", choices=OPTIMIZERS)


@settings()
class Schedule:
    schedule: str = setting(
        "constant",
        "Schedule",
        "How the learning rate changes over the run",
        group="Training",
        choices=("constant", "linear", "cosine", "exponential"),
        advanced=True,
    )
    warmup: float = setting(
        0.0,
        "Warm-up",
        "Share of the steps in which the learning rate rises from zero",
        group="Training",
        minimum=0,
        maximum=0.9,
        advanced=True,
    )
    weight_decay: float = setting(
        0.0,
        "Weight decay",
        "Decoupled decay of all weights but biases and vectors",
        group="Training",
        minimum=0,
        maximum=1,
        advanced=True,
    )
    clip_norm: float = setting(
        0.0,
        "Gradient clipping",
        "Largest norm of a weight's gradient; 0: off",
        group="Training",
        minimum=0,
        maximum=1000,
        advanced=True,
    )


@settings()
class Smoothing:
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Share of the probability spread over all labels",
        group="Training",
        minimum=0,
        maximum=0.5,
        advanced=True,
    )


@settings()
class Stopping:
    patience: int = setting(
        3,
        "Patience",
        "Stop after this many epochs without improvement on the validation split; 0: never",
        group="Training",
        minimum=0,
        maximum=1000,
    )


@settings()
class Monitor:
    monitor: str = setting(
        "accuracy",
        "Best epoch by",
        "Measure on the validation split that selects the epoch",
        group="Training",
        choices=("accuracy", "loss"),
        advanced=True,
    )


@settings()
class Averaging:
    averaging: float = setting(
        0.0,
        "Weight averaging",
        "Decay of the exponential moving average of the weights that is "
        "validated and kept (Polyak & Juditsky 1992); 0: off",
        group="Training",
        minimum=0,
        maximum=0.99999,
        advanced=True,
    )


@settings()
class Precision:
    precision: str = setting(
        "float16",
        "Vectors kept as",
        "Precision of the word vectors in the finished model",
        group="Training",
        choices=("float32", "float16", "int8"),
        advanced=True,
    )


@settings()
class Keeping:
    keep_weights: bool = setting(
        True,
        "Keep the weights",
        "Keep the trainable weights in the model, so that training can continue from it",
        group="Training",
        advanced=True,
    )
    floor: bool = setting(  # stored runs and --set have it by this name
        True,
        "Measure the baseline",
        "Also train TF-IDF + a linear classifier on the same split and report it",
        group="Training",
        advanced=True,
    )


@settings()
class Training(Keeping, Precision, Averaging, Stopping, Schedule, Rate, Optimiser, Batches, Passes):
    """What the loop of all networks asks (:class:`~dltext.engine.train.loop.Loop`)."""


@settings()
class Start:
    initial: str = setting(
        "",
        "Start from",
        "A trained model whose weights and vocabulary training starts from",
        group="Training",
        advanced=True,
    )


# -------------------------------------------------------------------------------------------------- data


@settings()
class Validation:
    validation_fraction: float = setting(
        0.1,
        "Validation part",
        "Share of the training texts held out to choose the best epoch, where the data has no validation split",
        group="Data",
        minimum=0.01,
        maximum=0.5,
        advanced=True,
    )


@settings()
class Vocabulary:
    vocabulary_size: int = setting(
        30000, "Vocabulary", "Number of most frequent words kept", group="Data", minimum=10, maximum=1_000_000
    )
    min_count: int = setting(
        1,
        "Least count",
        "Words that occur less often are treated as unknown",
        group="Data",
        minimum=1,
        maximum=1000,
        advanced=True,
    )


@settings()
class ExtraWords:
    extra_words: int = setting(
        5000,
        "Words from the vectors",
        "Further words taken from the pretrained vectors that the training texts lack",
        group="Data",
        minimum=0,
        maximum=1_000_000,
        advanced=True,
    )


@settings()
class ContextWindow:
    window: int = setting(5, "Window", "Words of context on either side", minimum=1, maximum=100)


@settings()
class TfidfLinear(Validation, Checked):
    """TF-IDF and a linear SVM."""

    longest_ngram: int = setting(
        0,
        "Words in a row",
        "Longest run of words (of Chinese: of characters) that is counted; 0: two words, three characters",
        minimum=0,
        maximum=5,
    )
    strength: float = setting(
        0.0,
        "C",
        "Cost of a wrong answer against small weights; 0: the best of five on the validation part",
        minimum=0,
        maximum=1000,
    )
    min_texts: int = setting(
        0,
        "Least texts",
        "Training texts that a word or a run must appear in; 0: one, of more than 5,000 texts two",
        group="Data",
        minimum=0,
        maximum=1000,
    )


# -------------------------------------------------------------------------------------------------- networks


@settings()
class Pretrained:
    variant: str = setting(
        "non-static",
        "Word vectors",
        "How words get their vectors (Kim 2014): random, static "
        "(pretrained, frozen), non-static (pretrained, fine-tuned), multichannel (both)",
        choices=("random", "static", "non-static", "multichannel"),
    )
    vectors: str = setting(
        "auto",
        "Pretrained vectors",
        "auto, a name (glove-en, wiki-zh, a trained model), a file (word2vec text or "
        "binary, GloVe text, .npz), or several joined by +; empty for none",
        kind="str",
    )


@settings()
class WordVectors:
    embedding_size: int = setting(
        100, "Vector size", "Components of a word vector where none are pretrained", minimum=4, maximum=1024
    )


@settings()
class Dropout:
    dropout: float = setting(0.5, "Dropout", "Share of the features dropped before the output", minimum=0, maximum=0.95)


@settings()
class EmbeddingDropout:
    embedding_dropout: float = setting(
        0.2, "Embedding dropout", "Share of the vectors' components dropped", minimum=0, maximum=0.95, advanced=True
    )


@settings()
class StateDropout:
    state_dropout: float = setting(
        0.2, "State dropout", "Share of the states' components dropped", minimum=0, maximum=0.95, advanced=True
    )


@settings()
class WordDropout:
    word_dropout: float = setting(
        0.0,
        "Word dropout",
        "Share of the words replaced by the unknown word in training",
        minimum=0,
        maximum=0.9,
        advanced=True,
    )


@settings()
class StateUnits:
    units: int = setting(128, "Hidden units", "Size of the LSTM's hidden state", minimum=1, maximum=4096)


@settings()
class Directions:
    bidirectional: bool = setting(False, "Both directions", "Read the text backwards as well (bidirectional)")


@settings()
class Hidden:
    hidden: int = setting(128, "Hidden units", "Units of the layer before the output", minimum=1, maximum=4096)


@settings(weight_decay=changed(0.0, help="Decoupled decay of all weights but biases"))
class Network(
    Training, Monitor, Smoothing, Validation, ExtraWords, Vocabulary, WordDropout, EmbeddingDropout, Dropout,
    WordVectors, Pretrained,
):  # fmt: skip
    """What all networks over words share."""
