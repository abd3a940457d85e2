"""Small questions over the screen: confirm, choose one or several, fill in a few lines."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Button, Label, OptionList, SelectionList
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection

from .narrowing import LONG, FilterLine, matching
from .reading_fields import in_fields
from .text import visible

Attempt = Callable[[Any, Callable[[], None], Callable[[Exception], None]], object]
"""``attempt(value, worked, failed)`` does something with an answer and calls one of the two."""


SLOW = 0.4
"""Seconds after which a dialog says that what is attempted takes a while."""


class Dialog(ModalScreen[Any]):
    """A framed box in the middle; escape answers None, and no key of a place leaves it."""

    BINDINGS: ClassVar = [Binding("escape", "dismiss(None)", "Cancel")]
    TITLE_OF_BOX = ""
    PASSING: ClassVar[bool] = False
    """Whether keys of places work over it: nothing that was typed can be lost with it."""
    attempt: Attempt | None = None
    """What is done with the answer while the dialog stands; it closes once that has worked."""
    _slow: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes=type(self).__name__.lower()):
            yield from self.content()

    def content(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        self.query_one("#dialog").border_title = Content(visible(self.TITLE_OF_BOX))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    def finish(self, value: Any) -> None:
        """Close with a value; where there is something to attempt with it, only once that has worked."""
        if self.attempt is None:
            self.dismiss(value)
        else:
            self._ended()
            self._slow = self.set_timer(SLOW, lambda: self._say("Working … esc closes this, and it goes on."))
            self.attempt(value, lambda: self._worked(value), self._failed)

    def _ended(self) -> None:
        if self._slow is not None:
            self._slow.stop()
            self._slow = None

    def _worked(self, value: Any) -> None:
        self._ended()
        if self.is_attached and self.is_current:
            self.dismiss(value)

    def _failed(self, error: Exception) -> None:
        """Say why in the dialog: what was typed is still there, to be mended."""
        self._ended()
        self._say(in_fields(str(error)), wrong=True)

    def _say(self, sentence: str, wrong: bool = False) -> None:
        if self.is_attached:
            for label in self.query(".message").results(Label):
                label.update(Content(visible(sentence)))
                label.set_class(wrong, "wrong")


class Confirm(Dialog):
    """A question; True for yes, None else. The safe answer has the focus."""

    def __init__(self, title: str, question: str, yes: str) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._question, self._yes = question, yes

    def content(self) -> ComposeResult:
        yield Label(visible(self._question), markup=False, classes="question")
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button(Content(self._yes), variant="error", id="yes")

    @on(Button.Pressed, "#yes")
    def _confirmed(self) -> None:
        self.dismiss(True)


SIGNS = "1234567890abcdefghij"
"""The keys that choose the first of several, the second …"""


class Choose(Dialog):
    """One of several: the index chosen, or None. ``options`` are (name, what is known of it)."""

    HINT = "enter or a number chooses   esc cancels"
    LONG_HINT = "type to filter"

    def __init__(self, title: str, options: Sequence[tuple[str, str]], current: int = 0) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._options, self._current = options, current

    def content(self) -> ComposeResult:
        options = OptionList(*map(self._option, range(len(self._options))))
        options.highlighted = self._current
        if self.long:
            yield FilterLine(self.LONG_HINT)
        yield options
        yield Label("enter chooses   esc cancels" if self.long else self.HINT, markup=False, classes="quiet")

    def on_mount(self) -> None:
        super().on_mount()
        if self.long:
            self.query_one(FilterLine).show(len(self._options), len(self._options))
            self.query_one(OptionList).focus()

    @property
    def long(self) -> bool:
        """Whether there are so many options that letters narrow them and choose none."""
        return len(self._options) > LONG

    def _option(self, index: int) -> Option:
        name, hint = self._options[index]
        prompt = Content.assemble((name, "bold"), "\n" if hint else "", (hint, "$quiet"))
        return Option(prompt, id=f"option-{index}")

    def on_key(self, event: events.Key) -> None:
        if self.long:
            line = self.query_one(FilterLine)
            if line.typed(event):
                left = matching(line.query_text, (f"{name} {hint}" for name, hint in self._options))
                options = self.query_one(OptionList)
                options.clear_options()
                options.add_options(map(self._option, left))
                options.highlighted = 0 if left else None
                line.show(len(left), len(self._options))
            return
        index = SIGNS.find(event.character) if event.character else -1
        if 0 <= index < len(self._options):
            event.stop()
            self.dismiss(self.answer(index))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        number = (event.option_id or "").rpartition("-")[2]
        self.dismiss(self.answer(int(number) if self.long else event.option_index))

    def answer(self, index: int) -> Any:
        """What the dialog answers where an option is chosen."""
        return index


class Ticks(SelectionList[int]):
    """A list in which space ticks and enter says that one is done; what is ticked has a sign, not a colour alone."""

    BINDINGS: ClassVar = [Binding("enter", "screen.done", "Done")]

    def action_select(self) -> None:
        """Tick at once; Textual's own ticks where the cursor is a moment later, elsewhere after fast keys."""
        if self.highlighted is not None:
            self.toggle(self.get_option_at_index(self.highlighted))

    def render_line(self, y: int) -> Strip:
        segments = list(super().render_line(y))
        number = self.scroll_offset.y + y
        if number < self.option_count and len(segments) > 1:
            ticked = self.get_option_at_index(number).value in self.selected
            segments[1] = Segment("✓" if ticked else " ", segments[1].style)
        return Strip(segments)


class ChooseSeveral(Dialog):
    """Some of several: the indices chosen, or None. At least ``least``; ``yes``: the button; ``hint``: a sentence."""

    def __init__(
        self,
        title: str,
        options: Sequence[str | Content],
        chosen: Sequence[int],
        least: int = 2,
        yes: str = "Compare",
        hint: str = "",
    ) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._options, self._chosen, self._least = options, set(chosen), least
        self._yes, self._hint = yes, hint

    def content(self) -> ComposeResult:
        if self.long:
            yield FilterLine("type to filter")
        yield Ticks(*map(self._selection, range(len(self._options))))
        if self._hint:
            yield Label(self._hint, markup=False, classes="quiet message")
        yield Label(f"space ticks   enter: {self._yes.lower()}   esc cancels", markup=False, classes="quiet")
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button(self._yes, variant="primary", id="done")

    def on_mount(self) -> None:
        super().on_mount()
        if self.long:
            self.query_one(FilterLine).show(len(self._options), len(self._options))
            self.query_one(Ticks).focus()

    @property
    def long(self) -> bool:
        """Whether there are so many options that letters narrow them."""
        return len(self._options) > LONG

    def _selection(self, index: int) -> Selection[int]:
        name = self._options[index]
        return Selection(Content(name) if isinstance(name, str) else name, index, index in self._chosen)

    def _ticked(self) -> set[int]:
        """What is ticked, also of what is narrowed away."""
        ticks = self.query_one(Ticks)
        listed = {ticks.get_option_at_index(row).value for row in range(ticks.option_count)}
        return (self._chosen - listed) | set(ticks.selected)

    def on_key(self, event: events.Key) -> None:
        if not self.long:
            return
        line, ticks = self.query_one(FilterLine), self.query_one(Ticks)
        if line.typed(event, blank=False):
            self._chosen = self._ticked()
            left = matching(line.query_text, map(str, self._options))
            ticks.clear_options()
            ticks.add_options(list(map(self._selection, left)))
            ticks.highlighted = 0 if left else None
            line.show(len(left), len(self._options))

    @on(Button.Pressed, "#done")
    def action_done(self) -> None:
        chosen = sorted(self._ticked())
        if len(chosen) < self._least:
            self.app.notify(f"Choose at least {self._least}, with space.", severity="warning")
            return
        self.dismiss(chosen)
