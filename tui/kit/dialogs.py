"""Small questions over the screen: confirm, choose, name a file, fill in a few lines."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Button, DirectoryTree, Input, Label, OptionList, SelectionList
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection

from .paths import FILE, FOLDER, MISSING, current_folder, folder_text, kind_of, typed_path
from .text import visible

Attempt = Callable[[Any, Callable[[], None], Callable[[Exception], None]], object]
"""``attempt(value, worked, failed)`` does something with an answer and calls one of the two."""


class Dialog(ModalScreen[Any]):
    """A framed box in the middle; escape answers None, and no key of a place leaves it."""

    BINDINGS: ClassVar = [Binding("escape", "dismiss(None)", "Cancel")]
    TITLE_OF_BOX = ""
    PASSING: ClassVar[bool] = False
    """Whether keys of places work over it: nothing that was typed can be lost with it."""
    attempt: Attempt | None = None
    """What is done with the answer while the dialog stands; it closes once that has worked."""

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
            self.attempt(value, lambda: self._worked(value), self._failed)

    def _worked(self, value: Any) -> None:
        if self.is_attached and self.is_current:
            self.dismiss(value)

    def _failed(self, error: Exception) -> None:
        """Say why in the dialog: what was typed is still there, to be mended."""
        if self.is_attached:
            for label in self.query(".told").results(Label):
                label.update(Content(visible(str(error))))
                label.add_class("wrong")


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

    def __init__(self, title: str, options: Sequence[tuple[str, str]], current: int = 0) -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._options, self._current = options, current

    def content(self) -> ComposeResult:
        options = OptionList(
            *(
                Option(Content.assemble((name, "bold"), "\n" if hint else "", (hint, "$quiet")))
                for name, hint in self._options
            )
        )
        options.highlighted = self._current
        yield options
        yield Label(self.HINT, markup=False, classes="quiet")

    def on_key(self, event: events.Key) -> None:
        index = SIGNS.find(event.character) if event.character else -1
        if 0 <= index < len(self._options):
            event.stop()
            self.dismiss(self.answer(index))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.answer(event.option_index))

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
        yield Ticks(
            *(
                Selection(Content(name) if isinstance(name, str) else name, index, index in self._chosen)
                for index, name in enumerate(self._options)
            )
        )
        if self._hint:
            yield Label(self._hint, markup=False, classes="quiet told")
        yield Label(f"space ticks   enter: {self._yes.lower()}   esc cancels", markup=False, classes="quiet")
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button(self._yes, variant="primary", id="done")

    @on(Button.Pressed, "#done")
    def action_done(self) -> None:
        chosen = sorted(self.query_one(Ticks).selected)
        if len(chosen) < self._least:
            self.app.notify(f"Choose at least {self._least}, with space.", severity="warning")
            return
        self.dismiss(chosen)


class Ask(Dialog):
    """A few lines to fill in: a dict of id to text, or None. ``fields`` are (id, label, value, placeholder)."""

    def __init__(self, title: str, fields: Sequence[tuple[str, str, str, str]], yes: str, hint: str = "") -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._fields, self._yes, self._hint = fields, yes, hint

    def content(self) -> ComposeResult:
        if self._hint:
            yield Label(self._hint, markup=False, classes="quiet told")
        for name, label, value, placeholder in self._fields:
            with Horizontal(classes="field"):
                yield Label(label, markup=False)
                yield Input(value, placeholder=placeholder, id=name, compact=True)
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button(Content(self._yes), variant="primary", id="yes")

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        self.finish({field.id: field.value.strip() for field in self.query(Input)})


class Files(DirectoryTree):
    """A tree whose names are never markup, without hidden files."""

    def process_label(self, label: Any) -> Text:
        return label if isinstance(label, Text) else Text(visible(str(label).replace("\n", "␊")))

    def filter_paths(self, paths: Any) -> Any:
        return [path for path in paths if not path.name.startswith(".")]


class OpenFile(Dialog):
    """A path to something that is there, or None: from the tree, or typed."""

    def __init__(self, title: str, start: Path | None = None, folders: bool = False, hint: str = "") -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._start = start if start is not None and kind_of(start)[0] == FOLDER else current_folder()
        self._folders, self._hint = folders, hint

    def content(self) -> ComposeResult:
        yield Input(folder_text(self._start), placeholder="a path", id="path", compact=True, select_on_focus=False)
        yield Files(self._start)
        yield Label(
            self._hint or "enter opens   backspace in the tree goes up   esc cancel", markup=False, classes="quiet told"
        )
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Open", variant="primary", id="yes")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Files).focus()

    def on_key(self, event: events.Key) -> None:
        tree = self.query_one(Files)
        if event.key == "backspace" and tree.has_focus:
            event.stop()
            tree.path = Path(tree.path).resolve().parent
            self.query_one("#path", Input).value = folder_text(Path(tree.path))
        elif event.is_printable and event.character and not event.character.isspace():
            line = self.query_one("#path", Input)
            if self.focused is tree:
                # A path is typed: a whole one, or one from the folder shown.
                event.stop()
                self._write(
                    event.character if event.character in "/~" else folder_text(Path(tree.path)) + event.character
                )
            elif self.focused is line:
                line.insert_text_at_cursor(event.character)  # it was typed so fast that the tree had got it

    def on_paste(self, event: events.Paste) -> None:
        """A path pasted while the tree has the focus; the line for it takes its own."""
        first = next(iter(event.text.strip().splitlines()), "")
        if first and self.query_one(Files).has_focus:
            event.stop()
            self._write(first)

    def _write(self, path: str) -> None:
        line = self.query_one("#path", Input)
        self.set_focus(line)  # at once: the next letter may wait already
        line.value = path
        line.cursor_position = len(path)

    @on(DirectoryTree.NodeHighlighted)
    def _pointed(self, event: DirectoryTree.NodeHighlighted) -> None:
        if self.query_one(Files).has_focus and event.node.data is not None:
            self.query_one("#path", Input).value = str(event.node.data.path)

    @on(DirectoryTree.FileSelected)
    def _selected(self, event: DirectoryTree.FileSelected) -> None:
        self._open(event.path)

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _typed(self) -> None:
        typed = self.query_one("#path", Input).value
        # A name may end in a blank, though few who type one mean it.
        path = typed_path(typed.strip() or ".")
        self._open(path if kind_of(path)[0] != MISSING else typed_path(typed))

    def _open(self, path: Path) -> None:
        kind, problem = kind_of(path)
        if kind == FILE or (kind == FOLDER and self._folders):
            self.dismiss(path)
        elif kind == FOLDER:
            tree = self.query_one(Files)
            tree.path = path
            tree.focus()
        else:
            self.app.notify(problem, severity="warning")


class SaveFile(Dialog):
    """A path to write to, or None; asks before it lets a file be replaced."""

    def __init__(self, title: str, suggested: str, hint: str = "") -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._suggested, self._hint = suggested, hint
        self._sure: Path | None = None

    def content(self) -> ComposeResult:
        yield Input(self._suggested, id="path", compact=True, select_on_focus=False)
        yield Label(self._hint, markup=False, classes="quiet told")
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Write", variant="primary", id="yes")

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self.app.notify("Give the file a name.", severity="warning")
            return
        path = typed_path(typed)
        kind, problem = kind_of(path)
        if not kind:
            self.app.notify(problem, severity="warning")
            return
        if kind == FILE and self._sure != path:
            self._sure = path
            self.query_one("#yes", Button).label = "Replace"
            self.app.notify(f"{path.name} already exists. Press again to replace it.", severity="warning")
            return
        self.finish(path)
