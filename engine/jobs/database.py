"""The SQLite file behind the job list: one short transaction a call, from any thread, process or instance.

The run folders are the truth, the database is their index: it can be lost and is then rebuilt from them.
"""

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ...data import paths
from ..results import UserError

T = TypeVar("T")
VERSION = 1
BUSY_SECONDS = 15.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    spec     TEXT NOT NULL,
    cwd      TEXT NOT NULL DEFAULT '',
    state    TEXT NOT NULL,
    created  REAL NOT NULL,
    started  REAL,
    ended    REAL,
    pid      INTEGER,
    identity TEXT,
    since    REAL,
    summary  TEXT
)
"""
"""``since``: monotonic clock at which it was queued or asked to stop; ``summary``: folded events of an ended run."""

log = logging.getLogger(__name__)
_looked_through: set[Path] = set()
_thread_lock = threading.Lock()

Adopt = Callable[[sqlite3.Connection], None]


def path() -> Path:
    return paths.home_path() / "jobs.db"


def transact(work: Callable[[sqlite3.Connection], T], adopt: Adopt, write: bool = True) -> T:
    """Run ``work`` in a transaction and return what it returns; ``adopt`` enters run folders that have no row.

    A database that is no database any more is set aside and rebuilt, and ``work`` is run again. Who only reads needs
    neither the file nor a folder to make it in: then it is what the run folders say.
    Raises UserError where the file cannot be used.
    """
    file = path()
    if write:
        with paths.writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
    elif not _exists(file.parent / "runs") and not _exists(file):
        return _from_folders(work, adopt)
    try:
        return _attempt(file, work, adopt, write)
    except sqlite3.DatabaseError as error:
        if not _is_corrupt(error):
            if not write and _code(error) in _UNUSABLE:
                return _peek(file, work, adopt)
            raise _explained(error, file) from error
    try:
        _set_aside(file)
    except OSError:
        if not write:
            return _from_folders(work, adopt)
        raise
    try:
        return _attempt(file, work, adopt, write)
    except sqlite3.DatabaseError as error:
        raise _explained(error, file) from error


def _attempt(file: Path, work: Callable[[sqlite3.Connection], T], adopt: Adopt, write: bool) -> T:
    with closing(_open(file, adopt)) as connection, _transaction(connection, write):
        return work(connection)


def _peek(file: Path, work: Callable[[sqlite3.Connection], T], adopt: Adopt) -> T:
    """Read where nothing can be written: SQLite wants room for its shared memory even to read.

    It makes that file only where no other connection has one, and then the database holds all there is, but for what a
    killed one has left in its log.
    """
    log_file = file.with_name(file.name + "-wal")
    if not _exists(log_file) or not log_file.stat().st_size:
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                return work(connection)
        except sqlite3.DatabaseError:
            pass
    return _from_folders(work, adopt)


def _from_folders(work: Callable[[sqlite3.Connection], T], adopt: Adopt) -> T:
    """Read what the run folders say, in a database that goes with the answer."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute(SCHEMA)
        adopt(connection)
        return work(connection)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no right to look
        return False


def _open(file: Path, adopt: Adopt) -> sqlite3.Connection:
    # SQLite's other files take their modes from this one. Where it is there it is not opened: closing it again would
    # end all locks that this process holds on it.
    with _thread_lock, contextlib.suppress(OSError):
        os.close(paths.private(str(file), os.O_RDWR | os.O_CREAT | os.O_EXCL))
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise UserError(f"{file} was written by a newer dltext (its version {version}): update dltext.")
        if version == 0:
            # Refused on some network file systems, and while another instance is at it: both do well without.
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
        with _thread_lock:
            look_through = version == 0 or file not in _looked_through
            _looked_through.add(file)
        if look_through:
            with _transaction(connection, True):
                connection.execute(SCHEMA)
                adopt(connection)
                connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.close()
        with _thread_lock:
            _looked_through.discard(file)
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection, write: bool) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _is_corrupt(error: sqlite3.DatabaseError) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_held(error: BaseException | None) -> bool:
    """Whether another program held the database for too long."""
    held = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return isinstance(error, sqlite3.DatabaseError) and _code(error) in held


def _code(error: sqlite3.DatabaseError) -> int:
    """SQLite's primary result code; 0 where Python raised by itself."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


_UNUSABLE = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}
)


def _set_aside(file: Path) -> None:
    """Rename a broken database; under a lock and after another look, so that two instances do it once."""
    with paths.locked(file.with_name("jobs.lock")):
        try:
            with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
                if connection.execute("PRAGMA quick_check").fetchone()[0] == "ok":
                    return
        except sqlite3.DatabaseError as error:
            if not _is_corrupt(error):
                raise _explained(error, file) from error
        stamp = time.strftime("%Y%m%d-%H%M%S")
        number = 0
        while (aside := file.with_name(f"jobs.db.broken-{stamp}{f'-{number}' if number else ''}")).exists():
            number += 1
        file.rename(aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                file.with_name(file.name + suffix).rename(aside.with_name(aside.name + suffix))
        log.warning("The job list %s was damaged: it is kept as %s and rebuilt from the run folders.", file, aside.name)


def _explained(error: sqlite3.DatabaseError, file: Path) -> Exception:
    code = _code(error)
    if is_held(error):
        return UserError(f"The job list {file} is held by another program: close it or try again.")
    if code == sqlite3.SQLITE_FULL:
        return UserError(f"The disk is full: {file} cannot be written. Free some space and try again.")
    if code in _UNUSABLE:
        return UserError(
            f"The job list {file} cannot be read or written ({error}): check the folder's rights and free space, "
            "or set DLTEXT_HOME to another folder."
        )
    return error


def update(connection: sqlite3.Connection, job_id: str, states: frozenset[str] | None, values: dict[str, Any]) -> bool:
    """Set columns of a row, if its state is among ``states`` (None: whatever it is). True if it was done."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    condition, parameters = "id = ?", [*values.values(), job_id]
    if states is not None:
        condition += f" AND state IN ({', '.join('?' * len(states))})"
        parameters += sorted(states)
    return connection.execute(f"UPDATE jobs SET {assignments} WHERE {condition}", parameters).rowcount == 1
