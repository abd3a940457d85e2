"""Train, where the data are one's own: what the columns of the file are called stands ready to be chosen."""

from textual.timer import Timer

from ..kit.workbench import Workbench
from ..train.choose import ChooseBox
from ..train.steps import TYPED


class ColumnStep:
    """Keeps the offers of a :class:`ChooseBox` those of the file that it names."""

    def __init__(self, screen: Workbench) -> None:
        self._screen = screen
        self._seen: str | None = None
        """Of which file the names are offered, or are being read."""
        self._waiting: Timer | None = None

    def look(self) -> None:
        """Another file may be named: read its first line once the path is typed."""
        choice = self._screen.query_one(ChooseBox)
        if choice.path == self._seen:
            return
        self._seen = choice.path
        self._screen.forget("columns")
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        choice.offer_columns(())
        if choice.path is not None:
            self._waiting = self._screen.set_timer(TYPED, self._read)

    def _read(self) -> None:
        self._waiting = None
        engine, path = self._screen.engine, str(self._seen)
        self._screen.ask("columns", lambda: engine.columns_of(path), self._screen.query_one(ChooseBox).offer_columns)
