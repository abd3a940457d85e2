"""The title that nobody has to write: the first sentence, whole or cut."""

from ..tasks.title.latex import clean
from .han import has_han
from .sentences import sentences
from .title_writing import short

CUT = 12
"""Words of a lead that is cut; of Chinese twice as many characters."""


def lead(text: str, most: int = 0) -> str:
    """The first sentence of ``text``, cleaned; of ``most`` words at most (0: all of them)."""
    text = clean(text)
    first = next((text[start:end] for start, end in sentences(text) if text[start:end].strip()), text).strip()
    if not most:
        return first
    if has_han(first) and " " not in first:
        return first[: 2 * most]
    return " ".join(map(short, first.split()[:most]))
