"""The document box of Generate: tab takes the word that the model holds for the next, surprise shades the text."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from ..actions import key
from ..kit.document import Document, DocumentBox
from ..kit.document_area import DocumentArea
from ..kit.preview import Preview
from ..kit.text import visible

_PLACEHOLDER = f"""Write how a text begins.

{key("go_on")} has the model continue it. What may come next is listed with its probabilities; tab takes the marked one.

{key("open_file")} opens a file, {key("sample")} tries a sample, {key("help")} helps."""


class PromptArea(DocumentArea):
    """An editor in which tab takes what is offered; where nothing is, and with shift, it moves the focus."""

    HELP = (
        "The text. Type or paste how it begins; the list of what may come next follows the cursor, and tab puts the "
        f"marked one into the text (shift+tab leaves the box, as does esc). {key('go_on')} has the model continue it. "
        "In the view Surprise, words are shaded by how surprising they are: underlined from the mean of the text on, "
        "bold for the strongest."
    )
    BINDINGS: ClassVar = [Binding("tab", "take", "take", tooltip="Put the marked next word into the text")]

    class TakeWanted(Message):
        """The reader wants what is offered."""

    offered = False
    """Whether there is something to take."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.offered if action == "take" else super().check_action(action, parameters)

    def action_take(self) -> None:
        self.post_message(self.TakeWanted())


class PromptBox(DocumentBox):
    """A :class:`DocumentBox` for what is continued and measured."""

    def compose(self) -> ComposeResult:
        yield PromptArea(id="area", placeholder=_PLACEHOLDER)
        yield Preview(id="preview")

    def set_title(self, document: Document) -> None:
        parts = ["Text"]
        if document.name:
            parts.append(visible(document.name))
        if document.text:
            parts.append(document.measure())
        self.border_title = Content(" · ".join(parts))

    @property
    def before_cursor(self) -> str:
        """The text up to the cursor; the whole of one that is too large to edit."""
        text, area = self.document.text, self.area
        if self.large or area.cursor_location == area.document.end:
            return text
        shown = area.text
        return (text if len(text) == len(shown) else shown)[: self.cursor]

    def reveal(self, start: int, end: int) -> None:
        """Go to a stretch of the text."""
        if self.large:
            self.preview.reveal(start)
            return
        self.area.move_cursor(self.area.place_of(start), center=True)
        self.area.move_cursor(self.area.place_of(end), select=True)
        self.area.focus()
