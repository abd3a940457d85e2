"""Paths that somebody typed, pasted or picked: whatever they are, looking at them fails for nobody."""

import re
import stat
import tempfile
from pathlib import Path

from ...engine import api
from ...engine.results import UserError
from .text import one_line

FILE, FOLDER, MISSING = "file", "folder", "missing"


def typed_path(text: str) -> Path:
    """A path as typed, ``~`` for the home folder; where there is no such user the name begins with that sign."""
    try:
        return api.expand(re.sub(r"^//+", "/", text))
    except UserError:
        return current_folder() / text


def folder_text(path: Path) -> str:
    """A folder as the beginning of a path: one slash behind it, also behind the root."""
    return str(path).rstrip("/") + "/"


def kind_of(path: Path) -> tuple[str, str]:
    """``file``, ``folder`` or ``missing``; or an empty name, with a sentence that says why it cannot be used.

    Devices, pipes and sockets may have no end: they are nothing to open.
    """
    shown = one_line(str(path), 200)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return MISSING, f"There is no {shown}; check the spelling, or choose in the tree."
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return "", f"{shown} cannot be looked at: {reason}."
    if stat.S_ISDIR(mode):
        return FOLDER, ""
    if stat.S_ISREG(mode):
        return FILE, ""
    what = "a named pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    return "", f"{shown} is {what}, which may have no end; choose a file."


def current_folder() -> Path:
    """Where the program was started; a temporary one where that is there no more."""
    try:
        return Path.cwd()
    except OSError:
        return Path(tempfile.gettempdir())


def absolute(text: str) -> str:
    """A path as typed, from the root; as typed where the current folder is there no more."""
    path = typed_path(text)
    try:
        return str(path.absolute())
    except OSError:
        return str(path)
