"""What stands for the tensors and shapes of Keras in annotations: Keras states no types of its own."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor, a Keras input or output, or several in a list; its shape stands in the docstring."""
Shape: TypeAlias = tuple[Any, ...]
"""Sizes of a tensor's axes; None where one varies."""
