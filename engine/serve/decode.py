"""Decoding: from a model that predicts the next word to whole texts, whatever the words mean.

A model is a :class:`Stepper`: it holds the sources (sentences to translate, documents to give a title, nothing at all
for a language model) and answers for many rows at once, each row a text begun on one of the sources. One decodes
with :func:`greedy`, :func:`beam` or :func:`sample`; all three obey the same :class:`Rules`, drop the rows of what is
finished, and answer the same for a batch as for one source at a time.
"""

from .decode_beam import BeamSettings, beam
from .decode_rules import Decoded, Rules, Step, Stepper
from .decode_walk import Sampling, greedy, sample

__all__ = ["BeamSettings", "Decoded", "Rules", "Sampling", "Step", "Stepper", "beam", "greedy", "sample"]
