"""Words to vectors: the four ways of Kim (2014, section 3.1), shared by all classifiers."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..tensors import Shape, Tensor

VARIANTS = ("random", "static", "non-static", "multichannel")


@keras.saving.register_keras_serializable("dltext")
class DropWords(layers.Layer):
    """Replace each word by ``[UNK]`` (id 1) with probability ``rate`` while training.

    Iyyer et al. 2015 (deep averaging networks) and Dai & Le 2015. Ids 0 (padding) stay. ``[batch, length]`` in and out.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, ids: Tensor, training: bool = False) -> Tensor:
        if not training or not self.rate:
            return ids
        dropped = keras.random.uniform(ops.shape(ids), seed=self.seed_generator) < self.rate
        return ops.where(ops.logical_and(dropped, ids > 0), ops.ones_like(ids), ids)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


@keras.saving.register_keras_serializable("dltext")
class ZeroPadding(layers.Layer):
    """Set the vectors of padding (id 0) to zero, so that a padded row answers as it would alone.

    Inputs: vectors ``[batch, length, size]`` and ids ``[batch, length]``.
    """

    def call(self, vectors: Tensor, ids: Tensor) -> Tensor:
        return vectors * ops.cast(ops.expand_dims(ops.not_equal(ids, 0), -1), vectors.dtype)

    def compute_output_shape(self, vectors_shape: Shape, ids_shape: Shape) -> Shape:
        return vectors_shape


def embed(
    ids: Tensor,
    vocabulary_size: int,
    size: int,
    variant: str,
    vectors: np.ndarray | None,
    dropout: float,
    word_dropout: float,
    mask: bool,
    prefix: str = "",
) -> Tensor:
    """Embed ``ids`` ``[batch, length]`` as ``[batch, length, size]`` (``multichannel``: ``2 × size``).

    ``random``: learned from nothing. ``static``: ``vectors`` ``[vocabulary_size, size]``, frozen. ``non-static``:
    the same, fine-tuned. ``multichannel``: both side by side; a convolution over the joined channels is the sum of
    the filter's two halves over the two channels, as in section 2 of the paper. With ``mask`` the rows of padding
    are zero. ``prefix`` stands before the names of the layers, where a network embeds twice.

    Raises ValueError where a variant needs vectors and none are given.
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant is one of {', '.join(VARIANTS)}, not {variant!r}")
    if variant != "random" and vectors is None:
        raise ValueError(f"variant {variant!r} needs pretrained vectors")

    def table(name: str, trainable: bool, pretrained: bool):
        initial = keras.initializers.Constant(vectors) if pretrained else keras.initializers.RandomUniform(-0.25, 0.25)
        return layers.Embedding(
            vocabulary_size, size, embeddings_initializer=initial, trainable=trainable, name=prefix + name
        )

    if word_dropout:
        ids = DropWords(word_dropout, name=f"{prefix}word_dropout")(ids)
    channels: list[Tensor] = []
    if variant in ("static", "multichannel"):
        channels.append(table("static", False, True)(ids))
    if variant != "static":
        channels.append(table("embedding", True, variant != "random")(ids))
    embedded = channels[0] if len(channels) == 1 else layers.Concatenate(name=f"{prefix}channels")(channels)
    if mask:
        embedded = ZeroPadding(name=f"{prefix}zero_padding")(embedded, ids)
    if dropout:
        # Whole components, not single numbers: neighbouring words share what is dropped (Tompson et al. 2015).
        embedded = layers.SpatialDropout1D(dropout, name=f"{prefix}embedding_dropout")(embedded)
    return embedded


def subwords(vocabulary_size: int, size: int, name: str) -> layers.Embedding:
    """Vectors of subwords with a spread of ``size ** -0.5``, so that scores by the same vectors (Press & Wolf 2017)
    begin near one: with Keras's default they begin near nothing, and what lies below the output saturates first."""
    spread = keras.initializers.RandomNormal(stddev=size**-0.5)
    return layers.Embedding(vocabulary_size, size, embeddings_initializer=spread, name=name)
