"""Word vectors: CBOW and skip-gram (Mikolov et al. 2013a, Efficient estimation of word representations in vector
space; 2013b, Distributed representations of words and phrases and their compositionality).

Each word w has a vector v_w and, as a target, a vector u_w; with one shared table, as the textbook has it, u_w = v_w.

    h = v_c                                        skip-gram: c is the centre, the target o a word of its window
    h = 1/C Σ_j v_{w_j}                            CBOW: w_j are the C words of the window, the target o its centre

    −log σ(u_o · h) − Σ_i log σ(−u_{n_i} · h)      negative sampling (2013b, equation 4), n_i drawn by P(w)^{3/4}
    −log softmax(U h)_o                            full softmax (2013a, section 3.1; 2013b, equation 2)

Some rows of a batch share their negatives, more than the equation asks for and weighted down to its number: the
expectation is the same, and the scores become a matrix product.
"""

from typing import Any

import keras
from keras import layers, ops

from .tensors import Shape, Tensor


class Word2Vec(keras.Model):
    """One table of vectors or two, and the losses; what the hidden vector h is, the subclasses say.

    ``tables``: shared, two. ``negative``: negatives a pair, the k of equation 4; 0 is the full softmax. A call gives
    the loss of each row in nats, ``[batch]``, of ``inputs`` (see the subclass), ``targets`` int32 ``[batch]`` and
    ``negatives`` int32 ``[groups, shared]``; the batch's rows, in order, form as many groups of ``rows`` each.
    """

    def __init__(self, vocabulary_size: int, vector_size: int, tables: str = "two", negative: int = 5, **kwargs: Any):
        super().__init__(**kwargs)
        self.vocabulary_size, self.vector_size, self.tables, self.negative = (
            vocabulary_size,
            vector_size,
            tables,
            negative,
        )
        # As word2vec.c starts: vectors small and uniform, targets zero; a single table of zeros would never move.
        small = keras.initializers.RandomUniform(-0.5 / vector_size, 0.5 / vector_size)
        self.vectors = layers.Embedding(vocabulary_size, vector_size, small, name="vectors")
        self.targets = self.vectors
        if tables == "two":
            self.targets = layers.Embedding(vocabulary_size, vector_size, "zeros", name="targets")

    def build(self, input_shape: Shape | None = None):
        for table in dict.fromkeys((self.vectors, self.targets)):
            if not table.built:
                table.build((None,))
        self.built = True

    def hidden(self, rows: Tensor, inputs: Tensor) -> Tensor:
        """h ``[batch, vector_size]`` from the vectors ``rows`` of the words ``inputs``."""
        raise NotImplementedError

    def looked_up(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The ids whose vectors ``inputs`` need, and how much each counts in h: two of one shape."""
        raise NotImplementedError

    def lookups(
        self, inputs: Tensor, targets: Tensor, negatives: Tensor
    ) -> list[tuple[layers.Embedding, Tensor, Tensor]]:
        """The rows that the losses need: (table, ids, how many pairs each of them stands for)."""
        pairs = [(self.vectors, *self.looked_up(inputs)), (self.targets, targets, ops.ones_like(targets, "float32"))]
        if self.negative:
            shape = ops.shape(negatives)  # [groups, shared]
            rows = ops.shape(targets)[0] // shape[0]
            pairs.append((self.targets, negatives, ops.full(shape, rows * self.negative / shape[1], "float32")))
        return pairs

    def row_losses(self, rows: list[Tensor], inputs: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        """As a call, the ``rows`` of :meth:`lookups` being given: what differs for them differs for the tables."""
        h = self.hidden(rows[0], inputs)  # [batch, vector_size]
        if not self.negative:
            u = ops.convert_to_tensor(self.targets.embeddings)  # [words, vector_size]
            scores = ops.matmul(h, ops.transpose(u))  # [batch, words]
            return ops.sparse_categorical_crossentropy(targets, scores, from_logits=True)  # [batch]
        positive = ops.sum(h * rows[1], axis=-1)  # u_o · h, [batch]
        grouped = ops.reshape(h, (ops.shape(negatives)[0], -1, self.vector_size))  # [groups, rows, vector_size]
        noise = ops.matmul(grouped, ops.transpose(rows[2], (0, 2, 1)))  # u_n · h, [groups, rows, shared]
        # −log σ(x) = log(1 + e^−x)
        noise = ops.sum(self._other(targets, negatives) * ops.softplus(noise), axis=-1)  # [groups, rows]
        noise = ops.reshape(noise, (-1,)) * (self.negative / ops.shape(negatives)[1])  # [batch]
        return ops.softplus(-positive) + noise

    def _other(self, targets: Tensor, negatives: Tensor):
        """1 where a negative is not the row's own target, ``[groups, rows, shared]``; word2vec.c skips those."""
        groups = ops.reshape(targets, (ops.shape(negatives)[0], -1, 1))  # [groups, rows, 1]
        return ops.cast(ops.not_equal(groups, ops.expand_dims(negatives, 1)), "float32")

    def call(self, inputs: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        wanted = self.lookups(inputs, targets, negatives)
        return self.row_losses([table(ids) for table, ids, _ in wanted], inputs, targets, negatives)

    def get_config(self) -> dict[str, Any]:
        names = ("vocabulary_size", "vector_size", "tables", "negative")
        return {"name": self.name, **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("dltext")
class SkipGram(Word2Vec):
    """A word foretells each word around it. ``inputs``: centres, int32 ``[batch]``."""

    def looked_up(self, inputs: Tensor):
        return inputs, ops.ones_like(inputs, "float32")  # [batch]

    def hidden(self, rows: Tensor, inputs: Tensor):
        return rows  # [batch, vector_size]


@keras.saving.register_keras_serializable("dltext")
class CBOW(Word2Vec):
    """The words of a window together foretell its centre. ``inputs``: int32 ``[batch, 2 · window]``, −1: no word."""

    def looked_up(self, inputs: Tensor):
        return ops.maximum(inputs, 0), self._shares(inputs)  # [batch, 2 · window]

    def hidden(self, rows: Tensor, inputs: Tensor):
        shares = ops.expand_dims(self._shares(inputs), 1)  # [batch, 1, 2 · window]
        return ops.squeeze(ops.matmul(shares, rows), 1)  # 1/C Σ v, [batch, vector_size]

    def _shares(self, inputs: Tensor):
        """1/C for each of a window's C words, 0 where there is none, ``[batch, 2 · window]``."""
        there = ops.cast(inputs >= 0, "float32")
        return there / ops.maximum(ops.sum(there, axis=1, keepdims=True), 1)


def build_skipgram(settings: Any, vocabulary_size: int) -> SkipGram:
    """Skip-gram as a :class:`~dltext.engine.train.words.settings_keras.SkipGramKeras` says, its tables made."""
    model = SkipGram(vocabulary_size, settings.vector_size, settings.tables, settings.negative, name="skipgram")
    model.build()
    return model


def build_cbow(settings: Any, vocabulary_size: int) -> CBOW:
    """CBOW as a :class:`~dltext.engine.train.words.settings_keras.CBOWKeras` says, its tables made."""
    negative = settings.negative if settings.objective == "negative sampling" else 0
    model = CBOW(vocabulary_size, settings.vector_size, settings.tables, negative, name="cbow")
    model.build()
    return model
