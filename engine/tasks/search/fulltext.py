"""The documents of a corpus and the index of their words in one SQLite file, by FTS5, which Python brings.

English words count as their stems (Porter 1980); everywhere letters count without their accents. BM25 ranks documents
(:mod:`.ranking`). The tables:

- ``documents (row, id, label, text)``, rows from 0;
- ``words``: the FTS5 index, with positions and without a copy of the texts; its rows are those of ``documents``;
- ``terms (term, documents, occurrences)``: in how many documents a term is;
- ``lengths (terms)``: one row, the number of terms of each document as little-endian uint32;
- ``columns (number, name)`` and ``cells (column, row, value)``: what else the data say of each document (its label and
  its part too, as they are counted by), where they say anything.
"""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from ....data.readers import Row
from ....data.texts import whole
from ...results import UserError
from ...text.segment import words_of
from . import ranking
from .inserting import Inserting
from .ranking import Ranking
from .tokens import TokenWriter

FILE = "documents.db"
PAGE = 16384
"""Bytes of a page: with fewer pages to go through an index is made, and read, sooner than with SQLite's 4,096."""
COMMON = 0.5
"""Terms in a larger share of the documents are not looked up where others are left: they tell little, and most of the
time would go to them. Chosen on 1,000 titles among 20,000 abstracts (tests/quality/retrieval.py --part validation):
MRR@10 0.875 without the terms in more than 0.3 of the documents, 0.880 in more than 0.5, 0.878 with all; processor time
of a query 2.4, 2.7 and 3.8 ms with remembered postings (12 and 16 ms with none, for 0.3 and 0.5), where
FTS5's ``bm25()`` took 20 ms (0.3)."""
MOST = 2
"""Of a long query terms are looked up, the most telling first, until they have so many times as many postings as there
are documents: 0.880 as without a limit; 0.879 with 1."""
FEW = 4_000
"""Postings that are always read: in a small corpus no term is left out."""
FOLDED = 100_000
"""Words whose terms are remembered."""

_SINGLE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
"""Characters between which stand no blanks: cut by our segmentation before FTS5 looks for words."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class DamagedIndex(Exception):
    """A file that is not an index of this version, or cannot be read; ``folder`` is where it lies."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path} cannot be read ({reason}).")
        self.folder = path.parent


def terms_of(text: str, segmentation: str) -> list[tuple[str, tuple[int, int]]]:
    """The words of a text that are searched, with their places: tokens with a letter or a digit in them."""
    tokens = words_of(text, segmentation)
    return [token for token in tokens if token[0][0].isalnum() or any(map(str.isalnum, token[0]))]


def _words_table(language: str) -> str:
    stem = "porter " if language == "en" else ""
    tokenizer = f"{stem}unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
    return f"CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize=\"{tokenizer}\")"


def _schema(language: str) -> list[str]:
    return [
        "CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT NOT NULL, label TEXT, text TEXT NOT NULL)",
        _words_table(language),
        "CREATE TABLE terms (term TEXT PRIMARY KEY, documents INTEGER, occurrences INTEGER) WITHOUT ROWID",
        "CREATE TABLE lengths (terms BLOB NOT NULL)",
        "CREATE TABLE columns (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE cells (column INTEGER, row INTEGER, value TEXT, PRIMARY KEY (column, row)) WITHOUT ROWID",
    ]


def _connect(path: str, uri: bool = False, statements: int = 128) -> sqlite3.Connection:
    """``statements``: how many are remembered, each with the values of its last use."""
    return sqlite3.connect(path, uri=uri, isolation_level=None, check_same_thread=False, cached_statements=statements)


def check() -> None:
    """A UserError where this Python's SQLite has no FTS5."""
    with closing(_connect(":memory:")) as base:
        try:
            base.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
        except sqlite3.OperationalError:
            raise UserError(
                f"The SQLite {sqlite3.sqlite_version} of this Python has no FTS5, which search needs: use a Python "
                "from python.org, conda or your system's packages."
            ) from None


def write(
    path: Path, rows: Iterable[Row], language: str, segmentation: str, advance: Callable[[int], None] = lambda _: None
) -> int:
    """Write documents and index into a new file, and their words beside it (:mod:`.tokens`); returns how many documents
    there are.

    Streams: SQLite keeps 32 MB of postings in memory, then writes them. ``segmentation`` empty: the texts are words
    with blanks between. ``advance(n)`` (after each document) may raise to stop.
    """
    check()
    tokens = TokenWriter(path.parent, segmentation)
    try:
        with closing(_connect(str(path), statements=0)) as base:
            # Written aside: what a crash leaves is thrown away.
            for setting in (f"page_size = {PAGE}", "journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"):
                base.execute(f"PRAGMA {setting}")
            for statement in _schema(language):
                base.execute(statement)
            base.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", (32 << 20,))
            base.execute("BEGIN")
            with Inserting(base) as inserting:
                for row in rows:
                    text = whole(row.text)
                    inserting.add(row, text, _indexed(text, segmentation))
                    tokens.add(text)
                    advance(inserting.count)
            tokens.close()
            base.execute("INSERT INTO words (words) VALUES ('optimize')")
            base.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
            base.execute("INSERT INTO terms SELECT term, doc, cnt FROM temp.vocabulary")
            sizes = (_size(size) for (size,) in base.execute("SELECT sz FROM words_docsize ORDER BY id"))
            base.execute("INSERT INTO lengths VALUES (?)", (np.fromiter(sizes, "<u4").tobytes(),))
            base.execute("COMMIT")
    finally:
        tokens.abandon()
    return inserting.count


def _size(stored: bytes) -> int:
    """A document's number of terms as FTS5 keeps it: seven bits a byte, the highest first."""
    size = 0
    for byte in stored:
        size = size << 7 | byte & 127
    return size


def _indexed(text: str, segmentation: str) -> str:
    if not segmentation:
        return text
    if segmentation != "words" or _SINGLE.search(text):
        return " ".join(word for word, _ in terms_of(text, segmentation))
    return _BREAK.sub(" ", text) if "<" in text else text


class Terms:
    """The terms that words count as in texts of a language: FTS5's own answer, remembered. Safe in several threads."""

    def __init__(self, language: str) -> None:
        self._terms: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        self._base = _connect(":memory:")
        self._base.execute(_words_table(language))
        self._base.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, instance)")

    def __call__(self, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The terms of each word: usually one, none for marks, several for ``3.5``."""
        with self._lock:
            asked = list(dict.fromkeys(words))
            new = [word for word in asked if word not in self._terms]
            if new:
                if len(self._terms) + len(new) > FOLDED:
                    self._terms.clear()
                    new = asked
                self._terms |= self._look_up(new)
            return {word: self._terms[word] for word in asked}

    def _look_up(self, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
        base = self._base
        base.execute("BEGIN")
        base.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(map(whole, words)))
        terms: list[list[tuple[int, str]]] = [[] for _ in words]
        for term, row, place in base.execute("SELECT term, doc, offset FROM vocabulary"):
            terms[row].append((place, term))
        base.execute("ROLLBACK")
        return {word: tuple(term for _, term in sorted(of)) for word, of in zip(words, terms, strict=True)}


class FullText:
    """An index that :func:`write` left, read only. Safe to use from several threads.

    Raises :class:`DamagedIndex` where the file is not one of ours, or, then or later, cannot be read.
    """

    def __init__(self, path: Path, language: str) -> None:
        check()
        self._path, self._lock = path, threading.Lock()
        # Nobody changes a file that was renamed into its place, so nothing needs to be locked or looked for beside it.
        try:
            self._base = _connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(path, error) from None
        try:
            self._all("CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, words, instance)")
            for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "cache_size = -65536"):
                self._all(f"PRAGMA {setting}")
            pages, stored = self._all("PRAGMA page_count")[0][0], self._all("SELECT sql FROM sqlite_schema")
            ours = set(_schema(language)) | {None}
            shadows = re.compile(r"CREATE TABLE 'words_(?:data|idx|docsize|config)'\([\w ,()]+\)(?: WITHOUT ROWID)?")
            strange = [sql for (sql,) in stored if sql not in ours and not shadows.fullmatch(sql)]
            if strange or len(stored) < len(ours) - 1 or path.stat().st_size != pages * PAGE:
                raise DamagedIndex(path, "it is not an index of this version")
            self.count: int = self._all("SELECT coalesce(max(row) + 1, 0) FROM documents")[0][0]
            lengths = np.frombuffer(self._all("SELECT terms FROM lengths")[0][0], "<u4")
            if len(lengths) != self.count:
                raise DamagedIndex(path, "its lengths do not fit its documents")
        except BaseException:
            self._base.close()
            raise
        self.terms = Terms(language)
        self._ranking = Ranking(lengths, self._occurrences)

    def __del__(self) -> None:
        with suppress(AttributeError, sqlite3.Error):
            self._base.close()

    def _all(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:
        try:
            with self._lock:
                return self._base.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(self._path, error) from None

    def document(self, row: int) -> Row:
        """The document of that place, from 0; IndexError where there is none."""
        return self.documents(row, 1)[0]

    def documents(self, first: int, count: int) -> list[Row]:
        """``count`` documents from the row ``first`` on."""
        stored = self._all("SELECT id, text, label FROM documents WHERE row >= ? ORDER BY row LIMIT ?", (first, count))
        return [Row(*entry) for entry in stored]

    def documents_of(self, rows: Sequence[int]) -> list[Row]:
        """The documents of ``rows``, ascending and at most 500."""
        if not rows or rows[-1] - rows[0] == len(rows) - 1:
            return self.documents(rows[0], len(rows)) if rows else []
        marks = ", ".join("?" * len(rows))  # SQLite takes 999 values, older ones
        stored = self._all(f"SELECT id, text, label FROM documents WHERE row IN ({marks}) ORDER BY row", rows)
        return [Row(*entry) for entry in stored]

    def columns(self) -> list[str]:
        """The names of the columns, in the order in which they first say something."""
        return [name for (name,) in self._all("SELECT name FROM columns ORDER BY number")]

    def cells(self, column: str) -> list[tuple[int, str]]:
        """The rows that have something in a column, ascending, and what it is."""
        return self._all(
            "SELECT row, value FROM cells WHERE column = (SELECT number FROM columns WHERE name = ?) ORDER BY row",
            (column,),
        )

    def same_as(self, column: str) -> str:
        """The name of another column that holds the same of all documents; empty where there is none."""
        numbers = {name: number for number, name in self._all("SELECT number, name FROM columns")}
        if column not in numbers:
            return ""
        number = numbers.pop(column)
        sizes = dict(self._all("SELECT column, count(*) FROM cells GROUP BY column"))
        shared = (
            "SELECT count(*) FROM cells a JOIN cells b ON b.column = ? AND b.row = a.row AND b.value = a.value "
            "WHERE a.column = ? AND a.row {}"
        )
        for name, other in numbers.items():
            # Of most columns the first hundred rows tell.
            if sizes.get(other) != sizes.get(number) or not self._all(shared.format("< 100"), (other, number))[0][0]:
                continue
            if self._all(shared.format(">= 0"), (other, number))[0][0] == sizes[number]:
                return name
        return ""

    def rows_of_id(self, name: str) -> list[int]:
        """The rows of the documents of that id."""
        return [row for (row,) in self._all("SELECT row FROM documents WHERE id = ? ORDER BY row", (name,))]

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many documents each term is; 0 for one that is in none."""
        asked = list(dict.fromkeys(terms))
        counts = dict.fromkeys(asked, 0)
        for first in range(0, len(asked), 500):  # SQLite takes 999 values, older ones
            part = asked[first : first + 500]
            marks = ", ".join("?" * len(part))
            counts |= dict(self._all(f"SELECT term, documents FROM terms WHERE term IN ({marks})", part))
        return counts

    def best(self, words: dict[str, tuple[int, int]], count: int) -> list[tuple[int, float]]:
        """The rows of the ``count`` documents that share most, with their BM25 scores, best first; equal ones in order.

        ``words``: each word, with how often it is asked for, and in how many documents it is, the most telling first.
        """
        there = {word: entry for word, entry in words.items() if entry[1]}
        chosen, read = [], 0
        for word, (_, frequency) in there.items():
            if chosen and (frequency > max(FEW, COMMON * self.count) or read + frequency > max(FEW, MOST * self.count)):
                continue
            chosen.append(word)
            read += frequency
        rows = self._ranked(chosen, there, count)
        if len(rows) < count and len(chosen) < len(there):
            rows = self._ranked(list(there), there, count)
        return rows

    def _ranked(self, chosen: list[str], words: dict[str, tuple[int, int]], count: int) -> list[tuple[int, float]]:
        terms = self.terms(chosen)
        scores = self._ranking.scores((terms[word], words[word][0]) for word in chosen)
        return [(row, float(scores[row])) for row in ranking.best(scores, scores > 0, count)]

    def _occurrences(self, term: str, places: bool) -> tuple[np.ndarray, np.ndarray]:
        """The row of each occurrence of a term, int64, and, if wanted, its place there."""
        # A string of numbers, parsed by numpy: with a Python object for each it takes five times as long.
        columns = "group_concat(doc)" + ", group_concat(offset)" * places
        numbers = self._all(f"SELECT {columns} FROM temp.places WHERE term = ?", (term,))[0]
        rows, *offsets = (np.fromstring(text or "", np.int64, sep=",") for text in numbers)
        if len(rows) and not 0 <= rows.min() <= rows.max() < self.count:
            raise DamagedIndex(self._path, "it has words of documents that are not there")
        return rows, offsets[0] if offsets else rows[:0]
