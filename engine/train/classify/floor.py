"""The floor: TF-IDF and a linear model, which any network has to beat before it is worth anybody's time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NAME = "TF-IDF + linear SVM"
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)


@dataclass
class Floor:
    """A fitted floor: ``probabilities(texts)`` gives float64 ``[n, classes]``."""

    vectorizer: object
    classifier: object
    classes: int
    temperature: float
    seconds: float

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Margins of each class, ``[n, classes]``."""
        margin = self.classifier.decision_function(self.vectorizer.transform(texts))  # type: ignore[attr-defined]
        known = self.classifier.classes_  # type: ignore[attr-defined]
        if margin.ndim == 1:  # two classes: scikit-learn gives one margin
            margin = np.stack([-margin, margin], axis=1) / 2
        out = np.full((len(texts), self.classes), float(margin.min()) - 1)
        out[:, known] = margin
        return out

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        scaled = self.logits(texts) / self.temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        return np.exp(scaled) / np.exp(scaled).sum(axis=1, keepdims=True)


def fit(
    texts: Sequence[str],
    labels: np.ndarray,
    validation: tuple[Sequence[str], np.ndarray],
    classes: int,
    language: str = "en",
    seed: int = 1,
) -> Floor:
    """Words and word pairs (Chinese: one to three characters), sublinear TF-IDF, L2 linear SVM.

    The SVM's C is the best of :data:`STRENGTHS` on ``validation``, which also sets the temperature; the test part is
    never seen. A training part of one class raises ValueError.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from .calibrate import temperature

    start = time.perf_counter()
    shape: dict = (
        {"analyzer": "char", "ngram_range": (1, 3)}
        if language == "zh"
        else {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+(?:'\w+)?\b|[!?]+"}
    )
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2 if len(texts) > 5000 else 1, dtype=np.float32, **shape)  # pyright: ignore[reportArgumentType]
    features = vectorizer.fit_transform(texts)
    seen, gold = vectorizer.transform(validation[0]), validation[1]
    best, best_score = None, -1.0
    for strength in STRENGTHS:
        model = LinearSVC(C=strength, random_state=seed).fit(features, labels)
        score = float(model.score(seen, gold)) if len(gold) else 0.0
        if score > best_score:
            best, best_score = model, score
    floor = Floor(vectorizer, best, classes, 1.0, 0.0)
    if len(gold):
        floor.temperature = temperature(floor.logits(validation[0]), gold)
    floor.seconds = time.perf_counter() - start
    return floor
