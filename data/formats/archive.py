"""Zip archives: the table in one, several tables in the same columns, or a folder of documents."""

import os
import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, cast
from zipfile import ZipFile

from ..errors import UserError
from ..folder_names import DOCUMENT_SUFFIXES, label_and_split
from ..inputs import Input, of_path
from ..lines import COMPRESSED
from ..reading import Reading
from ..rows import SPLITS
from . import BY_SUFFIX, DOCUMENTS, RECORDS_SEEN, Placed, Shape
from .zip_safe import open_member, open_zip

TABLES = frozenset(suffix for suffix, row in BY_SUFFIX.items() if not row.document and row.name not in ("zip",))
"""Suffixes of files that hold many records each."""


@dataclass(frozen=True)
class PackedDocument:
    """A document of an archive, by its path; ``inside`` is that below the folder in which all of them lie."""

    path: str
    inside: str
    label: str | None
    split: str | None


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    from .opening import open_input

    with source.binary() as stream, open_zip(stream, source.name) as archive:
        tables, documents, left_out = _members(archive, source.name, stated.get("member", ""))
        members = tables or documents
        if not members:
            listed = ", ".join(f"{count:,} {kind}" for kind, count in left_out.items()) or "nothing"
            raise UserError(f"{source.name}: there are no texts in this archive, but {listed}.")
        if tables:
            inner = {key: value for key, value in stated.items() if key not in ("format", "member")}
            opened = open_input(_input(archive, source.name, tables[0]), inner, asked, with_roles=False)
            first = opened.reading
            if documents:
                left_out["documents beside the tables"] = len(documents)
            sample = []
            for _, values in opened.records():
                sample.append(values)
                if len(sample) == RECORDS_SEEN:
                    break
            columns = first.columns
            if len(tables) > 1 and "split" not in columns and any(part_of(path) for path in tables):
                columns = (*columns, "split")
                sample = [{**values, "split": part_of(tables[0])} for values in sample]
            notes = (*first.notes, f"Read from the archive: {', '.join(tables[:8])}{' …' if len(tables) > 8 else ''}.")
            return Shape(columns, sample, first.encoding, first.delimiter, first.header, sheet=first.sheet,
                         members=tuple(tables), left_out=left_out, notes=notes, roles={})  # fmt: skip
        sample = []
        for _, values in _documents(archive, source.name, documents, Counter()):
            sample.append(values)
            if len(sample) == RECORDS_SEEN:
                break
    roles = {"text": "text", "id": "id", "label": "label", "split": "split"}
    columns = ("text", "label", "split", "id") if any("/" in path for path in documents) else ("text", "id")
    return Shape(columns, sample, roles=roles, unit="document", members=tuple(documents), left_out=left_out)


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    with source.binary() as stream, open_zip(stream, source.name) as archive:
        tables, documents, _ = _members(archive, source.name, reading.stated.get("member", ""))
        if not tables:
            yield from _documents(archive, source.name, documents, source.left_out)
            return
        inner = {key: value for key, value in reading.stated.items() if key not in ("format", "member")}
        for path in tables:
            table = records_like(_input(archive, source.name, path), inner, reading)
            split = part_of(path)
            for place, values in table:
                if split and "split" not in values:
                    values["split"] = split
                yield f"{path}, {place}", values


def records_like(table: Input, stated: Mapping[str, str], reading: Reading) -> Iterator[Placed]:
    """The records of one of several tables, in the columns of the first, which ``reading`` is of: where this one calls
    them otherwise, its own text and label stand in their places. UserError where it has no text."""
    from .opening import open_input

    opened = open_input(table, stated, {}, with_roles=False)
    wanted = [role for role in ("text", "label") if getattr(reading, role)]
    if all(getattr(reading, role) in opened.reading.columns for role in wanted):
        yield from opened.records()
        return
    alike = {role: getattr(reading, role) for role in wanted if getattr(reading, role) in opened.reading.columns}
    there = ", ".join(map(repr, opened.reading.columns[:12]))
    opened = open_input(table, stated, alike or {role: stated[role] for role in wanted if stated.get(role)})
    if opened.reading.why["text"] == "content":
        raise UserError(
            f"{table.name}: there is no column {reading.text!r}, which its neighbours have; there is {there}. Name its "
            "columns alike, or choose one file (of an archive with --read member=NAME)."
        )
    for place, values in opened.records():
        for role in wanted:
            name = getattr(opened.reading, role)
            values[getattr(reading, role)] = values.get(name) if name else None
        yield place, values


def _members(archive: ZipFile, name: str, wanted: str) -> tuple[list[str], list[str], dict[str, int]]:
    """The tables, the documents, and what is left out, by kind. UserError for a name that leads out of the archive."""
    tables: list[str] = []
    documents: list[str] = []
    left_out: Counter[str] = Counter()
    for entry in sorted(archive.infolist(), key=lambda entry: entry.filename.split("/")):
        path = entry.filename
        if entry.is_dir() or path.startswith("__MACOSX/") or posixpath.basename(path).startswith("."):
            continue
        if path.startswith("/") or ".." in path.split("/") or "\\" in path or "\x00" in path:
            left_out["files whose names lead out of the archive"] += 1
            continue
        if wanted and wanted not in (path, posixpath.basename(path)):
            left_out["other files"] += 1
            continue
        suffix = _suffix(path)
        if suffix in TABLES:
            tables.append(path)
        elif suffix in DOCUMENT_SUFFIXES or suffix in DOCUMENTS or suffix[1:].isdigit() or wanted:
            documents.append(path)
        else:
            left_out[suffix] += 1
    if wanted and not tables and not documents:
        there = ", ".join(archive.namelist()[:12])
        raise UserError(f"{name}: there is no file {wanted!r} in this archive; there is {there}.")
    if len(tables) == 1 and len({posixpath.splitext(path)[0] for path in documents}) == len(documents) == 0:
        return tables, documents, dict(left_out)
    kinds = Counter(_suffix(path) for path in tables)
    if len(kinds) > 1:
        usual = kinds.most_common(1)[0][0]
        for path in tables:
            if _suffix(path) != usual:
                left_out[_suffix(path)] += 1
        tables = [path for path in tables if _suffix(path) == usual]
    # A few notes beside a table are a README; a table beside many documents is a list of them.
    if tables and len(documents) > 3 * len(tables) and not wanted:
        for path in tables:
            left_out[_suffix(path)] += 1
        tables = []
    return tables, documents, dict(left_out)


def _suffix(path: str) -> str:
    stem, suffix = posixpath.splitext(path.lower())
    return posixpath.splitext(stem)[1] if suffix in COMPRESSED else suffix


def part_of(path: str) -> str:
    """The part that a file's name speaks of, as in ``train.csv``."""
    stem = posixpath.basename(path).lower().split(".")[0]
    return next((SPLITS[word] for word in (stem, *stem.replace("-", "_").split("_")) if word in SPLITS), "")


def _placed(paths: Sequence[str]) -> list[PackedDocument]:
    """Each document with its label, its folder's name, unless all lie in one."""
    common = posixpath.commonpath([posixpath.dirname(path) or "." for path in paths]) if paths else ""
    start = len(common) + 1 if common and common != "." and any(path.startswith(f"{common}/") for path in paths) else 0
    return [PackedDocument(path, path[start:], *label_and_split(path[start:])) for path in paths]


def _documents(archive: ZipFile, name: str, paths: list[str], left_out: Counter[str]) -> Iterator[Placed]:
    from .opening import document_text

    for document in _placed(paths):
        try:
            text = document_text(_input(archive, name, document.path))
        except UserError:
            if _suffix(document.path) not in DOCUMENTS:
                raise
            left_out[f"{_suffix(document.path)} that cannot be read"] += 1
            continue
        values = {"text": text, "label": document.label, "split": document.split or "", "id": document.inside}
        yield document.path, values


# ------------------------------------------------------------------------------------- archives in a folder


@dataclass(frozen=True)
class Contents:
    """What an archive among the files of a folder holds: tables of one kind, or documents, or neither."""

    tables: str
    """The suffix of its tables."""
    documents: tuple[PackedDocument, ...]
    left_out: dict[str, int]


def contents_of(file: str) -> Contents:
    """What an archive holds, by its list of files alone; nothing where that cannot be read."""
    try:
        status = os.stat(file)  # noqa: PTH116
    except OSError:
        return Contents("", (), {})
    return _listed(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _listed(file: str, _changed: int, _size: int) -> Contents:
    source = of_path(Path(file))
    try:
        with source.binary() as stream, open_zip(stream, source.name) as archive:
            tables, documents, left_out = _members(archive, source.name, "")
    except UserError:
        return Contents("", (), {".zip that cannot be read": 1})
    if tables:
        return Contents(_suffix(tables[0]), (), left_out | ({"documents": len(documents)} if documents else {}))
    return Contents("", tuple(_placed(documents)), left_out)


def documents_of(file: str, left_out: Counter[str]) -> Iterator[Placed]:
    """The documents of an archive in a folder, as those of one that is read alone."""
    source = of_path(Path(file))
    with source.binary() as stream, open_zip(stream, source.name) as archive:
        yield from _documents(archive, source.name, _members(archive, source.name, "")[1], left_out)


# ---------------------------------------------------------------------------------------------------------


def _input(archive: ZipFile, name: str, path: str) -> Input:
    """A member, unpacked once more where it is compressed in itself."""

    def opened() -> IO[bytes]:
        stream = open_member(archive, path, f"{name}:{path}")
        opener = next((opener for suffix, opener in COMPRESSED.items() if path.lower().endswith(suffix)), None)
        return cast(IO[bytes], opener(stream, "rb")) if opener else stream

    return Input(f"{name}:{path}", opened)
