from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltext.engine.results import Token, UserError
from dltext.engine.text import subwords, symbols
from dltext.engine.text.subwords import Subwords
from dltext.engine.text.symbols import END, PAD, START, UNK

ENGLISH = [
    "the cat sat on the mat and the dog sat there too",
    'he didn\'t say "never" but she said it 20 times in 1984',
    "understanding is everything, everybody understood everything",
    "where is the station? there, behind the house!",
]
CHINESE = [
    "猫坐在垫子上，狗也坐在那里。",
    "车站在哪里？在房子后面！",
    "他说了“从来没有”，她说了20次。",
    "每个人都明白一切。",
]
WILD = [
    "I DON’T like  “That”, 1984!",
    "  a\n\tb\u3000c ",
    "",
    "  ",
    "a▁b",
    "naïve café İstanbul ẞ",
    "😀😀 the \U0001f469\u200d\U0001f467 cat",
    "<s>the</s> <unk> <pad>",
    "中文 and the cat",
    "這臺電腦的顯示器壞了",
    "a\x00b\x1bc",
    "\ud800 x\udfff",
    "e\u0301 ﬁ ａ",
    "жжж ж",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("subwords")
    made = {}
    for name, texts, kind, spaced in (
        ("en", ENGLISH, "unigram", True),
        ("bpe", ENGLISH, "bpe", True),
        ("char", ENGLISH, "char", True),
        ("zh", CHINESE, "unigram", False),
    ):
        made[name] = folder / f"{name}.model"
        subwords.train(texts, made[name], 120, kind, spaced=spaced)
    return made


@pytest.fixture
def english(models) -> Subwords:
    return Subwords.load(models["en"], lowercase=True)


def shown(text: str, tokens: tuple[Token, ...]) -> list[str]:
    return [text[token.start : token.end] for token in tokens]


# ---------------------------------------------------------------------------------------------- offsets


@pytest.mark.parametrize("text", WILD)
@pytest.mark.parametrize("name", ["en", "bpe", "char", "zh"])
@pytest.mark.parametrize("simplify", [False, True])
def test_pieces_lie_in_the_original_text_one_behind_the_other(models, name, text, simplify):
    check(Subwords.load(models[name], lowercase=name != "zh", simplify=simplify), text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.one_of(st.sampled_from("the cat’ “”▁\t 1中文電腦<s>İ😀"), st.characters()), max_size=40))
def test_whatever_the_text(models, text):
    check(Subwords.load(models["en"], lowercase=True, simplify=True), text)


def check(model: Subwords, text: str) -> None:
    ids, tokens = model.encode(text)
    assert ids.dtype == np.int32
    assert len(ids) == len(tokens)
    assert ids[-1] == END
    assert tokens[-1] == Token(len(text), len(text))
    assert not np.isin(ids[:-1], [PAD, START, END]).any()  # no text is taken for a symbol
    assert model.encode_many([text])[0].tolist() == ids.tolist()
    at = 0
    for token in tokens:
        assert at <= token.start <= token.end <= len(text)
        at = token.end
    # All but white space is in some piece, and each piece that is known says what stands there.
    assert "".join("".join(shown(text, tokens)).replace("▁", " ").split()) == "".join(text.replace("▁", " ").split())
    cleaned = symbols.clean(text, model.lowercase, model.simplify)
    for number, token in zip(ids[:-1], tokens, strict=False):
        if number != UNK:
            assert "".join(model.decode([number]).split()) == "".join(cleaned[token.start : token.end].split())


def test_capitals_quotes_and_signs_light_up_as_they_stand(english):
    text = "THE cat  didn’t “say” 😀ж the"
    ids, tokens = english.encode(text)
    words = [word for word in shown(text, tokens) if word]
    assert "".join(words) == "THEcatdidn’t“say”😀жthe"
    assert words[-2] == "😀ж"  # one unknown piece
    assert ids.tolist().count(UNK) == 1


def test_traditional_characters_are_read_as_simplified_ones_and_shown_as_they_are(models):
    plain, both = Subwords.load(models["zh"]), Subwords.load(models["zh"], simplify=True)
    traditional, simplified = "貓坐在墊子上", "猫坐在垫子上"
    ids, tokens = both.encode(traditional)
    assert ids.tolist() == plain.encode(simplified)[0].tolist()
    assert UNK in plain.encode(traditional)[0]
    assert "".join(shown(traditional, tokens)) == traditional
    assert all(len(piece) <= 3 for piece in shown(traditional, tokens))


def test_digits_stand_alone(english):
    text = "in 1984, 20 times"
    ids, tokens = english.encode(text)
    assert [piece for piece in shown(text, tokens) if piece and piece in "0123456789"] == list("198420")
    assert "1984" in english.decode(ids)


def test_a_letter_that_becomes_two_keeps_its_place():
    assert symbols.clean("İX", lowercase=True) == "İx"
    assert len(symbols.clean("ŒßİΣς", lowercase=True)) == 5


def test_curly_quotes_are_chinese_texts_own():
    assert symbols.clean("It’s “so”") == 'It\'s "so"'
    assert symbols.clean("他说“好”") == "他说“好”"


def test_half_a_character_is_none(english):
    assert symbols.clean("a\ud800b") == "a\ufffdb"
    assert english.encode_many(["\udfff"])[0].tolist()[-2:] == [UNK, END]


# ---------------------------------------------------------------------------------------------- and back


@pytest.mark.parametrize("text", ["the cat sat there, too", 'he said "never" 20 times', "where is it? there!"])
@pytest.mark.parametrize("name", ["en", "bpe", "char"])
def test_what_was_cut_is_whole_again(models, name, text):
    model = Subwords.load(models[name])
    ids, _ = model.encode(text)
    assert model.decode(ids) == text
    assert model.decode([START, *ids, END, PAD, PAD]) == text
    back, tokens = model.pieces(ids)
    assert back == text
    assert "".join(back[token.start : token.end] for token in tokens) == text.replace(" ", "")
    assert len(tokens) == len(ids)


def test_chinese_has_no_blanks_between(models):
    model = Subwords.load(models["zh"])
    assert model.decode(model.encode("狗也坐在那里。")[0]) == "狗也坐在那里。"


def test_what_is_not_known_is_a_sign_of_its_own(english):
    ids, _ = english.encode("the ж")
    text, tokens = english.pieces(ids)
    assert text == "the �"
    assert text[tokens[-2].start : tokens[-2].end] == "�"
    assert english.decode([]) == ""


# ---------------------------------------------------------------------------------------------- sampling


def test_segmentations_are_drawn_by_the_seed(english):
    texts = [ENGLISH[2]] * 8

    def drawn(seed: int) -> list[list[int]]:
        subwords.seed_sampling(seed)
        return [ids.tolist() for ids in english.encode_many(texts, alpha=0.2)]

    first, other = drawn(1), drawn(2)
    assert first == drawn(1)
    assert first != other
    assert len({tuple(ids) for ids in first}) > 2
    assert all(english.decode(ids) == ENGLISH[2] for ids in first)
    assert all(ids[-1] == END for ids in first)


def test_without_sampling_nothing_is_drawn(english):
    subwords.seed_sampling(1)
    assert len({tuple(ids.tolist()) for ids in english.encode_many([ENGLISH[2]] * 4)}) == 1


# ---------------------------------------------------------------------------------------------- learning


def test_the_same_texts_give_the_same_pieces(tmp_path, models):
    subwords.train(ENGLISH, tmp_path / "again.model", 120)
    assert (tmp_path / "again.model").read_bytes() == models["en"].read_bytes()


def test_symbols_have_the_numbers_of_our_networks(models):
    for name in models:
        model = Subwords.load(models[name])
        assert [model._pieces[number] for number in (PAD, UNK, START, END)] == ["<pad>", "<unk>", "<s>", "</s>"]
        assert 4 < model.size <= 120


def test_a_vocabulary_that_is_too_small_is_told(tmp_path):
    with pytest.raises(UserError, match=r"A vocabulary of 20 cannot hold the (\d+) characters .* set it to \1 or more"):
        subwords.train(ENGLISH, tmp_path / "m", 20)
    subwords.train(ENGLISH, tmp_path / "m", 20, "char")  # here the rarest are unknown
    assert Subwords.load(tmp_path / "m").size == 20


@pytest.mark.parametrize("texts", [[], ["", " "]])
def test_nothing_to_learn_from(tmp_path, texts):
    with pytest.raises(UserError, match="There are no texts to learn a vocabulary from"):
        subwords.train(texts, tmp_path / "m", 100)


def test_what_is_no_model(tmp_path):
    with pytest.raises(UserError, match=r"m\.model cannot be read \(No such file"):
        Subwords.load(tmp_path / "m.model")
    (tmp_path / "m.model").write_bytes(b"not one")
    with pytest.raises(UserError, match=r"m\.model is no SentencePiece model"):
        Subwords.load(tmp_path / "m.model")


def test_no_piece_is_spent_on_a_blank_before_chinese(models):
    zh = subwords.Subwords.load(models["zh"])
    for text in CHINESE[:20]:
        _, tokens = zh.encode(text)
        assert all(token.end > token.start for token in tokens[:-1])
