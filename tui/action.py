"""An action of a screen, and the keys that several screens share."""

from dataclasses import dataclass

from textual.binding import Binding

OPEN, NEW, COPY, EXAMPLE, LOOK_UP, EXPORT, REMOVE = "ctrl+o", "ctrl+n", "ctrl+r", "ctrl+t", "ctrl+l", "f12", "delete,x"
"""The keys of what several screens can do."""
READ_AS = "shift+f2,f14"
"""How a file is read; not every terminal sends it, and it stands in the palette and on the screen as well."""
READLINE = (("cursor_left", "ctrl+b"), ("cursor_right", "ctrl+f"), ("delete_left", "ctrl+h"))
"""What readline has and Textual's text fields have not."""

VIEWS = ("documents", "words", "concordance", "overview")
"""The views of a corpus, in the order of their numbers. The keys 5 to 8, and the rest of the bar at 80 columns, stay
free for topics, a map, labels and dictionaries."""


@dataclass(frozen=True)
class Action:
    """Something to do: ``action`` is the method ``action_<name>`` of the screen (or of the app: ``app.<name>``)."""

    action: str
    keys: str
    label: str
    """For the footer: a word or two."""
    help: str
    """For the palette and F1: a sentence."""
    show: bool = True
    """In the footer, where it works."""
    priority: bool = False
    """Before the focused widget: for keys that a text box would take."""

    def binding(self) -> Binding:
        return Binding(self.keys, self.action, self.label, show=self.show, priority=self.priority, tooltip=self.help)


SIMILAR = Action(
    "similar",
    LOOK_UP,
    "similar words",
    "Go to Words with the word at the cursor, or with what is selected",
    show=False,
    priority=True,
)


def opens(help: str) -> Action:
    """A file of one's own."""
    return Action("open_file", OPEN, "open", help, priority=True)


def exports(help: str) -> Action:
    """What is shown, into a file."""
    return Action("export", EXPORT, "export", help, priority=True)


def copies(help: str) -> Action:
    """What is shown, onto the clipboard."""
    return Action("copy_result", COPY, "copy", help, priority=True)


def samples(help: str = "Put a sample text into the box", label: str = "sample") -> Action:
    """An example."""
    return Action("sample", EXAMPLE, label, help, priority=True)


def reads_as(help: str = "How the file is read: its columns, encoding, sheet …, and what is to be otherwise") -> Action:
    """How a file is read."""
    return Action("read_as", READ_AS, "read as", help, show=False, priority=True)


def renews(help: str) -> Action:
    """Anew, with nothing in the box."""
    return Action("new_document", NEW, "new", help, show=False, priority=True)
