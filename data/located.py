"""Files of a data card on this disk: in the package, in a mirror, in an imported folder; checksums."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from .cards import ArchivePart, Card
from .errors import UserError
from .paths import expand

Progress = Callable[[int, int], None]
"""``progress(done, total)`` in bytes; total 0 where it is not known."""


@dataclass(frozen=True)
class Located:
    """A card's files: each part's ``file`` is an absolute path, its ``sha256`` that of the file."""

    origin: Literal["shipped", "mirror", "cached", "imported"]
    folder: Path
    parts: tuple[ArchivePart, ...]
    counts: dict[str, int] = field(hash=False)
    """Examples a stored split."""


def packaged(card: Card) -> Located:
    """The files of a card that ships with its texts, with the sums that they have."""
    folder = Path(__file__).parent
    parts = []
    for part in card.packaged:
        path = folder / part.file
        if not path.is_file():
            raise UserError(f"{path} of the card {card.name} is gone; install dltext again.")
        parts.append(replace(part, file=str(path), sha256=file_sum(path)))
    return Located("shipped", folder, tuple(parts), dict(card.splits))


def mirrored(card: Card) -> Located | None:
    """The files in an imported set's folder or in the mirror, if all are there; unverified."""
    mirror = os.environ.get("DLTEXT_DATA")
    folder = card.folder or (expand(mirror) if mirror else None)
    if folder is None or not card.mirror:
        return None
    parts = tuple(replace(part, file=str(folder / part.file)) for part in card.mirror)
    if not all(Path(part.file).is_file() for part in parts):
        if card.folder:
            missing = next(part.file for part in parts if not Path(part.file).is_file())
            raise UserError(f"{missing} of the imported data set {card.name} is gone; import the data again.")
        return None
    return Located("imported" if card.folder else "mirror", folder, parts, dict(card.splits))


def verify(path: Path, sha256: str) -> None:
    """UserError where the file's content has another sum than the card says."""
    stat = path.stat()
    digest = _sum(str(path), stat.st_mtime_ns, stat.st_size)
    if digest != sha256:
        raise UserError(
            f"{path} is not the file that its card describes (sha256 {digest[:12]}…, expected {sha256[:12]}…); "
            "remove it and get it again."
        )


def file_sum(path: Path) -> str:
    """The sha256 of a file, as hex; remembered while the file's size and time stay."""
    stat = path.stat()
    return _sum(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _sum(path: str, changed: int, size: int) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
