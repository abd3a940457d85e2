"""The baseline of profilers: how good the linear model over n-grams is by itself, attribute by attribute."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....data.attributes import Attribute
from .authors import AuthorTexts, slices

NAME = "TF-IDF of words and character n-grams + linear"


def measure_baseline(
    attributes: Sequence[Attribute], part: AuthorTexts, scores: np.ndarray, units: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """``<name>_accuracy``, ``<name>_macro_f1``, ``<name>_mae`` (in the attribute's units), ``accuracy`` (their mean),
    ``joint_accuracy``. ``scores`` ``[n, K]``; numbers in standard units."""
    from ...tasks.metrics import classification_report

    metrics: dict[str, Any] = {"name": NAME}
    right = []
    rows = zip(slices(attributes), attributes, part.values.T, units, strict=True)
    for place, attribute, gold, (mean, std) in rows:
        labelled = ~np.isnan(gold)
        if not labelled.any():
            continue
        if attribute.kind == "number":
            metrics[f"{attribute.name}_mae"] = float(
                np.abs(mean + std * scores[labelled, place.start] - gold[labelled]).mean()
            )
            continue
        probabilities = scores[labelled, place]
        probabilities = np.exp(probabilities - probabilities.max(axis=1, keepdims=True))
        report = classification_report(
            gold[labelled].astype(int), probabilities / probabilities.sum(axis=1, keepdims=True)
        )
        metrics[f"{attribute.name}_accuracy"] = report["accuracy"]
        metrics[f"{attribute.name}_macro_f1"] = report["macro_f1"]
        hits = np.full(len(gold), np.nan)
        hits[labelled] = probabilities.argmax(axis=1) == gold[labelled]
        right.append(hits)
    if right:
        metrics["accuracy"] = float(np.mean([np.nanmean(hits) for hits in right]))
        metrics["macro_f1"] = float(np.mean([value for key, value in metrics.items() if key.endswith("_macro_f1")]))
        together = np.all(right, axis=0)[~np.isnan(right).any(axis=0)]
        if len(right) > 1 and len(together):
            metrics["joint_accuracy"] = float(together.mean())
    return metrics
