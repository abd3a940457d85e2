"""The parts of a report on several attributes, ready to be shown: each with its baseline, numbers with their errors."""

from dataclasses import replace
from typing import Any

from ...engine.results import Report


def parts_of(report: Report) -> tuple[Report, ...]:
    """A report an attribute, in the model's order; of a report on one thing that report itself."""
    return tuple(_ready(part, report.floor or {}) for part in report.parts) or (report,)


def error_of(document: dict[str, Any]) -> float:
    """By how much a number was estimated too high; negative: too low."""
    return document["predicted"] - document["gold"]


def plain(value: float) -> str:
    """A number of an attribute's own unit, as short as it can be told: ``34``, ``22.1``."""
    return f"{value:,.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.3g}"


def signed(value: float) -> str:
    """An error with its sign: ``+11.9``, ``−3``."""
    return ("+" if value > 0 else "−" if value < 0 else "±") + plain(abs(value))


def _ready(part: Report, baseline: dict[str, Any]) -> Report:
    lead = f"{part.name}_"
    metrics = {key.removeprefix(lead): value for key, value in baseline.items() if key.startswith(lead)}
    if part.floor is None and metrics:
        part = replace(part, floor={"name": baseline["name"], **metrics} if "name" in baseline else metrics)
    return replace(part, documents=_largest_errors(part.documents)) if part.of_number else part


def _largest_errors(documents: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    numbers = [
        document | {"gold": float(document["gold"]), "predicted": float(document["predicted"])}
        for document in documents
    ]
    return tuple(sorted(numbers, key=lambda document: -abs(error_of(document))))
