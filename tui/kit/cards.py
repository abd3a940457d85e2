"""The cards of models and of corpora, as facts."""

from ...engine import api
from ...engine.results import AttributeInfo, BundleInfo, DataCheck, DatasetInfo, percent
from ...engine.results.measures import label
from .attribute_lines import OWN, attribute_lines, attributes_of, measured_lines
from .bars import bar
from .facts import flattened
from .headline import Headline, measures_of, told_value
from .reading_fields import in_fields
from .text import measured, size_text

METRIC_NAMES = {
    "floor_accuracy": "baseline",
    "macro_f1": label("macro_f1"),
    "floor_macro_f1": "its baseline",
    "ece": label("ece"),
    "loss": label("loss"),
    "examples": "examples",
}
"""What a card says of a measurement beside its accuracy, in this order."""
PLACES_OF_DATA = {
    "shipped": ("●", "here", "comes with dltext"),
    "mirror": ("●", "here", "in the folder that DLTEXT_DATA names"),
    "cached": ("●", "here", "fetched before"),
    "imported": ("●", "yours", "imported from a file of yours"),
    "download": ("○", "to fetch", "not here yet; f fetches it"),
}
"""Of where the texts are: the sign, a word, a sentence."""


def share(value: float | None) -> str:
    """``92.1 %``, or a dash for what nobody measured."""
    return percent(value, unknown="–")


def _formatted(key: str, value: float) -> str:
    if key == "examples":
        return f"{int(value):,}"
    return f"{value:.3f}" if key in ("ece", "loss") else share(value)


def model_lines(info: BundleInfo) -> list[tuple[str, str, str]]:
    """A model's card as facts: what it is, how good, on what it learnt, then all else that its card says."""
    lines: list[tuple[str, str, str]] = []
    if info.problem:
        lines += [("warning", "", info.problem), ("gap", "", "")]
    description = info.card.get("description")
    if description:
        lines += [("text", "", str(description)), ("gap", "", "")]
    lines += [
        *attribute_lines(info),
        ("fact", "task", info.task),
        *([("fact", "labels", ", ".join(info.labels))] if info.labels else []),
        ("fact", "language", _language(info)),
        ("fact", "recipe", info.recipe),
        ("fact", "version", info.version),
        ("fact", "origin", info.origin + (", default" if info.default else "")),
        ("fact", "size", size_text(info.size)),
        *([] if info.threshold is None else [("fact", "threshold", f"not sure below {info.threshold:g}")]),
        *([("fact", "base", f"{info.base}, whose first layers it answers with")] if info.base else []),
        *_vectors(info),
        ("gap", "", ""),
        ("title", "", "Measured"),
    ]
    if attributes_of(info):
        for row in info.card.get("metrics") or [dict(info.metrics)]:
            lines += measured_lines(row)
        return [*lines, *_rest(info)]
    others = [measure for measure in measures_of(info.metrics) if measure.key != "accuracy"]
    if others:
        return [*lines, *(("fact", m.name, _beside_baseline(info, m)) for m in others), *_rest(info, True)]
    lines.append(("fact", "result", measured(info.metrics, info.measured_on)))
    # The list holds the headline; the card all measurements, in domain and out of it, with how they were made.
    for number, row in enumerate(info.card.get("metrics") or [dict(info.metrics)]):
        if number:
            lines += [("gap", "", ""), ("fact", "result", measured(row, str(row.get("on", ""))))]
        lines += [("fact", METRIC_NAMES[key], _formatted(key, row[key])) for key in METRIC_NAMES if key in row]
        if row.get("protocol"):
            lines.append(("fact", "protocol", str(row["protocol"])))
    return [*lines, *_rest(info)]


def _language(info: BundleInfo) -> str:
    """Of a translator both: ``en → zh``."""
    serving = info.card.get("serving") or {}
    return f"{serving['source']} → {serving['target']}" if {"source", "target"} <= set(serving) else info.language


def _beside_baseline(info: BundleInfo, measure: Headline) -> str:
    """A value, and what the simple baseline reaches where that was measured."""
    baseline = info.metrics.get(f"floor_{measure.key}")
    value = told_value(measure.key, measure.value)
    return value if baseline is None else f"{value}  (baseline {told_value(measure.key, baseline)})"


def _vectors(info: BundleInfo) -> list[tuple[str, str, str]]:
    """Of word vectors: how many words, how long."""
    serving = info.card.get("serving") or {}
    if not api.task(info.task).vectors or "count" not in serving:
        return []
    stored = f", {serving['precision']}" if "precision" in serving else ""
    return [
        ("fact", "words", f"{int(serving['count']):,}"),
        ("fact", "vectors", f"{serving.get('size', '?')} components{stored}"),
    ]


def _rest(info: BundleInfo, measures: bool = False) -> list[tuple[str, str, str]]:
    """All else that the card says, and where it is; ``measures``: its protocols too, which nobody has told yet."""
    lines: list[tuple[str, str, str]] = []
    if measures:
        said = dict.fromkeys(str(row["protocol"]) for row in info.card.get("metrics") or [] if row.get("protocol"))
        lines += [("fact", "protocol", sentence) for sentence in said]
    more = flattened(
        info.card,
        skip=(
            "description",
            "task",
            "labels",
            "language",
            "recipe",
            "version",
            "metrics",
            "name",
            "files",
            "measured_on",
            "sha256",
            *OWN,
        ),
    )
    if more and more[0][0] == "fact":
        lines += [("gap", "", ""), ("title", "", "Card")]
    return [*lines, *more, ("gap", "", ""), ("fact", "folder", info.path)]


def _attribute(lengths: AttributeInfo) -> list[tuple[str, str, str]]:
    """What a check counted of one attribute: a bar a label of a category of few, else a sentence."""
    if lengths.kind == "number" or len(lengths.labels) > 12:
        return [("fact", lengths.name, lengths.told())]
    total, most = max(sum(lengths.counts.values()), 1), max(lengths.counts.values(), default=1)
    return [
        (
            "fact",
            f"{lengths.name}: {label}",
            f"{bar(count / max(most, 1), 12):<12} {count:,.0f} ({percent(count / total, 0)})",
        )
        for label, count in lengths.counts.items()
    ]


def corpus_lines(info: DatasetInfo, check: DataCheck | None) -> list[tuple[str, str, str]]:
    """A data card as facts, and what a check found."""
    sign, _, where = PLACES_OF_DATA[info.available]
    lines: list[tuple[str, str, str]] = [("title", "", info.title)]
    if info.description:
        lines.append(("text", "", info.description))
    lines += [
        ("gap", "", ""),
        ("fact", "where", f"{sign} {where}"),
        ("fact", "task", info.task),
        ("fact", "language", f"{info.language} → {info.target_language}" if info.target_language else info.language),
        *([("fact", "labels", ", ".join(info.labels) or "–")] if info.task != "pairs" else []),
        *(("fact", attribute.name, attribute.told()) for attribute in info.attributes),
        (
            "fact",
            "pairs" if info.task == "pairs" else "texts",
            ", ".join(f"{name} {count:,}" for name, count in info.splits.items()) or "–",
        ),
        ("fact", "size", size_text(info.size)),
        ("fact", "licence", info.licence or "not stated"),
        ("fact", "cite", info.citation or "–"),
        ("fact", "source", info.source or "–"),
    ]
    if check is None:
        return lines
    lines += [("gap", "", ""), ("title", "", "Checked")]
    lines += [("warning", "", in_fields(sentence)) for sentence in (*check.errors, *check.warnings)]
    total = max(sum(check.labels.values()), 1)
    most = max(check.labels.values(), default=1)
    lines += [
        ("fact", label, f"{bar(count / max(most, 1), 12):<12} {count:,} ({percent(count / total, 0)})")
        for label, count in check.labels.items()
    ]
    for attribute in check.attributes:
        lines += _attribute(attribute)
    kind = "pairs" if info.task == "pairs" else "texts"
    lines.append(("fact", kind, ", ".join(f"{name} {count:,}" for name, count in check.splits.items())))
    lines.append(("fact", "tokens", _lengths(check.lengths)))
    if check.target_lengths:
        lines.append(("fact", "other side", _lengths(check.target_lengths)))
    lines.append(("fact", "duplicates", f"{check.duplicates:,}"))
    lines.append(("fact", "leaks", f"{check.overlap:,} test {kind} also in train"))
    return lines


def _lengths(lengths: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.0f}" for name, value in lengths.items())
