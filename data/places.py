"""Files by a path or by a URL, whole or not there: what several machines write beside one another."""

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from typing import IO

from . import urls
from .errors import UserError
from .lines import readable
from .urls import is_url


def open_place(place: str) -> IO[bytes]:
    """Its bytes as they stand there, from the beginning; UserError where it cannot be opened."""
    if is_url(place):
        return urls.open_url(place)
    with readable(place):
        return Path(place).open("rb")


def is_file(place: str) -> bool:
    """Whether it can be opened again and again."""
    return is_url(place) or Path(place).is_file()


def below(folder: str, name: str) -> str:
    """The place of a file in a folder."""
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else str(Path(folder) / name)


def make_folder(folder: str) -> None:
    """Make a folder, unless it is there; UserError where that is impossible."""
    if is_url(folder):
        urls.make_folder(folder)
        return
    try:
        Path(folder).mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror or error}.") from None


def put(place: str, content: bytes) -> None:
    """Write a file that nobody sees before it is whole; UserError where that is impossible."""
    if is_url(place):
        urls.put(place, content)
        return
    path = Path(place)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")
    try:
        with aside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        raise UserError(f"{place} cannot be written: {error.strerror or error}.") from None
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def is_writable(folder: str) -> bool:
    """Whether files can be made there, as far as that can be told; of a URL the first file shows it."""
    return is_url(folder) or os.access(folder, os.W_OK | os.X_OK)


def names_below(folder: str) -> set[str]:
    """The names of the files in a folder; none where it is not there."""
    if is_url(folder):
        return urls.names_below(folder)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return {entry.name for entry in os.scandir(folder)}
    return set()


def remove(folder: str) -> None:
    """Remove a folder and all that is in it, where it is there."""
    if is_url(folder):
        urls.remove(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)
