"""Words shaded by their pull on the verdict; readable without colour: for it underlined, against it slanted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style as RichStyle
from textual.color import Color
from textual.content import Content

from ...engine.results import Span
from .text import one_line

FAINT = 0.12
"""Share of the strongest pull under which a word stays unshaded."""


@dataclass(frozen=True)
class Heat:
    """Spans of a document with their strength (−3 … 3): how the screen shades them."""

    spans: tuple[Span, ...] = ()
    strongest: float = 0.0

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Heat":
        kept = tuple(sorted(spans, key=lambda span: span.start))
        return cls(kept, max((abs(span.weight) for span in kept), default=0.0))

    def level(self, span: Span) -> int:
        """0 for what hardly moved anything, else 1 … 3, negative where it pulled against the verdict."""
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
        kept = []
        for span in self.spans:
            if span.end < start or (span.end == start and inserted == 0):
                kept.append(span)
            elif span.start > start + removed or (span.start == start + removed and removed and not inserted):
                kept.append(Span(span.start + shift, span.end + shift, span.weight))
        return Heat(tuple(kept), self.strongest)


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


def legend() -> Content:
    """What the shading means, for the box's lower edge."""
    return Content.assemble(("speaks for it", "underline $for"), "  ", ("against it", "italic $against"))


def strongest_words(text: str, spans: Sequence[Span], most: int = 8) -> list[tuple[str, float]]:
    """The words that pulled most, each once with its pulls summed, strongest first."""
    sums: dict[str, tuple[str, float]] = {}
    for span in spans:
        word = one_line(text[span.start : span.end], 30)
        shown, weight = sums.get(word.casefold(), (word, 0.0))
        sums[word.casefold()] = (shown, weight + span.weight)
    ranked = sorted((pair for pair in sums.values() if pair[0]), key=lambda pair: -abs(pair[1]))
    return [pair for pair in ranked[:most] if abs(pair[1]) >= 0.01]
