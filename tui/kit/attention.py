"""Attention as shading: the words that hold a quarter of it, the next quarter, the one after that."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style as RichStyle
from textual.color import Color
from textual.content import Content

from ...engine.results import Profile, Span, Token
from .heat import Heat

QUARTERS = ((3, 0.25), (2, 0.5), (1, 0.75))
"""Level to the share of all attention that words of this level and the stronger ones hold together."""
ORIGIN = 4
"""The level of the word that another one came from, whatever attention it got."""
ABOVE_EVEN = 1.2
"""A word is shaded only where it gets so many times what it would get were all words looked at alike."""
_WEIGHTS = {3: 1.0, 2: 0.5, 1: 0.2}
"""Weights which :class:`Heat` takes for these levels."""
HUES = ("primary", "for", "against", "secondary")
"""The colours of the hops, in turn; theirs all together is another."""
ALL_HUE = "accent"


def hue(hop: int | None) -> str:
    """The theme's colour of a hop (0-based), or of all together."""
    return ALL_HUE if hop is None else HUES[hop % len(HUES)]


def levels(weights: Sequence[float]) -> list[int]:
    """A level 0 … 3 a word; where all words get the same, none stands out."""
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    even = ABOVE_EVEN * total / len(weights)
    by_word = [0] * len(weights)
    held = 0.0
    for index in sorted(range(len(weights)), key=lambda index: -weights[index]):
        # By what the stronger ones hold already: a word that holds half of all is still of the first quarter.
        level = next((level for level, share in QUARTERS if held < share * total), 0)
        if not level or weights[index] < even:
            break
        by_word[index] = level
        held += weights[index]
    return by_word


@dataclass(frozen=True)
class LinkedHeat(Heat):
    """Attention as heat, and the place that a word came from."""

    origin: Span | None = None

    def level(self, span: Span) -> int:
        return ORIGIN if span == self.origin else super().level(span)


def linked_heat(weights: Sequence[float], tokens: Sequence[Token], origin: int = -1) -> LinkedHeat:
    """The shading of ``tokens`` by the attention that they get; the one with the number ``origin`` stands out."""
    spans: list[Span] = []
    origin_span: Span | None = None
    for number, (token, level) in enumerate(zip(tokens, levels(weights), strict=True)):
        if (level or number == origin) and token.end > token.start:
            span = Span(token.start, token.end, _WEIGHTS.get(level, 0.0))
            spans.append(span)
            origin_span = span if number == origin else origin_span
    return LinkedHeat(tuple(sorted(spans, key=lambda span: span.start)), 1.0, origin=origin_span)


def attention_heat(profile: Profile, hop: int | None = None) -> Heat:
    """The shading of all hops together, or of one (0-based)."""
    spans = profile.spans
    weights = [span.weight for span in spans] if hop is None else profile.hops[hop]
    shaded = (
        Span(span.start, span.end, _WEIGHTS[level])
        for span, level in zip(spans, levels(weights), strict=True)
        if level and span.end > span.start
    )
    return Heat(tuple(sorted(shaded, key=lambda span: span.start)), 1.0)


def attention_styles(background: Color, tint: Color, foreground: Color) -> dict[int, RichStyle]:
    """A style a level; without colour they are told apart by underline, weight, and both; an origin is inverse."""
    styles = {
        level: RichStyle(
            color=foreground.rich_color,
            bgcolor=background.blend(tint, share).rich_color,
            underline=level != 2,
            bold=level > 1,
        )
        for level, share in ((1, 0.14), (2, 0.26), (3, 0.42))
    }
    styles[ORIGIN] = RichStyle(color=background.rich_color, bgcolor=tint.rich_color, bold=True)
    return styles


def legend(hop: int | None) -> Content:
    """What the shading means."""
    tint = f"${hue(hop)}"
    return Content.assemble(
        ("¼ of its attention", f"bold underline on {tint} 42%"),
        " ",
        ("next ¼", f"bold on {tint} 26%"),
        " ",
        ("next ¼", f"underline on {tint} 14%"),
    )
