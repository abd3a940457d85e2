"""Files within a tar archive, one after the other, without unpacking it."""

import re
import tarfile
from collections.abc import Callable, Iterator
from fnmatch import translate
from pathlib import Path
from typing import IO, TypeVar

from .errors import UserError
from .lines import BROKEN_ARCHIVE

T = TypeVar("T")


def read_members(path: Path, pattern: str, read: Callable[[IO[bytes], str], Iterator[T]]) -> Iterator[T]:
    """What ``read`` makes of the content of each file whose name matches (as fnmatch), in the archive's order.

    It is given the content and a name for errors. Raises UserError where the archive is damaged, also while a file
    in it is read, and where nothing matches.
    """
    wanted = re.compile(translate(pattern))
    matched = False
    try:
        with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as archive:
            for member in archive:
                if member.isfile() and wanted.match(member.name):
                    content = archive.extractfile(member)
                    assert content is not None
                    matched = True
                    yield from read(content, f"{path}:{member.name}")
    except (tarfile.TarError, *BROKEN_ARCHIVE) as error:
        raise UserError(f"{path} is not a readable archive ({error}); get it again.") from None
    if not matched:
        raise UserError(f"{path}: nothing in this archive is called {pattern}.")
