"""Files behind a URL that fsspec opens (``s3://``, ``gs://``, ``hdfs://``), imported when one is named and not before.

Nothing is connected unless a user names such a URL; who may read there is the business of the scheme's own driver.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, cast

from .errors import UserError
from .lines import COMPRESSED_MAGIC

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]*/?\S*", re.IGNORECASE)
_LOCAL = ("file:///", "local:///")
DRIVERS = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "az": "adlfs",
    "hdfs": "pyarrow",
}
"""The package that opens a scheme."""


def is_url(name: str) -> bool:
    """Whether ``name`` is a URL, and no path of this machine."""
    return bool(_URL.fullmatch(name))


def place_of(name: str) -> str:
    """``name`` as it is opened: of ``file:///data/x.csv`` the path, all else as it is."""
    lower = name.lower()
    return next((name[len(begin) - 1 :] for begin in _LOCAL if lower.startswith(begin)), name)


def filesystem(url: str) -> tuple[Any, str]:
    """fsspec's file system of ``url``, and its path there; UserError where fsspec or a driver is missing."""
    scheme = url.partition("://")[0].lower()
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]
    except ImportError:
        raise UserError(f"{url}: a URL needs fsspec, which is not installed: pip install 'dltext[cluster]'.") from None
    try:
        with _said(url):
            return cast("tuple[Any, str]", url_to_fs(url))
    except ImportError as error:
        driver = DRIVERS.get(scheme)
        how = f"pip install {driver}" if driver else str(error).rstrip(".")
        raise UserError(f"{url}: a driver for {scheme}:// is not installed: {how}.") from None
    except ValueError:
        raise UserError(
            f"{url}: nothing here opens {scheme}://; s3, gs, hdfs and others that fsspec knows do."
        ) from None


def open_url(url: str) -> IO[bytes]:
    """The bytes of ``url``, which can be read at any place; UserError where it cannot be opened, or is compressed."""
    files, path = filesystem(url)
    with _said(url):
        stream = files.open(path, "rb")
        head = stream.read(10)
        stream.seek(0)
    if head.startswith(COMPRESSED_MAGIC):
        stream.close()
        raise UserError(f"{url} is compressed, and such files are read from a disk only: copy it there first.")
    return stream


def exists(url: str) -> bool:
    """Whether something is there; UserError where nobody can tell."""
    files, path = filesystem(url)
    with _said(url):
        files.invalidate_cache()
        return bool(files.exists(path))


def make_folder(url: str) -> None:
    """Make a folder where the file system has such; object stores have none."""
    files, path = filesystem(url)
    with suppress(Exception):  # what cannot be written there says so itself
        files.makedirs(path, exist_ok=True)


def put(url: str, content: bytes) -> None:
    """Write a small object at once: it is there whole, or not at all."""
    files, path = filesystem(url)
    with _said(url):
        files.pipe_file(path, content)


def upload(url: str, source: IO[bytes]) -> None:
    """Write all of ``source``; object stores show it once it is complete."""
    import shutil

    files, path = filesystem(url)
    with _said(url), files.open(path, "wb") as stream:
        shutil.copyfileobj(source, stream, 8 << 20)


def names_below(url: str) -> set[str]:
    """The names of files in a folder; none where it is not there."""
    files, path = filesystem(url)
    with _said(url):
        files.invalidate_cache()
        return {name.rstrip("/").rpartition("/")[2] for name in files.find(path)} if files.exists(path) else set()


def remove(url: str) -> None:
    """Remove a folder with all that is in it, where it is there."""
    files, path = filesystem(url)
    with _said(url):
        files.invalidate_cache()
        if files.exists(path):
            files.rm(path, recursive=True)


@contextmanager
def _said(url: str) -> Iterator[None]:
    """What a driver says about a URL, as a sentence: each has errors of its own."""
    try:
        yield
    except (UserError, ImportError, ValueError):
        raise
    except FileNotFoundError:
        raise UserError(f"{url}: there is no such file.") from None
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(f"{url} cannot be reached: {lines[0][:200].rstrip('.')}.") from None
