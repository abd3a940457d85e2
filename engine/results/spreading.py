"""What many texts are asked, in a form that other processes understand, and what none of them could answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...data.errors import UserError
from .reading import Record


@dataclass(frozen=True)
class StreamCall:
    """A function of :mod:`dltext.engine.api` that answers a stream of records, and its other arguments."""

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


class ClusterError(UserError):
    """A cluster cannot answer: it cannot be reached, has no workers, or they differ from this machine."""


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
