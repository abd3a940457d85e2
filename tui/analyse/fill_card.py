"""The most likely words for the blanks of a text, as Analyse shows them."""

from typing import Any

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine import api
from ...engine.results import Blank, BundleInfo, Filled
from ..actions import key
from ..kit.bars import probability_rows
from ..kit.text import measured, one_line, visible

WAITING = "Write [MASK], or two underscores, where a word is missing: The film was __."
SHOWN = 3
"""Blanks, the first of the text."""
BEFORE = 24
"""Characters of the text that stand before a blank in its heading."""


class FillCard(Widget, can_focus=True):
    """A card a model. ``filled`` is the newest answer, or None where ``waiting`` says why there is none."""

    HELP = (
        "The five most likely words for a blank, by a masked language model. A blank is [MASK], or two underscores or "
        "more; each is filled as if the others were empty too. The bars are probabilities among all pieces of words "
        "that the model knows. In the lower edge: how often it names a hidden piece of texts it never saw. "
        f"{key('next_model', 'analyse')} gives this card another model."
    )
    filled: reactive[Filled | None] = reactive(None, layout=True)
    waiting: reactive[str] = reactive("", layout=True)

    def __init__(self, info: BundleInfo, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.info = info

    def on_mount(self) -> None:
        self.name_model(self.info)

    def name_model(self, info: BundleInfo) -> None:
        """Another model answers; what the one before said goes."""
        self.info = info
        task = api.task(info.task)
        self.border_title = Content(f"{visible(task.card_title or task.label)} · {visible(info.name)}")
        self.border_subtitle = Content(measured(info.metrics, info.measured_on))
        self.clear("")

    def show(self, filled: Filled) -> None:
        self.waiting, self.filled = "", filled

    def clear(self, waiting: str) -> None:
        """Show no words, and say why."""
        self.filled, self.waiting = None, waiting

    def render(self) -> Content:
        filled = self.filled
        if filled is None:
            return Content.styled(visible(self.waiting) if self.waiting else WAITING, "$quiet")
        width = max(20, self.content_size.width or 40)
        lines = []
        for blank in filled.blanks[:SHOWN]:
            if len(filled.blanks) > 1:
                lines.append(Content.styled(_heading(filled.text, blank), "$quiet"))
            words = {each.word: each.probability for each in blank.words}
            lines += probability_rows(words, tuple(words)[:1], width, len(words))
            if not words:
                lines.append(Content.styled("No word fits here.", "$quiet"))
        if (more := len(filled.blanks) - SHOWN) > 0:
            lines.append(Content.styled(f"… and {more} more", "$quiet"))
        lines.append(Content.styled(f"{filled.milliseconds:.1f} ms", "$quiet"))
        lines.extend(Content.assemble(("! ", "bold $warning"), visible(note)) for note in filled.notes)
        return Content("\n").join(lines)


def _heading(text: str, blank: Blank) -> str:
    before = one_line(text[max(0, blank.start - BEFORE) : blank.start])
    return f"{'…' if blank.start > BEFORE else ''}{before} __"
