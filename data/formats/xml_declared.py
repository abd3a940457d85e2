"""Encoding that an XML or HTML file declares in its first lines."""

import codecs
import re

from ..decoding import by_mark
from ..inputs import Input

_DECLARED = re.compile(
    rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']|<meta[^>]+charset\s*=\s*["']?([A-Za-z0-9._-]+)""",
    re.IGNORECASE,
)


def declared_encoding(source: Input, stated: str = "") -> str:
    """What is stated, else by the byte order mark, else what the file declares and Python knows, else by its bytes."""
    head = source.head()
    if stated or by_mark(head):
        return source.encoding(stated)
    if declared := _DECLARED.search(head[:4096]):
        try:
            name = codecs.lookup((declared[1] or declared[2]).decode()).name
            # Declared in ASCII, it cannot be of two bytes a character.
            return name if not name.startswith(("utf-16", "utf-32")) else source.encoding()
        except LookupError:
            pass
    return source.encoding()
