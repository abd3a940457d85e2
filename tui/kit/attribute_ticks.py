"""Which attributes of the authors to learn, and how much each counts: a tick and a weight for each that data have."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Checkbox, Input, Label, Static

from ...engine.results import AttributeInfo, Field
from .setting import YesNo, convert

WEIGHT = Field("weight", "Weight", "How much its loss counts", "float", 1.0, 0.0, 1000.0)
NOTHING = "There is nothing about the authors here: a column with an attribute of theirs is needed."
ELSE = "The settings Attributes and Loss weights hold something that these boxes cannot show; a tick replaces it."


class AttributeRow(Vertical):
    """One attribute: its name, whether it is learnt, its weight; below, what the data say of it."""

    DEFAULT_CSS = """
    AttributeRow { height: auto; padding: 0 1; }
    AttributeRow > Horizontal { height: 1; }
    AttributeRow .attribute--name { width: 24; padding: 0 0 0 2; }
    AttributeRow Checkbox { width: 9; background: transparent; }
    AttributeRow .attribute--word { width: auto; color: $quiet; padding: 0 1 0 0; }
    AttributeRow Input { width: 8; background: $panel; }
    AttributeRow.-wrong Input { background: $error 25%; }
    AttributeRow .attribute--note { height: auto; color: $quiet; padding: 0 0 0 24; }
    """

    def __init__(self, info: AttributeInfo) -> None:
        super().__init__()
        self.info = info
        self._tick = YesNo(info.default)
        self._weight = Input("1", compact=True)
        # F1 asks the focused widget, which is one of the two.
        self._tick.HELP = f"Whether the model learns to predict {info.name}: {info.told()}."  # pyright: ignore[reportAttributeAccessIssue]
        self._weight.HELP = (  # pyright: ignore[reportAttributeAccessIssue]
            f"How much the loss of {info.name} counts beside that of the others: 2 is twice, 0.5 is half, 0 not at all."
        )

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(Text(self.info.name), classes="attribute--name", markup=False)
            yield self._tick
            yield Label("weight", classes="attribute--word")
            yield self._weight
        yield Static(Text(self.info.told()), classes="attribute--note")

    @property
    def ticked(self) -> bool:
        return self._tick.value

    @property
    def weight(self) -> str:
        """As it stands there; one of nothing counts as 1."""
        return self._weight.value.strip() or "1"

    @property
    def error(self) -> str | None:
        """What is wrong with the weight of what is ticked."""
        if not self.ticked:
            return None
        try:
            convert(WEIGHT, self.weight)
        except ValueError as wrong:
            return str(wrong)
        return None

    def set(self, ticked: bool, weight: str) -> None:
        with self.prevent(Checkbox.Changed, Input.Changed):
            if (self._tick.value, self.weight) != (ticked, weight):
                self._tick.value, self._weight.value = ticked, weight
        self.check()

    def check(self) -> None:
        self._weight.disabled = not self.ticked
        self.set_class(self.error is not None, "-wrong")

    def focus_weight(self) -> None:
        self._weight.focus()


class AttributeTicks(Vertical):
    """``offer`` what data have, ``load`` what the settings say, ``settings`` to write it down again."""

    DEFAULT_CSS = """
    AttributeTicks { height: auto; display: none; }
    AttributeTicks .attributes--head { text-style: bold; padding: 0 1 0 3; }
    AttributeTicks .attributes--said { height: auto; color: $quiet; padding: 0 1 0 22; }
    """

    class Changed(Message):
        """A tick or a weight has changed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._rows: list[AttributeRow] = []
        self._last = ("", "")
        """What was said before the user touched anything."""

    def compose(self) -> ComposeResult:
        yield Label("Learn", classes="attributes--head")
        yield Static("", classes="attributes--said", markup=False)

    @property
    def rows(self) -> dict[str, AttributeRow]:
        return {row.info.name: row for row in self._rows}

    @property
    def any(self) -> bool:
        """Whether anything is ticked."""
        return any(row.ticked for row in self._rows)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the rows."""
        self._replace([])
        self._note(sentence)

    def _note(self, sentence: str) -> None:
        note = self.query_one(".attributes--said", Static)
        note.update(Text(sentence))
        note.display = bool(sentence)

    def offer(self, attributes: Sequence[AttributeInfo]) -> None:
        """Rows for ``attributes``, those ticked that are learnt where nobody says what to learn."""
        self._note("" if attributes else NOTHING)
        self._replace([AttributeRow(info) for info in attributes])

    def _replace(self, rows: list[AttributeRow]) -> None:
        for row in self._rows:
            row.remove()
        self._rows = rows
        self._last = self.settings()
        self.mount_all(rows)

    def load(self, attributes: str, weights: str) -> None:
        """Tick what the settings ask for; where these rows cannot say it they stay, and a sentence says so."""
        if not self._rows:
            return
        asked = [_name(entry) for entry in attributes.split(",") if entry.strip()]
        given = [part.strip() for part in weights.split(",") if part.strip()]
        chosen = [self._find(*names) for names in asked] if asked else [row for row in self._rows if row.info.default]
        # Rows are learnt in their order; another order, or a weight too many, only the text can say.
        places = [self._rows.index(row) for row in chosen if row is not None]
        expressible = None not in chosen and places == sorted(set(places)) and (not given or len(given) == len(chosen))
        self._note("" if expressible else ELSE)
        if expressible:
            chosen_weights = dict(zip(places, given or ["1"] * len(places), strict=True))
            for place, row in enumerate(self._rows):
                row.set(place in chosen_weights, chosen_weights.get(place, row.weight))
        self._last = self.settings()

    def _find(self, name: str, column: str) -> AttributeRow | None:
        return next(
            (row for row in self._rows if row.info.name == name and column in ("", row.info.column)),
            None,
        )

    def settings(self) -> tuple[str, str]:
        """The settings ``attributes`` and ``loss_weights``; both empty where all is as it comes."""
        chosen = [row for row in self._rows if row.ticked]
        weights = [row.weight for row in chosen]
        plain = all(weight in ("1", "1.0") for weight in weights)
        if plain and all(row.ticked == row.info.default for row in self._rows):
            return "", ""
        return ", ".join(row.info.request() for row in chosen), "" if plain else ", ".join(weights)

    def wrong(self) -> str | None:
        """A sentence on what is wrong with the ticks or the weights."""
        if self._rows and not self.any:
            return "Learn: tick at least one attribute."
        return next((f"Weight of {row.info.name} must be {row.error}." for row in self._rows if row.error), None)

    def focus_wrong(self) -> None:
        row = next((row for row in self._rows if row.error), self._rows[0] if self._rows else None)
        if row is not None:
            (row.focus_weight if row.error else row._tick.focus)()

    @on(Checkbox.Changed)
    @on(Input.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        for row in self._rows:
            row.check()
        # What is shown for the first time is no change of the user's.
        if self.settings() != self._last:
            self._last = self.settings()
            self._note("")
            self.post_message(self.Changed())


def _name(entry: str) -> tuple[str, str]:
    """``age=age_group:category`` is asked for by name and column; without a column by its name alone."""
    name, _, rest = entry.strip().partition("=")
    return name.partition(":")[0].strip(), rest.partition(":")[0].strip()
