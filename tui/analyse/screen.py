"""Analyse, the home: paste or type a text and see the models' predictions while you type."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Static

from ...engine.results import BundleInfo, Result
from ..actions import key
from ..kit.beside import Beside, CardChoice, CardOpened
from ..kit.document import DocumentBox
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat
from ..kit.model_choice import UNREAD, ModelChoice, none_here_apart
from ..kit.model_reader import ModelReader
from ..kit.offer import DraftOffer
from ..kit.side import Side
from ..places import way
from . import open_cards
from .classifier import ClassifierBeside
from .result_card import ResultCard

PAUSE = 0.12
"""Seconds without a key before the models are asked."""


class AnalyseScreen(DocumentScreen):
    """Holds the document and the open cards; each answer carries the number of the text that it was asked for."""

    PLACE = "analyse"
    TASK: ClassVar[str] = "sentiment"
    """What a first start shows; every other classifier is as good."""
    CSS_PATH = "analyse.tcss"
    HELP = f"""Type or paste a text, open a file ({key("open_file")}) or try a sample ({key("sample")}): the cards
answer while you type. Any classifier or profiler has a card here, also those that you trained; {key("cards")}, or
enter on the last line beside the document, chooses which are open, and they are the same at the next start.
{key("next_model", "analyse")} gives the card with the focus another model, {key("compare", "analyse")} sets models
with the same labels side by side. Words are shaded in the colour of the label that they speak for; {key("explain")}
asks for that at once, also for a long text. What is dimmed belongs to the text as it was before. A text in a language
that no card's model reads gets no prediction; the first card goes to a model that reads it, where there is one with the
same labels. {key("copy_result")} copies the result, {key("export")} writes it to a file. A text over 60,000 characters
becomes a document with pages."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = ModelReader(lambda: self.engine, self.TASK)
        self.models = ModelChoice(
            self,
            None,
            f"its answers have no card; {way('models')} says where it is used.",
            self._models_listed,
            self._models_failed,
            self._warm_up,
            beside=lambda: self.engine.preferences(),
        )
        self.besides: list[Beside[Any]] = []
        """The open cards, from above."""
        self._waiting: list[CardChoice] = []
        """Cards that are open, but that no model here can answer in; they come back with one."""
        self._pause: Timer | None = None

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            yield DocumentBox(id="document")
            with Side():
                yield Static("Looking for models …", id="no-model", classes="empty", markup=False)
                yield Container(id="cards")
                yield open_cards.CardsLine(id="cards-line")
        yield DraftOffer()

    def on_mount(self) -> None:
        self.query_one("#area").focus()
        self.query_one("#cards-line").display = False
        self.call_after_refresh(self.models.read)
        path = self.workbench.document
        if path is not None:
            self.call_after_refresh(partial(self._open, path))

    def on_screen_resume(self) -> None:
        if self.models.loaded:
            self.models.read()

    def receive(self, model: str | None = None, text: str | None = None, name: str = "", **context: Any) -> None:
        """``model``: open its card; ``text``: show it (from a report, from a corpus)."""
        if model is not None:
            self.models.read(model)
        if text is not None:
            self._take_document(text, name)

    @property
    def cards(self) -> list[ResultCard]:
        """The cards of the classifiers, from above and from the left."""
        return [card for beside in self.classifiers() for card in beside.cards]

    def classifiers(self) -> Iterator[ClassifierBeside]:
        """The open ones."""
        return (beside for beside in self.besides if isinstance(beside, ClassifierBeside))

    @property
    def lead(self) -> ClassifierBeside | None:
        """The one after whose answer the slower cards are asked."""
        return next(self.classifiers(), None)

    # ------------------------------------------------------------------------------------------ models

    @property
    def default_model(self) -> str:
        """What answers in the card that nobody chose a model for: the default of the task, else any classifier."""
        models = self.models_of("labels")
        usual = [info for info in models if info.task == self.TASK] or models
        return next((info.name for info in usual if info.default), usual[0].name if usual else "")

    def models_of(self, kind: str) -> list[BundleInfo]:
        """Those that answer in a kind of card."""
        return [info for info in self.models.infos.values() if open_cards.kind_of(info) == kind]

    def _warm_up(self, name: str) -> None:
        self.reader.warm_up(name)

    def _models_failed(self, error: Exception) -> None:
        self.query_one("#no-model", Static).update(UNREAD)

    def _models_listed(self, wanted: str | None) -> None:
        infos = self.models.infos
        choices = [beside.choice for beside in self.besides] + self._waiting
        choices = choices or open_cards.read(self.models.beside or {})
        self._waiting = [choice for choice in choices if not open_cards.usable(choice, infos)]
        choices = [choice for choice in choices if choice not in self._waiting]
        if wanted is not None and not open_cards.kind_of(infos[wanted]):
            self.models.refuse(wanted)
            wanted = None
        if wanted is not None:
            choices = self._with_card_of(infos[wanted], choices)
        self._open_cards(choices or [choice for choice in open_cards.FIRST if open_cards.usable(choice, infos)])
        if wanted is not None:
            self._remember()
            self.query_one("#side").scroll_home(animate=False)

    def _with_card_of(self, info: BundleInfo, choices: list[CardChoice]) -> list[CardChoice]:
        """``choices`` with the card of a model before all others: its own, that of a model like it, or a new one."""
        kind = open_cards.kind_of(info)
        undecided = kind in open_cards.BY_TEXT or info.name == self.default_model
        card = CardChoice(kind, "" if undecided else info.name)
        like = next((choice for choice in choices if choice == card or self._alike(choice, info)), card)
        for beside in self.classifiers():
            if beside.choice == like and beside.names != [info.name]:
                beside.use(info.name)
        return [card, *(choice for choice in choices if choice not in (card, like))]

    def _alike(self, choice: CardChoice, info: BundleInfo) -> bool:
        """Whether the model of a card tells the same labels apart."""
        other = self.models.infos.get(choice.model or self.default_model)
        return (
            choice.kind == "labels"
            and other is not None
            and set(other.labels) == set(info.labels)
            and info.task == other.task
        )

    # ------------------------------------------------------------------------------------------ the open cards

    def _open_cards(self, choices: list[CardChoice]) -> None:
        """Have these cards, in this order; those that stay keep what they say."""
        holder, nothing = self.query_one("#cards"), self.query_one("#no-model", Static)
        staying = {beside.choice: beside for beside in self.besides}
        for choice, beside in staying.items():
            if choice not in choices:
                beside.close()
        self.besides = [staying.get(choice) or open_cards.make(choice, self, self) for choice in dict.fromkeys(choices)]
        nothing.display = not self.besides
        holder.display = bool(self.besides)
        nothing.update(none_here_apart("labels texts"))
        line = self.query_one(open_cards.CardsLine)
        line.display = bool(self.models.infos)
        line.open = len(self.besides)
        besides, infos = list(self.besides), self.models.infos

        async def lay() -> None:
            for number, beside in enumerate(besides):
                if not beside.holder.is_attached:
                    await holder.mount(beside.holder)
                if holder.children[number] is not beside.holder:
                    holder.move_child(beside.holder, before=number)
            for beside in besides:
                beside.listed(infos)

        self.run_worker(lay(), group="cards", exclusive=True)

    def _remember(self) -> None:
        choices = [*(beside.choice for beside in self.besides), *self._waiting]
        self.workbench.remember(**{open_cards.PREFERENCE: open_cards.written(choices)})

    def remembering(self, do: Callable[[Any], object]) -> Callable[[Any], None]:
        """``do``, after which the open cards are kept for the next start."""

        def then(value: Any) -> None:
            do(value)
            self._remember()

        return then

    # ------------------------------------------------------------------------------------------ asking

    def document_changed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        for beside in self.besides:
            beside.changed()
        self._pause = self.set_timer(PAUSE, self._ask_all)

    def on_unmount(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        for beside in self.besides:
            beside.stop()

    def _ask_all(self) -> None:
        if not self._document.text.strip():
            for beside in self.besides:
                beside.clear()
            return
        for beside in self.besides:
            if beside.LIVE:
                beside.ask()
        if self.lead is None:
            self.lead_answered()

    def shade_words(self) -> None:
        """Shade the document by the first classifier whose words were weighed."""
        self.box.shade(next((beside.heat for beside in self.classifiers() if beside.heat is not None), Heat()))

    def lead_answered(self) -> None:
        """The first answer to the text as it is now stands: now the slower cards."""
        for beside in self.besides:
            if not beside.LIVE:
                beside.ask()

    @on(ResultCard.WayChosen)
    def _weighed_otherwise(self, event: ResultCard.WayChosen) -> None:
        for beside in self.classifiers():
            if event.card in beside.cards:
                beside.explain()

    @on(CardOpened)
    def _opened(self, event: CardOpened) -> None:
        for beside in self.besides:
            if event.card in beside.cards:
                beside.opened()

    # ------------------------------------------------------------------------------------------ actions

    def _focused_beside(self) -> Beside[Any] | None:
        """Whose card has the focus; else the first."""
        focused = next((part for part in self.besides if self.focused is not None and self.focused in part.cards), None)
        return focused or next(iter(self.besides), None)

    def action_explain(self) -> None:
        if not self._document.text.strip():
            self.app.notify(f"There is no text yet: type, paste, or open a file with {key('open_file')}.")
            return
        for beside in self.classifiers():
            beside.explain()

    def action_next_model(self) -> None:
        beside = self._focused_beside()
        if beside is None:
            self.action_cards()
        else:
            beside.next_model()

    def action_compare(self) -> None:
        beside = self._focused_beside()
        chosen = beside if isinstance(beside, ClassifierBeside) else self.lead
        if chosen is None:
            self.app.notify(
                f"Only classifiers can be compared, and no card of a classifier is open: {key('cards')} opens some."
            )
        else:
            chosen.compare()

    def action_cards(self) -> None:
        """Choose which cards are open."""
        if not self.models.infos:
            self.app.notify(none_here_apart("labels texts").replace("\n\n", " "))
            return
        current = [beside.choice for beside in self.besides]

        def chosen(choices: list[CardChoice]) -> None:
            # Those that were open keep their order, the others come after them.
            self._open_cards([*(choice for choice in current if choice in choices), *choices])
            self._remember()

        open_cards.choose(self, self.models.infos, self.default_model, current, chosen)

    @on(open_cards.CardsLine.Pressed)
    def _cards_wanted(self) -> None:
        self.action_cards()

    def _results(self) -> list[Result]:
        """The newest answers of classifiers; a toast where there are none."""
        results = [result for beside in self.classifiers() for result in beside.results()]
        if not results:
            self.app.notify("There is no result yet: type or paste a text first.")
        return results

    def action_copy_result(self) -> None:
        if results := self._results():
            from ..kit.export import copy_results

            copy_results(self, self._document, results, self.models.infos)

    def action_export(self) -> None:
        if results := self._results():
            from ..kit.export import export_results

            export_results(self, self._document, results, self.models.infos)
