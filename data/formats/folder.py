"""Folders: a document a file, the label its folder's name; or a table a part, as in ``train.csv`` and ``test.csv``."""

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from .. import folders, inputs
from ..errors import UserError
from ..folder_names import label_and_split
from ..inputs import Input
from ..reading import Reading
from ..texts import whole
from . import BY_SUFFIX, DOCUMENTS, RECORDS_SEEN, Placed, Shape
from .archive import part_of, records_like

LOOKED_AT = 50
"""Tables of a folder whose columns are compared; of more, all are taken to be alike."""


def look(source: Input, stated: Mapping[str, str], asked: Mapping[str, str]) -> Shape:
    assert source.path is not None
    skipped = folders.Skipped()
    names = [folders.within(source.path, file) for file in folders.walk(source.path, skipped, DOCUMENTS)]
    if not names and (tables := _tables(source.path)):
        return _of_tables(source, tables, stated, asked)
    if not names:
        there = f" {skipped}" if str(skipped) else ""
        raise UserError(
            f"{source.path}: no text files are in this folder; one document a file is expected, in one sub-folder a "
            f"label.{there}"
        )
    labelled = any(label_and_split(name) != (None, None) for name in names[:100_000])
    columns = ("text", "label", "split", "id") if labelled else ("text", "id")
    sample = [{"label": label_and_split(name)[0] or ""} for name in names[:: max(1, len(names) // RECORDS_SEEN)]]
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
    for file in folders.walk(source.path, folders.Skipped(), DOCUMENTS):
        name = folders.within(source.path, file)
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


def _text_of(file: str, suffix: str) -> str:
    from .opening import document_text, plain_text

    if suffix in DOCUMENTS:
        return document_text(inputs.of_path(Path(file)))
    return plain_text(file)


def files_of(folder: Path) -> list[tuple[str, str]]:
    """What is read of a folder: each file by its path within it and its whole path, in a fixed order."""
    names = [(folders.within(folder, file), file) for file in folders.walk(folder, folders.Skipped(), DOCUMENTS)]
    if not names:
        return [(path.name, str(path)) for path in _tables(folder)]
    return sorted(names, key=lambda pair: pair[0].split("/"))


def _tables(folder: Path) -> list[Path]:
    """The tables that lie in a folder itself, all of the kind of which there are most."""
    files = [
        path for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and (row := BY_SUFFIX.get(inputs.of_path(path).suffix))
        and not row.document and row.name != "zip"
    ]  # fmt: skip
    if not files:
        return []
    usual = Counter(inputs.of_path(path).suffix for path in files).most_common(1)[0][0]
    return [path for path in files if inputs.of_path(path).suffix == usual]


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
