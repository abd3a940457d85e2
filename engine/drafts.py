"""Drafts: what stands in the boxes of the screen, kept on disk until it is taken back.

A folder ``drafts`` in the home. Each instance of the program has a file ``ID.lock``, locked for as long as it lives,
and a file ``ID.PLACE.draft`` for each box that holds a text: a line of JSON, then the text. A draft whose instance
is gone was left over, and is offered at the next start. What makes, takes and sweeps files holds the folder's lock.
"""

import contextlib
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..data import paths
from ..data.errors import UserError
from . import preferences
from .results import Draft

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

MOST = 20
"""Drafts that are kept; the oldest go."""
DAYS = 30
"""Days for which they are kept."""
ROOM = 512 << 20
"""Bytes of all drafts together; the newest is kept in any case."""
BEGINNING = 200
"""Characters by which a draft is recognised in a list."""
HEADER = 1 << 16
"""Bytes in which the first line ends, in a file that is a draft."""

_FILE = re.compile(r"(?P<instance>\d+-[0-9a-f]{12})\.(?P<place>[a-z][a-z0-9-]{0,31})\.draft")
_LOCK = re.compile(r"\d+-[0-9a-f]{12}\.lock")


class _Instance:
    """This process among those that write drafts: its name, and the lock that says that it lives."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.name = ""
        self.folder: Path | None = None
        self._lock: IO[str] | None = None

    def enter(self, folder: Path) -> str:
        """Its name in the folder, made when first needed; the folder's lock is held."""
        if self._lock is None or not (folder / f"{self.name}.lock").exists():
            if self._lock is not None:
                self._lock.close()
            self.name, self.folder = f"{os.getpid()}-{secrets.token_hex(6)}", folder
            stream = _private(folder / f"{self.name}.lock").open("a+", encoding="utf-8")
            if fcntl is not None:
                fcntl.flock(stream, fcntl.LOCK_EX)
            else:  # then it is the process itself that tells
                from .jobs import processes

                json.dump([self.pid, processes.identity(self.pid)], stream)
                stream.flush()
            self._lock = stream
        return self.name


_instance = _Instance()
_writing = threading.Lock()


def _this_process() -> _Instance:
    """The instance of this very process: what a fork has inherited is its parent's."""
    global _instance
    if _instance.pid != os.getpid():
        _instance = _Instance()
    return _instance


def wanted() -> bool:
    """Whether drafts are kept: the preference ``drafts``, true where nobody has said otherwise."""
    return preferences.load().get("drafts") is not False


def save(place: str, text: str, name: str = "", cursor: int = 0, beside: str = "") -> None:
    """Keep ``text`` as what this instance has in the box of ``place``; an empty one keeps nothing.

    ``name``: of the file it began as; ``cursor``: an offset; ``beside``: what else was written there. Atomic; nothing
    is kept where the preference ``drafts`` is false. Raises UserError where it cannot be written; what was kept before
    is kept then.
    """
    if not text.strip() or not wanted():
        _drop_own(place)
        return
    header = {
        "place": place,
        "name": name,
        "characters": len(text),
        "saved": time.time(),
        "cursor": cursor,
        "beside": beside[:2000],
        "beginning": text[:BEGINNING],
    }
    try:
        with _writing:
            folder = _folder()
            folder.mkdir(mode=0o700, exist_ok=True)
            with _locked(folder):
                file = folder / f"{_this_process().enter(folder)}.{place}.draft"
            with paths.atomic_open(file, "wb") as stream:  # a file of one user alone, as mkstemp makes them
                stream.write(json.dumps(header).encode() + b"\n")
                for start in range(0, len(text), 1 << 16):  # piece by piece: the screen gets its turn
                    stream.write(text[start : start + (1 << 16)].encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise UserError(
            f"No draft of this text can be kept on disk ({error.strerror or error}). Everything else works; but until "
            "that can be written again the text lasts only as long as the program runs."
        ) from None


def listing() -> list[Draft]:
    """The drafts that instances left which are gone, the newest first. Sweeps those that are too old or too many.

    Never fails: a folder that cannot be read holds none.
    """
    try:
        folder = _folder()
        if not folder.is_dir():
            return []
        try:
            with _locked(folder):
                return _swept(folder, _left(folder))
        except OSError:  # a disk that nothing can be written to may still be read
            return _left(folder)
    except OSError:
        return []


def take(draft: str) -> tuple[Draft, str]:
    """A draft and its text, which is this instance's from now on: what was this place's draft before is replaced.

    Where the disk does not let itself be written it is only read. Raises UserError where it is there no more.
    """
    match = _FILE.fullmatch(draft)
    gone = UserError("This draft no longer exists: another window took it, or it was removed.")
    if match is None:
        raise gone
    with _writing:
        try:
            folder = _folder()
            about, text = _read(folder / draft)
        except (OSError, ValueError):
            raise gone from None
        with contextlib.suppress(OSError), _locked(folder):
            (folder / draft).replace(folder / f"{_this_process().enter(folder)}.{match['place']}.draft")
    return about, text


def forget(draft: str) -> None:
    """Remove a draft. Raises UserError where the disk refuses."""
    if _FILE.fullmatch(draft) is not None:
        try:
            (_folder() / draft).unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"The draft cannot be removed: {error.strerror or error}.") from None


# ---------------------------------------------------------------------------------------------- files


def _folder() -> Path:
    return paths.home() / "drafts"


def _private(file: Path) -> Path:
    """An empty file of one user alone, made if it is not there."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    return file


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with paths.locked(_private(folder / "lock")):
        yield


def _drop_own(place: str) -> None:
    """Remove what this instance kept of a place."""
    with _writing:
        instance = _this_process()
        if instance.folder is not None:
            with contextlib.suppress(OSError):
                (instance.folder / f"{instance.name}.{place}.draft").unlink(missing_ok=True)


def _lives(lock: Path) -> bool:
    """Whether the instance of a lock file is still there."""
    try:
        with lock.open("r", encoding="utf-8") as stream:
            if fcntl is not None:
                try:
                    fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True
                return False
            from .jobs import processes

            pid, identity = json.load(stream)
            return processes.is_alive(pid, identity) or processes.is_elsewhere(identity)
    except (FileNotFoundError, ValueError, TypeError):
        return False
    except OSError:
        return True  # it cannot be told: then its drafts are nobody else's


def _left(folder: Path) -> list[Draft]:
    """The drafts of instances that are gone, the newest first."""
    living: dict[str, bool] = {}
    left: list[Draft] = []
    with os.scandir(folder) as entries:
        files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    for entry in files:
        match = _FILE.fullmatch(entry.name)
        if match is None:
            continue
        instance = match["instance"]
        if instance not in living:
            living[instance] = _lives(folder / f"{instance}.lock")
        if not living[instance]:
            with contextlib.suppress(OSError, ValueError), (folder / entry.name).open("rb") as stream:
                left.append(_about(entry.name, stream))
    return sorted(left, key=lambda draft: draft.saved, reverse=True)


def _about(file: str, stream: IO[bytes]) -> Draft:
    """The first line of a draft. Raises ValueError where it is none."""
    try:
        header = json.loads(stream.readline(HEADER))
    except RecursionError:
        raise ValueError("no draft") from None
    if not isinstance(header, dict):
        raise ValueError("no draft")
    match = _FILE.fullmatch(file)
    assert match is not None
    return Draft(
        id=file,
        place=match["place"],
        name=_text(header.get("name"), 255),
        characters=_number(header.get("characters")),
        saved=float(header["saved"]) if isinstance(header.get("saved"), int | float) else 0.0,
        beginning=_text(header.get("beginning"), BEGINNING),
        cursor=_number(header.get("cursor")),
        beside=_text(header.get("beside"), 2000),
    )


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _read(file: Path) -> tuple[Draft, str]:
    with file.open("rb") as stream:
        about = _about(file.name, stream)
        raw = stream.read()
    try:
        return about, raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return about, raw.decode("utf-8", "replace")


def _swept(folder: Path, left: list[Draft]) -> list[Draft]:
    """Remove drafts that are too old or too many, and what a kill has left: parts, locks without a draft.

    Returns the drafts that stay. The folder's lock is held.
    """
    oldest, room = time.time() - DAYS * 86_400, ROOM
    stay: list[Draft] = []
    for draft in left:
        with contextlib.suppress(OSError):
            room -= (folder / draft.id).stat().st_size
        if len(stay) < MOST and draft.saved > oldest and (room >= 0 or not stay):
            stay.append(draft)
        else:
            with contextlib.suppress(OSError):
                (folder / draft.id).unlink(missing_ok=True)
    drafts = {draft.id.partition(".")[0] for draft in stay}
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        part = name.startswith(".") and name.endswith(".part")
        instance = name.removeprefix(".").partition(".")[0]
        rest = part or (_LOCK.fullmatch(name) and instance not in drafts)
        if rest and not _lives(folder / f"{instance}.lock"):
            with contextlib.suppress(OSError):
                (folder / name).unlink(missing_ok=True)
    return stay
