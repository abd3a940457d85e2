"""The colours of labels: praise and blame have theirs, other classes one each by their order."""

from collections.abc import Sequence

from ...engine.results.polarity import polarities

CLASSES = 8
"""Colours of classes that a theme has, as ``class-1`` …; a ninth class has the first again."""
PRAISE, BLAME, NEITHER = "for", "against", "quiet"
"""Theme variables."""


def label_colors(labels: Sequence[str]) -> dict[str, str]:
    """Of each label the theme variable of its colour; colour only helps, so the label appears beside it everywhere."""
    scale = polarities(labels)
    if scale:
        return {label: PRAISE if side > 0 else BLAME if side < 0 else NEITHER for label, side in scale.items()}
    return {label: f"class-{number % CLASSES + 1}" for number, label in enumerate(labels)}
