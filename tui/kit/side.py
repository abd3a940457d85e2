"""The column of cards beside or below a text; it scrolls where they are too many."""

from textual.containers import VerticalScroll


class Side(VerticalScroll):
    """Where it stands below a text, the text ends where the cards end, also while a scroll bar takes a cell of them.

    Its parent has the class ``-scrolled`` meanwhile.
    """

    def __init__(self) -> None:
        super().__init__(id="side", can_focus=False)

    def on_mount(self) -> None:
        self.watch(self, "show_vertical_scrollbar", self._bar_shown)

    def _bar_shown(self, shown: bool) -> None:
        if self.parent is not None:
            self.parent.set_class(shown, "-scrolled")
