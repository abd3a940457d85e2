"""The hyper-parameters of the recipes for language models."""

from typing import Any

from ...text.units import UNITS
from ..encoder.settings import Compute
from ..settings import (
    Dropout,
    EmbeddingDropout,
    Hidden,
    Start,
    StateUnits,
    Training,
    Validation,
    Vocabulary,
    changed,
    setting,
    settings,
)


@settings()
class HeldOut(Validation):
    test_fraction: float = setting(
        0.1,
        "Test part",
        "Share of the texts held out to measure the finished model, where the data has no test split; of one long text "
        "the end",
        group="Data",
        minimum=0.01,
        maximum=0.5,
        advanced=True,
    )


@settings(
    vocabulary_size=changed(10_000, help="Most units that are kept, the most frequent"),
    min_count=changed(1, help="Units that occur less often are read as the unknown one"),
)
class TextUnits(HeldOut, Vocabulary):
    """How texts are cut and divided; shared with the n-gram model."""

    unit: str = setting(
        "auto",
        "Units",
        "What is predicted one after the other: words (of spaced texts), whitespace (what is between spaces, "
        "of texts that are cut already), subwords (pieces of words), characters; auto: words, of Chinese "
        "characters",
        group="Data",
        choices=("auto", *UNITS),
    )
    lowercase: bool = setting(False, "Lower case", "Read capitals as small letters", group="Data")
    most_units: int = setting(
        0,
        "Most units",
        "About how many units to learn from, drawn evenly from all texts; 0: all. A pass over a million takes minutes",
        group="Data",
        minimum=0,
        maximum=10**10,
    )


OF_STREAMS: dict[str, Any] = {
    "batch_size": changed(32, help="Stretches that are read side by side, each going on where it was"),
    "clip_norm": changed(0.25, help="Largest norm of all gradients together; 0: off"),
    "keep_weights": changed(
        False,
        help="Keep the exact weights, too, so that training can continue from them; else it continues from those "
        "that the model answers with",
    ),
    "floor": changed(True, help="Also measure an n-gram model of the same texts (interpolated Kneser-Ney)"),
    "precision": changed(
        "int8",
        label="Weights kept as",
        help="Precision of the weights in the finished model",
        choices=("float32", "int8"),
    ),
    "schedule": changed(
        "cosine",
        choices=("constant", "linear", "cosine", "exponential", "after"),
        help="How the learning rate changes over the run; after: divided by `decay` each epoch after `decay_after` "
        "epochs (Zaremba et al. 2014)",
        advanced=False,
    ),
    "weight_decay": changed(0.0, help="Decoupled decay of all weights but biases and vectors"),
    "initial": changed(
        "", help="A language model of the same architecture: training continues from its weights, with its vocabulary"
    ),
}


@settings(**OF_STREAMS)
class Streams(Training, Start, Compute, TextUnits):
    """What all networks that read texts in order ask."""

    steps: int = setting(
        35,
        "Steps back",
        "Units through which gradients flow back at once (truncated back-propagation through time); states go on",
        group="Training",
        minimum=2,
        maximum=1024,
    )
    decay: float = setting(
        1.15,
        "Decay",
        "What the learning rate is divided by each epoch, where the schedule is `after`",
        group="Training",
        minimum=1,
        maximum=10,
        advanced=True,
    )
    decay_after: int = setting(
        6,
        "Decay after",
        "Epochs before the learning rate falls, where the schedule is `after`",
        group="Training",
        minimum=0,
        maximum=1000,
        advanced=True,
    )
    sample_length: int = setting(
        40,
        "Sample",
        "Units that are written after each epoch, to be looked at; 0: none",
        group="Training",
        minimum=0,
        maximum=1000,
        advanced=True,
    )


@settings(
    units=changed(400, help="Size of each layer's state"),
    dropout=changed(0.4, help="Share of the last layer's components dropped", maximum=0.9),
    embedding_dropout=changed(0.4, help="Share of the vectors' components dropped", advanced=False),
    epochs=20,
    learning_rate=0.003,
)
class RecurrentLM(Streams, StateUnits, EmbeddingDropout, Dropout):
    """Zaremba et al. 2014, Recurrent neural network regularization; what was added since, by its source."""

    cell: str = setting(
        "lstm", "Cell", "LSTM, GRU or a simple recurrent layer (Elman 1990)", choices=("lstm", "gru", "simple")
    )
    layers: int = setting(2, "Layers", "Recurrent layers, one on the other", minimum=1, maximum=8)
    embedding_size: int = setting(400, "Vector size", "Components of a unit's vector", minimum=4, maximum=4096)
    tied: bool = setting(
        True,
        "Tied output",
        "Score units by the vectors that they are read by (Press & Wolf 2017); the last layer then has their size",
    )
    output: str = setting(
        "softmax",
        "Output",
        "For large vocabularies: differentiated gives each block of rarer units another part of the state (Chen et al. "
        "2016), adaptive first chooses the block (Grave et al. 2017); both without tied vectors",
        choices=("softmax", "differentiated", "adaptive"),
        advanced=True,
    )
    state_dropout: float = setting(
        0.25, "Dropout between layers", "Share of the components dropped between layers", minimum=0, maximum=0.95
    )
    weight_dropout: float = setting(
        0.0,
        "Weight dropout",
        "Share of the weights between states dropped in a step (Merity et al. 2018)",
        minimum=0,
        maximum=0.9,
        advanced=True,
    )
    whole_dropout: bool = setting(
        True,
        "Same at all places",
        "Drop the same components at all places of a stretch (Gal & Ghahramani 2016)",
        advanced=True,
    )

    def check(self) -> None:
        super().check()
        if self.tied and self.output != "softmax":
            raise ValueError(f"output {self.output} has vectors of its own: set tied to false")


@settings(
    unit="characters",
    vocabulary_size=5000,
    units=512,
    embedding_size=128,
    tied=False,
    steps=100,
    dropout=0.3,
    embedding_dropout=0.0,
    learning_rate=0.002,
    sample_length=300,
)
class CharacterLM(RecurrentLM):
    """Karpathy 2015, The unreasonable effectiveness of recurrent neural networks; Sutskever et al. 2011."""


@settings(
    epochs=10,
    learning_rate=0.001,
    batch_size=32,
    embedding_dropout=0.1,
    dropout=0.3,
    hidden=changed(200, help="Units of the hidden layer: h in the paper, which took 50 to 100"),
)
class BengioLM(Streams, Hidden, EmbeddingDropout, Dropout):
    """Bengio et al. 2003, A neural probabilistic language model."""

    context: int = setting(
        5, "Words before", "Units before the next that are seen: n − 1 in the paper", minimum=2, maximum=32
    )
    embedding_size: int = setting(100, "Vector size", "Components of a unit's vector", minimum=4, maximum=1024)
    direct: bool = setting(
        True, "Direct connections", "Also from the vectors straight to the scores: more weights, fewer epochs"
    )


@settings(
    epochs=10,
    learning_rate=0.001,
    batch_size=16,
    steps=changed(128, help="Units of a stretch"),
    embedding_dropout=0.1,
    dropout=changed(0.2, help="Share of what each part adds that is dropped"),
    hidden=changed(1024, help="Units of the feed-forward part; four times the size is usual"),
    warmup=0.05,
    clip_norm=1.0,
)
class TransformerLM(Streams, Hidden, EmbeddingDropout, Dropout):
    """Radford et al. 2018, Improving language understanding by generative pre-training; Press et al. 2022, Train short,
    test long."""

    layers: int = setting(4, "Layers", "Layers of attention", minimum=1, maximum=24)
    size: int = setting(256, "Vector size", "Components of a state; a multiple of the heads", minimum=4, maximum=1024)
    heads: int = setting(4, "Heads", "Attention heads in each layer", minimum=1, maximum=16)
    memory: int = setting(128, "Memory", "Units back that each one sees", minimum=1, maximum=2048, advanced=True)

    def check(self) -> None:
        super().check()
        if self.size % self.heads:
            raise ValueError(f"size {self.size} is no multiple of heads {self.heads}")
