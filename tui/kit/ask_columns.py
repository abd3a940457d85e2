"""A question about a file of one's own that shows how the file is read while its columns are named."""

from typing import Any

from textual import on
from textual.suggester import SuggestFromList
from textual.widgets import Input

from ...engine.results import Reading
from .dialogs import Ask
from .reading_preview import ReadingPreview

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
