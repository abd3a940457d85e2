"""What a run wrote at the end of its epochs: how a translation, or a title, comes nearer to the right one; a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..kit.text import one_line, visible
from .history import History

EPOCHS = 3
"""Epochs that are shown, the newest last."""
LONGEST = 400
LONGEST_SAMPLE = 4_000
"""Characters of a sample that are shown."""
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


@dataclass(frozen=True)
class WrittenSample:
    """What a language model wrote of its own once an epoch had ended."""

    epoch: int
    text: str


def sample_of(history: History) -> WrittenSample | None:
    """The newest; None where the run writes none."""
    samples = [(number, values["sample"]) for number, values in history.rounds.items() if values.get("sample")]
    return WrittenSample(max(samples)[0], str(max(samples)[1])[:LONGEST_SAMPLE]) if samples else None


def _text(row: dict[str, Any], key: str) -> str:
    return one_line(str(row.get(key) or ""), LONGEST)


class Examples(VerticalScroll):
    """A source a block, below it what was written for it epoch by epoch, and what is right."""

    HELP = (
        "Outputs for the validation part as the run wrote them at the end of its last epochs, and the "
        "reference; ✓ marks outputs equal to the reference. A language model writes a sample of its own instead."
    )
    DEFAULT_CSS = """
    Examples { padding: 0 1; }
    Examples Static { height: auto; width: 1fr; }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown: Sequence[Example] = ()
        self._sample: WrittenSample | None = None
        self._text = Static("", markup=False)

    def compose(self) -> Any:
        yield self._text

    def show(self, examples: Sequence[Example], sample: WrittenSample | None = None) -> None:
        """Nothing is drawn again that stands there."""
        if list(examples) != list(self._shown) or sample != self._sample:
            self._shown, self._sample = tuple(examples), sample
            lines = [Content.styled(f"written after epoch {sample.epoch}", "$quiet")] if sample is not None else []
            lines += [Content(visible(sample.text))] if sample is not None else []
            lines += [line for example in examples for line in _lines(example)]
            self._text.update(Content("\n").join(lines))

    def follow(self, history: History) -> bool:
        """Show what a run wrote so far; whether it wrote anything."""
        self.show(examples_of(history), sample_of(history))
        return bool(self._shown) or self._sample is not None

    @property
    def sample(self) -> WrittenSample | None:
        return self._sample

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
