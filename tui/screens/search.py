"""Search: the documents nearest in meaning to a query or a pasted text, and those that say nearly the same."""

from dataclasses import replace
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import DataTable, Static, Tab, Tabs

from ...engine.results import DatasetInfo, Hit, SearchMethod
from ..widgets import search_words as words
from ..widgets.choicebar import ChoiceBar
from ..widgets.document import Document, DocumentBox
from ..widgets.hits import HitTable, grouped, ranked
from ..widgets.matches import MatchPreview
from ..widgets.query import QueryArea, QueryBox
from ..widgets.text import one_line, visible
from ..widgets.working import WorkPanel
from .search_asking import SearchAsking
from .searchable import LABELS, Target, choose_corpus, choose_method, choose_part, first_choice

PAUSE = 0.2
"""Seconds without a key before the documents are looked for."""


class SearchScreen(SearchAsking):
    """The query, what it is asked of, and what came of it."""

    PLACE = "search"
    CSS_PATH = "../styles/search.tcss"
    HELP = """Find documents by what they say, not only by the words they use. Type a query or paste a text; the answer
comes when you pause. F2 chooses the corpus or a file of yours, F4 a part of it. F3 chooses how documents are ranked:
BM25 by the words they share with the query, mean and paragraph vectors by meaning, the mixture by both.

The first search in a corpus makes its index, which is then kept; esc stops that. Words of the query are bold and
underlined, words near them in meaning underlined. ctrl+t changes to the near-duplicates of the corpus and back."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, DatasetInfo] = {}
        self._methods: list[SearchMethod] = []
        self._pause: Timer | None = None
        self._loaded = False
        self._wanted: dict[str, Any] = {}
        """What another screen asked for before the corpora were known."""

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
            with Container(id="whole", classes="box"):
                yield MatchPreview(id="found")

    def on_mount(self) -> None:
        self.query_one("#whole").border_title = "Document"
        self.box.set_title(Document())
        self.table.display = False
        self.box.focus_query()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.whole.restyle())

    def on_screen_resume(self) -> None:
        self.ask("corpora", lambda: (self.engine.datasets(), self.engine.preferences()), self._corpora_known)

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

    # ------------------------------------------------------------------------------------------ what is searched

    def receive(self, **context: Any) -> None:
        """``query``: look for it; ``data``: there; ``model``: with these word or paragraph vectors."""
        self._wanted |= {name: value for name, value in context.items() if value}
        if self._loaded:
            self._take_wanted()

    def _corpora_known(self, read: tuple[list[DatasetInfo], dict[str, Any]]) -> None:
        cards, preferences = read
        self._cards = {card.name: card for card in cards}
        first, self._loaded = not self._loaded, True
        kept = preferences.get("search")
        if self.target is None:
            self.target = first_choice(cards, kept if isinstance(kept, dict) else {})
        if first or self._wanted:
            self._take_wanted()
        self._read_methods()
        self._show_choices()
        self._show()

    def _take_wanted(self) -> None:
        wanted, self._wanted = self._wanted, {}
        data, model = wanted.get("data"), wanted.get("model")
        if data is not None:
            card = self._cards.get(data)
            method = self.target.method if self.target else "mixture"
            self._use(Target(data, method, language=card.language if card else "en"))
        if model is not None:
            self._use_model(str(model))
        if wanted.get("query") is not None:
            self._look_like(str(wanted["query"]), "")

    def _use_model(self, name: str) -> None:
        def known(task: str) -> None:
            if self.target is not None:
                self._use(replace(self.target, method="mean" if task == "words" else "paragraph", model=name))

        self.ask("model", lambda: self.engine.model(name).task, known)

    def _use(self, target: Target, keep: bool = True) -> None:
        """Search elsewhere or otherwise from now on; ``keep``: remember it."""
        language = self.target.language if self.target else None
        self.target = target
        self._stop()
        self.forget("search")
        self._revision += 1
        self.found, self._failure, self._stopped = None, "", None
        kept = {"data": target.data, "method": target.method, "language": target.language} | target.source()
        if keep:
            self.ask("remember", lambda: self.engine.remember(search=kept), lambda _: None)
        if target.language != language:
            self._read_methods()
        self._show_choices()
        self._look()

    def _read_methods(self) -> None:
        language = self.target.language if self.target else "en"
        self.ask("methods", lambda: self.engine.search_methods(language), self._methods_known)

    def _methods_known(self, methods: list[SearchMethod]) -> None:
        self._methods = methods
        usable = {method.name: method for method in methods if not method.problem}
        if self.target is not None and self.target.method not in usable and usable and not self.target.model:
            self._use(replace(self.target, method=next(iter(usable))), keep=False)
        self._show_choices()

    def _method_label(self) -> str:
        target = self.target
        if target is None:
            return "–"
        said = next((method.label for method in self._methods if method.name == target.method), None)
        return (said or LABELS.get(target.method, target.method)) + (f" · {target.model}" if target.model else "")

    def _show_choices(self) -> None:
        target = self.target
        card = self._cards.get(target.data) if target else None
        parts = [("f2", "Corpus", one_line(target.name, 40) if target else "none yet")]
        parts.append(("f3", "Method", self._method_label()))
        if card is not None and len(card.splits) > 1:
            parts.append(("f4", "Part", target.split if target and target.split else "all"))
        self.query_one(ChoiceBar).show(parts)

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
        self._revision += 1
        self.box.set_title(self.box.document)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._look)
        if self.alike and self.box.asked:
            self.query_one(Tabs).active = "tab-found"

    def on_unmount(self) -> None:
        if self._pause is not None:
            self._pause.stop()

    @on(QueryArea.Submitted)
    def _submitted(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        if self.found is None or self.busy("search"):
            self._look(insist=True)
        if self.table.display:
            self.table.focus()

    def _look_like(self, text: str, name: str, row: int | None = None) -> None:
        self._like = None if row is None else (text, row)
        self.query_one(Tabs).active = "tab-found"
        self.box.show(Document.of(text, name))

    # ------------------------------------------------------------------------------------------ showing

    def _show(self) -> None:
        """The list, or what stands in its place; then the document under the cursor."""
        groups, found, working = self.groups, self.found, self._work is not None
        rows = grouped(groups or []) if self.alike else ranked(found.hits if found else ())
        self.table.display = bool(rows) and not working
        empty = self.query_one("#search-empty", Static)
        empty.display = not rows and not working
        empty.update(visible(self._why_nothing()))
        name = one_line(self.target.name, 30) if self.target else ""
        edges = (name, "")
        if rows and not working:
            edges = (
                words.about_groups(name, groups or ()) if self.alike or not found else words.about_found(name, found)
            )
        listing = self.query_one("#list")
        listing.border_title, listing.border_subtitle = (Content(visible(edge)) for edge in edges)
        if [row.hit for row in rows] != self.table.hits or self.alike != self.table.has_class("-alike"):
            self.table.set_class(self.alike, "-alike")
            self.table.show(rows, "alike" if self.alike else "score")
        self._show_document()

    def _why_nothing(self) -> str:
        if self.target is None:
            return words.NO_CORPUS if self._loaded else "Looking for corpora …"
        if self._failure:
            return self._failure
        if self._stopped == self.target:
            return words.why_stopped(self.target.name, self.alike)
        if self.alike:
            return "No two documents say nearly the same." if self.groups is not None else ""
        return words.why_nothing(self.found, bool(self.query_text), self.busy("search"))

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
        edges = words.about_document(self._chosen(), self.whole.matches, self.whole.at)
        whole.border_title, whole.border_subtitle = map(Content, edges)

    @on(Tabs.TabActivated)
    def _turned(self) -> None:
        if self._loaded:
            self._stop()
            self._show()
            self._look()

    # ------------------------------------------------------------------------------------------ actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("analyse", "more"):
            return True if self._chosen() is not None else None
        if action in ("next_match", "previous_match"):
            return True if self._chosen() is not None and self.whole.matches else None
        if action in ("export", "copy_found"):
            return True if self.is_mounted and self.table.display else None
        if action in ("method", "part"):
            return True if self.target is not None else None
        return True

    def action_corpus(self) -> None:
        choose_corpus(self, list(self._cards.values()), self.target, self._use)

    def action_method(self) -> None:
        if self.target is not None:
            choose_method(self, self._methods, self.target, self._use_method)

    def _use_method(self, method: SearchMethod) -> None:
        if self.target is not None:
            self._use(replace(self.target, method=method.name, model=""))

    def action_part(self) -> None:
        if self.target is not None:
            choose_part(self, self._cards.get(self.target.data), self.target, self._use)

    def action_turn(self) -> None:
        self.query_one(Tabs).active = "tab-found" if self.alike else "tab-alike"

    def action_new_query(self) -> None:
        self._like = None
        self.box.show(Document())
        self.box.focus_query()

    def action_next_match(self, direction: int = 1) -> None:
        self.whole.walk(direction)
        self._say_where()

    def action_previous_match(self) -> None:
        self.action_next_match(-1)

    def action_more(self) -> None:
        if (hit := self._chosen()) is not None:
            self._look_like(hit.text, f"like {one_line(hit.id, 40)}", hit.row)

    def action_analyse(self) -> None:
        if (hit := self._chosen()) is not None and self.target is not None:
            self.workbench.open_screen("analyse", text=hit.text, name=f"{self.target.name} {hit.id}")

    def action_back(self) -> None:
        if self._work is not None:
            self._stopped = self.target
            self._stop()
            self._show()
        elif self.focused is self.whole and self.table.display:
            self.table.focus()
        else:
            self.box.focus_query()

    def action_copy_found(self) -> None:
        from ..widgets.written_search import duplicates_text, found_text
        from .outgoing import copy_list

        if self.alike and self.groups:
            copy_list(self, duplicates_text(self.groups))
        elif self.found is not None:
            copy_list(self, found_text(self.found))

    def action_export(self) -> None:
        from ..widgets.written_search import duplicates_json, duplicates_tsv, found_json, found_tsv
        from .outgoing import export_list

        stem = self.target.name.partition(".")[0] if self.target else ""
        if self.alike and self.groups:
            export_list(self, f"{stem}-duplicates", duplicates_json(self.groups), duplicates_tsv(self.groups))
        elif self.found is not None:
            export_list(self, f"{stem}-found", found_json(self.found), found_tsv(self.found))
