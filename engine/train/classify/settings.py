"""Settings of the recipes that classify: what all share, and those of each network."""

from ..declaring import changed, setting, settings
from ..device_settings import Devices
from ..settings import Directions, Network, Start, StateDropout, StateUnits


@settings()
class LinearPart:
    linear_part: bool = setting(
        False,
        "Linear part",
        "Also fit TF-IDF and a linear SVM to the same tokens; the model answers with the weighted sum of both, and the "
        "validation part chooses the weights",
        advanced=True,
    )


@settings()
class Classifier(Network, Start, Devices, LinearPart):
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


def whole_numbers(text: str, what: str, most: int, example: str, fewest: int = 0) -> tuple[int, ...]:
    """The numbers of a list as settings have it, from 1 to ``most``; ValueError where it holds something else, or less
    than ``fewest``."""
    parts = [part.strip() for part in str(text).split(",") if part.strip()]
    numbers = tuple(int(part) for part in parts if part.isdigit())
    if not fewest <= len(parts) == len(numbers) or not all(1 <= number <= most for number in numbers):
        raise ValueError(f"{what} are whole numbers from 1 to {most}, like {example}")
    return numbers


@settings()
class TextCNN(Classifier):
    """Kim 2014."""

    filters: int = setting(100, "Filters", "Feature maps per filter width", minimum=1, maximum=4096)
    kernel_sizes: str = setting("3,4,5", "Filter widths", "Words covered by a filter, comma-separated")
    depths: str = setting(
        "1",
        "Depths",
        "Convolutions on top of each other in a branch, comma-separated: 1,2,3 makes three branches of every width",
        kind="str",
        advanced=True,
    )
    halving: bool = setting(
        False,
        "Pooling between",
        "Between the convolutions of a branch, keep the larger of every two neighbours",
        advanced=True,
    )
    dense: int = setting(
        0,
        "Dense layer",
        "Units of a layer between the pooled features and the output; 0: none",
        minimum=0,
        maximum=4096,
    )
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
        return whole_numbers(self.kernel_sizes, "filter widths", 50, "3,4,5", fewest=1)

    def branches(self) -> tuple[int, ...]:
        """``depths`` as numbers; ValueError where they are not."""
        depths = whole_numbers(self.depths, "depths", 10, "1,2,3", fewest=1)
        if len(set(depths)) < len(depths):
            raise ValueError("depths are different whole numbers from 1 to 10, like 1,2,3")
        return depths

    def check(self) -> None:
        self.heights()
        self.branches()


@settings(clip_norm=1.0, units=changed(128, help="Size of the cell's state"))
class RecurrentClassifier(Classifier, Directions, StateUnits):
    """Hochreiter & Schmidhuber 1997, Cho et al. 2014, Gers & Schmidhuber 2000, Greff et al. 2017."""

    cell: str = setting(
        "lstm",
        "Cell",
        "LSTM, GRU, the simple cell without gates, an LSTM whose gates see its memory (peephole), or one that "
        "forgets as much as it writes (coupled)",
        choices=("lstm", "gru", "simple", "peephole", "coupled"),
    )
    pooling: str = setting(
        "mean",
        "Pooling",
        "How the hidden states are reduced to one vector; attention also shows which words count",
        choices=("mean", "max", "last", "attention"),
    )
    dense: int = setting(
        0, "Dense layer", "Units of a layer between the text's vector and the output; 0: none", minimum=0, maximum=4096
    )
    layers: int = setting(
        1, "Layers", "Recurrent layers, each reading the states of the one below", minimum=1, maximum=8, advanced=True
    )
    merge: str = setting(
        "concat",
        "Merging",
        "How the states of both directions become one: side by side, or added, multiplied or averaged",
        choices=("concat", "sum", "mul", "ave"),
        advanced=True,
    )
    two_branches: bool = setting(
        False,
        "Two branches",
        "Beside the network over pretrained vectors, a second one over vectors that are learnt from nothing",
        advanced=True,
    )


@settings(
    variant="random",
    vectors="",
    embedding_size=16,
    embedding_dropout=0.0,
    dropout=0.0,
    epochs=5,
    batch_size=64,
    optimizer="lazy-adam",
    learning_rate=0.01,
    patience=1,
    max_tokens=1000,
    precision="int8",
    keep_weights=False,
)
class EmbeddingMLP(Classifier):
    """Joulin et al. 2016."""

    longest_ngram: int = setting(
        0,
        "Words in a row",
        "Longest run of words (of Chinese: of characters) that has a vector of its own; 0: two words, three "
        "characters; 1: single words alone",
        minimum=0,
        maximum=5,
    )
    hidden: str = setting(
        "", "Hidden layers", "Units of each dense layer before the output, comma-separated; empty: none", kind="str"
    )
    pooling: str = setting(
        "mean",
        "Pooling",
        "The mean of the vectors, or those of the first words side by side (flatten), without runs of words",
        choices=("mean", "flatten"),
    )
    words: int = setting(
        200,
        "First words",
        "Words of which flatten joins the vectors; further words are left out",
        minimum=1,
        maximum=5000,
        advanced=True,
    )
    least_ngram: int = setting(
        3,
        "Least count of a run",
        "Runs of words that occur less often in the training texts are ignored",
        group="Data",
        minimum=1,
        maximum=1000,
        advanced=True,
    )
    ngram_rows: int = setting(
        200_000,
        "Vectors of runs",
        "Number of most frequent runs of words kept",
        group="Data",
        minimum=0,
        maximum=2_000_000,
        advanced=True,
    )
    buckets: int = setting(
        2_000_000,
        "Buckets",
        "Runs of words are hashed into so many buckets; those in one bucket share a vector",
        group="Data",
        minimum=1000,
        maximum=50_000_000,
        advanced=True,
    )

    def hidden_units(self) -> tuple[int, ...]:
        """``hidden`` as numbers; ValueError where they are not."""
        return whole_numbers(self.hidden, "hidden layers", 4096, "128,64")

    def check(self) -> None:
        self.hidden_units()
        if self.longest_ngram > 1 and (self.pooling == "flatten" or self.variant == "static"):
            raise ValueError("runs of words are learnt, and not flattened: set longest_ngram to 0 or 1")


@settings(
    clip_norm=1.0,
    batch_size=32,
    max_tokens=2000,
    units=changed(50, help="Size of the state of each of the four GRUs"),
)
class HierarchicalAttention(Classifier, StateUnits):
    """Yang et al. 2016."""

    attention_units: int = setting(
        100, "Attention units", "Size of the layer that scores words and sentences", minimum=1, maximum=4096
    )
    sentence_words: int = setting(
        40,
        "Longest sentence",
        "Words of a sentence that are read together; a longer one is read as several",
        group="Data",
        minimum=2,
        maximum=500,
        advanced=True,
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
