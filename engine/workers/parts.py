"""Answers written by the workers of a cluster themselves, each range of a shared file as a part of the results.

A part is whole or not there at all. Its name says which bytes of the input it answers, and a digest of input, model and
options, so that a later run takes those that fit and no others. It begins with a line of JSON about what follows.
"""

import contextlib
import hashlib
import json
import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from ...data import places, ranges
from ...data.formats.opening import look
from ...data.inputs import opened as opening
from ...data.reading import Reading
from ...data.rows import ALL, Columns
from ..results import PartsCall, Record, Rendering, SetAside, StreamCall, UnsharedError, UserError, WrittenPart
from . import chunks, cutting, remote
from .chunks import Chunk
from .cluster import ClusterCrew, reason
from .spreading import Listeners, Spreading

VERSION = 2
"""Of the form of parts."""
EDGE = 1 << 16
"""Bytes at the beginning and the end of a file that workers compare."""
TOKEN = "input.json"
"""In the folder of parts: what they are made of. Workers that do not see it do not see the folder."""


@dataclass(frozen=True)
class SharedFile:
    """A file that all workers read: ``place`` is its path or URL, ``mark`` a digest of its size, beginning and end."""

    place: str
    size: int
    mark: str
    reading: Reading
    columns: Columns

    def records(self, part: ranges.ByteRange) -> Iterator[Record]:
        """Those of a range, with the ids and values that they have in a reading of the whole file."""
        for row in ranges.range_rows(lambda: places.open_place(self.place), part, self.reading, self.columns):
            yield Record(row.id, row.text, row.shown_label, row.values)


@dataclass(frozen=True)
class PartsTask:
    """What a worker has to know beside the range: where parts go, the digest in their names, what makes lines."""

    source: SharedFile
    folder: str
    digest: str
    rendering: Rendering

    def name(self, part: ranges.ByteRange) -> str:
        """Of the part of a range; they sort as they follow one another."""
        return f"{part.offset:016d}-{part.offset + part.length:016d}-{self.digest}.part"

    def content(self, part: ranges.ByteRange) -> str:
        """A digest of the bytes of a range: a file may be changed in its middle while its size stays."""
        with places.open_place(self.source.place) as stream:
            stream.seek(part.offset)
            return hashlib.blake2b(stream.read(part.length), digest_size=16).hexdigest()

    def answers(self, part: ranges.ByteRange) -> bool:
        """Whether the part that is there is whole, and of what the range holds now."""
        with places.open_place(places.below(self.folder, self.name(part))) as stream:
            try:
                head = json.loads(stream.readline())
                return bool(head["version"] == VERSION and head["content"] == self.content(part))
            except (ValueError, KeyError, TypeError):
                return False


def answer_in_parts(
    asked: PartsCall, call: StreamCall, on_count: Callable[[int], None]
) -> Iterator[WrittenPart | SetAside]:
    """All parts of the answers to a file that workers read, in order, once all are there; or what was set aside.

    ``on_count`` is told how many texts are answered. Parts that an earlier run has left are taken as they are. Raises
    :class:`UnsharedError`, before anything is done, where the workers do not see the file or the folder of parts, and
    what is wrong with a text as one process does; parts stay for the next run.
    """
    source, call = _shared(asked, call)
    crew = _PartsCrew(asked.cluster)
    try:
        crew.begin(call)
        crew.task = PartsTask(source, asked.folder, _digest(source, call, crew.terms, asked.rendering), asked.rendering)
        held = _prepared(crew)
        run = _PartsRun(crew, held, on_count)
        listeners = Listeners(run.set_aside, None)
        for part, written in cast("Any", Spreading(crew, run.chunks(call), listeners).run()):
            run.count(part, written)
    finally:
        crew.close()
    yield from run.results()


def remove_parts(folder: str) -> None:
    """Remove a folder of parts, where it is there."""
    places.remove(folder)


def has_parts(folder: str) -> bool:
    """Whether a run has left parts there."""
    return any(name.endswith(".part") for name in places.names_below(folder))


class _PartsRun:
    """The ranges of a run, and what has become of them."""

    def __init__(self, crew: "_PartsCrew", held: set[str], on_count: Callable[[int], None]) -> None:
        self._crew, self._held, self._on_count = crew, held, on_count
        self._task = crew.task
        self._ranges: list[ranges.ByteRange] = []
        self._aside: dict[int, SetAside] = {}
        self._count = 0

    def chunks(self, call: StreamCall) -> Iterator[Chunk]:
        """The ranges whose parts are not there yet, cut as they are asked for."""
        source = self._task.source
        with places.open_place(source.place) as stream, opening(source.reading.path):
            ends = ranges.record_ends(stream, source.reading)
            read = lambda part: ranges.range_rows(  # noqa: E731
                lambda: places.open_place(source.place), part, source.reading, source.columns
            )
            for part in cutting.ranges(call, ends, read, source.size):
                self._ranges.append(part)
                if self._task.name(part) in self._held and self._task.answers(part):
                    self.count(part, part.records)
                else:
                    yield Chunk(len(self._ranges), part.record, cast("Any", (part,)))

    def count(self, part: ranges.ByteRange, written: int) -> None:
        self._count += written
        self._on_count(self._count)

    def set_aside(self, texts: SetAside) -> None:
        """Note that a range could not be answered; it is read when its turn comes."""
        part = cast("ranges.ByteRange", texts.records[0])
        self._aside[part.offset] = texts

    def results(self) -> Iterator[WrittenPart | SetAside]:
        for part in self._ranges:
            if failed := self._aside.get(part.offset):
                records = tuple(self._task.source.records(part))
                yield SetAside(records, part.record, failed.attempts, failed.reason)
            else:
                yield _read(self._task.folder, self._task.name(part))


def _read(folder: str, name: str) -> WrittenPart:
    """A part that is there; UserError where it is damaged."""
    stream = places.open_place(places.below(folder, name))
    try:
        head = json.loads(stream.readline())
        if head["version"] == VERSION:
            return WrittenPart(head["count"], head["about"], stream)
    except (ValueError, KeyError, TypeError):
        pass
    stream.close()
    raise UserError(f"{places.below(folder, name)} is damaged: remove it, and continue with --resume.")


def _shared(asked: PartsCall, call: StreamCall) -> tuple[SharedFile, StreamCall]:
    """The file, and the call with all that its first texts decide; UnsharedError where it cannot be cut."""
    opened = look(asked.name, None, asked.columns, blanks=asked.blanks)
    columns = Columns(values=ALL if asked.with_columns else ())
    if opened.source.once or not places.is_file(asked.place):
        raise UnsharedError("it is no file")
    with opening(opened.source.name), opened.source.open() as stream:
        if why := ranges.uncut(opened, stream):
            raise UnsharedError(why)
    size, mark = _marked(asked.place)
    shared = SharedFile(asked.place, size, mark, opened.reading, columns)
    records = (Record(row.id, row.text, row.shown_label) for row in opened.rows(columns))
    first = next(chunks.chunks(call, records), None)
    if first is None:
        raise UserError("There are no texts in the input.")
    return shared, chunks.settled(call, first)


def _marked(place: str) -> tuple[int, str]:
    """The size of a file, and a digest of that, its beginning and its end."""
    with places.open_place(place) as stream:
        head = stream.read(EDGE)
        size = stream.seek(0, 2)
        stream.seek(max(0, size - EDGE))
        tail = stream.read(EDGE)
    return size, hashlib.blake2b(b"%d %b %b" % (size, head, tail), digest_size=16).hexdigest()


def _digest(source: SharedFile, call: StreamCall, terms: Any, rendering: Rendering) -> str:
    """Of all that the bytes of a part depend on, but for its range."""
    sizes = cutting.TEXTS, cutting.BYTES, cutting.RANGES, cutting.LEAST, chunks.batch_of(call)
    asked = sorted(call.arguments.items()), sorted(terms.items()), sorted(rendering.options.items())
    table = VERSION, source.size, source.mark, source.reading.format, source.reading.columns, source.columns
    told_apart = repr((table, call.function, asked, rendering.module, rendering.name, sizes, _roles(source.reading)))
    return hashlib.blake2b(told_apart.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _roles(reading: Reading) -> tuple[Any, ...]:
    return reading.text, reading.label, reading.id, reading.pair, sorted(reading.stated.items()), reading.blanks


def _prepared(crew: "_PartsCrew") -> set[str]:
    """The names of the parts that are there; UnsharedError where a worker does not see file or folder."""
    task = crew.task
    token = json.dumps({"input": task.source.place, "digest": task.digest}, indent=1).encode()
    held = {name for name in places.names_below(task.folder) if name.endswith(".part")}
    if held and not any(name.endswith(f"-{task.digest}.part") for name in held):
        raise UserError(
            f"{task.folder} holds parts that were made of another input, with another model or other options: give the "
            "same, or start again with --overwrite."
        )
    places.make_folder(task.folder)
    places.put(places.below(task.folder, TOKEN), token)
    answers = crew.ask(look_around, pickle.dumps((task, token), protocol=5))
    for worker, said in sorted(answers.items()):
        if said:
            if not held:
                places.remove(task.folder)
            raise UnsharedError(f"the worker {worker} {reason(said) if isinstance(said, BaseException) else said}")
    return held


def look_around(packed: bytes) -> str:
    """On a worker: what it lacks to read the file and to write parts, as a clause; empty where that is nothing."""
    task, token = cast("tuple[PartsTask, bytes]", pickle.loads(packed))
    if lacking := _lacking(task.source):
        return lacking
    with contextlib.suppress(UserError, OSError), places.open_place(places.below(task.folder, TOKEN)) as stream:
        if stream.read() == token and places.is_writable(task.folder):
            return ""
    return f"cannot write to {task.folder}"


def _lacking(source: SharedFile) -> str:
    try:
        if _marked(source.place) == (source.size, source.mark):
            return ""
        return f"sees another file at {source.place}"
    except UserError as error:
        return f"does not see it ({str(error).rstrip('.')})"
    except OSError as error:
        return f"does not see it ({error.strerror or error})"


class _PartsCrew(ClusterCrew):
    """A cluster's workers that read a range and write its part."""

    task: PartsTask

    def _task(self, chunk: Chunk) -> tuple[Callable[[bytes], bytes], bytes]:
        return write_part, pickle.dumps((self._call, chunk.records[0], self.task, self.terms), protocol=5)


_seen: set[tuple[str, str]] = set()


def write_part(packed: bytes) -> bytes:
    """On a worker: answer a range and write its part; how many texts it holds, and the seconds, or a UserError."""
    remote.prepare()
    call, part, task, terms = pickle.loads(packed)
    begun = time.perf_counter()
    answered: Any
    try:
        remote.agree(call, terms)
        if (task.source.place, task.source.mark) not in _seen:
            if lacking := _lacking(task.source):
                raise UserError(f"The worker that has joined {lacking}: let it see the files of the others.")
            _seen.add((task.source.place, task.source.mark))
        count = _write(call, part, task)
        answered = (count,), time.perf_counter() - begun
    except UserError as error:
        answered = error
    return pickle.dumps(answered, protocol=5)


def _write(call: StreamCall, part: ranges.ByteRange, task: PartsTask) -> int:
    render, content = getattr(import_module(task.rendering.module), task.rendering.name), task.content(part)
    count, about, lines = render(task.rendering.options, chunks.answers(call, task.source.records(part)))
    if part.records not in (0, count):
        raise RuntimeError(f"{part.records} texts were counted and {count} read")
    values = {"version": VERSION, "count": count, "content": content, "about": about}
    head = json.dumps(values).encode("ascii")
    places.put(places.below(task.folder, task.name(part)), b"%b\n%b" % (head, lines))
    return count
