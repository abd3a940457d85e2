"""Shares of question types under shifted priors: plain counts, and corrected ones by how the errors are smoothed.

    DLTEXT_DATA=… python tests/quality/quantification.py [--draws N] [--size N]

A linear classifier (TF-IDF of words, logistic regression) reads TREC's training part in three folds, so that no
question is read by a model that has learnt from it. Of one half its errors are counted, with so many examples; from the
other samples are drawn whose true shares are uniform on the simplex (Dirichlet, all 1). Then the same on TREC's test
part, which is of other sources, with the errors of the whole training part. The mean absolute error is printed as a
multiple of that of the plain counts. The halves are what the smoothing is chosen by; the test part is not.
"""

import argparse

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from dltext.data.source import open_source
from dltext.engine.corpus import quantification

SMOOTHED = (0, 5, 10, 25, 50, 100)
HALVES = 4


def questions(part: str, labels: list[str]) -> tuple[list[str], np.ndarray]:
    """The texts of a part of TREC and the numbers of their labels."""
    rows = list(open_source("trec").rows(part))
    return [row.text for row in rows], np.array([labels.index(str(row.shown_label)) for row in rows])


def confusion_of(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[gold, predicted]``."""
    return np.bincount(gold * classes + predicted, minlength=classes**2).reshape(classes, classes)


def errors(
    gold: np.ndarray, predicted: np.ndarray, confusion: np.ndarray, draws: int, size: int, random: np.random.Generator
) -> np.ndarray:
    """Mean absolute errors over samples: of plain counts, then of each smoothing."""
    classes = len(confusion)
    places = [np.flatnonzero(gold == label) for label in range(classes)]
    total = np.zeros(1 + len(SMOOTHED))
    for _ in range(draws):
        wanted = random.multinomial(size, random.dirichlet(np.ones(classes)))
        sample = np.concatenate([random.choice(places[label], wanted[label]) for label in range(classes)])
        counts = np.bincount(predicted[sample], minlength=classes)
        estimates = [counts / size]
        for amount in SMOOTHED:
            quantification.PRIOR = amount
            corrected = quantification.adjusted(counts, confusion)
            assert corrected is not None
            estimates.append(corrected[0])
        total += [np.abs(estimate - wanted / size).mean() for estimate in estimates]
    return total / draws


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=25, metavar="N")
    parser.add_argument("--size", type=int, default=500, metavar="N", help="questions a sample")
    chosen = parser.parse_args()
    quantification.DRAWS = 1  # no intervals are asked for
    labels, random = [str(label) for label in open_source("trec").labels], np.random.default_rng(1)
    texts, gold = questions("train", labels)
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S+"), LogisticRegression(C=10, max_iter=200)
    )
    predicted = cross_val_predict(model, texts, gold, cv=3)
    print("errors from", "plain MAE", *(f"PRIOR={amount}" for amount in SMOOTHED), sep="\t")
    for count in (272, 1_000, len(gold) // 2):
        rows = []
        for _ in range(HALVES):
            order = random.permutation(len(gold))
            known, rest = order[:count], order[len(gold) // 2 :]
            confusion = confusion_of(gold[known], predicted[known], len(labels))
            rows.append(errors(gold[rest], predicted[rest], confusion, chosen.draws, chosen.size, random))
        mean = np.mean(rows, axis=0)
        print(f"{count:,} of a half", f"{mean[0]:.4f}", *(f"{value / mean[0]:.2f}" for value in mean[1:]), sep="\t")
    test_texts, test_gold = questions("test", labels)
    model.fit(texts, gold)
    confusion = confusion_of(gold, predicted, len(labels))
    mean = errors(test_gold, model.predict(test_texts), confusion, HALVES * chosen.draws, chosen.size, random)
    print("all, on test", f"{mean[0]:.4f}", *(f"{value / mean[0]:.2f}" for value in mean[1:]), sep="\t")


if __name__ == "__main__":
    main()
