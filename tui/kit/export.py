"""What leaves a screen: into a file whose name is asked for, or onto the clipboard."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ...engine.results import BundleInfo, Result
from .dialogs import SaveFile
from .document import Document
from .paths import current_folder
from .text import visible
from .workbench import Workbench
from .written import as_json, as_text


def save_as(
    screen: Workbench, title: str, name: str, hint: str, write: Callable[[Path], object], told: str = "Written to"
) -> None:
    """Ask for a path, ``name`` in the current folder to begin with; ``write(path)`` then runs in a thread.

    It returns where the file is, which a toast says after ``told``.
    """

    def chosen(path: Path | None) -> None:
        if path is not None:
            screen.ask("export", partial(write, path), lambda written: screen.app.notify(f"{told} {written}"))

    screen.app.push_screen(SaveFile(title, str(current_folder() / visible(name)), hint), chosen)


def export_results(
    screen: Workbench, document: Document, results: Sequence[Result], infos: Mapping[str, BundleInfo]
) -> None:
    """Write what the models say of a document to a file, JSON or text by its name."""

    def write(path: Path) -> object:
        json = path.suffix.lower() == ".json"
        content = as_json(document, results) if json else as_text(document, results, infos)
        return screen.engine.write_document(str(path), content)

    save_as(
        screen,
        "Export the result",
        f"{Path(document.name).stem or 'result'}-sentiment.json",
        "A name that ends in .json is written as JSON, any other as text.",
        write,
    )


def copy_results(
    screen: Workbench, document: Document, results: Sequence[Result], infos: Mapping[str, BundleInfo]
) -> None:
    """Put what the models say of a document on the clipboard."""
    screen.app.copy_to_clipboard(as_text(document, results, infos))
    screen.app.notify(
        "The result is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file."
    )


def copy_list(screen: Workbench, text: str) -> None:
    """Put a list on the clipboard."""
    screen.app.copy_to_clipboard(text)
    screen.app.notify("The list is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file.")


def export_list(screen: Workbench, stem: str, as_json: str, as_tsv: str) -> None:
    """Write a list to a file, JSON or TSV by its name."""

    def write(path: Path) -> object:
        content = as_json if path.suffix.lower() == ".json" else as_tsv
        return screen.engine.write_document(str(path), content)

    told = "A name that ends in .json is written as JSON, any other as TSV."
    save_as(screen, "Export the list", f"{stem}.tsv", told, write)
