"""Corpora and their tables of vectors, opened to be searched: found in the cache or made, the last few kept open."""

import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ....data import cards, decisions, paths
from ....data.rows import EVERY
from ....data.source import Source, open_source
from ...results import Progress
from ...text.segment import segmentation_for
from . import index
from .as_asked import AskedVectors
from .fulltext import DamagedIndex
from .index import SearchableCorpus, VectorTable
from .mean import MeanVectors
from .paragraph_model import ParagraphVectors
from .text_vectors import TextVectors

PACKAGE = Path(cards.__file__).parent
REMADE = "The index of these texts {} and was made again."
OPENED = 4
"""Corpora kept open at once."""

Encoder = MeanVectors | ParagraphVectors | TextVectors
"""What makes vectors of texts."""

_Answer = TypeVar("_Answer")

_opened: "OrderedDict[tuple, SearchableCorpus]" = OrderedDict()
_tables: "OrderedDict[str, VectorTable]" = OrderedDict()
_asked: "OrderedDict[str, AskedVectors]" = OrderedDict()
_lock = threading.Lock()


def open_corpus(
    data: str, split: str, text_column: str, label_column: str, progress: Progress | None = None, steps: int = 1
) -> tuple[SearchableCorpus, bool]:
    """The corpus's index, and whether it had to be made. An unchanged file or card is not read again."""
    stamp = _stamp(data)
    key = (str(paths.cache_path()), data, split, text_column, label_column, stamp)
    with _lock:
        if key in _opened and _opened[key].folder.is_dir():
            _opened.move_to_end(key)
            return _opened[key], False
    asked = {"data": data, "asked": split, "columns": [text_column, label_column], "stamp": stamp}
    corpus, made = index.find_corpus(**asked), False
    if corpus is None:
        older = index.remove_older(**{key: asked[key] for key in ("data", "asked", "columns")})
        corpus, made = _make_corpus(data, split, text_column, label_column, stamp, asked, progress, steps)
        if made and (older or corpus.folder.name in index.removed):
            corpus.remade = REMADE.format("was made by another version of dltext" if older else "was damaged")
            index.removed.discard(corpus.folder.name)
    with _lock:
        _opened[key] = corpus
        while len(_opened) > OPENED:
            _opened.popitem(last=False)
    return corpus, made


def mend(answer: Callable[[], _Answer]) -> _Answer:
    """What ``answer`` returns; where an index turns out to be damaged meanwhile, it is removed and asked once more."""
    try:
        return answer()
    except DamagedIndex as error:
        index.removed.add(error.folder.name)
        shutil.rmtree(error.folder, ignore_errors=True)  # one that is open and in memory is forgotten with its folder
        return answer()


def _make_corpus(
    data: str,
    split: str,
    text_column: str,
    label_column: str,
    stamp: str,
    asked: dict,
    progress: Progress | None,
    steps: int,
) -> tuple[SearchableCorpus, bool]:
    source = open_source(data, text_column, label_column, min_labels=0, values=EVERY)
    chosen = _splits(source, split)
    segmentation = segmentation_for(source.language)
    mark = index.fingerprint(
        sha256=source.sha256,
        splits=chosen,
        columns=[text_column, label_column],
        segmentation=segmentation,
        **_read(data),
    )
    if (corpus := index.corpus_of(mark)) is not None:
        return corpus, False
    total = _total(data, source, chosen)

    def advance(done: int) -> None:
        if progress and (done % 64 == 0 or done == total):
            progress(min(done, total or done), total * steps)

    rows = (
        replace(row, split=row.split or (name if name != "all" else None))
        for name in chosen
        for row in source.rows(name)
    )
    shown = "all" if chosen == list(source.splits) else ", ".join(chosen)
    corpus = index.make_corpus(mark, rows, source.language, segmentation, {**asked, "split": shown}, advance)
    return corpus, True


def _splits(source: Source, split: str) -> list[str]:
    if split:
        return [split]
    return ["all"] if "all" in source.splits else list(source.splits)


def _total(data: str, source: Source, chosen: list[str]) -> int:
    """How many documents there will be; 0 where only reading would tell."""
    card = cards.find_card(data)
    stated = card.splits if card else source.counts
    if chosen == ["all"] and "all" not in stated:
        return sum(stated.values())
    return sum(stated.get(name, 0) for name in chosen)


def _mark(corpus: SearchableCorpus, encoder: Encoder) -> str:
    """The fingerprint of a corpus read by a model."""
    return index.fingerprint(
        corpus=corpus.folder.name, model=encoder.name, version=encoder.version, card=_sums(encoder)
    )


def has_table(corpus: SearchableCorpus, encoder: Encoder) -> bool:
    """Whether the vectors of all documents by ``encoder`` are there."""
    return (index.table_folder(_mark(corpus, encoder)) / "meta.json").is_file()


def vectors_as_asked(corpus: SearchableCorpus, encoder: TextVectors) -> AskedVectors:
    """Vectors of those documents that are asked for, kept for the next question."""
    mark = _mark(corpus, encoder)
    key = f"{index.place()}/{mark}"
    with _lock:
        if key not in _asked or not _asked[key].folder.is_dir():
            _asked[key] = AskedVectors(corpus, encoder, mark)
        _asked.move_to_end(key)
        while len(_asked) > OPENED:
            _asked.popitem(last=False)
        return _asked[key]


def open_table(corpus: SearchableCorpus, encoder: Encoder, progress: Progress | None) -> tuple[VectorTable, bool]:
    """A vector of each document by ``encoder``, and whether they had to be made."""
    mark = _mark(corpus, encoder)
    key = f"{index.place()}/{mark}"
    with _lock:
        if key in _tables and _tables[key].folder.is_dir():
            _tables.move_to_end(key)
            return _tables[key], False
    table, made = index.find_table(mark), False
    if table is None:
        total, made = len(corpus), True

        def advance(done: int) -> None:
            if progress:
                progress(total + done, 2 * total)

        blocks = encoder.corpus_vectors(corpus, advance)
        table = index.make_table(mark, total, encoder.size, blocks, encoder.remove)
    with _lock:
        _tables[key] = table
        while len(_tables) > OPENED:
            _tables.popitem(last=False)
    return table, made


def _sums(encoder: Encoder) -> str:
    """What the model is made of: two bundles of one name and version may still differ."""
    return "".join(sorted(encoder.card["files"].values()))


def _stamp(data: str) -> str:
    """Changes when what ``data`` names does, or how it is to be read."""
    path = paths.expand(data)
    card = cards.find_card(data)
    mirror = os.environ.get("DLTEXT_DATA")
    if card is not None or not path.exists():
        shipped = [PACKAGE / part.file for part in card.packaged] if card else []
        return index.fingerprint(card=card, mirror=mirror, files=_times(shipped))
    files = [path, *sorted(path.rglob("*"))] if path.is_dir() else [path]
    return index.fingerprint(files=_times(files), **_read(data))


def _read(data: str) -> dict[str, dict[str, str]]:
    """What was decided about how a file is read, where anything was."""
    decided = decisions.decided(data)
    return {"read": decided} if decided else {}


def _times(files: list[Path]) -> list[tuple[str, int, int]]:
    return [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]
