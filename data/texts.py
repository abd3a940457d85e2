"""Normalisation of texts before anything else is done with them."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """``text`` itself where it holds no surrogates; else a pair becomes its character, a lone one U+FFFD.

    Surrogates are halves of characters: JSON may hold one alone, and no encoding, tokenizer or file takes it.
    """
    if text.isascii() or not _SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


REPLACED = "Halves of characters (lone surrogates, as of a broken emoji) were read as �."
"""What people should know of a text that :func:`whole` changed."""
