"""What many texts are asked, in a form that other processes understand, and what none of them could answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from ...data.errors import UserError
from .reading import Record


@dataclass(frozen=True)
class StreamCall:
    """A function of :mod:`dltext.engine.api` that answers a stream of records, and its other arguments."""

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


class ClusterError(UserError):
    """A cluster cannot answer: it cannot be reached, has no workers, or they differ from this machine."""


class UnsharedError(UserError):
    """The workers of a cluster cannot read a file by themselves, or write beside the results; its text is a clause."""


@dataclass(frozen=True)
class Rendering:
    """What makes lines of answers on a worker: the function ``name`` of ``module``, called with ``options`` and records
    with their answers. It returns how many there were, what to know of them (as JSON), and their lines."""

    module: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class PartsCall:
    """A file that workers read, and results that they write.

    ``name`` is the file as the user has named it, ``place`` its path or URL on all machines; ``folder``: where parts
    go; ``columns`` by role, ``blanks`` and ``with_columns`` as :func:`dltext.engine.api.read_records` takes them.
    """

    name: str
    place: str
    folder: str
    cluster: str
    rendering: Rendering
    columns: Mapping[str, str]
    blanks: bool = False
    with_columns: bool = False


@dataclass(frozen=True)
class WrittenPart:
    """Results of ``count`` texts as a worker has written them: ``lines`` is open for reading, ``about`` what the
    rendering says of them."""

    count: int
    about: Mapping[str, Any]
    lines: IO[bytes]


@dataclass(frozen=True)
class SetAside:
    """Records that no worker could answer: ``first`` is the number of the first in the input, from 1."""

    records: tuple[Record, ...]
    first: int
    attempts: int
    reason: str
    """Why the last attempt failed, as a clause: ``its worker was ended``."""

    def __str__(self) -> str:
        ids = self.records[0].id, self.records[-1].id
        named = f"id {ids[0]}" if len(self.records) == 1 else f"ids {ids[0]} to {ids[1]}"
        last = self.first + len(self.records) - 1
        place = f"Text {self.first:,}" if len(self.records) == 1 else f"Texts {self.first:,} to {last:,}"
        was = "was" if len(self.records) == 1 else "were"
        return f"{place} ({named}) {was} set aside after {self.attempts} attempts: {self.reason}."
