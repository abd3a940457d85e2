"""The reader's own title: taken from those offered, edited, kept with the text that it is of."""

from ...engine.results import Title
from ..kit.document import EDITABLE
from ..kit.document_screen import DocumentScreen
from ..kit.draft import common
from ..kit.text import one_line
from .title_line import TitleLine
from .title_list import TitleList

SAME = 0.5
"""Share of a text that stays in an edit, at its beginning and its end, so that it is the same text still."""


class OwnTitle:
    """The title in the :class:`TitleLine` of a screen that has a :class:`TitleList` too."""

    def __init__(self, screen: DocumentScreen) -> None:
        self.screen = screen
        self._own_of = ""
        """The text that the title in the line is of."""
        self._aside: tuple[str, str, bool] | None = None
        """A text that is there no more, the title it had, and whether that was edited."""

    @property
    def line(self) -> TitleLine:
        return self.screen.query_one(TitleLine)

    @property
    def title(self) -> str:
        """The title in the line; empty where there is none."""
        return self.line.value.strip()

    def take_title(self, number: int) -> bool:
        """Put a title of the list into the line; whether there is one of that number."""
        titles = self.screen.query_one(TitleList).titles
        if not 0 <= number < len(titles):
            return False
        line, text = self.line, titles[number].text
        lost = line.edited and line.value.strip() not in {"", text}
        line.put(text)
        if lost:
            self.screen.app.notify("Another title is in the line now; ctrl+z in it brings yours back.")
        return True

    def document_changed(self) -> None:
        """The title goes with its text, and comes back with it."""
        text, line = self.screen.document.text, self.line
        if self.title and not akin(self._own_of, text):
            written, edited = line.value, line.edited
            self._aside = (self._own_of, written, edited)
            line.put("")
            if edited:
                self.screen.app.notify(
                    f"Your title was removed with its text: “{one_line(written, 60)}”. It comes back "
                    "with the text, or with ctrl+z in its line."
                )
        elif not self.title and self._aside is not None and akin(self._aside[0], text):
            _, written, edited = self._aside
            self._aside = None
            line.put(written)
            line.edited = edited
        self._own_of = text

    def written(self) -> str:
        """The title, where the reader wrote in it."""
        return self.title if self.line.edited else ""

    def restore(self, text: str, title: str) -> None:
        """``title`` comes back with its text."""
        if title:
            self.line.put("")
            self._aside = (text, title, True)

    def at_hand(self) -> tuple[str, str]:
        """What the title is called that the reader means, and the title: the one of the list where that has the
        focus, else one's own, else the one of the list."""
        listed = self.screen.query_one(TitleList)
        title: Title | None = listed.titles[listed.current] if listed.titles else None
        if self.title and (title is None or not listed.has_focus):
            return "Your title", self.title
        if title is None:
            return "", ""
        return ("The baseline" if listed.is_baseline(listed.current) else f"Title {listed.current + 1}"), title.text


def akin(before: str, after: str) -> bool:
    """Whether a text is another one edited: most of it is still there, at its beginning and its end."""
    least, most = sorted((len(before), len(after)))
    if most > EDITABLE:
        return before == after
    head = common(least, lambda length: before[:length] == after[:length])
    tail = common(least - head, lambda length: before[len(before) - length :] == after[len(after) - length :])
    return head + tail >= SAME * most
