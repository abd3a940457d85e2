"""A training's whole state in one file, so that a resumed run ends as if it had never stopped."""

import errno
import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...data.paths import atomic_open
from ..arrays import Archive, BadArray
from ..results import CannotGoOn, UserError

Groups = dict[str, list[np.ndarray]]
DIGEST = "digest"
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, KeyError, TypeError, SyntaxError, EOFError, MemoryError,
    OverflowError, NotImplementedError,
)  # fmt: skip
"""What reading a damaged archive of arrays raises."""


def arrays(variables) -> list[np.ndarray]:
    """Copies of Keras variables as numpy arrays."""
    from keras import ops

    return [np.array(ops.convert_to_numpy(variable.value)) for variable in variables]


def assign(variables, values: list[np.ndarray]) -> None:
    """Give each variable its value; ValueError where number or shape differ."""
    if len(variables) != len(values):
        raise ValueError(f"{len(values)} arrays for {len(variables)} variables")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise ValueError(f"{variable.path} has shape {tuple(variable.shape)}, the file {value.shape}")
        variable.assign(value)


def fill(tables: list[np.ndarray], values: list[np.ndarray]) -> None:
    """Give each table its values in place; ValueError where number or shape differ."""
    if [table.shape for table in tables] != [value.shape for value in values]:
        raise ValueError(f"tables of {[table.shape for table in tables]}, the file {[value.shape for value in values]}")
    for table, value in zip(tables, values, strict=True):
        table[...] = value


def save(path: Path, groups: Groups, meta: dict[str, Any] | None = None) -> None:
    """Write groups of arrays and a JSON-able ``meta`` aside, then rename: the old file stays until the new is whole."""
    _write(path, groups, meta)


def load(path: Path) -> tuple[Groups, dict[str, Any]]:
    """What :func:`save` wrote; ValueError where its content is not what was written."""
    most = path.stat().st_size  # nothing in it is compressed
    with Archive(path) as archive:
        content = {key: archive.read(key, most) for key in sorted(archive.names)}
    if "meta" not in content:
        raise BadArray("it is no checkpoint")
    digest = content.pop(DIGEST, None)
    if digest is not None and digest.tobytes() != _digest(content):
        raise ValueError("its checksum differs")
    meta = json.loads(content.pop("meta").tobytes() or b"{}")
    groups: Groups = {}
    for key, value in content.items():
        groups.setdefault(key.partition("/")[0], []).append(value)
    return groups, meta


def keep(path: Path, groups: Groups, meta: dict[str, Any]) -> None:
    """:func:`save`, and keep the one before beside it: a disk may give back other bytes than it was given.

    Where there is no room for a third one, the oldest goes first. Raises OSError; then the newest is still there.
    """
    before = previous(path)
    try:
        _write(path, groups, meta, before)
    except OSError as error:
        if error.errno != errno.ENOSPC or not before.exists() or not path.exists():
            raise
        before.unlink()
        _write(path, groups, meta, before)


def resume(path: Path, emit: Callable[..., None], give: Callable[[Groups, dict[str, Any]], None]) -> bool:
    """Have ``give`` take what :func:`keep` wrote to ``path``, or what it wrote before where that is damaged; False
    where nothing was kept.

    Raises CannotGoOn where all that is there is damaged, or does not fit what it is given to any more.
    """
    there = [file for file in (path, previous(path)) if file.exists()]
    for file in there:
        try:
            groups, meta = load(file)
        except (*DAMAGED, OSError) as error:
            message = f"The checkpoint {file.name} is damaged ({type(error).__name__}: {str(error)[:100]})"
            message += "; resuming from the one before it." if file != there[-1] else "."
            print(message, flush=True)
            emit("message", level="warning", text=message)
            continue
        try:
            give(groups, meta)
        except (ValueError, KeyError, TypeError) as error:
            raise CannotGoOn(
                f"The checkpoint of this run does not fit what is to resume from it ({error}): what it was made from, "
                "or dltext itself, has changed since; start the run again."
            ) from error
        return True
    if there:
        every = "The checkpoint of this run is damaged, and there is none before it"
        if len(there) > 1:
            every = "Both checkpoints of this run are damaged"
        raise CannotGoOn(f"{every}: it cannot be resumed; start it again.")
    return False


def previous(path: Path) -> Path:
    """Where the checkpoint before ``path`` is kept."""
    return path.with_name(f"{path.stem}.before{path.suffix}")


def _write(path: Path, groups: Groups, meta: dict[str, Any] | None, before: Path | None = None) -> None:
    content = {f"{group}/{i:05d}": value for group, values in groups.items() for i, value in enumerate(values)}
    content["meta"] = np.frombuffer(json.dumps(meta or {}).encode(), np.uint8)
    content[DIGEST] = np.frombuffer(_digest(content), np.uint8)
    with atomic_open(path, "wb") as stream:
        np.savez(stream, **content)  # type: ignore[arg-type]
        if before is not None and path.exists():
            stream.flush()
            os.fsync(stream.fileno())
            # From here to the rename only the one before is there; whoever is killed in between goes on from that.
            path.replace(before)


def _digest(content: dict[str, np.ndarray]) -> bytes:
    """A checksum of names, types, shapes and values."""
    total = hashlib.blake2b(digest_size=16)
    for key in sorted(content):
        value = np.ascontiguousarray(content[key])
        total.update(f"{key} {value.dtype.str} {content[key].shape};".encode())
        total.update(value.data if value.size else b"")
    return total.digest()


def give(name: str, variables: Sequence[Any], weights: Mapping[str, np.ndarray]) -> None:
    """Assign to each of ``variables`` the value that ``weights`` of the model ``name`` has by its path; UserError,
    naming the weight, where that is another architecture."""
    for variable in variables:
        value = weights.get(variable.path)
        if value is None or value.shape != tuple(variable.shape):
            shape = "none" if value is None else f"one of {value.shape}"
            raise UserError(
                f"{name}, to start from, has {shape} where these settings have a {variable.path} of "
                f"{tuple(variable.shape)}: give the architecture settings that it was trained with "
                f"(`dltext models show {name}`)."
            )
    assign(variables, [weights[variable.path] for variable in variables])
