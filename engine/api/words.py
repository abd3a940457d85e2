"""Word vectors: explore, convert. ``model`` is a bundle's name (task ``words``), default: the task's default."""

from collections.abc import Sequence
from pathlib import Path

from ..results import BundleInfo, Matrix, Neighbours, OddOneOut, Progress, Similarity, WordMap


def neighbours(word: str, model: str | None = None, count: int = 10) -> Neighbours:
    """The ``count`` words nearest to ``word`` (or to the mean direction of several, blank between them).

    A word that the vectors lack is answered in ``missing`` with the nearest spellings, not raised; an empty query is
    a UserError.
    """
    from ..tasks.words import answer

    return answer.neighbours(word, model, count)


def analogy(expression: str, model: str | None = None, count: int = 10) -> Neighbours:
    """``king - man + woman``, any number of terms: 3CosAdd (Mikolov et al. 2013) over normalised vectors.

    UserError where the expression cannot be read.
    """
    from ..tasks.words import answer

    return answer.analogy(expression, model, count)


def odd_one_out(words: Sequence[str], model: str | None = None) -> OddOneOut:
    from ..tasks.words import answer as _words

    return _words.odd_one_out(words, model)


def word_similarity(a: str, b: str, model: str | None = None) -> Similarity:
    """Cosine of two words; the same as :func:`text_similarity` of texts of one word."""
    from ..tasks.words import answer

    return answer.text_similarity(a, b, model)


def text_similarity(a: str, b: str, model: str | None = None) -> Similarity:
    """Of two words or short texts, both ways: mean-vector cosine and mean of pairwise cosines."""
    from ..tasks.words import answer

    return answer.text_similarity(a, b, model)


def similarity_matrix(words: Sequence[str], model: str | None = None) -> Matrix:
    """All cosines of at most 100 words."""
    from ..tasks.words import answer as _words

    return _words.similarity_matrix(words, model)


def word_map(
    query: str, model: str | None = None, count: int = 60, method: str = "pca", clusters: int = 5, seed: int = 1
) -> WordMap:
    """The ``count`` nearest words of the words asked for, in two dimensions. ``method``: ``pca`` or ``tsne``.

    t-SNE comes from scikit-learn (van der Maaten & Hinton 2008), computed in a child process; where that is not
    installed, PCA is drawn and ``note`` says how to get the other.
    """
    from ..tasks.words import map as _word_map

    return _word_map.word_map(query, model, count, method, clusters, seed)


def suggest_words(beginning: str, model: str | None = None, count: int = 8) -> list[str]:
    """Words of the vocabulary that begin so, the most frequent first (completion while typing)."""
    from ..tasks.words import answer

    return answer.suggest(beginning, model, count)


def warm_up_words(model: str | None = None) -> None:
    """Open the vectors ahead of the first key press."""
    from ..tasks.words import answer

    answer.warm_up(model)


def import_vectors(
    path: str,
    name: str = "",
    language: str = "",
    limit: int = 0,
    words: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> tuple[BundleInfo, tuple[str, ...]]:
    """Make a bundle of a vectors file: word2vec text or binary, GloVe text, fastText ``.vec``, gensim KeyedVectors,
    ``.npz``. Streams; keeps the first ``limit`` rows (0: all), or only ``words``.

    Returns the bundle and a sentence for each broken line (at most 20, then how many more).
    """
    from ..tasks.words import files

    return files.import_vectors(Path(path), name, language, limit, words, progress)


def export_vectors(name: str, path: str, form: str = "") -> Path:
    """Write a bundle's vectors: ``word2vec``, ``word2vec-binary``, ``glove``, ``fasttext``, ``gensim``, ``npz``.

    ``form`` empty: by the file's suffix (``.txt`` word2vec, ``.bin``, ``.vec``, ``.kv``, ``.npz``).
    """
    from ..tasks.words import files

    return files.export_vectors(name, Path(path), form)
