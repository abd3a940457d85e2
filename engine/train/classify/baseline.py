"""The baseline of classifiers: TF-IDF and a linear model, which any network has to beat before it is worth the time: a
linear SVM of one label, one a label of several, ridge regression of a number.

On small data it often wins (Wang & Manning 2012, "Baselines and bigrams"); then it can be kept as a model, see
:mod:`.linear_recipe`.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ...tasks.classify.linear import MOST_NGRAMS, LinearModel, rows_of
from ...tasks.classify.targets import Answering
from ...text import tokenizer as tok
from ..objectives import Objective
from ..prepare import Labelled

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
"""The C of an SVM, or one by the penalty of a ridge, of which validation chooses."""
LONGEST = {"zh": 3}
"""Tokens of the longest n-gram by language; of Chinese they are characters."""
USUAL = 2
COMMON_FROM = 5000
"""Training texts from which an n-gram must stand in two of them."""
LONGEST_TOKEN = 200
ABSENT = -10.0
"""The margin of a class without a training text: behind all others."""


@dataclass
class Baseline:
    """A fitted baseline, as it is served; ``strength`` is the C that was chosen."""

    tokenizer: Tokenizer
    model: LinearModel
    answering: Answering
    strength: float
    seconds: float

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Margins, float64 ``[n, outputs]``."""
        return self.model.together(list(tok.encode_all(self.tokenizer, texts))).astype(np.float64)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Calibrated, as ``answering`` has them, float64 ``[n, outputs]``."""
        return self.answering.scores(self.logits(texts))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Calibrated, float64 ``[n, labels]``."""
        return self.answering.probabilities(self.scores(texts))


def fit(
    texts: Sequence[str],
    gold: np.ndarray,
    validation: tuple[Sequence[str], np.ndarray],
    objective: Objective,
    language: str = "en",
    seed: int = 1,
    *,
    longest: int = 0,
    min_texts: int = 0,
    strength: float = 0.0,
) -> Baseline:
    """Words and pairs of words (Chinese: one to three characters), sublinear TF-IDF, the linear model of ``objective``,
    which ``gold`` is as.

    ``longest`` (tokens of an n-gram), ``min_texts`` (that one must stand in) and ``strength`` (C) are chosen where they
    are 0; C as the best of :data:`STRENGTHS` on ``validation``, which also calibrates. The test part is never seen. A
    training part of one class raises ValueError.
    """
    start = time.perf_counter()
    longest = longest_of(language, longest)
    tokenizer, ids, keys, frequency = _ngrams(texts, longest, min_texts or least_of(len(texts)))
    held = tok.encode_all(tokenizer, validation[0])
    model, chosen = learn(ids, gold, (held, validation[1]), keys, frequency, objective, strength, seed)
    made = Baseline(tokenizer, model, objective.answering(), chosen, 0.0)
    if len(validation[1]):
        made.answering = objective.answering(made.logits(validation[0]), validation[1])
    made.seconds = time.perf_counter() - start
    return made


def longest_of(language: str, longest: int = 0) -> int:
    """Tokens of the longest n-gram, where ``longest`` does not say so."""
    return longest or LONGEST.get(language.partition("-")[0], USUAL)


def least_of(texts: int) -> int:
    """In how many of so many training texts an n-gram must stand."""
    return 2 if texts > COMMON_FROM else 1


def learn(
    ids: Sequence[np.ndarray],
    gold: np.ndarray,
    validation: tuple[Iterable[np.ndarray], np.ndarray],
    keys: list[np.ndarray],
    frequency: np.ndarray,
    objective: Objective,
    strength: float,
    seed: int,
) -> tuple[LinearModel, float]:
    """The linear model over n-grams of the texts' ``ids``, and its C, chosen as :func:`fit` does if ``strength`` is 0.

    ``keys`` and ``frequency``, in how many texts each n-gram stands, are as :func:`ngrams_of` gives them.
    """
    idf = (np.log((1 + len(ids)) / (1 + frequency)) + 1).astype(np.float32)
    vocabulary = len(frequency) - sum(map(len, keys))
    seen = _matrix(vocabulary, keys, idf, validation[0]) if len(validation[1]) else None
    features = _matrix(vocabulary, keys, idf, ids)
    best, best_score, chosen = None, -np.inf, strength
    for value in (strength,) if strength else STRENGTHS:
        columns = _LEARNERS[objective.target](features, gold, objective, value, seed)
        score = 0.0
        if seen is not None:
            margins = np.asarray(seen @ columns[0] + columns[1], np.float64)
            measured = objective.validated(_each_class(margins, objective), objective.targets(validation[1]))
            score = -measured["loss"] if objective.leads == "loss" else measured[objective.leads]
        if score > best_score:
            best, best_score, chosen = columns, score, value
    assert best is not None
    return LinearModel(idf, *best, keys, single=objective.outputs == 1), chosen


def measure_baseline_of(
    train: Labelled, validation: Labelled, test: Labelled | None, objective: Objective, language: str, seed: int
) -> tuple[dict[str, Any], Baseline]:
    """Fit the baseline; its measures (of one label ``accuracy`` and ``macro_f1``) on ``test`` (or, without one, on
    ``validation``), and it."""
    fitted = fit(train.texts, train.gold, (validation.texts, validation.gold), objective, language, seed)
    part = test or validation
    measures = objective.reported(part.gold, fitted.answering, fitted.scores(part.texts))
    return {"name": objective.baseline, **measures, "seconds": round(fitted.seconds, 1)}, fitted


def _each_class(margins: np.ndarray, objective: Objective) -> np.ndarray:
    """A column an output, where one margin stands for two classes."""
    if margins.shape[1] < objective.outputs:
        return np.concatenate([-margins, margins], axis=1) / 2
    return margins


def _ngrams(
    texts: Sequence[str], longest: int, least: int
) -> tuple[Tokenizer, list[np.ndarray], list[np.ndarray], np.ndarray]:
    """The tokens, the texts' ids, and what :func:`ngrams_of` gives."""
    splitter = tok.new_tokenizer({token: number for number, token in enumerate(tok.SPECIAL)})
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({token for token, _ in tok.split(splitter, text) if len(token) <= LONGEST_TOKEN})
    while True:
        tokenizer = tok.build(counts, len(counts) + len(tok.SPECIAL), least)
        ids = list(tok.encode_all(tokenizer, texts))
        keys, frequency = ngrams_of(ids, tokenizer.get_vocab_size(), longest, least)
        if len(frequency) <= MOST_NGRAMS // 2:
            return tokenizer, ids, keys, frequency
        least += 1


def ngrams_of(
    texts: Sequence[np.ndarray], vocabulary: int, longest: int, least: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """The keys of the n-grams of 2 to ``longest`` tokens that stand in ``least`` texts (ids ``[length]`` below
    ``vocabulary``) or more, as :class:`LinearModel` has them, and in how many texts each row's stands, ``[rows]``."""
    ids, owners = _together(texts)
    frequency = [_in_texts(*_standing(ids, owners, vocabulary, []), vocabulary)]
    keys: list[np.ndarray] = []
    place = np.where(ids > tok.UNK, ids, -1)
    for length in range(2, longest + 1):
        place, last = place[:-1], ids[length - 1 :]
        there = np.flatnonzero((place >= 0) & (last > tok.UNK))
        wanted = place[there] * vocabulary + last[there]
        key, number = np.unique(wanted, return_inverse=True)
        texts_of = _in_texts(owners[there], number, len(key))
        frequent = texts_of >= least
        renumbered = np.where(frequent, np.cumsum(frequent) - 1, -1)
        place = np.full(len(place), -1)
        place[there] = renumbered[number]
        keys.append(key[frequent])
        frequency.append(texts_of[frequent])
    return keys, np.concatenate(frequency)


def _together(encoded: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """All ids in a row, padding behind each text, and whose they are: both int64 ``[n]``."""
    parts = [np.append(ids, tok.PAD) for ids in encoded]
    owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return (np.concatenate(parts) if parts else np.zeros(0)).astype(np.int64), owners


def _standing(
    ids: np.ndarray, owners: np.ndarray, vocabulary: int, keys: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    begins, rows = rows_of(ids, vocabulary, keys)
    return owners[begins], rows


def _in_texts(owners: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """In how many texts each of ``count`` rows stands."""
    pairs = np.unique(owners.astype(np.int64) * count + rows) if count else np.zeros(0, np.int64)
    return np.bincount(pairs % max(count, 1), minlength=count)


def _matrix(vocabulary: int, keys: list[np.ndarray], idf: np.ndarray, texts: Iterable[np.ndarray]) -> Any:
    """Sublinear TF-IDF of length one, a sparse float32 ``[texts, rows]``."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    ids, owners = _together(texts)
    places, rows = _standing(ids, owners, vocabulary, keys)
    shape = int(owners[-1]) + 1 if len(owners) else 0, len(idf)
    counts = sparse.csr_matrix((np.ones(len(rows), np.float32), (places, rows)), shape=shape)
    counts.sum_duplicates()
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return normalize(counts, copy=False)


def _one_label(
    features: Any, gold: np.ndarray, objective: Objective, strength: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights ``[rows, columns]`` and bias ``[columns]`` of an L2 linear SVM, as :class:`LinearModel` takes them."""
    from sklearn.svm import LinearSVC

    return _columns(LinearSVC(C=strength, random_state=seed).fit(features, gold), objective.outputs)


def _several_labels(
    features: Any, gold: np.ndarray, objective: Objective, strength: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same of one SVM a label, against all texts without it; one that all texts have, or none, is always so."""
    from sklearn.svm import LinearSVC

    weights = np.zeros((features.shape[1], objective.outputs), np.float32)
    bias = np.where(gold.all(axis=0), -ABSENT, ABSENT)
    for number in np.flatnonzero(gold.any(axis=0) & ~gold.all(axis=0)):
        model = LinearSVC(C=strength, random_state=seed).fit(features, gold[:, number])
        weights[:, number], bias[number] = model.coef_[0], np.ravel(model.intercept_)[0]
    return weights, bias


def _number(
    features: Any, gold: np.ndarray, objective: Objective, strength: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same of ridge regression (Hoerl & Kennard 1970) in standard units."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=1 / strength, solver="sparse_cg").fit(features, objective.targets(gold)[:, 0])
    return model.coef_.astype(np.float32)[:, None], np.array([model.intercept_], np.float64)


_LEARNERS = {"label": _one_label, "labels": _several_labels, "number": _number}


def _columns(model: Any, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """The SVM's weights ``[rows, columns]`` and bias ``[columns]`` as :class:`LinearModel` takes them."""
    vectors, offsets, present = model.coef_.T, np.asarray(model.intercept_), model.classes_
    if classes == 2 and len(present) == 2:
        return vectors.astype(np.float32), offsets.astype(np.float64)
    if len(present) == 2:  # scikit-learn gives one margin
        vectors, offsets = np.concatenate([-vectors, vectors], axis=1) / 2, np.stack([-offsets, offsets], axis=1)[0] / 2
    weights, bias = np.zeros((len(vectors), classes), np.float32), np.full(classes, ABSENT)
    weights[:, present], bias[present] = vectors, offsets
    return weights, bias
