"""How a continuation is drawn: a field a setting, as many in a line as the width has room for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, ItemGrid
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from ...engine.results import Field, UserError
from ..kit.setting import YesNo, convert, field_help

NARROWEST = 19
"""Cells of a field with its name."""
LONGEST_LINE = 200
"""Units of a line at most."""
FIELDS = (
    Field("length", "Length", "How many words, pieces or characters are written, as the model counts",
          "int", 100, 1, 5_000),
    Field("temperature", "Temperature", "Below 1 the probable gets more probable, above 1 less; 0 always takes the "
          "most probable", "float", 1.0, 0, 5),
    Field("top_k", "Top-k", "Draw from so many of the most probable only; 0: from all", "int", 0, 0, 1_000_000),
    Field("top_p", "Top-p", "Draw from the most probable only that have this share together; 1: from all",
          "float", 1.0, 0.01, 1),
    Field("seed", "Seed", "A whole number: the same seed and settings write the same again; empty: another text each "
          "time", "str", ""),
    Field("variants", "Variants", "How many continuations are written", "int", 1, 1, 9),
    Field("line_lengths", "Lines", "Lengths of the lines of a verse, such as 7 5 7 5; empty: the model breaks lines",
          "str", ""),
    Field("rhyme", "Rhyme", "Whether the verses rhyme, where the model knows rhymes", "bool", False),
)  # fmt: skip


@dataclass(frozen=True)
class GenerateSettings:
    """The settings of the engine's ``generate``, by its names."""

    length: int = 100
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int | None = None
    variants: int = 1
    line_lengths: tuple[int, ...] = ()
    rhyme: bool = False

    @property
    def form(self) -> tuple[tuple[int, ...], bool]:
        """Of verses: the lengths of the lines, and whether they rhyme."""
        return self.line_lengths, self.rhyme

    def options(self) -> dict[str, Any]:
        """As named arguments."""
        return asdict(self)


def read(name: str, text: str) -> Any:
    """The value of a field that is typed into; ValueError with what would be right, for people."""
    if name == "seed":
        if not text.strip():
            return None
        if not text.strip().isdecimal():
            raise ValueError("a whole number, or empty")
        return int(text)
    if name == "line_lengths":
        parts = text.replace(",", " ").split()
        if not all(part.isdecimal() and 1 <= int(part) <= LONGEST_LINE for part in parts):
            raise ValueError("whole numbers with blanks between them, such as 7 5 7 5")
        return tuple(map(int, parts))
    return convert(next(field for field in FIELDS if field.name == name), text)


class DrawingField(Input):
    """The value of one setting."""

    def __init__(self, field: Field) -> None:
        super().__init__(f"{field.default}", id=f"drawing-{field.name}", compact=True, select_on_focus=True)
        self.field = field
        self.HELP = f"{field_help(field)} Enter goes back to the text."  # pyright: ignore[reportAttributeAccessIssue]


class DrawingTick(YesNo):
    """A setting that is on or off."""

    def __init__(self, field: Field) -> None:
        super().__init__(bool(field.default))
        self.id, self.field, self.tooltip = f"drawing-{field.name}", field, None
        self.HELP = field_help(field)  # pyright: ignore[reportAttributeAccessIssue]


class DrawingFields(ItemGrid):
    """All of them; :meth:`drawing` reads them."""

    DEFAULT_CSS = """
    DrawingFields { height: auto; width: 1fr; padding: 0 1; }
    DrawingFields > Horizontal { height: 1; width: 1fr; }
    DrawingFields Label { width: auto; color: $quiet; margin-right: 1; }
    DrawingFields Input { width: 1fr; background: $panel; margin-right: 2; }
    DrawingFields DrawingTick { background: transparent; width: auto; }
    DrawingFields Input.-wrong { background: $error 25%; }
    """

    class Done(Message):
        """The reader is through with a field."""

    class Changed(Message):
        """A field says something else, and all of them can be read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_column_width=NARROWEST, **options)

    def compose(self) -> ComposeResult:
        for field in FIELDS:
            with Horizontal():
                yield Label(Content(field.label))
                yield DrawingTick(field) if field.kind == "bool" else DrawingField(field)

    def drawing(self) -> GenerateSettings:
        """The settings; UserError names the first field that is wrong."""
        values: dict[str, Any] = {tick.field.name: tick.value for tick in self.query(DrawingTick)}
        for line in self.query(DrawingField):
            try:
                values[line.field.name] = read(line.field.name, line.value)
            except ValueError as wrong:
                raise UserError(f"The field {line.field.label} must be {wrong}.") from None
        return GenerateSettings(**values)

    def entered(self) -> dict[str, Any]:
        """What differs from the defaults, as it was entered, by the fields' names."""
        lines = {line.field.name: line.value for line in self.query(DrawingField)}
        values: dict[str, Any] = lines | {tick.field.name: tick.value for tick in self.query(DrawingTick)}
        usual = {field.name: field.default if field.kind == "bool" else f"{field.default}" for field in FIELDS}
        return {name: value for name, value in values.items() if value != usual[name]}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter what :meth:`entered` said; what is none any more is passed over, and so is a field that was changed."""
        if self.entered():
            return
        for line in self.query(DrawingField):
            value = values.get(line.field.name)
            try:
                read(line.field.name, value if isinstance(value, str) else "?")
            except ValueError:
                continue
            line.value = str(value)
        for tick in self.query(DrawingTick):
            if isinstance(value := values.get(tick.field.name), bool):
                tick.value = value

    @on(YesNo.Changed)
    def _ticked(self, event: YesNo.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        line = event.input
        if isinstance(line, DrawingField):
            try:
                read(line.field.name, line.value)
            except ValueError:
                line.add_class("-wrong")
            else:
                line.remove_class("-wrong")
                self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done())
