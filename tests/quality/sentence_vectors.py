"""Vectors of sentences by all methods that make them: how near their cosines are to what people say, STS-B's dev part.

    python tests/quality/sentence_vectors.py [--words NAME …] [--paragraphs NAME …] [--sentences NAME …]
        [--encoders NAME …] [--json FILE] [--quick]

Pearson's and Spearman's correlations (× 100) of the cosines of 1,500 pairs with scores from 0 to 5 (Cer et al. 2017);
the 95 % interval is the percentile bootstrap's over the pairs. NAME: a bundle, or of words also a file or `glove-en`.
Mean vectors are the means of the words that are known, each alike, and weighted by a / (a + p) (Arora et al. 2017). How
well they find texts `retrieval.py` measures. Needs DLTEXT_DATA.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from similarity import DRAWS, SEED, correlations, opened, pairs

from dltext.engine.tasks.search import mean, paragraph_model
from dltext.engine.tasks.words import model as word_model
from dltext.engine.tasks.words import pretrained
from dltext.engine.text.segment import words_of
from dltext.tests import quick

Vectors = Callable[[Sequence[str]], np.ndarray]


def cut(texts: Sequence[str]) -> list[list[str]]:
    """The words of each."""
    return [[word for word, _ in words_of(text)] for text in texts]


def plain_means(name: str) -> Vectors:
    """Means of the vectors of the words that a file or a bundle has."""

    def vectors(texts: Sequence[str]) -> np.ndarray:
        lines = cut(texts)
        asked = {word for line in lines for word in line}
        table = {word: row for word, row in pretrained.read(pretrained.resolve(name)) if word in asked}
        size = len(next(iter(table.values())))
        rows = [[table[word] for word in line if word in table] or [np.zeros(size)] for line in lines]
        return np.stack([np.mean(each, axis=0) for each in rows])

    return vectors


def weighted_means(name: str) -> Vectors:
    """As Search makes them, but for the direction that a corpus's documents share."""
    means = mean.MeanVectors(word_model.load(name))
    return lambda texts: np.stack([means.query_vector(line)[0] for line in cut(texts)])


def paragraphs(name: str) -> Vectors:
    model = paragraph_model.load(name)
    return lambda texts: model.infer(cut(texts))


def encoder(name: str) -> Vectors:
    reader = opened(name)
    return lambda texts: reader.vectors(texts, True)


def measure(method: str, name: str, make: Callable[[str], Vectors], made: bool) -> dict[str, object]:
    first, second, gold = pairs(made)
    vectors = make(name)([*first, *second]).astype(np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosines = (vectors[: len(gold)] * vectors[len(gold) :]).sum(axis=1)
    pearson, spearman = correlations(cosines, gold)
    rng = np.random.default_rng(SEED)
    draws = [rng.integers(0, len(gold), len(gold)) for _ in range(DRAWS)]
    low, high = 100 * np.nanpercentile([np.corrcoef(cosines[rows], gold[rows])[0, 1] for rows in draws], [2.5, 97.5])
    row = {"method": method, "model": name, "pearson": round(100 * pearson, 2), "spearman": round(100 * spearman, 2)}
    print(f"| {method} | {name} | {row['pearson']} | {low:.2f} to {high:.2f} | {row['spearman']} |", flush=True)
    return {**row, "interval": [round(float(edge), 2) for edge in (low, high)]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", nargs="*", default=["words-en", "glove-en"], help="word vectors")
    parser.add_argument("--paragraphs", nargs="*", default=[], help="bundles of paragraph vectors")
    parser.add_argument("--sentences", nargs="*", default=[], help="bundles of skip-thought vectors")
    parser.add_argument("--encoders", nargs="*", default=["encoder-en"], help="encoders")
    parser.add_argument("--json", type=Path)
    quick.add_option(parser)
    options = parser.parse_args()
    if options.quick:
        options.words, options.encoders = ["words-en"], [quick.encoder()]
    print("| vectors | model | Pearson's r | 95 % | Spearman's ρ |\n|---|---|---|---|---|")
    runs: list[tuple[str, str, Callable[[str], Vectors]]] = [("mean", name, plain_means) for name in options.words]
    runs += [("weighted mean", n, weighted_means) for n in options.words if n not in pretrained.NAMED]
    runs += [("paragraph vectors", name, paragraphs) for name in options.paragraphs]
    runs += [("skip-thought", name, encoder) for name in options.sentences]
    runs += [("encoder", name, encoder) for name in options.encoders]
    rows = [measure(method, name, make, options.quick) for method, name, make in runs]
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
