"""Evaluation of title generators: ROUGE as users would get it, beside the first sentence; rare words copied."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....data.pairs import Pair, Pairs, open_titles
from ... import bundle_format, model_store
from ...results import Progress, Record, Report, UserError
from .answer import titles_many
from .latex import clean
from .model import GROUPS
from .vocabulary import SPECIAL, TitleVocabulary

TASK = "title"

WORST = 100
"""Titles that a report keeps."""
CUT = 2000
"""Characters of each text that a report keeps."""
FREQUENT = 5000
"""Words of the vocabulary that are not rare."""


def evaluate(
    model: str,
    data: str,
    split: str = "test",
    source_column: str = "",
    target_column: str = "",
    progress: Progress | None = None,
    shown: str = "",
) -> Report:
    """Write a title for each text of ``split`` as its users have it, and compare with its own.

    ``metrics``: ``rouge1``, ``rouge2``, ``rougeL`` (F1, 0 … 100; English stemmed, all cleaned of LaTeX);
    ``rare_copied``, the share of the rare words of the references (not among the :data:`FREQUENT` of the vocabulary)
    that stand in the text and that the title has; ``unknown_copied``, the same of words that the vocabulary lacks.
    ``floor``: the first sentence cut to twelve words, and as ``whole_…`` all of it.

    ``shown`` is the model's name in the report where ``model`` is a folder that is not in the store yet. Raises
    UserError for data without titles, a split that is not there, and where rouge-score is not installed.
    """
    folder = model_store.folder_of(model)
    card = bundle_format.read(folder, verify=False)
    pairs = open_titles(data, source_column, target_column)
    rows = list(pairs.rows(split))
    if not rows:
        raise UserError(f"The split {split!r} of {pairs.name} holds no titles.")
    hypotheses = titles(model, [pair.source for pair in rows], progress)
    vocabulary = TitleVocabulary.load(folder / card["serving"]["vocabulary"])
    metrics, baseline, worst = measure(rows, hypotheses, pairs.source_language, vocabulary)
    return Report(
        model=shown or str(card.get("name", model)),
        data=pairs.name,
        split=split,
        examples=len(rows),
        metrics=metrics,
        floor=baseline,
        labels=(),
        confusion=(),
        per_class=(),
        documents=worst,
        protocol=_protocol(pairs, shown or model, data, split, source_column, target_column),
        name=TASK,
    )


def titles(model: str, sources: Sequence[str], progress: Progress | None = None) -> list[str]:
    """The model's best title of each text; one that stands there several times is written once."""
    different = list(dict.fromkeys(sources))
    records = (Record(str(number), text) for number, text in enumerate(different))
    by_text: dict[str, str] = {}
    for done, (record, made) in enumerate(titles_many(records, model=model, count=1), 1):
        by_text[record.text] = made.candidates[0].text if made.candidates else ""
        if progress and (done % 64 == 0 or done == len(different)):
            progress(done, len(different))
    return [by_text[text] for text in sources]


def measure(
    rows: Sequence[Pair], hypotheses: Sequence[str], language: str, vocabulary: TitleVocabulary
) -> tuple[dict[str, float], dict[str, Any], tuple[dict[str, Any], ...]]:
    """Metrics, baseline and the worst titles; see :func:`evaluate`."""
    from . import scores
    from .scores import KINDS, rare_copied, rouge_each

    references = [clean(pair.target) for pair in rows]
    sources = [pair.source for pair in rows]
    each = rouge_each(hypotheses, references, language)
    metrics: dict[str, float] = dict(zip(map(str, KINDS), each.mean(axis=0).tolist(), strict=True))
    every_word, frequent = frozenset(vocabulary.words), frozenset(vocabulary.words[: len(SPECIAL) + FREQUENT])
    for key, excluded in (("rare_copied", frequent), ("unknown_copied", every_word)):
        copied, there = rare_copied(hypotheses, references, sources, excluded.__contains__)
        metrics |= {key: copied / there, f"{key}_words": float(there)} if there else {}
    order = np.argsort(np.round(each[:, -1], 6), kind="stable")[:WORST]
    worst = tuple(
        {
            "id": rows[row].id,
            "text": rows[row].source[:CUT],
            "gold": references[row][:CUT],
            "predicted": hypotheses[row][:CUT],
            "rougeL": float(each[row, -1]),
        }
        for row in order.tolist()
    )
    return metrics, scores.measure(rows, language), worst


def _protocol(pairs: Pairs, model: str, data: str, split: str, source_column: str, target_column: str) -> str:
    """How it was measured, and the command that repeats it."""
    from ..report import command

    whose = "as published" if pairs.published else "a seeded split, no text or title of it in train in any spelling"
    stemmed = ", stemmed" if pairs.source_language.startswith("en") else ", by words and characters"
    again = command(model, data, split, source_column or "text", target_column or "label")
    return (
        f"The {split} split of {Path(pairs.name).name} ({whose}); of the titles of {GROUPS} diverse beams the one that "
        f"agrees most with the others; ROUGE F1 by rouge-score{stemmed}, each title against its own, LaTeX written out "
        f"in both. Baseline: the first sentence, cut to 12 words. Again: {again}"
    )
