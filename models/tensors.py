"""Types for the annotation of Keras's tensors and shapes: Keras states none of its own."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor, a Keras input or output, or several in a list; its shape stands in the docstring."""
Shape: TypeAlias = tuple[Any, ...]
"""Sizes of a tensor's axes; None where one varies."""
