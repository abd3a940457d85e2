"""The length of a text as people count it: words between blanks, and each Chinese character."""

import re

IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def tokens_in(text: str, words: list[str] | None = None) -> int:
    """How many words (``words``, where they are cut already) and Chinese characters a text has."""
    words = text.split() if words is None else words
    if text.isascii():
        return len(words)
    ideographs = len(IDEOGRAPH.findall(text))
    return ideographs + (len(IDEOGRAPH.sub(" ", text).split()) if ideographs else len(words))
