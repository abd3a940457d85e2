"""Report: what a run measured, class by class, and from a confusion to its documents."""

from pathlib import Path
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from ...engine.results import Job, Report
from ..jobwatch import title
from ..widgets.bars import bar
from ..widgets.confusion import ConfusionMatrix
from ..widgets.curves import Curves, panels_of
from ..widgets.figures import cell, percent, score, short
from ..widgets.history import from_rounds
from ..widgets.report_told import report_head, report_protocol
from ..widgets.text import visible
from .base import Workbench
from .using import use_model

NO_CONFUSIONS = """There are no confusions here.

This model puts no text into a class, so none can be taken for another.
1 shows what was measured instead, 3 how."""


class ReportScreen(Workbench):
    """Lies over Runs (or over whoever measured something and hands a ``report``)."""

    HELP = """What the model measured on texts that it had not seen. The floor is a simple model (TF-IDF + linear)
    on the same split: only what lies above it was worth a network. ECE says how far the stated confidences are from
    the truth; 0 is perfect. Word vectors have no classes: they are measured by what people say of words (ρ is the rank
    correlation with them) and by analogies, section by section. In Confusions, walk to a
    cell and press enter for its documents."""
    CSS_PATH = "../styles/runs.tcss"
    PLACE = "report"
    NAV = "runs"

    def __init__(self, job: Job | None = None, report: Report | None = None) -> None:
        super().__init__()
        self._job = job
        self.report = report
        self._documents: list[dict[str, Any]] = []

    def body(self) -> ComposeResult:
        yield Static(Text("Reading the report …", "dim"), id="report-head")
        with TabbedContent(id="report-tabs"):
            with TabPane("1 Classes", id="classes"), Vertical(id="classes-board"):
                yield DataTable(id="classes-table", cursor_type="row")
                yield Curves("report", "No curves were kept.", id="report-curves")
            with TabPane("2 Confusions", id="confusions"), Vertical(id="confusions-board"):
                yield ConfusionMatrix(id="matrix")
                yield Static(NO_CONFUSIONS, id="no-confusions", classes="empty", markup=False)
                with Vertical(id="cell"):
                    yield Static("", id="cell-head", markup=False)
                    with Horizontal(id="cell-documents"):
                        yield DataTable(id="documents", cursor_type="row", show_header=False)
                        with VerticalScroll(id="document-scroll"):
                            yield Static("", id="document", markup=False)
            with TabPane("3 Protocol", id="protocol"), VerticalScroll():
                yield Static("", id="protocol-text", markup=False)

    def on_mount(self) -> None:
        if self.report is not None:
            self._show(self.report)
        elif self._job is not None:
            job_id = self._job.id
            self.ask("report", lambda: self.engine.report(job_id), self._show, lambda error: self._missing(str(error)))

    def _missing(self, sentence: str) -> None:
        self.query_one("#report-head", Static).update(Text(sentence))

    # ------------------------------------------------------------------------------------------ showing

    def _show(self, report: Report) -> None:
        self.report = report
        self.query_one("#report-head", Static).update(report_head(report, self._color))
        self._fill_classes(report)
        self._draw_curves(report)
        classes = bool(report.labels)
        self.query_one(TabbedContent).get_tab("classes").label = Content(
            "1 Classes" if classes else "1 Sections" if report.per_class else "1 Curves"
        )
        for where in ("#matrix", "#cell"):
            self.query_one(where).display = classes
        self.query_one("#no-confusions").display = not classes
        self.query_one(ConfusionMatrix).show(report.labels, report.confusion)
        self.query_one("#protocol-text", Static).update(report_protocol(report, self._job, self._color))
        self.query_one("#classes-table").focus()
        self.refresh_bindings()

    def _color(self, name: str) -> str:
        return self.app.theme_variables.get(name, "default")

    def _fill_sections(self, report: Report) -> None:
        table: DataTable[Text] = self.query_one("#classes-table", DataTable)
        table.clear(columns=True)
        table.display = bool(report.per_class)
        for name, width in (("section", 30), ("right", 18), ("questions", 9)):
            table.add_column(Text(name.rjust(width) if name == "questions" else name), width=width, key=name)
        for row in report.per_class:
            right = row.get("accuracy") or 0.0
            table.add_row(
                Text(cell(str(row["label"]), 30), "bold"),
                Text.assemble(f"{percent(right).rjust(7)} ", (bar(right, 10), self._color("primary"))),
                Text(f"{row.get('support', 0):,}".rjust(9)),
            )

    def _fill_classes(self, report: Report) -> None:
        if not report.labels:
            self._fill_sections(report)
            return
        table: DataTable[Text] = self.query_one("#classes-table", DataTable)
        table.clear(columns=True)
        for name, width in (("class", 20), ("precision", 9), ("recall", 7), ("F1", 16), ("examples", 9)):
            right = name in ("precision", "recall", "examples")
            table.add_column(Text(name.rjust(width) if right else name), width=width, key=name)
        for row in report.per_class:
            f1 = row.get("f1") or 0.0
            table.add_row(
                Text(cell(str(row["label"]), 20), "bold"),
                Text(score(row.get("precision")).rjust(9)),
                Text(score(row.get("recall")).rjust(7)),
                Text.assemble(f"{score(f1)} ", (bar(f1, 10), self._color("primary"))),
                Text(f"{row.get('support', 0):,}".rjust(9)),
            )

    def _draw_curves(self, report: Report) -> None:
        history = from_rounds(report.history, report.floor)
        self.query_one("#report-curves").display = bool(report.history)
        self.query_one(Curves).show(panels_of(history, history.epochs, (report.floor or {}).get("accuracy")))

    # ------------------------------------------------------------------------------------------ a cell's documents

    @on(ConfusionMatrix.Highlighted)
    def _cell_shown(self, event: ConfusionMatrix.Highlighted) -> None:
        report = self.report
        if report is None:
            return
        gold, predicted = report.labels[event.gold], report.labels[event.predicted]
        count = report.confusion[event.gold][event.predicted]
        self._documents = [
            document for document in report.documents if document["gold"] == gold and document["predicted"] == predicted
        ]
        self.query_one("#documents", DataTable).move_cursor(row=0)
        head = Text.assemble(
            (short(gold, 24), "bold"),
            " taken for " if gold != predicted else " seen as what it is",
            (short(predicted, 24) if gold != predicted else "", "bold"),
            f"  {count:,} document{'' if count == 1 else 's'}",
        )
        if count:
            kept = len(self._documents)
            head.append(
                f", the {kept} surest kept" if kept and kept < count else "" if kept else ", none kept",
                self._color("quiet"),
            )
        self.query_one("#cell-head", Static).update(head)
        self._list_documents()

    def _list_documents(self) -> None:
        table: DataTable[Text] = self.query_one("#documents", DataTable)
        index = table.cursor_row
        with self.prevent(DataTable.RowHighlighted):
            table.clear(columns=True)
            width = max(table.size.width - 12, 20)
            table.add_column("confidence", width=7, key="confidence")
            table.add_column("text", width=width, key="text")
            for document in self._documents:
                table.add_row(
                    Text(percent(document["confidence"]).rjust(7), "bold"), Text(cell(document["text"], width))
                )
            index = index if index < len(self._documents) else 0
            table.move_cursor(row=index)
        self._show_document(index)

    def on_resize(self) -> None:
        self.call_after_refresh(self._list_documents)

    @on(ConfusionMatrix.Chosen)
    def _cell_chosen(self, event: ConfusionMatrix.Chosen) -> None:
        if self._documents:
            self.query_one("#documents").focus()
        else:
            self.app.notify("No document of this cell was kept.")

    @on(DataTable.RowHighlighted, "#documents")
    def _document_moved(self, event: DataTable.RowHighlighted) -> None:
        self._show_document(event.cursor_row)

    def _show_document(self, index: int) -> None:
        text = Text()
        if 0 <= index < len(self._documents):
            document = self._documents[index]
            text.append(
                f"{document['id']} · {percent(document['confidence'])} sure of {short(document['predicted'], 24)}\n\n",
                self._color("quiet"),
            )
            text.append(visible(document["text"]))
        self.query_one("#document", Static).update(text)
        self.query_one("#document-scroll").scroll_home(animate=False)

    # ------------------------------------------------------------------------------------------ acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("export", "show_tab"):
            return self.report is not None
        if action == "use":
            return self.report is not None and bool(self._model())
        if action == "toggle_shares":
            shown = self.report is not None and bool(self.report.labels)
            return self.is_mounted and shown and self.query_one(TabbedContent).active == "confusions"
        return super().check_action(action, parameters)

    @on(TabbedContent.TabActivated)
    def _turned(self) -> None:
        self.refresh_bindings()
        self.call_after_refresh(self._list_documents)

    def action_back(self) -> None:
        if self.focused is not None and self.focused.id in ("documents", "document-scroll"):
            self.query_one(ConfusionMatrix).focus()
            return
        self.dismiss(None)

    def action_show_tab(self, tab: str) -> None:
        self.query_one(TabbedContent).active = tab
        wanted = {"classes": "#classes-table", "confusions": "#matrix"}.get(tab)
        if wanted:
            self.call_after_refresh(lambda: self.query_one(wanted).focus())

    def action_toggle_shares(self) -> None:
        matrix = self.query_one(ConfusionMatrix)
        matrix.shares = not matrix.shares

    def _model(self) -> str | None:
        return self._job.bundle if self._job is not None else self.report.model if self.report else None

    def action_use(self) -> None:
        if model := self._model():
            use_model(self, model)

    def action_export(self) -> None:
        report = self.report
        if report is None:
            return
        from ..widgets.reported import as_json, as_markdown
        from .outgoing import save_as

        stem = "".join(
            char if char.isalnum() or char in "-_." else "-"
            for char in (title(self._job) if self._job else report.model)
        )

        def write(path: Path) -> object:
            content = as_json(report) if path.suffix.lower() == ".json" else as_markdown(report)
            return self.engine.write_document(str(path), content)

        save_as(
            self,
            "Export the report",
            f"{stem}-report.md",
            "A name that ends in .json is written as JSON, any other as Markdown.",
            write,
        )
