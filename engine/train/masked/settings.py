"""The hyper-parameters of the recipe ``masked-lm``."""

from ..encoder.settings import OF_ENCODERS, Compute
from ..settings import Dropout, Monitor, Training, Validation, Vocabulary, changed, setting, settings


@settings(
    epochs=changed(10, help="Passes over the texts; other pieces are hidden in each"),
    batch_size=changed(32, help="Stretches of text a step"),
    learning_rate=changed(5e-4, help="At its highest; small encoders take 0.0002 to 0.001"),
    **OF_ENCODERS,
    keep_weights=changed(
        True, help="Keep the weights unrounded beside the graph, so that fine-tuning starts from them"
    ),
    floor=changed(True, help="Also measure how often the most frequent piece is right"),
    vocabulary_size=changed(
        8000, help="Pieces of words, learnt from the texts (WordPiece)", minimum=100, maximum=200_000
    ),
    min_count=changed(2, help="Pieces that occur less often are made of shorter ones"),
    dropout=changed(0.1, help="Share of the features dropped in each layer", maximum=0.9),
)
class MaskedTraining(Training, Compute, Monitor, Validation, Vocabulary, Dropout):
    """Devlin et al. 2019, section 3.1 and appendix A.2; the sizes are those of BERT-Mini (Turc et al. 2019)."""

    layers: int = setting(4, "Layers", "Layers of attention", minimum=1, maximum=24)
    size: int = setting(256, "Vector size", "Components of a state; a multiple of the heads", minimum=4, maximum=1024)
    heads: int = setting(4, "Heads", "Attention heads in each layer", minimum=1, maximum=16)
    hidden: int = setting(
        1024, "Hidden units", "Units of the feed-forward part; four times the size is usual", minimum=4, maximum=4096
    )
    max_tokens: int = setting(
        62,
        "Longest text",
        "Pieces that are read at once; longer texts are cut into stretches",
        group="Data",
        minimum=5,
        maximum=1022,
    )
    lowercase: bool = setting(True, "Lower case", "Read capitals as small letters, and without accents", group="Data")
    masked_share: float = setting(
        0.15,
        "Hidden share",
        "Share of the pieces that are hidden and asked for",
        group="Training",
        minimum=0.01,
        maximum=0.5,
    )
    next_sentence: bool = setting(
        False,
        "Next part",
        "Also learn whether the second half of a text follows the first; for tasks on pairs of sentences",
        group="Training",
    )

    def check(self) -> None:
        super().check()
        if self.size % self.heads:
            raise ValueError(f"size {self.size} is no multiple of heads {self.heads}")
