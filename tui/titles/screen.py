"""Titles: a text on the left, beside it five titles for it, where each of their words came from, what it is about."""

from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Input, Static, TextArea

from ..actions import key
from ..kit.choicebar import ChoiceBar
from ..kit.document import Document
from ..kit.document_screen import DocumentScreen
from ..kit.model_choice import about_writer
from ..kit.phrases import PhraseTable
from ..kit.source_box import SourceArea
from .length import BY_ITSELF
from .own_title import OwnTitle
from .requests import TitleRequests
from .showing import TitlesShowing
from .title_line import TitleLine
from .title_list import TitleList
from .title_phrases import KeyphraseTable
from .title_source import TitleBox


class TitlesScreen(DocumentScreen):
    """The text, the titles that a model writes for it, the reader's own, and the keyphrases."""

    PLACE = "titles"
    SAMPLES = "title"
    CSS_PATH = "titles.tcss"
    HELP = f"""Paste or type an abstract or an article, open a file ({key("open_file")}) or try a sample
({key("sample")}): five titles appear next to it when you pause, the best first, and below them the baseline, the first
sentence, shortened. {key("shorter")} and {key("longer")} make them shorter and longer. {key("next_model")} takes
another model; by itself the text's language decides.

Go through the titles with up and down: the text is shaded by the attention of the title. Left and right go through its
words: each shows where it came from, and underlined ones were copied from the text. With the cursor in the text, the
words light up that came from there. Keyphrases are what the model would write into a title.

Enter, or a number, takes a title as yours: edit it in its line, ctrl+z undoes changes there.
{key("copy_result")} copies it, or the selected title; {key("export")} writes all to a file. A model reads the
beginning of a long text, and how much of it is said."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = TitleRequests(self)
        self.own_title = OwnTitle(self)
        self.showing = TitlesShowing(self, self.requests)

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        yield ChoiceBar(id="choices")
        with Container(id="halves"):
            yield TitleBox(id="document")
            with Vertical(id="side"):
                with Container(id="titles-box", classes="box"):
                    yield TitleList(id="titles")
                    yield Static("Looking for models …", id="titles-empty", classes="empty", markup=False)
                yield Static(id="told")
                with Horizontal(id="own-box", classes="box"):
                    yield Static("yours ", id="own-label", markup=False)
                    yield TitleLine(id="own")
                yield Static(id="about")
                with Container(id="phrase-box", classes="box"):
                    yield KeyphraseTable(id="phrases")

    def on_mount(self) -> None:
        self.query_one("#own-box").border_title = "Your title"
        self.query_one("#phrase-box").border_title = "What it is about"
        self.query_one("#area").focus()
        self.showing.titles_changed()
        self.requests.models.read()

    def on_resize(self, event: events.Resize) -> None:
        self.showing.say_phrases()

    def receive(self, model: str | None = None, text: str | None = None, name: str = "", **context: Any) -> None:
        """``model``: write by it; ``text``: write titles for that."""
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
        self.own_title.document_changed()
        self.showing.document_changed()

    def written_beside(self) -> str:
        return self.own_title.written()

    def restore(self, document: Document, cursor: int, beside: str) -> None:
        self.own_title.restore(document.text, beside)
        super().restore(document, cursor, beside)

    def take_paste(self, text: str) -> bool:
        if self.app.screen is self and self.own_title.line.has_focus and self.own_title.line.take(text):
            return True
        return super().take_paste(text)

    # ------------------------------------------------------------------------------------------ walking

    @on(TextArea.SelectionChanged, "#area")
    def _cursor_moved(self) -> None:
        if self.query_one("#area").has_focus and self.requests.titles is not None:
            self.showing.follow_cursor()

    @on(events.DescendantFocus)
    def _come(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, TitleList):
            self.showing.point(event.widget.current, event.widget.token)

    @on(TitleList.Walked)
    def _walked(self, event: TitleList.Walked) -> None:
        self.query_one(TitleList).focus()
        self.showing.point(event.number, event.token)

    @on(TitleList.Entered)
    def _entered(self) -> None:
        if self.own_title.take_title(self.query_one(TitleList).current):
            self.own_title.line.focus()

    @on(TitleLine.Left)
    def _left(self) -> None:
        if self.query_one(TitleList).titles:
            self.query_one(TitleList).focus()

    @on(Input.Changed, "#own")
    def _own_changed(self) -> None:
        self.workbench.drafts.changed(self.box)
        self.refresh_bindings()

    @on(Input.Submitted, "#own")
    def _own_done(self) -> None:
        self.action_copy_result()

    @on(PhraseTable.Taken)
    def _phrase_taken(self, event: PhraseTable.Taken) -> None:
        if self.showing.fits:
            self.query_one(TitleBox).reveal(event.phrase.start, event.phrase.end)

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return action not in ("export", "copy_result", "choose", "back")
        if action in ("export", "copy_result"):
            return True if self.requests.titles is not None and self.own_title.at_hand()[1] else None
        if action == "choose":
            return bool(self.query_one(TitleList).titles)
        if action == "back":
            return not isinstance(self.focused, SourceArea)
        if action in ("shorter", "longer"):
            return True if self.requests.models.infos else None
        if action == "next_model":
            return len(self.requests.models.infos) > 1
        return True

    def action_shorter(self) -> None:
        self.requests.change_length(-1)

    def action_longer(self) -> None:
        self.requests.change_length(1)

    def action_next_model(self) -> None:
        self.requests.models.choose_or_leave(self.requests.picked, self.requests.use_model, BY_ITSELF, about_writer)

    def action_back(self) -> None:
        (self.box.preview if self.box.large else self.box.area).focus()

    def action_choose(self, number: str) -> None:
        if self.own_title.take_title(int(number) - 1):
            self.showing.point(int(number) - 1)

    def action_copy_result(self) -> None:
        from .export import copy_title

        called, title = self.own_title.at_hand()
        if title:
            copy_title(self, called, title)

    def action_export(self) -> None:
        from .export import export_titles

        if self.requests.titles is not None:
            info = self.requests.models.infos.get(self.requests.titles.model)
            export_titles(self, self._document, self.own_title.title, self.requests.titles, info, self.requests.length)
