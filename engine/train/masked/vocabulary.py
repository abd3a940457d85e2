"""A WordPiece vocabulary learnt from texts (Schuster & Nakajima 2012), numbered as our encoders number theirs."""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from ....data.errors import UserError
from ....data.paths import atomic_open
from ...text.subword_rules import SIGNS
from ...text.units import without_signs

ALPHABET = 2000
"""Characters that get a piece of their own, the most frequent."""
LONGEST_WORD = 100


def learn(texts: Iterable[str], size: int, min_count: int, lowercase: bool, path: Path) -> Tokenizer:
    """The tokenizer of at most ``size`` pieces that occur in ``texts``, written to ``path`` or found there from an
    earlier attempt. UserError where there is nothing to learn from."""
    if path.exists():
        return Tokenizer.from_file(str(path))
    tokenizer = Tokenizer(models.WordPiece(unk_token=SIGNS[1], max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)  # type: ignore[assignment]
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment]
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_count,
        limit_alphabet=ALPHABET,
        special_tokens=list(SIGNS),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    if tokenizer.get_vocab_size() <= len(SIGNS):
        raise UserError("There are no words in the texts to learn a vocabulary from.")
    text = without_signs(tokenizer)
    with atomic_open(path) as stream:
        stream.write(text)
    return Tokenizer.from_str(text)
