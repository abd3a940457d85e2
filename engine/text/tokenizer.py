"""Text to tokens with offsets, and tokens to ids: `tokenizers` does the work by the rules of :mod:`.word_rules`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from .. import model_store
from ..bundle_format import read_file
from ..results import UserError
from . import subword_rules
from .bulk import BulkTokenizer, words_of_ascii
from .word_rules import PAD, SPECIAL, UNK, new_tokenizer

LARGEST_FILE = 64 << 20
"""Bytes of a ``tokenizer.json``: one of 40,000 words has 650 kB."""
MOST_WORDS = 2_000_000
LONGEST_WORD = 1_000
PARTS = frozenset({"Lowercase", "NFC", "NFKC", "Whitespace", "WhitespaceSplit", "BertPreTokenizer"})
"""What may stand in a ``tokenizer.json`` beside our own rules: parts that take one step a character."""
DEEPEST = 4


def split(tokenizer: Tokenizer, text: str) -> list[tuple[str, tuple[int, int]]]:
    """Tokens and their offsets in the normalised ``text``, whether or not the vocabulary has them."""
    normalised = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
    return tokenizer.pre_tokenizer.pre_tokenize_str(normalised)  # type: ignore[union-attr]


def count_tokens(texts: Iterable[str]) -> dict[str, int]:
    """How often each token occurs, over all ``texts``."""
    from collections import Counter

    tokenizer = new_tokenizer({token: i for i, token in enumerate(SPECIAL)})
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(words_of_ascii(text) if text.isascii() else (token for token, _ in split(tokenizer, text)))
    return counts


def build(counts: dict[str, int], size: int, min_count: int = 1, extra: Sequence[str] = ()) -> Tokenizer:
    """A tokenizer of the ``size`` most frequent tokens seen at least ``min_count`` times, then ``extra`` words.

    Ties are broken by spelling, so that the same counts give the same ids everywhere.
    """
    ranked = sorted((word for word, n in counts.items() if n >= min_count), key=lambda word: (-counts[word], word))
    vocabulary = {token: i for i, token in enumerate(SPECIAL)}
    for word in ranked[: max(0, size - len(SPECIAL))]:
        vocabulary.setdefault(word, len(vocabulary))
    for word in extra:
        vocabulary.setdefault(word, len(vocabulary))
    return new_tokenizer(vocabulary)


def words(tokenizer: Tokenizer) -> list[str]:
    """The vocabulary in id order."""
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)


def load(path: str | Path) -> Tokenizer:
    """Read a ``tokenizer.json``; UserError where it holds other rules than :func:`new_tokenizer` makes, or those of
    an encoder (:mod:`.subword_rules`).

    A pattern, a replacement or a table of characters from elsewhere may take for ever, take all memory, or end the
    process, on any text.
    """
    path = Path(path)
    content = read_file(path, LARGEST_FILE)
    try:
        if not model_store.is_shipped(path.parent):
            rules = json.loads(content)
            (subword_rules.check if subword_rules.is_encoder(rules) else _check)(rules)
        return Tokenizer.from_buffer(content)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # bare Exceptions, and where Rust panics no Exception at all
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UserError(f"{path} cannot be read: {reason}.") from None


def _check(rules: Any) -> None:
    """ValueError, the rest of a sentence, where ``rules`` are not of our making."""
    if not isinstance(rules, dict) or not isinstance(rules.get("model"), dict):
        raise ValueError("it is no tokenizer")
    model = rules["model"]
    if model.get("type") != "WordLevel":
        raise ValueError("it does not cut texts into words, as our recipes do")
    words = model.get("vocab")
    if not isinstance(words, dict) or not 0 < len(words) <= MOST_WORDS:
        raise ValueError(f"its vocabulary must have from 1 to {MOST_WORDS:,} words")
    if model.get("unk_token") != SPECIAL[UNK] or [words.get(sign) for sign in SPECIAL] != [PAD, UNK]:
        raise ValueError(f"its vocabulary lacks {SPECIAL[PAD]} as word {PAD} or {SPECIAL[UNK]} as word {UNK}")
    if not all(type(number) is int for number in words.values()) or set(words.values()) != set(range(len(words))):
        raise ValueError("the numbers of its words do not run from 0 on")
    if max(map(len, words)) > LONGEST_WORD:
        raise ValueError(f"it has a word of more than {LONGEST_WORD:,} characters")
    if rules.get("added_tokens") or rules.get("post_processor"):
        raise ValueError("it adds tokens to texts, which no recipe does")
    ours = json.loads(new_tokenizer({sign: number for number, sign in enumerate(SPECIAL)}).to_str())
    allowed = {_written(part) for kind in ("normalizer", "pre_tokenizer") for part in _parts(ours[kind], 0)}
    for kind in ("normalizer", "pre_tokenizer"):
        for part in _parts(rules.get(kind), 0):
            if _written(part) not in allowed and (part.keys() != {"type"} or part["type"] not in PARTS):
                raise ValueError(f"its {kind} holds a rule that no recipe makes")
    if rules.get("pre_tokenizer") is None:
        raise ValueError("it does not say how texts are cut into words")


def _parts(rule: Any, depth: int) -> list[dict[str, Any]]:
    """The plain rules in a rule, which may be a sequence of them."""
    if rule is None:
        return []
    if not isinstance(rule, dict) or depth > DEEPEST:
        raise ValueError("it is no tokenizer")
    if rule.get("type") != "Sequence":
        return [rule]
    inner = [value for key, value in rule.items() if key != "type"]
    if len(inner) != 1 or not isinstance(inner[0], list) or len(inner[0]) > 20:
        raise ValueError("it is no tokenizer")
    return [part for entry in inner[0] for part in _parts(entry, depth + 1)]


def _written(part: dict[str, Any]) -> str:
    return json.dumps(part, sort_keys=True)


def encode_all(tokenizer: Tokenizer, texts: Iterable[str], max_tokens: int = 0) -> Iterator[np.ndarray]:
    """Ids of each text, int32 ``[length]``; over ``max_tokens`` (0: no limit) the middle is left out.

    A review's conclusion is at its beginning or at its end, so the cut keeps the first half and the last half of
    the budget. A text without any token becomes one ``[UNK]``.
    """
    for numbers in BulkTokenizer(tokenizer).ids(texts):
        ids = np.asarray(numbers or [UNK], np.int32)
        if max_tokens and len(ids) > max_tokens:
            head = max_tokens // 2
            ids = np.concatenate([ids[:head], ids[head - max_tokens :]])
        yield ids
