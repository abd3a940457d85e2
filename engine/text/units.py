"""The units that language models read and write: words, pieces of words, or characters, each with the space before it.

What is cut can be put together again: the units of a text, one after the other, are the text. ``words`` cuts off
punctuation and the English contractions, ``whitespace`` takes what stands between spaces as it is (texts that are cut
already, like the Penn Treebank), ``subwords`` are pieces by byte-pair encoding (Sennrich et al. 2016) over bytes, which
no text lacks, and ``characters`` are what they say. Unit 0 ends a text, and stands before the first; unit 1 is in place
of each that the vocabulary lacks.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from ...data.errors import UserError
from ..bundle_format import read_file
from .tokenizer import LARGEST_FILE

END, UNKNOWN = 0, 1
SIGNS = ("</s>", "<unknown>")
UNITS = ("words", "whitespace", "subwords", "characters")
NOUNS = {"words": "words", "whitespace": "words", "subwords": "pieces", "characters": "characters"}
"""What people call them."""
STRETCH = 1 << 18
"""Characters that are cut at once; where a text is longer, it is parted at a space."""

_HAN = r"[\p{Han}\u3040-\u30ff]"
_WORD = "|".join(
    (
        r"[\p{L}\p{M}]+?(?=n['’]t\b)",  # do | n't
        r"n['’]t\b",
        r"['’](?:s|re|ve|d|ll|m)\b",
        r"\p{N}+(?:[.,:/]\p{N}+)*",
        _HAN,
        r"[\p{L}\p{M}](?:(?!" + _HAN + r")[\p{L}\p{M}\p{N}_])*",
        r"[!?]+|\.{2,}|…+",
        r"[^\s]",
    )
)
_PATTERNS = {
    "words": rf" ?(?:{_WORD})|\n|[^\S\n]",
    "whitespace": r" ?\S+|\n|[^\S\n]",
    "characters": r"[\s\S]",
}


def unit_for(language: str) -> str:
    """The units that texts of a language are read in until the user says otherwise."""
    return "characters" if language == "zh" else "words"


def _empty(unit: str, lowercase: bool) -> Tokenizer:
    """The rules of ``unit``, without a vocabulary."""
    if unit == "subwords":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
        tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    else:
        tokenizer = Tokenizer(models.WordLevel({}, unk_token=SIGNS[UNKNOWN]))
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PATTERNS[unit]), behavior="isolated")  # type: ignore[assignment]
    steps: list[Any] = [normalizers.Lowercase()] if lowercase else []
    if unit in ("words", "whitespace"):
        # A word is the same unit at the beginning of a line as within it.
        steps += [normalizers.Prepend(" "), normalizers.Replace(Regex(r"\n(?=[^\n])"), "\n ")]
    if steps:
        tokenizer.normalizer = normalizers.Sequence(steps)  # type: ignore[assignment]
    return tokenizer


def without_signs(tokenizer: Tokenizer) -> str:
    """The rules of a trained tokenizer as JSON, its signs never found in texts: a model sets them."""
    return json.dumps(json.loads(tokenizer.to_str()) | {"added_tokens": [], "post_processor": None}, ensure_ascii=False)


def learn(texts: Iterable[str], unit: str, size: int, min_count: int = 1, lowercase: bool = False) -> "Units":
    """Units of the ``size`` most frequent that occur ``min_count`` times in ``texts``.

    UserError where there is nothing to learn from.
    """
    tokenizer = _empty(unit, lowercase)
    common: dict[str, Any] = {"vocab_size": size + len(SIGNS), "min_frequency": min_count}
    common["special_tokens"] = list(SIGNS)
    common["show_progress"] = False
    if unit == "subwords":
        trainer: Any = trainers.BpeTrainer(**common, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    else:
        trainer = trainers.WordLevelTrainer(**common)
    tokenizer.train_from_iterator((piece for text in texts for piece in stretches(text)), trainer)
    if tokenizer.get_vocab_size() <= len(SIGNS):
        raise UserError("The texts hold nothing that a vocabulary could be learnt from.")
    return Units(Tokenizer.from_str(without_signs(tokenizer)), unit, lowercase)


def load(path: Path, unit: str, lowercase: bool) -> "Units":
    """Units from the ``tokenizer.json`` of a bundle; UserError where it holds other rules than :func:`learn` writes."""
    content = read_file(path, LARGEST_FILE)
    try:
        if unit not in UNITS:
            raise ValueError(f"{unit!r} is none of {', '.join(UNITS)}")
        rules = json.loads(content)
        expected = json.loads(_empty(unit, lowercase).to_str())
        words = rules["model"].pop("vocab")
        merges = rules["model"].pop("merges", [])
        expected["model"] = {key: value for key, value in expected["model"].items() if key not in ("vocab", "merges")}
        if rules != expected:
            raise ValueError("it does not cut texts as our recipes do")
        if [words.get(sign) for sign in SIGNS] != [END, UNKNOWN]:
            raise ValueError(f"its vocabulary lacks {SIGNS[END]} as unit {END} or {SIGNS[UNKNOWN]} as unit {UNKNOWN}")
        if set(words.values()) != set(range(len(words))) or len(merges) > len(words):
            raise ValueError("the numbers of its units do not run from 0 on")
        return Units(Tokenizer.from_buffer(content), unit, lowercase)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # bare Exceptions, and where Rust panics no Exception at all
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UserError(f"{path} cannot be read: {reason}.") from None


def stretches(text: str) -> Iterator[str]:
    """``text`` in parts of at most :data:`STRETCH` characters, parted before a space or behind a line's end where there
    is one."""
    start = 0
    while len(text) - start > STRETCH:
        end = _stretch_end(text, start)
        yield text[start:end]
        start = end
    yield text[start:]


def stretches_of(pieces: Iterable[str]) -> Iterator[str]:
    """The :func:`stretches` of a text that comes in ``pieces``, of which only so much is there at once."""
    rest = ""
    for piece in pieces:
        rest += piece
        start = 0
        while len(rest) - start > STRETCH:
            end = _stretch_end(rest, start)
            yield rest[start:end]
            start = end
        rest = rest[start:]
    yield rest


def _stretch_end(text: str, start: int) -> int:
    end = start + STRETCH
    space = text.rfind(" ", start + 1, end)
    while space > start and text[space - 1] == "\n":
        space = text.rfind(" ", start + 1, space)
    return space if space > start else text.rfind("\n", start, end) + 1 or end


class Units:
    """Texts to numbers of units, and back. Thread safe."""

    def __init__(self, tokenizer: Tokenizer, unit: str, lowercase: bool) -> None:
        self.tokenizer, self.unit, self.lowercase = tokenizer, unit, lowercase

    def __len__(self) -> int:
        return self.tokenizer.get_vocab_size()

    @property
    def noun(self) -> str:
        """What people call its units: ``words``, ``pieces``, ``characters``."""
        return NOUNS[self.unit]

    @cached_property
    def names(self) -> list[str]:
        """The vocabulary in its order, as the tokenizer writes it."""
        vocabulary = self.tokenizer.get_vocab()
        return sorted(vocabulary, key=vocabulary.__getitem__)

    @cached_property
    def _sorted(self) -> tuple[list[str], np.ndarray]:
        """The vocabulary by spelling, and the number of each."""
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        return [self.names[number] for number in order], np.array(order, np.int64)

    def longer(self, start: str) -> np.ndarray:
        """The numbers of the units that ``start`` begins and that are longer, as the tokenizer writes them."""
        spelled, order = self._sorted
        return order[bisect_right(spelled, start) : bisect_left(spelled, f"{start}\U0010ffff")]

    def placeholders(self, words: Sequence[str]) -> tuple[int, ...]:
        """The units that are ``words``, with a space before them or without."""
        numbers = (self.tokenizer.token_to_id(name) for word in words for name in (word, f" {word}"))
        return tuple(number for number in numbers if number is not None)

    def to_json(self) -> bytes:
        return self.tokenizer.to_str().encode()

    def encode(self, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """int32 ``[n]``, and where each unit stands in ``text`` (without the space before it)."""
        parts = list(self.parts(text))
        return np.concatenate([ids for ids, _ in parts]), [place for _, places in parts for place in places]

    def parts(self, text: str) -> Iterator[tuple[np.ndarray, list[tuple[int, int]]]]:
        """:meth:`encode` of each of the :func:`stretches` of ``text``: of a very long one nothing is there whole."""
        begin = 0
        for part in stretches(text):
            inner = self._inner(part, begin > 0)
            encoding = self.tokenizer.encode(inner, add_special_tokens=False)
            shift = begin + len(part) - len(inner)
            yield (
                np.array(encoding.ids, np.int32),
                [_trimmed(text, start + shift, end + shift) for start, end in encoding.offsets],
            )
            begin += len(part)

    def ids(self, text: str) -> Iterator[np.ndarray]:
        """:meth:`parts` without places, which take most of the time and memory."""
        return self.ids_of(stretches(text))

    def ids_of(self, parts: Iterable[str]) -> Iterator[np.ndarray]:
        """:meth:`ids` of a text of which ``parts`` are the :func:`stretches`."""
        for number, part in enumerate(parts):
            (encoding,) = self.tokenizer.encode_batch_fast([self._inner(part, number > 0)], add_special_tokens=False)
            yield np.array(encoding.ids, np.int32)

    def _inner(self, part: str, follows: bool) -> str:
        """A stretch as it is cut. One that ``follows`` and begins with a space is no beginning of a line: that space is
        the one of its first word."""
        spaced = follows and part.startswith(" ") and self.unit in ("words", "whitespace")
        return part[1:] if spaced else part

    def encode_many(self, texts: Sequence[str]) -> list[np.ndarray]:
        """int32 ``[n]`` of each text."""
        if all(len(text) <= STRETCH for text in texts):
            encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            return [np.array(encoding.ids, np.int32) for encoding in encodings]
        return [np.concatenate(list(self.ids(text))) for text in texts]

    def decode(self, ids: Iterable[int], begins: bool = True) -> str:
        """The text of ``ids`` without signs; ``begins``: whether it stands at the beginning of a text."""
        numbers = [int(number) for number in ids if number > UNKNOWN]
        if self.unit == "subwords":
            return self.tokenizer.decode(numbers, skip_special_tokens=False)
        text = "".join(self.names[number] for number in numbers)
        if self.unit == "characters":
            return text
        text = text.replace("\n ", "\n")
        return text[1:] if begins and text.startswith(" ") else text


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the space or the line's end at its beginning, unless it is nothing else."""
    return (start + 1, end) if end - start > 1 and text[start] in " \n" else (start, end)
