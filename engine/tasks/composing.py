"""Sentences to a text again: what stands between their translations, from what stands between them in the source."""

from collections.abc import Iterable

from ...data.texts import whole
from ..results import Sentence


def compose(text: str, sentences: Iterable[Sentence], to: str, complete: bool = True) -> str:
    """See :func:`dltext.engine.api.compose`."""
    from .translate.parts import between
    from .translate.route import UNSPACED

    text = whole(text)
    pieces, at, before = [], 0, ""
    for sentence in sentences:
        after = sentence.hypotheses[0].text if sentence.hypotheses else ""
        pieces += (between(text, at, sentence.start, before, after, to not in UNSPACED), after)
        at, before = sentence.end, after or before
    return "".join(pieces) + (text[at:] if complete else "")
