"""Search: the documents nearest in meaning to a query or a pasted text, and those that say nearly the same."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import DataTable, Static, Tab, Tabs

from ...engine.results import DatasetInfo, Duplicates, Found, Hit, SearchMethod
from ..widgets.choicebar import ChoiceBar
from ..widgets.document import Document, DocumentBox
from ..widgets.fetching import Fetch, Stopped
from ..widgets.hits import HitTable, grouped, ranked
from ..widgets.matches import MatchPreview
from ..widgets.query import QueryArea, QueryBox
from ..widgets.text import one_line, visible
from ..widgets.working import WorkPanel
from .base import Workbench
from .searchable import LABELS, Target, choose_corpus, choose_method, choose_part, first_choice

PAUSE = 0.2
"""Seconds without a key before the documents are looked for."""
COUNT = 25
"""Documents an answer."""
LONGEST = 20_000
"""Characters of a document that the engine hands over."""

NO_CORPUS = """No corpus is on this machine yet.

F9 fetches one, or imports your own; F2 searches in a file or a folder of yours."""
NO_QUERY = """Type what you are looking for: a few words, a sentence, or paste a whole text.

The documents nearest in meaning are listed here while you pause.
F2 chooses the corpus, F3 how they are ranked; ctrl+t lists near-duplicates."""


class SearchScreen(Workbench):
    """Holds the query and what it is asked of; each answer carries the number of the question."""

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
        self.target: Target | None = None
        self._ready: set[Target] = set()
        """Targets whose index is known to be there."""
        self._stopped: Target | None = None
        """The target whose index the user did not want to wait for."""
        self.found: Found | None = None
        self._groups: dict[tuple[str, ...], list[Duplicates]] = {}
        self._revision = 0
        self._like: tuple[str, int] | None = None
        """The text that more is looked for like, and its row: it need not find itself."""
        self._work: Fetch | None = None
        self._works = 0
        self._pause: Timer | None = None
        self._loaded = False
        self._wanted: dict[str, Any] = {}

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

    def _use(self, target: Target) -> None:
        """Search elsewhere or otherwise from now on, and remember it."""
        language = self.target.language if self.target else None
        self.target = target
        self._stop()
        self._revision += 1
        self.found = None
        self.query_one(Tabs).active = "tab-found" if not self.alike else "tab-alike"
        kept = {"data": target.data, "method": target.method, "language": target.language} | target.source()
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
            self._use(replace(self.target, method=next(iter(usable))))
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
            self._stopped = None
            self._look()
        if self.table.display:
            self.table.focus()

    def _look_like(self, text: str, name: str, row: int | None = None) -> None:
        self._like = None if row is None else (text, row)
        self.query_one(Tabs).active = "tab-found"
        self.box.show(Document.of(text, name))

    # ------------------------------------------------------------------------------------------ asking

    def _look(self) -> None:
        """Ask for what the tab shows; make the index first where nobody has."""
        target, query = self.target, self.box.document.text.strip()
        if target is None:
            self._show()
        elif self.alike:
            self._look_for_alike(target)
        elif not query:
            self.forget("search")
            self.found = None
            self._show()
        elif target in self._ready:
            self._search(target, query)
        elif self._work is None and self._stopped != target:
            self._build(target)
        else:
            self._show()

    def _search(self, target: Target, query: str) -> None:
        own = self._like[1] if self._like is not None and self._like[0].strip() == query else None
        count = COUNT + (own is not None)
        self.ask(
            "search",
            partial(self.engine.search, query, target.data, count=count, **target.how()),
            partial(self._answered, self._revision, own),
            lambda _: self._failed(),
        )

    def _answered(self, revision: int, own: int | None, found: Found) -> None:
        if revision != self._revision:
            return
        self.found = replace(found, hits=tuple(hit for hit in found.hits if hit.row != own)[:COUNT])
        if not self.alike:
            self._show()

    def _failed(self) -> None:
        self.found = None
        self._show()

    def _build(self, target: Target) -> None:
        def built(_: Any) -> None:
            self._ready.add(target)
            self._look()

        self._start(
            f"Making {one_line(target.name, 40)} searchable: {self._method_label()}",
            lambda progress: self.engine.build_index(target.data, progress=progress, **target.how()),
            built,
            target,
        )

    def _look_for_alike(self, target: Target) -> None:
        key = (target.data, target.split, target.text_column, target.label_column)

        def known(groups: list[Duplicates]) -> None:
            self._groups[key] = groups
            self._show()

        if key in self._groups or self._stopped == target:
            self._show()
        elif self._work is None:
            self._start(
                f"Looking for near-duplicates in {one_line(target.name, 40)}",
                lambda progress: self.engine.near_duplicates(target.data, progress=progress, **target.source()),
                known,
                target,
            )

    def _start(
        self, title: str, work: Callable[[Callable[[int, int], None]], Any], then: Callable[[Any], None], of: Target
    ) -> None:
        """Do something long beside a panel that shows it; :meth:`_stop` lets nobody wait for it."""
        run = self._work = Fetch(of.name)
        self._works += 1

        def over(tell: Callable[[Any], None] | None, value: Any) -> None:
            self._work = None
            self.query_one(WorkPanel).end()
            self.refresh_bindings()
            if tell is not None:
                tell(value)
            else:
                self._stopped = of
                self._show()

        def guarded() -> Any:
            try:
                return work(run.progress)
            except Stopped:
                return None

        # A group of its own: what was given up must not keep the next one waiting.
        self.ask(f"work {self._works}", guarded, partial(over, then), partial(over, None))
        self.query_one(WorkPanel).follow(run, title)
        self._show()
        self.refresh_bindings()

    def _stop(self) -> None:
        if self._work is not None:
            self._work.stopped = True
            self._work = None
            self.forget(f"work {self._works}")
            self.query_one(WorkPanel).end()
            self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ showing

    def _key(self) -> tuple[str, ...]:
        target = self.target
        return (target.data, target.split, target.text_column, target.label_column) if target else ()

    def _show(self) -> None:
        """The list, or what stands in its place; then the document under the cursor."""
        groups = self._groups.get(self._key())
        listing = self.query_one("#list")
        rows = (grouped(groups or []) if self.alike else ranked(self.found.hits if self.found else ())) or []
        working = self._work is not None
        self.table.display = bool(rows) and not working
        empty = self.query_one("#search-empty", Static)
        empty.display = not rows and not working
        listing.border_title, listing.border_subtitle = map(Content, map(visible, self._summary(groups)))
        empty.update(visible(self._why_nothing(groups)))
        if [row.hit for row in rows] != self.table.hits or self.alike != self.table.has_class("-alike"):
            self.table.set_class(self.alike, "-alike")
            self.table.show(rows, "alike" if self.alike else "score")
        self._show_document()
        self.refresh_bindings()

    def _summary(self, groups: list[Duplicates] | None) -> tuple[str, str]:
        """For the upper and the lower edge of the list."""
        name = one_line(self.target.name, 30) if self.target else ""
        if self.alike:
            said = f"{len(groups)} group{'s' if len(groups) != 1 else ''} in {name}" if groups else ""
            return said, "the first of each group, then those like it" if groups else ""
        found = self.found
        if found is None or self._work is not None:
            return name, ""
        told = [f"{found.milliseconds:.0f} ms"]
        if found.known < 0.995:
            told.insert(0, f"{100 * found.known:.0f} % of the query's words known")
        return f"{name} · best {len(found.hits)} of {found.documents:,}", " · ".join([*found.notes[:1], *told][-2:])

    def _why_nothing(self, groups: list[Duplicates] | None) -> str:
        target = self.target
        if target is None:
            return NO_CORPUS if self._loaded else "Looking for corpora …"
        if self._stopped == target:
            return f"{target.name} is not searchable yet.\n\nenter in the query goes on, F2 chooses another corpus."
        if self.alike:
            return "No two documents say nearly the same." if groups is not None else ""
        if self.found is not None:
            notes = "\n".join(self.found.notes)
            return f"Nothing was found.\n\n{notes or 'Try other words, or with F3 another method.'}"
        if self.box.asked:
            return "Looking …" if self.busy("search") else "enter looks for it."
        return NO_QUERY

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
        hit, whole = self._chosen(), self.query_one("#whole")
        parts = ["Document" if hit is None else f"Document {one_line(hit.id, 40)}"]
        if hit is not None and hit.label is not None:
            parts.append(one_line(hit.label, 30))
        whole.border_title = Content(" · ".join(parts))
        told = []
        if hit is not None and self.whole.matches:
            at = f"match {self.whole.at + 1} of " if self.whole.at >= 0 else ""
            told.append(f"{at}{self.whole.matches} match{'es' if self.whole.matches != 1 and not at else ''}".strip())
        if hit is not None and len(hit.text) >= LONGEST:
            told.append(f"its first {LONGEST:,} characters")
        whole.border_subtitle = " · ".join(told)

    @on(Tabs.TabActivated)
    def _turned(self) -> None:
        if self._loaded:
            self._stop()
            self._look()
            self._show()

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

    def action_next_match(self) -> None:
        self.whole.walk(1)
        self._say_where()

    def action_previous_match(self) -> None:
        self.whole.walk(-1)
        self._say_where()

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

        groups = self._groups.get(self._key())
        if self.alike and groups:
            self.app.copy_to_clipboard(duplicates_text(groups))
        elif self.found is not None:
            self.app.copy_to_clipboard(found_text(self.found))
        else:
            return
        self.app.notify("The list is on the clipboard. Where a terminal does not allow that, ctrl+e writes it.")

    def action_export(self) -> None:
        from ..widgets.written_search import duplicates_json, duplicates_tsv, found_json, found_tsv
        from .outgoing import save_as

        target, found, groups = self.target, self.found, self._groups.get(self._key())
        if target is None:
            return

        def write(path: Path) -> object:
            as_json = path.suffix.lower() == ".json"
            if self.alike:
                content = duplicates_json(groups or []) if as_json else duplicates_tsv(groups or [])
            elif found is not None:
                content = found_json(found) if as_json else found_tsv(found)
            else:
                content = ""
            return self.engine.write_document(str(path), content)

        save_as(
            self,
            "Export the list",
            f"{Path(target.name).stem}-{'duplicates' if self.alike else 'found'}.tsv",
            "A name that ends in .json is written as JSON, any other as TSV.",
            write,
        )
