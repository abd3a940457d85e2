"""Types for the annotation of Keras's tensors and shapes."""

from typing import Any, TypeAlias

from keras import KerasTensor

Tensor: TypeAlias = KerasTensor
"""A tensor, or a Keras input or output; its shape stands in the docstring."""
Shape: TypeAlias = tuple[Any, ...]
"""Sizes of a tensor's axes; None where one varies."""
