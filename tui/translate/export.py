"""What leaves Translate: onto the clipboard, or into a file as TMX, TSV or text."""

from functools import partial
from pathlib import Path

from ..kit.document import Document
from ..kit.draft import Draft
from ..kit.export import save_as
from ..kit.workbench import Workbench

KINDS = {".tmx": "tmx", ".tsv": "tsv"}
"""Endings of names, and what is written for them; for all others it is the text."""


def copy_translation(screen: Workbench, draft: Draft) -> None:
    """Put the translation on the clipboard, with the white space of the source."""

    def written(text: str) -> None:
        screen.app.copy_to_clipboard(text)
        screen.app.notify(
            "The translation is on the clipboard. Where a terminal does not allow that, ctrl+e writes it to a file."
        )

    screen.ask("copy", partial(text_of, screen, draft), written)


def text_of(screen: Workbench, draft: Draft) -> str:
    """The sentences as one text, with the white space of the source; in a thread for anything long."""
    return screen.engine.compose(draft.source, draft.sentences(), draft.direction.target, draft.complete)


def export_draft(screen: Workbench, document: Document, draft: Draft) -> None:
    """Write the sentences with their translations to a file, or the translation alone, by the file's name."""

    def write(path: Path) -> object:
        kind = KINDS.get(path.suffix.lower(), "text")
        content = screen.engine.export_translation(draft.translation(text_of(screen, draft)), draft.source, kind)
        return screen.engine.write_document(str(path), content)

    direction = draft.direction
    save_as(
        screen,
        "Export the translation",
        f"{Path(document.name).stem or 'translation'}-{direction.source}-{direction.target}.tmx",
        "A name that ends in .tmx is written as a translation memory, .tsv as a table of both, any other as text.",
        write,
    )
