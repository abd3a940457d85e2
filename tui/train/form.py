"""A form made from a recipe's fields: a row a setting, checked while one types, the rare ones folded away."""

from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Collapsible, Label

from ...engine.results import Field, Job, JobSpec
from ..kit.engine import Engine
from ..kit.setting import SettingRow
from .search_rows import SearchRows


class SettingsForm(Vertical):
    """All settings of one recipe, by group, the advanced ones of each group folded; a dot marks what was changed."""

    DEFAULT_CSS = """
    SettingsForm { height: auto; }
    SettingsForm .form--group { color: $accent; text-style: bold; padding: 0 1; margin: 1 0 0 0; }
    SettingsForm .form--group:first-child { margin: 0; }
    SettingsForm Collapsible { border: none; padding: 0; background: transparent; }
    SettingsForm CollapsibleTitle { padding: 0 1; color: $quiet; }
    SettingsForm Collapsible Contents { padding: 0; }
    """

    class Changed(Message):
        """Something in the form has changed."""

    def __init__(self, fields: tuple[Field, ...], values: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._first = values or {}
        self.rows = {field.name: SettingRow(field) for field in fields}
        self._fields = fields
        self._search = SearchRows()

    def compose(self) -> ComposeResult:
        for group in dict.fromkeys(field.group for field in self._fields):
            members = [field for field in self._fields if field.group == group]
            yield Label(group, classes="form--group", markup=False)
            for field in members:
                if not field.advanced:
                    yield self.rows[field.name]
            folded = [self.rows[field.name] for field in members if field.advanced]
            if folded:
                with Collapsible(title=f"{len(folded)} more for {group.lower()}", collapsed=True):
                    yield from folded
        yield self._search

    def on_mount(self) -> None:
        self.load(self._first)

    @property
    def errors(self) -> dict[str, str]:
        """Field name to what is wrong with it."""
        return {name: row.error for name, row in self.rows.items() if row.error}

    def values(self) -> dict[str, Any]:
        """Every setting, as its type. ValueError if one is wrong."""
        return {name: row.value for name, row in self.rows.items()}

    def order(self, engine: Engine, spec: JobSpec) -> Callable[[], Job]:
        """What starts ``spec``, or a search over its settings; it raises UserError."""
        return self._search.order(engine, spec)

    def raw(self) -> dict[str, Any]:
        """What was changed from the defaults, for remembering."""
        return {name: row.value for name, row in self.rows.items() if not row.error and row.changed}

    def load(self, values: dict[str, Any]) -> None:
        """Fill in remembered values; names that the recipe no longer has are passed over."""
        for name, value in values.items():
            if name in self.rows:
                self.rows[name].set(value)

    def reset(self) -> None:
        """All defaults again."""
        for row in self.rows.values():
            row.set(row.field.default)
        self._search.reset()

    def show_first_error(self) -> bool:
        """Go to the first wrong row, unfolding it; False if there is none."""
        for row in self.rows.values():
            if row.error:
                for fold in (up for up in row.ancestors if isinstance(up, Collapsible)):
                    fold.collapsed = False
                self.call_after_refresh(row.focus_control)
                return True
        return False

    @on(SettingRow.Changed)
    def _row_changed(self, event: SettingRow.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())
