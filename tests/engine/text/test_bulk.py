"""Many texts to ids: what `re` makes of plain ASCII is what `tokenizers` makes of it, whatever it is."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from dltext.engine.text import bulk
from dltext.engine.text import tokenizer as tok

RULES = tok.new_tokenizer({sign: number for number, sign in enumerate(tok.SPECIAL)})
# Pieces that rules are about, so that random texts meet them, beside any characters of ASCII.
PIECES = ("n't", "don't", "N'T", "nn't ", "a1bn't", "x", "8", ":", ";-", "xD", "8)", "=d", "<br />", "<br", "<3", "''",
          "`", "'s", "'re", "'RE_", "7/10", "1,000.5", "_a", "a_", "...", "?!", "\n", "\t", "\x0b", "\x0c", "\r", " ",
          "'t", "can't", "1n't", "\x1c", "\x1f", "\x7f")  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(st.characters(max_codepoint=127), max_size=4)).map("".join)


def slow(text: str) -> list[str]:
    return [token for token, _ in tok.split(RULES, text)]


@given(TEXTS)
@example("Isn't it? I DON'T know: 7/10 <br /><br>''fine'' xd x) x-( 8'd <3 a1bn't n't.")
def test_words_of_ascii_are_those_of_the_rules(text: str) -> None:
    assert bulk.words_of_ascii(text) == slow(text)


def test_a_stream_has_the_ids_of_the_tokenizer_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Film {n} isn't bad, “it’s” fine 电影{n}" if n % 3 else f"film {n} wasn't good" for n in range(300)]
    tokenizer = tok.build(tok.count_tokens(texts[:200]), 80)
    expected = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    read = list[str]()
    words = bulk.words_of_ascii
    monkeypatch.setattr(bulk, "words_of_ascii", lambda text: read.append(text) or words(text))
    assert list(bulk.BulkTokenizer(tokenizer).ids(iter(texts))) == expected
    assert read == [text for text in texts[:256] if text.isascii()] + [text for text in texts[256:] if text.isascii()]
    assert [ids.tolist() for ids in tok.encode_all(tokenizer, texts)] == expected


def test_few_texts_need_no_table_of_all_words(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = tok.build({"film": 3, "good": 2}, 10)
    monkeypatch.setattr(bulk, "words_of_ascii", None)
    assert list(bulk.BulkTokenizer(tokenizer).ids(["Good film", "film"])) == [[3, 2], [2]]


@pytest.mark.parametrize("other", ["whitespace", "no lower case", "pairs"])
def test_other_rules_are_left_to_tokenizers(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer: Any = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, "Film": 2, "film": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace() if other == "whitespace" else RULES.pre_tokenizer
    if other == "pairs":
        tokenizer.normalizer = RULES.normalizer
        tokenizer = Other(tokenizer)
    monkeypatch.setattr(bulk, "words_of_ascii", None)
    texts = ["Film film"] * 100
    assert list(bulk.BulkTokenizer(tokenizer).ids(texts)) == [[3, 3] if other == "pairs" else [2, 3]] * 100


class Other:
    """Something that reads texts as a tokenizer does."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.encode_batch_fast = tokenizer.encode_batch_fast
