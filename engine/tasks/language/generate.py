"""A beginning to its continuations, and to what may come next."""

from collections.abc import Callable, Sequence

from ...results import Generated, NextUnit
from .model import open_language

OnText = Callable[[int, str], bool | None]
"""``on_text(variant, text)``: what a variant (numbered from 0) has written so far, without the prompt; true: stop."""


def generate(
    prompt: str,
    model: str | None = None,
    *,
    length: int = 100,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int | None = None,
    variants: int = 1,
    line_lengths: Sequence[int] = (),
    rhyme: bool = False,
    on_text: OnText | None = None,
) -> Generated:
    """Continue ``prompt`` by at most ``length`` units, ``variants`` times."""
    open_language(model)
    raise NotImplementedError


def next_units(text: str, model: str | None = None, count: int = 10) -> tuple[NextUnit, ...]:
    """The ``count`` most probable units behind ``text``, the most probable first."""
    open_language(model)
    raise NotImplementedError
