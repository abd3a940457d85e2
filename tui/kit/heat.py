"""Words shaded by what they speak for; readable without colour: for the prediction underlined, against it italic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.style import Style as RichStyle
from textual.color import Color
from textual.content import Content

from ...engine.results import Result, Span
from .label_colors import label_colors
from .text import one_line

FAINT = 0.12
"""Share of the strongest pull under which a word stays unshaded."""


@dataclass(frozen=True)
class Sides:
    """What words speak for, and what against it: their names, and the theme variables of their colours."""

    toward: str = "it"
    against: str = ""
    """Empty where there are several others."""
    toward_color: str = "for"
    against_color: str = "against"
    shares: bool = False
    """Whether weights are shares of an attention, which speak for nothing."""

    @classmethod
    def of(cls, result: Result) -> "Sides":
        """The predicted label and, where there are two, the other one; of a number, up and down."""
        if result.by == "attention":
            return cls("attention", "", "accent", "quiet", shares=True)
        if result.value is not None:
            return cls("higher", "lower", "class-1", "class-2")
        colors = label_colors(list(result.probabilities))
        if result.labels:
            return cls(result.label, f"not {result.label}", colors[result.label], "quiet")
        others = [label for label in colors if label != result.label]
        if len(others) != 1:
            return cls(result.label, "", colors[result.label], "quiet")
        return cls(result.label, others[0], colors[result.label], colors[others[0]])

    @property
    def heads(self) -> tuple[str, str]:
        """``+ positive`` and ``− negative``; of several classes ``+ location`` and ``− others``."""
        if self.shares:
            return self.toward, ""
        against = one_line(self.against, 24) if self.against else "others"
        return f"+ {one_line(self.toward, 24)}", f"− {against}"


@dataclass(frozen=True)
class Heat:
    """Spans of a document with their strength (−3 … 3): how the screen shades them."""

    spans: tuple[Span, ...] = ()
    strongest: float = 0.0
    sides: Sides = Sides()

    @classmethod
    def of(cls, spans: Iterable[Span], sides: Sides | None = None) -> "Heat":
        in_order = tuple(sorted(spans, key=lambda span: span.start))
        return cls(in_order, max((abs(span.weight) for span in in_order), default=0.0), sides or Sides())

    def styles(self, background: Color, variables: Mapping[str, str], foreground: Color) -> dict[int, RichStyle]:
        """A style a level, in the colours of its sides; ``variables``: the theme's."""
        toward, against = (Color.parse(variables[name]) for name in (self.sides.toward_color, self.sides.against_color))
        return heat_styles(background, toward, against, foreground)

    def legend(self) -> Content:
        """What the shading means, for the box's lower edge."""
        toward, against = self.sides.heads
        return Content.assemble(
            (toward, f"underline ${self.sides.toward_color}"), "  ", (against, f"italic ${self.sides.against_color}")
        )

    def level(self, span: Span) -> int:
        """0 for what hardly moved anything, else 1 … 3, negative where it pulled against the prediction."""
        if not self.strongest:
            return 0
        share = abs(span.weight) / self.strongest
        if share < FAINT:
            return 0
        level = 3 if share > 0.66 else 2 if share > 0.33 else 1
        return level if span.weight > 0 else -level

    def moved(self, start: int, removed: int, inserted: int) -> "Heat":
        """The same after an edit at ``start``: what it touched is gone, what lies behind moves along."""
        shift = inserted - removed
        remaining = []
        for span in self.spans:
            if span.end < start or (span.end == start and inserted == 0):
                remaining.append(span)
            elif span.start > start + removed or (span.start == start + removed and removed and not inserted):
                remaining.append(Span(span.start + shift, span.end + shift, span.weight))
        return replace(self, spans=tuple(remaining))


def heat_styles(background: Color, toward: Color, against: Color, foreground: Color) -> dict[int, RichStyle]:
    """A style a level: a tint of the background, and underline (for) or italics (against); bold when strong."""
    styles: dict[int, RichStyle] = {}
    for sign, colour in ((1, toward), (-1, against)):
        for level, share in ((1, 0.14), (2, 0.28), (3, 0.45)):
            styles[sign * level] = RichStyle(
                color=foreground.rich_color,
                bgcolor=background.blend(colour, share).rich_color,
                underline=sign > 0,
                italic=sign < 0,
                bold=level == 3,
            )
    return styles


def strongest_words(text: str, spans: Sequence[Span], most: int = 8) -> list[tuple[str, float]]:
    """The words that pulled most, each once with its pulls summed, strongest first."""
    sums: dict[str, tuple[str, float]] = {}
    for span in spans:
        word = one_line(text[span.start : span.end], 30)
        shown, weight = sums.get(word.casefold(), (word, 0.0))
        sums[word.casefold()] = (shown, weight + span.weight)
    ranked = sorted((pair for pair in sums.values() if pair[0]), key=lambda pair: -abs(pair[1]))
    return [pair for pair in ranked[:most] if abs(pair[1]) >= 0.01]
