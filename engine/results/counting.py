"""Results of counting in a corpus; each has the JSON form that ``dltext corpus … --json`` prints."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Selection:
    """Documents that are counted in: a card's name, or a file or folder, and which of it."""

    data: str
    filter: str = ""
    """An expression over columns and texts (``label:neg stars<3 "cold soup"``); empty: all documents."""
    text_column: str = "text"
    label_column: str = "label"
    split: str = ""


@dataclass(frozen=True)
class CorpusInfo:
    """A corpus that is open: what is in it, and how much of that is selected."""

    data: str
    documents: int
    words: int
    different: int
    """Different words."""
    columns: tuple[str, ...]
    language: str
    selected: int
    """Documents that the filter leaves."""
    selected_words: int
    size: int
    """Bytes of its index on disk."""
    made: bool
    """Whether the index was made now."""


@dataclass(frozen=True)
class WordCount:
    """A word or a lemma, or several in a row, with how often it is there."""

    word: str
    count: int
    documents: int
    per_million: float
    """Of a million words of the selection."""
    forms: tuple[str, ...] = ()
    """Of a lemma the words that were counted for it, the most frequent first."""

    def as_dict(self) -> dict[str, Any]:
        table = asdict(self)
        return table if self.forms else {key: value for key, value in table.items() if key != "forms"}


@dataclass(frozen=True)
class KwicLine:
    """A match with what stands around it (a key word in context)."""

    id: str
    """Of the document."""
    row: int
    """The document's place in the corpus, from 0."""
    left: str
    match: str
    right: str
    start: int
    """In the document's text (Python string offsets)."""
    end: int

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "row"}


@dataclass(frozen=True)
class KwicPage:
    """Some lines of a concordance."""

    total: int
    """All matches; at least so many where ``more``."""
    lines: tuple[KwicLine, ...]
    more: bool = False
    """Whether texts were read only as far as the page needed."""


@dataclass(frozen=True)
class KeyWord:
    """A word that is more frequent, or less, in a group than in a reference."""

    word: str
    count: int
    reference_count: int
    log_likelihood: float
    log_ratio: float
    p: float
    """Corrected for the number of words that were tested, where that was asked for."""
    chi_square: float

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "chi_square"}


@dataclass(frozen=True)
class Collocate:
    """A word that stands near another."""

    word: str
    count: int
    """How often within the window."""
    mi: float
    log_dice: float
    t: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class WordDispersion:
    """How evenly a word is spread over the parts of a corpus."""

    word: str
    count: int
    documents: int
    dp: float
    """0: as the parts are large; near 1: all in the smallest."""
    dp_norm: float
    parts: tuple[tuple[str, int], ...] = ()
    """How often in each part, where these are not the documents."""

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "parts": dict(self.parts)}


@dataclass(frozen=True)
class ColumnSummary:
    """What a column of a corpus holds."""

    name: str
    kind: str
    """``dates``, ``numbers`` or ``values``."""
    documents: int
    """Those that have a value."""
    different: int
    frequent: tuple[tuple[str, int], ...]
    """The most frequent values, with how many documents have them."""


@dataclass(frozen=True)
class CrossTable:
    """How often each value of a column goes with each of another."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    chi_square: float
    p: float
    df: int
    residuals: tuple[tuple[float, ...], ...]
    """Adjusted (standardised): beyond 1.96 where a cell departs from independence."""
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("rows", "columns", "counts", "chi_square", "p")}


@dataclass(frozen=True)
class LabelShare:
    """The share of a label among the documents that a model has read."""

    label: str
    count: int
    share: float
    low: float
    high: float
    """95 % interval (Wilson 1927)."""
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    """The share corrected for the errors that the model is known to make, with a 95 % interval; None where they are not
    known."""
    group: str | None = None
    """The value of the column by which shares are counted, where there is one."""

    def as_dict(self) -> dict[str, Any]:
        table = asdict(self)
        group = table.pop("group")
        return table if group is None else {"group": group, **table}


@dataclass(frozen=True)
class LabelShares:
    """What a model says of the selected documents, label by label."""

    model: str
    documents: int
    shares: tuple[LabelShare, ...]
    notes: tuple[str, ...] = ()
    """Where its errors are known from, or what to do about it."""


@dataclass(frozen=True)
class DocumentLine:
    """A document as a table shows it."""

    row: int
    """Its place in the corpus, from 0."""
    id: str
    text: str
    """Its beginning."""
    words: int
    values: tuple[str, ...]
    """Of the columns, in their order."""


@dataclass(frozen=True)
class DocumentPage:
    """Some of the selected documents."""

    total: int
    columns: tuple[str, ...]
    lines: tuple[DocumentLine, ...]
