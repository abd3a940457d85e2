"""Two texts read together: [SEP] between their pieces, offsets in the whole, columns of a file that make such texts."""

import pytest

from dltext.data import decisions
from dltext.data.errors import UserError
from dltext.data.source import open_source
from dltext.engine.text import tokenizer as tok
from dltext.engine.text.two_texts import SEP, PairTokenizer


def test_a_line_of_hyphens_becomes_the_sign_between():
    plain = tok.build(dict.fromkeys(("a", "dog", "sleeps", "猫", "-"), 3), 100, 1)
    both = PairTokenizer(plain)
    text = "a dog\n---\n猫 sleeps\n---\na"
    encoding = both.encode(text)
    first, second = plain.encode("a dog"), plain.encode("猫 sleeps\n---\na")
    assert encoding.ids == [*first.ids, SEP, *second.ids]
    assert text[slice(*encoding.offsets[3])] == "猫"
    assert text[slice(*encoding.offsets[-1])] == "a"
    assert both.encode("a - dog").ids == plain.encode("a - dog").ids
    assert [each.ids for each in both.encode_batch_fast([text, "a"])] == [encoding.ids, plain.encode("a").ids]
    assert both.get_vocab_size() == plain.get_vocab_size()


def test_a_column_of_second_texts_makes_pairs(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("one,two,label\n" + "".join(f"text {n},other {n},{'ab'[n % 2]}\n" for n in range(30)))
    decisions.decide(str(path), {"pair": "two"})
    try:
        row = next(open_source(str(path), "one").rows("all"))
    finally:
        decisions.decide(str(path), {})
    assert (row.text, row.label) == ("text 0\n---\nother 0", "a")
    decisions.decide(str(path), {"pair": "three"})
    try:
        with pytest.raises(UserError, match=r"no column 'three'.*Name the right pair column"):
            open_source(str(path), "one")
    finally:
        decisions.decide(str(path), {})
