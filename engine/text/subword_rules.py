"""What may stand in the ``tokenizer.json`` of an encoder: pieces of words by WordPiece, BPE or a unigram model.

Checked like the words of our own tokenizers (:mod:`.tokenizer`): the parts allowed take one step a character, and none
brings a table of characters.
"""

import math
from collections.abc import Sequence
from typing import Any

KINDS = ("WordPiece", "BPE", "Unigram")
SIGNS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""The first pieces of each encoder; a text never becomes one of them."""
SCORED_SIGNS = tuple(f" {name}" for name in SIGNS)
"""Of a unigram model, which would find them in texts but for the blank: that stands in none of its pieces."""
MOST_PIECES = 1_000_000
LONGEST_PIECE = 1_000
LONGEST_WORD = 200
"""Characters of a word that WordPiece cuts: it takes their square."""
_FIELDS = {
    "BertNormalizer": ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"),
    "ByteLevel": ("add_prefix_space", "trim_offsets", "use_regex"),
    "Metaspace": ("replacement", "prepend_scheme", "split"),
    "Lowercase": (),
    "NFC": (),
    "NFKC": (),
    "NFD": (),
    "StripAccents": (),
    "BertPreTokenizer": (),
    "Whitespace": (),
    "WhitespaceSplit": (),
}
"""The parts that may stand in a rule, with their settings."""


def cuts_words(tokenizer: Any) -> bool:
    """Whether a tokenizer makes pieces of words, not words."""
    return type(tokenizer.model).__name__ in KINDS


def word_starts(tokenizer: Any, ids: Sequence[int]) -> list[int]:
    """The places in ``ids`` where a word begins; all, where the tokenizer makes words."""
    if not cuts_words(tokenizer):
        return list(range(len(ids)))
    kind = type(tokenizer.model).__name__
    pieces = [tokenizer.id_to_token(number) or "" for number in ids]
    if kind == "WordPiece":
        begins = [not piece.startswith("##") for piece in pieces]
    else:  # a blank before a word is written as a character of its first piece
        mark = "Ġ" if kind == "BPE" else "▁"
        begins = [piece.startswith(mark) or not piece[:1].isalnum() for piece in pieces]
    return [place for place, begin in enumerate(begins) if begin or not place]


def is_encoder(rules: Any) -> bool:
    """Whether these are the rules of an encoder's tokenizer, for :func:`check` to look at."""
    model = rules.get("model") if isinstance(rules, dict) else None
    return isinstance(model, dict) and model.get("type") in KINDS


def check(rules: dict[str, Any]) -> None:
    """ValueError, the rest of a sentence, where ``rules`` hold what no encoder of ours has."""
    model = rules["model"]
    kind, vocabulary = model.get("type"), model.get("vocab")
    if kind == "Unigram":
        pieces = _scored(vocabulary)
        if model.get("unk_id") != 1:
            raise ValueError("its unknown piece is not the second")
    else:
        pieces = _numbered(vocabulary)
        if model.get("unk_token") != SIGNS[1]:
            raise ValueError(f"its unknown piece is not {SIGNS[1]}")
    if tuple(pieces[: len(SIGNS)]) != (SCORED_SIGNS if kind == "Unigram" else SIGNS):
        raise ValueError(f"its first pieces are not {', '.join(SIGNS)}")
    if max(map(len, pieces)) > LONGEST_PIECE:
        raise ValueError(f"it has a piece of more than {LONGEST_PIECE:,} characters")
    if kind == "WordPiece" and not 0 < int(model.get("max_input_chars_per_word", 0)) <= LONGEST_WORD:
        raise ValueError(f"it cuts words of more than {LONGEST_WORD} characters")
    if kind == "BPE" and (model.get("dropout") or len(model.get("merges") or ()) > MOST_PIECES):
        raise ValueError("it cuts by chance, or by too many rules")
    if rules.get("added_tokens") or rules.get("post_processor"):
        raise ValueError("it adds tokens to texts, which no recipe does")
    for part in ("normalizer", "pre_tokenizer"):
        _part(rules.get(part), part, 0)


def _scored(vocabulary: Any) -> list[str]:
    if not isinstance(vocabulary, list) or not 0 < len(vocabulary) <= MOST_PIECES:
        raise ValueError(f"its vocabulary must have from 1 to {MOST_PIECES:,} pieces")
    for entry in vocabulary:
        right = isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)
        if not right or not isinstance(entry[1], (int, float)) or not math.isfinite(entry[1]):
            raise ValueError("a piece of it is none")
    return [entry[0] for entry in vocabulary]


def _numbered(vocabulary: Any) -> list[str]:
    if not isinstance(vocabulary, dict) or not 0 < len(vocabulary) <= MOST_PIECES:
        raise ValueError(f"its vocabulary must have from 1 to {MOST_PIECES:,} pieces")
    if set(vocabulary.values()) != set(range(len(vocabulary))) or not all(type(n) is int for n in vocabulary.values()):
        raise ValueError("the numbers of its pieces do not run from 0 on")
    return sorted(vocabulary, key=vocabulary.__getitem__)


def _part(rule: Any, where: str, depth: int) -> None:
    """ValueError where a rule is not made of the parts of :data:`_FIELDS`."""
    if rule is None:
        return
    kind = rule.get("type") if isinstance(rule, dict) else None
    if kind == "Sequence" and depth < 3:
        inner = next((value for key, value in rule.items() if key != "type"), None)
        if not isinstance(inner, list) or len(inner) > 20:
            raise ValueError("it is no tokenizer")
        for part in inner:
            _part(part, where, depth + 1)
        return
    if kind not in _FIELDS or not {key for key in rule if key != "type"} <= set(_FIELDS[kind]):
        raise ValueError(f"its {where} holds a rule that no encoder has")
