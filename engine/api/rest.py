"""Where things are kept, what works here, documents and samples."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from ..results import Check, Outlet


def doctor() -> list[Check]:
    """What works here, what does not, and what to do about it."""
    from .. import doctor as _doctor

    return _doctor.checks()


def preferences() -> dict[str, Any]:
    """Small things to remember between starts: theme, last model … Never fails: a broken file is an empty one."""
    from .. import preferences as _preferences

    return _preferences.load()


def remember(**values: Any) -> None:
    """Change some preferences; atomic."""
    from .. import preferences as _preferences

    _preferences.update(values)


def home() -> Path:
    """The folder where everything of the user's is kept."""
    from ...data import paths

    return paths.home()


def read_document(path: str) -> str:
    """The text of one document in a file, whatever its encoding; a binary or unreadable file is a UserError."""
    from .. import documents

    return documents.read(Path(path))


def read_piped(stream: IO[bytes]) -> str:
    """All of the standard input as one document, decoded and refused as a file is."""
    from .. import documents

    return documents.read_stream(stream, "The standard input")


def expand(path: str) -> Path:
    """A path as a person writes it: ``~`` is the home folder, unless something of that very name is there.

    Raises UserError where there is no such user.
    """
    from ...data import paths

    return paths.expand(path)


def write_document(path: str, text: str) -> Path:
    """Write ``text`` to a file as UTF-8, whole or not at all; a UserError says why it could not be."""
    from .. import documents

    return documents.write(Path(path), text)


def outlet(name: str, sources: Sequence[str] = ()) -> Outlet:
    """Where results go that the user names so; UserError where it is one of ``sources``, or cannot be written."""
    from .. import outlets

    return outlets.outlet(name, sources)


def open_stream(place: Outlet) -> IO[str]:
    """A pipe or a device, open for writing text; UserError where nobody reads the pipe."""
    from .. import outlets

    return outlets.open_stream(place)


def locked(file: Path, wait: bool = True) -> AbstractContextManager[None]:
    """Hold a lock on ``file`` against other processes; BlockingIOError where one has it and we do not ``wait``."""
    from ...data import paths

    return paths.locked(file, wait)


def samples(task: str = "") -> list[tuple[str, str]]:
    """Short texts to try things on: (title, text), those made for ``task`` first."""
    from .. import documents as _samples

    return _samples.listing(task)
