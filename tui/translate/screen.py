"""Translate: a text on the left, what it says in another language on the right, and which word came from which."""

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static, TextArea

from ..actions import key
from ..kit.attention_grid import AttentionGrid
from ..kit.choicebar import ChoiceBar
from ..kit.document_screen import DocumentScreen
from ..kit.source_box import SourceArea, SourceBox
from ..places import way
from .directions import choose_direction, others
from .requests import TranslationRequests
from .sentence_list import SentenceList
from .showing import TranslationShowing
from .wordings import Wordings

NEEDS_DRAFT = ("export", "copy_result")


class TranslateScreen(DocumentScreen):
    """The text, its translation, the wordings of the sentence at hand, and the grid of its words."""

    PLACE = "translate"
    SAMPLES = "translate"
    CSS_PATH = "translate.tcss"
    HELP = f"""Type or paste a text, open a file ({key("open_file")}) or try a sample ({key("sample")}): its
translation appears next to it when you pause. The language is detected automatically; {key("direction")} lists the
directions to choose from. Where no model translates directly two do it one after the other, and the screen says
through which language.

The sentence at the cursor is marked on both sides. Walk through the text or, with left and right, through the
translation: the words linked to the selected word light up on the other side, and the grid ({key("grid")}) shows all
links of the sentence in numbers. Other wordings are listed below; enter on one, or its number, puts it into the text.

A long text comes sentence by sentence; esc stops and keeps the finished sentences, {key("go_on")} continues.
{key("export")} writes a translation memory (TMX), a table or a text, {key("copy_result")} copies the translation."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = TranslationRequests(self)
        self.showing = TranslationShowing(self, self.requests)

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        yield ChoiceBar(id="choices")
        with Container(id="halves"):
            yield SourceBox(id="document")
            with Vertical(id="target-box", classes="box"):
                yield SentenceList(id="target")
                yield Static("Looking for models …", id="target-empty", classes="empty", markup=False)
                yield Static(id="progress")
        yield Static(id="told")
        with Container(id="lower"):
            yield AttentionGrid(id="grid")
            with Container(id="wordings-box", classes="box"):
                yield Wordings(id="wordings")

    def on_mount(self) -> None:
        self.query_one("#wordings-box").border_title = "Other wordings"
        self.query_one("#area").focus()
        self.showing.draft_changed()
        self.requests.models.read()

    def receive(self, model: str | None = None, text: str | None = None, name: str = "", **context: Any) -> None:
        """``model``: translate by it; ``text``: translate that."""
        if model is not None:
            self.requests.models.read(model)
        if text is not None:
            self._take_document(text, name)

    def on_screen_resume(self) -> None:
        self.requests.resumed()

    def on_unmount(self) -> None:
        self.requests.end()

    def document_changed(self) -> None:
        self.requests.document_changed()
        self.showing.document_changed()

    # ------------------------------------------------------------------------------------------ walking

    @on(TextArea.SelectionChanged, "#area")
    def _cursor_moved(self) -> None:
        if self.query_one("#area").has_focus:
            self.showing.follow_cursor()

    @on(SentenceList.Walked)
    def _walked(self, event: SentenceList.Walked) -> None:
        self.query_one(SentenceList).focus()
        if event.token is None:
            self.showing.point(event.number)
        else:
            self.showing.point(event.number, "target", event.token)

    @on(AttentionGrid.Walked)
    def _grid_walked(self, event: AttentionGrid.Walked) -> None:
        self.showing.point(self.showing.current, event.side, event.number)

    @on(SentenceList.Entered)
    def _entered(self) -> None:
        if self.query_one(Wordings).wordings:
            self.query_one(Wordings).focus()

    @on(Wordings.Taken)
    def _wording_taken(self, event: Wordings.Taken) -> None:
        self.showing.take_wording(event.number)

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        draft = self.requests.draft
        if action in NEEDS_DRAFT:
            return True if draft is not None and draft.lines else None
        if action == "stop":
            return self.requests.run_now is not None
        if action == "go_on":
            return self.requests.run_now is None and draft is not None and not draft.complete
        if action == "back":
            return (
                self.requests.run_now is None
                and self.is_mounted
                and (self.showing.gridded or not isinstance(self.focused, SourceArea))
            )
        if action == "grid":
            return True if self.is_mounted and self.query_one(AttentionGrid).names else None
        if action == "next_model":
            return (
                self.requests.direction is not None and len(others(self.requests.ways.all, self.requests.direction)) > 1
            )
        return True

    def action_direction(self) -> None:
        if not self.requests.ways.all:
            self.app.notify(
                f"There is no direction yet: train a translator with {way('train')}, "
                f"or import one with {way('models')}."
            )
            return
        choose_direction(
            self,
            self.requests.ways.all,
            self.requests.ways.infos,
            self.requests.ways.picked,
            self.requests.use_direction,
        )

    def action_next_model(self) -> None:
        now = self.requests.direction
        if now is not None:
            same = others(self.requests.ways.all, now)
            self.requests.use_direction(same[(same.index(now) + 1) % len(same) if now in same else 0])

    def action_grid(self) -> None:
        self.showing.show_grid(not self.showing.gridded)

    def action_stop(self) -> None:
        self.requests.stop_translating()

    def action_go_on(self) -> None:
        self.requests.go_on()

    def action_back(self) -> None:
        if self.showing.gridded:
            self.showing.show_grid(False)
        else:
            (self.box.preview if self.box.large else self.box.area).focus()

    def action_choose(self, number: str) -> None:
        self.showing.take_wording(int(number) - 1)

    def action_copy_result(self) -> None:
        from .export import copy_translation

        if self.requests.draft is not None:
            copy_translation(self, self.requests.draft)

    def action_export(self) -> None:
        from .export import export_draft

        if self.requests.draft is not None:
            export_draft(self, self._document, self.requests.draft)
