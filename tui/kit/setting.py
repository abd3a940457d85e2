"""One setting: a row with its name, a control, and what it means or what is wrong with it."""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Checkbox, Input, Label, Select, Static

from ...engine.results import Field
from .path_line import PathLine
from .paths import FILE, MISSING, kind_of, typed_path

LISTED = 12
"""Names of an offer that are spelled out."""


def convert(field: Field, value: Any) -> Any:
    """``value`` as the field's type. ValueError with what would be right, for people."""
    if field.kind == "bool":
        return bool(value)
    text = str(value).strip()
    if field.kind == "choice":
        if text not in field.choices:
            raise ValueError(f"one of {', '.join(field.choices)}")
        return text
    if field.kind == "file":
        kind, problem = kind_of(typed_path(text)) if text else (FILE, "")
        if kind == MISSING:
            raise ValueError("there is no such file")
        if not kind:
            raise ValueError(problem.rstrip("."))
        return text
    if field.kind == "str":
        return text
    wanted = ("a whole number" if field.kind == "int" else "a number") + _bounds(field)
    try:
        number = float(text.replace("_", "").replace(",", "") if field.kind == "int" else text)
    except ValueError:
        raise ValueError(wanted) from None
    if not math.isfinite(number) or (field.kind == "int" and number != int(number)):
        raise ValueError(wanted)
    if (field.minimum is not None and number < field.minimum) or (field.maximum is not None and number > field.maximum):
        raise ValueError(wanted)
    return int(number) if field.kind == "int" else number


def _bounds(field: Field) -> str:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    if low is not None:
        return f" of at least {_number(low)}"
    return f" of at most {_number(high)}" if high is not None else ""


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{int(value):,}" if abs(value) >= 1 and value == int(value) else f"{value:g}"


class YesNo(Checkbox):
    """A checkbox that says what it is, so that nobody has to know its colours."""

    def __init__(self, value: bool) -> None:
        super().__init__("yes" if value else "no", value=value, compact=True)
        self._mark(value)

    def _mark(self, value: bool) -> None:
        self.BUTTON_INNER = "✓" if value else " "

    def watch_value(self) -> None:
        self._mark(self.value)
        self.label = "yes" if self.value else "no"
        super().watch_value()


class SettingRow(Vertical):
    """A label, a control, and below it what the setting means or what is wrong with it."""

    DEFAULT_CSS = """
    SettingRow { height: auto; padding: 0 1; }
    SettingRow > Horizontal { height: 1; }
    SettingRow .setting--name { width: 24; text-style: bold; }
    SettingRow .setting--note { height: auto; color: $quiet; padding: 0 0 0 24; }
    SettingRow.-wrong .setting--note { color: $error; }
    SettingRow Input { width: 1fr; max-width: 48; }
    SettingRow Select { width: 1fr; max-width: 48; }
    SettingRow Checkbox { width: auto; background: transparent; }
    SettingRow Input, SettingRow SelectCurrent { background: $panel; }
    SettingRow.-wrong Input { background: $error 25%; }
    """

    class Changed(Message):
        """The row has another value, or another fault."""

        def __init__(self, row: "SettingRow") -> None:
            super().__init__()
            self.row = row

    def __init__(self, field: Field, control: str | None = None) -> None:
        """``control``: the id of what is typed into."""
        super().__init__()
        self.field = field
        self.error: str | None = None
        self._offered: tuple[str, ...] = ()
        self._kind = ""
        """What is offered, in a word."""
        self._remark = ""
        """Said of the first offer in place of what the setting means."""
        self.problem = ""
        """A sentence on what came of the value, where that is known to be wrong; gone with the next edit."""
        self._control: Input | Select[str] | Checkbox = self._make(field)
        self._control.tooltip = None
        if control is not None:
            self._control.id = control
        # F1 asks the focused widget, which is the control.
        self._control.HELP = field_help(field)  # pyright: ignore[reportAttributeAccessIssue]

    @staticmethod
    def _make(field: Field) -> "Input | Select[str] | Checkbox":
        if field.kind == "bool":
            return YesNo(bool(field.default))
        if field.kind == "choice":
            return Select(
                [(Text(choice), choice) for choice in field.choices],
                value=field.default,
                allow_blank=False,
                compact=True,
            )
        text = "" if field.default is None else f"{field.default}"
        if field.kind == "file":
            return PathLine(text, compact=True, placeholder="a file")
        return Input(text, compact=True)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self._heading(), classes="setting--name", markup=False)
            yield self._control
        yield Static(Text(self.field.help), classes="setting--note")

    @property
    def text(self) -> str:
        """What stands in the control, right or wrong."""
        value = self._control.value
        return str(self.field.default if value is Select.NULL else value).strip()

    @property
    def value(self) -> Any:
        """The value as its type; ValueError as :func:`convert`."""
        # A list has no value before it is on the screen.
        return convert(self.field, self._control.value if isinstance(self._control, Checkbox) else self.text)

    @property
    def changed(self) -> bool:
        with contextlib.suppress(ValueError):
            return self.value != self.field.default
        return True

    def set(self, value: Any) -> None:
        """Show ``value``, whatever it is: one kept from an older version may no longer do, and then says so."""
        if isinstance(self._control, Checkbox):
            self._control.value = bool(value)
        elif isinstance(self._control, Select):
            self._control.value = value if value in self.field.choices else self.field.default
        else:
            self._control.value = "" if value is None else str(value)
        self.check()

    def offer(self, names: Sequence[str], kind: str, remark: str = "") -> None:
        """Names that would do, of a ``kind`` of thing: ↑ and ↓ go through them, and what is typed is completed; no
        names take the offer back. ``remark`` is said while the first of them is chosen."""
        self._kind = kind
        if isinstance(self._control, Input) and (tuple(names), remark) != (self._offered, self._remark):
            self._offered, self._remark = tuple(names), remark
            self._control.suggester = SuggestFromList(names, case_sensitive=False) if names else None
            self.check()

    def expect(self, value: Any) -> None:
        """Show ``value`` as what stands there by itself: what differs from it is marked as changed."""
        self.field = replace(self.field, default=value)
        self.set(value)

    def refuse(self, sentence: str) -> None:
        """Say what came of the value; an empty sentence takes that back."""
        if sentence != self.problem:
            self.problem = sentence
            self.check()

    def on_key(self, event: events.Key) -> None:
        if self._offered and event.key in ("up", "down") and isinstance(self._control, Input):
            event.stop()
            event.prevent_default()
            here = self._offered.index(self.text) if self.text in self._offered else None
            step = 1 if event.key == "down" else -1
            index = (0 if step > 0 else -1) if here is None else (here + step) % len(self._offered)
            self._control.value = self._offered[index]
            self._control.cursor_position = len(self._offered[index])

    def _explained(self) -> str:
        """What the setting means, and what is offered for it."""
        if not self._offered:
            return self.field.help
        there = self.text.casefold() in (name.casefold() for name in self._offered)
        names = f"↑ ↓ choose among {', '.join(self._offered[:LISTED])}" + " …" * (len(self._offered) > LISTED)
        if there or not self.text or self.text.isdecimal():
            first = self._remark and self.text == self._offered[0]
            return f"{self._remark if first else self.field.help}\n{names}"
        return f"There is no {self._kind} {self.text}.\n{names}"

    def check(self) -> None:
        """Look at the value again and say what is wrong with it, if anything is."""
        try:
            _ = self.value
            self.error = None
        except ValueError as wrong:
            self.error = str(wrong)
        self.set_class(bool(self.error or self.problem), "-wrong")
        if self.is_mounted:
            note = Text(
                f"✗ must be {self.error}"
                if self.error and self.field.kind != "file"
                else f"✗ {self.error}"
                if self.error
                else f"✗ {self.problem}"
                if self.problem
                else self._explained()
            )
            self.query_one(".setting--note", Static).update(note)
            self.query_one(".setting--name", Label).update(self._heading())

    def _heading(self) -> Text:
        return Text.assemble(("• " if self.changed else "  ", "bold"), self.field.label)

    def focus_control(self) -> None:
        self._control.focus()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        self.problem = ""
        self.check()
        self.post_message(self.Changed(self))


def field_help(field: Field) -> str:
    """For F1."""
    parts = [f"{field.label} ({field.name}): {field.help}.", f"Default: {field.default!s}."]
    if field.kind in ("int", "float") and _bounds(field):
        parts.append(f"A number{_bounds(field)}.")
    if field.choices:
        parts.append(f"One of {', '.join(field.choices)}.")
    return " ".join(parts).replace("..", ".")
