"""How a file is read, field by field: what was found stands there, can be changed, and shows what comes of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label

from ...engine.results import BETWEEN_LABELS, READING_KEYS, SEPARATORS, UNITS, DataKind, Field, Reading, UserError
from .dialogs import Dialog
from .reading_fields import LABELS, PAIRED, in_fields
from .reading_preview import ReadingPreview
from .setting import SettingRow
from .text import one_line, visible
from .workbench import Workbench

SECOND = {"pairs": "title", "titled": "title", "labels": "label", "texts": "label"}
"""The role that is read beside the texts, by what is read for; authors need none."""
OFFERED = {
    "encoding": ("utf-8", "utf-16", "windows-1252", "iso-8859-2", "windows-1251", "gb18030", "big5", "shift_jis"),
    "delimiter": SEPARATORS,
    "header": ("yes", "no"),
    "unit": UNITS,
    "labels": ("merge", "first", "number", "none"),
    "separator": BETWEEN_LABELS,
}
COLUMNS = ("text", "label", "title", "pair", "id", "split")
PAUSE = 0.25
"""Seconds after the last letter before the file is looked into again."""


@dataclass(frozen=True)
class ReadAs:
    """What was decided about a file: its columns, empty where there are none, and all else by :data:`READING_KEYS`."""

    text: str = ""
    second: str = ""
    """The column of the labels, of the titles or of the other side."""
    read: dict[str, str] = field(default_factory=dict[str, str])
    name: str = ""
    """What was typed beside that."""

    def columns(self, reading: Reading | None) -> tuple[str, str]:
        """The two columns for the engine, which looks for labels and for pairs itself where only the text was found."""
        if reading is not None and not self.second and self.text == reading.text:
            return "text", "label"
        return self.text or "text", self.second or "label"


def _second(data_kind: DataKind) -> str:
    return SECOND.get(data_kind, "")


def fields_of(reading: Reading | None, data_kind: DataKind, imported: bool = False) -> list[str]:
    """The keys that make a difference to a file that is read so; of one that cannot be read, those that may mend it.

    ``imported``: it becomes a corpus, with its labels.
    """
    second = _second(data_kind)
    if reading is None:
        return ["text", *filter(None, [second]), "sheet", "member", "format", "encoding", "delimiter", "header"]
    several = len(reading.columns) > 1
    labelled = (data_kind == "labels" or imported) and bool(reading.label or several)
    plain = reading.format in ("text", "label-tab")
    there = {
        "text": several,
        second: several,
        "pair": labelled and several,
        "id": several,
        "split": several and second != "title",
        "sheet": len(reading.sheets) > 1,
        "member": len(reading.members) > 1,
        "format": reading.format not in ("folder", "zip"),
        "encoding": bool(reading.encoding),
        "delimiter": bool(reading.delimiter) or plain,
        "header": reading.header is not None,
        "unit": bool(reading.unit),
        "records": bool(reading.records),
        "labels": labelled,
        "separator": labelled and bool(reading.separator or reading.candidates.get("separator")),
        "missing": labelled,
    }
    return [key for key in LABELS if there.get(key) or key in reading.stated]


class ReadingForm(Dialog):
    """Answers a :class:`ReadAs`, or None. With ``name`` a line for a name stands above the fields."""

    def __init__(
        self,
        path: str,
        title: str,
        yes: str,
        reading: Reading | None,
        problem: str = "",
        *,
        data_kind: DataKind = "texts",
        read: Mapping[str, str] | None = None,
        name: str | None = None,
        hint: str = "",
        keys: Sequence[str] = tuple(LABELS),
    ) -> None:
        """``keys``: what may be decided here, of what makes a difference to the file."""
        super().__init__()
        self.TITLE_OF_BOX = title
        self._path, self._yes, self._hint = path, yes, hint
        self._kind: DataKind = data_kind
        self._reading, self._problem, self._keys = reading, problem, keys
        self._stated = dict(read or {})
        if reading is not None:
            self._stated = {key: reading.value(key) or value for key, value in reading.stated.items()}
        """What the user has said, by the keys of a reading."""
        for role, reason in (reading.why if reading is not None else {}).items():
            if reason == "stated":
                self._stated[role] = reading.value(role) if reading is not None else ""
        self._begun_with = set(self._stated)
        self._seen = dict(self._stated)
        """With what of that the file was last read: a look may be overtaken by the answer."""
        called = LABELS | (PAIRED if data_kind == "pairs" else {})
        self.rows = {
            key: SettingRow(Field(key, label, _capitalised(READING_KEYS[key]), "str", ""), key)
            for key, label in called.items()
        }
        self._shown: dict[str, str] = {}
        """What the form itself wrote into its rows: all else was typed."""
        self._edited = ""
        """The row that was changed last."""
        self._name = SettingRow(Field("name", "Name", "What the corpus is called here", "str", ""), "name")
        self._name.display = self._imported = name is not None
        self._first_name = name or ""
        self._failure = ""
        """Why what was answered could not be done."""
        self._preview = ReadingPreview()
        self._waiting: Any = None

    def content(self) -> ComposeResult:
        yield Label("", markup=False, classes="quiet message", id="reading-message")
        with VerticalScroll(id="reading-rows", can_focus=False):
            yield self._name
            yield from self.rows.values()
        yield self._preview
        with Horizontal(classes="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button(Content(visible(self._yes)), variant="primary", id="yes")

    def on_mount(self) -> None:
        super().on_mount()
        self._name.set(self._first_name)
        self._show()
        rows = (self._name, *self.rows.values())
        first = next((row for row in rows if row.display), None)
        if first is not None:
            self.call_after_refresh(first.focus_control)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Explain the row that has the focus, and no other: there is not room for all."""
        rows = (self._name, *self.rows.values())
        if any(row in event.widget.ancestors for row in rows):  # else a button would move from under the mouse
            for row in rows:
                row.set_class(row in event.widget.ancestors, "-here")

    # ------------------------------------------------------------------------------------------ showing

    def _show(self) -> None:
        """What was found, in the rows that were not typed into; others to choose; the first records."""
        reading, fields = self._reading, fields_of(self._reading, self._kind, self._imported)
        for key, row in self.rows.items():
            row.display = key in self._keys and (key in fields or key in self._stated)
            if reading is not None:
                self._offer(key, reading)
                if key not in self._stated:
                    self._shown[key] = reading.value(key)
                    row.expect(reading.value(key))
            if key in self._stated and key not in self._shown:
                self._shown[key] = self._stated[key]
                row.set(self._stated[key])
            row.refuse(self._problem if self._problem and key == self._edited else "")
        wrong = self._problem or self._failure
        said = wrong or " ".join((self._hint, *(reading.notes if reading is not None else ())))
        message = self.query_one("#reading-message", Label)
        message.update(Content(visible(one_line(said, 300))))
        message.set_class(bool(wrong), "wrong")
        message.display = bool(said.strip())
        second = _second(self._kind)
        values = (self.rows["text"].text, self.rows[second].text if second else "")
        self._preview.show(None if self._problem else reading, *values)

    def _offer(self, key: str, reading: Reading) -> None:
        row, there = self.rows[key], reading.value(key)
        if key in COLUMNS:
            names = dict.fromkeys((*filter(None, [there]), *reading.candidates.get(key, ()), *reading.columns))
            reason = reading.reason(key)
            row.offer([*names], "column", f"Found {reason}." if there and key not in self._stated and reason else "")
        elif key in ("sheet", "member"):
            row.offer(reading.sheets if key == "sheet" else reading.members, key)
        elif key in OFFERED:
            row.offer(list(OFFERED[key]), key)

    # ------------------------------------------------------------------------------------------ changing

    @on(SettingRow.Changed)
    def _typed(self, event: SettingRow.Changed) -> None:
        event.stop()
        row = event.row
        key = row.field.name
        if key == "name" or row.text == self._shown.get(key, ""):
            return
        self._shown[key], self._edited, self._failure = row.text, key, ""
        if row.text:
            self._stated[key] = row.text
        else:
            self._stated.pop(key, None)
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._look_soon)

    def _look_soon(self) -> None:
        self._waiting = None
        self.run_worker(self._look(), exclusive=True, group="reading")

    async def _look(self) -> bool:
        """Look into the file again; whether it can be read so."""
        stated = dict(self._stated)
        try:
            reading, gone = await asyncio.to_thread(self._read, stated)
        except UserError as error:
            self._problem = in_fields(str(error))
        else:
            self._reading, self._problem = reading, ""
            for key in gone:
                self._stated.pop(key, None)
            self._seen = {key: value for key, value in stated.items() if key not in gone}
        if self.is_attached:
            self._show()
        return not self._problem

    def _read(self, stated: dict[str, str]) -> tuple[Reading, list[str]]:
        """In a thread: the reading, and the columns that were stated and are no more, as their table is another."""
        try:
            return self._read_so(stated), []
        except UserError:
            columns = [key for key in COLUMNS if key in stated and key != self._edited]
            if not columns:
                raise
            return self._read_so({key: value for key, value in stated.items() if key not in columns}), columns

    def _read_so(self, stated: dict[str, str]) -> Reading:
        engine = self.app.engine  # pyright: ignore[reportAttributeAccessIssue]
        second = _second(self._kind)
        # What was decided before and is so no more is taken back.
        read = dict.fromkeys(self._begun_with, "") | stated
        columns = read.pop("text", ""), read.pop(second, "") if second else ""
        return engine.reading_of(self._path, read, *columns, self._kind)

    # ------------------------------------------------------------------------------------------ answering

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        self.run_worker(self._answer(), exclusive=True, group="reading")

    async def _answer(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()  # else it would look once more while the answer is under way
            self._waiting = None
        if (self._problem or self._stated != self._seen) and not await self._look():
            return
        self._failure = ""
        second = _second(self._kind)
        text, other = self.rows["text"].text, self.rows[second].text if second else ""
        read = {key: value for key, value in self._stated.items() if key not in ("text", second)}
        self.finish(ReadAs(text, other, read, self._name.text))

    def _failed(self, error: Exception) -> None:
        """Say why above the fields until one of them is changed."""
        self._failure = in_fields(str(error))
        if self.is_attached:
            self._show()


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def look_into(
    screen: Workbench,
    path: Path | str,
    then: Callable[[Reading | None, str], None],
    data_kind: DataKind = "texts",
    columns: tuple[str, str] = ("", ""),
) -> None:
    """See in a thread how ``path`` is read, then ``then(reading, problem)``: a form may say what can mend it."""

    def read() -> tuple[Reading | None, str]:
        try:
            return screen.engine.reading_of(str(path), None, *columns, data_kind), ""
        except UserError as error:
            return None, in_fields(str(error))

    screen.ask("reading", read, lambda answer: then(*answer))
