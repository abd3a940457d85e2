"""A trained model on disk: a folder with a card and the files that the card names. Nothing in it runs.

``card.toml`` holds everything that is known about the model (format 1: ``name``, ``version``, ``task``, ``recipe``,
``language``, ``labels``, ``settings``, ``data``, ``serving``, ``metrics``, ``versions``) and, under ``[files]``, the
sha256 of each file. A folder is written aside and renamed, so that a bundle is whole or not there.
"""

import errno
import hashlib
import mmap
import os
import re
import shutil
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from ..data import leftovers, paths
from ..data.errors import UserError
from . import card_schema

CARD = "card.toml"
FORMAT = 1
REQUIRED = ("name", "version", "task", "recipe", "language", "serving", "files")
LARGEST = 2 << 30
"""Bytes: no bundle is larger once unpacked."""
LARGEST_CARD = 1 << 19
"""Bytes: a card of a model with dozens of labels has 5 kB."""
MOST_FILES = 100

_NAME = re.compile(r"\w[\w.+-]{0,99}")


def write(folder: Path, card: dict[str, Any], files: dict[str, Path | bytes]) -> None:
    """Write a bundle atomically: aside, each file flushed and summed, then the folder renamed into place.

    ``files`` maps plain file names to contents or to files to copy; ``[files]`` and ``format`` are added to the card.
    An older bundle in ``folder`` is replaced.
    """
    folder = Path(folder)
    with paths.aside(folder) as aside:
        sums = {}
        for name, content in files.items():
            check_file_name(name)
            if isinstance(content, bytes):
                (aside / name).write_bytes(content)
            else:
                shutil.copyfile(content, aside / name)
            sums[name] = sha256(aside / name)
            _sync(aside / name)
        write_card(aside, {**card, "format": FORMAT, "files": sums})
        read(aside, verify=False, checked=False)
        paths.seal(aside)
        _sync(aside)
        _replace(aside, folder)
    _sync(folder.parent)


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write ``card.toml`` alone; values without a TOML form (None) are left out, NumPy scalars become numbers."""
    import tomli_w

    order = {"format": card.get("format", FORMAT), **card}
    with paths.atomic_open(folder / CARD, "wb") as stream:
        tomli_w.dump(_plain(order), stream)


def read(folder: Path, verify: bool = True, checked: bool = True) -> dict[str, Any]:
    """The card of the bundle in ``folder``; with ``verify`` each file's sha256 is compared.

    Raises a UserError, one sentence each, for: no card, bad TOML, an unknown format, a missing key, a file name that
    leads out of the folder, a missing file, a checksum that differs, a file beyond all sizes; and unless ``checked`` is
    False (while a bundle is written) for a value that no card can hold (see :mod:`.card_schema`).
    """
    folder = Path(folder)
    path = folder / CARD
    try:
        card = card_schema.parse(_card_text(path), path)
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{folder} is not a model: it has no {CARD}.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    version = card.get("format")
    if version != FORMAT:
        raise UserError(
            f"{path} has format {card_schema.shown(version)}, and this dltext reads format {FORMAT}: use the dltext "
            "that wrote it, or a newer one."
        )
    for key in REQUIRED:
        if key not in card:
            raise UserError(f"{path} lacks '{key}': the model is incomplete, so import or train it again.")
    card_schema.check_kinds(card, path)
    if not card["files"]:
        raise UserError(f"{path}: [files] must name the model's files with their sha256.")
    if len(card["files"]) > MOST_FILES:
        raise UserError(f"{path}: [files] names {len(card['files'])} files; a model has at most {MOST_FILES}.")
    for role in ("model", "tokenizer", "ngrams"):
        name = card["serving"].get(role)
        if name is not None and not (isinstance(name, str) and name in card["files"]):
            shown = card_schema.shown(name)
            raise UserError(f"{path}: serving.{role} is {shown}, which [files] does not name.")
    if checked:
        check_name(card["name"][:100])  # longer ones are cut when a model is installed
        card_schema.check(card, path)
    room = LARGEST
    for name, expected in card["files"].items():
        check_file_name(name, str(path))
        try:
            with open_file(folder / name) as stream:
                room -= os.fstat(stream.fileno()).st_size
        except OSError:
            raise UserError(f"{folder} lacks its file {name}: import or train the model again.") from None
        if room < 0:
            raise UserError(f"{folder} holds more than {LARGEST >> 30} GB, which no model does; it is refused.")
        if verify and _sum_of(folder / name) != expected:
            raise UserError(
                f"{folder / name} is damaged (its sha256 is not the card's): import or train the model again."
            )
    return card


def _sum_of(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): import or train the model again.") from None


def open_file(path: Path, follow: bool = False) -> BufferedReader:
    """A plain file, to read; OSError for a pipe, a device, a socket, a folder, which are never waited for, and unless
    ``follow`` for a link."""
    flags = (
        os.O_RDONLY
        | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
        | getattr(os, "O_NONBLOCK", 0)
        | getattr(os, "O_BINARY", 0)
    )
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no plain file", str(path))
    return os.fdopen(descriptor, "rb")


def read_file(path: Path, most: int) -> bytes:
    """The content of a plain file of a bundle; UserError where it cannot be read, or is larger than ``most`` bytes."""
    try:
        with open_file(path) as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): import or train the model again.") from None
    if len(content) > most:
        raise UserError(f"{path} has more than {most >> 20} MB, which none of its kind has; it is refused.")
    return content


def map_file(path: Path) -> memoryview:
    """The content of a plain file of a bundle, read as it is looked at; UserError where there is nothing in it."""
    with open_file(path) as stream:
        try:
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        except (ValueError, OSError):
            raise UserError(f"{path} cannot be loaded: it is empty. Import or train the model again.") from None


def _card_text(path: Path) -> str:
    """The card's text; OSError where there is none to be read."""
    if path.is_symlink():
        raise UserError(f"{path} is a link, not a file; it is refused.")
    with open_file(path) as stream:
        content = stream.read(LARGEST_CARD + 1)
    if len(content) > LARGEST_CARD:
        raise UserError(f"{path} has more than {LARGEST_CARD >> 10} kB, which no card has; it is refused.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} cannot be read: {error}. Import the model again, or remove it.") from None


def check_name(name: str) -> str:
    """``name`` if it can be a bundle's name (and a folder's); UserError otherwise."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{card_schema.shown(name)} cannot be a model's name: use letters, digits, '-', '_' and '.', at most 100 "
            "of them."
        )
    return name


def check_file_name(name: str, where: str = "The bundle") -> str:
    """``name`` if it is a plain file name; UserError for anything that could lead out of the bundle's folder."""
    if not name or name in {".", "..", CARD} or any(mark in name for mark in "/\\:\0") or not name.isprintable():
        raise UserError(
            f"{where} names {card_schema.shown(name)}, which is not a plain file inside the bundle; it is refused."
        )
    return name


def sha256(path: Path) -> str:
    """The hexadecimal sha256 of a file."""
    with open_file(Path(path)) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def size(folder: Path) -> int:
    """Bytes of the card and the files beside it."""
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))


def _replace(aside: Path, folder: Path) -> None:
    if not folder.exists():
        aside.rename(folder)
        return
    # A folder cannot be renamed over a full one: the old one steps aside first, and comes back if that fails.
    # A kill between the two leaves it to the next writer here to bring it back.
    with leftovers.new_folder(folder.parent, folder.name, leftovers.OLD) as old:
        folder.rename(old / folder.name)
        try:
            aside.rename(folder)
        except BaseException:
            (old / folder.name).rename(folder)
            raise


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value if item is not None]
    if isinstance(value, Path):
        return str(value)
    if type(value).__module__ == "numpy":
        return _plain(value.tolist())
    return value


def _sync(path: Path) -> None:
    """Flush a file or a folder's names to the disk, where the platform can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
