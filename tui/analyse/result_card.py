"""What one model says: the verdict, how sure, how fast, how good the model is, and which words moved it."""

from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine.results import BundleInfo, Result, plural
from ..actions import key
from ..kit.bars import percent, probability_rows
from ..kit.heat import strongest_words
from ..kit.text import measured, visible


class ResultCard(Widget, can_focus=True):
    """A card a model. ``result`` is the newest answer, ``explained`` the same with words weighed, or None."""

    HELP = (
        "What one model says of the document. The bars are calibrated probabilities; the sign ▸ marks the verdict. "
        "Words with + speak for the verdict, words with − against it; the number is the change in log-odds when "
        "the word is hidden. In the lower edge: how often the model is right on texts it never saw."
    )

    result: reactive[Result | None] = reactive(None, layout=True)
    waiting: reactive[str] = reactive("", layout=True)
    """A sentence in the place of a result: what is missing, or what is under way."""

    def __init__(self, info: BundleInfo, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.info = info
        self.explained: Result | None = None
        self._text = ""

    def on_mount(self) -> None:
        self.border_title = Content(f"{self.info.task.capitalize()} · {visible(self.info.name)}")
        self.border_subtitle = Content(measured(self.info.metrics, self.info.measured_on))

    def answer(self, result: Result, text: str) -> None:
        """Show an answer; words weighed before belong to another text and go."""
        self.explained = None
        self._text, self.waiting, self.result = text, "", result

    def explain(self, result: Result, text: str) -> None:
        """Show which words moved the verdict."""
        self.explained, self._text = result, text
        self.refresh(layout=True)

    def clear(self, waiting: str = "") -> None:
        self.result, self.explained, self.waiting = None, None, waiting

    def render(self) -> Content:
        width = max(20, self.content_size.width or 40)
        result = self.result
        if result is None:
            return Content.styled(self.waiting or "Waiting for a text.", "$quiet")
        lines = probability_rows(result.probabilities, result.label, width)
        lines.append(Content(""))
        lines.append(_facts(result, width))
        if self.explained is not None:
            lines.extend(_words(strongest_words(self._text, self.explained.spans), width))
        elif self._text and not self.explained:
            lines.append(Content.styled(f"{key('explain')} shows which words decided", "$quiet"))
        lines.extend(Content.assemble(("! ", "bold $warning"), visible(note)) for note in result.notes)
        return Content("\n").join(lines)


def _facts(result: Result, width: int) -> Content:
    facts = [f"{result.milliseconds:.1f} ms" if result.milliseconds < 100 else f"{result.milliseconds:,.0f} ms"]
    if result.tokens:
        facts.append(plural(result.tokens, "token"))
        facts.append(f"{percent(result.known).strip()} known")
    if result.read < 1:
        facts.append(f"{percent(result.read).strip()} read")
    kept = facts[:1]
    for fact in facts[1:]:
        if cell_len(" · ".join([*kept, fact])) <= width:
            kept.append(fact)
    return Content.styled(" · ".join(kept), "$quiet")


def _words(words: list[tuple[str, float]], width: int) -> list[Content]:
    """Two lines at most: what spoke for the verdict, what against it."""
    lines = []
    for sign, colour, chosen in (
        ("+", "$for", [pair for pair in words if pair[1] > 0]),
        ("−", "$against", [pair for pair in words if pair[1] < 0]),
    ):
        if not chosen:
            continue
        parts: list[Content] = [Content.styled(f"{sign} ", f"bold {colour}")]
        used = 2
        for word, weight in chosen:
            number = f"{abs(weight):.1f}" if abs(weight) >= 0.05 else f"{abs(weight):.2f}"
            cells = cell_len(word) + 1 + len(number) + 2
            if used + cells > width and used > 2:
                break
            parts += [Content.styled(word, colour), Content.styled(f" {number}", "$quiet"), Content("  ")]
            used += cells
        lines.append(Content.assemble(*parts).rstrip())
    if not lines:
        lines.append(Content.styled("No single word moved the verdict.", "$quiet"))
    return lines
