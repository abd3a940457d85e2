"""Calibration for short texts, on the beginnings of the validation part's texts.

N-grams are scaled to length 1 and attention sums to 1, so that forty words score as surely as six hundred. One number
an attribute, fitted here, takes that back (see :func:`~dltext.engine.tasks.profile.outputs.heat`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....data.attributes import Attribute
from ...tasks.profile.ngram_model import NgramModel
from ...tasks.profile.outputs import combine, heat
from ...text import tokenizer as tok
from .authors import AuthorTexts, slices, windowed
from .prepare import PreparedAuthors
from .trainer import WindowedPart, predict

LENGTHS = (30, 60, 120, 240)
"""Tokens of a beginning."""
MOST = 600
"""Authors whose beginnings are read: enough for one number an attribute."""


def fit(
    table: list[dict[str, Any]],
    attributes: Sequence[Attribute],
    validation: AuthorTexts,
    prepared: PreparedAuthors,
    model: Any,
    ngrams: Path | None,
) -> None:
    """Put ``short`` and ``tokens`` into the card's rows of the categories; nothing where the texts are all short."""
    counts = np.array([len(ids) for ids in tok.encode_all(prepared.tokenizer, validation.texts, 1 << 30)])
    usual = float(np.median(counts)) if len(counts) else 0.0
    lengths = [length for length in LENGTHS if 2 * length <= usual]
    if not lengths or not any(attribute.kind == "category" for attribute in attributes):
        return
    some = np.flatnonzero(counts >= usual)[:MOST]
    served = NgramModel.load(ngrams, {"ngrams": "ngrams.txt", "weights": "ngrams.npz"}) if ngrams else None
    rows: list[tuple[np.ndarray, np.ndarray | None, int]] = []
    for length in lengths:
        texts = [_beginning(validation.texts[i], length / int(counts[i])) for i in some.tolist()]
        windows = windowed(prepared.tokenizer, texts, prepared.settings.window, prepared.settings.max_windows)
        scores = predict(model, WindowedPart(windows, validation.values[some]))
        other = np.stack([served.scores(text) for text in texts]) if served else None
        rows.append((scores, other, length))
    columns = zip(table, slices(attributes), attributes, validation.values[some].T, strict=True)
    for row, place, attribute, gold in columns:
        if attribute.kind == "category":
            labelled = ~np.isnan(gold)
            weights, bias = (row["mix"]["network"], row["mix"]["ngrams"]), np.asarray(row["mix"]["bias"])
            mixed = [
                (
                    combine(scores[labelled, place], None if other is None else other[labelled, place], weights, bias),
                    length,
                )
                for scores, other, length in rows
            ]
            row["short"], row["tokens"] = _coolest(mixed, gold[labelled].astype(int), usual), usual


def _beginning(text: str, share: float) -> str:
    """About that share of a text, ending with a whole word."""
    cut = text[: max(1, round(share * len(text)))]
    head, space, _ = cut.rpartition(" ")
    return head if space and len(head) > len(cut) // 2 else cut


def _coolest(mixed: list[tuple[np.ndarray, int]], gold: np.ndarray, usual: float) -> float:
    """The ``short`` with the least negative log-likelihood over all beginnings; never below 0."""
    from scipy.optimize import minimize_scalar

    from ..calibrate import negative_log_likelihood

    if not len(gold):
        return 0.0

    def cost(short: float) -> float:
        return float(
            np.mean([negative_log_likelihood(scores, gold, heat(short, usual, length)) for scores, length in mixed])
        )

    return float(minimize_scalar(cost, bounds=(0.0, 5.0), method="bounded").x)  # type: ignore[attr-defined]
