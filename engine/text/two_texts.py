"""Two texts read together, as ``A [SEP] B``: a line ``---`` stands between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...data.rows import PAIR
from .subword_rules import SIGNS

SEP = SIGNS.index("[SEP]")


@dataclass(frozen=True, slots=True)
class PairEncoding:
    """The ids of both texts and where their tokens stand, as a tokenizer's own encoding has them."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class PairTokenizer:
    """An encoder's tokenizer that puts [SEP] in the place of the first line ``---`` of a text; in all else it is the
    tokenizer that it is made of."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def encode(self, text: str, add_special_tokens: bool = False) -> PairEncoding:
        """The ids of one text, or of two; never with special tokens around them."""
        assert not add_special_tokens
        (encoding,) = self.encode_batch([text])
        return encoding

    def encode_batch(self, texts: Sequence[str], add_special_tokens: bool = False) -> list[PairEncoding]:
        """The same of many."""
        assert not add_special_tokens
        parts = [text.partition(PAIR) for text in texts]
        firsts = self._tokenizer.encode_batch([first for first, _, _ in parts], add_special_tokens=False)
        seconds = self._tokenizer.encode_batch([second for _, _, second in parts], add_special_tokens=False)
        return [_joined(*each) for each in zip(firsts, seconds, parts, strict=True)]

    encode_batch_fast = encode_batch


def _joined(first: Any, second: Any, part: tuple[str, str, str]) -> PairEncoding:
    if not part[1]:
        return PairEncoding(list(first.ids), list(first.offsets))
    begin = len(part[0])
    end = begin + len(PAIR)
    moved = [(start + end, stop + end) for start, stop in second.offsets]
    return PairEncoding([*first.ids, SEP, *second.ids], [*first.offsets, (begin, end), *moved])
