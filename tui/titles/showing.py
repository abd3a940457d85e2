"""How Titles shows what it was told: which title and which word are at hand, and where in the text it came from."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from ...engine.results import Title, Token, percent
from ..actions import pressed
from ..kit.attention import legend, linked_heat
from ..kit.attention_grid import LINKS, links
from ..kit.choicebar import ChoiceBar
from ..kit.document_screen import DocumentScreen
from ..kit.heat import Heat
from ..kit.model_choice import none_here, with_quality
from ..kit.source_box import SourceArea
from ..kit.text import one_line, visible
from ..kit.walked import linked, token_at
from .length import length_told
from .requests import TitleRequests
from .title_list import TitleList
from .title_phrases import KeyphraseTable, in_one_line
from .title_source import TitleBox

EMPTY = "Titles for the text appear here."
LIT = 0.1
"""Share of a word's attention from which on it is said to come from there too."""


class TitlesShowing:
    """Brings titles, walking and shading onto the widgets that the screen lays out."""

    def __init__(self, screen: DocumentScreen, requests: TitleRequests) -> None:
        self.screen, self.requests = screen, requests
        requests.view = self

    # ------------------------------------------------------------------------------------------ the titles

    def document_changed(self) -> None:
        """Of no text nothing is shaded."""
        if not self.screen.document.text.strip():
            self.screen.query_one(TitleBox).link(Heat())

    def titles_changed(self) -> None:
        """Others are there, or none."""
        titles = self.requests.titles
        listed = self.screen.query_one(TitleList)
        listed.show(titles)
        phrases = titles.keyphrases if titles is not None else ()
        self.screen.query_one(KeyphraseTable).offer(phrases if self.fits else (), self.screen.document.text)
        self.screen.set_class(bool(phrases), "-phrases")
        self.say_phrases()
        notes = titles.notes if titles is not None else ()
        parts = self.screen.query_one("#told", Static)
        parts.update(Content("\n").join(Content.assemble(("! ", "bold $warning"), visible(note)) for note in notes))
        parts.display = bool(notes)
        self.heads_changed()
        if isinstance(self.screen.focused, SourceArea):
            self.follow_cursor()
        else:
            self.point(0)

    def heads_changed(self) -> None:
        """What stands around the titles, and in their place why there are none."""
        listed, empty = self.screen.query_one(TitleList), self.screen.query_one("#titles-empty", Static)
        there = bool(listed.titles)
        listed.display, empty.display = there, not there
        empty.update(Content(self._why_nothing()))
        listed.fade(not self.requests.fresh)
        self.screen.set_class(there, "-titles")
        self.screen.query_one(TitleBox).set_title(self.screen.document)
        title = "Titles"
        if self.requests.titles is not None and self.requests.titles.candidates:
            title += (
                f" · {self.requests.titles.milliseconds:,.0f} ms" if self.requests.fresh else " · of the text before"
            )
        self.screen.query_one("#titles-box").border_title = title
        self._show_choices()
        self.screen.refresh_bindings()

    def _why_nothing(self) -> str:
        if self.requests.problem:
            return self.requests.problem
        if not self.requests.models.loaded:
            return "Looking for models …"
        if not self.requests.models.infos:
            return none_here("writes titles", "title-copy, on texts with their titles")
        if self.requests.run_now is not None:
            return "Writing titles …"
        return EMPTY

    def _show_choices(self) -> None:
        parts: list[tuple[str, str, str]] = []
        if self.requests.models.infos:
            parts = [
                (pressed("shorter"), "", "shorter"),
                (pressed("longer"), "", "longer"),
                ("", "Length", length_told(self.requests.length)),
            ]
            said = (
                with_quality(self.requests.model, self.requests.models.infos)
                if self.requests.model is not None
                else "by language"
            )
            titles = (
                self.requests.picked is None
                and self.requests.titles is not None
                and len(self.requests.models.infos) > 1
            )
            parts.append((pressed("next_model"), "Model", f"{said} (found)" if titles else said))
        self.screen.query_one(ChoiceBar).show(parts)

    def say_phrases(self) -> None:
        """All of them in a line, where there is no room for the table."""
        phrases = self.requests.titles.keyphrases if self.requests.titles is not None else ()
        about = self.screen.query_one("#about", Static)
        about.update(in_one_line(phrases, max(self.screen.size.width - 4, 20)) if phrases else "")

    # ------------------------------------------------------------------------------------------ at hand

    @property
    def fits(self) -> bool:
        """Whether places in the box are places in the titled text: an edit or folding a line moves them."""
        box = self.screen.box
        return self.requests.titled == self.screen.document.text and (
            box.large or len(box.area.text) == len(self.requests.titled)
        )

    def _title(self, number: int) -> Title | None:
        titles = self.screen.query_one(TitleList).titles
        return titles[number] if 0 <= number < len(titles) else None

    def point(self, number: int, token: int | None = None) -> None:
        """A title is at hand, and a word of it, if any: the text is shaded by what it looked at."""
        title, listed = self._title(number), self.screen.query_one(TitleList)
        if title is None:
            self._say_word(None, None)
            self.screen.query_one(TitleBox).link(Heat())
            return
        listed.point(number, token)
        self._say_word(title, token)
        self._shade(title, token)
        self.screen.refresh_bindings()

    def follow_cursor(self) -> None:
        """The words of the title at hand light up that looked at the word at the cursor of the text."""
        listed, area, titles = self.screen.query_one(TitleList), self.screen.box.area, self.requests.titles
        title = self._title(listed.current)
        if title is None or titles is None:
            self.point(0)
            return
        lit: dict[int, int] = {}
        if self.fits and not self.screen.box.large and isinstance(area, SourceArea):
            lit = lit_by(title, token_at(titles.tokens, area.place))
        listed.point(listed.current, None, lit)
        self._say_word(title, None)
        self._shade(title, None)

    def _shade(self, title: Title, token: int | None) -> None:
        box, titles = self.screen.query_one(TitleBox), self.requests.titles
        if titles is None or not self.fits or not linked(title, len(titles.tokens)):
            if self.requests.fresh:
                box.link(Heat())
            return
        if token is None or token >= len(title.attention):
            summed = [sum(row) for row in zip(*title.attention, strict=True)]
            box.link(linked_heat(summed, titles.tokens), titles.tokens[summed.index(max(summed))].start)
            return
        origin = title.origins[token] if token < len(title.origins) else -1
        place = titles.tokens[origin].start if 0 <= origin < len(titles.tokens) else None
        box.link(linked_heat(title.attention[token], titles.tokens, origin), place)

    def _say_word(self, title: Title | None, token: int | None) -> None:
        """Where the word at hand came from, in words; else what shading means."""
        box, titles = self.screen.query_one("#titles-box"), self.requests.titles
        there = title is not None and titles is not None and linked(title, len(titles.tokens))
        meaning = legend(None)
        if token is not None:
            meaning = Content.assemble(meaning, " ", ("its origin", "bold $background on $accent"))
        if not self.screen.box.large:  # a large text says there which page is shown
            self.screen.query_one(TitleBox).border_subtitle = meaning if there and self.fits else Content()
        if title is None or titles is None or token is None or not there:
            copied = title is not None and bool(title.copied)
            box.border_subtitle = Content.assemble(("copied", "underline"), " from the text") if copied else ""
            return
        box.border_subtitle = Content(self._came_from(title, token, titles.tokens))

    def _came_from(self, title: Title, token: int, tokens: Sequence[Token]) -> str:
        place = title.tokens[token]
        word = one_line(title.text[place.start : place.end], 30)

        def named(number: int) -> str:
            return one_line(self.requests.titled[tokens[number].start : tokens[number].end], 30)

        row = title.attention[token]
        if token in title.copied:
            origin = title.origins[token]
            return f"{word} ← copied from {named(origin)}, attention {percent(row[origin], 0)}"
        titles = sorted(links(row, len(row)).items(), key=lambda pair: -pair[1])
        words = [(named(number), weight) for number, weight in titles]
        words = [(name, weight) for name, weight in words if any(map(str.isalnum, name))][:LINKS]
        said = ", ".join(f"{name} {percent(weight, 0)}" for name, weight in words)
        return f"{word} ← attention to {said or 'nothing in particular'}"


def lit_by(title: Title, token: int | None) -> dict[int, int]:
    """The words of a title that came from a token of the text (3), or looked there a good deal (1)."""
    if token is None:
        return {}
    lit = {}
    for number, row in enumerate(title.attention):
        came = number < len(title.origins) and title.origins[number] == token
        if came or (token < len(row) and row[token] >= LIT):
            lit[number] = 3 if came else 1
    return lit
