"""Examples that a run wrote at the end of its epochs: how a translation, or a title, comes nearer to the right one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..kit.text import one_line
from .history import History

EPOCHS = 3
"""Epochs that are shown, the newest last."""
LONGEST = 400
NAME = 10


@dataclass(frozen=True)
class Example:
    """One text, what is right for it, and what was written for it: (epoch, hypothesis), the newest last."""

    source: str
    reference: str
    hypotheses: tuple[tuple[int, str], ...]


def examples_of(history: History, epochs: int = EPOCHS) -> list[Example]:
    """The examples of the last ``epochs`` that have any."""
    epochs_with_examples = [
        (number, values["examples"]) for number, values in sorted(history.rounds.items()) if values.get("examples")
    ]
    if not epochs_with_examples:
        return []
    _, newest = epochs_with_examples[-1]
    examples = []
    for place, row in enumerate(newest):
        if not isinstance(row, dict):
            continue
        said = [
            (number, _text(rows[place], "hypothesis"))
            for number, rows in epochs_with_examples[-epochs:]
            if place < len(rows) and isinstance(rows[place], dict) and rows[place].get("source") == row.get("source")
        ]
        examples.append(Example(_text(row, "source"), _text(row, "reference"), tuple(said)))
    return examples


def _text(row: dict[str, Any], key: str) -> str:
    return one_line(str(row.get(key) or ""), LONGEST)


class Examples(VerticalScroll):
    """A source a block, below it what was written for it epoch by epoch, and what is right."""

    HELP = (
        "Outputs for the validation part as the run wrote them at the end of its last epochs, and the "
        "reference; ✓ marks outputs equal to the reference."
    )
    DEFAULT_CSS = """
    Examples { padding: 0 1; }
    Examples Static { height: auto; width: 1fr; }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown: Sequence[Example] = ()
        self._text = Static("", markup=False)

    def compose(self) -> Any:
        yield self._text

    def show(self, examples: Sequence[Example]) -> None:
        """Nothing is drawn again that stands there."""
        if list(examples) != list(self._shown):
            self._shown = tuple(examples)
            self._text.update(Content("\n").join(line for example in examples for line in _lines(example)))

    @property
    def examples(self) -> Sequence[Example]:
        return self._shown


def _lines(example: Example) -> list[Content]:
    lines = [Content.styled(example.source, "bold")]
    for number, (epoch, said) in enumerate(example.hypotheses, 1):
        newest, right = number == len(example.hypotheses), said == example.reference
        lines.append(
            Content.assemble(
                (f"  {f'epoch {epoch}':<{NAME}}", "$quiet"),
                (said or "(nothing)", "" if newest else "$quiet"),
                (" ✓", "bold $success") if right else "",
            )
        )
    return [*lines, Content.assemble((f"  {'reference':<{NAME}}", "$quiet"), (example.reference, "italic"))]
