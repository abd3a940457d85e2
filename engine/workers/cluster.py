"""The workers of a Dask cluster, which is imported when it is asked for, and not before.

Texts are read here and sent in chunks: a cluster needs no file system that all machines share, and no second reader.
"""

import contextlib
import logging
import pickle
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..results import ClusterError, StreamCall, UserError
from . import agreement, remote
from .address import cluster_address
from .chunks import Chunk
from .crew import ChunkOutcome, WorkerEndedError

if TYPE_CHECKING:
    from distributed import Client, Future  # type: ignore[import-not-found]

PATIENCE = 10.0
"""Seconds in which a scheduler answers, again as well where its connection was lost, and has a first worker."""
ALONE = 60.0
"""Seconds without any worker after which the work ends."""
WINDOW = 3
"""Chunks in hand for each thread of the workers."""
LOOK = 2.0
"""Seconds between looks at how many workers there are."""
POLL = 0.5


def connect(address: str, asked: agreement.Asked) -> "tuple[Client, agreement.Terms]":
    """A connection to the scheduler at ``address``, and what this machine and all workers have for what is ``asked``.
    ClusterError where there is none, it has no workers, or one differs."""
    client = _connected(address)
    try:
        return client, _agreed(client, address, asked)
    except BaseException:
        close(client)
        raise


def look(address: str, asked: agreement.Asked, free: Callable[[], int]) -> "dict[str, HostRoom]":
    """The machines of the cluster whose workers are like this machine, by name. ``free`` is asked there for bytes of
    memory. ClusterError as :func:`connect`."""
    client, _ = connect(address, asked)
    try:
        threads: Any = client.nthreads()
        memory: Any = client.run(free, on_error="return")
    finally:
        close(client)
    rooms: dict[str, HostRoom] = {}
    for worker, count in threads.items():
        name = urlsplit(worker).hostname or worker
        here, bytes_free = rooms.get(name, HostRoom(0, 0)), memory.get(worker, 0)
        free_there = bytes_free if isinstance(bytes_free, int) else 0
        rooms[name] = HostRoom(here.threads + count, max(here.memory, free_there))
    return rooms


@dataclass(frozen=True)
class HostRoom:
    """What a machine of a cluster has room for: ``threads`` of all its workers, bytes of ``memory`` that are free."""

    threads: int
    memory: int


def differs(client: "Client", worker: str, asked: agreement.Asked, here: agreement.Terms) -> str:
    """How one worker differs, which may have joined later; empty where it does not."""
    answers: Any = client.run(agreement.described, asked, workers=[worker], on_error="return")
    return _difference(here, answers.get(worker), worker)


def _quiet() -> None:
    """What Dask would say of lost connections is said by us, in a sentence."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)


def _connected(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("A cluster needs Dask, which is not installed: pip install 'dltext[cluster]'.") from None
    _quiet()
    place = cluster_address(address)
    named: dict[str, Any] = {"address": place} if "://" in place else {"scheduler_file": place}
    try:
        return Client(**named, timeout=PATIENCE, set_as_default=False, name="dltext")
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(
            f"No scheduler answers at {address} ({reason(error)}): check the address, or start one with "
            "`dask scheduler`."
        ) from None


def _agreed(client: "Client", address: str, asked: agreement.Asked) -> agreement.Terms:
    """What this machine and all workers have; ClusterError where one has something else."""
    here = agreement.terms(asked)
    # Who answers texts prepares its process for that; a training is a process of its own.
    describe = remote.describe if isinstance(asked, StreamCall) else agreement.described
    with contextlib.suppress(TimeoutError, OSError):
        client.wait_for_workers(1, timeout=PATIENCE)
    try:
        answers: Any = client.run(describe, asked, on_error="return")
    except Exception as error:
        raise ClusterError(f"The workers of {address} cannot be asked what they have: {reason(error)}.") from None
    if not answers:
        raise ClusterError(f"The cluster at {address} has no workers: {_remedy(address)}.")
    for where, there in sorted(answers.items()):
        if said := _difference(here, there, where):
            raise ClusterError(said)
    return here


def _difference(here: agreement.Terms, there: Any, where: str) -> str:
    """How what a worker says of itself differs."""
    if not isinstance(there, dict):
        why = reason(there) if isinstance(there, BaseException) else "it is gone"
        return f"The worker {where} cannot answer: {why}. Install dltext {here['dltext']} there."
    return agreement.difference(here, UserError(there["problem"]) if "problem" in there else there["terms"], where)


def reason(error: BaseException) -> str:
    """Why, in half a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")


def _remedy(address: str) -> str:
    return f"start some with `dask worker {'' if '://' in address else '--scheduler-file '}{address}`"


def close(client: "Client") -> None:
    """Leave the scheduler."""
    with contextlib.suppress(Exception):
        client.close(timeout=2)


class ClusterCrew:
    """The workers of the scheduler at ``address``, a URL or a scheduler's file, compared with this machine.

    Chunks are its tasks, as many at once as the workers have threads, so that one that ends its worker is never taken
    for another; the scheduler repeats a task whose worker has ended.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None
        self.terms: agreement.Terms = {}
        self._name = f"dltext-{uuid.uuid4().hex[:12]}"
        self._tasks = 0
        self._waiting: deque[Chunk] = deque()
        self._running: dict[str, tuple[Chunk, Future]] = {}
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._seen = self._manned = 0.0
        self._size = self.workers = 1

    def start(self, call: StreamCall) -> None:
        """Nothing: its workers run already."""

    def begin(self, call: StreamCall) -> None:
        """ClusterError where there is no scheduler, it has no workers, or one differs."""
        self._call = call
        self._client, self.terms = connect(self._address, call)
        self._look()

    @property
    def most(self) -> int:
        return WINDOW * self._size

    def give(self, chunk: Chunk) -> None:
        self._waiting.append(chunk)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting and len(self._running) < self._size:
            chunk = self._waiting.popleft()
            self._tasks += 1
            key = f"{self._name}-{self._tasks}"
            work, packed = self._task(chunk)
            try:
                future = self._client.submit(work, packed, key=key, pure=False)
            except Exception as error:
                raise self._gone(error) from None
            self._running[key] = chunk, future
            future.add_done_callback(lambda future: self._done.put(future.key))

    def _task(self, chunk: Chunk) -> tuple[Callable[[bytes], bytes], bytes]:
        """What a worker does for a chunk, and what it is sent for that."""
        return remote.answer, remote.pack(self._call, chunk.records, self.terms)

    def ask(self, question: Callable[[bytes], Any], packed: bytes) -> dict[str, Any]:
        """What each worker answers, or the error in its place."""
        answers: Any = self._client.run(question, packed, on_error="return")
        return answers

    def outcomes(self) -> list[ChunkOutcome]:
        while True:
            self._look()
            self._hand_out()
            if outcomes := list(self._finished()):
                return outcomes

    def _finished(self) -> Iterator[ChunkOutcome]:
        try:
            key = self._done.get(timeout=POLL)
        except queue.Empty:
            return
        chunk, future = self._running.pop(key)
        try:
            answered = pickle.loads(future.result(timeout=ALONE))
        except Exception as error:
            if future.status in ("cancelled", "lost"):  # the connection was: a scheduler knows nothing of it any more
                self._waiting.appendleft(chunk)
                return
            ended = type(error).__name__ == "KilledWorker"  # after so many attempts as the scheduler's settings say
            attempts = getattr(error, "allowed_failures", 3) + 1 if ended else 1
            reason = WorkerEndedError("its worker process was ended") if ended else error
            yield ChunkOutcome(chunk, error=reason, attempts=attempts)
            return
        finally:
            future.release()
        if isinstance(answered, UserError):
            yield ChunkOutcome(chunk, error=answered)
        else:
            answers, seconds = answered
            yield ChunkOutcome(chunk, tuple(answers), seconds=seconds)

    def _look(self) -> None:
        """See that the scheduler is there, and how many threads its workers have."""
        if self._client.status not in ("running", "connecting"):
            raise self._gone(None)
        now = time.monotonic()
        if self._client.status == "connecting" or now - self._seen < LOOK:
            return
        try:
            threads: Any = self._client.nthreads()
            self._size, self.workers = sum(threads.values()), len(threads)
        except Exception:
            return  # it is being lost: that is seen the next time
        self._seen = now
        if self._size:
            self._manned = now
        elif now - self._manned > ALONE:
            raise ClusterError(
                f"The cluster at {self._address} has had no worker for {ALONE:.0f} seconds: {_remedy(self._address)}."
            )
        self._size = max(1, self._size)

    def _gone(self, error: Exception | None) -> ClusterError:
        said = f" ({reason(error)})" if error else ""
        return ClusterError(f"The cluster's scheduler at {self._address} is gone{said}: start it again.")

    def close(self) -> None:
        if self._client is None:
            return
        if self._client.status == "running" and self._running:
            with contextlib.suppress(Exception):
                self._client.cancel([future for _, future in self._running.values()])
        self._running.clear()
        close(self._client)
