"""Analyse, the home: paste or type a text and see what it says, while you type."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from ...engine.results import Result
from ..actions import key
from ..kit.beside import Beside, CardOpened
from ..kit.document import Document, DocumentBox
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat
from ..kit.model_choice import UNREAD, ModelChoice, none_here_apart
from ..kit.model_reader import SHORT, Reader
from ..kit.offer import DraftOffer
from .author import AuthorBeside
from .result_card import ResultCard
from .title import TitleBeside
from .translation import TranslationBeside

TASK = "sentiment"
PAUSE = 0.12
"""Seconds without a key before the models are asked."""
LONGER_PAUSE = 0.45
"""Seconds after an answer before they are asked for the words too."""
TAKES_LONG = 0.4


class AnalyseScreen(DocumentScreen):
    """Holds the document and a card a model; each answer carries the number of the text that it was asked for."""

    PLACE = "analyse"
    CSS_PATH = "analyse.tcss"
    HELP = f"""Type or paste a text, open a file ({key("open_file")}) or try a sample ({key("sample")}): the card
shows the verdict and how sure the model is, while you type. Words are shaded by how much they moved it;
{key("explain")} asks for that at once, also for a long text. A text in another language goes to a model that reads
it, where there is one. {key("next_model", "analyse")} changes the model, {key("compare", "analyse")} shows several
side by side. {key("copy_result")} copies the result, {key("export")} writes it to a file. A text over 60,000
characters becomes a document with pages."""

    def __init__(self) -> None:
        super().__init__()
        self._reader = Reader(lambda: self.engine, TASK)
        self.models = ModelChoice(
            self, TASK, "it does not read sentiment.", self._models_listed, self._models_failed, self._reader.warm_up
        )
        self._chosen: list[str] = []
        self._by_language = True
        """Whether the engine chooses the model by the text, for nobody has chosen another."""
        self._pause: Timer | None = None
        self._longer: Timer | None = None
        self._comparing = False
        self._begun = False
        """Whether what stands beside has begun: once the models that were asked for are known."""
        self.author_beside = AuthorBeside(self)
        self.translation_beside = TranslationBeside(self)
        self.title_beside = TitleBeside(self)
        self.besides: Sequence[Beside[Any]] = (self.author_beside, self.translation_beside, self.title_beside)

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            yield DocumentBox(id="document")
            with VerticalScroll(id="side", can_focus=False):
                yield Static("Looking for models …", id="no-model", classes="empty", markup=False)
                yield Container(id="cards")
                for beside in self.besides:
                    yield Container(id=beside.HOLDER)
        yield DraftOffer()

    def on_mount(self) -> None:
        self.query_one("#area").focus()
        for beside in self.besides:
            beside.display(False)
        self.call_after_refresh(self.models.read)
        path = self.workbench.document
        if path is not None:
            self.call_after_refresh(partial(self._open, path))

    def on_screen_resume(self) -> None:
        if self.models.infos:
            self.models.read()
        if self._begun:
            for beside in self.besides:
                beside.resumed()

    def receive(self, model: str | None = None, text: str | None = None, name: str = "", **context: Any) -> None:
        """``model``: use it; ``text``: show it (from a report, from a corpus)."""
        if model is not None:
            self.models.read(model)
        if text is not None:
            self._take_document(text, name)

    @property
    def cards(self) -> list[ResultCard]:
        return list(self.query(ResultCard))

    # ------------------------------------------------------------------------------------------ models

    def _models_failed(self, error: Exception) -> None:
        self.query_one("#no-model", Static).update(UNREAD)

    def _models_listed(self, wanted: str | None) -> None:
        if wanted is not None:
            self._choose(wanted)
        self._chosen = [name for name in self._chosen if name in self.models.infos]
        if not self._chosen and self.models.default is not None:
            self._choose(self.models.default)
        self._comparing = self._comparing and len(self._chosen) > 1
        self._lay_cards()
        if not self._begun:
            self._begun = True
            for beside in self.besides:
                beside.begin()

    def _lay_cards(self) -> None:
        """A card a chosen model; then ask them all."""
        holder = self.query_one("#cards")
        nothing = self.query_one("#no-model", Static)
        nothing.display = not self._chosen
        holder.display = bool(self._chosen)
        nothing.update(none_here_apart("reads sentiment"))
        self.set_class(self._comparing, "-comparing")
        shown = [card.info for card in self.cards]
        wanted = [self.models.infos[name] for name in self._chosen]
        if shown == wanted:
            return
        for card in self.cards:
            self.forget(f"answer {card.info.name}")
            self.forget(f"explain {card.info.name}")

        async def lay() -> None:
            await holder.remove_children()
            await holder.mount_all(ResultCard(info) for info in wanted)
            for info in wanted:
                self.models.warm(info.name)
            self._ask_all()

        self.run_worker(lay(), group="cards", exclusive=True)

    def document_changed(self) -> None:
        for timer in (self._pause, self._longer):
            if timer is not None:
                timer.stop()
        for beside in self.besides:
            beside.changed()
        self._pause = self.set_timer(PAUSE, self._ask_all)

    def on_unmount(self) -> None:
        for timer in (self._pause, self._longer):
            if timer is not None:
                timer.stop()

    # ------------------------------------------------------------------------------------------ asking

    def _ask_all(self) -> None:
        document = self._document
        if not document.text.strip():
            for card in self.cards:
                for kind in ("answer", "explain"):
                    self.forget(f"{kind} {card.info.name}")
                card.clear()
            for beside in self.besides:
                beside.clear()
            self.box.shade(Heat())
            return
        if not self.cards:
            self._verdict_stands()
        for card in self.cards:
            name = card.info.name
            self.forget(f"explain {name}")
            self.ask(
                f"answer {name}",
                partial(self._reader.read, document.text, None if self._by_language else name),
                partial(self._answered, card, document, self._revision),
                partial(self._failed, card),
            )
            self.set_timer(TAKES_LONG, partial(self._say_busy, card))

    def _say_busy(self, card: ResultCard) -> None:
        if card.result is None and self.busy(f"answer {card.info.name}"):
            card.waiting = "Reading …"

    def _failed(self, card: ResultCard, error: Exception) -> None:
        card.clear("This text could not be read.")
        self.box.shade(Heat())

    def _answered(self, card: ResultCard, document: Document, revision: int, result: Result) -> None:
        if revision != self._revision or not card.is_attached:
            return
        if self._by_language and result.model != card.info.name and result.model in self.models.infos:
            # The text is in another language than the last one: the card of the model that reads it.
            self._chosen = [result.model]
            self._lay_cards()
            return
        card.answer(result, document.text)
        if card is self.cards[0]:
            self._verdict_stands()
        if len(document.text) <= SHORT:
            if self._longer is not None:
                self._longer.stop()
            self._longer = self.set_timer(LONGER_PAUSE, self._explain_all)

    def _verdict_stands(self) -> None:
        for beside in self.besides:
            beside.answered()

    @on(CardOpened)
    def _opened(self, event: CardOpened) -> None:
        for beside in self.besides:
            if beside.card is event.card:
                beside.opened()

    def _explain_all(self) -> None:
        document, revision = self._document, self._revision
        if not document.text.strip():
            return
        for card in self.cards:
            self.ask(
                f"explain {card.info.name}",
                partial(self._reader.read, document.text, card.info.name, True),
                partial(self._explained, card, document, revision),
            )

    def _explained(self, card: ResultCard, document: Document, revision: int, result: Result) -> None:
        if revision != self._revision or not card.is_attached:
            return
        card.explain(result, document.text)
        if card is self.cards[0]:
            # Folding a line without spaces moved offsets; then the words in the card must do.
            fits = self.box.large or len(self.box.area.text) == len(document.text)
            self.box.shade(Heat.of(result.spans) if fits else Heat())

    # ------------------------------------------------------------------------------------------ actions

    def action_explain(self) -> None:
        if not self._document.text.strip():
            self.app.notify(f"There is no text yet: type, paste, or open a file with {key('open_file')}.")
            return
        self._explain_all()

    def action_next_model(self) -> None:
        self.models.choose(next(iter(self._chosen), None), self._use)

    def _use(self, name: str) -> None:
        self._choose(name)
        self._lay_cards()

    def _choose(self, name: str) -> None:
        """Let ``name`` answer alone; the default leaves texts in other languages to models that read them."""
        self._comparing, self._chosen, self._by_language = False, [name], self.models.infos[name].default

    def action_compare(self) -> None:
        if self._comparing:
            self._use(self._chosen[0])
            return
        from ..kit.choosing import choose_several

        # Side by side stands what reads the same language, if anything else does.
        every = list(self.models.infos.values())
        language = self.models.infos[self._chosen[0]].language if self._chosen else ""
        alike = [info for info in every if info.language == language]
        choose_several(self, alike if len(alike) > 1 else every, self._chosen, self._compare)

    def _compare(self, names: list[str]) -> None:
        self._comparing, self._chosen, self._by_language = True, names, False
        self._lay_cards()

    def _results(self) -> list[Result]:
        """The newest answers, with the words where they were weighed; a toast where there are none."""
        found = [card.explained or card.result for card in self.cards]
        results = [result for result in found if result is not None]
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
