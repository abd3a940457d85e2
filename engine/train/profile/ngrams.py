"""The linear half of author profiling, taught: TF-IDF of n-grams, a linear SVM a category, ridge regression a number.

The strongest simple method of the PAN evaluations of author profiling (Basile et al. 2017, "N-GrAM"): the baseline of
the report, and, pruned to the n-grams that matter, one half of the model that ships.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from ....data.paths import atomic_open
from ...jobs.stopping import StopRequested
from ...tasks.profile.ngram_model import NgramModel, pack, unpack
from .ngram_matrix import Sparse, Vectoriser, of_length_one

STRENGTHS = (0.1, 0.3, 1.0)
"""The SVM's C, of which validation chooses."""
PENALTIES = (0.3, 1.0, 3.0)
"""The ridge's alpha, of which validation chooses."""
FEATURES = 120_000
"""N-grams that ship."""
FILES = {"ngrams": "ngrams.txt", "weights": "ngrams.npz"}

Kind = Literal["category", "number"]
Stop = Callable[[], bool]
Emit = Callable[..., None]


@dataclass
class _Task:
    """One attribute: its targets float64 ``[n]`` (nan where missing), its columns among the scores."""

    kind: Kind
    columns: slice
    target: np.ndarray
    strength: float = 0.0

    @property
    def is_stated(self) -> np.ndarray:
        return ~np.isnan(self.target)


@dataclass
class NgramTable:
    """The pruned model: ``exact`` float32 ``[n-grams, columns]`` as fitted, ``codes`` and ``scale`` as shipped."""

    vectoriser: Vectoriser
    exact: np.ndarray
    bias: np.ndarray
    codes: np.ndarray = field(init=False)
    scale: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.codes, self.scale = pack(self.exact)

    def scores(self, texts: Sequence[str], should_stop: Stop = lambda: False) -> np.ndarray:
        """Float64 ``[n, columns]``: those that the written model gives."""
        weights = unpack(self.codes, self.scale)
        return self.vectoriser.matrix(texts, should_stop) @ weights.astype(np.float64) + self.bias

    def write(self, folder: Path) -> dict[str, str]:
        """Write the two files into ``folder``; returns what the card's ``serving`` says of them."""
        with atomic_open(folder / FILES["ngrams"]) as stream:
            stream.writelines(f"{name}\n" for name in self.vectoriser.names)
        with atomic_open(folder / FILES["weights"], "wb") as stream:
            np.savez_compressed(
                stream,
                codes=self.codes,
                scale=self.scale,
                bias=self.bias.astype(np.float32),
                frequency=self.vectoriser.frequency.astype(np.int32),
                documents=np.int64(self.vectoriser.documents),
                characters=np.str_("plain" if self.vectoriser.plain else "inside"),
            )
        return dict(FILES)

    def served(self) -> NgramModel:
        """The model as it answers once it is written and loaded."""
        names, words = [name[2:] for name in self.vectoriser.names], self.vectoriser.words
        return NgramModel(
            names[:words],
            names[words:],
            self.vectoriser.frequency,
            self.vectoriser.documents,
            unpack(self.codes, self.scale),
            self.bias.astype(np.float32),
            "plain" if self.vectoriser.plain else "inside",
        )


@dataclass
class NgramFit:
    """The full model: ``weights`` float32 ``[n-grams, columns]``, ``bias`` ``[columns]``."""

    vectoriser: Vectoriser
    weights: np.ndarray
    bias: np.ndarray
    _tasks: list[_Task]
    _matrix: Sparse
    _seed: int
    _should_stop: Stop
    _emit: Emit

    @property
    def strengths(self) -> tuple[float, ...]:
        """C, or the ridge's alpha, that validation chose for each attribute."""
        return tuple(task.strength for task in self._tasks)

    def baseline_scores(self, texts: Sequence[str]) -> np.ndarray:
        """Float64 ``[n, columns]``: a column a class (margins; two classes: ± half the margin), or the number itself,
        in the units of the targets."""
        return self.vectoriser.matrix(texts, self._should_stop) @ self.weights + self.bias

    def prune(self, features: int = FEATURES, refit: bool = True) -> NgramTable:
        """The ``features`` n-grams that move the scores most, fitted again by themselves.

        An n-gram's influence on a column is |weight| times the root mean square of its values over the training texts
        (its idf among them); each attribute's influences are put to the same sum, and the greatest counts.
        """
        matrix = self._matrix
        moves = np.sqrt(np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel())
        influence = np.zeros(len(moves))
        for task in self._tasks:
            column_weights = moves * np.abs(self.weights[:, task.columns]).max(axis=1)
            influence = np.maximum(influence, column_weights / max(column_weights.sum(), 1e-12))
        if len(influence) > features:
            chosen = np.sort(np.argpartition(-influence, features - 1)[:features])
        else:
            chosen = np.arange(len(influence))
        vectoriser = self.vectoriser.restricted(chosen)
        weights, bias = self.weights[chosen], self.bias
        if refit and len(chosen) < len(influence):
            self._emit("state", stage="preparing", message=f"n-grams: the {len(chosen):,} that matter, fitted again")
            matrix = of_length_one(matrix[:, chosen], vectoriser.words)
            weights, bias = np.zeros_like(weights), np.zeros_like(bias)
            for task in self._tasks:
                _stop(self._should_stop)
                column_weights, offset = _linear(task, matrix, task.strength, self._seed)
                weights[:, task.columns], bias[task.columns] = column_weights, offset
        return NgramTable(vectoriser, weights, bias)


def fit(
    texts: Sequence[str],
    targets: Sequence[np.ndarray],
    kinds: Sequence[Kind],
    classes: Sequence[int],
    validation: tuple[Sequence[str], Sequence[np.ndarray]],
    language: str = "en",
    seed: int = 1,
    should_stop: Stop = lambda: False,
    emit: Emit = lambda kind, **values: None,
) -> NgramFit:
    """Fit one linear model an attribute on the same n-grams.

    ``targets``: an array ``[n]`` an attribute: for a category the class (int, -1 missing), for a number the value
    (float, nan missing; the scores have its units). ``classes``: labels of a category; a number has one column whatever
    stands there. ``validation`` chooses C and alpha and is not learnt from. StopRequested once ``should_stop()``.
    """
    tasks: list[_Task] = []
    column = 0
    for kind, target, many in zip(kinds, targets, classes, strict=True):
        width = many if kind == "category" else 1
        tasks.append(_Task(kind, slice(column, column + width), _with_gaps(kind, target)))
        column += width
    emit("state", stage="preparing", message="n-grams: counting")
    vectoriser, matrix = Vectoriser.fit(texts, language, should_stop)
    seen = vectoriser.matrix(validation[0], should_stop)
    weights, bias = np.zeros((matrix.shape[1], column), np.float32), np.zeros(column)
    for number, (task, gold) in enumerate(zip(tasks, validation[1], strict=True), 1):
        emit("state", stage="preparing", message=f"n-grams: attribute {number} of {len(tasks)}")
        gold = _with_gaps(task.kind, gold)
        rows = ~np.isnan(gold)
        strengths = STRENGTHS if task.kind == "category" else PENALTIES
        best = -np.inf
        # Nothing to choose by: the middle one.
        for strength in strengths if rows.any() else strengths[1:2]:
            _stop(should_stop)
            column_weights, offset = _linear(task, matrix, strength, seed)
            right = _goodness(task.kind, (seen[rows] @ column_weights + offset), gold[rows]) if rows.any() else 0.0
            if right > best:
                best, task.strength = right, strength
                weights[:, task.columns], bias[task.columns] = column_weights, offset
    return NgramFit(vectoriser, weights, bias, tasks, matrix, seed, should_stop, emit)


def _with_gaps(kind: Kind, target: np.ndarray) -> np.ndarray:
    values = np.asarray(target, np.float64)
    return np.where(values < 0, np.nan, values) if kind == "category" else values


def _goodness(kind: Kind, scores: np.ndarray, gold: np.ndarray) -> float:
    """Accuracy, or minus the mean absolute error."""
    if kind == "category":
        return float((scores.argmax(axis=1) == gold).mean())
    return -float(np.abs(scores[:, 0] - gold).mean())


def _linear(task: _Task, matrix: Sparse, strength: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights float32 ``[n-grams, width]`` and bias ``[width]`` of one attribute."""
    from sklearn.linear_model import Ridge
    from sklearn.svm import LinearSVC

    width = task.columns.stop - task.columns.start
    weights, bias = np.zeros((matrix.shape[1], width), np.float32), np.zeros(width)
    rows = np.flatnonzero(task.is_stated)
    gold = task.target[rows]
    if task.kind == "number":
        if len(rows):
            model = Ridge(alpha=strength, solver="sparse_cg", random_state=seed).fit(matrix[rows], gold)
            weights[:, 0], bias[0] = model.coef_, model.intercept_
        return weights, bias
    gold = gold.astype(np.int64)
    present = np.unique(gold)
    bias[:] = -1  # a class that has no example stays behind the others
    if len(present) < 2:
        bias[present] = 0
        return weights, bias
    model = LinearSVC(C=strength, random_state=seed).fit(matrix[rows], gold)
    vectors, offsets = np.asarray(model.coef_), np.asarray(model.intercept_)
    if len(present) == 2:  # scikit-learn gives one margin
        vectors, offsets = np.stack([-vectors[0], vectors[0]]) / 2, np.array([-offsets[0], offsets[0]]) / 2
    weights[:, present], bias[present] = vectors.T, offsets
    return weights, bias


def _stop(should_stop: Stop) -> None:
    if should_stop():
        raise StopRequested
