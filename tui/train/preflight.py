"""The check before a run starts: counts, leaks, lengths, the baseline, and the cost."""

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, ProgressBar, Static

from ...engine.results import Preflight
from ...engine.results.measures import label, of_attributes
from ..actions import key
from ..kit.bars import bar
from ..kit.facts import written
from ..kit.figures import cell, duration, percent
from ..kit.headline import measures_of, told_value
from ..kit.reading_fields import in_fields
from ..kit.text import size_text

LABELS_SHOWN = 12
_NAME = 12


class Progressed(Message, bubble=False):
    """From the check's thread; ``ticket``: of which check."""

    def __init__(self, done: int, total: int, ticket: int) -> None:
        super().__init__()
        self.done, self.total, self.ticket = done, total, ticket


class PreflightPane(Vertical):
    """Four faces: not looked yet, looking, what was found, what went wrong. The screen says which."""

    HELP = (
        f"Before the start: {key('check', 'train')} reads the data, counts labels, finds duplicates and leaks, "
        "estimates time and memory, measures the baseline, a simple model that yours should beat, and recommends "
        f"settings where others suit the data better ({key('recommended', 'train')} applies them). {key('start')} "
        "starts."
    )

    DEFAULT_CSS = """
    PreflightPane { height: auto; }
    PreflightPane ProgressBar { display: none; height: 1; margin: 0 0 1 0; }
    PreflightPane.-busy ProgressBar { display: block; }
    PreflightPane #merge { display: none; }
    PreflightPane.-mergeable #merge { display: block; }
    PreflightPane Static { height: auto; }
    """

    IDLE = (
        "Check reads the data first: labels, duplicates, leaks, lengths; it estimates time and memory and "
        "measures the baseline, a simple model that yours should beat. For word vectors it shows how many words "
        "the texts have, and how much of the tests these cover."
    )

    def compose(self) -> ComposeResult:
        yield ProgressBar(show_eta=False, id="preflight-progress")
        yield Static(Text(self.IDLE, "dim"), id="preflight-text")
        yield Button(f"Merge these labels  {key('merge_labels')}", id="merge", action="screen.merge_labels")

    @property
    def said(self) -> str:
        """The text now shown, without styles."""
        return self._text.plain

    def on_mount(self) -> None:
        self._text = Text(self.IDLE, "dim")

    def _say(self, text: Text) -> None:
        self._text = text
        self.query_one("#preflight-text", Static).update(text)

    def show_idle(self) -> None:
        self.remove_class("-busy", "-mergeable")
        self._say(Text(self.IDLE, "dim"))

    def show_busy(self, done: int = 0, total: int = 0) -> None:
        """Looking; ``total`` 0 where it is not known how much there is."""
        self.add_class("-busy")
        self.remove_class("-mergeable")
        self.query_one(ProgressBar).update(total=total or None, progress=done)
        self._say(Text("Reading the data and measuring …", "dim"))

    def show_problem(self, sentence: str) -> None:
        self.remove_class("-busy")
        self._say(Text.assemble(("✗ ", f"bold {self._color('error')}"), in_fields(sentence)))

    def show_result(self, checked: Preflight) -> None:
        self.remove_class("-busy")
        self.set_class(checked.check.mergeable, "-mergeable")
        self._say(self._describe(checked))

    def show_stale(self) -> None:
        """The form has changed since the check: say so, keep the numbers."""
        if not self._text.plain.startswith("Changed since"):
            said = Text.assemble(
                (f"Changed since this check; {key('check', 'train')} checks again.\n\n", self._color("warning"))
            )
            self._text.stylize("dim")
            self._say(said + self._text)

    def _color(self, name: str) -> str:
        return self.app.theme_variables.get(name, "default")

    def _describe(self, checked: Preflight) -> Text:
        check, text = checked.check, Text()

        def row(name: str, value: str, style: str = "") -> None:
            text.append(f"{name:<{_NAME}}", self._color("quiet"))
            text.append(f"{value}\n", style)

        for sentence in check.errors:
            text.append("✗ ", f"bold {self._color('error')}").append(f"{in_fields(sentence)}\n")
        for sentence in check.warnings:
            text.append("! ", f"bold {self._color('warning')}").append(f"{in_fields(sentence)}\n")
        if check.errors or check.warnings:
            text.append("\n")
        for sentence in checked.facts:
            text.append(f"{sentence}\n")
        if checked.facts:
            text.append("\n")
        classes = bool(check.labels)
        parts = " · ".join(f"{count:,} {split}" for split, count in check.splits.items())
        row("examples" if classes else "texts", parts)
        self._labels(text, check.labels)
        if check.lengths:
            lengths = check.lengths
            row(
                "lengths",
                f"median {lengths.get('median', 0):,.0f}, 95 % under {lengths.get('p95', 0):,.0f}, "
                f"longest {lengths.get('max', 0):,.0f} tokens",
            )
        for number, sentence in enumerate(check.reading.sentences() if check.reading else ()):
            row("" if number else "read as", sentence)
        row("duplicates", f"{check.duplicates:,}" if check.duplicates else "none")
        if classes or check.overlap:
            row(
                "leaks",
                f"{check.overlap:,} test examples also in the training part" if check.overlap else "none",
                self._color("warning") if check.overlap else "",
            )
        if checked.recommended:
            said = ", ".join(
                f"{name.replace('_', ' ')} {written(value)}" for name, value in checked.recommended.items()
            )
            row("recommended", said, "bold")
            row("", f"{key('recommended', 'train')} applies it")
        text.append("\n")
        if checked.floor and (keys := of_attributes(checked.floor)):
            row("baseline", ", ".join(f"{label(key)} {told_value(key, checked.floor[key])}" for key in keys), "bold")
            row("", "TF-IDF + linear")
        elif checked.floor and "accuracy" not in checked.floor:
            measures = [
                f"{measure.name} {told_value(measure.key, measure.value)}" for measure in measures_of(checked.floor)
            ]
            row("baseline", ", ".join(measures), "bold")
            if "rougeL" in checked.floor:
                row("", "the first sentence, 12 words of it")
        elif checked.floor:
            row(
                "baseline",
                f"{percent(checked.floor.get('accuracy'))}, macro-F1 {percent(checked.floor.get('macro_f1'))}",
                "bold",
            )
        elif classes:
            row("baseline", "could not be measured here")
        if checked.floor and checked.estimated:
            row("", "an estimate, from a sample; the run measures it on all the data")
        row("time", f"about {duration(checked.seconds)} on {checked.device}")
        row(
            "memory",
            f"about {size_text(checked.memory)}"
            + (f" · {checked.parameters:,} parameters" if checked.parameters else ""),
        )
        text.rstrip()
        return text

    def _labels(self, text: Text, labels: dict[str, int]) -> None:
        total, most = sum(labels.values()) or 1, max(labels.values(), default=1)
        ordered = sorted(labels.items(), key=lambda item: -item[1])
        width = min(max((cell_len(name) for name, _ in ordered[:LABELS_SHOWN]), default=0), 18)
        for number, (name, count) in enumerate(ordered[:LABELS_SHOWN]):
            text.append(f"{'labels' if number == 0 else '':<{_NAME}}", self._color("quiet"))
            text.append(cell(name, width) + f" {count:>8,} ")
            text.append(bar(count / most, 10).ljust(10), self._color("primary"))
            text.append(f" {percent(count / total)}\n")
        if len(ordered) > LABELS_SHOWN:
            text.append(
                " " * _NAME + f"… and {len(ordered) - LABELS_SHOWN} more, the rarest with {ordered[-1][1]:,}\n",
                self._color("quiet"),
            )
