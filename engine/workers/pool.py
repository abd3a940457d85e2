"""Processes of this machine, each in an executor of its own: when one ends, its chunk is known, and no other's is lost.

They are started anew (never forked: threads and sessions of a fork hang) and import nothing of the program that starts
them. An executor of the standard library is broken once its process has ended, and is then replaced.
"""

import contextlib
import io
import multiprocessing
import signal
import sys
import threading
import types
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker

from ..results import Record, StreamCall, UserError
from . import process
from .chunks import Chunk
from .crew import ChunkOutcome, WorkerEndedError

QUEUED = 2
"""Chunks at a worker: the one that it works on, and the one that it goes on with at once."""
WINDOW = 3
"""Chunks in hand for each worker: while the first of all takes long, others go on."""
STARTS = 5
"""Workers in a row that may end before they are ready."""

_starting = threading.Lock()


class ProcessCrew:
    """``size`` processes; in the ``background``: with a lower priority."""

    def __init__(self, size: int, background: bool = False) -> None:
        self.most = WINDOW * size
        self._size, self._background = size, background
        self._waiting: deque[Chunk] = deque()
        self._failed_starts = 0
        self._workers: list[_Worker] = []

    @property
    def workers(self) -> int:
        return len(self._workers)

    def start(self, call: StreamCall) -> None:
        for _ in range(self._size):
            self._workers.append(_Worker(call, self._background))

    def begin(self, call: StreamCall) -> None:
        self._call = call
        for worker in self._workers:
            worker.load(call)

    def give(self, chunk: Chunk) -> None:
        self._waiting.append(chunk)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            worker = min(self._workers, key=lambda worker: len(worker.chunks))
            if len(worker.chunks) >= QUEUED:
                return
            worker.give(self._waiting.popleft())

    def outcomes(self) -> list[ChunkOutcome]:
        while True:
            wait([worker.first for worker in self._workers if worker.busy], return_when=FIRST_COMPLETED)
            outcomes = []
            for number, worker in enumerate(self._workers):
                ready = worker.ready
                outcomes += worker.finished()
                if worker.ready > ready:
                    self._failed_starts = 0
                if worker.ended:
                    outcomes += self._replace(number, worker)
            self._workers = [worker for worker in self._workers if not worker.ended]
            self._hand_out()
            if outcomes:
                return outcomes

    def _replace(self, number: int, worker: "_Worker") -> list[ChunkOutcome]:
        """Start another in its place; the chunk that it worked on has failed, the one behind that waits first."""
        worker.close()
        chunks = list(worker.chunks)
        working = chunks[:1] if worker.ready else []
        self._waiting.extendleft(reversed(chunks[len(working) :]))
        self._failed_starts += not worker.ready
        if self._failed_starts < STARTS:
            self._workers[number] = _Worker(self._call, self._background)
            self._workers[number].load(self._call)
        elif all(other.ended for other in self._workers):
            raise UserError(
                f"The worker processes end as soon as they start ({STARTS} in a row): close other programs to give "
                "them memory, or use one process (--workers 1)."
            )
        return [ChunkOutcome(chunk, error=WorkerEndedError("its worker process was ended")) for chunk in working]

    def close(self) -> None:
        for worker in self._workers:
            worker.close()
        self._workers = []


class _Worker:
    """An executor of one process, and what it has been given."""

    def __init__(self, call: StreamCall, background: bool) -> None:
        self.chunks: deque[Chunk] = deque()
        self._futures: deque[Future] = deque()
        self.ready = self.ended = False
        try:
            with _clean_start():
                spawn = multiprocessing.get_context("spawn")
                self._executor = ProcessPoolExecutor(1, spawn, process.begin, (background,))
                # An executor starts its process with the first work.
                self._loading = self._executor.submit(process.prepare, call)
        except KeyboardInterrupt:  # put off until the process is there, of which nobody else knows yet
            if hasattr(self, "_executor"):  # else it came before that
                self.close()
            raise
        # A worker that is killed while it sends answers leaves half a message. As long as this process could write
        # there as well, the rest of it would be waited for, for ever.
        self._executor._result_queue._writer.close()  # pyright: ignore[reportAttributeAccessIssue]

    def load(self, call: StreamCall) -> None:
        """Load what answers to ``call`` need; before the first chunk."""
        self._call = call
        self._loading = self._submit(())

    def _submit(self, records: Sequence[Record]) -> Future:
        try:
            return self._executor.submit(process.answer, self._call, records)
        except BrokenProcessPool as error:  # it has ended since it was asked
            broken: Future = Future()
            broken.set_exception(error)
            return broken

    @property
    def busy(self) -> bool:
        return not self.ready or bool(self._futures)

    @property
    def first(self) -> Future:
        """What it is about to finish."""
        return self._futures[0] if self.ready else self._loading

    def give(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)
        self._futures.append(self._submit(chunk.records))

    def finished(self) -> list[ChunkOutcome]:
        """What is finished by now, in order; sets ``ready`` and ``ended``."""
        outcomes: list[ChunkOutcome] = []
        while self.busy and self.first.done():
            error = self.first.exception()
            if isinstance(error, BrokenProcessPool):
                self.ended = True
                break
            if not self.ready:
                self.ready = True
                # What is wrong with the model is wrong with each chunk, and is said of the first.
                continue
            answers, seconds = ((), 0.0) if error else self._futures[0].result()
            self._futures.popleft()
            outcomes.append(ChunkOutcome(self.chunks.popleft(), tuple(answers), error, seconds))
        return outcomes

    def close(self) -> None:
        """End the process at once: nothing of it is needed any more."""
        # As kill_workers() of Python 3.14 does.
        for child in list((self._executor._processes or {}).values()):
            child.kill()
        self._executor.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _clean_start() -> Iterator[None]:
    """Start processes as if from a plain interpreter, whatever program this is.

    A spawned process would run the main module again, which in a screen imports what draws, and in somebody's script
    may do anything. Where what stands for stderr is no file, as in a screen, multiprocessing could not start its
    tracker of resources. And Ctrl+C must not end a worker before it is told to leave that to us.
    """
    with _starting:
        main, stderr = sys.modules["__main__"], sys.stderr
        if not _is_file(stderr):
            sys.stderr = io.StringIO()
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            with _uninterrupted():
                yield
        finally:
            sys.modules["__main__"], sys.stderr = main, stderr


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Neither a process that is being started, which has the mask of signals that we have, nor we who start it are
    interrupted by Ctrl+C: it counts once all is in its place, else the new process would report what it lacks."""
    # Started with the first worker, between our block and that, the tracker would let SIGINT through again.
    resource_tracker.ensure_running()
    masks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    # Another thread may take the signal, and Python would raise KeyboardInterrupt in the main one all the same.
    main = threading.current_thread() is threading.main_thread()
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: came.append(number)) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, signal.SIG_DFL if handler is None else handler)
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _is_file(stream: object) -> bool:
    try:
        return stream.fileno() >= 0  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return False
