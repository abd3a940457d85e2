"""What stands beside a verdict: cards that come after it, each by itself, where there is a model for them."""

from typing import ClassVar, Generic, TypeVar

from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from .document_screen import DocumentScreen

Card = TypeVar("Card", bound=Widget)


class CardOpened(Message):
    """The reader wants to see more of what a card says."""

    def __init__(self, card: Widget) -> None:
        super().__init__()
        self.card = card


class Beside(Generic[Card]):
    """A card in a container of its own on a screen about one document; a subclass asks for what it says.

    Its groups of questions and its timer are its own, so it neither knows nor waits for the others beside it.
    """

    HOLDER: ClassVar[str] = ""
    """The id of the container; the screen has a class of that name, with a hyphen before it, while the card stands."""
    CARD: type[Card]

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self._soon: Timer | None = None

    @property
    def card(self) -> Card | None:
        return next(iter(self.screen.query(self.CARD)), None)

    @property
    def holder(self) -> Container:
        return self.screen.query_one(f"#{self.HOLDER}", Container)

    # ------------------------------------------------------------------------------------------ what happens

    def begin(self) -> None:
        """The models that give the verdict are known."""

    def resumed(self) -> None:
        """The screen is seen again: models may have come or gone."""

    def changed(self) -> None:
        """The text is another one: what was said of the older one says nothing any more."""

    def answered(self) -> None:
        """The verdict on the text as it is now stands."""

    def clear(self) -> None:
        """There is no text."""

    def opened(self) -> None:
        """The reader wants to see more."""

    # ------------------------------------------------------------------------------------------ for subclasses

    def display(self, there: bool) -> None:
        """Show the container, or give its place to the others."""
        self.holder.display = there
        self.screen.set_class(there, f"-{self.HOLDER}")

    def stop(self) -> None:
        """Whatever was to be asked soon is not."""
        if self._soon is not None:
            self._soon.stop()
