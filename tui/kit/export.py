"""What leaves a screen: into a file whose name is asked for, or onto the clipboard."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ...engine.results import BundleInfo, Result
from ..actions import key
from .document import Document
from .file_dialogs import SaveFile
from .paths import current_folder
from .text import visible
from .workbench import Workbench
from .written import as_json, as_text


def save_as(
    screen: Workbench, title: str, name: str, hint: str, write: Callable[[Path], object], done_text: str = "Written to"
) -> None:
    """Ask for a path, ``name`` in the current folder to begin with; ``write(path)`` then runs in a thread.

    It returns where the file is, which a toast says after ``done_text``. Where it fails, the dialog stays and says why.
    """

    def attempt(path: Path, worked: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        def done(written: object) -> None:
            worked()
            screen.app.notify(f"{done_text} {written}")

        screen.ask("export", partial(write, path), done, failed)

    dialog = SaveFile(title, str(current_folder() / visible(name)), hint)
    dialog.attempt = attempt
    screen.app.push_screen(dialog)


def export_text(
    screen: Workbench,
    title: str,
    name: str,
    forms: Mapping[str, Callable[[], str]],
    plain: Callable[[], str],
    hint: str,
) -> None:
    """Ask for a path and write to it what ``forms`` makes for its ending (".json"), else what ``plain`` makes.

    They run in a thread.
    """

    def write(path: Path) -> object:
        return screen.engine.write_document(str(path), forms.get(path.suffix.lower(), plain)())

    save_as(screen, title, name, hint, write)


def copy_text(screen: Workbench, text: str, said: str = "It is on the clipboard.") -> None:
    """Put a text on the clipboard; a toast says so, and what helps where that is not possible."""
    screen.app.copy_to_clipboard(text)
    screen.app.notify(f"{said} Where a terminal does not allow that, {key('export')} writes it to a file.")


def export_results(
    screen: Workbench, document: Document, results: Sequence[Result], infos: Mapping[str, BundleInfo]
) -> None:
    """Write what the models say of a document to a file, JSON or text by its name."""
    export_text(
        screen,
        "Export the result",
        f"{Path(document.name).stem or 'result'}-{results[0].task}.json",
        {".json": lambda: as_json(document, results)},
        lambda: as_text(document, results, infos),
        "A name that ends in .json is written as JSON, any other as text.",
    )


def copy_results(
    screen: Workbench, document: Document, results: Sequence[Result], infos: Mapping[str, BundleInfo]
) -> None:
    """Put what the models say of a document on the clipboard."""
    copy_text(screen, as_text(document, results, infos), "The result is on the clipboard.")


def copy_list(screen: Workbench, text: str) -> None:
    """Put a list on the clipboard."""
    copy_text(screen, text, "The list is on the clipboard.")


def export_list(screen: Workbench, stem: str, as_json: str, as_tsv: str) -> None:
    """Write a list to a file, JSON or TSV by its name."""
    hint = "A name that ends in .json is written as JSON, any other as TSV."
    export_text(screen, "Export the list", f"{stem}.tsv", {".json": lambda: as_json}, lambda: as_tsv, hint)
