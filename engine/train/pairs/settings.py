"""The hyper-parameters of encoder-decoders over pairs of texts. Imports nothing heavy."""

from ..declaring import changed, setting, settings
from ..device_settings import Devices
from ..settings import (
    Directions,
    Dropout,
    Hidden,
    Monitor,
    Smoothing,
    Start,
    StateDropout,
    StateUnits,
    Training,
    Validation,
    WordDropout,
    WordVectors,
)


@settings()
class Layers:
    encoder_layers: int = setting(1, "Encoder layers", "Layers of the encoder", minimum=1, maximum=24)
    decoder_layers: int = setting(
        1, "Decoder layers", "Layers of the decoder, each with attention", minimum=1, maximum=24
    )


@settings()
class Cell:
    cell: str = setting("gru", "Cell", "The recurrent network", choices=("gru", "lstm"))


@settings()
class Memory:
    lexical: bool = setting(
        True, "Word vectors in memory", "The memory holds each source word's own vector beside its states "
        "(after Nguyen & Chiang 2018)", advanced=True,
    )  # fmt: skip


@settings()
class AttentionScores:
    attention: str = setting(
        "general",
        "Alignment",
        "Alignment function between a decoder state and the source; none: no attention",
        choices=("none", "cosine", "additive", "location", "general", "dot", "scaled-dot"),
    )


@settings()
class Writing:
    """How what is written is searched for."""

    beam: int = setting(4, "Beam", "Hypotheses kept in beam search", group="Training", minimum=1, maximum=64)
    length_penalty: float = setting(
        1.0,
        "Length penalty",
        "Exponent of Wu et al. 2016, equation 14; higher: longer translations",
        group="Training",
        minimum=0,
        maximum=5,
        advanced=True,
    )


@settings()
class Longest:
    longest: int = setting(
        80, "Longest text", "Pairs with more subwords on a side are left out", group="Data", minimum=4, maximum=2000
    )


@settings()
class MorePairs:
    more: str = setting(
        "",
        "Further pairs",
        "Additional training data, as cards or files joined by +; held-out sentences are left out",
        group="Data",
        advanced=True,
    )


@settings()
class OutputDropout:
    output_dropout: float = setting(
        0.3, "Output dropout", "Share of the features dropped before the output", minimum=0, maximum=0.9, advanced=True
    )


@settings(
    epochs=changed(20, help="Maximum passes over the pairs"),
    batch_size=changed(64, help="Pairs per training step"),
    schedule="linear",
    warmup=0.02,
    clip_norm=1.0,
    averaging=0.999,
    patience=4,
    precision=changed("int8", label="Weights kept as", help="Precision of the weights in the finished model"),
    keep_weights=changed(True, help="Keep the trainable weights in the model"),
    validation_fraction=changed(
        0.05, help="Share of the training pairs held out, where the data has no validation split"
    ),
    initial=changed(
        "", help="A trained model of this recipe and these languages, whose weights and vocabularies are the start"
    ),
    dropout=changed(0.2, label="Embedding dropout", help="Share of the vectors' components dropped", maximum=0.9),
    state_dropout=changed(0.2, help="Share of the states' components dropped between the layers", maximum=0.9),
    word_dropout=changed(0.0, help="Share of the words on both sides replaced by the unknown word in training"),
    embedding_size=changed(256, help="Components of a word vector", maximum=2048),
)
class EncoderDecoder(
    Writing, Training, Devices, Start, Validation, Longest, MorePairs, WordDropout, StateDropout, OutputDropout,
    Dropout, WordVectors,
):  # fmt: skip
    """What all encoder-decoders share: how the training runs, and how what is written is searched for."""


@settings(
    label_smoothing=changed(0.1, help="Share of the probability spread over all words"),
    floor=changed(
        True,
        help="Also measure and report the baseline that copies the translation of the most similar training sentence",
    ),
)
class Encoding(EncoderDecoder, Monitor, Smoothing):
    """What all translators share: how pairs become numbers."""

    reverse: bool = setting(
        False, "From second to first", "Translate from the second column of the pairs to the first", group="Data"
    )
    units_of_text: str = setting(
        "subwords",
        "Units of text",
        "How texts are split: subwords, words or characters",
        group="Data",
        choices=("subwords", "characters", "words"),
    )
    source_vocabulary: int = setting(
        6000, "Source vocabulary", "Subwords of the source at most", group="Data", minimum=20, maximum=64_000
    )
    target_vocabulary: int = setting(
        6000, "Target vocabulary", "Subwords of the target at most", group="Data", minimum=20, maximum=64_000
    )
    lowercase: bool = setting(True, "Lower-case the source", "Lower-case the source text", group="Data")
    simplify: bool = setting(
        True, "Simplify Chinese", "Read and write traditional characters as simplified ones (OpenCC)", group="Data"
    )
    sampling: float = setting(
        0.0,
        "Subword sampling",
        "Smoothing of the subword segmentations of the source sampled each epoch (Kudo 2018); 0: always the best one",
        group="Data",
        minimum=0,
        maximum=10,
        advanced=True,
    )
    tied: bool = setting(
        True, "Tied output", "The target's vectors are also its output weights (Press & Wolf 2017)", advanced=True
    )
    coverage_penalty: float = setting(
        0.0, "Coverage penalty", "Weight of Wu et al. 2016, equation 14, against words left out", group="Training",
        minimum=0, maximum=5, advanced=True,
    )  # fmt: skip


@settings(
    units=changed(256, help="Size of a state (in each direction)", minimum=4),
    bidirectional=changed(True, help="The encoder reads backwards too"),
    encoder_layers=changed(1, help="Recurrent layers of the encoder", maximum=8),
    decoder_layers=changed(1, help="Recurrent layers of the decoder, each with attention", maximum=8),
)
class Recurrent(EncoderDecoder, Memory, Layers, Directions, StateUnits, Cell):
    """What all recurrent encoder-decoders share."""


@settings()
class Seq2Seq(Encoding, AttentionScores, Recurrent):
    """Bahdanau et al. 2015, Luong et al. 2015."""

    attention_span: str = setting(
        "global", "Attention span", "Positions attended: all, a window at the same or at a predicted position "
        "(Luong et al. 2015, section 3.2)", choices=("global", "monotonic", "predictive"), advanced=True,
    )  # fmt: skip
    span_width: int = setting(
        5, "Span width", "Words on each side of the centre of local attention (D)", minimum=1, maximum=200,
        advanced=True,
    )  # fmt: skip
    input_feeding: bool = setting(
        False, "Input feeding", "The attentional state is fed into the next step (Luong et al. 2015, section 3.3); "
        "slower to train", advanced=True,
    )  # fmt: skip
    bridge: str = setting(
        "dense", "Bridge", "Initial decoder states from the encoder's last: through a dense layer (dense) or "
        "unchanged (states)", choices=("dense", "states"), advanced=True,
    )  # fmt: skip
    readout: str = setting(
        "tanh", "Readout", "What the output layer reads: a tanh layer (Luong et al. 2015), maxout over state, word "
        "and source (Cho et al. 2014), or the state itself",
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


@settings(
    units_of_text="characters",
    lowercase=False,
    longest=200,
    embedding_size=64,
    tied=False,
    cell="lstm",
    bidirectional=False,
    attention="none",
    lexical=False,
    bridge="states",
    readout="state",
)
class Seq2SeqChar(Seq2Seq):
    """Sutskever et al. 2014 character by character: LSTM to LSTM, states handed over, no attention."""


@settings(
    units_of_text="words",
    embedding_size=128,
    tied=False,
    cell="lstm",
    bidirectional=False,
    attention="none",
    lexical=False,
    bridge="states",
    readout="maxout",
)
class Seq2SeqWord(Seq2Seq):
    """Cho et al. 2014: words, no attention; state, word and source decide together."""


@settings(
    dropout=0.1,
    state_dropout=0.1,
    output_dropout=0.0,
    warmup=0.1,
    encoder_layers=3,
    decoder_layers=2,
    hidden=changed(1024, help="Units of the feed-forward network after each attention", minimum=4, maximum=16_384),
)
class Transformer(Encoding, Hidden, Layers):
    """Vaswani et al. 2017."""

    heads: int = setting(4, "Heads", "Attention heads in each layer", minimum=1, maximum=64)
    norm_first: bool = setting(
        True, "Normalise first", "Layer normalisation before each sub-layer (Xiong et al. 2020), not after it (2017)",
        advanced=True,
    )  # fmt: skip

    def check(self) -> None:
        """Raises ValueError where the vectors do not divide among the heads."""
        if self.embedding_size % self.heads or self.embedding_size % 2:
            raise ValueError(f"the vector size must be even and divide among the {self.heads} heads (embedding_size)")
