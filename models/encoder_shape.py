"""The shape and the special tokens of an encoder, for :mod:`.encoder` and for what makes bundles without Keras."""

from dataclasses import dataclass

PAD, CLS, SEP = 0, 2, 3
SIGNS = 2
"""[CLS] and [SEP], which take a place each."""


@dataclass(frozen=True)
class EncoderShape:
    """What decides how an encoder computes, and the shapes of its weights."""

    layers: int
    size: int
    heads: int
    hidden: int
    places: int
    """Rows of P: the longest text that can be read, with its signs."""
    pooling: str = "mean"
    """``mean``; ``first`` is the state of [CLS], ``cls`` that state through the pooler."""
    activation: str = "gelu"
    epsilon: float = 1e-12
