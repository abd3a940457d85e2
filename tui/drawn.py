"""Output to the terminal: no text can make the terminal obey it.

Widgets make a text visible where they take it (:func:`~dltext.tui.kit.text.visible`). Where one of them, or one of
Textual's own, does not, this is the last place that all of them pass.
"""

import re
from collections.abc import Callable
from functools import wraps

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

_WIDTHLESS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves, colours or reorders; of no width, so that the frame stays whole without it."""
_HALF = re.compile("[\ud800-\udfff]")
"""What no terminal's encoding knows; one cell wide."""


def harmless(text: str) -> str:
    """``text`` without anything that a terminal obeys, of the same width."""
    return text if text.isprintable() else _HALF.sub("\ufffd", _WIDTHLESS.sub("", text))


def draw_harmlessly() -> None:
    """Let every line that is drawn pass through :func:`harmless` (Textual has no setting for it). Twice is as once."""
    if not hasattr(Strip.render, "__wrapped__"):
        Strip.render = _harmless(Strip.render)  # type: ignore[method-assign]


def _harmless(render: Callable[[Strip, Console], str]) -> Callable[[Strip, Console], str]:
    @wraps(render)
    def draw(strip: Strip, console: Console) -> str:
        if strip._render_cache is None and not all(segment.text.isprintable() for segment in strip._segments):
            clean = Strip(
                [Segment(harmless(text), style, control) for text, style, control in strip._segments],
                strip.cell_length,
            )
            strip._render_cache = render(clean, console)
        return render(strip, console)

    return draw
