"""Documents of a corpus as a table shows them: a part at a time, in the order of a column."""

import numpy as np

from ..results import DocumentLine, DocumentPage, Progress, Record, Selection
from ..tasks.search.fulltext import Row
from .answers import TOGETHER
from .opening import OpenCorpus, opened
from .selecting import over

BEGINNING = 300
"""Characters of a text that a line has."""
LENGTH = "words"
"""What documents are sorted by besides their columns."""


def corpus_documents(
    selection: Selection,
    offset: int = 0,
    count: int = 100,
    sort: str = "",
    descending: bool = False,
    progress: Progress | None = None,
) -> DocumentPage:
    """``count`` of the selected documents from ``offset`` on, sorted by a column (``words``: by length); documents
    without a value last. UserError where there is no such column."""

    def answer(corpus: OpenCorpus, mask: np.ndarray | None) -> DocumentPage:
        rows = np.arange(len(corpus)) if mask is None else np.flatnonzero(mask)
        if sort:
            ranks = corpus.lengths if sort == LENGTH and not corpus.has(sort) else corpus.column(sort).ranks
            keys = ranks[rows]
            # What has no value (-1) is last, whichever way the others are turned.
            turned = np.where(keys < 0, np.iinfo(np.int64).max, -keys if descending else keys)
            rows = rows[np.argsort(turned, kind="stable")]
        names, shown = corpus.names, rows[offset : offset + count].tolist()
        cells = zip(*(corpus.values(name, shown) for name in names), strict=True) if names else ((),) * len(shown)
        lengths, records = corpus.lengths[shown].tolist(), _records(corpus, shown)
        lines = tuple(
            DocumentLine(row, record.id, record.text[:BEGINNING], length, values)
            for row, record, length, values in zip(shown, records, lengths, cells, strict=True)
        )
        return DocumentPage(len(rows), names, lines)

    return over(selection, progress, answer)


def _records(corpus: OpenCorpus, rows: list[int]) -> list[Row]:
    """The documents of ``rows``, in that order: a question for many, as each of them waits for the others' lock."""
    ascending, records = sorted(rows), {}
    for first in range(0, len(rows), TOGETHER):
        part = ascending[first : first + TOGETHER]
        records |= zip(part, corpus.index.texts.documents_of(part), strict=True)
    return [records[row] for row in rows]


def corpus_document(selection: Selection, row: int) -> Record:
    """The document of a row, whole, with its columns."""
    corpus, _ = opened(selection)
    record = corpus.index.record(row)
    values = {name: corpus.values(name, [row])[0] for name in corpus.names}
    return Record(record.id, record.text, record.label, values)
