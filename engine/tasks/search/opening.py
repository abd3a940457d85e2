"""Corpora and their tables of vectors, opened to be searched: found in the cache or made, the last few kept open."""

import os
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from ....data import cards, paths
from ....data.source import Source, open_source
from ...results import Progress
from ...text.segment import segmentation_for
from . import index
from .index import Corpus, Table
from .mean import MeanVectors
from .paragraph_model import ParagraphVectors

PACKAGE = Path(cards.__file__).parent
OPENED = 4
"""Corpora kept open at once."""

Encoder = MeanVectors | ParagraphVectors
"""What makes vectors of texts."""

_opened: "OrderedDict[tuple, Corpus]" = OrderedDict()
_tables: "OrderedDict[str, Table]" = OrderedDict()
_lock = threading.Lock()


def open_corpus(
    data: str, split: str, text_column: str, label_column: str, progress: Progress | None = None, steps: int = 1
) -> tuple[Corpus, bool]:
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
        corpus, made = _make_corpus(data, split, text_column, label_column, stamp, asked, progress, steps)
    with _lock:
        _opened[key] = corpus
        while len(_opened) > OPENED:
            _opened.popitem(last=False)
    return corpus, made


def _make_corpus(
    data: str,
    split: str,
    text_column: str,
    label_column: str,
    stamp: str,
    asked: dict,
    progress: Progress | None,
    steps: int,
) -> tuple[Corpus, bool]:
    source = open_source(data, text_column, label_column, min_labels=0)
    chosen = _splits(source, split)
    segmentation = segmentation_for(source.language)
    mark = index.fingerprint(
        sha256=source.sha256, splits=chosen, columns=[text_column, label_column], segmentation=segmentation
    )
    if (corpus := index.corpus_of(mark)) is not None:
        return corpus, False
    total = _total(data, source, chosen)

    def advance(done: int) -> None:
        if progress and (done % 64 == 0 or done == total):
            progress(min(done, total or done), total * steps)

    rows = (row for name in chosen for row in source.rows(name))
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


def open_table(corpus: Corpus, encoder: Encoder, progress: Progress | None) -> tuple[Table, bool]:
    """A vector of each document by ``encoder``, and whether they had to be made."""
    mark = index.fingerprint(
        corpus=corpus.folder.name, model=encoder.name, version=encoder.version, card=_sums(encoder)
    )
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

        found = (encoder.find(word) for word in corpus.words())
        slots = np.array([-1 if row is None else row for row in found], np.int32)
        table = index.make_table(
            mark, total, encoder.size, encoder.corpus_vectors(corpus, advance), encoder.remove, slots
        )
    with _lock:
        _tables[key] = table
        while len(_tables) > OPENED:
            _tables.popitem(last=False)
    return table, made


def _sums(encoder: Encoder) -> str:
    """What the model is made of: two bundles of one name and version may still differ."""
    return "".join(sorted(encoder.card["files"].values()))


def _stamp(data: str) -> str:
    """Changes when what ``data`` names does."""
    path = paths.expand(data)
    card = cards.find_card(data)
    mirror = os.environ.get("DLTEXT_DATA")
    if card is not None or not path.exists():
        shipped = [PACKAGE / part.file for part in card.packaged] if card else []
        return index.fingerprint(card=card, mirror=mirror, files=_times(shipped))
    files = [path, *sorted(path.rglob("*"))] if path.is_dir() else [path]
    return index.fingerprint(files=_times(files))


def _times(files: list[Path]) -> list[tuple[str, int, int]]:
    return [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]
