"""Spellings of labels: which may mean the same label, and which stand for a missing one."""

import unicodedata
from collections.abc import Iterable

from ..data.joined_labels import joined_by
from ..data.reading import SIGNS
from ..data.to_rows import number_of, spelling

UNKNOWN = frozenset(
    ["na", "n/a", "n.a.", "nan", "null", "none", "nil", "?", "??", "-", "--", ".", "unknown", "unk", "undefined",
     "missing", "empty", "#n/a", "(empty)", "<na>", "未知", "不详"]
)  # fmt: skip
"""How people and programs write that nobody knows, in lower case."""
MOST = 3
"""Groups of labels that are told."""


def spellings(labels: Iterable[str], of: str = "") -> list[str]:
    """A sentence for each kind of doubt about ``labels`` (those of the attribute ``of``).

    Some differ only in how they are written; some mean that nobody knows; some are lists.
    """
    labels = list(labels)
    where = f" of {of}" if of else ""
    sentences = []
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
            f"Labels{where} look like lists that an annotation program wrote ({_shown(odd[0])}), and each is read as "
            "one label; write the labels alone where they are lists."
        )
    if not of and (sign := joined_by(labels, SIGNS.values())):
        example = next(label for label in labels if sign in label)
        name = next(name for name, other in SIGNS.items() if other == sign)
        sentences.append(
            f"Labels such as {_shown(example)} look like several in one; if they are, have them read apart "
            f"(--read separator={name})."
        )
    numbered = [label for label in labels if label[:1].isdigit() and number_of(label) is None]
    if numbered and any(number_of(label) is not None for label in labels):
        sentences.append(
            f"Labels{where} are numbers and words with numbers ({_shown(numbered[0])}); write all of them alike."
        )
    return sentences


def alike(labels: Iterable[str]) -> list[list[str]]:
    """The groups of labels that differ only in their :func:`~dltext.data.to_rows.spelling`."""
    return [group for group in _by_spelling(labels).values() if len(group) > 1]


def _by_spelling(labels: Iterable[str]) -> dict[str, list[str]]:
    """Labels by what is left of them without their spelling."""
    spelled: dict[str, list[str]] = {}
    for label in labels:
        spelled.setdefault(spelling(label), []).append(label)
    return spelled


def _how(groups: list[list[str]]) -> str:
    ways = []
    for group in groups:
        plain = {" ".join(unicodedata.normalize("NFKC", label).casefold().split()) for label in group}
        if number_of(group[0]) is not None:
            way = "numbers"
        elif len({unicodedata.normalize("NFC", label) for label in group}) < len(group):
            way = "how accents are made"
        elif len({label.casefold() for label in group}) < len(group):
            way = "case"
        elif len(plain) == len(group) and any(sign in label for label in group for sign in "-_.:;"):
            way = "hyphens or stops"
        else:
            way = "white space or width"
        ways.append(way)
    return ", ".join(dict.fromkeys(ways))


def _shown(label: str) -> str:
    """A label between quotes; where an accent is a sign of its own, as its code."""
    apart = any(unicodedata.combining(char) for char in label)
    return ascii(label[:40]) if apart else repr(label[:40])
