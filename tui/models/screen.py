"""Models: what there is, how good it is, and what to do with it."""

from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from textual.app import ComposeResult
from textual.widgets import DataTable

from ...engine import api
from ...engine.results import BundleInfo
from ..actions import key
from ..kit.background import Stopped
from ..kit.cards import model_lines, share
from ..kit.catalogue import Catalogue
from ..kit.fetching import Fetch, FetchPanel
from ..kit.figures import middle
from ..kit.headline import headline, told_value
from ..kit.text import size_text, threshold_said, visible
from ..places import PLACES, place_of, way

SENTENCES = 6
"""Broken lines of a vectors file that a toast has room for."""
THRESHOLDS = (0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Offered here; a report has the price of many."""
FORMS = (
    ("", ".zip", "A model of dltext: all of it, in one zip file"),
    ("word2vec", ".txt", "word2vec text"),
    ("word2vec-binary", ".bin", "word2vec binary"),
    ("glove", ".glove.txt", "GloVe text"),
    ("fasttext", ".vec", "fastText"),
    ("gensim", ".kv", "gensim KeyedVectors"),
    ("npz", ".npz", "numpy"),
)
"""What word vectors can be written as: the engine's name, the suffix, a name for people."""


def is_vectors(path: Path) -> bool:
    """Whether a file to import holds word vectors of another program: what is neither a folder nor a zip file.

    numpy's ``.npz`` are zip files too; a broken ``.zip`` is still meant to be a model.
    """
    suffix = path.suffix.lower()
    return path.is_file() and suffix != ".zip" and (suffix == ".npz" or not is_zipfile(path))


class ModelsScreen(Catalogue[BundleInfo]):
    """All bundles, and what can be done with them."""

    PLACE = "models"
    CSS_PATH = "models.tcss"
    HELP = f"""The trained models: those that ship with dltext, those that you trained, those that you imported.
Accuracy is on texts that the model never saw; the baseline is what a simple linear model reaches on the same texts. ●
marks the default of its task, the one that Analyse, Words or Search begin with. The figure of word vectors is their
correlation with human judgements of similarity (ρ). t lets a classifier say below which
confidence it is not sure; a report shows what that costs. {key("import_model")} also reads vectors files of other
programs, {key("export_model")} writes them."""
    LISTED = "Models"
    COLUMNS = ("", "name", "accuracy", "baseline", "task", "lang", "origin", "size")
    NUMBERS = ("accuracy", "baseline", "size")
    LEGEND = "● default   ✗ cannot be used"
    NOTHING = (
        f"No model is here yet.\n\n{way('train')} trains one on a corpus or on your own texts,\n"
        f"{key('import_model')} imports one from a zip file or a folder, or a vectors file."
    )
    CARD = ("Card", "The card of the chosen model is shown here.")

    def __init__(self) -> None:
        super().__init__()
        self._reading: Fetch | None = None

    def body(self) -> ComposeResult:
        yield from super().body()
        yield FetchPanel()

    def receive(self, model: str | None = None, **context: Any) -> None:
        """``model``: put the cursor on it."""
        self.point_at(model)

    def read(self) -> list[BundleInfo]:
        return self.engine.models()

    def cells(self, info: BundleInfo) -> tuple[str, ...]:
        return (
            "✗" if info.problem else "●" if info.default else "",
            middle(info.name, max(self.size.width // 4, 20)),
            self._measured(info),
            self._baseline(info),
            info.task,
            info.language,
            info.origin,
            size_text(info.size),
        )

    def _measured(self, info: BundleInfo) -> str:
        """Its accuracy; of word vectors the first of their measures, by name."""
        first = headline(info.metrics)
        if first is None or first.key == "accuracy":
            return share(info.metrics.get("accuracy"))
        return f"{first.short} {told_value(first.key, first.value)}"

    def _baseline(self, info: BundleInfo) -> str:
        """What the simple baseline reaches in the same measure."""
        first = headline(info.metrics)
        baseline = info.metrics.get(f"floor_{first.key}") if first else None
        return share(None) if first is None or baseline is None else told_value(first.key, baseline)

    def lines(self, info: BundleInfo) -> list[tuple[str, str, str]]:
        return model_lines(info)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_use()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        info = self._chosen() if self.is_mounted else None
        if action in ("use", "make_default"):
            return True if info is not None and info.problem is None else None
        if action == "threshold":
            return True if info is not None and info.problem is None and info.may_be_unsure else None
        if action == "export_model":
            return True if info is not None and info.problem is None else None
        if action == "stop":
            return self._reading is not None
        if action == "remove":
            return True if info is not None else None
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

    def action_threshold(self) -> None:
        """Choose from which confidence on the model is sure."""
        from ..kit.dialogs import Choose

        info = self._chosen()
        if info is None or not info.may_be_unsure:
            return
        present = () if info.threshold is None else (info.threshold,)
        values: list[float | None] = [None, *sorted({*THRESHOLDS, *present})]
        options = [
            ("none" if value is None else f"{value:g}", "it always answers" * (value is None)) for value in values
        ]

        def chosen(index: int | None) -> None:
            if index is not None:
                value = values[index]
                self.ask(
                    "threshold",
                    lambda: self.engine.set_threshold(info.name, value),
                    lambda _: self._done(threshold_said(info.name, value)),
                )

        self.app.push_screen(Choose(f"{info.name} is not sure below", options, values.index(info.threshold)), chosen)

    def _done(self, message: str) -> None:
        self.app.notify(message)
        self.action_reload()

    def action_import_model(self) -> None:
        from ..kit.file_dialogs import OpenFile

        def chosen(path: Path | None) -> None:
            if path is None:
                return
            if is_vectors(path):
                self._import_vectors(path)
            else:
                self.app.notify(f"Verifying {path.name} …")
                self.ask("import", lambda: self.engine.import_model(str(path)), self._model_imported)

        hint = (
            "A zip file that export wrote, a model's folder (type its path), an encoder's folder or zip with "
            "model.safetensors, or word vectors: word2vec, GloVe, fastText .vec, gensim, .npz."
        )
        self.app.push_screen(OpenFile("Import a model", folders=True, hint=hint), chosen)

    def _import_vectors(self, path: Path) -> None:
        """Read a vectors file, which may take minutes; escape stops, and nothing is left of it."""
        if self._reading is not None:
            self.app.notify(f"{self._reading.name} is being read; esc stops it.", severity="warning")
            return
        reading = self._reading = Fetch(path.name)

        def work() -> tuple[BundleInfo, tuple[str, ...]] | None:
            try:
                return self.engine.import_vectors(str(path), progress=reading.progress)
            except Stopped:
                return None

        self.ask("vectors", work, self._vectors_imported, lambda _: self._reading_over())
        self.query_one(FetchPanel).follow(reading, "Reading the vectors of")
        self.refresh_bindings()

    def _reading_over(self) -> None:
        self._reading = None
        self.query_one(FetchPanel).end()
        self.refresh_bindings()

    def action_stop(self) -> None:
        if self._reading is not None:
            self._reading.stopped = True

    def _model_imported(self, info: BundleInfo) -> None:
        self.imported(
            info.name, f"{info.name} is imported; {key('use')} uses it in {PLACES[place_of(info.task)].title}."
        )

    def _vectors_imported(self, read: tuple[BundleInfo, tuple[str, ...]] | None) -> None:
        stopped = self._reading
        self._reading_over()
        if read is None:
            self.app.notify(f"Stopped reading {stopped.name if stopped else 'the vectors'}; nothing was imported.")
            return
        info, broken = read
        self._model_imported(info)
        if broken:
            more = f"\n… and {len(broken) - SENTENCES} more" if len(broken) > SENTENCES else ""
            text = "\n".join(visible(sentence) for sentence in broken[:SENTENCES]) + more
            self.app.notify(text, title="Left out", severity="warning", timeout=20, markup=False)

    def action_export_model(self) -> None:
        info = self._chosen()
        if info is None:
            return
        if not api.task(info.task).vectors:
            self._export(info, ".zip", "")
            return
        from ..kit.dialogs import Choose

        def chosen(index: int | None) -> None:
            if index is not None:
                form, suffix, _ = FORMS[index]
                self._export(info, suffix, form)

        self.app.push_screen(Choose(f"Export {info.name} as", [(text, suffix) for _, suffix, text in FORMS]), chosen)

    def _export(self, info: BundleInfo, suffix: str, form: str) -> None:
        """``form``: one of the vector formats; empty: the whole bundle."""
        from ..kit.export import save_as

        def write(path: Path) -> Path:
            if form:
                return self.engine.export_vectors(info.name, str(path), form)
            return self.engine.export_model(info.name, str(path))

        base = f" with the layers of {info.base} in it" if info.base else ""
        text = (
            "Only the vectors, for other programs." if form else f"One zip file{base}; import reads it on any machine."
        )
        save_as(self, f"Export {info.name}", f"{info.name}{suffix}", text, write, f"{info.name} is written to")

    def action_remove(self) -> None:
        from ..kit.dialogs import Confirm

        info = self._chosen()
        if info is None:
            return
        if info.origin == "shipped":
            self.app.notify(
                f"{info.name} comes with dltext and cannot be removed, only models that you trained or imported. "
                f"{key('make_default')} on another model makes that one the default of its task.",
                severity="warning",
            )
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
                f"This cannot be undone; {key('export_model')} writes it to a file first.",
                "Remove",
            ),
            answered,
        )
