"""The floor under every writer of titles: the first sentence of the text, cut to a title's length or whole."""

from collections.abc import Sequence
from typing import Any

from ....data.pairs import Pair
from ...tasks.title.scores import rouge
from ...text.lead import CUT, lead

NAME = f"first sentence, {CUT} words of it"


def measure(part: Sequence[Pair], language: str) -> dict[str, Any]:
    """ROUGE of the cut first sentence, and as ``whole_…`` that of the whole one; both of cleaned titles."""
    references = [reference(pair) for pair in part]
    cut = rouge([lead(pair.source, CUT) for pair in part], references, language)
    whole = rouge([lead(pair.source) for pair in part], references, language)
    return {"name": NAME, **cut, **{f"whole_{key}": value for key, value in whole.items()}}


def reference(pair: Pair) -> str:
    """A title as it is compared: cleaned as the texts are."""
    from ...tasks.title.latex import clean

    return clean(pair.target)
