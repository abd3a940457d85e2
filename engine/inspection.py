"""Inspection of a data set in one pass: counts, lengths, duplicates, leaks. Sixteen bytes a document."""

import hashlib
from array import array
from collections import Counter

import numpy as np

from ..data.pairs import Pair, Pairs, same
from ..data.source import Source
from ..data.wording import percent, plural
from .label_spellings import alike, spellings
from .results import DataCheck
from .tasks.profile.attribute_counts import AttributeTally
from .text.counting import tokens_in


def inspect(data: Source, tally: AttributeTally | None = None) -> DataCheck:
    """Read every labelled split once; texts are compared by their words, white space apart. ``tally`` counts what the
    rows say of their authors.

    Lengths are in tokens: words between white space, and each Chinese character. ``duplicates`` repeat a text of
    their own split; ``overlap`` are test texts that stand in train or validation too.
    """
    sums: dict[str, np.ndarray] = {}
    gold: dict[str, np.ndarray] = {}
    lengths = array("I")
    labels: Counter[str] = Counter(dict.fromkeys(data.labels, 0))
    codes: dict[tuple[str, ...], int] = {}
    """Of the sets of labels that texts have; -1: none."""
    empty = unlabelled = titled = 0
    for split in data.splits:
        if split in ("all", "unsup"):
            continue
        hashes, gold_codes = array("Q"), array("i")
        for row in data.rows(split):
            if tally:
                tally.add(row)
            words = row.text.split()
            lengths.append(tokens_in(row.text, words))
            empty += not words
            titled += row.title is not None
            digest = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
            hashes.append(int.from_bytes(digest, "little"))
            names = row.names
            gold_codes.append(codes.setdefault(names, len(codes)) if names else -1)
            unlabelled += not names
        sums[split] = np.frombuffer(hashes, dtype=np.uint64)
        gold[split] = np.frombuffer(gold_codes, dtype=np.int32)
    sets = list(codes)
    for part in gold.values() if data.target != "number" else ():
        for code, count in zip(*np.unique(part, return_counts=True), strict=True):
            labels.update(dict.fromkeys(sets[code] if code >= 0 else (), int(count)))
    counts = {split: count for split, count in data.counts.items() if split != "all" or not sums}
    duplicates = sum(len(part) - len(np.unique(part)) for part in sums.values())
    overlap = _overlap(sums)
    spread = np.frombuffer(lengths, dtype=np.uint32)
    warnings, errors = _judge(labels, spread, duplicates, overlap, _conflicts(sums, gold), empty, counts)
    attributes = tally.attributes() if tally else ()
    warnings += spellings(data.labels)
    for attribute in attributes:
        warnings += spellings(attribute.labels, attribute.name)
    held = {split: {sets[code] for code in np.unique(part).tolist() if code >= 0} for split, part in gold.items()}
    warnings = [*_one_sided(data, held), *warnings]
    warnings = [*data.notes, *warnings]
    if data.task == "text" and attributes:
        learnt = ", ".join(attribute.name for attribute in attributes)
        warnings = [f"There are no labels; what can be learnt of the authors: {learnt}.", *warnings]
    elif data.task == "text":
        more = f", and to write titles ({plural(titled, 'text has', 'texts have')} one)" if titled else ""
        warnings = [
            f"There are no labels: word vectors can be trained on this{more}, and it can be searched; nothing more.",
            *warnings,
        ]
    elif unlabelled:
        count = plural(unlabelled, "document has", "documents have")
        warnings = [f"{count} no label (empty, NA, ?), and no classifier learns from that.", *warnings]
    if data.published and data.labels and "train" not in data.splits:
        parts = " and ".join(split for split in data.splits if split != "all")
        warnings = [f"There is only a {parts} part: a model can be measured on this, and not trained.", *warnings]
    return DataCheck(
        name=data.name,
        splits=counts,
        labels=dict(labels),
        lengths={}
        if not len(spread)
        else {
            "mean": round(float(spread.mean()), 1),
            "median": float(np.median(spread)),
            "p95": float(np.percentile(spread, 95)),
            "max": float(spread.max()),
        },
        duplicates=duplicates,
        overlap=overlap,
        warnings=tuple(warnings),
        errors=tuple(errors),
        attributes=attributes,
        alike=tuple(map(tuple, alike(data.labels))),
    )


def _conflicts(sums: dict[str, np.ndarray], gold: dict[str, np.ndarray]) -> int:
    """Number of texts that occur under more than one label."""
    if not sums:
        return 0
    texts, labels = np.concatenate(list(sums.values())), np.concatenate(list(gold.values()))
    order = np.lexsort((labels, texts))
    texts, labels = texts[order], labels[order]
    both = (texts[1:] == texts[:-1]) & (labels[1:] != labels[:-1])
    return len(np.unique(texts[1:][both]))


def _overlap(sums: dict[str, np.ndarray]) -> int:
    """Number of test texts that are in another part, too."""
    if "test" not in sums:
        return 0
    test = sums["test"]
    there = np.zeros(len(test), bool)
    for split, part in sums.items():
        if split != "test":
            there |= np.isin(test, part)
    return int(there.sum())


def _one_sided(data: Source, held: dict[str, set[tuple[str, ...]]]) -> list[str]:
    """Sentences on parts to measure on that have one label only, or a label that train lacks; ``held`` are the sets of
    labels in each part."""
    warnings: list[str] = []
    there = {split: {name for names in sets for name in names} for split, sets in held.items()}
    for split, names in there.items():
        if split == "train" or len(data.labels) < 2:
            continue
        if len(names) == 1:
            (label,) = names
            warnings.append(f"The {split} part has only the label {label!r}: what is measured there says little.")
        absent = names - there.get("train", names)
        missing = [label for label in data.labels if label in absent]
        if missing:
            listed = ", ".join(map(repr, missing[:5])) + (" …" if len(missing) > 5 else "")
            which = "label appears" if len(missing) == 1 else "labels appear"
            warnings.append(
                f"{len(missing)} {which} in the {split} part and not in train: {listed}; no model learns that."
            )
    return warnings


def _judge(
    labels: Counter[str],
    lengths: np.ndarray,
    duplicates: int,
    overlap: int,
    conflicts: int,
    empty: int,
    counts: dict[str, int],
) -> tuple[list[str], list[str]]:
    warnings: list[str] = []
    errors: list[str] = []
    ranked = labels.most_common()
    if len(ranked) == 1:
        errors.append(f"There is only one label ({ranked[0][0]}); a model needs at least two to distinguish.")
    if ranked and ranked[0][1] > 10 * ranked[-1][1]:
        share = ranked[0][1] / sum(labels.values())
        warnings.append(
            f"The labels are imbalanced: {ranked[0][0]} has {ranked[0][1]:,} documents ({percent(share, 0)}), "
            f"{ranked[-1][0]} {ranked[-1][1]:,}. Look at macro-F1, or use class weights."
        )
    lone = [f"{label} ({count})" for label, count in ranked if count < 3]
    if lone:
        warnings.append(
            f"{plural(len(lone), 'label has', 'labels have')} fewer than 3 documents, one for each part: "
            f"{', '.join(lone[:5])}{' …' if len(lone) > 5 else ''}; add some, or merge the label with another."
        )
    rare = [label for label, count in ranked if 3 <= count < 10]
    if rare:
        warnings.append(
            f"{plural(len(rare), 'label has', 'labels have')} fewer than 10 documents: "
            f"{', '.join(rare[:5])}{' …' if len(rare) > 5 else ''}."
        )
    if overlap:
        test = counts.get("test", overlap)
        warnings.append(
            f"{plural(overlap, 'test document appears', 'test documents appear')} in the training data too "
            f"({percent(overlap / max(test, 1))} of the test): its results will be too optimistic."
        )
    if duplicates:
        warnings.append(f"{plural(duplicates, 'document repeats', 'documents repeat')} another of the same split.")
    if conflicts:
        warnings.append(f"{plural(conflicts, 'text occurs', 'texts occur')} under more than one label.")
    if empty:
        warnings.append(f"{plural(empty, 'document is', 'documents are')} empty.")
    if len(lengths) and float(np.median(lengths)) < 4:
        warnings.append(f"The documents are very short: half of them have at most {np.median(lengths):.0f} words.")
    if 0 < counts.get("train", 0) < 200:
        warnings.append(
            f"There are only {counts['train']} training documents; expect a model hardly better than counting words."
        )
    return warnings, errors


# One look through pairs of texts: counts, lengths, repeats, leaks, sides that do not belong together.

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
    noun, other, learners = (
        ("text", "titles", "title generators") if titles else ("sentence", "translations", "translators")
    )
    warnings = []
    if several and pairs.published:  # in a split of ours they are never torn apart
        warnings.append(f"Of {len(targets):,} {noun}s {several:,} have several {other}.")
    if overlap:
        share = overlap / len(parts["test"])
        verb = "has" if overlap == 1 else "have"
        warnings.append(f"{plural(overlap, 'test pair')} ({percent(share)}) {verb} a {noun} that also "
                        "appears in train or validation: the results will be too optimistic.")  # fmt: skip
    if leaks:
        warnings.append(f"{plural(leaks, 'training pair has', 'training pairs have')} a {noun} of the validation "
                        "part.")  # fmt: skip
    if duplicates:
        warnings.append(f"{plural(duplicates, 'pair repeats', 'pairs repeat')} another of the same part, but for case "
                        "and punctuation.")  # fmt: skip
    if copies := sum(pair.source == pair.target for pair in every):
        warnings.append(f"{plural(copies, 'pair has', 'pairs have')} the same text on both sides; from those a model "
                        "learns to copy.")  # fmt: skip
    if odd := _unequal(every):
        warnings.append(f"{plural(odd, 'pair is', 'pairs are')} far longer on one side than on the other; "
                        "the sides may not belong together.")  # fmt: skip
    for side, code in (("first", pairs.source_language), ("second", pairs.target_language)):
        if code == "und" and not titles:
            warnings.append(f"The language of the {side} side is not known; a header of two codes (en, zh) names both.")
    if titles and pairs.source_language == "und":
        warnings.append("The language of the texts is not known; ROUGE is measured word by word, without stemming.")
    train = len(parts.get("train", ()))
    if 0 < train < FEW:
        warnings.append(f"There are only {plural(train, 'training pair', 'training pairs')}; useful {learners} need "
                        "tens of thousands.")  # fmt: skip
    return DataCheck(
        name=pairs.name,
        splits=pairs.counts,
        labels={},
        lengths=_pair_lengths([pair.source for pair in every]),
        duplicates=duplicates,
        overlap=overlap,
        warnings=tuple(warnings),
        errors=() if train else ("There are no training pairs.",),
        target_lengths=_pair_lengths([pair.target for pair in every]),
    )


def _unequal(pairs: list[Pair]) -> int:
    """How many are odd in length: by the ratio of their sides' characters beside its median."""
    sides = np.array([(len(pair.source), len(pair.target)) for pair in pairs], np.float64).reshape(-1, 2)
    long = sides.max(axis=1) >= SHORT
    if not long.any():
        return 0
    ratio = np.log(sides[long, 0] / sides[long, 1])
    return int((np.abs(ratio - np.median(ratio)) > np.log(UNEQUAL)).sum())


def _pair_lengths(texts: list[str]) -> dict[str, float]:
    counts = np.array([tokens_in(text) for text in texts], np.float64)
    if not len(counts):
        return {}
    return {
        "mean": round(float(counts.mean()), 1),
        "median": float(np.median(counts)),
        "p95": float(np.percentile(counts, 95)),
        "max": float(counts.max()),
    }
