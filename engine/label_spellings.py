"""Spellings of labels: which may mean the same label, and which stand for a missing one."""

import math
import unicodedata
from collections.abc import Iterable

UNKNOWN = frozenset(
    ["na", "n/a", "n.a.", "nan", "null", "none", "nil", "?", "??", "-", "--", ".", "unknown", "unk", "undefined",
     "missing", "empty", "#n/a", "(empty)", "<na>", "未知", "不详"]
)  # fmt: skip
"""How people and programs write that nobody knows, in lower case."""
MOST = 3
"""Groups of labels that are told."""


def spellings(labels: Iterable[str], of: str = "") -> list[str]:
    """A sentence for each kind of doubt about ``labels`` (those of the attribute ``of``).

    Some differ only in case, white space, how a number is written or how an accent is made; some mean that nobody
    knows; some are lists.
    """
    labels = list(labels)
    where = f" of {of}" if of else ""
    sentences = []
    words, numbers = _by_spelling(labels)
    if groups := alike(labels):
        shown = "; ".join(", ".join(map(_shown, group)) for group in groups[:MOST])
        more = " …" if len(groups) > MOST else ""
        sentences.append(
            f"Labels{where} differ only in how they are written ({_how(groups)}): {shown}{more}; if they are the same, "
            f"write them alike{'' if of else ', or have them merged (--read labels=merge)'}."
        )
    if unknown := [label for label in labels if label.casefold().strip() in UNKNOWN]:
        sentences.append(
            f"{', '.join(map(_shown, unknown[:5]))}{where and f' as {of}'} may mean that nobody knows, and would be "
            "learnt as a label; leave it empty where it does."
        )
    if odd := [label for label in labels if label[:1] in ("[", "{") and label[-1:] in ("]", "}")]:
        sentences.append(
            f"Labels{where} look like lists that an annotation program wrote ({_shown(odd[0])}); one label a document "
            "is learnt: keep that alone."
        )
    if numbers and any(label[:1].isdigit() for group in words.values() for label in group):
        odd = next(label for group in words.values() for label in group if label[:1].isdigit())
        sentences.append(f"Labels{where} are numbers and words with numbers ({_shown(odd)}); write all of them alike.")
    return sentences


def alike(labels: Iterable[str]) -> list[list[str]]:
    """The groups of labels that differ only in case, white space, how a number is written or how an accent is made."""
    return [group for spelled in _by_spelling(labels) for group in spelled.values() if len(group) > 1]


def _by_spelling(labels: Iterable[str]) -> tuple[dict[str, list[str]], dict[float, list[str]]]:
    """Words by what is left of them without their spelling, and numbers by their values."""
    words: dict[str, list[str]] = {}
    numbers: dict[float, list[str]] = {}
    for label in labels:
        value = _number(label)
        if value is not None:
            numbers.setdefault(value, []).append(label)
        else:
            words.setdefault(_folded(label), []).append(label)
    return words, numbers


def _number(label: str) -> float | None:
    try:
        value = float(label)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _folded(label: str) -> str:
    """What is left of a label without case, composition, width, white space and what cannot be seen."""
    plain = unicodedata.normalize("NFKC", label).casefold()
    seen = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).split())


def _how(groups: list[list[str]]) -> str:
    ways = []
    for group in groups:
        first = group[0]
        if _number(first) is not None:
            way = "numbers"
        elif len({unicodedata.normalize("NFC", label) for label in group}) < len(group):
            way = "how accents are made"
        elif len({label.casefold() for label in group}) < len(group):
            way = "case"
        else:
            way = "white space or width"
        ways.append(way)
    return ", ".join(dict.fromkeys(ways))


def _shown(label: str) -> str:
    """A label between quotes; where an accent is a sign of its own, as its code."""
    apart = any(unicodedata.combining(char) for char in label)
    return ascii(label[:40]) if apart else repr(label[:40])
