"""What leaves the Words screen: onto the clipboard, or into a file."""

from collections.abc import Sequence
from pathlib import Path

from ..kit.export import save_as
from ..kit.workbench import Workbench
from ..words.export import Shown, as_json, as_text, as_tsv


def copy_shown(screen: Workbench, query: str, results: Sequence[Shown]) -> None:
    """Put what is shown on the clipboard, as text."""
    screen.app.copy_to_clipboard(as_text(query, results))
    screen.app.notify("It is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file.")


def export_shown(screen: Workbench, mode: str, query: str, results: Sequence[Shown]) -> None:
    """Write what is shown to a file: JSON, a table or text, by its name."""

    def write(path: Path) -> object:
        form = {".json": as_json, ".tsv": as_tsv}.get(path.suffix.lower(), as_text)
        return screen.engine.write_document(str(path), form(query, results))

    told = "A name that ends in .json is written as JSON, .tsv as a table, any other as text."
    save_as(screen, "Export", f"words-{mode}.tsv", told, write)
