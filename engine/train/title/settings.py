"""The hyper-parameters of models that write titles. Imports nothing heavy."""

from ..declaring import changed, setting, settings
from ..pairs.settings import AttentionScores, Recurrent


@settings(
    embedding_size=128,
    attention=changed(
        "general",
        help="Alignment function between a decoder state and the text",
        choices=("cosine", "additive", "general", "dot", "scaled-dot"),
        advanced=True,
    ),
    dropout=0.1,
    output_dropout=0.1,
    state_dropout=0.1,
    more=changed(
        "",
        label="Further texts",
        help="Additional texts with titles, as cards or files joined by +; held-out texts are left out",
    ),
    longest=changed(200, label="Words read", help="Longer texts are truncated to this length", minimum=8),
    epochs=5,
    batch_size=32,
    patience=2,
    beam=changed(5, help="Titles kept in beam search"),
    length_penalty=changed(1.0, help="Exponent of Wu et al. 2016, equation 14; higher: longer titles"),
    floor=changed(True, help="Also measure and report the baseline that takes the first sentence as the title"),
)
class TitleCopy(Recurrent, AttentionScores):
    """See et al. 2017 and Meng et al. 2017: an encoder-decoder with attention that may copy words of the text."""

    copying: bool = setting(True, "Copying", "Words of the text can be copied into the title (See et al. 2017)")
    coverage: float = setting(
        0.5, "Coverage loss", "Weight of the loss against repeated attention (See et al. 2017, equation 13); 0: off",
        minimum=0, maximum=10,
    )  # fmt: skip
    vocabulary: int = setting(
        16_000, "Vocabulary", "The most frequent words of texts and titles; others can be copied", group="Data",
        minimum=20, maximum=200_000,
    )  # fmt: skip
    title_weight: int = setting(
        5, "Weight of titles", "Weight of a title's words when the vocabulary is counted", group="Data",
        minimum=1, maximum=1000, advanced=True,
    )  # fmt: skip
    longest_title: int = setting(
        30, "Longest title", "Training pairs with longer titles are left out", group="Data", minimum=4, maximum=200,
        advanced=True,
    )  # fmt: skip
    length_reward: float = setting(
        1.0, "Word reward", "Reward for each word up to the mean title length (Huang et al. 2017)",
        group="Training", minimum=0, maximum=10, advanced=True,
    )  # fmt: skip

    # What the encoder and the loop ask of all encoder-decoders, and is not chosen here.
    input_feeding = True
    bridge = "dense"
    readout = "tanh"
    monitor = "accuracy"
