"""Titles and keyphrases of a text, as Analyse shows them."""

from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...engine.results import BundleInfo, Keyphrase, Title, Titles
from ..kit.beside import CardOpened
from ..kit.headline import headline
from ..kit.text import one_line, visible

SHORT = "A text this short needs no title."
FOREIGN = "No model here writes titles in the language of this text."
ABOUT = "about  "
LINES = 2
"""Of keyphrases."""


class TitleCard(Widget, can_focus=True):
    """The best title of a text, what was copied from the text underlined, and its keyphrases; enter or a click goes on
    to Titles."""

    HELP = (
        "Possible titles of the text, by a model that writes titles, and its keyphrases. Underlined "
        "words were copied from the text. Enter, or a click, opens Titles with the whole text: other titles, shorter "
        "and longer ones, and the origin of each word."
    )
    BINDINGS: ClassVar = [Binding("enter", "open", "titles", tooltip="Open Titles with this text")]
    titles: reactive[Titles | None] = reactive(None, layout=True)
    """None: the text is too short for a title, or ``waiting`` says why there is none."""
    waiting: reactive[str] = reactive("Waiting for a text.", layout=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(classes="box card", **options)
        self.border_title = "Title"

    def show(self, titles: Titles | None, info: BundleInfo | None = None) -> None:
        """``info``: of the model, whose quality is told."""
        self.border_title, self.border_subtitle = "Title", ""
        if titles is not None:
            self.border_title = Content(f"Title · {visible(titles.model)}")
            first = headline(info.metrics) if info is not None else None
            phrases = [first.said] if first is not None else ["not measured"]
            self.border_subtitle = Content(" · ".join([*phrases, f"{titles.milliseconds:,.0f} ms", "enter for more"]))
        self.titles, self.waiting = titles, SHORT

    def clear(self, waiting: str) -> None:
        """Show no title, and say why."""
        self.border_title, self.border_subtitle = "Title", ""
        self.titles, self.waiting = None, waiting

    def render(self) -> Content:
        if self.titles is None:
            return Content.styled(self.waiting, "$quiet")
        fits = self.titles.fits
        lines = [_title(self.titles.candidates[0]) if fits else Content.styled(FOREIGN, "$quiet")]
        if self.titles.keyphrases:
            width = max(20, self.content_size.width or 40)
            lines.append(_about(self.titles.keyphrases, LINES * width))
        notes = self.titles.notes if fits else ()
        lines.extend(Content.assemble(("! ", "bold $warning"), visible(note)) for note in notes)
        return Content("\n").join(lines)

    def action_open(self) -> None:
        self.post_message(CardOpened(self))

    def on_click(self, event: events.Click) -> None:
        self.action_open()


def _title(title: Title) -> Content:
    drawn = Content(visible(title.text)).stylize("bold")
    for number in title.copied:
        place = title.tokens[number]
        drawn = drawn.stylize("underline", place.start, place.end)
    return drawn


def _about(phrases: tuple[Keyphrase, ...], cells: int) -> Content:
    """As many as fit, the strongest first; one always."""
    texts, used = [], cell_len(ABOUT)
    for phrase in phrases:
        text = one_line(phrase.text)
        used += cell_len(text) + 3
        if texts and used > cells:
            break
        texts.append(text)
    return Content.assemble((ABOUT, "$quiet"), Content.styled(" · ", "$quiet").join([Content(text) for text in texts]))
