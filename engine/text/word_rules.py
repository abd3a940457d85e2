"""How texts are cut into words: by `tokenizers`, by rules of ours.

Two schemes. ``words`` (English and other spaced scripts): lower-cased words as the Penn Treebank splits contractions
(``do n't``, ``film 's``, which is also how GloVe's vocabulary is written), numbers and ratings whole (``7/10``),
emoticons whole, runs of punctuation as one token; Chinese characters inside such a text stand alone. ``characters``:
each Han character is a token, everything else as in ``words``.
"""

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
