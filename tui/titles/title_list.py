"""The titles of a text, the best first, and the baseline below them."""

from typing import Any, ClassVar

from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message

from ...engine.results import Title, Titles
from ..kit.text import visible, wrap
from ..kit.walked import MARK, Said, WalkedTexts

BASELINE = "baseline: the first sentence, shortened"


class TitleList(WalkedTexts):
    """A title a row: its number, its score, its words; those that were copied from the text are underlined."""

    HELP = (
        "Titles for the text, the best first. Up and down go from title to title, left and right from word to word: "
        "a word's attention is shaded in the text, the word it was copied from is inverse there. Underlined words were "
        "copied from the text. The score compares the titles of a text: higher is better. Last comes the baseline, "
        "the first sentence, shortened: what a title should improve on. Enter, or a number, takes a title as "
        "yours; there it can be edited."
    )
    BINDINGS: ClassVar = [
        Binding("up", "walk(-1)", "Title up", show=False),
        Binding("down", "walk(1)", "Title down", show=False),
        Binding("home,pageup", "walk(-100)", "First title", show=False),
        Binding("end,pagedown", "walk(100)", "Last title", show=False),
        Binding("enter", "enter", "take", tooltip="Take this title as yours, to be edited"),
    ]
    COPIED: ClassVar = Style(underline=True)
    MARKED: ClassVar = True
    INDENT: ClassVar = 9

    class Entered(Message):
        """The reader wants the title at hand."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.titles: tuple[Title, ...] = ()
        """All that can be taken; the baseline is the last."""
        self._candidates = 0
        self.faint = False
        """Whether these are the titles of a text that has changed since."""

    def show(self, titles: Titles | None) -> None:
        """The titles of a text; the first is at hand."""
        candidates = titles.candidates if titles is not None else ()
        baseline = (Title(titles.lead, 0.0),) if titles is not None and titles.lead else ()
        self.titles, self._candidates = (*candidates, *baseline), len(candidates)
        self.current, self.token, self._lit, self.faint = 0, None, {}, False
        self.fit()
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the titles take at that width: it may never have been drawn yet."""
        room = width - len(MARK) - self.INDENT
        heads = sum(self.before(number) is not None for number in range(1, self.count))
        return heads + sum(len(wrap(visible(title.text), room).starts) for title in self.titles)

    def fade(self, faint: bool) -> None:
        if faint != self.faint:
            self.faint = faint
            self.refresh()

    def is_baseline(self, number: int) -> bool:
        return number >= self._candidates

    # ------------------------------------------------------------------------------------------ the texts

    @property
    def count(self) -> int:
        return len(self.titles)

    def said(self, number: int) -> Said:
        return self.titles[number]

    def before(self, number: int) -> str | None:
        return BASELINE if self.is_baseline(number) else None

    def lead_in(self, number: int) -> str:
        if self.is_baseline(number):
            return f"{number + 1}".ljust(self.INDENT)
        return f"{number + 1} {self.titles[number].score:6.2f} ".replace("-", "−")

    def is_word(self, start: int, end: int) -> bool:
        return any(map(str.isalnum, self.titles[self.current].text[start:end]))

    def base_style(self) -> Style:
        base = super().base_style()
        return base + Style(color=self.app.theme_variables["quiet"], italic=True) if self.faint else base

    def link_styles(self) -> dict[int, Style]:
        """Underlined are words that were copied; so those that light up are in italics."""
        return {
            level: style + Style(underline=False, italic=True, bold=level > 1)
            for level, style in super().link_styles().items()
        }

    def action_enter(self) -> None:
        if self.titles:
            self.post_message(self.Entered())
