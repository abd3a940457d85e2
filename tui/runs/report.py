"""Report: what a run measured, label by label, and from a confusion to its documents."""

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static, TabbedContent, TabPane

from ...engine.results import Job, Report, plural
from ...engine.results.measures import label
from ..kit.choosing import use_model
from ..kit.figures import middle
from ..kit.jobwatch import title
from ..kit.parts import parts_of
from ..kit.workbench import Workbench
from .class_table import ClassTable
from .confusion import ConfusionMatrix
from .curves import Curves, panels_of
from .error_analysis import AnalysisBoard
from .history import from_rounds
from .judged import JudgedDocuments
from .partbar import PartBar
from .report_text import part_told, report_head, report_protocol

CUT = 2000
"""Characters of a document that a report keeps at most."""
NO_CONFUSIONS = """There are no confusions here.

This model predicts no classes, so there are none to confuse.
1 shows what was measured instead, 3 how."""


def _listed(part: Report) -> bool:
    """Whether its documents are listed as they are, without a matrix that they could be sorted by."""
    return part.of_number or part.of_texts or part.of_several


class ReportScreen(Workbench):
    """Lies over Runs (or over whoever measured something and hands a ``report``)."""

    HELP = """What the model measured on texts that it had not seen. The baseline is a simple model (TF-IDF + linear)
    on the same split, and k keeps it as a model: only what lies above it is a gain of the network. ECE says how far the
    stated confidences are from the truth; 0 is perfect. Word vectors have no classes: they are measured by human
    judgements (ρ is the rank correlation with them) and by analogies, section by section. Translations are measured
    by BLEU and chrF (0 to 100), also on the half of the sentences least like any training sentence, where nothing can
    be mere memory. Titles are measured by ROUGE (0 to 100): the words, pairs of words and longest runs that they share
    with the title that the text has; their baseline is the first sentence, cut to twelve words. Of a model that
    predicts several attributes, n turns to the next one; a number, and texts with several labels, have errors in place
    of confusions. / narrows a long table of classes to what is typed. In Confusions,
    walk to a cell and press enter for its documents; enter on one of these, or a, opens it in Analyse."""
    CSS_PATH = "runs.tcss"
    PLACE = "report"
    NAV = "runs"

    def __init__(self, job: Job | None = None, report: Report | None = None) -> None:
        super().__init__()
        self._job = job
        self.report = report
        self._parts: tuple[Report, ...] = ()
        self._shown = 0
        """Which of the parts is shown."""

    def body(self) -> ComposeResult:
        yield Static(Text("Reading the report …", "dim"), id="report-head")
        yield PartBar(id="report-parts")
        with TabbedContent(id="report-tabs"):
            with TabPane("1 Classes", id="classes"), Vertical(id="classes-board"):
                yield ClassTable(id="classes-table")
                yield Curves("report", "No curves were kept.", id="report-curves")
            with TabPane("2 Confusions", id="confusions"), Vertical(id="confusions-board"):
                yield ConfusionMatrix(id="matrix")
                yield Static(NO_CONFUSIONS, id="no-confusions", classes="empty", markup=False)
                yield JudgedDocuments(id="cell")
            with TabPane("3 Protocol", id="protocol"), VerticalScroll():
                yield Static("", id="protocol-text", markup=False)
            with TabPane("4 Analysis", id="analysis"):
                yield AnalysisBoard()

    def on_mount(self) -> None:
        if self.report is not None:
            self._show(self.report)
        elif self._job is not None:
            job_id = self._job.id
            self.ask("report", lambda: self.engine.report(job_id), self._show, lambda error: self._missing(str(error)))

    def _missing(self, sentence: str) -> None:
        self.query_one("#report-head", Static).update(Text(sentence))

    # ------------------------------------------------------------------------------------------ showing

    @property
    def part(self) -> Report | None:
        """What stands in the tabs: the report, or of one on several attributes the part on one of them."""
        return self._parts[self._shown] if self._parts else None

    def _show(self, report: Report) -> None:
        self.report, self._parts, self._shown = report, parts_of(report), 0
        self._tell_head()
        self.query_one(PartBar).display = len(self._parts) > 1 or bool(report.parts)
        self.query_one("#protocol-text", Static).update(report_protocol(report, self._job, self._color))
        self._show_part()
        self.query_one("#classes-table").focus()
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()

    def _show_part(self) -> None:
        part = self.part
        if part is None:
            return
        self.query_one(PartBar).show([each.name for each in self._parts], self._shown, part_told(part))
        self.query_one(ClassTable).show(part, self._color, self.size.width)
        self._draw_curves(part)
        classes, number = bool(part.labels) and not part.of_several, part.of_number
        listed = _listed(part)
        self.query_one(AnalysisBoard).show(part, self._model())
        first = "Classes" if part.labels else "Measures" if listed else "Sections" if part.per_class else "Curves"
        tabs = self.query_one(TabbedContent)
        narrows = "  / filters" if classes and self.query_one(ClassTable).is_long else ""
        tabs.get_tab("classes").label = Content.assemble(f"1 {first}", (narrows, "$quiet"))
        written = {"bleu": "Sentences", "rougeL": "Titles"}
        second = "Errors" if number or part.of_several else written.get(part.written_by, "Confusions")
        tabs.get_tab("confusions").label = Content(f"2 {second}")
        (tabs.hide_tab if part.analysis is None else tabs.show_tab)("analysis")
        self.query_one("#matrix").display = classes
        self.query_one("#cell").display = classes or listed
        self.query_one("#no-confusions").display = not classes and not listed
        self.query_one(ConfusionMatrix).show(part.labels if classes else (), part.confusion)
        if number:
            count = len(part.documents)
            head = Text(
                f"The {count} largest errors" if count > 1 else "The largest error" if count else "No text kept"
            )
            self.query_one(JudgedDocuments).show(head, part.documents)
        elif part.of_several:
            count = len(part.documents)
            head = Text(
                f"The {count} texts with the most confident wrong labels"
                if count != 1
                else "The only text with a wrong label"
            )
            self.query_one(JudgedDocuments).show(head, part.documents)
        elif listed:
            # A translation may have several references, a title has its own.
            against = ", against all their references" if part.written_by == "bleu" else ""
            head = Text(f"The {len(part.documents)} with the lowest {label(part.written_by)}{against}")
            self.query_one(JudgedDocuments).show(head, part.documents)

    def _color(self, name: str) -> str:
        return self.app.theme_variables.get(name, "default")

    def _tell_head(self) -> None:
        if self.report is not None:
            head = report_head(self.report, self._color, self.size.width - 2)
            self.query_one("#report-head", Static).update(head)

    def _draw_curves(self, part: Report) -> None:
        report = self.report or part
        history = from_rounds(report.history, report.floor)
        self.query_one("#report-curves").display = bool(report.history)
        panels = panels_of(history, (report.floor or {}).get("accuracy"))
        if report.parts:
            # Where there is no room for all, the shown attribute has it.
            shown = (f"{part.name}_accuracy", f"{part.name}_mae")
            panels.sort(key=lambda panel: (panel.key != "loss", panel.key not in shown))
        self.query_one(Curves).show(panels)

    @on(PartBar.Clicked)
    def _part_clicked(self, event: PartBar.Clicked) -> None:
        self._turn_to(event.index)

    def _turn_to(self, index: int) -> None:
        self._shown = index
        self._show_part()
        self._focus_tab()
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ a cell's documents

    @on(ConfusionMatrix.Highlighted)
    def _cell_shown(self, event: ConfusionMatrix.Highlighted) -> None:
        part = self.part
        # What the matrix said before it was given another attribute is of no class any more.
        if part is None or max(event.gold, event.predicted) >= len(part.labels):
            return
        gold, predicted = part.labels[event.gold], part.labels[event.predicted]
        count = part.confusion[event.gold][event.predicted]
        documents = [
            document for document in part.documents if document["gold"] == gold and document["predicted"] == predicted
        ]
        head = Text.assemble(
            (middle(gold, 24), "bold"),
            ", predicted as " if gold != predicted else ", predicted correctly",
            (middle(predicted, 24) if gold != predicted else "", "bold"),
            f"  {plural(count, 'document')}",
        )
        if count:
            listed = len(documents)
            head.append(
                f", the {listed} most confident kept" if listed and listed < count else "" if listed else ", none kept",
                self._color("quiet"),
            )
        self.query_one(JudgedDocuments).show(head, documents)

    def on_resize(self) -> None:
        self._tell_head()
        if self.part is not None:
            self.query_one(ClassTable).show(self.part, self._color, self.size.width)
        self.call_after_refresh(lambda: self.query_one(JudgedDocuments).fill())

    @on(ConfusionMatrix.Chosen)
    def _cell_chosen(self, event: ConfusionMatrix.Chosen) -> None:
        documents = self.query_one(JudgedDocuments)
        if documents.count:
            documents.focus_list()
        else:
            self.app.notify("No document of this cell was kept.")

    # ------------------------------------------------------------------------------------------ acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if parameters == ("analysis",):
            return self.part is not None and self.part.analysis is not None
        if action in ("export", "show_tab"):
            return self.report is not None
        if action == "use":
            return self.report is not None and bool(self._model())
        if action == "analyse":
            return self._document() is not None
        if action == "keep_baseline":
            return (
                self._job is not None
                and self._job.spec.kind == "train"
                and self.report is not None
                and bool(self.report.labels or self.report.of_number)
            )
        if action == "keep_threshold":
            analysing = self.is_mounted and self.query_one(TabbedContent).active == "analysis"
            return analysing and self.query_one(AnalysisBoard).offers
        if action == "next_part":
            return len(self._parts) > 1
        if action == "toggle_shares":
            shown = self.part is not None and bool(self.part.confusion)
            return self.is_mounted and shown and self.query_one(TabbedContent).active == "confusions"
        return super().check_action(action, parameters)

    @on(TabbedContent.TabActivated)
    def _turned(self) -> None:
        self.refresh_bindings()
        self.call_after_refresh(lambda: self.query_one(JudgedDocuments).fill())

    def action_back(self) -> None:
        at_documents = self.focused is not None and self.focused.id in ("documents", "document-scroll")
        # A number has no matrix to go back to.
        if at_documents and self.query_one(ConfusionMatrix).display:
            self.query_one(ConfusionMatrix).focus()
            return
        self.dismiss(None)

    def action_show_tab(self, tab: str) -> None:
        # What is hidden while it has the focus hands it to its neighbour, and the neighbour's tab would open again.
        self.set_focus(None)
        self.query_one(TabbedContent).active = tab
        self.call_after_refresh(self._focus_tab)

    def _focus_tab(self) -> None:
        """Give the focus to what the open tab is about."""
        listed = self.part is not None and _listed(self.part)
        wanted = {"classes": "#classes-table", "confusions": "#documents" if listed else "#matrix"}
        if self.query_one(AnalysisBoard).offers:
            wanted["analysis"] = "ThresholdPanel"
        if name := wanted.get(self.query_one(TabbedContent).active):
            self.query_one(name).focus()

    def action_next_part(self) -> None:
        if self._parts:
            self._turn_to((self._shown + 1) % len(self._parts))

    def action_toggle_shares(self) -> None:
        matrix = self.query_one(ConfusionMatrix)
        matrix.shares = not matrix.shares

    def _model(self) -> str | None:
        return self._job.bundle if self._job is not None else self.report.model if self.report else None

    def action_use(self) -> None:
        if model := self._model():
            use_model(self, model)

    def _document(self) -> dict[str, Any] | None:
        """The document under the cursor, where the focus is among documents."""
        among_documents = self.focused is not None and self.focused.id in ("documents", "document-scroll")
        return self.query_one(JudgedDocuments).chosen if among_documents else None

    @on(JudgedDocuments.Entered)
    def action_analyse(self) -> None:
        """Open the document under the cursor in Analyse, with the model that judged it."""
        document = self._document()
        if document is None:
            return
        name = f"{self.report.data if self.report else ''} {document['id']}".strip()
        if len(document["text"]) >= CUT:
            self.app.notify(f"Reports keep the first {CUT:,} characters of a text; the rest is not opened.")
        self.workbench.open_screen("analyse", text=document["text"], name=name, **self._for_analyse())

    def _for_analyse(self) -> dict[str, str]:
        model = self._model() if self._job is not None and self._job.bundle else None
        return {"model": model} if model else {}

    def action_keep_baseline(self) -> None:
        """Train the baseline as a model of its own; Runs shows how it goes."""
        if self._job is None:
            return
        job_id = self._job.id

        def started(job: Job) -> None:
            self.app.notify("The baseline is being trained as a model of its own.")
            self.workbench.open_screen("runs", job=job.id)

        self.ask("baseline", lambda: self.engine.keep_baseline(job_id), started)

    def action_keep_threshold(self) -> None:
        self.query_one(AnalysisBoard).keep()

    def action_export(self) -> None:
        report = self.report
        if report is None:
            return
        from ..kit.export import export_text
        from .export import as_json, as_markdown

        stem = "".join(
            char if char.isalnum() or char in "-_." else "-"
            for char in (title(self._job) if self._job else report.model)
        )
        export_text(
            self,
            "Export the report",
            f"{stem}-report.md",
            {".json": lambda: as_json(report)},
            lambda: as_markdown(report),
            "A name that ends in .json is written as JSON, any other as Markdown.",
        )
