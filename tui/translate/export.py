"""What leaves Translate: onto the clipboard, or into a file as TMX, TSV or text."""

from functools import partial
from pathlib import Path

from ..kit.document import Document
from ..kit.draft import TranslationDraft
from ..kit.export import copy_text, export_text
from ..kit.workbench import Workbench

KINDS = {".tmx": "tmx", ".tsv": "tsv"}
"""Endings of names, and what is written for them; for all others it is the text."""


def copy_translation(screen: Workbench, draft: TranslationDraft) -> None:
    """Put the translation on the clipboard, with the white space of the source."""

    def written(text: str) -> None:
        copy_text(screen, text, "The translation is on the clipboard.")

    screen.ask("copy", partial(text_of, screen, draft), written)


def text_of(screen: Workbench, draft: TranslationDraft) -> str:
    """The sentences as one text, with the white space of the source; in a thread for anything long."""
    return screen.engine.compose(draft.source, draft.sentences(), draft.direction.target, draft.complete)


def export_draft(screen: Workbench, document: Document, draft: TranslationDraft) -> None:
    """Write the sentences with their translations to a file, or the translation alone, by the file's name."""

    def form(kind: str) -> str:
        return screen.engine.export_translation(draft.translation(text_of(screen, draft)), draft.source, kind)

    direction = draft.direction
    export_text(
        screen,
        "Export the translation",
        f"{Path(document.name).stem or 'translation'}-{direction.source}-{direction.target}.tmx",
        {ending: partial(form, kind) for ending, kind in KINDS.items()},
        partial(form, "text"),
        "A name that ends in .tmx is written as a translation memory, .tsv as a table of both, any other as text.",
    )
