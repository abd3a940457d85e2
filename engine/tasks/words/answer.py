"""Answers of word vectors: neighbours, analogies, the odd one out, similarities."""

import time
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ....data.texts import whole
from ... import model_store
from ...results import Matrix, Missing, Neighbour, Neighbours, OddOneOut, Similarity, UserError
from ...text.han import has_han
from . import expressions
from .expressions import LONGEST_PHRASE, Term, shown
from .model import TASK, WordModel, load

MOST_NEIGHBOURS = 1000
MOST_IN_MATRIX = 100
SUGGESTED = 5
"""Spellings suggested for a missing word."""
HELPED = 10
"""Missing words that get suggestions; a pasted text may have thousands."""
REPEATED = 1 << 15
"""Words of a long text whose rows are remembered while it is read: most come again."""
CANCELLED = 1e-6
"""A sum of directions so short points nowhere: what is left of it is rounding."""


def open_vectors(model: str | None, text: str = "") -> WordModel:
    """The words bundle ``model``, or the default one; for a text with Chinese characters a Chinese one if there is."""
    if model:
        return load(model)
    chosen = model_store.default(TASK)
    if has_han(text):
        usable = [item for item in model_store.listing(TASK) if not item.problem]
        if not any(item.name == chosen and item.language.startswith("zh") for item in usable):
            chosen = next((item.name for item in usable if item.language.startswith("zh")), chosen)
    return load(chosen)


def warm_up(model: str | None = None) -> None:
    """Open the vectors and make what neighbours need, so that the first question is as quick as all others."""
    open_vectors(model).warm_up()


def neighbours(word: str, model: str | None = None, count: int = 10) -> Neighbours:
    """The ``count`` words nearest to ``word`` (or to the mean direction of several, blank between them).

    A word that the vectors lack is answered in ``missing`` with the nearest spellings, not raised; an empty query is
    a UserError.
    """
    started = time.perf_counter()
    word = whole(word)
    if not word.strip():
        raise UserError("No word is given: type one, or several with blanks between.")
    vectors = open_vectors(model, word)
    terms = [Term(spelt, 1) for spelt in _spelt(vectors, word)]
    return _nearest(vectors, " ".join(term.word for term in terms), terms, count, started)


def analogy(expression: str, model: str | None = None, count: int = 10) -> Neighbours:
    """``king - man + woman``, any number of terms: 3CosAdd (Mikolov et al. 2013) over normalised vectors.

    UserError where the expression cannot be read.
    """
    started = time.perf_counter()
    expression = whole(expression)
    expressions.check(expression)
    vectors = open_vectors(model, expression)
    terms = expressions.parse(expression, lambda word: vectors.find(word) is not None)
    return _nearest(vectors, expressions.written(terms), terms, count, started)


def odd_one_out(words: Sequence[str], model: str | None = None) -> OddOneOut:
    """The word of smallest cosine to the mean direction of all; at least three words are needed."""
    asked = _distinct(words)
    if len(asked) < 3:
        raise UserError("Name three different words or more: of two, none is the odd one.")
    vectors = open_vectors(model, " ".join(asked))
    present, missing = _present(vectors, asked)
    if len(present) < 3:
        return OddOneOut("", vectors.name, (), missing)
    rows = vectors.unit([row for _, row in present]).astype(np.float64)
    mean = rows.mean(axis=0)
    cosines = rows @ mean / (np.linalg.norm(mean) or 1)
    order = np.argsort(cosines, kind="stable")
    ranked = tuple(Neighbour(present[i][0], float(cosines[i]), present[i][1]) for i in order)
    return OddOneOut(ranked[0].word, vectors.name, ranked, missing)


def text_similarity(a: str, b: str, model: str | None = None) -> Similarity:
    """Of two words or short texts, both ways: mean-vector cosine and mean of pairwise cosines.

    Each word counts as often as it stands there.
    """
    a, b = whole(a), whole(b)
    if not a.strip() or not b.strip():
        raise UserError("Two words or texts are needed to compare.")
    vectors = open_vectors(model, a + b)
    (left, missing), (right, lacking) = _text(vectors, a), _text(vectors, b)
    cosine = pairwise = None
    if left and right:
        mean = vectors.unit([row for _, row in left]).mean(axis=0, dtype=np.float64)
        two = vectors.unit([row for _, row in right]).mean(axis=0, dtype=np.float64)
        # The mean of all products of two sums is the product of their means.
        pairwise = _within(float(mean @ two))
        lengths = float(np.linalg.norm(mean) * np.linalg.norm(two))
        cosine = _within(float(mean @ two) / lengths) if lengths > 0 else 0.0
    words = {item.word: item for item in (*missing, *lacking)}
    return Similarity(
        vectors.name,
        tuple(word for word, _ in left),
        tuple(word for word, _ in right),
        cosine,
        pairwise,
        tuple(words.values()),
    )


def similarity_matrix(words: Sequence[str], model: str | None = None) -> Matrix:
    """All cosines of at most ``MOST_IN_MATRIX`` words; the missing ones are left out."""
    asked = _distinct(words)
    if not asked:
        raise UserError("No words are given: name some to compare.")
    if len(asked) > MOST_IN_MATRIX:
        raise UserError(f"{len(asked)} words are too many to show: name at most {MOST_IN_MATRIX}.")
    vectors = open_vectors(model, " ".join(asked))
    present, missing = _present(vectors, asked)
    rows = vectors.unit([row for _, row in present]).astype(np.float64).reshape(-1, vectors.size)
    cosines = np.clip(rows @ rows.T, -1, 1)
    cosines = (cosines + cosines.T) / 2
    np.fill_diagonal(cosines, 1.0)
    return Matrix(vectors.name, tuple(word for word, _ in present), tuple(map(tuple, cosines.tolist())), missing)


def suggest(beginning: str, model: str | None = None, count: int = 8) -> list[str]:
    """Words of the vocabulary that begin so, the most frequent first (completion while typing); none for an empty
    beginning."""
    wanted = "_".join(whole(beginning).split())
    if not wanted or count < 1:
        return []
    vectors = open_vectors(model, beginning)
    suggestions = vectors.words.starting(wanted, count)
    if len(suggestions) < count and wanted != wanted.lower():
        suggestions += vectors.words.starting(wanted.lower(), count)
    return list(dict.fromkeys(suggestions))[:count]


def missing_word(vectors: WordModel, word: str, helped: bool = True) -> Missing:
    """A word that is not there, with the spellings that it may have been meant to have."""
    spelt = "_".join(word.split())
    if vectors.lowercase:
        spelt = spelt.lower()
    return Missing(word, tuple(vectors.words.alike(spelt, SUGGESTED)) if helped else ())


def known_words(vectors: WordModel, text: str) -> tuple[list[tuple[str, int]], tuple[Missing, ...]]:
    """The words of a query (blanks or commas between; phrases and quotes as in :func:`neighbours`) with their rows,
    and those that are missing."""
    return _present(vectors, _spelt(vectors, text))


def _nearest(vectors: WordModel, query: str, terms: list[Term], count: int, started: float) -> Neighbours:
    if not 1 <= count <= MOST_NEIGHBOURS:
        raise UserError(f"The number of neighbours must lie between 1 and {MOST_NEIGHBOURS}, not {count}.")
    present, missing = _present(vectors, [term.word for term in terms])
    nearest: tuple[Neighbour, ...] = ()
    if not missing:
        rows = [row for _, row in present]
        signs = np.array([term.sign for term in terms], np.float64)
        direction = signs @ vectors.unit(rows).astype(np.float64)
        if not np.linalg.norm(direction) > CANCELLED:
            raise UserError(f"Nothing is left of {shown(query)}: its words cancel each other out.")
        ids, cosines = vectors.nearest(direction[None], count, set(rows))
        nearest = tuple(
            Neighbour(vectors.words[int(row)], _within(float(cosine)), int(row))
            for row, cosine in zip(ids[0], cosines[0], strict=True)
        )
    return Neighbours(query, vectors.name, nearest, missing, 1000 * (time.perf_counter() - started))


def _spelt(vectors: WordModel, text: str) -> list[str]:
    """The words of a query: all of it where the vocabulary has it, else its parts, known phrases joined."""
    if vectors.find(text.strip()) is not None:
        return [text.strip()]
    parts = expressions.parts(text)
    if not parts:
        raise UserError(f"There is no word in {shown(text)}: type one, or several with blanks between.")
    return [word for word, _ in joined(vectors, parts)]


def joined(vectors: WordModel, words: Sequence[str]) -> list[tuple[str, int | None]]:
    """``words`` in order with their rows (None: missing), the longest phrases that the vocabulary has made one."""
    pieces: list[tuple[str, int | None]] = []
    find = lru_cache(REPEATED)(vectors.find)
    longest = LONGEST_PHRASE if vectors.phrases else 1
    start = 0
    while start < len(words):
        for size in range(min(longest, len(words) - start), 0, -1):
            word = "_".join(words[start : start + size])
            row = find(word)
            if row is not None or size == 1:
                pieces.append((word, row))
                start += size
                break
    return pieces


def _text(vectors: WordModel, text: str) -> tuple[list[tuple[str, int]], tuple[Missing, ...]]:
    """The words of a text that the vectors know, and those they lack; marks without a letter or digit are neither."""
    row = vectors.find(text.strip()) if len(text) < 200 else None
    if row is not None:
        return [(vectors.words[row], row)], ()
    from ...text.segment import words_of

    tokens = [token for token, _ in words_of(text, vectors.segmentation) if any(char.isalnum() for char in token)]
    pieces = joined(vectors, tokens)
    lacking = dict.fromkeys(word for word, row in pieces if row is None)
    missing = tuple(missing_word(vectors, word, number < HELPED) for number, word in enumerate(lacking))
    return [(vectors.words[row], row) for _, row in pieces if row is not None], missing


def _present(vectors: WordModel, words: Sequence[str]) -> tuple[list[tuple[str, int]], tuple[Missing, ...]]:
    rows = [(word, vectors.find(word)) for word in words]
    lacking = dict.fromkeys(word for word, row in rows if row is None)
    missing = tuple(missing_word(vectors, word, number < HELPED) for number, word in enumerate(lacking))
    return [(vectors.words[row], row) for _, row in rows if row is not None], missing


def _distinct(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(whole(word).strip() for word in words if word.strip()))


def _within(cosine: float) -> float:
    return max(-1.0, min(1.0, cosine))
