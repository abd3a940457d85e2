"""Words that users do not meet in the field, and where the program's strings and the documentation hold them.

:func:`odd_in_strings` reads the literals of a Python file (docstrings and comments are not shown to users),
:func:`odd_in_text` a page.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ODD: dict[str, str] = {
    r"floors?": "baseline",
    r"verdicts?": "prediction",
    r"foretell\w*|foretold": "predict",
    r"row names?": "column",
    r"slanted": "italic",
    r"broken off": "interrupted",
    r"for good\?": "cannot be undone",
    r"letter by letter|letter translators?|letter model": "character",
    r"stands? (?:in|once|twice|there|as|beside)\b": "appears",
    r"also stands?": "also appears",
    r"told from": "contrasted with",
    r"surest|surer": "most confident",
    r"lopsided": "imbalanced",
    r"beyond reason": "far beyond the usual size",
    r"for want of": "because … ran out",
    r"letters that": "characters",
    r"learn(?:t|s|ed)? by heart": "overfit",
    r"step length|speed of learning": "learning rate",
    r"writers? of titles": "title generator",
}
"""Patterns of odd words (whole words, in any case), and what is said instead."""
ODD_ON_SCREENS: dict[str, str] = ODD | {
    r"stands?(?!-)": "appears, is shown",
    r"(?<!cannot )tells?": "shows, says, predicts",
    r"at hand": "selected",
    r"(?:model|title|is|was|it) looked at": "attended to",
    r"taken for": "predicted as",
    r"taken over": "applied",
    r"first values": "defaults",
    r"go(?:es)? on (?:from|with)": "resumes",
    r"query goes on": "continues",
    r"anew": "again",
    r"likeliest": "most likely",
    r"without a word": "without a message",
    r"tell(?:s|ing)? apart": "distinguish",
    r"as learnt": "as trained",
}
"""The same for what the program says, where plain words are short: labels, help, messages."""
VALUES = re.compile(r"`[^`]*`|floor=\w+|\w+\+floor|floor_\w+")
"""Literal values and code in a text: names of settings and of scores stay as stored models hold them."""


@cache
def _pattern(odd: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{odd})(?!\w)", re.IGNORECASE)


def odd_in_text(text: str, words: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """``(odd word, what is said instead)`` of a text for people; code between backticks is left out."""
    text = VALUES.sub("", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [(match[0], better) for odd, better in (words or ODD).items() for match in _pattern(odd).finditer(text)]


def strings(source: str) -> Iterator[tuple[int, str]]:
    """``(line, text)`` of each string literal that may be shown: no docstring, no list of words, and none without a
    blank, which is mostly a key or a value. So labels of one word are not seen here."""
    hidden = set()
    tree = ast.parse(source)
    for node in ast.walk(tree):  # what a node holds comes after it
        if isinstance(node, ast.Expr):
            hidden.add(id(node.value))
            continue
        if isinstance(node, ast.JoinedStr):
            hidden |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden:
            text = node.value
        else:
            continue
        listed = len(text.split()) > 20 and not re.search("[.,:;!?]", text)
        if " " in text.strip() and id(node) not in hidden and not listed:
            yield node.lineno, text


def odd_in_strings(path: Path) -> list[str]:
    """``FILE:LINE: “word”, say …`` of each odd word in the strings of a Python file."""
    return [
        f"{path.name}:{line}: “{odd}”, say “{better}”: {text.strip()[:80]}"
        for line, text in strings(path.read_text(encoding="utf-8"))
        for odd, better in odd_in_text(text, ODD_ON_SCREENS)
    ]
