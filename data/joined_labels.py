"""Several labels in one word, with a sign between them: whether labels are such, and what they are apart."""

from collections.abc import Iterable

PLAIN = ("#", "|")
"""Signs that stand in no label by nature: doccano joins labels by the first."""


def joined_by(labels: Iterable[str], signs: Iterable[str] = PLAIN) -> str:
    """The sign that joins several of ``labels``, where their parts are labels elsewhere, too; empty where none does.

    ``C#`` has a part of nothing, and those of ``Sci/Tech`` stand nowhere else.
    """
    different = {label for label in labels if label}
    for sign in signs:
        # What stands beside itself was not joined from several.
        apart = [names for label in different if sign in label and len(set(names := parts(label, sign))) > 1]
        if not apart or any(not all(names) for names in apart):
            continue
        alone = different - {label for label in different if sign in label}
        times: dict[str, int] = {}
        for names in apart:
            for name in set(names):
                times[name] = times.get(name, 0) + 1
        if all(any(name in alone or times[name] > 1 for name in names) for names in apart):
            return sign
    return ""


def parts(label: str, sign: str) -> list[str]:
    """The labels that ``sign`` joins."""
    return [name.strip() for name in label.split(sign)]
