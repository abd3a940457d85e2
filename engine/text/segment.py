"""Text to words with their places, by the rule with which a model's words were counted.

``words``: the lower-cased words of :mod:`.tokenizer` (spaced scripts). ``rjieba``: Chinese words as jieba cuts them
(its default dictionary with the hidden Markov model for unknown words) in its Rust port, many times as fast;
everything between them as in ``words``. ``jieba``: the same by the Python library, for models whose words it counted.
"""

import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from ...data import paths
from ..results import UserError
from .han import HAN
from .tokenizer import SPECIAL, new_tokenizer
from .tokenizer import split as split_tokens

SEGMENTATIONS = ("words", "jieba", "rjieba")

Token = tuple[str, tuple[int, int]]

_loading = threading.Lock()


def segmentation_for(language: str) -> str:
    """The segmentation for new counts of a language (``zh``, ``zh-Hans`` …: ``rjieba``, any other: ``words``)."""
    return "rjieba" if language.lower().partition("-")[0] == "zh" else "words"


def stated_segmentation(serving: Mapping[str, Any], language: str) -> str:
    """The segmentation that a card states; of Chinese it was jieba before cards said so."""
    default = "jieba" if segmentation_for(language) == "rjieba" else "words"
    return str(serving.get("segmentation", default))


def words_of(text: str, segmentation: str = "words") -> list[Token]:
    """Lower-cased tokens of ``text`` with their ``(start, end)`` in it (Python string offsets).

    The offsets hold in the original text: what normalisation shortens or lengthens (``<br />``, ``''``, ``İ``) is
    mapped back. Raises a UserError for an unknown segmentation.
    """
    if segmentation == "words":
        return _words(text, 0)
    if segmentation in ("jieba", "rjieba"):
        return list(_chinese(text, _jieba() if segmentation == "jieba" else _rjieba()))
    raise UserError(f"There is no segmentation {segmentation!r}; there are: {', '.join(SEGMENTATIONS)}.")


@cache
def _tokenizer() -> Any:
    return new_tokenizer({token: number for number, token in enumerate(SPECIAL)})


def _words(text: str, shift: int) -> list[Token]:
    tokenizer = _tokenizer()
    normalised = tokenizer.normalizer.normalize_str(text)
    if len(normalised) == len(text):
        tokens = tokenizer.pre_tokenizer.pre_tokenize_str(normalised)
        return [(token, (start + shift, end + shift)) for token, (start, end) in tokens] if shift else tokens
    # Lengths differ: encode keeps, for each token, its place in the text as it was before normalisation.
    encoding = tokenizer.encode(text, add_special_tokens=False)
    tokens = (token for token, _ in split_tokens(tokenizer, text))
    return [(token, (start + shift, end + shift)) for token, (start, end) in zip(tokens, encoding.offsets, strict=True)]


def _chinese(text: str, cut: Callable[[str], Iterable[str]]) -> Iterator[Token]:
    position = 0
    for run in HAN.finditer(text):
        if position < run.start():
            yield from _words(text[position : run.start()], position)
        start = run.start()
        for word in cut(run.group()):
            yield word, (start, start + len(word))
            start += len(word)
        position = run.end()
    if position < len(text):
        yield from _words(text[position:], position)


def chinese_words(text: str, segmentation: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """``places`` of words in ``text``, where those of single Chinese characters become those of the words that they
    make; ``segmentation``: ``rjieba`` or ``jieba``."""
    cut = _jieba() if segmentation == "jieba" else _rjieba()
    behind = 0
    for start, end in places:
        if start < behind:
            continue  # within a run of characters that is cut already
        run = HAN.match(text, start)
        if run is None:
            yield start, end
            continue
        behind = start
        for word in cut(run.group()):
            yield behind, behind + len(word)
            behind += len(word)


@cache
def _rjieba() -> Callable[[str], Iterable[str]]:
    with _loading:  # a second, at the first word
        import rjieba

        rjieba.cut("")
        return rjieba.cut


@cache
def _jieba() -> Any:
    """jieba's ``cut``, its dictionary loaded once (about a second) and its log off."""
    with _loading, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a screen may be drawn on the same terminal
        import jieba

        jieba.setLogLevel(logging.CRITICAL)
        tokenizer = jieba.Tokenizer()
        # Its cache is marshalled Python: never in a folder where others may write.
        place = paths.cache() / "jieba"
        with suppress(OSError):  # then it is read without a cache, a second slower
            paths.folder(place)
        tokenizer.tmp_dir = str(place)  # type: ignore[assignment]
        tokenizer.initialize()
        return tokenizer.cut
