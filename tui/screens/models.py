"""Models: what there is, how good it is, and what to do with it."""

from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import DataTable, Static

from ...engine.results import BundleInfo
from ..widgets.facts import FactPane, flattened
from ..widgets.table import PlainTable
from ..widgets.text import measured, size_text
from .base import Workbench

METRIC_NAMES = {
    "floor_accuracy": "floor",
    "macro_f1": "macro F1",
    "floor_macro_f1": "its floor",
    "ece": "calibration error",
    "loss": "loss",
    "examples": "examples",
}
"""What a card says of a measurement beside its accuracy, in this order."""


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


def _told(key: str, value: float) -> str:
    if key == "examples":
        return f"{int(value):,}"
    return f"{value:.3f}" if key in ("ece", "loss") else _share(value)


class ModelsScreen(Workbench):
    """A table of all bundles; the card of the one under the cursor beside it."""

    PLACE = "models"
    CSS_PATH = "../styles/models.tcss"
    HELP = """The trained models: those that ship with dltext, those that you trained, those that you imported.
Accuracy is on texts that the model never saw; the floor is what a simple linear model reaches on the same texts.
● marks the default of its task, the one that Analyse begins with."""

    def __init__(self) -> None:
        super().__init__()
        self._models: dict[str, BundleInfo] = {}
        self._wanted: str | None = None

    def body(self) -> ComposeResult:
        with Container(id="halves"):
            with Container(id="list", classes="box"):
                yield PlainTable(id="table")
                yield Static("", id="empty", classes="empty", markup=False)
            yield FactPane("Card", id="card")

    def on_mount(self) -> None:
        self.query_one("#list").border_title = "Models"
        table = self.query_one(PlainTable)
        table.set_columns(
            ("", "name", "accuracy", "floor", "task", "lang", "origin", "size"), right=("accuracy", "floor", "size")
        )
        table.focus()
        self.query_one("#empty").display = False

    def on_screen_resume(self) -> None:
        self.action_reload()

    def receive(self, model: str | None = None, **context: Any) -> None:
        """``model``: put the cursor on it."""
        self._wanted = model or self._wanted
        if model in self._models:
            self._show(list(self._models.values()))

    def action_reload(self) -> None:
        self.ask("models", lambda: self.engine.models(), self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self._show([])
        self.query_one("#empty", Static).update("The models could not be read. r tries again.")

    def _show(self, found: list[BundleInfo]) -> None:
        self._models = {info.name: info for info in found}
        rows = []
        for info in found:
            sign = "✗" if info.problem else "●" if info.default else ""
            rows.append(
                (
                    info.name,
                    (
                        sign,
                        info.name,
                        _share(info.metrics.get("accuracy")),
                        _share(info.metrics.get("floor_accuracy")),
                        info.task,
                        info.language,
                        info.origin,
                        size_text(info.size),
                    ),
                )
            )
        table, empty = self.query_one(PlainTable), self.query_one("#empty", Static)
        table.fill(rows, self._wanted)
        self._wanted = None
        table.display, empty.display = bool(rows), not rows
        empty.update(
            "No model is here yet.\n\nf6 trains one on a corpus or on your own texts,\n"
            "i imports one from a zip file or a folder."
        )
        self.query_one("#list").border_subtitle = "● default   ✗ cannot be used" if rows else ""
        self._show_card()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self._show_card()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_use()

    def _chosen(self) -> BundleInfo | None:
        return self._models.get(self.query_one(PlainTable).chosen or "")

    def _show_card(self) -> None:
        pane = self.query_one("#card", FactPane)
        info = self._chosen()
        if info is None:
            pane.show("Card", [("text", "", "The card of the chosen model stands here.")])
        else:
            pane.show(info.name, card_lines(info))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        info = self._chosen() if self.is_mounted else None
        if action in ("use", "make_default"):
            return True if info is not None and info.problem is None else None
        if action == "export_model":
            return True if info is not None and info.problem is None else None
        if action == "remove":
            return True if info is not None and info.origin != "shipped" else None
        return True

    # ------------------------------------------------------------------------------------------ actions

    def action_use(self) -> None:
        info = self._chosen()
        if info is None:
            return
        if info.problem is not None:
            self.app.notify(info.problem, severity="warning")
            return
        self.workbench.open_screen("analyse", model=info.name)

    def action_make_default(self) -> None:
        info = self._chosen()
        if info is not None:
            self.ask(
                "default",
                lambda: self.engine.set_default(info.name),
                lambda _: self._done(f"{info.name} is the default for {info.task} now."),
            )

    def _done(self, told: str) -> None:
        self.app.notify(told)
        self.action_reload()

    def action_import_model(self) -> None:
        from ..widgets.dialogs import OpenFile

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.app.notify(f"Verifying {path.name} …")
                self.ask("import", lambda: self.engine.import_model(str(path)), self._imported)

        told = "A zip file that export wrote, or a model's folder (type its path)."
        self.app.push_screen(OpenFile("Import a model", folders=True, told=told), chosen)

    def _imported(self, info: BundleInfo) -> None:
        self._wanted = info.name
        self._done(f"{info.name} is imported; u uses it in Analyse.")

    def action_export_model(self) -> None:
        from ..widgets.dialogs import SaveFile

        info = self._chosen()
        if info is None:
            return

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.ask(
                    "export",
                    lambda: self.engine.export_model(info.name, str(path)),
                    lambda written: self.app.notify(f"{info.name} is written to {written}"),
                )

        self.app.push_screen(
            SaveFile(
                f"Export {info.name}",
                str(Path.cwd() / f"{info.name}.zip"),
                "One zip file; import reads it on any machine.",
            ),
            chosen,
        )

    def action_remove(self) -> None:
        from ..widgets.dialogs import Confirm

        info = self._chosen()
        if info is None:
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self.ask(
                    "remove",
                    lambda: self.engine.remove_model(info.name),
                    lambda _: self._done(f"{info.name} is removed."),
                )

        self.app.push_screen(
            Confirm(
                "Remove a model",
                f"Remove {info.name} ({size_text(info.size)}) from the disk? There is no way back, but e exports it first.",
                "Remove",
            ),
            answered,
        )


def card_lines(info: BundleInfo) -> list[tuple[str, str, str]]:
    """A model's card as facts: what it is, how good, on what it learnt, then all else that its card says."""
    lines: list[tuple[str, str, str]] = []
    if info.problem:
        lines += [("warning", "", info.problem), ("gap", "", "")]
    description = info.card.get("description")
    if description:
        lines += [("text", "", str(description)), ("gap", "", "")]
    lines += [
        ("fact", "task", info.task),
        ("fact", "labels", ", ".join(info.labels)),
        ("fact", "language", info.language),
        ("fact", "recipe", info.recipe),
        ("fact", "version", info.version),
        ("fact", "origin", info.origin + (", default" if info.default else "")),
        ("fact", "size", size_text(info.size)),
        ("gap", "", ""),
        ("title", "", "Measured"),
        ("fact", "result", measured(info.metrics, info.measured_on)),
    ]
    # The list holds the headline; the card all measurements, in domain and out of it, with how they were made.
    for number, row in enumerate(info.card.get("metrics") or [dict(info.metrics)]):
        if number:
            lines += [("gap", "", ""), ("fact", "result", measured(row, str(row.get("on", ""))))]
        lines += [("fact", METRIC_NAMES[key], _told(key, row[key])) for key in METRIC_NAMES if key in row]
        if row.get("protocol"):
            lines.append(("fact", "protocol", str(row["protocol"])))
    more = flattened(
        info.card,
        skip=(
            "description",
            "task",
            "labels",
            "language",
            "recipe",
            "version",
            "metrics",
            "name",
            "files",
            "measured_on",
            "sha256",
        ),
    )
    if more and more[0][0] == "fact":
        lines += [("gap", "", ""), ("title", "", "Card")]
    lines += more
    lines += [("gap", "", ""), ("fact", "folder", info.path)]
    return lines
