"""Skip-thought vectors (Kiros et al. 2015): a sentence's vector is what tells the sentences before and after it.

Encoder, equations 1 to 4 of the paper, over the words x_t of sentence i; its last state is the sentence's vector h_i:

    r_t = σ(W_r x_t + U_r h_{t−1})
    z_t = σ(W_z x_t + U_z h_{t−1})
    h̃_t = tanh(W x_t + U (r_t ⊙ h_{t−1}))
    h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ h̃_t

Two decoders, one for the sentence before and one for that after, equations 5 to 8: in each, h_i enters every gate.

    r_t = σ(W_r x_{t−1} + U_r h_{t−1} + C_r h_i)
    z_t = σ(W_z x_{t−1} + U_z h_{t−1} + C_z h_i)
    h̃_t = tanh(W x_{t−1} + U (r_t ⊙ h_{t−1}) + C h_i)

    P(w_t | w_<t, h_i) ∝ exp(v_w · h_t)                 one matrix of the v_w for both (section 2.1)
    Σ_t log P(w_t of i+1) + Σ_t log P(w_t of i−1)       the objective, equation 10; words of the true sentence are given

The gate z stands for 1 − z of the paper, as in Cho et al. 2014: a change of signs. There are biases. The v_w may be the
vectors that words are read by (Press & Wolf 2017), and of a large vocabulary a step may score a sample (Jean et al.
2015), to which the words that are right belong.
"""

from typing import Any

import keras
from keras import layers, ops

from .layers.gated import GatedReader
from .layers.sampled_output import SampledOutput
from .tensors import Tensor

END = 0
"""Ends a sentence, stands before its first word, and fills rows up."""


@keras.saving.register_keras_serializable("dltext")
class SkipThought(keras.Model):
    """Three sentences to what the outer ones cost: ``previous``, ``sentence`` and ``next``, int32 ``[batch, time]``
    each, filled up with 0, to the mean loss of a word in nats, ``[batch]``: the same for all rows.

    ``tied``: words are scored by the vectors that they are read by. For ``sampled`` and ``frequencies`` see
    :class:`~.layers.sampled_output.SampledOutput`.
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_size: int,
        units: int,
        tied: bool = True,
        sampled: int = 0,
        dropout: float = 0.0,
        frequencies: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.sizes = {"vocabulary_size": vocabulary_size, "embedding_size": embedding_size, "units": units}
        self.how = {"tied": tied, "sampled": sampled, "dropout": dropout}
        spread = keras.initializers.RandomUniform(-0.1, 0.1)
        self.words = layers.Embedding(vocabulary_size, embedding_size, spread, name="words")
        self.encoder = GatedReader(units, name="encoder")
        self.before = GatedReader(units, name="before")
        self.after = GatedReader(units, name="after")
        self.drop = layers.Dropout(dropout, name="dropout")
        self.project = layers.Dense(embedding_size, use_bias=False, name="project") if tied else None
        table = self.words if tied else None
        self.scores = SampledOutput(vocabulary_size, table, sampled, frequencies, name="scores")

    def build(self, input_shape: Any = None) -> None:
        size, units = self.sizes["embedding_size"], self.sizes["units"]
        self.words.build((None,))
        self.encoder.build((None, None, size))
        for decoder in (self.before, self.after):
            decoder.build((None, None, size), (None, None), (None, units))
        if self.project is not None:
            self.project.build((None, None, units))
        self.scores.build((None, None, size if self.project is not None else units))
        self.built = True

    def vectors(self, ids: Tensor) -> Tensor:
        """h_i of sentences ``[batch, time]``: ``[batch, units]``."""
        return self.encoder(self.words(ids), ops.not_equal(ids, END))[:, -1]

    def costs(self, decoder: GatedReader, h: Tensor, ids: Tensor, training: bool) -> tuple[Tensor, Tensor]:
        """The losses of the words ``ids`` and of the END behind, ``[batch, time + 1]``; and which of them count."""
        end = ops.zeros_like(ids[:, :1])
        given, wanted = ops.concatenate([end, ids], axis=1), ops.concatenate([ids, end], axis=1)
        real = ops.concatenate([ops.equal(end, END), ops.not_equal(ids, END)], axis=1)  # the END, too
        states = decoder(self.words(given), real, h)  # [batch, time + 1, units]
        states = self.drop(states, training=training)
        if self.project is not None:
            states = self.project(states)  # [batch, time + 1, embedding_size]
        real = ops.cast(real, "float32")
        return self.scores(states, wanted, training=training) * real, real

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        h = self.vectors(inputs["sentence"])
        before, real_before = self.costs(self.before, h, inputs["previous"], training)
        after, real_after = self.costs(self.after, h, inputs["next"], training)
        mean = (ops.sum(before) + ops.sum(after)) / (ops.sum(real_before) + ops.sum(real_after))
        return mean + ops.zeros_like(before[:, 0])

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self.sizes, **self.how}


def build(settings: Any, vocabulary_size: int, frequencies: Any = None) -> SkipThought:
    """The network as a :class:`~dltext.engine.train.sentences.settings.SkipThoughtTraining` says, its tables made."""
    sizes = vocabulary_size, settings.embedding_size, settings.units
    how = settings.tied, settings.sampled, settings.dropout, frequencies
    model = SkipThought(*sizes, *how, name="skip_thought")
    model.build()
    return model
