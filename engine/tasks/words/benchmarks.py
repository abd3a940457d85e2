"""How good word vectors are: rank correlation with human judgements, and analogies."""

import itertools
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ....data.lines import read_lines
from ....data.paths import cache, expand, home
from ...results import UserError
from ..metrics import spearman
from . import model as serve
from .nearest import Nearest

FILES = {
    "wordsim353": "wordsim353.tsv",
    "simlex999": "simlex999.txt",
    "google-analogies": "questions-words.txt",
    "wordsim240-zh": "CN-wordsim-240.txt",
    "wordsim297-zh": "CN-wordsim-297.txt",
    "ca8-semantic": "CA8-semantic.txt",
    "ca8-morphological": "CA8-morphological.txt",
}
"""Names of the published tests, and what the files are called in the folder ``word-tests`` of mirror, home or cache.

Finkelstein et al. 2002; Hill et al. 2015; Mikolov et al. 2013; Chen et al. 2015 (240, 297); Li et al. 2018 (CA8).
"""

Pair = tuple[str, str, float]
Question = tuple[str, str, str, str]


class Vectors(Protocol):
    """What can be tested: :class:`dltext.engine.tasks.words.model.WordModel`, or a :class:`WordTable`."""

    @property
    def words(self) -> Sequence[str]: ...

    def find(self, word: str) -> int | None: ...

    def unit(self, ids: Any) -> np.ndarray: ...


class _Rows(dict[str, int]):
    def find(self, word: str) -> int | None:
        return self.get(word)


class WordTable:
    """A matrix with its words, as a trainer holds it, with the face of loaded vectors.

    ``words`` most frequent first, ``matrix`` ``[count, size]`` of any float type; looked at, not copied, so that one
    table measures each epoch of a matrix that changes in place. ``name`` and ``language`` are for messages.
    """

    def __init__(self, words: Sequence[str], matrix: np.ndarray, name: str = "table", language: str = "") -> None:
        if len(words) != len(matrix):
            raise ValueError(f"{len(words)} words do not fit {len(matrix)} rows")
        self.words, self.name, self.language = words, name, language
        self.size = matrix.shape[1]
        self._matrix = matrix
        self._rows = _Rows((word, row) for row, word in reversed(list(enumerate(words))))

    def find(self, word: str) -> int | None:
        """The row of a word, by the spellings that loaded vectors try."""
        return serve.find(self._rows, word, True)

    def rows(self, ids: Any) -> np.ndarray:
        return np.asarray(self._matrix[np.asarray(ids, np.int64)], np.float32)

    def unit(self, ids: Any) -> np.ndarray:
        return serve.unit(self.rows(ids))

    def nearest(self, queries: np.ndarray, count: int, exclude: Collection[int] = ()) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`dltext.engine.tasks.words.model.WordModel.nearest`."""
        return Nearest(self._matrix).search(np.atleast_2d(queries), count, exclude)


def find(name: str) -> Path:
    """The file of a published test by its name, or a file by its path; UserError saying where to put it."""
    file = FILES.get(name)
    if file is None:
        if (written := expand(name)).is_file():
            return written
        raise UserError(f"There is no test {name!r} and no such file; tests of word vectors: {', '.join(FILES)}.")
    mirror = os.environ.get("DLTEXT_DATA")
    places = [Path(mirror)] if mirror else []
    for place in (*places, home(), cache()):
        if (place / "word-tests" / file).is_file():
            return place / "word-tests" / file
    raise UserError(f"The test {name} is not on this machine: put its file {file} into {home() / 'word-tests'}.")


def kind(path: Path) -> str:
    """``analogies`` (four words a line, sections that begin with a colon) or ``pairs``."""
    head = [line for _, line in itertools.islice(_lines(path), 2)]
    if head:
        words = head[-1].split()  # the first line may be a header
        four = len(words) == 4 and not any(map(_number, words[2:])) and "," not in head[-1]
        return "analogies" if four or any(line.startswith(":") for line in head) else "pairs"
    raise UserError(f"{path} is empty: a test has word, word and score, or four words, a line.")


def read_pairs(path: Path) -> list[Pair]:
    """Word, word and human score of each line (tab, comma, semicolon or blanks between; a header is skipped).

    The score is the first number after the two words, so SimLex-999 reads as published.
    """
    scored: list[Pair] = []
    for number, line in _lines(path):
        cells = next((line.split(mark) for mark in "\t,;" if line.count(mark) >= 2), line.split())
        cells = [cell.strip() for cell in cells]
        score = next((float(cell) for cell in cells[2:] if _number(cell)), None)
        if score is None or not cells[0] or not cells[1]:
            if not scored and len(cells) >= 3:
                continue  # the header
            raise UserError(f"{path}, line {number}: two words and a score are expected, not {line[:40]!r}.")
        scored.append((cells[0], cells[1], score))
    if not scored:
        raise UserError(f"{path} holds no pairs: two words and a score a line are expected.")
    return scored


def read_analogies(path: Path) -> dict[str, list[Question]]:
    """Questions by section (``: name`` lines); four words a line: a is to b as c is to d."""
    sections: dict[str, list[Question]] = {}
    name = "all"
    for number, line in _lines(path):
        if line.startswith(":"):
            name = line[1:].strip() or "all"
            continue
        words = line.split()
        if len(words) != 4:
            raise UserError(f"{path}, line {number}: four words are expected, not {line[:40]!r}.")
        sections.setdefault(name, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise UserError(f"{path} holds no questions: four words a line are expected.")
    return sections


def pairs(vectors: Vectors, path: Path) -> dict[str, float]:
    """``spearman`` of cosines and human scores over the pairs known, ``covered`` (their share), ``pairs`` (all).

    Ties share their mean rank. With fewer than two known pairs, or no spread, ``spearman`` is 0.
    """
    rows = read_pairs(path)
    covered = [
        (a, b, score)
        for first, two, score in rows
        if (a := vectors.find(first)) is not None and (b := vectors.find(two)) is not None
    ]
    measured = 0.0
    if len(covered) > 1:
        left, right = vectors.unit([a for a, _, _ in covered]), vectors.unit([b for _, b, _ in covered])
        measured = spearman(np.einsum("ij,ij->i", left, right), np.array([score for _, _, score in covered]))
    return {"spearman": measured, "covered": len(covered) / len(rows), "pairs": float(len(rows))}


def analogies(vectors: Vectors, path: Path, vocabulary: int = 30_000) -> dict[str, Any]:
    """Share of questions answered by 3CosAdd (Mikolov et al. 2013): d is the word nearest to b - a + c.

    As usual, questions count whose four words stand among the ``vocabulary`` most frequent, answers come from
    those, and a, b and c are no answers. Returns ``accuracy``, ``questions`` and ``sections`` ({name: the same two}).
    """
    asked: list[tuple[int, int, int, int]] = []
    owners: list[str] = []
    sections = read_analogies(path)
    most = min(vocabulary, len(vectors.words)) if vocabulary else len(vectors.words)
    rows: dict[str, int | None] = {}
    for name, questions in sections.items():
        for question in questions:
            ids = []
            for word in question:
                if word not in rows:
                    rows[word] = vectors.find(word)
                ids.append(rows[word])
            if all(row is not None and row < most for row in ids):
                asked.append((ids[0], ids[1], ids[2], ids[3]))
                owners.append(name)
    table = np.array(asked, np.int64).reshape(-1, 4)
    right = _answers(vectors, table, most) == table[:, 3]
    owner = np.array(owners)
    parts = {}
    for name in sections:
        mine = right[owner == name] if len(right) else right
        parts[name] = {"accuracy": float(mine.mean()) if len(mine) else 0.0, "questions": len(mine)}
    return {"accuracy": float(right.mean()) if len(right) else 0.0, "questions": len(right), "sections": parts}


def _answers(vectors: Vectors, table: np.ndarray, most: int, block: int = 4096, chunk: int = 256) -> np.ndarray:
    """The answers int64 ``[questions]`` to rows a, b, c of ``table``.

    The questions share some hundred words, so each word's cosines with a block of the vocabulary are computed once and
    a question is two additions of rows that lie in the cache.
    """
    best = np.full(len(table), -np.inf, np.float32)
    answers = np.zeros(len(table), np.int64)
    if not len(table):
        return answers
    used, where = np.unique(table[:, :3], return_inverse=True)
    a, b, c = where.reshape(-1, 3).T
    words = vectors.unit(used)
    for start in range(0, most, block):
        part = vectors.unit(np.arange(start, min(most, start + block)))
        cosines = words @ part.T
        for first_row in range(0, len(table), chunk):
            these = slice(first_row, first_row + chunk)
            scores = cosines[b[these]]
            scores -= cosines[a[these]]
            scores += cosines[c[these]]
            row, column = np.nonzero((table[these, :3] >= start) & (table[these, :3] < start + len(part)))
            scores[row, table[these, :3][row, column] - start] = -np.inf
            top = scores.argmax(axis=1)
            value = scores[np.arange(len(top)), top]
            better = value > best[these]
            best[these] = np.where(better, value, best[these])
            answers[these] = np.where(better, top + start, answers[these])
    return answers


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in read_lines(path):
        if (line := line.strip()) and not line.startswith("#"):
            yield number, line


def _number(cell: str) -> bool:
    try:
        return float(cell) == float(cell)
    except ValueError:
        return False
