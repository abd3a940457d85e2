"""Output targets that a user names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Outlet:
    """A place to write to, looked at before anything is written."""

    name: str
    """As the user wrote it."""
    kind: Literal["file", "stream", "stdout", "url"]
    """``file``: written aside and renamed; ``stream``: a pipe or a device; ``stdout``: what is printed; ``url``: what
    fsspec writes, of which ``path`` has the name alone."""
    path: Path
    """Links followed where it is a file."""
