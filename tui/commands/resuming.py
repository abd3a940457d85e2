"""A result file that a broken run leaves behind, and a later one continues: one line a record, in the input's order.

New results are written aside (``.NAME.part``) and renamed at their end. What they are made of is written down by
:mod:`.fingerprint`, so that a later run continues them only with the same texts, model and options.
"""

import collections
import contextlib
import csv
import errno
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal

from ...engine import api
from ...engine.results import Outlet, Record, SetAside, UserError, WrittenPart
from . import output, packing
from .leaving import Leaving
from .output import ANY, Misuse
from .result_names import aside_name

HEADER = ("id", "label", "probability")
Form = Literal["json", "csv", "tsv", "text"]
TABLES: dict[str, str] = {"csv": ",", "tsv": "\t"}
"""Forms with a header, and what stands between their cells."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}


def row(values: Iterable[str], separator: str) -> str:
    """A result as one line of TSV or CSV; line breaks within a value become blanks, so that a line is a record."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerow([in_a_line(value) for value in values])
    return buffer.getvalue()


def in_a_line(value: str) -> str:
    """``value`` with line breaks as blanks."""
    return " ".join(value.splitlines())


class Results:
    """The file of ``place``, opened for new results; with ``resume`` complete lines of a broken run are kept.

    ``header``: the columns of a table, the first is the record's id; None where only the answers tell them.
    ``options``: what the results depend on.
    Misuse where the file has results already and neither ``resume`` nor ``overwrite`` says what to do with them.
    """

    def __init__(
        self,
        place: Outlet,
        form: Form,
        resume: bool,
        overwrite: bool,
        header: tuple[str, ...] | None = HEADER,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._name, self._path, self._form, self._header = place.name, place.path, form, header
        self._beside = Path.cwd() / place.path.name if api.is_url(place.name) else place.path
        self._aside = place.path.with_name(aside_name(place.path.name))
        self._options = dict(options or {})
        self._resume = resume
        self._file: IO[bytes] | None = None
        self._end = 0
        self._digests: collections.deque[bytes] = collections.deque()
        self._models: set[str] = set()
        self._written = self._full = False
        self._columns: tuple[str, ...] | None = None
        self._begun: tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]] | None = None
        """What was said before the last result."""
        self._locks = contextlib.ExitStack()
        self.done = 0
        """Results in the file."""
        if not resume and not overwrite:
            if _size(self._path):
                raise Misuse(f"{self._name} exists: continue it with --resume, or replace it with --overwrite.")
            if _size(self._aside):
                raise Misuse(
                    f"{self._name} was begun by a run that was interrupted: continue it with --resume, or start again "
                    "with --overwrite."
                )
        self._packing = packing.check(place, str((options or {}).get("form")), resume and not self._aside.exists())
        self._working = self._path if resume and not self._aside.exists() and self._path.exists() else self._aside
        from .fingerprint import Fingerprint  # only where results are written to a file

        self._fingerprint = Fingerprint(self._path)
        self._leaving = Leaving(self._beside)

    def __enter__(self) -> "Results":
        try:
            with self._said():
                self._working.open("ab").close()  # with the mode of any file that a user names
                self._locks.enter_context(api.locked(self._working, wait=False))
                self._file = self._working.open("r+b", buffering=0)
                if not self._resume:
                    self._file.truncate(0)
        except BaseException:
            self._locks.close()
            raise
        return self

    def skip(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that have no result yet; UserError where the file's results are not of this input."""
        records = iter(records)
        self._fingerprint.load()
        if self._resume:
            self._leaving = Leaving(self._beside, self._fingerprint.left)
            if self._form != "text":
                records = self._leaving.others(records)
            if _size(self._working):
                self._check_options()
            self._compare(records)
        assert self._file is not None
        with self._said():
            self._file.truncate(self._end)
            self._file.seek(self._end)
        self._fingerprint.begin(self._options, self.done)
        return self._noted(records)

    def begin(self, header: tuple[str, ...], models: Mapping[str, tuple[str, ...]]) -> None:
        """Before a result is written: what the columns are, and which models gave it, by what they were used for.

        UserError where the results before have other columns, or came from other models.
        """
        if self._begun == (header, models):
            return
        for use, names in models.items():
            begun = self._fingerprint.other_model(use, names)
            if not begun and use == ANY and self._models and self._models != set(names):
                begun = " and ".join(sorted(self._models))
            if begun:
                raise UserError(f"{self._name} was begun with the model {begun}: say --model {begun}.")
            self._fingerprint.use(use, names)
        self._begun = header, dict(models)
        if self._form not in TABLES or self._columns == header:
            return
        if self._columns is not None:
            raise UserError(f"{self._name} was begun with other columns: start again with --overwrite.")
        self._columns = header
        with self._said():
            self._put(encoded(first_line(self._form, header) + "\n"))

    @property
    def model(self) -> str | None:
        """The model that the results so far were asked of, or that gave all of them; None where that is not known."""
        return self._fingerprint.model if self.done else None

    def write(self, text: str) -> None:
        """A result, as one line; the one of the record that was taken first and has none yet."""
        with self._said():
            if self._digests:
                self._fingerprint.add(self._digests.popleft())
            self._put(encoded(text))
        self.done += 1
        self._written = True

    def join(self, part: WrittenPart) -> None:
        """The next results, as a worker has written them."""
        for header, models in part.about["heads"]:
            self.begin(tuple(header), {use: tuple(names) for use, names in models.items()})
        with self._said():
            self._fingerprint.add(bytes.fromhex(part.about["digests"]))
            while chunk := part.lines.read(1 << 20):
                self._put(chunk)
        self.done += part.count
        self._written = True

    def pass_over(self, records: Iterable[Record]) -> None:
        """The next records, which are about to be set aside."""
        self._digests.extend(self._fingerprint.digest(record) for record in records)

    def set_aside(self, texts: SetAside) -> str:
        """Go on without results of ``texts``, which come next, and write them down; says where. Among answers a line
        each they get empty ones."""
        with self._said():
            where = self._leaving.add(texts)
        self._fingerprint.leave(str(self._leaving.path))
        for _ in texts.records:
            if self._form == "text":
                self.write("\n")
            elif self._digests:
                self._digests.popleft()
        return where

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        assert self._file is not None
        with self._locks, self._file:
            self._fingerprint.close()
            if kind is None:
                with self._said():
                    self._finish()
            else:
                self._leave()

    def _finish(self) -> None:
        assert self._file is not None
        os.fsync(self._file.fileno())
        if self._packing:
            packing.pack(self._working, self._path, self._packing)
        elif self._working != self._path:
            with contextlib.suppress(OSError):
                self._working.chmod(self._path.stat().st_mode & 0o7777)
            self._working.replace(self._path)

    def _leave(self) -> None:
        """What a run that was stopped has written stays, unless that is nothing."""
        if self._written and not self._full:
            output.log(f"dltext: {self.done:,} results are kept; the same command with --resume continues {self._name}")
        elif not self._written and not self._resume:
            with contextlib.suppress(OSError):
                self._working.unlink()
            self._fingerprint.remove()

    def _put(self, content: bytes) -> None:
        assert self._file is not None
        raw = memoryview(content)
        while raw:
            raw = raw[self._file.write(raw) or 0 :]

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
                raise UserError(
                    f"Another run is writing {self._name}: wait for its end, or name another file."
                ) from None
            if error.errno in FULL and self.done:
                self._full = True
                raise UserError(
                    f"{self._name} cannot be written further: {reason}. Make room; the same command with --resume "
                    "continues it."
                ) from None
            raise UserError(f"{self._name} cannot be written: {reason}. Name another place.") from None

    # -------------------------------------------------------------------------------- what a run before has left

    def _check_options(self) -> None:
        if said := self._fingerprint.difference(self._options):
            raise UserError(f"{self._name} was begun {said}: give the same options, or start again with --overwrite.")

    def _noted(self, records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            self._digests.append(self._fingerprint.digest(record))
            yield record

    def _compare(self, records: Iterator[Record]) -> None:
        """Count the complete lines, each held against its record, and find the byte where the next belongs."""
        digests = self._fingerprint.digests()
        if self._form == "text" and digests is None and _size(self._working):
            raise UserError(
                f"{self._name} names no ids, and what it was made of is not on record here, so that it cannot be "
                "continued: start again with --overwrite."
            )
        with self._working.open("rb") as stream:
            for number, raw in enumerate(stream):
                if not raw.endswith(b"\n"):
                    self._check_torn(raw, number)
                    break
                if not number and self._form in TABLES:
                    self._columns = self._columns_of(raw)
                else:
                    held = self._id_of(raw, number)
                    digest = None if digests is None else next(digests, b"")
                    if digest == b"":
                        break  # the machine stopped before these were noted: they are made again
                    self._same(held, digest, next(records, None))
                    self.done += 1
                self._end += len(raw)

    def _columns_of(self, raw: bytes) -> tuple[str, ...]:
        text = raw.decode("utf-8", "replace")
        with contextlib.suppress(csv.Error, StopIteration):
            columns = tuple(next(csv.reader([text], delimiter=TABLES[self._form])))
            if columns == self._header or (self._header is None and columns[:1] == ("id",)):
                return columns
        raise UserError(f"{self._name}, line 1, is no header of dltext: name another --out file.")

    def _id_of(self, raw: bytes, number: int) -> str | None:
        try:
            text = raw.decode("utf-8")
            if self._form == "text":
                return None
            if self._form == "json":
                values = json.loads(text)
                self._models.add(values["model"])
                return in_a_line(str(values["id"]))
            cells = next(csv.reader([text], delimiter=TABLES[self._form]))
            if len(cells) != len(self._columns or ()):
                raise ValueError("another table's row")
            if self._header == HEADER:
                float(cells[2])
            return cells[0]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError, csv.Error):
            raise UserError(
                f"{self._name}, line {number + 1}, is no result of dltext: name another --out file."
            ) from None

    def _same(self, held: str | None, digest: bytes | None, record: Record | None) -> None:
        """UserError unless a result with the id ``held``, made of what has the ``digest``, is one of ``record``."""
        number = self.done + 1
        if record is None or held not in (None, in_a_line(record.id)):
            raise UserError(
                f"{self._name} does not continue this input: its result {number:,} has the id {held!r}, "
                f"the input's is {record.id if record else 'missing'!r}. Name the same input, or another --out."
            )
        if digest is not None and digest != self._fingerprint.digest(record):
            raise UserError(
                f"{self._name} does not continue this input: its text {number:,} (id {record.id!r}) has changed. "
                "Name the same input, or start again with --overwrite."
            )

    def _check_torn(self, raw: bytes, number: int) -> None:
        """UserError unless a broken run of ours can have left ``raw``: what is somebody else's is never cut off."""
        begins = b'{"id": "' if self._form == "json" else first_line(self._form, self._header or ("id", "")).encode()
        if (number == 0 or self._form == "json") and raw[: len(begins)] != begins[: len(raw)]:
            raise UserError(f"{self._name}, line {number + 1}, is no result of dltext: name another --out file.")


def encoded(text: str) -> bytes:
    """``text`` as it stands in a result file."""
    return text.encode("utf-8", "backslashreplace")


def first_line(form: str, header: tuple[str, ...]) -> str:
    """The line above a table."""
    return row(header, TABLES[form]).rstrip("\n") if form in TABLES else ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
