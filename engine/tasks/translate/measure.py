"""Measure a translator: BLEU and chrF of what its users would get, beside the baseline that copies what it has read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....data.pairs import Pair, Pairs, open_pairs, same
from ... import bundle_format, model_store
from ...results import Progress, Record, Report, UserError
from ...text import windows
from .answer import translate_many

WORST = 100
"""Sentences that a report keeps."""
CUT = 2000
"""Characters of each text that a report keeps."""


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    source_column: str = "",
    target_column: str = "",
    progress: Progress | None = None,
    shown: str = "",
) -> Report:
    """Translate each source of ``split``, in the model's direction, as its users have it (beam, sentence by sentence).

    ``metrics``: ``bleu`` and ``chrf`` (0 … 100), each pair against its own translation alone; ``bleu_multi`` against
    all translations of its sentence, where there are several; ``bleu_half`` of the half of the pairs whose source is
    least like any training sentence. ``floor`` has the same of the nearest training sentence's translation, and
    ``bleu_over_floor`` with ``_low`` and ``_high`` is what is above it (paired bootstrap over sentences, 95 %).

    ``shown`` is the model's name in the report where ``model`` is a folder that is not in the store yet. Raises
    UserError for data of other languages, a split that is not there, and where sacreBLEU is not installed.
    """
    card = bundle_format.read(model_store.folder_of(model), verify=False)
    pairs = open_in_direction(card, data, source_column, target_column)
    rows = list(pairs.rows(split))
    if not rows:
        raise UserError(f"The split {split!r} of {pairs.name} holds no pairs.")
    hypotheses = translations(model, card, [pair.source for pair in rows], progress)
    simplify = bool(card["serving"].get("simplify"))
    measured = measure(rows, hypotheses, pairs.target_language, simplify, _copied(pairs, split, rows))
    name = shown or str(card.get("name", model))
    return Report(
        model=name,
        data=pairs.name,
        split=split,
        examples=len(rows),
        metrics=measured.metrics,
        floor=measured.baseline,
        labels=(),
        confusion=(),
        per_class=(),
        documents=measured.worst,
        protocol=_protocol(measured, card, shown or model, pairs, data, split, source_column, target_column),
        name="translate",
    )


# ---------------------------------------------------------------------------------------------- what is compared


def open_in_direction(card: dict[str, Any], data: str, source_column: str = "", target_column: str = "") -> Pairs:
    """The pairs of ``data`` as the model of that card reads and writes; UserError for other languages."""
    serving = card["serving"]
    wanted = (str(serving.get("source", "")), str(serving.get("target", "")))
    pairs = open_pairs(data, source_column, target_column)
    there = (pairs.source_language, pairs.target_language)
    ways = {way for way in (False, True) if _fits(wanted, (there[1], there[0]) if way else there)}
    if not ways:
        raise UserError(
            f"{card.get('name', 'The model')} translates {wanted[0]} to {wanted[1]}, but {data} holds {there[0]} and "
            f"{there[1]}: name other data, or another model."
        )
    # Where languages do not tell (unknown, or twice the same), the data are read as those that it has learnt from.
    reverse = ways == {True} or (len(ways) == 2 and bool(card.get("settings", {}).get("reverse")))
    return open_pairs(data, source_column, target_column, reverse=True) if reverse else pairs


def _fits(wanted: tuple[str, str], there: tuple[str, str]) -> bool:
    return all(
        not code or not other or "und" in (code, other) or code.partition("-")[0] == other.partition("-")[0]
        for code, other in zip(wanted, there, strict=True)
    )


def translations(
    model: str, card: dict[str, Any], sources: Sequence[str], progress: Progress | None = None, beam: int = 0
) -> list[str]:
    """The model's best translation of each text; one that stands there several times is translated once."""
    different = list(dict.fromkeys(sources))
    records = (Record(str(number), text) for number, text in enumerate(different))
    by_text: dict[str, str] = {}
    serving = card["serving"]
    answers = translate_many(records, serving["target"], serving["source"], model, beam=beam)
    for done, (record, translation) in enumerate(answers, 1):
        if not translation.direction.models and not windows.empty(record.text):
            # A stream goes on without it; a measurement is no longer one.
            raise UserError(f"The pair {record.text[:80]!r} cannot be translated: {' '.join(translation.notes)}")
        by_text[record.text] = translation.text
        if progress and (done % 64 == 0 or done == len(different)):
            progress(done, len(different))
    return [by_text[text] for text in sources]


@dataclass(frozen=True)
class Copied:
    """What the baseline says of each pair, and how like its source the nearest training sentence is."""

    texts: list[str]
    similarities: np.ndarray
    train: int
    """Pairs that it copies from."""


def _copied(pairs: Pairs, split: str, rows: Sequence[Pair]) -> Copied | None:
    """By the data's own train part; None for that part itself, and without scikit-learn."""
    if split in ("train", "all") or "train" not in pairs.splits:
        return None
    try:
        return copy_nearest(list(pairs.rows("train")), rows)
    except ImportError:
        return None


def copy_nearest(train: list[Pair], rows: Sequence[Pair]) -> Copied:
    """The baseline's answers; ImportError without scikit-learn."""
    from .baseline import NearestTranslation

    texts, similarities = NearestTranslation(train).translate([pair.source for pair in rows])
    return Copied(texts, similarities, len(train))


# ---------------------------------------------------------------------------------------------- the numbers


@dataclass(frozen=True)
class TranslationScores:
    """What translations come to; see :func:`evaluate`."""

    metrics: dict[str, float]
    baseline: dict[str, Any] | None
    signature: str
    worst: tuple[dict[str, Any], ...]
    half: int = 0
    """Pairs in the half that is least like any training sentence."""
    train: int = 0


def measure(
    rows: Sequence[Pair],
    hypotheses: Sequence[str],
    language: str,
    simplify: bool = False,
    copied: Copied | None = None,
    draws: int = 0,
) -> TranslationScores:
    """The measures of translations of ``rows`` into ``language``; ``simplify``: traditional Chinese characters of
    references and baseline count as the simplified ones. ``draws`` of the bootstrap (0: as many as usual)."""
    from ...text.symbols import simplified
    from ..resampling import DRAWS
    from .baseline import NAME, least_similar
    from .scores import bleu_of, corpus_scores, sentence_bleu, statistics
    from .significance import interval

    simple = simplified if simplify and language.startswith("zh") else str
    gold = [simple(pair.target) for pair in rows]
    numbers: dict[str, int] = {}
    owner = [numbers.setdefault(same(pair.source), len(numbers)) for pair in rows]
    every: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for number, text in zip(owner, gold, strict=True):
        every[number][text] = None
    several = [tuple(every[number]) for number in owner]
    scores = corpus_scores(hypotheses, gold, language)
    metrics = {"bleu": scores["bleu"], "chrf": scores["chrf"]}
    if any(len(texts) > 1 for texts in several):
        metrics["bleu_multi"] = corpus_scores(hypotheses, several, language)["bleu"]
    worst = _worst(rows, hypotheses, several, sentence_bleu(hypotheses, several, language))
    if copied is None:
        return TranslationScores(metrics, None, scores["signature"], worst)
    baseline_texts = [simple(text) for text in copied.texts]
    half = least_similar(copied.similarities)
    counts, other = (statistics(texts, gold, language) for texts in (hypotheses, baseline_texts))
    baseline_scores = corpus_scores(baseline_texts, gold, language)
    baseline: dict[str, Any] = {"name": NAME, "bleu": baseline_scores["bleu"], "chrf": baseline_scores["chrf"]}
    if "bleu_multi" in metrics:
        baseline["bleu_multi"] = corpus_scores(baseline_texts, several, language)["bleu"]
    groups = np.array(owner)
    parts = {"bleu": np.ones(len(rows), bool)} | ({"bleu_half": half} if half.any() else {})
    for key, chosen in parts.items():
        drawn = np.unique(groups[chosen], return_inverse=True)[1]
        over = interval(counts[chosen], other[chosen], drawn, draws or DRAWS)
        if key != "bleu":
            metrics[key] = float(bleu_of(counts[chosen].sum(axis=0)))
            baseline[key] = metrics[key] - over["value"]
        metrics |= {f"{key}_over_floor{end}": over[part] for end, part in _ENDS.items()}
    return TranslationScores(metrics, baseline, scores["signature"], worst, int(half.sum()), copied.train)


_ENDS = {"": "value", "_low": "low", "_high": "high"}


def _worst(
    rows: Sequence[Pair], hypotheses: Sequence[str], several: Sequence[tuple[str, ...]], each: np.ndarray
) -> tuple[dict[str, Any], ...]:
    """Sentences with the lowest BLEU against all their translations, the worst first, each source once."""
    chosen: dict[str, int] = {}
    for row in np.argsort(np.round(each, 6), kind="stable"):
        chosen.setdefault(rows[row].source, int(row))
        if len(chosen) == WORST:
            break
    return tuple(
        {
            "id": rows[row].id,
            "text": rows[row].source[:CUT],
            "gold": " / ".join(several[row])[:CUT],
            "predicted": hypotheses[row][:CUT],
            "bleu": float(each[row]),
        }
        for row in chosen.values()
    )


def _protocol(
    measured: TranslationScores,
    card: dict[str, Any],
    model: str,
    pairs: Pairs,
    data: str,
    split: str,
    source_column: str,
    target_column: str,
) -> str:
    """How it was measured, and the command that repeats it."""
    from ..report import command

    serving = card["serving"]
    whose = "as published" if pairs.published else "our seeded split, no sentence of it in train in any spelling"
    said = [
        f"The {split} split of {pairs.name} ({whose}), {pairs.source_language} to {pairs.target_language}, beam "
        f"{serving.get('beam', 4)}, each pair against its own translation."
    ]
    if serving.get("simplify") and pairs.target_language.startswith("zh"):
        said.append("Traditional characters of the references count as the simplified ones.")
    said.append(f"{measured.signature}.")
    metrics = measured.metrics
    if measured.baseline is None:
        said.append("There is no train part to copy from, so no baseline.")
    else:
        half = ""
        if measured.half:
            half = f", of the {measured.half:,} pairs least like any training sentence {_over(metrics, 'bleu_half')}"
        said.append(
            f"Baseline: of {measured.train:,} training pairs the translation of the nearest one (character TF-IDF). "
            f"BLEU over the baseline, and 95 % of paired resamples of the sentences: {_over(metrics, 'bleu')}{half}."
        )
    return " ".join([*said, f"Again: {command(model, data, split, source_column or 'text', target_column or 'label')}"])


def _over(metrics: dict[str, float], key: str) -> str:
    value, low, high = (metrics[f"{key}_over_floor{end}"] for end in _ENDS)
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"
