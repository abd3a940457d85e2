"""The weights of encoders that others trained, by the paths of ours: BERT, MiniLM, E5, RoBERTa, XLM-R.

All name them alike (``encoder.layer.0.attention.self.query.weight``), with a prefix that says what they were saved as.
A matrix of theirs is ``[out, in]``, ours ``[in, out]``; our keys and values stand side by side.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....models.encoder_shape import EncoderShape
from ...serve.float_encoder import SEGMENTS

PIECES = "embeddings.word_embeddings.weight"
TYPES = {"bert": 0, "roberta": 2, "xlm-roberta": 2, "camembert": 2}
"""``model_type`` of a config to the first row of its places that a text uses: in RoBERTa's family the rows before are
padding's."""
ACTIVATIONS = {"gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "relu": "relu"}
LAYER = {
    "attention.self.query": "self_queries",
    "attention.output.dense": "self_join",
    "intermediate.dense": "forward_inner",
    "output.dense": "forward_outer",
}
NORMS = {"attention.output.LayerNorm": "self_norm", "output.LayerNorm": "forward_norm"}


def shape_of(config: Mapping[str, Any], pooling: str, where: str) -> EncoderShape:
    """The shape that a ``config.json`` describes; UserError where it is of another family."""
    kind = config.get("model_type")
    if kind not in TYPES:
        raise UserError(f"{where} describes a model of the type {kind!r}; encoders are read of: {', '.join(TYPES)}.")
    if config.get("position_embedding_type", "absolute") != "absolute" or config.get("is_decoder"):
        raise UserError(f"{where} describes an encoder with relative places or a decoder; neither is read.")
    activation = config.get("hidden_act", "gelu")
    if activation not in ACTIVATIONS:
        raise UserError(f"{where} names the activation {activation!r}; known are: {', '.join(ACTIVATIONS)}.")
    keys = ("num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size", "max_position_embeddings")
    numbers: list[Any] = [config.get(key) for key in keys]
    for key, value in zip(keys, numbers, strict=True):
        if type(value) is not int or not 0 < value <= 100_000:
            raise UserError(f"{where}: {key} must be a whole number above 0, not {value!r}.")
    layers, size, heads, hidden, places = numbers
    if size % heads:
        raise UserError(f"{where}: hidden_size {size} is no multiple of its {heads} attention heads.")
    epsilon = float(config.get("layer_norm_eps", 1e-12))
    return EncoderShape(layers, size, heads, hidden, places - TYPES[kind], pooling, ACTIVATIONS[activation], epsilon)


def rename(theirs: Mapping[str, np.ndarray], kind: str, shape: EncoderShape, where: str) -> dict[str, np.ndarray]:
    """Their weights by our paths, float32; a pooler where they have one. UserError for one that lacks or is another."""
    prefix = next((name.removesuffix(PIECES) for name in theirs if name.endswith(PIECES)), None)
    if prefix is None:
        raise UserError(f"{where} holds no {PIECES}: it is no encoder of BERT's family.")

    def given(name: str) -> np.ndarray:
        old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        for spelling in (name, old):
            if (values := theirs.get(prefix + spelling)) is not None:
                return np.asarray(values, np.float32)
        raise UserError(f"{where} lacks {prefix}{name}: the weights are incomplete, or of another kind of model.")

    ours = {"pieces/embeddings": given(PIECES)}
    # A single text is of the first type at all its places, so that its vector is a part of theirs.
    places, types = given("embeddings.position_embeddings.weight"), given("embeddings.token_type_embeddings.weight")
    ours["places/embeddings"] = places[TYPES[kind] :] + types[:1]
    if len(types) > 1:  # what a place of the second text has beside that
        ours[SEGMENTS] = types[1] - types[0]

    def norm(name: str, path: str) -> None:
        ours[f"{path}/gamma"], ours[f"{path}/beta"] = given(f"{name}.weight"), given(f"{name}.bias")

    def dense(name: str, path: str) -> None:
        ours[f"{path}/kernel"] = np.ascontiguousarray(given(f"{name}.weight").T)
        ours[f"{path}/bias"] = given(f"{name}.bias")

    norm("embeddings.LayerNorm", "embedding_norm")
    for number in range(shape.layers):
        theirs_at, ours_at = f"encoder.layer.{number}.", f"layer_{number}_"
        for name, path in LAYER.items():
            dense(theirs_at + name, ours_at + path)
        for name, path in NORMS.items():
            norm(theirs_at + name, ours_at + path)
        pair = [f"{theirs_at}attention.self.{name}" for name in ("key", "value")]
        ours[f"{ours_at}self_keys_values/kernel"] = np.concatenate([given(f"{n}.weight").T for n in pair], axis=1)
        ours[f"{ours_at}self_keys_values/bias"] = np.concatenate([given(f"{n}.bias") for n in pair])
    if f"{prefix}pooler.dense.weight" in theirs:
        dense("pooler.dense", "pooler")
    elif shape.pooling == "cls":
        raise UserError(f"{where} has no pooler: choose the pooling mean or first.")
    return ours
