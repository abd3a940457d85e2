"""The functions that workers answer texts with, and a stream of texts cut into chunks.

A chunk ends where a batch of the function ends in one process, so that the texts that run together are the same, and so
to the last bit are the answers, however many processes there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType
from typing import Any

from ..results import Record, StreamCall

TEXTS = 1_000
"""Of a chunk: batches are put together until they have so many texts,"""
CHARACTERS = 1 << 18
"""or so many characters. What takes long for each text has long texts or small batches."""
APART = 512, 1 << 20
"""A batch of a function that answers each text by itself: texts, and characters."""


@dataclass(frozen=True)
class StreamFunction:
    """``module``, below the engine, has the function; ``batch`` and ``characters`` are its constants that say how many
    records it reads together, ``explained`` the first of them where it explains; none: it reads each by itself.
    ``settled`` makes of its arguments and the first texts those that no later text changes. ``task`` has its models."""

    module: str
    task: str
    batch: str = ""
    characters: str = "LOOKAHEAD_CHARACTERS"
    explained: str = ""
    settled: str = ""


_BATCHED = "LOOKAHEAD"
FUNCTIONS = {
    "analyse_many": StreamFunction("tasks.classify.answer", "sentiment", _BATCHED, settled="settled"),
    "compare_surprise_many": StreamFunction("tasks.language.surprise", "language"),
    "embed": StreamFunction("tasks.encoder.answer", "encoder", _BATCHED),
    "fill_many": StreamFunction("tasks.fill.answer", "fill"),
    "profile_many": StreamFunction("tasks.profile.answer", "profile", _BATCHED, explained="EXPLAINED"),
    "surprise_many": StreamFunction("tasks.language.many", "language", "AHEAD", "AHEAD_CHARACTERS"),
    "titles_many": StreamFunction("tasks.title.answer", "title", _BATCHED),
    "translate_many": StreamFunction("tasks.translate.answer", "translate", _BATCHED),
}
"""By name: what of the engine's door can be asked of workers."""


@dataclass(frozen=True)
class Chunk:
    """The records from the ``first`` of the input on (from 1)."""

    number: int
    first: int
    records: tuple[Record, ...]


def module_of(call: StreamCall) -> ModuleType:
    return import_module(f"..{FUNCTIONS[call.function].module}", __package__)


def answers(call: StreamCall, records: Iterator[Record]) -> Iterator[tuple[Record, Any]]:
    """Each record with its answer, in this process."""
    return getattr(module_of(call), call.function)(records, **call.arguments)


def settled(call: StreamCall, chunk: Chunk) -> StreamCall:
    """``call`` with all that the first texts decide for the later ones, as ``chunk``, the first, has them."""
    row = FUNCTIONS[call.function]
    if not row.settled:
        return call
    texts = [record.text for record in chunk.records]
    arguments: Mapping[str, Any] = getattr(module_of(call), row.settled)(texts, **call.arguments)
    return replace(call, arguments=arguments)


def batch_of(call: StreamCall) -> tuple[int, int]:
    """Texts and characters of a batch."""
    row, module = FUNCTIONS[call.function], module_of(call)
    if not row.batch:
        return APART
    explains = bool(row.explained and call.arguments.get("explain"))
    return getattr(module, row.explained if explains else row.batch), getattr(module, row.characters)


def chunks(call: StreamCall, records: Iterator[Record], together: bool = True) -> Iterator[Chunk]:
    """``records`` in chunks; unless ``together`` each is a single batch."""
    from ..text.batching import take  # numpy

    most, characters = batch_of(call)
    first, number = 1, 0
    while batch := take(records, most, characters):
        size = sum(len(record.text) for record in batch)
        while together and len(batch) < TEXTS and size < CHARACTERS and (more := take(records, most, characters)):
            batch += more
            size += sum(len(record.text) for record in more)
        number += 1
        yield Chunk(number, first, tuple(batch))
        first += len(batch)
