"""Generate: a language model continues a text, offers its next words, and measures how surprising a text is."""

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import TextArea

from ...engine.results import UserError
from ..actions import key
from ..kit.choicebar import ChoiceBar
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.modebar import ModeBar
from ..kit.model_choice import about_writer
from ..kit.phrases import PhraseTable
from ..kit.preview import Preview
from .asking import MODES, GenerateRequests
from .drawing import DrawingFields, GenerateSettings
from .lane import Lane
from .next_units import NextUnitBars
from .prompt_box import PromptArea, PromptBox
from .showing import GenerateShowing
from .surprise_pane import SurprisePane
from .variant_list import VariantList

KEPT_AFTER = 0.5
"""Seconds without a change after which the fields are remembered."""


class GenerateScreen(DocumentScreen):
    """The text, what one model or two write behind it, what may come next; or how surprising the text is."""

    PLACE = "generate"
    SAMPLES = "language"
    CSS_PATH = "generate.tcss"
    HELP = f"""Write how a text begins, open a file ({key("open_file")}) or try a sample ({key("sample")});
{key("go_on")} has a language model continue it, word by word or character by character. esc stops; {key("go_on")} again
adds to the continuation; v (outside the text) writes another variant. Enter on a variant makes it part
of the text. While you write, the list shows what may come next at the cursor, with probabilities: tab takes one.

The fields below say how the next word is drawn: a low temperature keeps to the probable, top-k and top-p leave out the
improbable, the same seed writes the same again. Lines sets the lengths of a verse's lines.

{key("next_model")} chooses the model, {key("compare")} sets a second one beside it. A Chinese text is continued by a
Chinese model, unless you choose another. Models and fields are kept for the next start.

{key("next_mode")} opens the view
Surprise: each word is shaded by how surprising it is, with the perplexity of the text and of its sentences; of two
models it shows which explains the text better, and the words that decide. {key("copy_result")} copies,
{key("export")} writes to a file. What a language model writes may be wrong in every fact."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = GenerateRequests(self)
        self.showing = GenerateShowing(self.requests)
        self._keeping: Timer | None = None

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield ModeBar(MODES, MODES)
            yield ChoiceBar(id="choices")
        with Container(id="halves"):
            yield PromptBox(id="document")
            with Horizontal(id="lanes"):
                yield Lane(0)
                yield Lane(1)
            yield SurprisePane(id="surprise")
        yield DrawingFields(id="drawing")

    def on_mount(self) -> None:
        self.query_one("#area").focus()
        self.query_one(ModeBar).mode = self.requests.mode
        self.box.set_title(self.document)
        self.showing.all_changed()
        self.requests.models.read()

    def receive(
        self, model: str | None = None, text: str | None = None, name: str = "", mode: str = "", **context: Any
    ) -> None:
        """``model``: ask it; ``text``: continue or measure that; ``mode``: open that view."""
        if model is not None:
            self.requests.models.read(model)
        if mode in MODES:
            self.action_show_mode(mode)
        if text is not None:
            self._take_document(text, name)

    def on_screen_resume(self) -> None:
        self.requests.resumed()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self.requests.end()

    def document_changed(self) -> None:
        self.requests.document_changed()

    # ------------------------------------------------------------------------------------------ walking

    @on(TextArea.SelectionChanged, "#area")
    def _cursor_moved(self) -> None:
        if self.query_one("#area").has_focus:
            self.requests.look_ahead_soon()

    @on(Preview.Turned)
    def _page_turned(self) -> None:
        self.requests.surprise.changed()

    @on(PromptArea.TakeWanted)
    def _take_wanted(self) -> None:
        unit = self.query_one("#lane-0", Lane).bars.at_hand
        # The list may still be of the text before the last key: then that is not what the reader sees as next.
        if unit is not None and self.requests.writers[0].units_of == self.requests.before_cursor():
            self._insert(unit.text)

    @on(NextUnitBars.Taken)
    def _unit_taken(self, event: NextUnitBars.Taken) -> None:
        if not self.box.large:
            self._insert(event.unit.text)

    def _insert(self, text: str) -> None:
        area = self.box.area
        area.move_cursor(area.cursor_location)  # what is selected stays
        area.insert_text(text)
        self.requests.look_ahead_soon()

    @on(VariantList.Entered)
    def _variant_taken(self, event: VariantList.Entered) -> None:
        writer = self.requests.writers[event.lane]
        if writer.variants:
            whole = writer.prompt + writer.variants[event.number].text
            self.box.show(Document.of(whole), len(whole))
            (self.box.preview if self.box.large else self.box.area).focus()

    @on(PhraseTable.Taken)
    def _row_taken(self, event: PhraseTable.Taken) -> None:
        if self.requests.surprise.fresh:
            self.query_one(PromptBox).reveal(event.phrase.start, event.phrase.end)

    @on(DrawingFields.Done)
    def _field_done(self) -> None:
        self.action_back()

    @on(DrawingFields.Changed)
    def _field_changed(self) -> None:
        """Keep the fields, once nothing was typed for a while."""
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEPT_AFTER, self._keep_fields)

    def _keep_fields(self) -> None:
        self._keeping = None
        entered = self.query_one(DrawingFields).entered()
        if self.requests.models.loaded and entered != self.requests.fields:
            self.requests.fields = entered
            self.requests.remember()

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        requests = self.requests
        if not self.is_mounted:
            return action not in ("export", "copy_result", "back", "another", "stop", "go_on")
        if action in ("export", "copy_result"):
            if requests.mode == "surprise":
                return True if requests.surprise.answer is not None else None
            return True if any(writer.variants for writer in requests.asked) else None
        if action == "stop":
            return requests.writing
        if action == "back":
            return not requests.writing
        if action == "go_on":
            return True if requests.models.infos and not requests.writing else None
        if action == "another":
            return requests.mode == "generate" and bool(requests.models.infos) and not requests.writing
        if action == "compare":
            return len(requests.models.infos) > 1
        if action == "next_model":
            return True if requests.models.infos else None
        return True

    def _drawing(self) -> GenerateSettings | None:
        """The settings; a toast where one is wrong."""
        try:
            return self.query_one(DrawingFields).drawing()
        except UserError as error:
            self.workbench.show_error(error)
            return None

    def action_go_on(self) -> None:
        if self.requests.mode == "surprise":
            self.requests.surprise.ask(patient=True)
        elif (drawing := self._drawing()) is not None:
            self.requests.go_on(drawing, self._variants_at_hand())

    def action_another(self) -> None:
        if (drawing := self._drawing()) is not None:
            self.requests.add(drawing)

    def action_stop(self) -> None:
        self.requests.stop()

    def action_back(self) -> None:
        """To the text; from there to what may come next."""
        if isinstance(self.focused, PromptArea | Preview):
            if self.requests.mode == "generate" and self.query_one(NextUnitBars).units:
                self.query_one(NextUnitBars).focus()
            else:
                self.focus_next()
        else:
            (self.box.preview if self.box.large else self.box.area).focus()

    def action_next_mode(self) -> None:
        self.action_show_mode("surprise" if self.requests.mode == "generate" else "generate")

    @on(ModeBar.Clicked)
    def _mode_clicked(self, event: ModeBar.Clicked) -> None:
        self.action_show_mode(event.mode)

    def action_show_mode(self, mode: str) -> None:
        self.query_one(ModeBar).mode = mode
        self.requests.show_mode(mode)
        if self.focused is None or not self.focused.display:
            self.query_one("#area").focus()

    def action_next_model(self) -> None:
        first, second = self.requests.writers

        def use(name: str) -> None:
            self.requests.choose_models(name, second.model if second.model != name else first.model)

        self.requests.models.choose(first.model, use, describe=about_writer)

    def action_compare(self) -> None:
        """A second model beside the first, or none any more."""
        first, second = self.requests.writers
        if second.model is not None:
            self.requests.use_models(first.model, None)
            return
        others = [name for name in self.requests.models.infos if name != first.model]
        if len(others) == 1:
            self.requests.use_models(first.model, others[0])
        elif others:
            from ..kit.choosing import pick

            infos = self.requests.models.infos
            options = [(name, name, about_writer(infos[name])) for name in others]
            pick(self, "Beside it", options, None, lambda name: self.requests.use_models(first.model, name))

    def action_copy_result(self) -> None:
        from .export import copy_shown

        copy_shown(self, self.requests, self._variants_at_hand())

    def action_export(self) -> None:
        from .export import export_shown

        if (drawing := self._drawing()) is not None:
            export_shown(self, self._document, self.requests, drawing)

    def _variants_at_hand(self) -> dict[int, int]:
        return {lane.number: lane.variants.current for lane in self.query(Lane)}
