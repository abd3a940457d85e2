"""The index of a corpus made in the background, with a panel that shows how far it is."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...engine.results import CorpusInfo, Selection
from ..kit.background import Stopped
from ..kit.fetching import Fetch
from ..kit.text import one_line
from ..kit.working import WorkPanel

if TYPE_CHECKING:
    from ..kit.workbench import Workbench


class IndexMaking:
    """``then`` is called with what is in the corpus, or with the error that says why it cannot be read."""

    def __init__(self, screen: "Workbench", then: Callable[[CorpusInfo | Exception], None]) -> None:
        self._screen, self._then = screen, then
        self._work: Fetch | None = None

    @property
    def runs(self) -> bool:
        """Whether it is being made."""
        return self._work is not None

    def start(self, selection: Selection, name: str) -> None:
        """Make the index of a corpus, or find that it is there."""
        work = self._work = Fetch(name)
        self._screen.query_one(WorkPanel).follow(work, f"Reading {one_line(name, 40)}, once")

        def guarded() -> CorpusInfo | None:
            try:
                return self._screen.engine.corpus_info(selection, work.progress)
            except Stopped:
                return None

        self._screen.ask("open", guarded, self._over, partial(self._over))

    def stop(self) -> None:
        """Wait no longer; the thread ends at its next word of progress and leaves nothing."""
        if self._work is not None:
            self._work.stopped = True
            self._work = None
            self._screen.forget("open")

    def _over(self, result: CorpusInfo | Exception | None) -> None:
        self._work = None
        self._screen.query_one(WorkPanel).end()
        if result is not None:
            self._then(result)


def ask_removal(screen: "Workbench", data: str, name: str) -> None:
    """Delete the index of a corpus after a question, and leave its screen."""
    from ..kit.dialogs import Confirm

    def removed(_: int) -> None:
        screen.app.pop_screen()

    def answered(sure: bool | None) -> None:
        if sure:
            screen.ask("remove", partial(screen.engine.remove_index, data), removed)

    question = f"Delete the index of {one_line(name, 60)}? The data stay; it is made again when needed."
    screen.app.push_screen(Confirm("Remove", question, "Delete"), answered)
