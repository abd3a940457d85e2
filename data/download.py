"""Public archives downloaded to the cache: with their checksum, read once, kept as a JSON-lines file a split.

``cache()/data/NAME/`` appears whole or not at all, so a folder copied from another machine is as good as a download.
"""

import fnmatch
import json
import logging
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from . import paths
from .cards import ArchivePart, Card
from .errors import UserError
from .lines import BROKEN_ARCHIVE, decode_document
from .located import Located, Progress, file_sum
from .readers import Columns, Row, read_opened

MANIFEST = "manifest.json"


def folder(name: str) -> Path:
    """Where a card's downloaded data is kept."""
    return paths.cache_path() / "data" / name


def cached(card: Card) -> Located | None:
    """What was downloaded before, with the sums of the files as they were then; None if nothing."""
    target = folder(card.name)
    try:
        manifest = json.loads((target / MANIFEST).read_text("utf-8"))
        parts = tuple(
            ArchivePart(split=split, reader="jsonl", file=str(target / entry["file"]), sha256=entry["sha256"])
            for split, entry in manifest["splits"].items()
        )
        counts = {split: int(entry["examples"]) for split, entry in manifest["splits"].items()}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{target / MANIFEST} is damaged ({error}); remove the folder {target} and fetch again."
        ) from None
    return Located("cached", target, parts, counts) if all(Path(part.file).is_file() for part in parts) else None


def download(card: Card, progress: Progress | None = None) -> Located:
    """Get the card's archives, read them into the cache and return what is there.

    ``progress`` counts bytes twice over: once as they come, once as they are read. Raises UserError without a
    connection, where the content is not what the card says, and for a card that has nothing to download.
    """
    if not card.download:
        raise UserError(f"{card.name} has no direct download: {card.manual or 'see ' + card.source}.")
    sizes = {part.url: part.size for part in card.download}
    total = 2 * sum(sizes.values())
    done = 0
    archives: dict[str, Path] = {}
    for part in card.download:
        if part.url not in archives:
            archives[part.url] = _retrieve(card, part, _advance(progress, done, part.size, total))
            done += sizes[part.url]
    target = folder(card.name)
    with paths.writing(target), paths.aside(target) as work:
        entries: dict[str, dict] = {}
        with ExitStack() as stack:
            for url, archive in archives.items():
                parts = [part for part in card.download if part.url == url]
                for part, row in _read(archive, parts, _advance(progress, done, sizes[url], total)):
                    entry = entries.setdefault(part.split, {"file": f"{part.split}.jsonl", "examples": 0})
                    stream = entry.get("stream") or stack.enter_context(
                        (work / entry["file"]).open("w", encoding="utf-8", newline="")
                    )
                    entry["stream"] = stream
                    write_row(stream, row)
                    entry["examples"] += 1
                done += sizes[url]
        for entry in entries.values():
            del entry["stream"]
            entry["sha256"] = file_sum(work / entry["file"])
        missing = {part.split for part in card.download} - set(entries)
        if missing:
            raise UserError(
                f"{card.name}: the download holds nothing for {', '.join(sorted(missing))}; "
                "its publisher has changed it."
            )
        paths.write_json(
            work / MANIFEST,
            {"card": card.name, "splits": entries, "sources": {part.url: part.sha256 for part in card.download}},
        )
        paths.seal(work)
        _install(work, target)
    for archive in archives.values():
        archive.unlink(missing_ok=True)
    cached_data = cached(card)
    if cached_data is None:
        raise UserError(f"{target} vanished while it was written; fetch {card.name} again.")
    return cached_data


def write_row(stream: IO[str], row: Row) -> None:
    """A row as a JSON line, the form in which imported and downloaded sets are kept."""
    value = {**row.values, "id": row.id, "text": row.text}
    value |= {"label": list(row.labels)} if row.labels else {} if row.label is None else {"label": row.label}
    value |= {} if row.title is None else {"title": row.title}
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")


def _install(work: Path, target: Path) -> None:
    if target.exists() and not (target / MANIFEST).exists():
        shutil.rmtree(target)  # left by a version or a hand that did not finish it
    try:
        work.rename(target)
    except OSError:
        if not (target / MANIFEST).exists():  # else another instance was faster, with the same content
            raise


def _retrieve(card: Card, part: ArchivePart, advance) -> Path:
    mirror = ", ".join(sorted({file.file for file in card.mirror}))
    remedy = (
        f"Where there is a connection, run `dltext data fetch {card.name}` and copy the folder that it names to "
        f"{folder(card.name)}; or set DLTEXT_DATA to a folder that holds {mirror}."
    )
    return retrieve(part.url, part.sha256, card.name, f"the card of {card.name} describes", remedy, advance)


def retrieve(url: str, sha256: str, name: str, described: str, remedy: str, advance: Callable[[int], None]) -> Path:
    """The file at ``url``, kept below the cache, checked against its sum; ``advance`` hears how many bytes are there.

    UserError where it cannot be had (``name`` says what, ``remedy`` what to do instead), and where it is not the file
    that ``described``.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    store = paths.folder(paths.cache() / "downloads")
    name = f"{sha256[:12]}-{Path(urlsplit(url).path).name}"
    downloader: Any = pooch.HTTPDownloader(progressbar=_Bar(advance), chunk_size=2**16, timeout=30)  # type: ignore
    host = urlsplit(url).hostname
    archive = store / name
    try:
        if archive.is_file() and file_sum(archive) == sha256:
            return archive
        with paths.aside(archive) as work:
            digest = f"sha256:{sha256}"
            Path(pooch.retrieve(url, digest, fname=name, path=work, downloader=downloader)).replace(archive)
        return archive
    except requests.HTTPError as error:
        why = f"{url} answered {error.response.status_code if error.response is not None else error}"
    except requests.RequestException:
        why = f"there is no connection to {host}"
    except ValueError:
        raise UserError(
            f"{url} is not the file that {described} (its sha256 differs); nothing was kept. Try again, or get it from "
            "another place."
        ) from None
    except OSError as error:
        raise paths.cannot_write(store, error) from None
    raise UserError(f"{name} cannot be downloaded: {why}. {remedy}") from None


class _Bar:
    """What pooch takes for a progress bar."""

    def __init__(self, advance) -> None:
        self._advance, self._done, self.total = advance, 0, 0

    def update(self, count: int) -> None:
        self._done += count
        self._advance(self._done)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _advance(progress: Progress | None, before: int, size: int, total: int):
    def advance(done: int) -> None:
        if progress:  # pooch counts whole chunks, past the end
            progress(min(before + min(done, size), total), total)

    return advance


def _read(archive: Path, parts: list[ArchivePart], advance) -> Iterator[tuple[ArchivePart, Row]]:
    """The rows of one downloaded file, each with the part of the card that it belongs to."""
    if not any(part.member for part in parts):
        for part in parts:
            with archive.open("rb") as stream:
                for row in _lines(stream, archive.name, part):
                    yield part, row
        return
    patterns = [(re.compile(fnmatch.translate(part.member)), part) for part in parts]
    try:
        with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as members:
            for count, member in enumerate(members):
                if count % 200 == 0:
                    advance(raw.tell())
                part = next((part for pattern, part in patterns if pattern.match(member.name)), None)
                if part is None or not member.isfile():
                    continue
                content = members.extractfile(member)
                assert content is not None
                if part.reader == "document":
                    text = decode_document(content.read(), f"{archive.name}:{member.name}", part.encoding)
                    yield part, Row(member.name.partition("/")[2], text, part.label)
                else:
                    for row in _lines(content, f"{archive.name}:{member.name}", part):
                        yield part, row
    except (tarfile.TarError, *BROKEN_ARCHIVE) as error:
        raise UserError(f"{archive} is not a readable archive ({error}); remove it and fetch again.") from None


def _lines(stream: IO[bytes], name: str, part: ArchivePart) -> Iterator[Row]:
    columns = Columns(part.text_column, part.label_column, part.id_column, title=part.title_column)
    for row in read_opened(part.reader, stream, name, columns, part.encoding):
        label = part.label if part.label is not None else row.label
        row_id = f"{part.label}-{row.id}" if part.label is not None else row.id
        yield Row(row_id, row.text, label, title=row.title)
