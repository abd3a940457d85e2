"""The variants of a continuation: each behind the end of the prompt, which is quiet and in italics."""

from collections.abc import Sequence
from math import log
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ...engine.results import Continuation
from ..kit.text import visible
from .writing import Variant

TAIL = 60
"""Characters of the prompt's end that stand before a continuation."""
CURSOR = "▌"


class VariantText(Static):
    """One of them, under a line that says how it was drawn."""

    DEFAULT_CSS = """
    VariantText { height: auto; width: 1fr; padding: 0 1 0 0; border-left: outer $background; }
    VariantText.-here { border-left: outer $primary; }
    """


class VariantList(VerticalScroll, can_focus=True):
    """``number``: that of the lane in which it stands."""

    HELP = (
        "What the model writes behind your text: in quiet italics the end of the text, then the continuation. Up and "
        "down go from variant to variant, page up and page down scroll. Enter makes the variant part of the text, to "
        "be edited and continued; in the text ctrl+z takes that back."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Variant up", show=False),
        Binding("down", "walk(1)", "Variant down", show=False),
        Binding("enter", "enter", "take", tooltip="Make this variant part of the text"),
    ]
    DEFAULT_CSS = "VariantList { height: 1fr; width: 1fr; }"

    class Entered(Message):
        """The reader wants a variant in the text."""

        def __init__(self, lane: int, number: int) -> None:
            super().__init__()
            self.lane, self.number = lane, number

    def __init__(self, number: int, **options: Any) -> None:
        super().__init__(**options)
        self.number = number
        self.current = 0
        """The variant at hand."""
        self._texts: list[VariantText] = []
        self._drawn: list[Content] = []

    def show(self, variants: Sequence[Variant], prompt: str, writing: bool) -> None:
        """``prompt``: what they go on from; ``writing``: whether it is not known yet how they end."""
        count = len(variants)
        follows = writing and (self.is_vertical_scroll_end or not self._drawn)
        while len(self._texts) > count:
            self._texts.pop().remove()
            self._drawn.pop()
        while len(self._texts) < count:
            text = VariantText(markup=False)
            self._texts.append(text)
            self._drawn.append(Content())
            self.mount(text)
        self.current = min(self.current, max(count - 1, 0))
        tail = tail_of(prompt)
        for number, variant in enumerate(variants):
            content = drawn(variant, number, tail, count > 1)
            if content != self._drawn[number]:
                self._drawn[number] = content
                self._texts[number].update(content)
        self._mark()
        if follows and count == 1:
            self.scroll_end(animate=False)

    def _mark(self) -> None:
        for number, text in enumerate(self._texts):
            text.set_class(number == self.current and len(self._texts) > 1, "-here")

    @property
    def plain(self) -> list[str]:
        """What each says, with its head."""
        return [content.plain for content in self._drawn]

    def action_walk(self, variants: int) -> None:
        if len(self._texts) < 2:
            self.scroll_relative(y=variants, animate=False)
            return
        self.current = min(max(self.current + variants, 0), len(self._texts) - 1)
        self._mark()
        self.scroll_to_widget(self._texts[self.current], animate=False)

    def action_enter(self) -> None:
        if self._texts:
            self.post_message(self.Entered(self.number, self.current))

    def on_click(self, event: events.Click) -> None:
        for number, text in enumerate(self._texts):
            if text is event.widget:
                self.current = number
                self._mark()


def tail_of(prompt: str) -> str:
    """The end of a prompt: its last line, or the end of that."""
    line = prompt[-TAIL:].rpartition("\n")[2]
    return visible(line if len(line) == len(prompt) else f"…{line}")


def drawn(variant: Variant, number: int, tail: str, numbered: bool) -> Content:
    """A variant for the screen."""
    head = about(variant.made) if variant.made is not None else "writing …"
    return Content.assemble(
        "\n" if number else "",
        (f"{number + 1}  " if numbered else "", "bold $accent"),
        (f"{head}\n", "$quiet"),
        (tail, "italic $quiet"),
        visible(variant.text),
        (CURSOR, "$accent") if variant.made is None else "",
    )


def about(made: Continuation) -> str:
    """How it was drawn, and how probable its units were: ``100 units · 2.31 bits each · seed 7``."""
    parts = [f"{made.units:,} units" if made.units != 1 else "1 unit"]
    if made.units:
        parts.append(f"{-made.log_prob / log(2) / made.units:.2f} bits each")
    parts.append(f"seed {made.seed}")
    return " · ".join([*parts, "ended by itself"] if made.finished else parts)
