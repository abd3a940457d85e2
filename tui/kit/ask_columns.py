"""A question about a file of one's own that shows how the file is read while its columns are named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import on
from textual.suggester import SuggestFromList
from textual.widgets import Input

from ...engine.results import Reading, UserError
from .dialogs import Ask
from .reading_preview import ReadingPreview
from .workbench import Workbench

ROLES = ("text", "label")
"""Ids of the fields that name columns."""


class AskColumns(Ask):
    """An :class:`Ask` whose fields ``text`` and ``label`` name columns of ``reading``; None where none is there."""

    def __init__(self, *asked: Any, reading: Reading | None) -> None:
        super().__init__(*asked)
        self._reading = reading

    def on_mount(self) -> None:
        if self._reading is not None:
            for name in ROLES:
                self.query_one(f"#{name}", Input).suggester = SuggestFromList(
                    self._reading.columns, case_sensitive=False
                )
            self.query_one("#dialog").add_class("ask").mount(ReadingPreview(), before=self.query_one(".buttons"))
            self.call_after_refresh(self._show)

    @on(Input.Changed)
    def _show(self) -> None:
        for preview in self.query(ReadingPreview):
            preview.show(self._reading, *(self.query_one(f"#{name}", Input).value for name in ROLES))


def look_into(screen: Workbench, path: Path, then: Callable[[Reading | None, str], None]) -> None:
    """See in a thread how ``path`` is read, then ``then(reading, problem)``: a dialog may say what can mend it."""

    def read() -> tuple[Reading | None, str]:
        try:
            return screen.engine.reading_of(str(path)), ""
        except UserError as error:
            return None, str(error)

    screen.ask("reading", read, lambda answer: then(*answer))


def columns_found(reading: Reading | None) -> tuple[str, str]:
    """The columns of texts and labels where both were found, else the names that let the engine find them."""
    return (reading.text, reading.label) if reading and reading.text and reading.label else ("text", "label")
