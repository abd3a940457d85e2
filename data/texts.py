"""Texts as Unicode has them: what no file and no tokenizer can hold is replaced where texts come in."""

import re

REPLACED = "Characters that no text can hold (lone surrogates, of a broken emoji) were read as �."
"""What people should know of a text that :func:`whole` changed."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate; the text itself where there is none. Offsets stay."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
