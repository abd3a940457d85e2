"""The cards of a screen about one document: each asks for itself, and dims what it said of an older text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from textual.containers import ItemGrid
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

if TYPE_CHECKING:
    from ...engine.results import BundleInfo
    from .document_screen import DocumentScreen
    from .model_choice import ModelChoice
    from .model_reader import ModelReader

Card = TypeVar("Card", bound=Widget)
OUTDATED = "-outdated"
"""The class of a card, dimmed, whose answer is of an older text."""


NARROWEST = 30
"""Cells of a card at least, where several stand side by side; those without room stand in a row below."""


class CardOpened(Message):
    """The reader wants to see more of what a card says."""

    def __init__(self, card: Widget) -> None:
        super().__init__()
        self.card = card


@dataclass(frozen=True)
class CardChoice:
    """A card that is open: its kind, and the model that answers in it; without one the engine chooses by the text."""

    kind: str
    model: str = ""


class CardHost(Protocol):
    """What the parts of a screen may ask of it beyond what each screen about a document has."""

    TASK: ClassVar[str]
    reader: "ModelReader"
    models: "ModelChoice"
    besides: "list[Beside[Any]]"

    @property
    def lead(self) -> "Beside[Any] | None":
        """The one after whose answer the slower cards are asked."""
        ...

    @property
    def default_model(self) -> str:
        """What answers in the card that nobody chose a model for."""
        ...

    def models_of(self, kind: str) -> "list[BundleInfo]":
        """Those that answer in a kind of card."""
        ...

    def remembering(self, do: Callable[[Any], object]) -> Callable[[Any], None]:
        """``do``, after which the open cards are kept for the next start."""
        ...

    def lead_answered(self) -> None:
        """The first answer to the text as it is now stands."""
        ...

    def shade_words(self) -> None:
        """Shade the document anew."""
        ...


class Beside(Generic[Card]):
    """The card of one task, or several side by side, in a container of their own; a subclass asks for what they say.

    Its groups of questions and its timer are its own, so it neither knows nor waits for the others beside it.
    """

    KIND: ClassVar[str] = ""
    """As the table of tasks calls it (:attr:`~dltext.engine.results.TaskInfo.card`)."""
    LIVE: ClassVar[bool] = False
    """Whether it answers while one types; the others come after."""
    CARD: type[Card]

    def __init__(self, screen: "DocumentScreen", host: CardHost, model: str = "") -> None:
        self.screen = screen
        self.host = host
        """The same screen, for what only a screen with cards has."""
        self.model = model
        self.holder = ItemGrid(min_column_width=NARROWEST, classes=f"holder -{self.KIND}")
        self._soon: Timer | None = None

    @property
    def cards(self) -> list[Card]:
        return list(self.holder.query(self.CARD)) if self.holder.is_attached else []

    @property
    def card(self) -> Card | None:
        return next(iter(self.cards), None)

    @property
    def choice(self) -> CardChoice:
        """What is remembered for the next start."""
        return CardChoice(self.KIND, self.model)

    def group(self, name: str) -> str:
        """The name of a group of questions that is this part's own."""
        return f"{name} {id(self)}"

    # ------------------------------------------------------------------------------------------ what happens

    def listed(self, infos: "Mapping[str, BundleInfo]") -> None:
        """The container is there, and these models can be asked: now, or again after some have come or gone."""

    def changed(self) -> None:
        """The text is another one: what stands in the cards is dimmed until the new answer is there."""
        self.stop()
        for card in self.cards:
            card.add_class(OUTDATED)

    def ask(self) -> None:
        """Ask for the text as it is now, soon or at once."""

    def clear(self) -> None:
        """There is no text."""

    def opened(self) -> None:
        """The reader wants to see more."""

    def next_model(self) -> None:
        """The reader wants another model in this card."""

    def close(self) -> None:
        """Take the container away; nobody answers any more."""
        self.stop()
        self.holder.remove()

    # ------------------------------------------------------------------------------------------ for subclasses

    def renew(self) -> None:
        """What stands in the cards is of the text as it is now."""
        for card in self.cards:
            card.remove_class(OUTDATED)

    def stop(self) -> None:
        """Whatever was to be asked soon is not."""
        if self._soon is not None:
            self._soon.stop()
            self._soon = None


class ModelBeside(Beside[Card]):
    """The card of one model, ``model``; the card's class takes what is known of it, and ``name_model`` another's."""

    def listed(self, infos: "Mapping[str, BundleInfo]") -> None:
        info = infos[self.model]
        card: Any = self.card
        if card is None:
            make: Any = self.CARD
            self.holder.mount(make(info))
            self.ask()
        elif card.info != info:
            card.name_model(info)
            self.ask()

    def next_model(self) -> None:
        names = [info.name for info in self.host.models_of(self.KIND)]
        self.host.models.choose(self.model, self.host.remembering(self.use), "Model of this card", among=names)

    def use(self, name: str) -> None:
        """Let another model answer in the card."""
        self.model = name
        self.listed(self.host.models.infos)
