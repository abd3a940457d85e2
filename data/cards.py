"""Data cards: the descriptions of data sets in ``data/cards/*.toml``, and those of imported sets."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from . import paths
from .attributes import Attribute, make_attribute
from .errors import UserError
from .targets import Target

FOLDER = Path(__file__).parent / "cards"


@dataclass(frozen=True)
class ArchivePart:
    """One file (or the members of one archive) that a split, or part of it, is read from."""

    split: str
    reader: str
    file: str = ""
    """Path within the mirror, or within an imported set's folder."""
    sha256: str = ""
    url: str = ""
    size: int = 0
    """Bytes to download."""
    member: str = ""
    """Pattern (as fnmatch) of the archive's members to read."""
    stated: bool = False
    """The file says which split a document belongs to: of it, those of ``split`` are read."""
    encoding: str = "utf-8"
    label: str | None = None
    """The label of the whole file, for files that hold one class."""
    text_column: str = "text"
    label_column: str = "label"
    title_column: str = "title"
    id_column: str = "id"
    """Empty where the file's own ids repeat: then the record's number is the id."""
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    """Stored label to the card's own, where this file writes them differently."""


@dataclass(frozen=True)
class Piece:
    """Of a composite card: ``split`` takes in the whole of another card's split."""

    split: str
    card: str
    of: str


@dataclass(frozen=True)
class Card:
    """What is known of a data set before a byte of it is read."""

    name: str
    title: str
    task: str
    language: str
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    """Stored value to shown name, in the order of the classes; empty for texts without labels."""
    splits: dict[str, int] = field(default_factory=dict, hash=False)
    """Number of examples, as in the mirror."""
    mirror: tuple[ArchivePart, ...] = ()
    download: tuple[ArchivePart, ...] = ()
    packaged: tuple[ArchivePart, ...] = ()
    """Files that ship in this package, by their path within ``data``; no checksum, they are as old as the card."""
    pieces: tuple[Piece, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    """What the files say of each author, beside the text."""
    derived: bool = False
    """The splits are ours, not the publisher's; the whole is offered as ``all``."""
    held_last: int = 0
    """Where the splits are ours: so many are the test part, the last after a permutation by NumPy's legacy generator
    with the seed ``held_seed``, as somebody has split the data before; 0: a tenth, by our own seed."""
    held_seed: int = 0
    manual: str = ""
    """Where there is nothing to download directly: what to do."""
    licence: str = ""
    citation: str = ""
    source: str = ""
    description: str = ""
    wrinkles: tuple[str, ...] = ()
    target_language: str = ""
    """Of pairs (task ``pairs``): the language of the second column; ``language`` is that of the first."""
    year: str = ""
    """When the texts were written."""
    bias: str = ""
    """Whom the texts stand for and whom not; a model that learns of their authors passes it on."""
    titled: bool = False
    """Each text has a title beside it, which models that write titles learn from."""
    target: Target = "label"
    """What is learnt of a text; of numbers there are no ``labels``."""
    listed_only: bool = False
    """Whether the files hold further labels, which are left out, as are documents with no other."""
    folder: Path | None = None
    """An imported set's own folder."""

    @property
    def size(self) -> int:
        """Bytes to download; each archive counts once."""
        return sum({part.url: part.size for part in self.download}.values())


def all_cards() -> list[Card]:
    """The cards that ship, by name, then the imported ones; a damaged import is left out."""
    listed = [_shipped(path.stem) for path in sorted(FOLDER.glob("*.toml"))]
    for path in sorted(imports().glob("*/card.toml")):
        if path.parent.name.startswith("."):
            continue  # being written
        try:
            listed.append(read_card(path, path.parent))
        except UserError:
            continue
    return listed


def find_card(name: str) -> Card | None:
    """The shipped or imported card of that name, or None."""
    if not name or len(name) > 100 or "/" in name or "\\" in name or name.startswith("."):
        return None
    if (FOLDER / f"{name}.toml").is_file():
        return _shipped(name)
    path = imports() / name / "card.toml"
    return read_card(path, path.parent) if path.is_file() else None


def imports() -> Path:
    """The folder of imported sets."""
    return paths.home_path() / "data"


@cache
def _shipped(name: str) -> Card:
    return read_card(FOLDER / f"{name}.toml")


def read_card(path: Path, folder: Path | None = None) -> Card:
    """A card from its file; UserError where it is damaged."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return make_card(table, folder)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, TypeError, KeyError) as error:
        raise UserError(f"{path}: this data card cannot be read ({error}); import the data again.") from None


def make_card(table: dict[str, Any], folder: Path | None = None) -> Card:
    """A card from its parsed table; TypeError or KeyError where something is missing or unknown."""
    table = dict(table)
    return Card(
        mirror=tuple(ArchivePart(**part) for part in table.pop("mirror", [])),
        download=tuple(ArchivePart(**part) for part in table.pop("download", [])),
        packaged=tuple(ArchivePart(**part) for part in table.pop("packaged", [])),
        pieces=tuple(Piece(**piece) for piece in table.pop("pieces", [])),
        wrinkles=tuple(table.pop("wrinkles", [])),
        attributes=tuple(make_attribute(attribute) for attribute in table.pop("attribute", [])),
        folder=folder,
        splits=table.pop("splits"),
        **table,
    )
