"""Corpus: the documents of a corpus read, counted and compared, in views over one filtered set."""

from dataclasses import replace
from functools import partial
from typing import Any

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from ...engine.results import CorpusInfo, Record, Selection, UserError
from ..actions import key
from ..kit.choosing import pick
from ..kit.cluster_address import ask_cluster
from ..kit.modebar import ModeBar
from ..kit.pagedtable import PAGE, PagedTable
from ..kit.preview import Preview
from ..kit.text import one_line, visible
from ..kit.workbench import Workbench
from ..kit.working import WorkPanel
from .beside import DocumentBeside
from .export import export_documents, export_rows
from .indexing import IndexMaking, ask_removal
from .labelling import Labelling
from .lines import TypedLines
from .ordering import choose_order
from .parts import ViewPart, ViewState, in_keys, or_error
from .pointing import UnderCursor
from .reading import read_otherwise
from .views import DocumentsView, all_views


class CorpusScreen(Workbench):
    """Lies over Corpora; escape goes back."""

    PLACE = "corpus"
    NAV = "corpora"
    CSS_PATH = "corpus.tcss"
    AUTO_FOCUS = ""  # while the index is made there is no table, and the filter would take its keys
    HELP = f"""The documents of a corpus, as many as there are. {key("next_mode")} goes to the next view (or 1 to 4):
the documents themselves; words; a concordance; an overview of columns. {key("choose_list")} chooses what is listed: of
words the most frequent, several in a row, key words of a group, collocations, dispersion, a network; of the overview
columns or readability. {key("filter")} filters all views: label:neg stars<3 "cold soup" date>2019 -refund;
{key("question")} goes to the line that asks a view for words or columns. {key("next_sort")} sorts otherwise,
{key("analyse")} opens the document in Analyse, esc goes back. {key("read_by")} has a model read the documents,
{key("cluster", "corpus")} by the workers of a cluster. {key("read_as")} changes how the file is read. The index is made
once and kept until the file changes; {key("remove")} deletes it."""

    def __init__(self, data: str, name: str = "", text_column: str = "text", label_column: str = "label") -> None:
        super().__init__()
        self._base = Selection(data, text_column=text_column, label_column=label_column)
        self._name = name or data
        self._views = all_views()
        self._view = "documents"
        self._states = {view: ViewState() for view in self._views}
        self._filter = ""
        self._info: CorpusInfo | None = None
        self.part: ViewPart | None = None
        """What the table shows: its first rows, or all where they are few."""
        self._making = IndexMaking(self, self._opened)
        self._revision = 0
        self._beside = DocumentBeside(self)
        self._pointing = UnderCursor(self, self._beside, lambda: (self.part, self.selection, self.state.unit))
        self._labelling = Labelling(self, self._say_labelling, self._labelled)

    # ------------------------------------------------------------------------------------------ layout

    def body(self) -> ComposeResult:
        yield ModeBar(
            {view: each.TITLE for view, each in self._views.items()},
            {view: each.SHORT for view, each in self._views.items()},
        )
        yield TypedLines()
        with Container(id="halves"):
            with Container(id="list", classes="box"):
                yield PagedTable(id="rows")
                yield Static("", id="corpus-empty", classes="empty", markup=False)
                yield WorkPanel(id="work")
            with Container(id="whole", classes="box"):
                yield Static("", id="along", markup=False)
                yield Preview(id="preview")

    def on_mount(self) -> None:
        self._say_labelling("")
        self._dress()
        self._say("")
        self.table.focus()
        self._open()

    def on_unmount(self) -> None:
        self._labelling.stop()
        self._making.stop()

    @property
    def table(self) -> PagedTable:
        return self.query_one(PagedTable)

    @property
    def lines(self) -> TypedLines:
        return self.query_one(TypedLines)

    @property
    def state(self) -> ViewState:
        return self._states[self._view]

    @property
    def selection(self) -> Selection:
        """What is asked for: the corpus and the filter."""
        return replace(self._base, filter=self._filter)

    def _dress(self) -> None:
        """Show what belongs to the view that is open."""
        view = self._views[self._view]
        self.query_one(ModeBar).mode = self._view
        self.set_class(self._view == "concordance", "-concordance")
        self.set_class(self._view == "overview", "-overview")
        self.query_one("#whole").display = self._view != "overview"
        label, hint, _ = view.line(self.state)
        self.lines.dress(label, hint, self.state.asked)
        self.query_one("#whole").border_title = "In context" if self._view == "words" else "Document"

    def _say(self, sentence: str) -> None:
        """In the place of the table; empty: the table."""
        self.query_one("#corpus-empty", Static).update(visible(sentence))
        self.query_one("#corpus-empty").display = bool(sentence)
        self.table.display = not sentence and not self._making.runs
        if self.table.display and self.focused is None:  # a table that was hidden has lost it
            self.table.focus()

    # ------------------------------------------------------------------------------------------ the index

    def _open(self) -> None:
        self._making.start(self._base, self._name)
        self._say("")

    def _opened(self, info: CorpusInfo | Exception) -> None:
        """The index is there, or why it cannot be."""
        if isinstance(info, CorpusInfo):
            self._info = info
            self._say("")
            self.refresh_bindings()
            self._reload()
        else:
            self._say(in_keys(str(info)))

    # ------------------------------------------------------------------------------------------ asking

    def _reload(self, cursor: int | None = None) -> None:
        """Ask for the rows of the view from the first on; with ``cursor``, from the page that this row is on."""
        if self._info is None:
            return
        self._revision += 1
        self.query_one("#list").border_subtitle = "reading …"
        width = self.query_one("#list").content_size.width
        view, state, selection = self._views[self._view], replace(self.state, width=width or 78), self.selection
        self.ask(
            "rows",
            or_error(partial(view.fetch, self.engine, selection, state, (cursor or 0) // PAGE * PAGE)),
            partial(self._show, self._revision, cursor),
        )

    def _show(self, revision: int, cursor: int | None, part: ViewPart | UserError) -> None:
        if revision != self._revision:
            return
        if isinstance(part, UserError):
            self.part = None
            self._say(in_keys(str(part)))
            self.query_one("#list").border_subtitle = ""
            self._beside.clear()
            return
        self.part = part
        self._pointing.note(part, first=True)
        self._say("" if part.total else "Nothing matches.")
        self.table.open(part.columns, part.total, part.rows, part.offset, cursor)
        unit = part.unit or self._views[self._view].UNIT
        shown = f"{part.total:,} {unit}{'+' if part.more else ''}"
        self.query_one("#list").border_subtitle = f"{shown}, {part.note}" if part.note else shown

    @on(PagedTable.Wanted)
    def _wanted(self, message: PagedTable.Wanted) -> None:
        view, offset = self._views[self._view], message.offset
        work = partial(view.fetch, self.engine, self.selection, self.state, offset)
        if not self.busy("rows"):
            self.ask("rows", or_error(work), partial(self._accept, self._revision))

    def _accept(self, revision: int, part: ViewPart | UserError) -> None:
        if revision == self._revision and isinstance(part, ViewPart):
            self._pointing.note(part)
            self.table.accept(part.columns, part.total, part.rows[:PAGE], part.offset)

    @on(PagedTable.Moved)
    def _moved(self) -> None:
        self._pointing.moved()

    # ------------------------------------------------------------------------------------------ lines

    @on(TypedLines.Changed)
    def _typed(self, event: TypedLines.Changed) -> None:
        if (event.filtered, event.asked) != (self._filter, self.state.asked):
            self._filter = event.filtered
            self._states[self._view] = replace(self.state, asked=event.asked)
            self._reload()
        if event.done:
            self.table.focus()

    # ------------------------------------------------------------------------------------------ actions

    @on(ModeBar.Clicked)
    def _clicked(self, event: ModeBar.Clicked) -> None:
        self.action_show_view(event.mode)

    @on(PagedTable.Chosen)
    def _chosen(self) -> None:
        part, number = self.part, self.table.cursor
        if part is not None and part.words:
            asked, unit = part.words[number], self.state.unit
            self._states["concordance"] = replace(self._states["concordance"], asked=asked, unit=unit)
            self.action_show_view("concordance")
        elif part is not None and part.asked:
            self._change(asked=part.asked[number])
        elif part is not None and part.filters:
            self.lines.narrow(part.filters[number])
            self._filter = self.lines.filtered
            self.action_show_view("documents")
        else:
            self.query_one(Preview).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self._info is None and action not in ("back", "filter", "read_as", "cluster"):
            return None
        if action == "analyse":
            return True if self._view in ("documents", "concordance") and self.part is not None else None
        if action == "course":
            return self._view in ("documents", "concordance")
        if action == "stop_words":
            return self._view == "words"
        if action == "unit":
            return self._view in ("words", "concordance")
        if action == "choose_list":
            return bool(self._views[self._view].MODES)
        return True

    def action_show_view(self, view: str) -> None:
        self._view = view
        self._dress()
        self.refresh_bindings()
        self._reload()
        self._focus()

    def _focus(self) -> None:
        """Where a view needs to be asked something first, its line; else the table."""
        needed = self._views[self._view].line(self.state)[2] and not self.state.asked
        if not (needed and self.lines.focus_question()):
            self.table.focus()

    def action_next_mode(self) -> None:
        views = list(self._views)
        self.action_show_view(views[(views.index(self._view) + 1) % len(views)])

    def action_filter(self) -> None:
        self.lines.focus_filter()

    def action_question(self) -> None:
        self.lines.focus_question()

    def _change(self, **values: Any) -> None:
        self._states[self._view] = replace(self.state, **values)
        self._dress()
        self._reload()

    def action_next_sort(self) -> None:
        view = self._views[self._view]
        if isinstance(view, DocumentsView):
            choose_order(self, view, self.state, lambda order: self._change(order=order))
        else:
            self._change(sort=self.state.sort + 1)

    def action_choose_list(self) -> None:
        def chosen(mode: str) -> None:
            self._change(mode=mode, asked="")
            self._focus()

        modes = self._views[self._view].MODES
        options = [(mode, mode.capitalize(), about) for mode, about in modes.items()]
        pick(self, self._views[self._view].TITLE, options, self.state.mode or next(iter(modes)), chosen)

    def action_stop_words(self) -> None:
        self._change(stop=not self.state.stop)

    def action_course(self) -> None:
        self._beside.course.turn()

    def action_unit(self) -> None:
        self._change(unit="words" if self.state.unit == "lemmas" else "lemmas")

    def action_analyse(self) -> None:
        def read(record: Record) -> None:
            self.workbench.open_screen("analyse", text=record.text, name=f"{self._name} {record.id}")

        row, _ = self._pointing.document()
        if row is not None:
            self.ask("whole", partial(self.engine.corpus_document, self._base, row), read)

    def action_read_as(self) -> None:
        def decided(text: str, label: str) -> None:
            self._making.stop()
            self._base = replace(self._base, text_column=text, label_column=label)
            self._info = None
            self._open()

        read_otherwise(self, self._base, self._name, decided)

    def action_read_by(self) -> None:
        self._labelling.ask(self.selection)

    def action_cluster(self) -> None:
        ask_cluster(self.workbench)

    def _say_labelling(self, line: str) -> None:
        title = " · ".join(filter(None, (one_line(self._name, 60), line)))
        for box in self.query("#list"):  # none where the screen has gone
            fits = not line or cell_len(title) <= box.size.width - 4
            box.border_title = Content(visible(title if fits else line))

    def _labelled(self, column: str) -> None:
        if not self._states["overview"].asked:
            self._states["overview"] = replace(self._states["overview"], asked=column)
        self._reload(self.table.cursor if self._view == "documents" else None)  # whoever went on stays there
        if self._view == "overview":
            self._dress()

    def action_export(self) -> None:
        view = self._views[self._view]
        if isinstance(view, DocumentsView):
            export_documents(self, self.selection)
        else:
            export_rows(self, self._view, view, self.selection, self.state)

    def action_remove(self) -> None:
        ask_removal(self, self._base.data, self._name)

    def action_back(self) -> None:
        if not self._making.runs and isinstance(self.focused, Input):
            self.table.focus()
        else:
            self._making.stop()
            self.app.pop_screen()
