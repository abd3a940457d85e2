"""What Search asks the engine: for an index where there is none, for documents, for near-duplicates; one thing at a
time, and none of it twice."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ...engine.results import Duplicates, Found
from ..kit.fetching import Fetch, Stopped
from ..kit.searchable import Target
from ..kit.text import one_line
from ..kit.workbench import Workbench
from ..kit.working import WorkPanel

COUNT = 25
"""Documents an answer."""

Source = tuple[str, str, str, str]
"""What decides which documents are near-duplicates: data, part, columns."""


class SearchAsking(Workbench):
    """The half of Search that looks no one in the face; a subclass says what is asked, and shows what came."""

    def __init__(self) -> None:
        super().__init__()
        self.target: Target | None = None
        self.found: Found | None = None
        self._groups: dict[Source, list[Duplicates]] = {}
        self._ready: set[Target] = set()
        """Targets whose index is known to be there."""
        self._stopped: Target | None = None
        """The target that the user did not want to wait for."""
        self._failure = ""
        """Why the last question had no answer."""
        self._like: tuple[str, int] | None = None
        """The text that more is looked for like, and its row: it need not find itself."""
        self._revision = 0
        """Grows with each change of the question; an answer to an older one is nobody's."""
        self._work: Fetch | None = None
        self._works = 0

    @property
    def alike(self) -> bool:
        """Whether near-duplicates are asked for."""
        raise NotImplementedError

    @property
    def query_text(self) -> str:
        """What is looked for, without blanks around it."""
        raise NotImplementedError

    def _show(self) -> None:
        """Show what there is now."""
        raise NotImplementedError

    @property
    def groups(self) -> list[Duplicates] | None:
        """The near-duplicates of the target; None where nobody has looked."""
        target = self.target
        return self._groups.get(self._source(target)) if target is not None else None

    def _source(self, target: Target) -> Source:
        return target.data, target.split, target.text_column, target.label_column

    # ------------------------------------------------------------------------------------------ asking

    def _look(self, insist: bool = False) -> None:
        """Ask for what is to be shown; ``insist``: also for what was stopped or has failed."""
        target, query = self.target, self.query_text
        if insist:
            self._stopped = None
        if target is None or (self._stopped == target and (self.alike or target not in self._ready)):
            self._show()
        elif self.alike:
            self._look_for_alike(target)
        elif not query:
            self.forget("search")
            self.found, self._failure = None, ""
            self._show()
        elif target in self._ready:
            self._search(target, query)
        elif self._work is None:
            self._build(target)

    def _search(self, target: Target, query: str) -> None:
        own = self._like[1] if self._like is not None and self._like[0].strip() == query else None

        def answered(revision: int, found: Found) -> None:
            if revision == self._revision:
                self.found = replace(found, hits=tuple(hit for hit in found.hits if hit.row != own)[:COUNT])
                self._failure = ""
                self._show()

        def failed(error: Exception) -> None:
            self.found, self._failure = None, str(error)
            self._ready.discard(target)
            self._show()

        count = COUNT + (own is not None)
        work = partial(self.engine.search, query, target.data, count=count, **target.how())
        self.ask("search", work, partial(answered, self._revision), failed)

    def _build(self, target: Target) -> None:
        def built(_: Any) -> None:
            self._ready.add(target)
            self._look()

        self._start(
            f"Making {one_line(target.name, 40)} searchable, once",
            lambda progress: self.engine.build_index(target.data, progress=progress, **target.how()),
            built,
            target,
        )

    def _look_for_alike(self, target: Target) -> None:
        def known(groups: list[Duplicates]) -> None:
            self._groups[self._source(target)] = groups
            self._show()

        if self._source(target) in self._groups:
            self._show()
        elif self._work is None:
            self._start(
                f"Looking for near-duplicates in {one_line(target.name, 40)}",
                lambda progress: self.engine.near_duplicates(target.data, progress=progress, **target.source()),
                known,
                target,
            )

    # ------------------------------------------------------------------------------------------ long work

    def _start(
        self, title: str, work: Callable[[Callable[[int, int], None]], Any], then: Callable[[Any], None], of: Target
    ) -> None:
        """Do something long beside a panel that shows it; :meth:`_stop` lets nobody wait for it."""
        run = self._work = Fetch(of.name)
        self._works += 1
        self._failure = ""

        def guarded() -> Any:
            try:
                return work(run.progress)
            except Stopped:
                return None

        def over(value: Any) -> None:
            self._stop()
            then(value)

        def failed(error: Exception) -> None:
            self._stop()
            self._stopped, self._failure = of, str(error)
            self._show()

        # A group of its own: what was given up must not keep the next one waiting.
        self.ask(f"work {self._works}", guarded, over, failed)
        self.query_one(WorkPanel).follow(run, title)
        self._show()

    def _stop(self) -> None:
        """Wait no longer for what is under way; its thread ends at its next word of progress."""
        if self._work is not None:
            self._work.stopped = True
            self._work = None
            self.forget(f"work {self._works}")
            self.query_one(WorkPanel).end()
            self.refresh_bindings()
