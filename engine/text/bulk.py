"""Many texts to ids: those of plain ASCII by the standard library's `re`, others by `tokenizers`, to the same ids.

Of what a fast classifier takes for a text, `tokenizers` takes the most: its patterns know all of Unicode, and it notes
where each token stood. For a text of ASCII the rules of :mod:`.word_rules` are the pattern below, which
takes a quarter of the time. It is used for tokenizers with those rules alone.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

from tokenizers import Tokenizer

from .word_rules import SPECIAL, UNK, new_tokenizer

TOGETHER = 64
"""Texts that `tokenizers` gets at once: enough for all cores, and few for memory, as beside its ids an encoding holds
each token as a string, and more."""

_REST = r"|".join(
    (
        r"'(?:s|re|ve|d|ll|m)\b",
        r"[:;=8x]['-]?[)(dpo/\\|*3](?![a-z0-9])",
        r"<3",
        r"\d+(?:[.,:/]\d+)*",
        r"[a-z][a-z0-9_]*",
        r"[!?]+",
        r"\.{2,}",
        r"[!-~]",
    )
)
_WORD = r"[a-wyz][a-z0-9_]*"
"""Most tokens are such a word, and nothing that stands before words in the rules begins like one: tried first. An
emoticon may begin with x."""
_PLAIN = re.compile(f"{_WORD}|{_REST}", re.ASCII)
# Letters before n't end at an n that is the last letter of all that follow one another.
_CONTRACTED = re.compile(rf"(?=[a-z]++'t\b)[a-z]+(?=n't\b)|n't\b|{_WORD}|{_REST}", re.ASCII)
_BREAK = re.compile(r"<br\s*/?>", re.ASCII)


def words_of_ascii(text: str) -> list[str]:
    """The tokens of a text of ASCII, as the rules have them."""
    if "<" in text:
        text = _BREAK.sub(" ", text)
    text = text.replace("`", "'").replace("''", '"').lower()
    return (_CONTRACTED if "n't" in text else _PLAIN).findall(text)


class _IdOfWord(dict[str, int]):
    def __missing__(self, word: str) -> int:
        return UNK


class BulkTokenizer:
    """From texts to the ids that ``tokenizer`` gives them; thread safe."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def ids(self, texts: Iterable[str]) -> Iterator[list[int]]:
        """The ids of each text, in order."""
        texts, quick = iter(texts), False
        while part := list(islice(texts, TOGETHER)):
            # The table of all words is not worth it for a few texts.
            quick = quick or (len(part) == TOGETHER and self._is_quick)
            slow = [text for text in part if not (quick and text.isascii())]
            encodings = iter(self._tokenizer.encode_batch_fast(slow, add_special_tokens=False) if slow else ())
            for text in part:
                if quick and text.isascii():
                    yield list(map(self._words.__getitem__, words_of_ascii(text)))
                else:
                    yield next(encodings).ids

    @cached_property
    def _words(self) -> _IdOfWord:
        return _IdOfWord(self._tokenizer.get_vocab())

    @cached_property
    def _is_quick(self) -> bool:
        if not isinstance(self._tokenizer, Tokenizer):
            return False
        ours = new_tokenizer({sign: number for number, sign in enumerate(SPECIAL)})
        return all(_state(getattr(self._tokenizer, part)) == _state(getattr(ours, part)) for part in _RULES)


_RULES = ("normalizer", "pre_tokenizer", "post_processor")


def _state(rule: Any) -> Any:
    return None if rule is None else rule.__getstate__()
