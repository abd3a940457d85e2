"""How good the linear model over n-grams is by itself, attribute by attribute."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....data.attributes import Attribute
from .authors import Authors, slices

NAME = "TF-IDF of words and character n-grams + linear"


def measure_floor(
    attributes: Sequence[Attribute], part: Authors, scores: np.ndarray, units: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """``<name>_accuracy``, ``<name>_macro_f1``, ``<name>_mae`` (in the attribute's units), ``accuracy`` (their mean),
    ``joint_accuracy``. ``scores`` ``[n, K]``; numbers in standard units."""
    from ...tasks.metrics import classification_report

    found: dict[str, Any] = {"name": NAME}
    right = []
    rows = zip(slices(attributes), attributes, part.values.T, units, strict=True)
    for place, attribute, gold, (mean, std) in rows:
        known = ~np.isnan(gold)
        if not known.any():
            continue
        if attribute.kind == "number":
            found[f"{attribute.name}_mae"] = float(np.abs(mean + std * scores[known, place.start] - gold[known]).mean())
            continue
        own = scores[known, place]
        own = np.exp(own - own.max(axis=1, keepdims=True))
        report = classification_report(gold[known].astype(int), own / own.sum(axis=1, keepdims=True))
        found[f"{attribute.name}_accuracy"] = report["accuracy"]
        found[f"{attribute.name}_macro_f1"] = report["macro_f1"]
        hits = np.full(len(gold), np.nan)
        hits[known] = own.argmax(axis=1) == gold[known]
        right.append(hits)
    if right:
        found["accuracy"] = float(np.mean([np.nanmean(hits) for hits in right]))
        found["macro_f1"] = float(np.mean([value for key, value in found.items() if key.endswith("_macro_f1")]))
        together = np.all(right, axis=0)[~np.isnan(right).any(axis=0)]
        if len(right) > 1 and len(together):
            found["joint_accuracy"] = float(together.mean())
    return found
