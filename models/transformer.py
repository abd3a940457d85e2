"""A small Transformer that translates (Vaswani et al. 2017), normalised first (Xiong et al. 2020) or as in 2017.

    x = √d E[ids] + PE                                     sections 3.4, 3.5: .layers.multihead
    MultiHead(x, z), FFN(x), the norm around each          section 3, equations 1 and 2: .layers.block
    p(y_t) = softmax(E' x_t + b)                           E': the target embedding where it is tied

A layer that reads has MultiHead(x, x) and FFN; one that writes has MultiHead over the words so far, MultiHead(x,
memory) and FFN. Equation 3, a learning rate that rises and falls, is the trainer's to set.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from .layers.block import BlockShape, EncoderBlock, FeedForward, MultiHead
from .layers.embedding import subwords
from .layers.multihead import Placed
from .layers.output import First, Output
from .layers.reading import Places, Real, Zeros
from .tensors import Tensor


def states_of(settings: Any) -> list[tuple[str, int]]:
    """What passes from one word to the next, a layer each: keys and values of the words so far, ``[r, t, size]``."""
    return [(f"cache_{number}", 2 * settings.embedding_size) for number in range(settings.decoder_layers)]


def _block(settings: Any) -> BlockShape:
    return BlockShape(
        settings.embedding_size, settings.heads, settings.hidden, settings.state_dropout, settings.norm_first
    )


def _placed(settings: Any, words: Tensor, places: Tensor, side: str) -> Tensor:
    x = Placed(name=f"{side}_placed")(words, places)
    return layers.Dropout(settings.dropout, name=f"{side}_dropout")(x) if settings.dropout else x


def _last_norm(settings: Any, x: Tensor, side: str) -> Tensor:
    """Where parts are normalised first, what they add up to is not yet."""
    return layers.LayerNormalization(epsilon=1e-6, name=f"{side}_norm")(x) if settings.norm_first else x


class TransformerEncoder:
    """Source ids ``[b, n]`` to memory ``[b, n, m]`` and ``real [b, n]`` (None without a mask).

    The memory has, for each layer that writes, its keys and values of each source word: no target word changes them.
    """

    def __init__(self, settings: Any, vocabulary_size: int) -> None:
        self.settings = settings
        self.embedding = subwords(vocabulary_size, settings.embedding_size, "source_embedding")
        shape = _block(settings)
        self.layers = [EncoderBlock(shape, f"encoder_{number}") for number in range(settings.encoder_layers)]

    def __call__(self, ids: Tensor, across: list[MultiHead], mask: bool) -> tuple[Tensor, Tensor | None]:
        real = Real(name="source_real")(ids) if mask else None
        x = _placed(self.settings, self.embedding(ids), Places(name="source_places")(ids), "source")
        for layer in self.layers:
            x = layer(x, real)
        x = _last_norm(self.settings, x, "source")
        seen = [layer.keys_values(x) for layer in across]
        return layers.Concatenate(name="memory")(seen) if len(seen) > 1 else seen[0], real


class TransformerDecoder:
    """Target ids and memory to scores of the next words, all at once or word by word."""

    def __init__(self, settings: Any, vocabulary_size: int, causal: bool) -> None:
        self.settings = settings
        self.embedding = subwords(vocabulary_size, settings.embedding_size, "target_embedding")
        shape, numbers = _block(settings), range(settings.decoder_layers)
        self.self_attentions = [MultiHead(shape, f"decoder_{number}_self", causal=causal) for number in numbers]
        self.across = [
            MultiHead(shape, f"decoder_{number}_across", first=2 * number * shape.size) for number in numbers
        ]
        self.forward = [FeedForward(shape, f"decoder_{number}_forward") for number in numbers]
        self.output = Output(vocabulary_size, self.embedding if settings.tied else None, name="output")

    def __call__(
        self, ids: Tensor, places: Tensor, memory: Tensor, real: Tensor | None = None, caches: Sequence[Tensor] = ()
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Scores ``[b, t, V]``, the last layer's attention to the source ``[b, t, n]`` (the mean of its heads), and the
        caches ``[b, t, 2 d]`` of words before with these."""
        x = _placed(self.settings, self.embedding(ids), places, "target")
        after: list[Tensor] = []
        weights: Any = None
        for number, (self_attention, across, forward) in enumerate(
            zip(self.self_attentions, self.across, self.forward, strict=True)
        ):
            asked = self_attention.before(x)
            seen = self_attention.keys_values(asked)
            if caches:
                seen = layers.Concatenate(axis=1, name=f"cached_{number}")([caches[number], seen])
            after.append(seen)
            x, _ = self_attention(x, asked, seen)
            x, weights = across(x, across.before(x), memory, real)
            x = forward(x)
        x = _last_norm(self.settings, x, "target")
        if self.settings.output_dropout:
            x = layers.Dropout(self.settings.output_dropout, name="output_dropout")(x)
        return self.output(x), ops.mean(weights, axis=1), after


def build(settings: Any, source_size: int, target_size: int, mask: bool = True) -> keras.Model:
    """The network that trains: int32 source ids ``[batch, n]`` and target ids ``[batch, t]`` (each beginning with the
    start symbol; 0 is padding) to scores ``[batch, t, target_size]`` of the words that follow."""
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    decoder = TransformerDecoder(settings, target_size, causal=True)
    memory, real = TransformerEncoder(settings, source_size)(source, decoder.across, mask)
    scores, _, _ = decoder(target, Places(name="places")(target), memory, real)
    return keras.Model([source, target], scores, name="transformer")


def build_serving(settings: Any, source_size: int, target_size: int) -> tuple[keras.Model, keras.Model]:
    """The graphs that serve, with the weights of :func:`build` by their paths.

    The encoder: unpadded ``source [b, n]`` to ``memory [b, n, m]`` and the empty caches ``[b, 0, 2 d]``. The step: the
    last word ``[r, 1]``, its number ``place [r, 1]`` float32, memory ``[r, n, m]`` and the caches ``[r, t, 2 d]`` to
    ``scores [r, V]``, ``attention [r, n]`` and the caches ``[r, t + 1, 2 d]``.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    decoder = TransformerDecoder(settings, target_size, causal=False)
    memory, _ = TransformerEncoder(settings, source_size)(source, decoder.across, mask=False)
    empty = [Zeros((0, size), name=f"empty_{name}")(memory) for name, size in states_of(settings)]
    encoder = keras.Model(source, [memory, *empty], name="encoder")
    word = keras.Input((1,), dtype="int32", name="word")
    place = keras.Input((1,), dtype="float32", name="place")
    given = keras.Input((None, memory.shape[-1]), name="memory")
    before = [keras.Input((None, size), name=name) for name, size in states_of(settings)]
    scores, attention, after = decoder(word, place, given, caches=before)
    outputs = [First(name="scores")(scores), First(name="looks")(attention), *after]
    return encoder, keras.Model([word, place, given, *before], outputs, name="step")
