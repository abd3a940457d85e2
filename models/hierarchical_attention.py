"""Hierarchical attention: words make sentences, sentences make the text (Yang et al. 2016).

h_it = biGRU(x_i1 … x_iT)                     words of the sentence i                      equations 1 to 4
u_it = tanh(W_w h_it + b_w)                                                                equation 5
α_it = softmax over t of u_itᵀ u_w,  s_i = Σ_t α_it h_it                                   equations 6, 7
h_i  = biGRU(s_1 … s_L)                       sentences of the text
u_i  = tanh(W_s h_i + b_s),  α_i = softmax over i of u_iᵀ u_s,  v = Σ_i α_i h_i            equations 8 to 10
y    = W_c v + b_c                                                                         equation 11
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.embedding import embed
from .layers.pooling import attend, show_attention
from .layers.self_attention import Lengths, ReverseWords
from .tensors import Tensor


@keras.saving.register_keras_serializable("dltext")
class Blocks(layers.Layer):
    """Ids ``[batch, length]`` to sentences ``[batch, sentences, words]``: a block of ``words`` ids is one, padded."""

    def __init__(self, words: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.words = words

    def call(self, ids: Tensor) -> Tensor:
        # As many blocks as every `words`-th id begins; the last may lack some, so padding stands behind.
        blocks = ops.shape(ids[:, :: self.words])[1]
        padding = ops.zeros((ops.shape(ids)[0], self.words), dtype=ids.dtype)
        first = ops.arange(blocks, dtype="int32")[:, None] * self.words
        places = first + ops.arange(self.words, dtype="int32")[None, :]
        return ops.take(ops.concatenate([ids, padding], axis=1), places, axis=1)

    def compute_output_spec(self, ids: Tensor):
        return keras.KerasTensor((ids.shape[0], None, self.words), dtype=ids.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "words": self.words}


@keras.saving.register_keras_serializable("dltext")
class EachSentence(layers.Layer):
    """Sentences ``[batch, sentences, words]`` to ``[batch × sentences, words]``."""

    def call(self, sentences: Tensor) -> Tensor:
        return ops.reshape(sentences, (-1, sentences.shape[2]))

    def compute_output_spec(self, sentences: Tensor):
        return keras.KerasTensor((None, sentences.shape[2]), dtype=sentences.dtype)


@keras.saving.register_keras_serializable("dltext")
class EachText(layers.Layer):
    """Vectors of sentences ``[batch × sentences, size]`` to ``[batch, sentences, size]``, as ``sentences`` are."""

    def call(self, vectors: Tensor, sentences: Tensor) -> Tensor:
        return ops.reshape(vectors, (*ops.shape(sentences)[:2], vectors.shape[1]))

    def compute_output_spec(self, vectors: Tensor, sentences: Tensor):
        return keras.KerasTensor((*sentences.shape[:2], vectors.shape[1]), dtype=vectors.dtype)


@keras.saving.register_keras_serializable("dltext")
class Inhabited(layers.Layer):
    """1 for a sentence with a word, else 0: ``[batch, sentences, words]`` to int32 ``[batch, sentences]``."""

    def call(self, sentences: Tensor) -> Tensor:
        return ops.cast(ops.max(sentences, axis=2) > 0, "int32")

    def compute_output_spec(self, sentences: Tensor):
        return keras.KerasTensor(sentences.shape[:2], dtype="int32")


@keras.saving.register_keras_serializable("dltext")
class WordShares(layers.Layer):
    """What each word gets of the attention, α_i α_it: ``[batch, sentences]`` and ``[batch × sentences, words]`` to
    ``[batch, sentences × words]``."""

    def call(self, of_sentences: Tensor, of_words: Tensor) -> Tensor:
        shares = ops.reshape(of_sentences, (-1, 1)) * of_words
        return ops.reshape(shares, (ops.shape(of_sentences)[0], -1))

    def compute_output_spec(self, of_sentences: Tensor, of_words: Tensor):
        return keras.KerasTensor((of_sentences.shape[0], None), dtype=of_words.dtype)


def read(x: Tensor, ids: Tensor, units: int, name: str) -> Tensor:
    """States of a bidirectional GRU over vectors ``[rows, n, size]``: ``[rows, n, 2 units]``; 0 in ``ids [rows, n]`` is
    padding, which stands at the end, so that no state sees it before a word."""
    lengths = Lengths(name=f"{name}_lengths")(ids)
    turn = ReverseWords(name=f"{name}_reverse")
    forward = layers.GRU(units, return_sequences=True, name=f"{name}_forward")(x)
    backward = layers.GRU(units, return_sequences=True, name=f"{name}_backward")(turn(x, lengths))
    return layers.Concatenate(name=f"{name}_states")([forward, turn(backward, lengths)])


def build(settings: Any, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> keras.Model:
    """The network: int32 ids ``[batch, length]``, in blocks of a sentence each, to logits ``[batch, classes]``.

    ``settings`` is a :class:`~dltext.engine.train.classify.settings.HierarchicalAttention`; ``vectors``
    ``[vocabulary_size, size]``. Padding is ignored with and without ``mask``, for it stands behind each sentence.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    size = settings.embedding_size if vectors is None else vectors.shape[1]
    sentences = Blocks(settings.sentence_words, name="blocks")(ids)  # [batch, sentences, words]
    words = EachSentence(name="each_sentence")(sentences)  # [batch × sentences, words]
    drop = (settings.embedding_dropout, settings.word_dropout, True)
    x = embed(words, vocabulary_size, size, settings.variant, vectors, *drop)
    h = read(x, words, settings.units, "word")
    s, of_words = attend(h, words, settings.attention_units, True, "word_")  # [batch × sentences, 2 units]
    s = EachText(name="each_text")(s, sentences)  # [batch, sentences, 2 units]
    real = Inhabited(name="inhabited")(sentences)
    h = read(s, real, settings.units, "sentence")
    v, of_sentences = attend(h, real, settings.attention_units, True, "sentence_")  # [batch, 2 units]
    shares = WordShares(name="shares")(of_sentences, of_words)
    if settings.dropout:
        v = layers.Dropout(settings.dropout, name="dropout")(v)
    model = keras.Model(ids, layers.Dense(classes, name="logits")(v), name="hierarchical_attention")
    show_attention(model, shares)
    return model
