"""Models: what there is, how good it is, and what to do with it."""

from pathlib import Path
from typing import Any

from textual.widgets import DataTable

from ...engine.results import BundleInfo
from ..actions import place_of
from ..widgets.cards import model_lines, share
from ..widgets.text import size_text
from .catalogue import Catalogue


class ModelsScreen(Catalogue[BundleInfo]):
    """All bundles, and what can be done with them."""

    PLACE = "models"
    CSS_PATH = "../styles/models.tcss"
    HELP = """The trained models: those that ship with dltext, those that you trained, those that you imported.
Accuracy is on texts that the model never saw; the floor is what a simple linear model reaches on the same texts.
● marks the default of its task, the one that Analyse begins with."""
    LISTED = "Models"
    COLUMNS = ("", "name", "accuracy", "floor", "task", "lang", "origin", "size")
    NUMBERS = ("accuracy", "floor", "size")
    LEGEND = "● default   ✗ cannot be used"
    NOTHING = (
        "No model is here yet.\n\nf6 trains one on a corpus or on your own texts,\n"
        "i imports one from a zip file or a folder."
    )
    CARD = ("Card", "The card of the chosen model stands here.")

    def receive(self, model: str | None = None, **context: Any) -> None:
        """``model``: put the cursor on it."""
        self.point_at(model)

    def read(self) -> list[BundleInfo]:
        return self.engine.models()

    def cells(self, info: BundleInfo) -> tuple[str, ...]:
        return (
            "✗" if info.problem else "●" if info.default else "",
            info.name,
            share(info.metrics.get("accuracy")),
            share(info.metrics.get("floor_accuracy")),
            info.task,
            info.language,
            info.origin,
            size_text(info.size),
        )

    def lines(self, info: BundleInfo) -> list[tuple[str, str, str]]:
        return model_lines(info)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_use()

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
        self.workbench.open_screen(place_of(info.task), model=info.name)

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
                self.ask("import", lambda: self.engine.import_model(str(path)), self._model_imported)

        told = "A zip file that export wrote, or a model's folder (type its path)."
        self.app.push_screen(OpenFile("Import a model", folders=True, told=told), chosen)

    def _model_imported(self, info: BundleInfo) -> None:
        self.imported(info.name, f"{info.name} is imported; u uses it in Analyse.")

    def action_export_model(self) -> None:
        info = self._chosen()
        if info is None:
            return
        from .outgoing import save_as

        save_as(
            self,
            f"Export {info.name}",
            f"{info.name}.zip",
            "One zip file; import reads it on any machine.",
            lambda path: self.engine.export_model(info.name, str(path)),
            f"{info.name} is written to",
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
                f"Remove {info.name} ({size_text(info.size)}) from the disk? "
                "There is no way back, but e exports it first.",
                "Remove",
            ),
            answered,
        )
