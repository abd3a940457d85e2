"""One look through pairs of texts: counts, lengths, repeats, leaks, sides that do not belong together."""

from collections import Counter

import numpy as np

from ..data.pairs import Pair, Pairs, same
from .inspection import tokens_in
from .results import DataCheck

FEW = 10_000
"""Training pairs below which a translator hardly learns more than phrases, and a writer of titles more than to copy."""
UNEQUAL = 5.0
"""How many times longer than usual one side may be, beside the other, in characters; of pairs of some length."""
SHORT = 20
"""Characters below which lengths say nothing."""


def inspect_pairs(pairs: Pairs, titles: bool = False) -> DataCheck:
    """Read all pairs once; with ``titles`` they are texts and their titles.

    ``lengths`` are those of the first side, ``target_lengths`` of the second, in words and Chinese characters.
    ``duplicates`` repeat a pair of their own split, ``overlap`` are test pairs whose first side
    stands in train or validation, too; case and punctuation make no difference."""
    parts = {split: list(pairs.rows(split)) for split in pairs.splits}
    every = [pair for part in parts.values() for pair in part]
    keys = {split: [(same(pair.source), same(pair.target)) for pair in part] for split, part in parts.items()}
    duplicates = sum(len(part) - len(set(part)) for part in keys.values())
    seen = {first for split, part in keys.items() if split != "test" for first, _ in part}
    overlap = sum(first in seen for first, _ in keys.get("test", ()))
    held = {first for first, _ in keys.get("validation", ())}
    leaks = sum(first in held for first, _ in keys.get("train", ()))
    targets = Counter(first for first, _ in {key for part in keys.values() for key in part})
    several = sum(count > 1 for count in targets.values())
    one, other, learners = (
        ("text", "titles", "writers of titles") if titles else ("sentence", "translations", "translators")
    )
    warnings = []
    if several and pairs.published:  # in a split of ours they are never torn apart
        warnings.append(f"Of {len(targets):,} {one}s {several:,} have several {other}.")
    if overlap:
        share = overlap / len(parts["test"])
        warnings.append(f"{_times(overlap, 'test pair', 'test pairs')} ({share:.1%}) have a {one} that stands in "
                        "train or validation, too: the numbers will be too good.")  # fmt: skip
    if leaks:
        warnings.append(f"{_times(leaks, 'training pair has', 'training pairs have')} a {one} of the validation "
                        "part.")  # fmt: skip
    if duplicates:
        warnings.append(f"{_times(duplicates, 'pair repeats', 'pairs repeat')} another of the same part, but for case "
                        "and punctuation.")  # fmt: skip
    if copies := sum(pair.source == pair.target for pair in every):
        warnings.append(f"{_times(copies, 'pair has', 'pairs have')} the same text on both sides; from those a model "
                        "learns to copy.")  # fmt: skip
    if odd := _unequal(every):
        warnings.append(f"{_times(odd, 'pair is', 'pairs are')} far longer on one side than usual beside the other; "
                        "the sides may not belong together.")  # fmt: skip
    for side, code in (("first", pairs.source_language), ("second", pairs.target_language)):
        if code == "und" and not titles:
            warnings.append(f"The language of the {side} side is not known; a header of two codes (en, zh) tells both.")
    if titles and pairs.source_language == "und":
        warnings.append("The language of the texts is not known; ROUGE is measured word by word, without stemming.")
    train = len(parts.get("train", ()))
    if 0 < train < FEW:
        warnings.append(f"There are only {_times(train, 'training pair', 'training pairs')}; useful {learners} need "
                        "tens of thousands.")  # fmt: skip
    return DataCheck(
        name=pairs.name,
        splits=pairs.counts,
        labels={},
        lengths=_lengths([pair.source for pair in every]),
        duplicates=duplicates,
        overlap=overlap,
        warnings=tuple(warnings),
        errors=() if train else ("There are no training pairs.",),
        target_lengths=_lengths([pair.target for pair in every]),
    )


def _unequal(pairs: list[Pair]) -> int:
    """How many are odd in length: by the ratio of their sides' characters beside its median."""
    sides = np.array([(len(pair.source), len(pair.target)) for pair in pairs], np.float64).reshape(-1, 2)
    long = sides.max(axis=1) >= SHORT
    if not long.any():
        return 0
    ratio = np.log(sides[long, 0] / sides[long, 1])
    return int((np.abs(ratio - np.median(ratio)) > np.log(UNEQUAL)).sum())


def _lengths(texts: list[str]) -> dict[str, float]:
    counts = np.array([tokens_in(text) for text in texts], np.float64)
    if not len(counts):
        return {}
    return {
        "mean": round(float(counts.mean()), 1),
        "median": float(np.median(counts)),
        "p95": float(np.percentile(counts, 95)),
        "max": float(counts.max()),
    }


def _times(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
