"""Mapping between the labels of data and those of a model, and the message where there is none."""

import math
import re
from collections.abc import Mapping, Sequence

from ....data.errors import UserError
from ....data.roles import folded
from ....data.same_labels import side
from ..report import map_option

_EMPHASIS = re.compile(r"^(very|extremely|strongly|highly|mostly|somewhat|slightly|rather)[ _-]*", re.IGNORECASE)
_GLYPHS = re.compile(r"([★⭐]+)[☆\ufe0f]*")
_NUMBER = re.compile(
    r"(?:label[_ ]?|class[_ ]?)?([+-]?\d+(?:[.,]\d+)?)\s*(?:(?:/|out of|von|sur)\s*(\d+))?"
    r"\s*[ _-]?(?:stars?|sterne?|étoiles?|estrellas?|stelle|points?|星级?|分)?"
)
"""A number of stars in the ways that data write it."""


def label_index(
    model: str, model_labels: Sequence[str], data: str, labels: Sequence[str], label_map: Mapping[str, str]
) -> dict[str, int | None]:
    """The data's labels to the numbers of the model's, upper and lower case being one; None for those left out.

    Raises UserError for labels that the model lacks, with the map that would do where one can be guessed.
    """
    numbers = {label.casefold(): number for number, label in enumerate(model_labels)}
    mapped = {name.casefold(): target for name, target in label_map.items()}
    for name, target in label_map.items():
        if target and target.casefold() not in numbers:
            raise UserError(
                f"{model} has no label {target!r}, which {name!r} should be; it has {listed(model_labels)}."
            )
        if name.casefold() not in {label.casefold() for label in labels}:
            raise UserError(f"{data} has no label {name!r} to be mapped; it has {listed(labels)}.")
    index: dict[str, int | None] = {}
    unknown: list[str] = []
    for label in labels:
        target = mapped.get(label.casefold(), label)
        if target and target.casefold() not in numbers:
            unknown.append(label)
        index[label] = numbers.get(target.casefold()) if target else None
    if unknown or not labels:
        offered = suggestion(model_labels, labels) if labels else ""
        remedy = f"say which are the same: {map_option(offered)}" if offered else "name another model, or other data"
        if not offered and labels and len(labels) <= 20:
            remedy += f", or say which are the same, as in {map_option(f'{labels[0]}={model_labels[0]}')}"
        raise UserError(f"{model} knows the labels {listed(model_labels)}, but {data} has {listed(labels)}: {remedy}.")
    if all(number is None for number in index.values()):
        raise UserError("All labels of the data are left out; map one of them at least to a label of the model.")
    return index


def suggestion(model_labels: Sequence[str], labels: Sequence[str]) -> str:
    """A map of ``labels`` onto those of a model, as ``--map`` takes it; empty where none is plain: sentiments in other
    words, numbers on a scale from bad to good, other spellings. Of sentiments, what has none is left out."""
    sides = {side(label): label for label in model_labels}
    if {"positive", "negative"} <= sides.keys():
        scale = _on_a_scale(labels)
        meanings = [scale.get(label) or side(_EMPHASIS.sub("", label)) for label in labels]
        targets = [sides.get(meaning, "") for meaning in meanings]
        if not {"positive", "negative"} <= set(meanings):
            return ""
    else:
        spelled = {folded(label): label for label in model_labels}
        targets = [spelled.get(folded(label), "") for label in labels]
        if "" in targets:
            return ""
    return ",".join(f"{label}={target}" for label, target in zip(labels, targets, strict=True))


def _on_a_scale(labels: Sequence[str]) -> dict[str, str]:
    """What each label means where all are numbers, as stars are: below, in or above the middle of the scale, which
    begins at 1 if none is less, and ends at the highest, a whole number, or at what is written behind a slash."""
    numbers: dict[str, float] = {}
    ends: set[float] = set()
    for label in labels:
        if glyphs := _GLYPHS.fullmatch(label.strip()):
            numbers[label] = float(len(glyphs[1]))
        elif number := _NUMBER.fullmatch(label.strip().casefold()):
            numbers[label] = float(number[1].replace(",", "."))
            ends |= {float(number[2])} if number[2] else set()
        else:
            return {}
    low, high = min(numbers.values()), math.ceil(max(ends or numbers.values()))
    if len(numbers) < 2:
        return {}
    middle = (min(low, 1.0) + high) / 2
    return {
        label: "positive" if number > middle else "negative" if number < middle else "neutral"
        for label, number in numbers.items()
    }


def listed(labels: Sequence[str]) -> str:
    """Labels for a sentence, the first of many."""
    shown = ", ".join(labels[:8]) or "none"
    return f"{shown} and {len(labels) - 8} more" if len(labels) > 8 else shown
