"""The style sheet read once. Textual parses every sheet again, of all widgets, for each screen and theme that it shows.

Of 320 ms of computing up to the first frame 50 went there, and 30 into each first visit of a screen. Rules depend on
their text and the theme's variables alone: while these are the same, so are the rules.
Checked with Textual 8.2.8.
"""

from typing import ClassVar

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SHEETS = 1024
"""Sheets kept parsed, of one set of variables: one a class of widget, and one a file."""
VARIABLES = 8
"""Sets of variables whose sheets are kept: one a theme, and another while the window has no focus."""


class LastingStylesheet(Stylesheet):
    """A Stylesheet that parses a sheet again only when its text is new under the variables there are.

    All of one process share what is parsed: a theme that one comes back to is there, as is an application that a test
    starts after another.
    """

    _parsed: ClassVar[LRUCache[frozenset[tuple[str, str]], LRUCache]] = LRUCache(VARIABLES)

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._share()

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # the one that is emptied now, so that nobody loses the shared one
            super().set_variables(variables)
            self._share()

    def reparse(self) -> None:
        # What was added is parsed, the rest is in the cache.
        self.parse()

    def _share(self) -> None:
        """Take the cache of all who have these variables."""
        variables = frozenset(self._variables.items())
        cache = self._parsed.get(variables)
        if cache is None:
            cache = self._parsed[variables] = LRUCache(SHEETS)
        self._parse_cache = cache
