"""Documents of a corpus as a table shows them: a part at a time, in the order of a column."""

import numpy as np

from ..results import DocumentLine, DocumentPage, Progress, Record, Selection
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
        lines = []
        for row, values in zip(shown, cells, strict=True):
            record = corpus.index.record(row)
            lines.append(DocumentLine(row, record.id, record.text[:BEGINNING], int(corpus.lengths[row]), values))
        return DocumentPage(len(rows), names, tuple(lines))

    return over(selection, progress, answer)


def corpus_document(selection: Selection, row: int) -> Record:
    """The document of a row, whole, with its columns."""
    corpus, _ = opened(selection)
    record = corpus.index.record(row)
    values = {name: corpus.values(name, [row])[0] for name in corpus.names}
    return Record(record.id, record.text, record.label, values)
