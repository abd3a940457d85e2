"""What of the settings is searched: values that are tried, in the place of one training."""

import dataclasses
from collections.abc import Callable
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Collapsible

from ...engine.results import Field, Job, JobSpec, UserError
from ..kit.engine import Engine
from ..kit.parts_rows import CLUSTER_FIELD, parallel_field, read_parts_rows
from ..kit.setting import SettingRow

TRIED = "tried"
FIELDS = (
    Field(
        TRIED,
        "Values to try",
        "Settings by their names (F1 on one shows it), with commas between values: filters=50,100 dropout=0.3..0.6. "
        "Each trial is judged on the validation part, and the best one becomes the model",
        "str",
        "",
    ),
    Field(
        "trials",
        "Trials",
        "Combinations that are drawn, as ranges (..) need; 0: all are tried",
        "int",
        0,
        0,
        200,
    ),
    parallel_field("Trials"),
    CLUSTER_FIELD,
)


class SearchRows(Vertical):
    """Rows at the end of the settings, folded away as long as nobody searches."""

    DEFAULT_CSS = "SearchRows { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.rows = {field.name: SettingRow(field) for field in FIELDS}

    def compose(self) -> ComposeResult:
        with Collapsible(title="Search: try several values", collapsed=True):
            yield from self.rows.values()

    def order(self, engine: Engine, spec: JobSpec) -> Callable[[], Job]:
        """What starts the training of ``spec``, or the search that the rows say; it raises UserError."""
        tried = self.rows[TRIED].text.split()
        if not tried:
            return lambda: engine.submit(spec)
        if wrong := next((row for row in self.rows.values() if row.error), None):
            sentence = f"{wrong.field.label} must be {wrong.error}."
            return lambda: _refuse(sentence)
        if not all("=" in part for part in tried):
            return lambda: _refuse("Values to try: write NAME=VALUES, as in filters=50,100 dropout=0.3,0.5.")
        values = {name: text for name, _, text in (part.partition("=") for part in tried)}
        trials = self.rows["trials"].value
        try:
            spec = dataclasses.replace(spec, **read_parts_rows(engine, self.rows))  # type: ignore[arg-type]
        except UserError as error:
            return partial(_refuse, str(error))
        return lambda: engine.tune(engine.plan_tuning(spec, values, trials))

    def reset(self) -> None:
        """Search nothing."""
        for row in self.rows.values():
            row.set(row.field.default)


def _refuse(sentence: str) -> Job:
    raise UserError(sentence)
