"""Text to tokens with offsets, and tokens to ids: `tokenizers` does the work, we choose the rules.

Two schemes. ``words`` (English and other spaced scripts): lower-cased words as the Penn Treebank splits contractions
(``do n't``, ``film 's``, which is also how GloVe's vocabulary is written), numbers and ratings whole (``7/10``),
emoticons whole, runs of punctuation as one token; Chinese characters inside such a text stand alone. ``characters``:
each Han character is a token, everything else as in ``words``.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

PAD, UNK = 0, 1
SPECIAL = ("[PAD]", "[UNK]")

_HAN = r"[\p{Han}\u3040-\u30ff]"
_WORDS = "|".join(
    (
        r"[a-z]+?(?=n't\b)",  # do | n't
        r"n't\b",
        r"'(?:s|re|ve|d|ll|m)\b",
        r"[:;=8x]['-]?[)(dpo/\\|*3](?![a-z0-9])",  # emoticons
        r"<3",
        r"\d+(?:[.,:/]\d+)*",  # 3.5, 7/10, 1,000
        _HAN,
        r"[\p{L}\p{M}](?:(?!" + _HAN + r")[\p{L}\p{M}\p{N}_])*",
        r"[!?]+",
        r"\.{2,}|…+",
        r"[^\s\p{C}]",
    )
)


def new_tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    """A tokenizer over ``vocabulary`` (token to id; ``[PAD]`` is 0 and ``[UNK]`` is 1)."""
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=SPECIAL[UNK]))
    tokenizer.normalizer = normalizers.Sequence(  # type: ignore[assignment]
        [
            normalizers.Replace(Regex(r"<br\s*/?>"), " "),  # IMDB's line breaks
            normalizers.Replace(Regex(r"[‘’`´]"), "'"),
            normalizers.Replace(Regex(r"[“”]|''"), '"'),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True)  # type: ignore[assignment]
    return tokenizer


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
        counts.update(token for token, _ in split(tokenizer, text))
    return counts


def build(counts: dict[str, int], size: int, min_count: int = 1, extra: Sequence[str] = ()) -> Tokenizer:
    """A tokenizer of the ``size`` most frequent tokens seen at least ``min_count`` times, then ``extra`` words.

    Ties are broken by spelling, so that the same counts give the same ids everywhere.
    """
    kept = sorted((word for word, n in counts.items() if n >= min_count), key=lambda word: (-counts[word], word))
    vocabulary = {token: i for i, token in enumerate(SPECIAL)}
    for word in kept[: max(0, size - len(SPECIAL))]:
        vocabulary.setdefault(word, len(vocabulary))
    for word in extra:
        vocabulary.setdefault(word, len(vocabulary))
    return new_tokenizer(vocabulary)


def words(tokenizer: Tokenizer) -> list[str]:
    """The vocabulary in id order."""
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)


def load(path: str | Path) -> Tokenizer:
    """Read a ``tokenizer.json``."""
    return Tokenizer.from_file(str(path))


def encode_all(
    tokenizer: Tokenizer, texts: Iterable[str], max_tokens: int = 0, chunk: int = 2000
) -> Iterator[np.ndarray]:
    """Ids of each text, int32 ``[length]``; over ``max_tokens`` (0: no limit) the middle is left out.

    A review's verdict stands at its beginning or at its end, so the cut keeps the first half and the last half of
    the budget. A text without any token becomes one ``[UNK]``.
    """

    def flush(batch: list[str]) -> Iterator[np.ndarray]:
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            ids = np.asarray(encoding.ids or [UNK], np.int32)
            if max_tokens and len(ids) > max_tokens:
                head = max_tokens // 2
                ids = np.concatenate([ids[:head], ids[head - max_tokens :]])
            yield ids

    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == chunk:
            yield from flush(batch)
            batch = []
    if batch:
        yield from flush(batch)
