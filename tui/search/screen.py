"""Search: the documents nearest in meaning to a query or a pasted text, and those that say nearly the same."""

from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import DataTable, Static, Tab, Tabs

from ...engine.results import Hit
from ..actions import key
from ..kit.choicebar import ChoiceBar
from ..kit.document import Document, DocumentBox
from ..kit.text import one_line, visible
from ..kit.workbench import Workbench
from ..kit.working import WorkPanel
from . import search_words as words
from .hits import HitTable, grouped, ranked
from .matches import MatchPreview
from .query import QueryArea, QueryBox
from .requests import SearchRequests
from .target import TargetChoice

PAUSE = 0.2
"""Seconds without a key before the documents are looked for."""


class SearchScreen(Workbench):
    """The query, what it is asked of, and what came of it."""

    PLACE = "search"
    CSS_PATH = "search.tcss"
    HELP = f"""Find documents by what they say, not only by the words they use. Type a query or paste a text; the
answer comes when you pause. {key("corpus")} chooses the corpus, or a part of it, {key("open_file")} a file of yours.
{key("method")} chooses how documents are ranked: BM25 by the words they share with the query, mean and paragraph
vectors by meaning, the mixture by both.

The first search in a corpus makes its index, which is then kept; esc stops that. Words of the query are bold and
underlined, words near them in meaning underlined. {key("turn")} changes to the near-duplicates of the corpus and
back."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = SearchRequests(self, self)
        self.choice = TargetChoice(self.requests)
        self._pause: Timer | None = None

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        yield QueryBox(id="query")
        yield ChoiceBar(id="choices")
        yield Tabs(Tab("Found", id="tab-found"), Tab("Near-duplicates", id="tab-alike"), id="search-tabs")
        with Container(id="halves"):
            with Container(id="list", classes="box"):
                yield HitTable(id="hits")
                yield Static("Looking for corpora …", id="search-empty", classes="empty", markup=False)
                yield WorkPanel(id="work")
                yield Static(id="search-note", markup=False)
            with Container(id="whole", classes="box"):
                yield MatchPreview(id="found")

    def on_mount(self) -> None:
        self.query_one("#whole").border_title = "Document"
        self.box.set_title(Document())
        self.table.display = False
        self.box.focus_query()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.whole.restyle())

    @property
    def box(self) -> QueryBox:
        return self.query_one(QueryBox)

    @property
    def table(self) -> HitTable:
        return self.query_one(HitTable)

    @property
    def whole(self) -> MatchPreview:
        return self.query_one("#found", MatchPreview)

    @property
    def alike(self) -> bool:
        """Whether near-duplicates are shown."""
        return self.query_one(Tabs).active == "tab-alike"

    @property
    def query_text(self) -> str:
        return self.box.document.text.strip()

    def on_screen_resume(self) -> None:
        self.choice.resumed()

    def receive(self, **context: Any) -> None:
        """``query``: look for it; ``data``: there; ``model``: with these word or paragraph vectors."""
        self.choice.receive(context)

    # ------------------------------------------------------------------------------------------ the query

    def take_paste(self, text: str) -> bool:
        """The app hands every paste on this screen to the query."""
        if self.app.screen is not self:
            return False
        self.box.receive(text)
        self.box.focus_query()
        return True

    @on(DocumentBox.Received)
    def _received(self, message: DocumentBox.Received) -> None:
        self.box.border_title = Content(f"Query · reading {len(message.text):,} characters …")
        self.ask("query", partial(Document.of, message.text, ""), self.box.show)

    @on(DocumentBox.Changed)
    def _changed(self) -> None:
        self.requests.revision += 1
        self.box.set_title(self.box.document)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.requests.look)
        if self.alike and self.box.asked:
            self.query_one(Tabs).active = "tab-found"

    def on_unmount(self) -> None:
        if self._pause is not None:
            self._pause.stop()

    @on(QueryArea.Submitted)
    def _submitted(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        if self.requests.answer is None or self.busy("search"):
            self.requests.look(insist=True)
        if self.table.display:
            self.table.focus()

    def restore(self, document: Document, cursor: int, beside: str) -> None:
        """Show a draft of a query as it was left."""
        self.box.show(document, cursor)
        self.box.focus_query()

    def look_like(self, text: str, name: str, row: int | None = None) -> None:
        """Look for documents like a text; ``row``: where it stands itself."""
        self.requests.like = None if row is None else (text, row)
        self.query_one(Tabs).active = "tab-found"
        self.box.show(Document.of(text, name, True))

    # ------------------------------------------------------------------------------------------ showing

    def show_answer(self) -> None:
        """The list, or what stands in its place; then the document under the cursor."""
        groups, answer, working = self.requests.groups, self.requests.answer, self.requests.work is not None
        rows = grouped(groups or []) if self.alike else ranked(answer.hits if answer else ())
        self.table.display = bool(rows) and not working
        empty = self.query_one("#search-empty", Static)
        empty.display = not rows and not working
        empty.update(visible(self._why_nothing()))
        name = one_line(self.requests.target.name, 30) if self.requests.target else ""
        edges = (name, "")
        if rows and not working:
            edges = (
                words.about_groups(name, groups or ()) if self.alike or not answer else words.about_found(name, answer)
            )
        note = self.query_one("#search-note", Static)
        notes = (
            words.notes(answer, self.choice.unmet) if answer and answer.hits and not self.alike and not working else ""
        )
        note.display = bool(notes)
        note.update(visible(notes))
        listing = self.query_one("#list")
        listing.border_title, listing.border_subtitle = (Content(visible(edge)) for edge in edges)
        if [row.hit for row in rows] != self.table.hits or self.alike != self.table.has_class("-alike"):
            self.table.set_class(self.alike, "-alike")
            self.table.show(rows, "alike" if self.alike else "score")
        self._show_document()

    def _why_nothing(self) -> str:
        if self.requests.target is None:
            return words.NO_CORPUS if self.choice.loaded else "Looking for corpora …"
        if self.requests.failure:
            return self.requests.failure
        if self.requests.stopped == self.requests.target:
            return words.why_stopped(self.requests.target.name, self.alike)
        if self.alike:
            return "No two documents say nearly the same." if self.requests.groups is not None else ""
        return words.why_nothing(self.requests.answer, bool(self.query_text), self.busy("search"))

    @on(DataTable.RowHighlighted, "#hits")
    def _moved(self) -> None:
        self._show_document()

    @on(DataTable.RowSelected, "#hits")
    def _entered(self) -> None:
        self.whole.focus()

    def _chosen(self) -> Hit | None:
        return self.table.chosen if self.is_mounted and self.table.display else None

    def _show_document(self) -> None:
        hit = self._chosen()
        self.whole.show_matches(hit.text if hit else "", hit.spans if hit else ())
        self._say_where()
        self.refresh_bindings()

    def _say_where(self) -> None:
        whole = self.query_one("#whole")
        edges = words.about_document(self._chosen(), self.whole.matches, self.whole.current)
        whole.border_title, whole.border_subtitle = map(Content, edges)

    @on(Tabs.TabActivated)
    def _turned(self) -> None:
        if self.choice.loaded:
            self.requests.stop()
            self.show_answer()
            self.requests.look()

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("analyse", "more"):
            return True if self._chosen() is not None else None
        if action in ("next_match", "previous_match"):
            return True if self._chosen() is not None and self.whole.matches else None
        if action in ("export", "copy_result"):
            return True if self.is_mounted and self.table.display else None
        if action in ("method",):
            return True if self.requests.target is not None else None
        return True

    def action_corpus(self) -> None:
        self.choice.choose_corpus()

    def action_method(self) -> None:
        self.choice.choose_method()

    def action_open_file(self) -> None:
        self.choice.choose_file()

    def action_read_as(self) -> None:
        self.choice.read_otherwise()

    def action_turn(self) -> None:
        self.query_one(Tabs).active = "tab-found" if self.alike else "tab-alike"

    def action_new_document(self) -> None:
        self.requests.like = None
        self.workbench.drafts.renew(self.box)
        self.box.focus_query()

    def action_next_match(self, direction: int = 1) -> None:
        self.whole.walk(direction)
        self._say_where()

    def action_previous_match(self) -> None:
        self.action_next_match(-1)

    def action_more(self) -> None:
        if (hit := self._chosen()) is not None:
            self.look_like(hit.text, f"like {one_line(hit.id, 40)}", hit.row)

    def action_analyse(self) -> None:
        if (hit := self._chosen()) is not None and self.requests.target is not None:
            self.workbench.open_screen("analyse", text=hit.text, name=f"{self.requests.target.name} {hit.id}")

    def action_back(self) -> None:
        if self.requests.work is not None:
            self.requests.stopped = self.requests.target
            self.requests.stop()
            self.show_answer()
        elif self.focused is self.whole and self.table.display:
            self.table.focus()
        else:
            self.box.focus_query()

    def action_copy_result(self) -> None:
        from ..kit.export import copy_list
        from .export import duplicates_text, found_text

        if self.alike and self.requests.groups:
            copy_list(self, duplicates_text(self.requests.groups))
        elif self.requests.answer is not None:
            copy_list(self, found_text(self.requests.answer))

    def action_export(self) -> None:
        from ..kit.export import export_list
        from .export import duplicates_json, duplicates_tsv, found_json, found_tsv

        stem = self.requests.target.name.partition(".")[0] if self.requests.target else ""
        if self.alike and self.requests.groups:
            export_list(
                self, f"{stem}-duplicates", duplicates_json(self.requests.groups), duplicates_tsv(self.requests.groups)
            )
        elif self.requests.answer is not None:
            export_list(self, f"{stem}-found", found_json(self.requests.answer), found_tsv(self.requests.answer))
