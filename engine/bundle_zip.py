"""Trained models as zips: written whole, read with distrust."""

import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from ..data import paths
from ..data.errors import UserError
from .bundle_format import CARD, LARGEST, LARGEST_CARD, MOST_FILES, check_file_name, open_file, read

LARGEST_DIRECTORY = 1 << 20
"""Bytes of a zip's list of files."""


RATIO = 200
"""How many times larger than in the zip a file may become; weights reach 2, vocabularies 5."""


_ZIP_END, _ZIP64_END = b"PK\5\6", b"PK\6\7"
"""What the end of a zip begins with, and of one for more files and bytes than a model has what stands before."""


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
        with _opened(source) as archive:
            _extract(archive, source, aside)
        card = read(aside)
        paths.seal(aside)
        aside.rename(target)
        return card


def names_in(path: Path) -> list[str]:
    """The names of the files in a zip; none where it cannot be read, or holds more than a model."""
    try:
        with open_file(path, follow=True) as stream:
            _bound_directory(stream, path)
            with zipfile.ZipFile(stream) as archive:
                return archive.namelist()
    except Exception:  # zipfile raises many classes for a damaged one
        return []


def _bound_directory(stream: BufferedReader, source: Path) -> None:
    """UserError where a zip's list of files is larger than any model's, before it is read."""
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - (1 << 16) - 42))
    tail = stream.read()
    stream.seek(0)
    position = tail.find(_ZIP_END)
    while position >= 0:
        size = int.from_bytes(tail[position + 12 : position + 16], "little")
        if size > LARGEST_DIRECTORY or tail[max(position - 20, 0) : position].startswith(_ZIP64_END):
            raise UserError(f"{source} holds more files than a model has, at most {MOST_FILES}.")
        position = tail.find(_ZIP_END, position + 1)


def _extract(archive: zipfile.ZipFile, source: Path, target: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(archive.infolist()) > 2 * MOST_FILES or len(entries) > MOST_FILES:
        raise UserError(f"{source} holds {len(archive.infolist())} files; a model has at most {MOST_FILES}.")
    folders = {entry.filename.rpartition("/")[0] for entry in entries}
    cards = [entry.filename for entry in entries if entry.filename.rpartition("/")[2] == CARD]
    if not cards:
        raise UserError(f"{source} is not a model: it has no {CARD}.")
    if len(folders) > 1 or any(part in {"", ".", ".."} for folder in folders if folder for part in folder.split("/")):
        raise UserError(f"{source} holds more than one folder, or paths that lead out of it; it is refused.")
    _refuse_overlaps(archive, entries, source)
    room, seen = LARGEST, set()
    for entry in entries:
        name = entry.filename.rpartition("/")[2]
        if name != CARD:
            check_file_name(name, str(source))
        # One file on a disk that does not tell them apart: by case, or by how accents are composed.
        if (alike := unicodedata.normalize("NFKC", name).casefold()) in seen:
            raise UserError(f"{source} holds {name} twice; it is refused.")
        seen.add(alike)
        room -= _extract_entry(archive, entry, source, target / name, LARGEST_CARD if name == CARD else room)


def _extract_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Path, target: Path, room: int) -> int:
    """Write a plain file of a zip, of at most ``room`` bytes, to ``target``, which must not exist; how many it has."""
    name, kind = entry.filename.rpartition("/")[2], stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        what = "a link" if kind == stat.S_IFLNK else "no plain file"
        raise UserError(f"{source}: {name} is {what}, not a file; it is refused.")
    if entry.flag_bits & 0x1:
        raise UserError(f"{source} is encrypted; make a zip without a password.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UserError(f"{source}: {name} uses an uncommon compression; make an ordinary zip.")
    # What the header states is not to be trusted: the bytes are counted as they come.
    allowed = min(room, max(16 << 20, RATIO * entry.compress_size))
    with archive.open(entry) as reader, target.open("xb") as writer:
        written = 0
        while chunk := reader.read(1 << 20):
            written += len(chunk)
            if written > allowed:
                raise UserError(f"{source}: {name} grows far beyond its usual size when unpacked; it is refused.")
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return written


def _refuse_overlaps(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], source: Path) -> None:
    """UserError where the same bytes of a zip stand for several files (Fifield 2019, a better zip bomb)."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end or entry.compress_size < 0 or entry.header_offset < 0:
            raise UserError(f"{source} holds files that overlap; it is refused.")
        end = entry.header_offset + 30 + entry.compress_size
    if end > archive.start_dir:
        raise UserError(f"{source} is not a readable zip: a file in it is cut off.")


def unpack_beside(source: Path, target: Path, anchors: Sequence[str], sizes: Mapping[str, int]) -> None:
    """Unpack those files of a zip into ``target`` that ``sizes`` names, with the most bytes of each.

    They are looked for beside the first of ``anchors`` in the zip (paths, the least deep wins), whatever else it holds;
    one that lacks is left out. UserError for no zip, a damaged one, and a file that grows beyond its size.
    """
    with _opened(source) as archive:
        entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
        roots = [
            name.removesuffix(anchor)
            for anchor in anchors
            for name in entries
            if name == anchor or name.endswith(f"/{anchor}")
        ]
        root = min(roots, key=lambda path: (path.count("/"), path), default="")
        for name, most in sizes.items():
            if (entry := entries.get(root + name)) is not None:
                place = target / name
                place.parent.mkdir(parents=True, exist_ok=True)
                _extract_entry(archive, entry, source, place, most)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """A zip to read; UserError, one sentence, where it is none, or shows itself damaged while it is read."""
    try:
        with open_file(source, follow=True) as stream:
            _bound_directory(stream, source)
            with zipfile.ZipFile(stream) as archive:
                yield archive
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
