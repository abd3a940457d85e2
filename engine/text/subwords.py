"""Subword units by SentencePiece (Kudo & Richardson 2018): a unigram language model's pieces (Kudo 2018), or letters.

Where pieces lie in the text is told exactly, so that a word and what was made of it can light up together.
"""

import math
import re
import struct
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .. import model_store, wire
from ..bundle_format import read_file
from ..results import Token, UserError
from .han import has_han
from .symbols import END, PAD, SPACE, START, UNK, WHITE, clean
from .whole_words import cut, learn

LARGEST_FILE = 16 << 20
"""Bytes of a SentencePiece model: one of 4,000 pieces has 70 kB."""
MOST_PIECES = 200_000
LONGEST_PIECE = 1_000


def train(
    texts: Iterable[str],
    path: Path,
    size: int,
    kind: str = "unigram",
    coverage: float = 0.9995,
    seed: int = 1,
    spaced: bool = True,
) -> None:
    """Learn at most ``size`` pieces (fewer where the texts do not hold them) and write the model to ``path``.

    ``kind``: ``unigram``, ``bpe``, ``char``, or ``word`` (:mod:`.whole_words`). ``coverage``: share of the characters
    that get a piece of their own; ``spaced``: blanks stand between words (of Chinese they do not: pieces of more than
    three characters would be phrases of a small corpus, and a blank before the text a piece of its own). Digits always
    stand alone, so that numbers can be copied. UserError without texts, and where ``size`` is too small for the
    characters alone.
    """
    if kind == "word":
        return learn(texts, path, size)
    import io

    import sentencepiece

    sentencepiece.set_random_generator_seed(seed)
    made = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=made, model_type=kind, vocab_size=size, hard_vocab_limit=False,
            character_coverage=coverage, normalization_rule_name="identity", add_dummy_prefix=spaced, split_digits=True,
            pad_id=PAD, unk_id=UNK, bos_id=START, eos_id=END, max_sentence_length=20_000, minloglevel=2, num_threads=2,
            max_sentencepiece_length=16 if spaced else 3,
            input_sentence_size=1_000_000, shuffle_input_sentence=False,
            # Punctuation is never glued to a word: it is copied, and words stay words.
            split_by_unicode_script=True,
        )  # fmt: skip
    except RuntimeError as error:
        if few := re.search(r"smaller than required_chars. \d+ vs (\d+)", str(error)):
            raise UserError(f"A vocabulary of {size:,} cannot hold the {few[1]} characters of these texts; set it to "
                            f"{few[1]} or more.") from None  # fmt: skip
        if re.search(r"sentences_.empty|all_chars_count", str(error)):
            raise UserError("There are no texts to learn a vocabulary from, or all are over 20,000 bytes.") from None
        raise
    path.write_bytes(made.getvalue())


def _check(content: memoryview) -> None:
    """ValueError where a SentencePiece model is not as :func:`train` and :mod:`.whole_words` make them.

    Its own tables of characters are refused (ours change nothing, "identity"), and pieces that are neither text nor
    one of the four signs: where such pieces lie in a text nobody can tell.
    """
    kinds, name, seen = list[int](), "", set[bytes]()
    for number, value in wire.fields(content):
        if isinstance(value, int):
            continue
        if number == 1:
            piece, kind, score = b"", 1, 0.0
            for inner, part in wire.fields(value):
                if inner == 1 and not isinstance(part, int):
                    piece = bytes(part)
                elif inner == 2 and not isinstance(part, int):
                    score = struct.unpack("<f", part)[0]
                elif inner == 3 and isinstance(part, int):
                    kind = part
            kinds.append(kind)
            if not 0 < len(piece) <= LONGEST_PIECE or not math.isfinite(score) or piece in seen:
                raise ValueError("a piece of it is none")
            seen.add(piece)
        elif number in (3, 5):
            for inner, part in wire.fields(value):
                if inner == 1 and number == 3 and not isinstance(part, int):
                    name = bytes(part).decode("utf-8", "replace")
                elif inner == 2 and not isinstance(part, int) and len(part):
                    raise ValueError("it changes characters by a table of its own")
    if name != "identity":
        raise ValueError("it changes characters by rules of its own")
    if not 4 < len(kinds) <= MOST_PIECES or kinds[:4] != [_CONTROL, _UNKNOWN, _CONTROL, _CONTROL]:
        raise ValueError("its first pieces are not the four signs")
    if any(kind != _TEXT for kind in kinds[4:]):
        raise ValueError("a piece of it is no text")


_TEXT, _UNKNOWN, _CONTROL = 1, 2, 3
"""Kinds of pieces, as SentencePiece numbers them."""


class Subwords:
    """A SentencePiece model as our networks use it: 0 pad, 1 unknown, 2 start, 3 end. Thread safe."""

    def __init__(self, content: bytes, lowercase: bool = False, simplify: bool = False, name: str = "") -> None:
        import sentencepiece

        self.lowercase, self.simplify = lowercase, simplify
        try:
            self._model: Any = sentencepiece.SentencePieceProcessor(model_proto=content)
        except RuntimeError:
            raise UserError(f"{name or 'The tokenizer'} is no SentencePiece model; import the model again.") from None
        self.size: int = self._model.get_piece_size()

    @classmethod
    def load(cls, path: Path, lowercase: bool = False, simplify: bool = False) -> "Subwords":
        """From a ``.model`` file; UserError where it is none."""
        content = read_file(path, LARGEST_FILE)
        try:
            if not model_store.is_shipped(path.parent):
                _check(memoryview(content))
        except ValueError as error:
            raise UserError(f"{path} is no SentencePiece model ({error}); import the model again.") from None
        loaded = cls(content, lowercase, simplify, str(path))
        if loaded._model.piece_to_id(SPACE) != UNK:
            return loaded

        return WholeWords(content, lowercase, simplify, str(path))

    def encode(self, text: str) -> tuple[np.ndarray, tuple[Token, ...]]:
        """Ids int32 ``[n]``, the last of them the end, and where each lies in ``text`` (the end: after it)."""
        cleaned = clean(text, self.lowercase, self.simplify)
        ids = self._model.encode(cleaned, out_type=int)
        # SentencePiece drops and adds white space, nothing else: the pieces' other characters are the text's.
        solid = [place for place, char in enumerate(cleaned) if char not in WHITE]
        tokens, seen, cursor = [], 0, 0
        for piece in self._model.encode(cleaned, out_type=str):
            count = sum(char not in WHITE for char in piece)
            start = cursor
            if count:
                start, cursor = solid[seen], solid[seen + count - 1] + 1
                seen += count
            tokens.append(Token(start, cursor))
        return np.array([*ids, END], np.int32), (*tokens, Token(len(text), len(text)))

    def encode_many(self, texts: Sequence[str], alpha: float = 0.0) -> list[np.ndarray]:
        """Ids of each text with the end, int32; ``alpha`` > 0 samples segmentations (subword regularisation, Kudo
        2018): the smaller, the wilder. The stream is the one that :func:`seed_sampling` starts."""
        cleaned = [clean(text, self.lowercase, self.simplify) for text in texts]
        more: dict[str, Any] = {"enable_sampling": True, "alpha": alpha, "nbest_size": -1} if alpha else {}
        # One thread where chance is in play: the order of the draws is then the order of the texts.
        encoded = self._model.encode(cleaned, num_threads=1 if alpha else 2, **more)
        return [np.array([*ids, END], np.int32) for ids in encoded]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; pad, start and end are left out, unknown is ``�``."""
        return self.pieces(ids)[0]

    def pieces(self, ids: Iterable[int]) -> tuple[str, tuple[Token, ...]]:
        """The text of ids and where each lies in it (pad, start and end are empty)."""
        text, tokens = "", []
        for number in ids:
            shown = self._shown(int(number), text).replace(SPACE, " ")
            shown = shown.lstrip() if not text else shown
            start = len(text) + (len(shown) - len(shown.lstrip()))
            text += shown
            tokens.append(Token(min(start, len(text)), len(text)))
        return text, tuple(tokens)

    def _shown(self, number: int, before: str) -> str:
        """The piece as it stands after the text ``before``."""
        return "" if number in (PAD, START, END) else "�" if number == UNK else self._pieces[number]

    @cached_property
    def _pieces(self) -> list[str]:
        return [self._model.id_to_piece(number) for number in range(self.size)]


def seed_sampling(seed: int) -> None:
    """Start the chance of :meth:`Subwords.encode_many` anew, for the whole process."""
    import sentencepiece

    sentencepiece.set_random_generator_seed(seed)


class WholeWords(Subwords):
    """Whole words as :class:`Subwords` are used; a word that is not in the vocabulary is one unknown unit."""

    def encode(self, text: str) -> tuple[np.ndarray, tuple[Token, ...]]:
        """Ids int32 ``[n]``, the last of them the end, and where each lies in ``text`` (the end: after it)."""
        words = list(cut(clean(text, self.lowercase, self.simplify)))
        tokens = [Token(start, end) for _, start, end in words]
        return self._ids(piece for piece, _, _ in words), (*tokens, Token(len(text), len(text)))

    def encode_many(self, texts: Sequence[str], alpha: float = 0.0) -> list[np.ndarray]:
        """Ids of each text with the end, int32. There is one way to cut: ``alpha`` changes nothing."""
        cleaned = (clean(text, self.lowercase, self.simplify) for text in texts)
        return [self._ids(piece for piece, _, _ in cut(text)) for text in cleaned]

    def _ids(self, pieces: Iterable[str]) -> np.ndarray:
        return np.array([*(self._model.piece_to_id(piece) for piece in pieces), END], np.int32)

    def _shown(self, number: int, before: str) -> str:
        if number == UNK:  # a word like others: beside Chinese characters without a space
            return "�" if before and has_han(before[-1]) else f"{SPACE}�"
        return super()._shown(number, before)
