"""The text editor of the document box: a TextArea that shades words and lets nothing of the text be obeyed."""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Any, ClassVar, Protocol, runtime_checkable

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from .heat import Heat
from .text import fold_long_lines, plain_newlines, visible

LONGEST_LINE = 4_000
"""Characters from which a line is folded."""
FOLD = 2_000
"""Characters of a folded line."""
UNDO = "ctrl+z,super+z,ctrl+underscore"
"""Readline's key too: of a terminal in which ctrl+z means suspend."""


@runtime_checkable
class KeepsReplaced(Protocol):
    """The box around an editor, where it holds the documents that others replaced."""

    def action_bring_back(self) -> None:
        """Show the document that stood here before this one."""
        ...

    def action_forth(self) -> None:
        """Undo that."""
        ...


def _without_ours(binding: Any) -> Binding | None:
    """TextArea's binding less the two keys that are places; what they select, others do too."""
    keys = [name for name in binding.key.split(",") if name not in ("f6", "f7")]
    if binding.action == "undo":
        keys = UNDO.split(",")
    if binding.action == "select_all":
        keys = ["ctrl+shift+a"]  # as in Textual's Input
    return replace(binding, key=",".join(keys)) if keys else None


class DocumentArea(TextArea, inherit_bindings=False):
    """A TextArea that shades words and lets nothing of the text be obeyed."""

    HELP = (
        "The document. Type or paste; the cards answer while you type. Words are shaded in the colour of the label "
        "that they speak for, by how much: underlined for the prediction of the first card, italic against it. The "
        "lower edge says which colour is which label."
    )

    BINDINGS: ClassVar = [binding for binding in map(_without_ours, TextArea.BINDINGS) if binding is not None]

    def __init__(self, **options: Any) -> None:
        # The cursor's line would paint over the shading, and a paragraph is one line.
        super().__init__(
            soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False, **options
        )
        self._heat = Heat()
        self._heat_length = 0
        self._line_starts: list[int] = [0]
        self._styles_of_heat: dict[int, Style] = {}

    def watch_show_vertical_scrollbar(self) -> None:
        """Wrap by the width that there is once the bar has come or gone; TextArea looks at it before."""
        self.call_after_refresh(self._wrap_again)

    def _wrap_again(self) -> None:
        if self.wrapped_document._width != self.wrap_width:
            self._rewrap_and_refresh_virtual_size()

    @property
    def heat(self) -> Heat:
        return self._heat

    def shade(self, heat: Heat) -> None:
        """Show the pulls of words; their offsets are those of ``self.text``."""
        if heat.sides != self._heat.sides:
            self._styles_of_heat = {}
        self._heat = heat
        self._restart_lines()
        self._repaint()

    def restyle(self) -> None:
        """After a change of theme."""
        self._styles_of_heat = {}
        self._repaint()

    def _repaint(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def _restart_lines(self) -> None:
        starts = [0]
        for line in self.document.lines:
            starts.append(starts[-1] + len(line) + 1)
        self._heat_length = starts[-1] - 1
        self._line_starts = starts[:-1]

    def edit(self, edit: Edit) -> EditResult:
        if not self._heat.spans:
            return super().edit(edit)
        top, bottom = sorted((edit.from_location, edit.to_location))
        start = self.offset_of(top)
        removed = self.offset_of(bottom) - start
        before = self._heat_length
        result = super().edit(edit)
        self._restart_lines()
        self._heat = self._heat.moved(start, removed, self._heat_length - before + removed)
        return result

    def offset_of(self, place: tuple[int, int]) -> int:
        """The offset in ``self.text`` of (row, column)."""
        row, column = place
        return sum(len(self.document.get_line(line)) + 1 for line in range(row)) + column

    def place_of(self, offset: int) -> tuple[int, int]:
        """The (row, column) of an offset in ``self.text``."""
        for row, line in enumerate(self.document.lines):
            if offset <= len(line):
                return row, offset
            offset -= len(line) + 1
        return self.document.end

    def action_undo(self) -> None:
        """Undo an edit; where there is none left, bring back the document that stood here before."""
        if not self.history.undo_stack and isinstance(self.parent, KeepsReplaced):
            self.parent.action_bring_back()
        else:
            super().action_undo()

    def action_redo(self) -> None:
        if not self.history.redo_stack and isinstance(self.parent, KeepsReplaced):
            self.parent.action_forth()
        else:
            super().action_redo()

    def forget_heat_if_stale(self) -> None:
        """Undo and redo change the text by another way than :meth:`edit`: shading that no longer fits goes."""
        if self._heat.spans and self._heat_length != sum(map(len, self.document.lines)) + self.document.line_count - 1:
            self.shade(Heat())

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if not self._heat.spans or line_index >= len(self._line_starts):
            return line
        if not self._styles_of_heat:
            self._styles_of_heat = self._heat.styles(
                self.background_colors[1], self.app.theme_variables, self.styles.color
            )
        offset = self._line_starts[line_index]
        spans = self._heat.spans
        first = bisect_right(spans, offset, key=lambda span: span.end)
        last = bisect_left(spans, offset + len(line), key=lambda span: span.start)
        for span in spans[first:last]:
            if level := self._heat.level(span):
                line.stylize(self._styles_of_heat[level], max(0, span.start - offset), span.end - offset)
        return line

    async def _on_key(self, event: events.Key) -> None:
        # Textual runs a binding once its key has come up to the application; what was typed behind it is here by then.
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return

    async def _on_paste(self, event: events.Paste) -> None:
        # The screen takes pastes first (App.on_event); what still arrives here comes from elsewhere.
        event.stop()
        event.prevent_default()
        self.insert_text(event.text)

    def action_paste(self) -> None:
        self.insert_text(self.app.clipboard)

    def insert_text(self, text: str) -> None:
        """Put ``text`` in the place of the selection, made visible and folded."""
        if result := self._replace_via_keyboard(
            fold_long_lines(visible(plain_newlines(text)), LONGEST_LINE, FOLD), *self.selection
        ):
            self.move_cursor(result.end_location)
