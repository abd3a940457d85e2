"""The hyper-parameters of models that write titles. Imports nothing heavy."""

from dataclasses import dataclass
from typing import Any

from .settings import _field
from .settings_translate import Encoding, Seq2Seq, _again


def _own(name: str, default: Any, help: str = "", label: str = "") -> Any:
    """A field of the translators with another default, and other words for people."""
    made = _again(Seq2Seq if name not in Encoding.__dataclass_fields__ else Encoding, name, default)
    told = {key: value for key, value in (("help", help), ("label", label)) if value}
    return _field(default, **{**made.metadata, **told})


@dataclass(frozen=True)
class TitleCopy:
    """See et al. 2017 and Meng et al. 2017: an encoder-decoder with attention that may copy words of the text."""

    copying: bool = _field(
        True, "Copying", "Words may be copied from the text, so that names reach the title (See et al. 2017)"
    )
    coverage: float = _field(
        0.5, "Coverage loss", "Weight against looking where it has looked (See et al. 2017, equation 13); 0: off",
        minimum=0, maximum=10,
    )  # fmt: skip
    embedding_size: int = _own("embedding_size", 128)
    units: int = _own("units", 256)
    cell: str = _own("cell", "gru")
    bidirectional: bool = _own("bidirectional", True)
    encoder_layers: int = _own("encoder_layers", 1)
    decoder_layers: int = _own("decoder_layers", 1)
    lexical: bool = _own("lexical", True)
    attention: str = _field(
        "general", "Alignment", "How a state is compared with the words of the text",
        choices=("cosine", "additive", "general", "dot", "scaled-dot"), advanced=True,
    )  # fmt: skip
    dropout: float = _own("dropout", 0.1)
    output_dropout: float = _own("output_dropout", 0.1)
    state_dropout: float = _own("state_dropout", 0.1)
    word_dropout: float = _own("word_dropout", 0.0)
    more: str = _own(
        "more", "",
        "Texts with titles that are trained on beside, as cards or files joined by +; what is held out is left out",
        "Further texts",
    )  # fmt: skip
    initial: str = _own("initial", "")
    vocabulary: int = _field(
        16_000, "Vocabulary", "The most frequent words of texts and titles; others can be copied", group="Data",
        minimum=20, maximum=200_000,
    )  # fmt: skip
    title_weight: int = _field(
        5, "Weight of titles", "How often a word of a title counts when the vocabulary is chosen", group="Data",
        minimum=1, maximum=1000, advanced=True,
    )  # fmt: skip
    longest: int = _field(200, "Words read", "Longer texts are read to here", group="Data", minimum=8, maximum=2000)
    longest_title: int = _field(
        30, "Longest title", "Training pairs with longer titles are left out", group="Data", minimum=4, maximum=200,
        advanced=True,
    )  # fmt: skip
    validation_fraction: float = _own("validation_fraction", 0.05)
    epochs: int = _own("epochs", 5)
    batch_size: int = _own("batch_size", 32)
    optimizer: str = _own("optimizer", "adam")
    learning_rate: float = _own("learning_rate", 0.001)
    schedule: str = _own("schedule", "linear")
    warmup: float = _own("warmup", 0.02)
    weight_decay: float = _own("weight_decay", 0.0)
    clip_norm: float = _own("clip_norm", 1.0)
    averaging: float = _own("averaging", 0.999)
    patience: int = _own("patience", 2)
    beam: int = _own("beam", 5, "Titles held at once when writing")
    length_penalty: float = _own(
        "length_penalty", 1.0, "Exponent of Wu et al. 2016, equation 14; higher: longer titles"
    )
    length_reward: float = _field(
        1.0, "Word reward", "What each word of a title brings, up to the mean length of titles (Huang et al. 2017)",
        group="Training", minimum=0, maximum=10, advanced=True,
    )  # fmt: skip
    precision: str = _own("precision", "int8")
    keep_weights: bool = _own("keep_weights", True)
    floor: bool = _own("floor", True, "Take the first sentence for the title, and report it too")

    # What the encoder and the loop ask of all encoder-decoders, and is not chosen here.
    input_feeding = True
    bridge = "dense"
    readout = "tanh"
    monitor = "accuracy"

    def check(self) -> None:
        """Nothing beyond the fields' bounds."""
