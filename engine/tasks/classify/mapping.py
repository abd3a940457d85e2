"""Mapping between the labels of data and those of a model, and the message where there is none."""

from collections.abc import Mapping, Sequence

from ....data.errors import UserError
from ....data.same_labels import side


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
        remedy = f"say which are the same: --map {offered}" if offered else "name another model, or other data"
        if not offered and labels and len(labels) <= 20:
            remedy += f", or say which are the same, as in --map {labels[0]}={model_labels[0]}"
        raise UserError(f"{model} knows the labels {listed(model_labels)}, but {data} has {listed(labels)}: {remedy}.")
    if all(number is None for number in index.values()):
        raise UserError("All labels of the data are left out; map one of them at least to a label of the model.")
    return index


def suggestion(model_labels: Sequence[str], labels: Sequence[str]) -> str:
    """A map of ``labels`` onto those of a model of sentiments, as ``--map`` takes it; empty where none is plain."""
    sides = {side(label): label for label in model_labels}
    if not {"positive", "negative"} <= sides.keys():
        return ""
    pairs = []
    stars = _stars(labels)
    for label in labels:
        meaning = stars.get(label, "") if stars else side(label)
        if not meaning:
            return ""
        pairs.append(f"{label}={sides.get(meaning, '')}")
    return ",".join(pairs)


def _stars(labels: Sequence[str]) -> dict[str, str]:
    """What numbers of stars mean, where the labels are some: three and more different ones, from 1."""
    try:
        values = {label: float(label.casefold().removesuffix("stars").removesuffix("star")) for label in labels}
    except ValueError:
        return {}
    low, high = min(values.values()), max(values.values())
    if high <= 2 or (len(values) < 3 and (low, high) != (1, 5)):
        return {}
    middle = (1 + high) / 2 if low >= 1 else high / 2
    return {
        label: "positive" if value > middle else "negative" if value < middle else "neutral"
        for label, value in values.items()
    }


def listed(labels: Sequence[str]) -> str:
    """Labels for a sentence, the first of many."""
    shown = ", ".join(labels[:8]) or "none"
    return f"{shown} and {len(labels) - 8} more" if len(labels) > 8 else shown
