"""The hyper-parameters of the recipe ``encoder``."""

from typing import Any

from ...text.windows import MOST_WINDOWS
from ..classify.settings import LinearPart
from ..device_settings import Devices
from ..settings import Dropout, Monitor, Smoothing, Training, Validation, changed, setting, settings

OF_ENCODERS: dict[str, Any] = {
    "optimizer": "adamw",
    "schedule": "linear",
    "warmup": changed(0.1, advanced=False),
    "weight_decay": changed(0.01, help="Decoupled decay of all weights but biases, norms and vectors"),
    "clip_norm": 1.0,
    "patience": 0,
    "precision": changed(
        "int8",
        label="Weights kept as",
        help="Precision of the weights in the finished model",
        choices=("float32", "int8"),
    ),
}
"""What all training of an encoder begins with, from nothing or from a pretrained one."""


@settings()
class Compute:
    compute: str = setting(
        "auto",
        "Compute in",
        "What the layers compute in while training: bfloat16 is quicker where the processor has instructions for it "
        "(AMX, AVX-512 BF16), and rounds to three digits; auto: bfloat16 there, else float32",
        group="Training",
        choices=("auto", "float32", "bfloat16"),
        advanced=True,
    )


@settings(
    epochs=2,
    batch_size=changed(32, help="Texts a step; all of a step are of about one length"),
    learning_rate=changed(1e-4, help="Of the output and the last layer, at its highest; 0.00002 to 0.0002 is usual"),
    **OF_ENCODERS,
    keep_weights=changed(
        False, help="Keep the weights unrounded beside the graph (four times its size), to train on from them"
    ),
    dropout=changed(0.1, help="Share of the features dropped in each layer and before the output", maximum=0.9),
)
class EncoderTraining(Training, Devices, Compute, Monitor, Smoothing, Validation, Dropout, LinearPart):
    """Devlin et al. 2019, section 4 and appendix A.3; layer-wise rates: Howard & Ruder 2018, section 3.2."""

    base: str = setting(
        "encoder-en",
        "Encoder",
        "Where to start: the name of an encoder here, or a folder or zip with config.json, model.safetensors and "
        "tokenizer.json (BERT, MiniLM, E5, RoBERTa, XLM-R)",
        kind="str",
    )
    max_tokens: int = setting(
        128,
        "Longest text",
        "Pieces of words read of a text; of a longer one the first and the last half of that while training, windows "
        "of that when it answers",
        group="Data",
        minimum=5,
        maximum=4096,
    )
    windows: int = setting(
        1,
        "Windows of a long text",
        "Train on up to so many windows of a text beyond max_tokens, each with the labels of the text, as it answers; "
        "1: on its first and last half alone, which takes less time",
        group="Data",
        minimum=1,
        maximum=MOST_WINDOWS,
    )
    pooling: str = setting(
        "auto",
        "Pooling",
        "How a text's states become one vector: their mean, the first through the pooler (cls), the first; auto as the "
        "encoder was trained",
        choices=("auto", "mean", "cls", "first"),
        advanced=True,
    )
    layer_decay: float = setting(
        0.9,
        "Layer decay",
        "What each layer's learning rate is multiplied with to give that of the layer below; 1: all alike",
        group="Training",
        minimum=0.1,
        maximum=1,
    )
    freeze_embeddings: bool = setting(
        False,
        "Freeze the vectors",
        "Leave the pieces' vectors as they are: quicker, and right for few texts",
        group="Training",
    )
    frozen_layers: int = setting(
        0,
        "Frozen layers",
        "So many layers, from the lowest, stay as they are (and the vectors with them)",
        group="Training",
        minimum=0,
        maximum=100,
    )
    prune: bool = setting(
        False,
        "Prune the vocabulary",
        "Keep only the pieces that the texts hold: smaller and quicker to train, but blind for other words' pieces",
        group="Data",
        advanced=True,
    )
    class_weights: bool = setting(
        False, "Balance classes", "Weigh each class by the inverse of its frequency", group="Training"
    )
