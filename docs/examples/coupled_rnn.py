"""A text classifier of one's own: a recurrent cell, a layer, a regulariser and a loss that no library brings.

    x_t  the vector of the word t;  h_t  the state after it;  σ  the logistic function;  ⊙  value by value

    f_t = σ(W_f x_t + U_f h_{t−1} + b_f)                     the gate: how much of the state is written anew
    c_t = tanh(W_c x_t + U_c (f_t ⊙ h_{t−1}) + b_c)          what would be written
    h_t = (1 − f_t) ⊙ h_{t−1} + f_t ⊙ c_t                    forgetting and writing are coupled

This is the minimal gated unit (Zhou et al. 2016, Minimal gated unit for recurrent neural networks): one gate less than
a GRU.
"""

from typing import Any

import keras
from keras import layers, ops

from dltext.extend import Classifier, Recipe, embed, setting, settings


@settings(epochs=8, variant="random", vectors="", dropout=0.3)
class CoupledRNN(Classifier):
    """What the form asks beside the settings that all classifiers share."""

    units: int = setting(64, "Units", "Size of the state", minimum=1, maximum=2048)
    orthogonality: float = setting(1e-3, "Orthogonality", "How dearly UᵀU may differ from 1", minimum=0, maximum=10)
    focus: float = setting(
        1.0, "Focus", "How little sure texts count in the loss; 0: cross-entropy", minimum=0, maximum=10
    )


class Orthogonal(keras.regularizers.Regularizer):
    """A regulariser: ``strength · ‖UᵀU − 1‖²``, so that gradients neither die out nor explode over a long text.

    Each block of ``units`` columns of the recurrent weights ``[units, n · units]`` is held to it.
    """

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def __call__(self, x: Any) -> Any:
        units = x.shape[0]
        blocks = ops.transpose(ops.reshape(x, (units, -1, units)), (1, 0, 2))  # [n, units, units]
        products = ops.matmul(ops.transpose(blocks, (0, 2, 1)), blocks)
        return self.strength * ops.sum(ops.square(products - ops.eye(units)))

    def get_config(self) -> dict[str, Any]:
        return {"strength": self.strength}


class MinimalGatedCell(layers.Layer):
    """An RNN cell: ``x_t [batch, size]`` and ``h_{t−1} [batch, units]`` to ``h_t``, which is also its output."""

    def __init__(self, units: int, orthogonality: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.state_size, self.output_size = units, units, units
        self.orthogonality = orthogonality

    def build(self, shape: Any) -> None:
        both = 2 * self.units  # the gate's columns, then the candidate's
        self.w = self.add_weight(name="w", shape=(shape[-1], both), initializer="glorot_uniform")
        self.u = self.add_weight(
            name="u", shape=(self.units, both), initializer="orthogonal", regularizer=Orthogonal(self.orthogonality)
        )
        self.b = self.add_weight(name="b", shape=(both,), initializer="zeros")

    def call(self, x: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        h, n = states[0], self.units
        from_word = ops.matmul(x, self.w) + self.b
        f = ops.sigmoid(from_word[:, :n] + ops.matmul(h, self.u[:, :n]))
        c = ops.tanh(from_word[:, n:] + ops.matmul(f * h, self.u[:, n:]))
        h = (1 - f) * h + f * c
        return h, [h]


class AttentionPooling(layers.Layer):
    """A layer: the mean of the states ``[batch, length, units]``, weighed by how much each says: ``[batch, units]``.

    ``a = softmax(vᵀ tanh(W h_t))`` over the real words (Yang et al. 2016, equations 5 to 7); ids 0 are padding.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.project = layers.Dense(units, activation="tanh", name="project")
        self.score = layers.Dense(1, use_bias=False, name="score")

    def build(self, states_shape: Any, ids_shape: Any) -> None:
        self.project.build(states_shape)
        self.score.build((*states_shape[:-1], self.project.units))

    def compute_mask(self, states: Any, ids: Any = None, mask: Any = None) -> None:
        return None

    def call(self, states: Any, ids: Any) -> Any:
        scores = self.score(self.project(states))[..., 0]  # [batch, length]
        scores = ops.where(ops.not_equal(ids, 0), scores, -1e9)
        weights = ops.expand_dims(ops.softmax(scores, axis=1), -1)
        return ops.sum(weights * states, axis=1)


class FocalLoss(keras.losses.Loss):
    """A loss: cross-entropy in which a text counts ``(1 − p)^focus``, p being the label's probability (Lin et al.
    2017): what is known already no longer drowns what is rare. Targets and logits ``[batch, classes]``."""

    def __init__(self, focus: float) -> None:
        super().__init__(name="focal")
        self.focus = focus

    def call(self, y_true: Any, y_pred: Any) -> Any:
        log_p = ops.log_softmax(y_pred, axis=-1)
        return -ops.sum(y_true * ops.power(1 - ops.exp(log_p), self.focus) * log_p, axis=-1)


def build(settings: CoupledRNN, vocabulary_size: int, classes: int, vectors: Any = None, mask: bool = True) -> Any:
    """The network: ids ``[batch, length]`` to logits ``[batch, classes]``; with and without ``mask`` the same weights.

    Training pads the texts of a batch and masks; what answers reads one text at a time and needs no mask.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    x = embed(ids, settings, vocabulary_size, vectors, mask)  # [batch, length, size]
    cell = MinimalGatedCell(settings.units, settings.orthogonality, name="cell")
    read = layers.RNN(cell, return_sequences=True, name="reader")
    h = read(x)
    pooled = AttentionPooling(settings.units, name="attention")(h, ids)
    pooled = layers.Dropout(settings.dropout, name="dropout")(pooled)
    return keras.Model(ids, layers.Dense(classes, name="logits")(pooled))


RECIPES = (
    Recipe(
        name="coupled-rnn",
        task="classify",
        label="Coupled RNN",
        help="A recurrent network with one gate reads the text; attention says which words count.",
        source="Zhou et al. 2016, Minimal gated unit for recurrent neural networks",
        settings=CoupledRNN,
        build=build,
        loss=lambda settings: FocalLoss(settings.focus),
    ),
)
