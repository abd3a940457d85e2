"""Keyphrases of a text: the runs of words that a title generator would most likely write.

A word weighs as much as the model, over all titles that it has in hand, expects to write or copy it; phrases are runs
of heavy words between stop words and punctuation.
"""

from collections.abc import Sequence

import numpy as np

from ...results import Keyphrase, Token
from ...text.han import has_han
from ...text.stop_words import stops
from .model import WrittenTitle
from .vocabulary import Word, short

MOST = 8
"""Phrases of a text."""
LONGEST, LONGEST_CHINESE = 4, 8
"""Words of a phrase; of Chinese characters."""
HEAVY = 0.08
"""Of the heaviest word's weight: what a word of a phrase must have."""


def keyphrases(
    clean: str, source: Sequence[Word], places: Sequence[Token], answers: Sequence[WrittenTitle]
) -> tuple[Keyphrase, ...]:
    """The strongest phrases of ``clean``, whose words ``source`` stand at ``places`` of the text; none within another.

    Scores are shares of the weight of all words that are not stop words.
    """
    weights = weights_of(source, answers)
    total = sum(weights.values())
    if total <= 0:
        return ()
    least = HEAVY * max(weights.values())
    phrases: dict[tuple[str, ...], tuple[float, int, int]] = {}
    for first, last in _runs(clean, source, {word for word, weight in weights.items() if weight >= least}):
        start, end = _heaviest(source, first, last, weights)
        key = tuple(word.word for word in source[start:end])
        if _says(key):
            score = sum(weights.get(word, 0.0) for word in set(key)) / total
            phrases.setdefault(key, (score, start, end))
    chosen: list[tuple[str, ...]] = []
    for key in sorted(phrases, key=lambda key: (-phrases[key][0], phrases[key][1])):
        if len(chosen) < MOST and not any(_within(key, other) or _within(other, key) for other in chosen):
            chosen.append(key)
    made = []
    for key in chosen:
        score, start, end = phrases[key]
        text = " ".join(map(short, clean[source[start].token.start : source[end - 1].token.end].split(" ")))
        made.append(Keyphrase(text, places[start].start, places[end - 1].end, float(min(score, 1.0))))
    return tuple(made)


def weights_of(source: Sequence[Word], answers: Sequence[WrittenTitle]) -> dict[str, float]:
    """Of each word that is no stop word: how often it is expected in a title, better titles counting more."""
    if not answers:
        return {}
    best = max(answer.score for answer in answers)
    expected = np.zeros(len(source))
    for answer in answers:
        expected += np.exp(answer.score - best) * answer.held.sum(axis=0)
    weights: dict[str, float] = {}
    for word, weight in zip(source, expected.tolist(), strict=True):
        if not stops(word.word):
            weights[word.word] = weights.get(word.word, 0.0) + weight
    return weights


def _runs(clean: str, source: Sequence[Word], heavy: set[str]) -> list[tuple[int, int]]:
    """Longest runs of heavy words; a hyphen without blanks holds two words together."""
    runs, index = [], 0
    while index < len(source):
        if source[index].word not in heavy:
            index += 1
            continue
        end = index + 1
        while end < len(source):
            joined = source[end].word == "-" and end + 1 < len(source)
            following = end + 1 if joined else end
            hyphenated = clean[source[end - 1].token.start : source[following].token.end].count(" ") == 0
            if source[following].word not in heavy or (joined and not hyphenated):
                break
            end = following + 1
        runs.append((index, end))
        index = end
    return runs


def _heaviest(source: Sequence[Word], first: int, last: int, weights: dict[str, float]) -> tuple[int, int]:
    """The part of a run that is no longer than a phrase may be, and weighs most."""
    most = LONGEST_CHINESE if has_han(source[first].word) else LONGEST
    inside = [number for number in range(first, last) if source[number].word != "-"]
    if len(inside) <= most:
        return first, last
    sums = [
        sum(weights[source[number].word] for number in inside[offset : offset + most])
        for offset in range(len(inside) - most + 1)
    ]
    best_start = int(np.argmax(sums))
    return inside[best_start], inside[best_start + most - 1] + 1


def _says(key: tuple[str, ...]) -> bool:
    """A single Chinese character says little."""
    return len(key) > 1 or not has_han("".join(key))


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the words of a phrase stand side by side in another."""
    return any(whole[offset : offset + len(part)] == part for offset in range(len(whole) - len(part) + 1))
