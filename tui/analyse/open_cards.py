"""Which cards Analyse shows: the kinds that there are, what the reader has opened, the dialog in which they choose."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ...engine import api
from ...engine.results import BundleInfo, plural
from ..actions import key
from ..kit.beside import Beside, CardChoice, CardHost
from ..kit.document_screen import DocumentScreen
from ..kit.figures import middle
from ..kit.headline import headline
from ..kit.text import fit, visible

KINDS = {
    "labels": "classifier:ClassifierBeside",
    "profile": "author:AuthorBeside",
    "translation": "translation:TranslationBeside",
    "title": "title:TitleBeside",
    "fill": "fill:FillBeside",
    "surprise": "surprise:SurpriseBeside",
}
"""Kind of card to what shows it, imported when the first one is opened."""
BY_TEXT = {"translation": "Translation of the first sentence", "title": "Title and keyphrases"}
"""Kinds of which the text decides which model answers, so that there is one card for all of them."""
PREFERENCE = "analyse_cards"
MEMORY = {"labels": 3.0, "profile": 6.0, "translation": 10.0, "title": 7.2, "fill": 3.0, "surprise": 2.0}
"""Megabytes of memory that a card takes for each of its model's files, as tests/benchmarks/cards.py measured on the
shipped models."""
COST = (
    "Memory is estimated from the size of a model's files, as "
    "measured on the shipped models; a card that is not open takes none."
)
NAME = 20
"""Cells of a model's name in the dialog."""
FIRST = (CardChoice("labels"),)
"""What a first start shows: the default of the screen's task, and nothing that nobody asked for."""


def make(choice: CardChoice, screen: DocumentScreen, host: CardHost) -> Beside[Any]:
    """The part that shows a card."""
    module, _, name = KINDS[choice.kind].partition(":")
    return getattr(import_module(f"{__package__}.{module}"), name)(screen, host, choice.model)


def kind_of(info: BundleInfo) -> str:
    """The kind of card that a model answers in; empty: none."""
    kind = api.task(info.task).card
    return kind if kind in KINDS else ""


def written(choices: Iterable[CardChoice]) -> list[list[str]]:
    """As the preferences keep them."""
    return [[choice.kind, choice.model] for choice in choices]


def read(preferences: Mapping[str, Any]) -> list[CardChoice]:
    """The cards of the last start; what something else has written there is none."""
    rows = preferences.get(PREFERENCE)
    choices = [
        CardChoice(*row)
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list) and len(row) == 2 and all(isinstance(cell, str) for cell in row) and row[0] in KINDS
    ]
    return list(dict.fromkeys(choices)) or list(FIRST)


def usable(choice: CardChoice, infos: Mapping[str, BundleInfo]) -> bool:
    """Whether something can answer in a card."""
    if choice.model:
        return choice.model in infos and kind_of(infos[choice.model]) == choice.kind
    return any(kind_of(info) == choice.kind for info in infos.values())


def offered(infos: Sequence[BundleInfo], default: str) -> list[CardChoice]:
    """Every card that can be opened, by task; first the default, which reads each text by a model of its language."""
    choices = [CardChoice("labels")] if default else []
    for kind in KINDS:
        models = [info for info in infos if kind_of(info) == kind]
        if kind in BY_TEXT:
            choices += [CardChoice(kind)] if models else []
        else:
            models.sort(key=lambda info: api.task(info.task).label)
            choices += [CardChoice(kind, info.name) for info in models]
    return choices


def rows(choices: Sequence[CardChoice], infos: Mapping[str, BundleInfo], default: str) -> list[Content]:
    """The lines of the dialog: the task, which model, how good it is, what it costs; one below the other."""
    lines = []
    for choice in choices:
        if choice.model or choice.kind == "labels":
            info = infos[choice.model or default]
            task, first = api.task(info.task), headline(info.metrics)
            more = [_memory(choice.kind, info.size), first.said if first else "not measured"]
            name = middle(info.name, NAME) if choice.model else "by language"
            lines.append((visible(task.card_title or task.label), name, more))
        else:
            sizes = [info.size for info in infos.values() if kind_of(info) == choice.kind]
            many = " a language" if len(sizes) > 1 else ""
            lines.append((BY_TEXT[choice.kind], "", [_memory(choice.kind, max(sizes)) + many]))
    task_width = max((cell_len(task) for task, name, _ in lines if name), default=0)
    name_width = max((cell_len(name) for _, name, _ in lines), default=0)
    return [
        Content.assemble(
            (fit(task, task_width if name else task_width + 2 + name_width), "bold"),
            f"  {fit(name, name_width)}" if name else "",
            ("  " + " · ".join(more), "$quiet"),
        )
        for task, name, more in lines
    ]


def _memory(kind: str, size: int) -> str:
    """What a model with so many bytes of files takes of memory: ``≈ 60 MB``."""
    megabytes = MEMORY[kind] * size / 1e6
    return f"≈ {megabytes:.0f} MB" if megabytes >= 1 else "< 1 MB"


def choose(
    screen: DocumentScreen,
    infos: Mapping[str, BundleInfo],
    default: str,
    current: Sequence[CardChoice],
    chosen: Callable[[list[CardChoice]], None],
) -> None:
    """Ask which cards are to be open."""
    from ..kit.dialogs import ChooseSeveral

    choices = offered(list(infos.values()), default)
    ticked = [number for number, choice in enumerate(choices) if choice in current]

    def answered(numbers: list[int] | None) -> None:
        if numbers:
            chosen([choices[number] for number in numbers])

    lines = rows(choices, infos, default)
    screen.app.push_screen(ChooseSeveral("Cards", lines, ticked, 1, "Open", COST), answered)


class CardsLine(Widget, can_focus=True):
    """The last line beside the document: opens the dialog of cards."""

    HELP = (
        f"Enter, a click or {key('cards')} chooses which cards are open: any classifier, any profiler, the translation "
        "of the first sentence, a title. They are the same at the next start."
    )
    BINDINGS: ClassVar = [Binding("enter", "press", "cards", tooltip="Choose which cards are open")]
    DEFAULT_CSS = """
    CardsLine { height: 1; width: 1fr; padding: 0 2; color: $quiet; }
    CardsLine:focus { color: $primary; text-style: bold; }
    CardsLine:hover { color: $primary; }
    """
    ALLOW_SELECT = False
    open: reactive[int] = reactive(0)
    """How many cards are."""

    class Pressed(Message):
        """The reader wants to choose."""

    def render(self) -> Content:
        cards = f"{plural(self.open, 'card')} open"
        return Content.assemble(cards, " · ", ("enter", "bold $accent") if self.has_focus else key("cards"), " chooses")

    def action_press(self) -> None:
        self.post_message(self.Pressed())

    def on_click(self) -> None:
        self.action_press()
