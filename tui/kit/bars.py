"""Probabilities as bars: the prediction is marked by a sign and by weight, its colour only helps."""

from collections.abc import Collection, Mapping

from rich.cells import cell_len
from textual.content import Content

from .text import fit, visible

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def bar(share: float, width: int) -> str:
    """A bar of ``share`` (0 … 1) of ``width`` cells, to the eighth of a cell; something is never nothing."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0 and eighths == 0 and width:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest]


def percent(share: float) -> str:
    """Four or five cells: ``87 %``; never 100 % for what is not certain, never 0 % for what is not impossible."""
    if 0.995 <= share < 1:
        return ">99 %"
    if 0 < share < 0.005:
        return " <1 %"
    return f"{share * 100:3.0f} %"


def probability_rows(
    probabilities: Mapping[str, float],
    predictions: Collection[str],
    width: int,
    most: int = 6,
    colors: Mapping[str, str] | None = None,
) -> list[Content]:
    """One line a label: what is predicted begins with ``▸``; of more than ``most`` labels the likeliest.

    ``colors``: theme variables of the labels' bars. Without ``predictions`` all bars are quiet.
    """
    labels = list(probabilities)
    if len(labels) > most:
        largest = set(sorted(labels, key=lambda label: -probabilities[label])[:most])
        labels = sorted(largest, key=lambda label: -probabilities[label])
    shown = {label: visible(label) for label in labels}
    label_width = min(max((cell_len(text) for text in shown.values()), default=0), max(6, width // 3))
    room = min(48, max(4, width - label_width - 10))
    rows = []
    for label in labels:
        share = probabilities[label]
        chosen = label in predictions
        hue = (colors or {}).get(label, "primary" if chosen else "quiet")
        color = f"${hue}" if chosen else f"${hue} 60%" if predictions and colors else "$quiet 70%"
        drawn = bar(share, room)
        rows.append(
            Content.assemble(
                ("▸ " if chosen else "  ", "bold $accent"),
                (fit(shown[label], label_width), "bold" if chosen else "$quiet"),
                "  ",
                (drawn, color),
                (" " * (room - len(drawn)), ""),
                (percent(share).rjust(6), "bold" if chosen else "$quiet"),
            )
        )
    return rows
