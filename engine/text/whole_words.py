"""Whole words as units: what stands between spaces without its punctuation, each Chinese character, each digit.

Kept as a SentencePiece model, so that whatever opens one opens these too. A word after white space begins with ``▁``,
as pieces do; a Chinese character never does. Such a model has no piece for a space alone, by which it is known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from ..results import UserError
from .han import HAN, has_han
from .symbols import END, PAD, SPACE, START, UNK, WHITE

_HAN = HAN.pattern.rstrip("+")
_LETTERS = rf"(?:(?!{_HAN})[^\W\d_])+"
_WORD = re.compile(rf"{_HAN}|\d|{_LETTERS}(?:['’-]{_LETTERS})*|[^\s{SPACE}]")


def cut(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word of a cleaned text as its piece, and where it starts and ends."""
    for match in _WORD.finditer(text):
        start = match.start()
        after_space = start == 0 or text[start - 1] in WHITE
        yield (SPACE if after_space and not has_han(match[0]) else "") + match[0], start, match.end()


def learn(texts: Iterable[str], path: Path, size: int) -> None:
    """Write the most frequent words of cleaned texts, ``size`` with the four signs, as a SentencePiece model.

    UserError where the texts have no words.
    """
    protocol: Any = import_module("sentencepiece.sentencepiece_model_pb2")
    counts = Counter(piece for text in texts for piece, _, _ in cut(text))
    if not counts:
        raise UserError("There are no texts to learn a vocabulary from.")
    model = protocol.ModelProto()
    model.trainer_spec.model_type = protocol.TrainerSpec.WORD
    for name, number in (("pad_id", PAD), ("unk_id", UNK), ("bos_id", START), ("eos_id", END)):
        setattr(model.trainer_spec, name, number)
    model.normalizer_spec.name = "identity"
    kinds = protocol.ModelProto.SentencePiece
    signs = {PAD: ("<pad>", kinds.CONTROL), UNK: ("<unk>", kinds.UNKNOWN), START: ("<s>", kinds.CONTROL),
             END: ("</s>", kinds.CONTROL)}  # fmt: skip
    for _, (piece, kind) in sorted(signs.items()):
        model.pieces.add(piece=piece, score=0.0, type=kind)
    for rank, (piece, _) in enumerate(sorted(counts.items(), key=lambda row: (-row[1], row[0]))[: size - len(signs)]):
        model.pieces.add(piece=piece, score=-float(rank))
    path.write_bytes(model.SerializeToString())
