"""The hyper-parameters of encoder-decoders over pairs of texts. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Any

from .settings import OPTIMIZERS, _field


@dataclass(frozen=True)
class Encoding:
    """What all encoder-decoders share: how pairs become numbers, and how the training runs."""

    reverse: bool = _field(
        False, "From second to first", "Translate from the second side of the pairs to the first", group="Data"
    )
    more: str = _field(
        "",
        "Further pairs",
        "Data that are trained on beside, as cards or files joined by +; held-out sentences are left out of them",
        group="Data",
        advanced=True,
    )
    units_of_text: str = _field(
        "subwords", "Cut into", "The units of texts", group="Data", choices=("subwords", "characters", "words")
    )
    source_vocabulary: int = _field(
        6000, "Source vocabulary", "Subwords of the source at most", group="Data", minimum=20, maximum=64_000
    )
    target_vocabulary: int = _field(
        6000, "Target vocabulary", "Subwords of the target at most", group="Data", minimum=20, maximum=64_000
    )
    lowercase: bool = _field(True, "Lower-case the source", "Read the source without its capitals", group="Data")
    simplify: bool = _field(
        True, "Simplify Chinese", "Read and write traditional characters as simplified ones (OpenCC)", group="Data"
    )
    longest: int = _field(
        80, "Longest text", "Pairs with more subwords on a side are left out", group="Data", minimum=4, maximum=2000
    )
    sampling: float = _field(
        0.0,
        "Subword sampling",
        "Segmentations of the source are drawn anew each epoch with this sharpness (Kudo 2018); 0: always the best",
        group="Data",
        minimum=0,
        maximum=10,
        advanced=True,
    )
    validation_fraction: float = _field(
        0.05,
        "Validation part",
        "Share of the training pairs held out, where the data has no validation split",
        group="Data",
        minimum=0.01,
        maximum=0.5,
        advanced=True,
    )
    initial: str = _field(
        "", "Start from", "A trained model of this recipe and these languages, whose weights and vocabularies are the "
        "start", group="Training", advanced=True,
    )  # fmt: skip
    dropout: float = _field(
        0.2, "Embedding dropout", "Share of the vectors' components dropped", minimum=0, maximum=0.9
    )
    output_dropout: float = _field(
        0.3, "Output dropout", "Share of the features dropped before the output", minimum=0, maximum=0.9, advanced=True
    )
    state_dropout: float = _field(
        0.2, "State dropout", "Share of the states' components dropped between the layers", minimum=0, maximum=0.9,
        advanced=True,
    )  # fmt: skip
    word_dropout: float = _field(
        0.0, "Word dropout", "Share of the words hidden on both sides while training", minimum=0, maximum=0.9,
        advanced=True,
    )  # fmt: skip
    embedding_size: int = _field(256, "Vector size", "Components of a word vector", minimum=4, maximum=2048)
    tied: bool = _field(
        True, "Tied output", "The target's vectors are also its output weights (Press & Wolf 2017)", advanced=True
    )
    epochs: int = _field(20, "Epochs", "Passes over the pairs at most", group="Training", minimum=1, maximum=1000)
    batch_size: int = _field(64, "Batch", "Pairs a step", group="Training", minimum=1, maximum=4096)
    optimizer: str = _field("adam", "Optimiser", "Any of Keras's", group="Training", choices=OPTIMIZERS)
    learning_rate: float = _field(0.001, "Learning rate", "At its highest", group="Training", minimum=1e-7, maximum=10)
    schedule: str = _field(
        "linear", "Schedule", "How the learning rate changes over the run", group="Training",
        choices=("constant", "linear", "cosine", "exponential"), advanced=True,
    )  # fmt: skip
    warmup: float = _field(
        0.02, "Warm-up", "Share of the steps in which the learning rate rises from zero", group="Training", minimum=0,
        maximum=0.9, advanced=True,
    )  # fmt: skip
    weight_decay: float = _field(
        0.0, "Weight decay", "Decoupled decay of all weights but biases and vectors", group="Training", minimum=0,
        maximum=1, advanced=True,
    )  # fmt: skip
    clip_norm: float = _field(
        1.0, "Gradient clipping", "Largest norm of a weight's gradient; 0: off", group="Training", minimum=0,
        maximum=1000, advanced=True,
    )  # fmt: skip
    label_smoothing: float = _field(
        0.1, "Label smoothing", "Share of the probability spread over all words", group="Training", minimum=0,
        maximum=0.5, advanced=True,
    )  # fmt: skip
    averaging: float = _field(
        0.999, "Weight averaging", "Decay of the exponential moving average of the weights that is validated and kept "
        "(Polyak & Juditsky 1992); 0: off", group="Training", minimum=0, maximum=0.99999, advanced=True,
    )  # fmt: skip
    patience: int = _field(
        4, "Patience", "Stop after so many epochs without a better validation; 0: never", group="Training", minimum=0,
        maximum=1000,
    )  # fmt: skip
    monitor: str = _field(
        "accuracy", "Best epoch by", "What of the validation part decides", group="Training",
        choices=("accuracy", "loss"), advanced=True,
    )  # fmt: skip
    beam: int = _field(4, "Beam", "Hypotheses held at once when translating", group="Training", minimum=1, maximum=64)
    length_penalty: float = _field(
        1.0, "Length penalty", "Exponent of Wu et al. 2016, equation 14; higher: longer translations",
        group="Training", minimum=0, maximum=5, advanced=True,
    )  # fmt: skip
    coverage_penalty: float = _field(
        0.0, "Coverage penalty", "Weight of Wu et al. 2016, equation 14, against words left out", group="Training",
        minimum=0, maximum=5, advanced=True,
    )  # fmt: skip
    precision: str = _field(
        "int8", "Weights kept as", "Precision of the weights in the finished model", group="Training",
        choices=("float32", "float16", "int8"), advanced=True,
    )  # fmt: skip
    keep_weights: bool = _field(
        True, "Keep the weights", "Keep the trainable weights in the model", group="Training", advanced=True
    )
    floor: bool = _field(
        True, "Measure the floor", "Copy the translation of the nearest training sentence, and report it too",
        group="Training", advanced=True,
    )  # fmt: skip

    def check(self) -> None:
        """Nothing beyond the fields' bounds."""


def _again(settings: type, name: str, default: Any) -> Any:
    """The field of ``settings`` with another default."""
    return field(default=default, metadata=settings.__dataclass_fields__[name].metadata)


@dataclass(frozen=True)
class Seq2Seq(Encoding):
    """Bahdanau et al. 2015, Luong et al. 2015."""

    cell: str = _field("gru", "Cell", "The recurrent network", choices=("gru", "lstm"))
    units: int = _field(256, "Units", "Size of a state (in each direction)", minimum=4, maximum=4096)
    bidirectional: bool = _field(True, "Both directions", "The encoder reads backwards too")
    encoder_layers: int = _field(1, "Encoder layers", "Recurrent layers that read", minimum=1, maximum=8)
    decoder_layers: int = _field(1, "Decoder layers", "Recurrent layers that write; each attends", minimum=1, maximum=8)
    attention: str = _field(
        "general",
        "Alignment",
        "How a state is compared with the source words; none: all that is known of the source is the first state",
        choices=("none", "cosine", "additive", "location", "general", "dot", "scaled-dot"),
    )
    attention_span: str = _field(
        "global", "Attention span", "Where it may look: everywhere, around the same place, or around a foretold one "
        "(Luong et al. 2015, section 3.2)", choices=("global", "monotonic", "predictive"), advanced=True,
    )  # fmt: skip
    span_width: int = _field(
        5, "Span width", "Words on each side of the place, of local attention (D)", minimum=1, maximum=200,
        advanced=True,
    )  # fmt: skip
    lexical: bool = _field(
        True, "Words beside states", "The memory holds each source word's own vector beside its states "
        "(after Nguyen & Chiang 2018)", advanced=True,
    )  # fmt: skip
    input_feeding: bool = _field(
        False, "Input feeding", "What was found for a word goes into the next one (Luong et al. 2015, section 3.3); "
        "slower to train", advanced=True,
    )  # fmt: skip
    bridge: str = _field(
        "dense", "Bridge", "How the decoder's first states come from the encoder's last: through a layer (dense), or "
        "as they are (states)", choices=("dense", "states"), advanced=True,
    )  # fmt: skip
    readout: str = _field(
        "tanh", "Readout", "What of a state becomes scores: a layer of it (tanh, Luong et al. 2015), the larger of "
        "each two features of state, word and source (maxout, Cho et al. 2014), or the state itself",
        choices=("tanh", "maxout", "state"), advanced=True,
    )  # fmt: skip

    def check(self) -> None:
        """Raises ValueError for settings that exclude each other."""
        if self.bridge == "states" and self.bidirectional:
            raise ValueError("states can only be handed over by an encoder that reads in one direction (bidirectional)")
        if self.bridge == "states" and self.encoder_layers < self.decoder_layers:
            raise ValueError("an encoder that hands its states over needs at least as many layers as the decoder")
        if self.input_feeding and (self.attention == "none" or self.readout != "tanh"):
            raise ValueError("input feeding needs an alignment (attention) and the readout tanh")
        if self.readout == "state" and self.attention != "none":
            raise ValueError("the readout state is for a decoder without attention")
        if self.readout == "state" and self.tied and self.units != self.embedding_size:
            raise ValueError("scores by the target's vectors (tied) of the state itself need units = embedding_size")


@dataclass(frozen=True)
class Seq2SeqChar(Seq2Seq):
    """Sutskever et al. 2014 letter by letter: LSTM to LSTM, states handed over, no attention."""

    units_of_text: str = _again(Seq2Seq, "units_of_text", "characters")
    lowercase: bool = _again(Seq2Seq, "lowercase", False)
    longest: int = _again(Seq2Seq, "longest", 200)
    embedding_size: int = _again(Seq2Seq, "embedding_size", 64)
    tied: bool = _again(Seq2Seq, "tied", False)
    cell: str = _again(Seq2Seq, "cell", "lstm")
    bidirectional: bool = _again(Seq2Seq, "bidirectional", False)
    attention: str = _again(Seq2Seq, "attention", "none")
    lexical: bool = _again(Seq2Seq, "lexical", False)
    bridge: str = _again(Seq2Seq, "bridge", "states")
    readout: str = _again(Seq2Seq, "readout", "state")


@dataclass(frozen=True)
class Seq2SeqWord(Seq2Seq):
    """Cho et al. 2014: words, no attention; state, word and source decide together."""

    units_of_text: str = _again(Seq2Seq, "units_of_text", "words")
    embedding_size: int = _again(Seq2Seq, "embedding_size", 128)
    tied: bool = _again(Seq2Seq, "tied", False)
    cell: str = _again(Seq2Seq, "cell", "lstm")
    bidirectional: bool = _again(Seq2Seq, "bidirectional", False)
    attention: str = _again(Seq2Seq, "attention", "none")
    lexical: bool = _again(Seq2Seq, "lexical", False)
    bridge: str = _again(Seq2Seq, "bridge", "states")
    readout: str = _again(Seq2Seq, "readout", "maxout")


@dataclass(frozen=True)
class Transformer(Encoding):
    """Vaswani et al. 2017."""

    dropout: float = _again(Encoding, "dropout", 0.1)
    state_dropout: float = _again(Encoding, "state_dropout", 0.1)
    output_dropout: float = _again(Encoding, "output_dropout", 0.0)
    warmup: float = _again(Encoding, "warmup", 0.1)
    encoder_layers: int = _field(3, "Encoder layers", "Layers that read", minimum=1, maximum=24)
    decoder_layers: int = _field(2, "Decoder layers", "Layers that write; each attends", minimum=1, maximum=24)
    heads: int = _field(4, "Heads", "Attentions side by side in each layer", minimum=1, maximum=64)
    hidden: int = _field(1024, "Hidden units", "Of the network after each attention", minimum=4, maximum=16_384)
    norm_first: bool = _field(
        True, "Normalise first", "Normalise before each part of a layer (Xiong et al. 2020), else after it, as in 2017",
        advanced=True,
    )  # fmt: skip

    def check(self) -> None:
        """Raises ValueError where the vectors do not divide among the heads."""
        if self.embedding_size % self.heads or self.embedding_size % 2:
            raise ValueError(f"the vector size must be even and divide among the {self.heads} heads (embedding_size)")
