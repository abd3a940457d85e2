"""How surprising a text is to a language model, as Analyse shows it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine import api
from ...engine.results import BundleInfo, Phrase, Surprise
from ..actions import key
from ..kit.beside import CardOpened
from ..kit.model_choice import quality
from ..kit.surprising import mean_bits, read_said, strongest, words_of
from ..kit.text import one_line, visible

SHOWN = 12
"""Words with the most bits, as far as they fit in two lines."""


class SurpriseCard(Widget, can_focus=True):
    """A card a model. ``surprise`` is the newest answer, or None where ``waiting`` says why there is none."""

    HELP = (
        "How surprising the text is to a language model: its perplexity, the bits of a character, the words with the "
        "most bits, the most surprising sentence. Enter, or a click, opens Generate with the text, each word shaded. "
        f"{key('next_model', 'analyse')} gives this card another model."
    )
    BINDINGS: ClassVar = [Binding("enter", "open", "surprise", tooltip="Open the text in Generate, each word shaded")]
    surprise: reactive[Surprise | None] = reactive(None, layout=True)
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
        self.border_subtitle = Content(f"{quality(info)} · enter for more")
        self.clear("")

    def show(self, surprise: Surprise) -> None:
        self.waiting, self.surprise = "", surprise

    def clear(self, waiting: str) -> None:
        """Show no answer, and say why."""
        self.surprise, self.waiting = None, waiting

    def render(self) -> Content:
        answer = self.surprise
        if answer is None:
            return Content.styled(visible(self.waiting) if self.waiting else "Waiting for a text.", "$quiet")
        width = max(20, self.content_size.width or 40)
        words = words_of(answer)
        lines = [
            Content.assemble(
                ("perplexity ", "$quiet"),
                (f"{answer.perplexity:,.1f}", "bold"),
                (f" · {answer.bits_per_character:.2f} bits a character", "$quiet"),
            ),
            _words(strongest(words, answer.text, mean_bits(words), SHOWN), answer.text, 2 * width),
        ]
        if len(answer.sentences) > 1:
            worst = max(answer.sentences, key=lambda sentence: sentence.perplexity)
            head = f"{worst.perplexity:,.0f}  "
            said = one_line(answer.text[worst.start : worst.end], max(width - len(head), 10))
            lines.append(Content.assemble((head, "$quiet"), said))
        lines.append(Content.styled(f"{read_said(answer)} · {answer.milliseconds:,.1f} ms", "$quiet"))
        lines.extend(Content.assemble(("! ", "bold $warning"), visible(note)) for note in answer.notes)
        return Content("\n").join(lines)

    def action_open(self) -> None:
        self.post_message(CardOpened(self))

    def on_click(self, event: events.Click) -> None:
        self.action_open()


def _words(words: Sequence[Phrase], text: str, cells: int) -> Content:
    """The words with their bits, as many as fit; one always."""
    parts: list[Content] = []
    used = 0
    for word in words:
        shown, bits = one_line(text[word.start : word.end], 30), f" {word.weight:.1f}"
        used += cell_len(shown) + len(bits) + 2
        if parts and used > cells:
            break
        parts.append(Content.assemble((shown, "underline"), (bits, "$quiet")))
    return (
        Content("  ").join(parts) if parts else Content.styled("No word is more surprising than the others.", "$quiet")
    )
