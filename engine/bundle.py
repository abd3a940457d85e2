"""A trained model on disk: a folder with a card and the files that the card names. Nothing in it runs.

``card.toml`` holds everything that is known about the model (format 1: ``name``, ``version``, ``task``, ``recipe``,
``language``, ``labels``, ``settings``, ``data``, ``serving``, ``metrics``, ``versions``) and, under ``[files]``, the
sha256 of each file. A folder is written aside and renamed, so that a bundle is whole or not there.
"""

import hashlib
import os
import re
import shutil
import stat
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from ..data import leftovers, paths
from ..data.errors import UserError

CARD = "card.toml"
FORMAT = 1
REQUIRED = ("name", "version", "task", "recipe", "language", "serving", "files")
LARGEST = 2 << 30
"""Bytes: no bundle is larger once unpacked."""
MOST_FILES = 100
RATIO = 200
"""How many times larger than in the zip a file may become; weights reach 2, vocabularies 5."""

_KINDS: dict[type, tuple[str, ...]] = {
    str: ("name", "task", "recipe", "language"),
    dict: ("serving", "files", "settings", "data", "versions"),
    list: ("labels", "metrics"),
}
_KIND_NAMES = {str: "text", dict: "table", list: "list"}
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
        read(aside, verify=False)
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


def read(folder: Path, verify: bool = True) -> dict[str, Any]:
    """The card of the bundle in ``folder``; with ``verify`` each file's sha256 is compared.

    Raises a UserError, one sentence each, for: no card, bad TOML, an unknown format, a missing key, a file name that
    leads out of the folder, a missing file, a checksum that differs.
    """
    folder = Path(folder)
    path = folder / CARD
    try:
        card = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{folder} is not a model: it has no {CARD}.") from None
    except (ValueError, RecursionError) as error:  # bad TOML, bad UTF-8, absurd numbers, absurd nesting
        raise UserError(f"{path} cannot be read: {error}. Import the model again, or remove it.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    version = card.get("format")
    if version != FORMAT:
        raise UserError(
            f"{path} has format {version!r}, and this dltext reads format {FORMAT}: use the dltext that wrote it, "
            "or a newer one."
        )
    for key in REQUIRED:
        if key not in card:
            raise UserError(f"{path} lacks '{key}': the model is incomplete, so import or train it again.")
    for kind, keys in _KINDS.items():
        for key in keys:
            if not isinstance(card.get(key, kind()), kind):
                raise UserError(f"{path}: '{key}' must be a {_KIND_NAMES[kind]}, not {card[key]!r}.")
    if not all(isinstance(row, dict) for row in card.get("metrics", [])):
        raise UserError(f"{path}: each of 'metrics' must be a table.")
    if not card["files"]:
        raise UserError(f"{path}: [files] must name the model's files with their sha256.")
    for role in ("model", "tokenizer"):
        if card["serving"].get(role) not in (None, *card["files"]):
            raise UserError(f"{path}: serving.{role} is {card['serving'][role]!r}, which [files] does not name.")
    for name, expected in card["files"].items():
        check_file_name(name, str(path))
        file = folder / name
        if file.is_symlink() or not file.is_file():
            raise UserError(f"{folder} lacks its file {name}: import or train the model again.")
        if verify and sha256(file) != expected:
            raise UserError(f"{file} is damaged (its sha256 is not the card's): import or train the model again.")
    return card


def check_name(name: str) -> str:
    """``name`` if it can be a bundle's name (and a folder's); UserError otherwise."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be a model's name: use letters, digits, '-', '_' and '.', at most 100 of them."
        )
    return name


def check_file_name(name: str, where: str = "The bundle") -> str:
    """``name`` if it is a plain file name; UserError for anything that could lead out of the bundle's folder."""
    if not name or name in {".", "..", CARD} or any(mark in name for mark in "/\\:\0") or not name.isprintable():
        raise UserError(f"{where} names {name!r}, which is not a plain file inside the bundle; it is refused.")
    return name


def sha256(path: Path) -> str:
    """The hexadecimal sha256 of a file."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def size(folder: Path) -> int:
    """Bytes of the card and the files beside it."""
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))


def pack(folder: Path, target: Path) -> None:
    """Write the bundle as a zip with one folder inside: only the card and the files it names, verified first."""
    card = read(folder)
    with paths.atomic_open(Path(target), "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (CARD, *card["files"]):
            archive.write(Path(folder) / name, f"{card['name']}/{name}")


def unpack(source: Path, target: Path) -> dict[str, Any]:
    """Unpack a zip into the folder ``target`` (which must not exist) and verify it; returns the card.

    Refused with a UserError: no zip, a damaged one, paths that lead out, links, encryption, a name twice, and archives
    that grow beyond reason (``LARGEST``, ``RATIO``).
    """
    source, target = Path(source), Path(target)
    if target.exists():
        raise UserError(f"{target} already exists.")
    with paths.aside(target) as aside:
        try:
            with zipfile.ZipFile(source) as archive:
                _extract(archive, source, aside)
        except FileNotFoundError:
            raise UserError(f"{source} does not exist.") from None
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as error:
            raise UserError(f"{source} is not a readable zip: {error}.") from None
        except OSError as error:
            raise UserError(f"{source} cannot be unpacked: {error.strerror or error}.") from None
        except Exception as error:  # zlib.error and lzma's have no common base
            if isinstance(error, UserError):
                raise
            raise UserError(f"{source} is a damaged zip: {error}.") from None
        card = read(aside)
        paths.seal(aside)
        aside.rename(target)
        return card


def _extract(archive: zipfile.ZipFile, source: Path, target: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise UserError(f"{source} holds {len(entries)} files; a model has at most {MOST_FILES}.")
    folders = {entry.filename.rpartition("/")[0] for entry in entries}
    cards = [entry.filename for entry in entries if entry.filename.rpartition("/")[2] == CARD]
    if not cards:
        raise UserError(f"{source} is not a model: it has no {CARD}.")
    if len(folders) > 1 or any(part in {"", ".", ".."} for folder in folders if folder for part in folder.split("/")):
        raise UserError(f"{source} holds more than one folder, or paths that lead out of it; it is refused.")
    room, seen = LARGEST, set()
    for entry in entries:
        name = entry.filename.rpartition("/")[2]
        if name != CARD:
            check_file_name(name, str(source))
        if name in seen:
            raise UserError(f"{source} holds {name} twice; it is refused.")
        seen.add(name)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UserError(f"{source}: {name} is a link, not a file; it is refused.")
        if entry.flag_bits & 0x1:
            raise UserError(f"{source} is encrypted; make a zip without a password.")
        # What the header states is not to be trusted: the bytes are counted as they come.
        allowed = min(room, max(16 << 20, RATIO * entry.compress_size))
        with archive.open(entry) as reader, (target / name).open("wb") as writer:
            written = 0
            while chunk := reader.read(1 << 20):
                written += len(chunk)
                if written > allowed:
                    raise UserError(f"{source}: {name} grows beyond reason when unpacked; it is refused.")
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        room -= written


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
