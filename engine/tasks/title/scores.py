"""How good titles are: ROUGE (Lin 2004) by rouge-score, and whether rare words of the text reach them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....data.pairs import Pair
from ...results import UserError
from ...text.han import has_han
from ...text.sentences import sentences
from .latex import clean
from .vocabulary import read, short

KINDS = ("rouge1", "rouge2", "rougeL")


class _WordTokenizer:
    """Our words, for languages that rouge-score's own tokenizer, which keeps a to z alone, cannot read."""

    def tokenize(self, text: str) -> list[str]:
        return [word for word in read(text) if any(char.isalnum() for char in word)]


def rouge_each(hypotheses: Sequence[str], references: Sequence[str], language: str = "en") -> np.ndarray:
    """ROUGE-1, -2 and -L of each title, F1, 0 … 100: ``[n, 3]``. English is stemmed (Porter), other languages are cut
    into words (Chinese: characters).

    UserError where rouge-score is not installed; ValueError where the two are not of one length, or empty.
    """
    if len(hypotheses) != len(references) or not len(hypotheses):
        raise ValueError(f"{len(hypotheses)} titles cannot be compared with {len(references)} references")
    scorer = _scorer(language)
    rows = []
    for hypothesis, gold in zip(hypotheses, references, strict=True):
        scores = scorer.score(gold, hypothesis)
        rows.append([100 * scores[kind].fmeasure for kind in KINDS])
    return np.array(rows)


def rouge(hypotheses: Sequence[str], references: Sequence[str], language: str = "en") -> dict[str, float]:
    """The means of :func:`rouge_each`, by :data:`KINDS`."""
    return dict(zip(KINDS, rouge_each(hypotheses, references, language).mean(axis=0).tolist(), strict=True))


def _scorer(language: str) -> Any:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        raise UserError(
            "Measuring titles needs rouge-score, which is not installed; "
            "install dltext with its training part: pip install 'dltext[train]'."
        ) from None
    if language.partition("-")[0] == "en":
        return RougeScorer(list(KINDS), use_stemmer=True)
    return RougeScorer(list(KINDS), tokenizer=_WordTokenizer())


def rare_copied(
    hypotheses: Sequence[str], references: Sequence[str], sources: Sequence[str], is_known: Callable[[str], bool]
) -> tuple[int, int]:
    """Of the words of the references that a model does not know (``known``: its frequent words) and that stand in the
    source: how many the titles have, and how many there are. A word counts once a title."""
    copied = there = 0
    for hypothesis, gold, source in zip(hypotheses, references, sources, strict=True):
        rare = {word for word in read(gold) if not is_known(word) and any(char.isalnum() for char in word)}
        rare &= set(read(source))
        there += len(rare)
        copied += len(rare & set(read(hypothesis)))
    return copied, there


# The title that nobody has to write: the first sentence, whole or cut.

CUT = 12
"""Words of a lead that is cut; of Chinese twice as many characters."""


def lead(text: str, most: int = 0) -> str:
    """The first sentence of ``text``, cleaned; of ``most`` words at most (0: all of them)."""
    text = clean(text)
    first = next((text[start:end] for start, end in sentences(text) if text[start:end].strip()), text).strip()
    if not most:
        return first
    if has_han(first) and " " not in first:
        return first[: 2 * most]
    return " ".join(map(short, first.split()[:most]))


# The baseline of every title generator: the first sentence of the text, cut to a title's length or whole.

NAME = f"first sentence, {CUT} words of it"


def measure(part: Sequence[Pair], language: str) -> dict[str, Any]:
    """ROUGE of the cut first sentence, and as ``whole_…`` that of the whole one; both of cleaned titles."""
    references = [reference(pair) for pair in part]
    cut = rouge([lead(pair.source, CUT) for pair in part], references, language)
    whole = rouge([lead(pair.source) for pair in part], references, language)
    return {"name": NAME, **cut, **{f"whole_{key}": value for key, value in whole.items()}}


def reference(pair: Pair) -> str:
    """A title as it is compared: cleaned as the texts are."""

    return clean(pair.target)
