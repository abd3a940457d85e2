"""Which model writes titles: the one of the text's language, or one that was chosen; how long it is to make them."""

from collections.abc import Mapping
from typing import Any

from ...engine.results import BundleInfo

TASK = "title"
BY_ITSELF = ("By the language of the text", "the default model of that language")
STEP, LONGER = 2.0, 10.0
"""Words by which a key makes titles longer or shorter, and by how many they can be made longer at most."""
EXPECTED, LEAST = 11.0, 4.0
"""Words that a title is expected to have where the card of a model does not say, and that it has at least."""


def shortest(info: BundleInfo | None) -> float:
    """By how many words the titles of a model can be made shorter, as a negative number: less does nothing more."""
    serving: Mapping[str, Any] = (info.card.get("serving") if info is not None else None) or {}
    expected = float(serving.get("expected_length", EXPECTED))
    return -STEP * max((expected - LEAST) // STEP, 0)


def length_told(length: float) -> str:
    """``as trained``, ``2 words longer``."""
    return f"{abs(length):g} words {'longer' if length > 0 else 'shorter'}" if length else "as trained"
