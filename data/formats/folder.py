"""Folders: a document a file, the label its folder's name; or a table a part, as in ``train.csv`` and ``test.csv``.

A zip archive among the files stands for the documents, or the tables, that it holds.
"""

import os
import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from .. import folders, inputs
from ..errors import UserError
from ..folder_names import ARCHIVE, label_and_split
from ..inputs import Input
from ..reading import Reading
from ..texts import whole
from . import BY_SUFFIX, DOCUMENTS, RECORDS_SEEN, Placed, Shape
from .archive import contents_of, documents_of, part_of, records_like

LOOKED_AT = 50
"""Tables of a folder whose columns are compared; of more, all are taken to be alike."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    assert source.path is not None
    skipped = folders.Skipped()
    names: list[tuple[str | None, str | None]] = []
    for file in _read_files(source.path, skipped):
        if _is_archive(file):
            around = _Around(source.path, file)
            names += [around.label_and_split(d.path, d.label, d.split) for d in contents_of(file).documents]
        else:
            names.append(label_and_split(folders.within(source.path, file)))
    if not names and (tables := _tables(source.path)):
        return _of_tables(source, tables, stated, asked)
    if not names:
        there = f" {skipped}" if str(skipped) else ""
        raise UserError(
            f"{source.path}: no text files are in this folder; one document a file is expected, in one sub-folder a "
            f"label.{there}"
        )
    labelled = any(name != (None, None) for name in names)
    columns = ("text", "label", "split", "id") if labelled else ("text", "id")
    sample = [{"label": label or ""} for label, _ in names[:: max(1, len(names) // RECORDS_SEEN)]]
    first = next(iter(_documents(source, first_only=True)), None)
    preview = [{**values, **sample[0], "text": values["text"]} for _, values in ([first] if first else [])]
    roles = {role: role for role in columns}
    return Shape(columns, preview + sample, roles=roles, unit="document", left_out=skipped.counts(),
                 notes=tuple(filter(None, (str(skipped),))))  # fmt: skip


def records(source: Input, reading: Reading) -> Iterator[Placed]:
    assert source.path is not None
    if reading.unit == "document":
        yield from _documents(source)
        return
    for file in _tables(source.path):
        if reading.members and whole(file.name) not in reading.members:
            continue
        inner = {key: value for key, value in reading.stated.items() if key != "format"}
        table = records_like(inputs.of_path(file), inner, reading)
        split = part_of(file.name)
        for place, values in table:
            if split and "split" not in values:
                values["split"] = split
            yield f"{file.name}, {place}", values


def _documents(source: Input, first_only: bool = False) -> Iterator[Placed]:
    """Office documents that cannot be read are left out and counted; a text that is none is an error."""
    assert source.path is not None
    problem: UserError | None = None
    read = False
    for file in _read_files(source.path, folders.Skipped()):
        name = folders.within(source.path, file)
        if _is_archive(file):
            around = _Around(source.path, file)
            for place, values in documents_of(file, source.left_out):
                label, split = around.label_and_split(place, values["label"], values["split"])
                read = True
                yield f"{whole(name)}:{place}", {
                    **values, "label": label and whole(label), "split": split, "id": f"{whole(name)}/{values['id']}"
                }  # fmt: skip
                if first_only:
                    return
            continue
        label, split = label_and_split(name)
        suffix = posixpath.splitext(file)[1].lower()
        try:
            text = _text_of(file, suffix)
        except UserError as error:
            if suffix not in DOCUMENTS:
                raise
            problem = problem or error
            source.left_out[f"{suffix} that cannot be read"] += 1
            source.problem = source.problem or str(error)
            continue
        read = True
        # Names of files are bytes, and need not be characters.
        values = {"text": text, "label": label and whole(label), "split": split, "id": whole(name)}
        yield whole(name), values
        if first_only:
            return
    if problem is not None and not read and not first_only:
        raise problem


def _read_files(folder: Path, skipped: folders.Skipped) -> Iterator[str]:
    """The documents of a folder, and the archives that hold some."""
    for file in folders.walk(folder, skipped, DOCUMENTS | {ARCHIVE}):
        if _is_archive(file):
            contents = contents_of(file)
            skipped.kinds.update(contents.left_out)
            if not contents.documents:
                skipped.kinds[ARCHIVE] += not contents.left_out
                continue
        yield file


def _is_archive(file: str) -> bool:
    return file[-len(ARCHIVE) :].lower() == ARCHIVE


class _Around:
    """What the place of an archive says of the documents in it."""

    def __init__(self, folder: Path, file: str) -> None:
        self._label, self._split = label_and_split(folders.within(folder, file))
        stem = posixpath.splitext(posixpath.basename(file.replace(os.sep, "/")))[0]
        part = part_of(stem)
        self._split = self._split or part or None
        with os.scandir(os.path.dirname(file)) as scanned:  # noqa: PTH120
            entries = list(scanned)
        self._folders = {entry.name for entry in entries if entry.is_dir()}
        several = sum(_is_archive(entry.name) for entry in entries) > 1
        self._name = stem if several and not part else None

    def label_and_split(self, path: str, label: str | None, split: str | None) -> tuple[str | None, str | None]:
        """Those of a document at ``path`` in the archive; what its folders in there say counts first, then where the
        archive lies, then, among several, what it is called."""
        inside = posixpath.dirname(path).rpartition("/")[2]
        return (
            label or self._label or (inside if inside in self._folders else self._name),
            split or self._split,
        )


def _text_of(file: str, suffix: str) -> str:
    from .opening import document_text, plain_text

    if suffix in DOCUMENTS:
        return document_text(inputs.of_path(Path(file)))
    return plain_text(file)


def files_of(folder: Path) -> list[tuple[str, str]]:
    """What is read of a folder: each file by its path within it and its whole path, in a fixed order."""
    names = [(folders.within(folder, file), file) for file in _read_files(folder, folders.Skipped())]
    if not names:
        return [(path.name, str(path)) for path in _tables(folder)]
    return sorted(names, key=lambda pair: pair[0].split("/"))


def _tables(folder: Path) -> list[Path]:
    """The tables that lie in a folder itself, all of the kind of which there are most."""
    kinds = {path: _kind_of_table(path) for path in sorted(folder.iterdir()) if path.is_file()}
    counted = Counter(filter(None, kinds.values()))
    usual = counted.most_common(1)[0][0] if counted else ""
    return [path for path, kind in kinds.items() if usual and kind == usual]


def _kind_of_table(path: Path) -> str:
    """The suffix of a table, of an archive that of the tables in it; empty for what is none."""
    suffix = inputs.of_path(path).suffix
    row = BY_SUFFIX.get(suffix)
    if path.name.startswith(".") or row is None or row.document:
        return ""
    return contents_of(str(path)).tables if suffix == ARCHIVE else suffix


def _finds_text(path: Path, stated: Mapping[str, str]) -> str:
    """Why a column of a table is its text; empty where none can be. What cannot be read is said when it is read."""
    from .opening import open_input

    table = inputs.of_path(path)
    try:
        open_input(table, stated, {}, with_roles=False)
    except UserError:
        return "unread"
    try:
        return open_input(table, stated, {}).reading.why.get("text", "")
    except UserError:
        return ""


def _of_tables(source: Input, tables: list[Path], stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    from .opening import open_input

    strays: list[Path] = []
    leading = tables[0]
    if 1 < len(tables) <= LOOKED_AT and not any(asked.values()):
        why = {path: _finds_text(path, stated) for path in tables}
        if any(why.values()):
            strays = [path for path in tables if not why[path]]
            tables = [path for path in tables if why[path]]
        # The columns are those of a table that names its text, and not of the first that happens to hold some.
        leading = next((path for path in tables if why[path] == "name"), tables[0])
    opened = open_input(inputs.of_path(leading), stated, asked, with_roles=False)
    sample = []
    for _, values in opened.records():
        sample.append(values)
        if len(sample) == RECORDS_SEEN:
            break
    first, columns = opened.reading, opened.reading.columns
    if "split" not in columns and any(part_of(path.name) for path in tables):
        columns = (*columns, "split")
        sample = [{**values, "split": part_of(leading.name)} for values in sample]
    others = Counter(
        path.suffix.lower() or "files without a suffix"
        for path in (source.path or Path()).iterdir()
        if path.is_file() and path not in tables and path not in strays and not path.name.startswith(".")
    )
    notes = (f"Read from the folder: {', '.join(whole(path.name) for path in tables[:8])}.",)
    if strays:
        notes += (f"Left out, for no column in it holds texts: {', '.join(whole(s.name) for s in strays)}.",)
    return Shape(
        columns, sample, first.encoding, first.delimiter, first.header, unit="line",
        members=tuple(whole(path.name) for path in tables) if strays else (), left_out=dict(others),
        notes=(*notes, *first.notes),
    )  # fmt: skip
