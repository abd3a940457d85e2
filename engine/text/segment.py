"""Text to words with their places, by the rule with which a model's words were counted.

``words``: the lower-cased words of :mod:`.tokenizer` (spaced scripts). ``jieba``: Chinese words as jieba cuts them
(its default dictionary with the hidden Markov model for unknown words), everything between them as in ``words``.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from ...data import paths
from ..results import UserError
from .han import HAN
from .tokenizer import SPECIAL, new_tokenizer
from .tokenizer import split as split_tokens

SEGMENTATIONS = ("words", "jieba")

Token = tuple[str, tuple[int, int]]

_loading = threading.Lock()


def segmentation_for(language: str) -> str:
    """The segmentation for texts of a language (``zh``, ``zh-Hans`` …: ``jieba``, any other: ``words``)."""
    return "jieba" if language.lower().partition("-")[0] == "zh" else "words"


def words_of(text: str, segmentation: str = "words") -> list[Token]:
    """Lower-cased tokens of ``text`` with their ``(start, end)`` in it (Python string offsets).

    The offsets hold in the original text: what normalisation shortens or lengthens (``<br />``, ``''``, ``İ``) is
    mapped back. Raises a UserError for an unknown segmentation.
    """
    if segmentation == "words":
        return _words(text, 0)
    if segmentation == "jieba":
        return list(_chinese(text))
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


def _chinese(text: str) -> Iterator[Token]:
    cut = _jieba()
    at = 0
    for run in HAN.finditer(text):
        if at < run.start():
            yield from _words(text[at : run.start()], at)
        start = run.start()
        for word in cut(run.group()):
            yield word, (start, start + len(word))
            start += len(word)
        at = run.end()
    if at < len(text):
        yield from _words(text[at:], at)


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
