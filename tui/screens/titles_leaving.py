"""What leaves Titles: a title onto the clipboard; all of them into a file as JSON, TSV or text."""

from pathlib import Path

from ...engine.results import BundleInfo, Titles
from ..kit.document import Document
from ..kit.export import save_as
from ..kit.text import one_line
from ..kit.workbench import Workbench
from ..titles.length import length_told


def copy_title(screen: Workbench, called: str, title: str) -> None:
    """Put a title on the clipboard; ``called``: which one it is."""
    screen.app.copy_to_clipboard(title)
    screen.app.notify(
        f"{called} is on the clipboard: “{one_line(title, 80)}”. "
        "Where a terminal does not allow that, ctrl+e writes it to a file."
    )


def export_titles(
    screen: Workbench, document: Document, own: str, found: Titles, info: BundleInfo | None, length: float
) -> None:
    """Write the titles of a document, one's own first, and what it is about: by the file's name."""
    from ..titles.export import titles_json, titles_text, titles_tsv

    def write(path: Path) -> object:
        forms = {
            ".json": lambda: titles_json(document, own, found, length),
            ".tsv": lambda: titles_tsv(own, found),
        }
        content = forms.get(path.suffix.lower(), lambda: titles_text(document, own, found, info, length_told(length)))()
        return screen.engine.write_document(str(path), content)

    save_as(
        screen,
        "Export the titles",
        f"{Path(document.name).stem or 'text'}-titles.txt",
        "A name that ends in .json is written as JSON, with where each word came from, .tsv as a table, any other as "
        "text.",
        write,
    )
