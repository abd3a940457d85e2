"""What Search asks the engine: for an index where there is none, for documents, for near-duplicates; one thing at a
time, and none of it twice."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ...engine.results import Duplicates, Found
from ..kit.background import Stopped
from ..kit.fetching import Fetch
from ..kit.reading_fields import in_fields
from ..kit.searchable import Target
from ..kit.text import one_line
from ..kit.workbench import Workbench
from ..kit.working import WorkPanel

COUNT = 25
"""Documents an answer."""

Source = tuple[str, str, str, str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""What decides which documents are near-duplicates: data, part, columns, how a file is read, and an encoder where one
ranks."""
READING = 0.5
"""Seconds after which a query is asked anew while an encoder is still reading."""
BY_MEANING = 0.9
"""The cosine from which on documents say the same in other words."""


class SearchPlace(Protocol):
    """What asks, and shows what came."""

    @property
    def alike(self) -> bool:
        """Whether near-duplicates are asked for."""
        ...

    @property
    def query_text(self) -> str:
        """What is looked for, without blanks around it."""
        ...

    def show_answer(self) -> None:
        """Show what there is now."""
        ...

    def look_like(self, text: str, name: str, row: int | None = None) -> None:
        """Look for documents like a text; ``row``: where it stands itself."""
        ...


class SearchRequests:
    """The part of Search that asks; ``place`` is the ``screen``, as what says what is asked."""

    def __init__(self, screen: Workbench, place: SearchPlace) -> None:
        self.screen, self.place = screen, place
        self.target: Target | None = None
        self.answer: Found | None = None
        self._groups: dict[Source, list[Duplicates]] = {}
        self.ready: set[Target] = set()
        """Targets whose index is known to be there."""
        self.stopped: Target | None = None
        """The target that the user did not want to wait for."""
        self.failure = ""
        """Why the last question had no answer."""
        self.like: tuple[str, int] | None = None
        """The text that more is looked for like, and its row: it need not find itself."""
        self.revision = 0
        """Grows with each change of the question; an answer to an older one is nobody's."""
        self.work: Fetch | None = None
        self._works = 0

    @property
    def groups(self) -> list[Duplicates] | None:
        """The near-duplicates of the target; None where nobody has looked."""
        target = self.target
        return self._groups.get(self._source(target)) if target is not None else None

    def _source(self, target: Target) -> Source:
        by = (target.method, target.model) if target.method == "encoder" else ()
        return target.data, target.split, target.text_column, target.label_column, target.read, by

    def _settled(self, target: Target, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work`` on a target that is read as was decided here: elsewhere it may be read otherwise meanwhile."""

        def done(**how: Any) -> Any:
            target.settle(self.screen.engine)
            return work(**how)

        return done

    # ------------------------------------------------------------------------------------------ asking

    def look(self, insist: bool = False) -> None:
        """Ask for what is to be shown; ``insist``: also for what was stopped or has failed."""
        target, query = self.target, self.place.query_text
        if insist:
            self.stopped = None
        if target is None or (self.stopped == target and (self.place.alike or target not in self.ready)):
            self.place.show_answer()
        elif self.place.alike:
            self._look_for_alike(target)
        elif not query:
            self.screen.forget("search")
            self.answer, self.failure = None, ""
            self.place.show_answer()
        elif target in self.ready:
            self._search(target, query)
        elif self.work is None:
            self._build(target)

    def _search(self, target: Target, query: str) -> None:
        origin = self.like[1] if self.like is not None and self.like[0].strip() == query else None

        def answered(revision: int, answer: Found) -> None:
            if revision == self.revision:
                self.answer = replace(answer, hits=tuple(hit for hit in answer.hits if hit.row != origin)[:COUNT])
                self.failure = ""
                self.place.show_answer()
                if answer.unread:
                    self.screen.set_timer(READING, partial(again, answer))

        def again(before: Found) -> None:
            """Ask anew where nothing else has been asked in the meantime: more is read by now."""
            shown = self.answer is not None and self.answer.query == before.query and self.answer.unread
            if shown and self.target == target and self.place.query_text == query:
                self.look()

        def failed(error: Exception) -> None:
            self.answer, self.failure = None, in_fields(str(error))
            self.ready.discard(target)
            self.place.show_answer()

        count = COUNT + (origin is not None)
        work = self._settled(
            target, partial(self.screen.engine.search, query, target.data, count=count, patient=False, **target.how())
        )
        self.screen.ask("search", work, partial(answered, self.revision), failed)

    def _build(self, target: Target) -> None:
        def built(_: Any) -> None:
            self.ready.add(target)
            self.look()

        self._start(
            f"Making {one_line(target.name, 40)} searchable, once",
            self._settled(target, partial(self.screen.engine.build_index, target.data, **target.how())),
            built,
            target,
        )

    def _look_for_alike(self, target: Target) -> None:
        by_meaning: dict[str, Any] = {}
        if target.method == "encoder":
            by_meaning = {"method": target.method, "model": target.model or None, "threshold": BY_MEANING}

        def known(groups: list[Duplicates]) -> None:
            self._groups[self._source(target)] = groups
            self.place.show_answer()

        if self._source(target) in self._groups:
            self.place.show_answer()
        elif self.work is None:
            self._start(
                f"Looking for near-duplicates in {one_line(target.name, 40)}",
                self._settled(
                    target,
                    partial(self.screen.engine.near_duplicates, target.data, **target.source(), **by_meaning),
                ),
                known,
                target,
            )

    # ------------------------------------------------------------------------------------------ long work

    def _start(self, title: str, work: Callable[..., Any], then: Callable[[Any], None], of: Target) -> None:
        """Do something long, ``work(progress=…)``, beside a panel that shows it; :meth:`stop` lets nobody wait for
        it."""
        run = self.work = Fetch(of.name)
        self._works += 1
        self.failure = ""

        def guarded() -> Any:
            try:
                return work(progress=run.progress)
            except Stopped:
                return None

        def over(value: Any) -> None:
            self.stop()
            then(value)

        def failed(error: Exception) -> None:
            self.stop()
            self.stopped, self.failure = of, in_fields(str(error))
            self.place.show_answer()

        # A group of its own: what was given up must not keep the next one waiting.
        self.screen.ask(f"work {self._works}", guarded, over, failed)
        self.screen.query_one(WorkPanel).follow(run, title)
        self.place.show_answer()

    def stop(self) -> None:
        """Wait no longer for what is under way; its thread ends at its next word of progress."""
        if self.work is not None:
            self.work.stopped = True
            self.work = None
            self.screen.forget(f"work {self._works}")
            self.screen.query_one(WorkPanel).end()
            self.screen.refresh_bindings()
