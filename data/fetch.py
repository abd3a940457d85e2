"""The files of a data card, brought to this disk: from the mirror, the cache or a download, checksums verified."""

from pathlib import Path
from typing import Literal

from .cards import Card
from .located import Located, Progress, mirrored, packaged, verify

Place = Literal["shipped", "mirror", "cached", "download", "imported"]


def locate(card: Card, progress: Progress | None = None) -> Located:
    """The card's files, downloaded if need be; not for a composite card.

    ``DLTEXT_DATA`` comes first, then the cache. Raises UserError where a file is not what its checksum says, or
    where there is no connection (with what to do); nothing half-written is left.
    """
    if card.packaged:
        return packaged(card)
    location = mirrored(card)
    if location is None:
        from . import download

        location = download.cached(card)
        if location is None:
            return download.download(card, progress)
    for part in location.parts:
        verify(Path(part.file), part.sha256)
    return location


def availability(card: Card) -> Place:
    """Where :func:`locate` would find the files, without reading them."""
    if card.packaged:
        return "shipped"
    location = mirrored(card)
    if location is not None:
        return location.origin
    from . import download

    return "cached" if download.cached(card) else "download"
