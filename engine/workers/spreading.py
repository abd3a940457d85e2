"""A stream of texts answered by workers: in order, a bounded number of chunks in hand, each repeated where it fails."""

import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from ..results import Record, SetAside, StreamCall, UserError
from . import chunks as cutting
from .chunks import Chunk, chunks, settled
from .crew import ChunkOutcome, Crew

START = 2_000
"""Texts from which on other processes are worth their start; fewer are answered in this one."""
PEEKED = 4
"""Chunks that are looked at for that: long texts make many chunks of few."""
ATTEMPTS = 3
"""At a chunk, before it is set aside."""

Answers = Generator[tuple[Record, Any], None, None]
Here = Callable[[Iterator[Record]], Iterator[tuple[Record, Any]]]
Start = Callable[[int], Crew]
OnSetAside = Callable[[SetAside], None]
OnWorkers = Callable[[int], None]


@dataclass(frozen=True)
class Listeners:
    """Who is told what happens to the work."""

    on_set_aside: OnSetAside | None
    on_workers: OnWorkers | None


def answer_many(
    records: Iterable[Record],
    call: StreamCall,
    workers: int = 0,
    *,
    here: Here | None = None,
    at_hand: bool = True,
    cluster: str = "",
    background: bool = False,
    on_set_aside: OnSetAside | None = None,
    on_workers: OnWorkers | None = None,
) -> Answers:
    """Each record with its answer, in order and in constant memory, as ``call`` says in one process.

    ``workers``: processes; 1: none but this one; 0: as many as there are cores, and memory for them, where the input
    has over :data:`START` texts. ``here``: what answers in this process. ``at_hand``: reading never waits for the next
    texts; otherwise (a pipe) they are answered as soon as they are there. ``cluster``: the address of a scheduler, or
    its file: its workers answer. ``background``: processes of this machine leave the cores to whatever else needs them,
    as the screen that has the texts read. ``on_workers`` is told how many there are, whenever that changes; never where
    this process alone answers.

    A chunk whose worker ends, or that fails otherwise, is repeated; after :data:`ATTEMPTS` it is handed to
    ``on_set_aside`` and the rest goes on; without that, a UserError at the end names the first. A UserError of a text
    comes behind the answers to those before it, as in one process.
    """
    records = iter(records)
    here = here or (lambda texts: cutting.answers(call, texts))
    listeners = Listeners(on_set_aside, on_workers)
    if cluster:
        from .cluster import ClusterCrew

        return _spread(chunks(call, records), call, ClusterCrew(cluster), listeners)
    if workers == 1:
        return _alone(records, here)
    if workers:
        return _spread(chunks(call, records), call, _processes(workers), listeners)
    start = partial(_processes, background=background)
    return (_peeked if at_hand else _awaited)(records, call, here, start, listeners)


def _alone(records: Iterator[Record], here: Here) -> Answers:
    yield from here(records)


def _processes(size: int, background: bool = False) -> Crew:
    from .pool import ProcessCrew  # multiprocessing, for those alone who need it

    return ProcessCrew(size, background)


def _usual() -> int:
    from .count import usual

    return usual()


def _peeked(records: Iterator[Record], call: StreamCall, here: Here, start: Start, listeners: Listeners) -> Answers:
    """In this process unless there are many, and more than one core."""
    stream = chunks(call, records)
    head: list[Chunk] = []
    while len(head) < PEEKED and sum(len(chunk.records) for chunk in head) <= START:
        if (chunk := next(stream, None)) is None:
            break
        head.append(chunk)
    else:
        if (size := _usual()) > 1:
            yield from _spread(chain(head, stream), call, start(size), listeners)
            return
    yield from here(chain.from_iterable(chunk.records for chunk in chain(head, stream)))


def _awaited(records: Iterator[Record], call: StreamCall, here: Here, start: Start, listeners: Listeners) -> Answers:
    """Of what comes as it likes: in this process, batch by batch, until it has shown that it brings more than that."""
    stream = chunks(call, records, together=False)
    count, size, asked, answered = 0, 0, call, 0.0
    while True:
        begun = time.perf_counter()
        if (chunk := next(stream, None)) is None:
            if not count:
                yield from here(iter(()))  # which says what is wrong with the model
            return
        came = time.perf_counter()
        if not count:
            asked = settled(call, chunk)
        elif count > START and came - begun < answered and (size := size or _usual()) > 1:
            yield from _spread(chain([chunk], stream), asked, start(size), listeners)
            return
        yield from cutting.answers(asked, iter(chunk.records))
        answered = time.perf_counter() - came
        count += len(chunk.records)


def _spread(stream: Iterator[Chunk], call: StreamCall, crew: Crew, listeners: Listeners) -> Answers:
    try:
        crew.start(call)  # its processes begin while the first texts are read
        first = next(stream, None)
        if first is None:
            return
        crew.begin(settled(call, first))
        left: list[SetAside] = []
        if listeners.on_set_aside is None:
            listeners = replace(listeners, on_set_aside=left.append)
        yield from Spreading(crew, chain([first], stream), listeners).run()
    finally:
        crew.close()
    if left:
        more = f" {len(left) - 1} more such parts." if len(left) > 1 else ""
        raise UserError(f"{left[0]}{more} All others are answered; try again.")


class Spreading:
    """A stream of chunks answered by a crew that has begun."""

    def __init__(self, crew: Crew, stream: Iterator[Chunk], listeners: Listeners) -> None:
        self._crew, self._stream, self._listeners = crew, stream, listeners
        self._workers = 0
        self._in_hand: deque[Chunk] = deque()
        self._outcomes: dict[int, ChunkOutcome] = {}
        self._attempts: Counter[int] = Counter()
        self._seconds = float("inf")
        self._late = False

    def run(self) -> Answers:
        """The records of all chunks, in order, each with its answer."""
        while True:
            self._fill()
            self._say_workers()
            if not self._in_hand:
                return
            if self._in_hand[0].number not in self._outcomes:
                self._take_in(self._crew.outcomes())
            while self._in_hand and self._in_hand[0].number in self._outcomes:
                yield from self._answers(self._outcomes.pop(self._in_hand.popleft().number))

    def _fill(self) -> None:
        """Read on and hand out, as far as chunks may be in hand.

        What comes more slowly than it is answered is waited for with nothing in hand: answers that are there must not
        wait for the next texts.
        """
        while len(self._in_hand) < (1 if self._late else self._crew.most):
            begun = time.perf_counter()
            chunk = next(self._stream, None)
            if chunk is None:
                return
            self._late = time.perf_counter() - begun > self._seconds
            self._in_hand.append(chunk)
            self._crew.give(chunk)

    def _say_workers(self) -> None:
        if self._listeners.on_workers and self._workers != self._crew.workers:
            self._workers = self._crew.workers
            self._listeners.on_workers(self._workers)

    def _take_in(self, outcomes: list[ChunkOutcome]) -> None:
        for outcome in outcomes:
            number = outcome.chunk.number
            if outcome.error is None:
                self._seconds = outcome.seconds
            elif not isinstance(outcome.error, UserError):
                self._attempts[number] += outcome.attempts
                if self._attempts[number] < ATTEMPTS:
                    self._crew.give(outcome.chunk)
                    continue
            self._outcomes[number] = outcome

    def _answers(self, outcome: ChunkOutcome) -> Answers:
        if outcome.error is None:
            yield from zip(outcome.chunk.records, outcome.answers, strict=True)
        elif isinstance(outcome.error, UserError):
            raise outcome.error
        else:
            chunk, reason = outcome.chunk, str(outcome.error) or type(outcome.error).__name__
            assert self._listeners.on_set_aside is not None
            self._listeners.on_set_aside(SetAside(chunk.records, chunk.first, self._attempts[chunk.number], reason))
