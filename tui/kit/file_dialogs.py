"""Questions for a file: one that is there, one that is to be written. Their paths are completed by tab."""

from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, DirectoryTree, Input, Label

from .dialogs import Dialog
from .path_line import PathLine
from .paths import FILE, FOLDER, MISSING, current_folder, folder_text, kind_of, typed_path
from .text import visible


class Files(DirectoryTree):
    """A tree whose names are never markup, without hidden files."""

    # A blank may belong to a path that is typed so fast that the tree gets it: it waits in line behind the letters.
    BINDINGS: ClassVar = [Binding("space", "blank", "Toggle", show=False)]

    def action_blank(self) -> None:
        self.post_message(events.Key("space", " "))

    def process_label(self, label: Any) -> Text:
        return label if isinstance(label, Text) else Text(visible(str(label).replace("\n", "␊")))

    def filter_paths(self, paths: Any) -> Any:
        return [path for path in paths if not path.name.startswith(".")]


class OpenFile(Dialog):
    """A path to something that is there, or None: from the tree, or typed."""

    AUTO_FOCUS: ClassVar = "Files"  # from the first key on: the line would put a whole path behind its folder

    def __init__(self, title: str, start: Path | None = None, folders: bool = False, hint: str = "") -> None:
        super().__init__()
        self.TITLE_OF_BOX = title
        self._start = start if start is not None and kind_of(start)[0] == FOLDER else current_folder()
        self._folders, self._hint = folders, hint

    def content(self) -> ComposeResult:
        yield PathLine(folder_text(self._start), placeholder="a path", id="path", compact=True, select_on_focus=False)
        yield Files(self._start)
        yield Label(
            self._hint or "enter opens   tab completes   backspace in the tree goes up   esc cancels",
            markup=False,
            classes="quiet message",
        )
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Open", variant="primary", id="yes")

    def on_mount(self) -> None:
        super().on_mount()
        tree = self.query_one(Files)
        self.query_one(PathLine).after = (tree, self)
        tree.focus()

    def on_key(self, event: events.Key) -> None:
        tree = self.query_one(Files)
        if event.key == "backspace" and tree.has_focus:
            event.stop()
            tree.path = Path(tree.path).resolve().parent
            self.query_one("#path", Input).value = folder_text(Path(tree.path))
        elif event.is_printable and event.character:
            line = self.query_one("#path", Input)
            if self.focused is tree and event.character.isspace():
                event.stop()
                tree.action_toggle_node()
            elif self.focused is tree:
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
        yield PathLine(self._suggested, id="path", compact=True, select_on_focus=False)
        yield Label(self._hint, markup=False, classes="quiet message")
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
