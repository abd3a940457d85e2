"""What works on chunks: processes of this machine, or a cluster's; and what becomes of a chunk."""

from dataclasses import dataclass
from typing import Any, Protocol

from ..results import StreamCall
from .chunks import Chunk


@dataclass(frozen=True)
class ChunkOutcome:
    """What became of an attempt at a chunk: its ``answers``, or the ``error`` in their place."""

    chunk: Chunk
    answers: tuple[Any, ...] = ()
    error: BaseException | None = None
    seconds: float = 0.0
    """That the answers took, on their worker."""
    attempts: int = 1
    """That this has been."""


class WorkerEndedError(Exception):
    """A worker's process ended while it worked on a chunk."""


class Crew(Protocol):
    """Workers that take chunks in any number and hand back outcomes in any order, once they have begun."""

    def start(self, call: StreamCall) -> None:
        """Whatever takes long and can be done before it is settled which model answers; returns at once."""
        ...

    def begin(self, call: StreamCall) -> None:
        """Get ready to answer ``call``; UserError where nothing can."""
        ...

    @property
    def workers(self) -> int:
        """How many there are."""
        ...

    @property
    def most(self) -> int:
        """Chunks in hand that keep all workers busy."""
        ...

    def give(self, chunk: Chunk) -> None:
        """Have some worker answer it; returns at once."""
        ...

    def outcomes(self) -> list[ChunkOutcome]:
        """What has come out since the last time; waits until there is something."""
        ...

    def close(self) -> None:
        """End the work, whatever is in hand."""
        ...
