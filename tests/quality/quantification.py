"""Shares of question types under shifted priors: plain counts, counts corrected by known errors, and shares by the
model's probabilities.

    DLTEXT_DATA=… python tests/quality/quantification.py [--draws N] [--size N]

A linear classifier (TF-IDF of words, logistic regression) reads TREC's training part in folds, so that no question is
read by a model that has learnt from it. With one half its errors are measured, by so many examples; from the other
samples are drawn whose true shares are uniform on the simplex (Dirichlet, all 1). Then the same on TREC's test part,
which is of other sources and has nine questions of one class, with the errors of the whole training part in ten folds;
and, to tell its size from its sources, on parts of the training part that are as small and as mixed. The mean absolute
error is printed, of the corrected ones as a multiple of that of the plain counts, with the share of 95 % intervals that
hold the true share. How shares are corrected was chosen by the halves, not by the test part.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from dltext.data.source import open_source
from dltext.engine.corpus import quantification
from dltext.engine.tasks.prior_shift import calibrations, shares_with_intervals

HALVES = 4
FOLDS, MORE_FOLDS = 3, 10


def questions(part: str, labels: list[str]) -> tuple[list[str], np.ndarray]:
    """The texts of a part of TREC and the numbers of their labels."""
    rows = list(open_source("trec").rows(part))
    return [row.text for row in rows], np.array([labels.index(str(row.shown_label)) for row in rows])


class Examples:
    """Labelled examples, ``gold`` ``[n]`` and what the model says of them, ``said`` ``[n, classes]``: what is known of
    its errors."""

    def __init__(self, gold: np.ndarray, said: np.ndarray) -> None:
        classes = said.shape[1]
        self.confusion = np.bincount(gold * classes + said.argmax(axis=1), minlength=classes**2)
        self.confusion = self.confusion.reshape(classes, classes)
        self.calibrated = calibrations(gold, said)


def errors(
    known: Examples, gold: np.ndarray, said: np.ndarray, draws: int, size: int, random: np.random.Generator
) -> np.ndarray:
    """Means over samples: the absolute errors of plain counts, of corrected counts and of shares by probabilities, and
    how many intervals of the last two hold the truth."""
    classes = said.shape[1]
    places = [np.flatnonzero(gold == label) for label in range(classes)]
    rows = []
    for _ in range(draws):
        wanted = random.multinomial(size, random.dirichlet(np.ones(classes)))
        sample = np.concatenate([random.choice(places[label], wanted[label]) for label in range(classes)])
        counts, truth = np.bincount(said[sample].argmax(axis=1), minlength=classes), wanted / size
        by_counts = quantification.adjusted(counts, known.confusion)
        assert by_counts is not None
        by_probabilities = shares_with_intervals(known.calibrated, said[sample])
        estimates = (counts / size, by_counts[0], by_probabilities[0])
        held = [((low <= truth) & (truth <= high)).mean() for _, low, high in (by_counts, by_probabilities)]
        rows.append([*(np.abs(estimate - truth).mean() for estimate in estimates), *held])
    return np.mean(rows, axis=0)


def show(what: str, rows: Sequence[np.ndarray]) -> None:
    plain, counts, probabilities, *held = np.mean(rows, axis=0)
    parts = (f"{counts / plain:.2f}", f"{held[0]:.0%}", f"{probabilities / plain:.2f}", f"{held[1]:.0%}")
    print(what, f"{plain:.4f}", *parts, sep="\t")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=25, metavar="N")
    parser.add_argument("--size", type=int, default=500, metavar="N", help="questions a sample")
    chosen = parser.parse_args()
    draws, size = chosen.draws, chosen.size
    labels, random = [str(label) for label in open_source("trec").labels], np.random.default_rng(1)
    texts, gold = questions("train", labels)
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S+"), LogisticRegression(C=10, max_iter=200)
    )
    said = cross_val_predict(model, texts, gold, cv=FOLDS, method="predict_proba")
    print("errors from", "plain MAE", "by counts", "held", "by probabilities", "held", sep="\t")
    for count in (272, 1_000, len(gold) // 2):
        rows = []
        for _ in range(HALVES):
            order = random.permutation(len(gold))
            known, rest = order[:count], order[len(gold) // 2 :]
            rows.append(errors(Examples(gold[known], said[known]), gold[rest], said[rest], draws, size, random))
        show(f"{count:,} of a half", rows)
    test_texts, test_gold = questions("test", labels)
    said = cross_val_predict(model, texts, gold, cv=MORE_FOLDS, method="predict_proba")
    rows = []
    for _ in range(2 * HALVES):
        parts = [
            random.choice(np.flatnonzero(gold == label), times, replace=False)
            for label, times in enumerate(np.bincount(test_gold))
        ]
        part = np.concatenate(parts)
        rest = np.setdiff1d(np.arange(len(gold)), part)
        rows.append(errors(Examples(gold[rest], said[rest]), gold[part], said[part], draws, size, random))
    show("rest, on a part like test", rows)
    model.fit(texts, gold)
    test_said = model.predict_proba(test_texts)
    show("all, on test", [errors(Examples(gold, said), test_gold, test_said, HALVES * draws, size, random)])


if __name__ == "__main__":
    main()
