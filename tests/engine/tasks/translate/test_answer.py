"""Texts translated letter by letter by models whose answers are known: what stays, what is told, what stops."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import Record, Sentence, UserError
from dltext.engine.serve import batches
from dltext.engine.tasks.translate import answer as task

HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余"
EN_ZH = str.maketrans(
    dict(zip("abcdefghijklmnopqrstuvwxyz.,!?", HAN + "。，！？", strict=True))
    | dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", HAN, strict=True))
)
TEXT = "Mr. Fox had no tea. He ran!\n\n  - to me, and you\n---\nok\n"


@pytest.fixture
def models(make_translator: Callable[..., Path]) -> Callable[..., Path]:
    for direction in ("en-zh", "zh-en", "fr-en"):
        make_translator(direction)
    return make_translator


def test_a_text_sentence_by_sentence(models: Any) -> None:
    progress: list[tuple[int, int, Sentence]] = []
    translation = api.translate(TEXT, on_sentence=lambda *row: progress.append(row))
    # Between Chinese sentences stands no blank; line breaks and the marks of lists stay.
    assert translation.text == TEXT.translate(EN_ZH).replace("。 荒宇 来天宿！", "。荒宇 来天宿！")
    assert translation.complete
    assert translation.notes == ()
    assert (translation.direction.source, translation.direction.target, translation.direction.models) == (
        "en",
        "zh",
        ("toy-en-zh",),
    )
    assert [one.source for one in translation.sentences] == [
        "Mr. Fox had no tea.",
        "He ran!",
        "to me, and you",
        "---",
        "ok",
    ]
    for one in translation.sentences:
        assert TEXT[one.start : one.end] == one.source
        assert one.hypotheses[0].text == one.source.translate(EN_ZH)
    assert [(done, of) for done, of, _ in progress] == [(number, 5) for number in range(1, 6)]
    assert [one for _, _, one in progress] == [*translation.sentences]
    assert translation.milliseconds > 0


def test_tokens_and_attention_lie_where_the_letters_do(models: Any) -> None:
    (one,) = api.translate("he ran", "zh").sentences
    (best,) = one.hypotheses
    # Letters that touch are a word; the toy's pieces are single letters and blanks.
    assert [one.source[token.start : token.end] for token in one.tokens] == ["he", "ran", ""]
    assert (one.tokens[-1].start, one.tokens[-1].end) == (6, 6)
    assert [best.text[token.start : token.end] for token in best.tokens] == ["荒", "宇", "来", "天", "宿"]
    assert [row.index(max(row)) for row in best.attention] == [0, 0, 1, 1, 1]
    for row in best.attention:
        assert len(row) == 3
        assert sum(row) == pytest.approx(1)
    (plain,) = api.translate("he ran", "zh", explain=False).sentences
    assert (plain.tokens, plain.hypotheses[0].tokens, plain.hypotheses[0].attention) == ((), (), ())
    assert plain.hypotheses[0].text == best.text


def test_alternatives_are_others_and_less_likely(models: Any) -> None:
    (one,) = api.translate("he ran", "zh", alternatives=3).sentences
    texts = [hypothesis.text for hypothesis in one.hypotheses]
    assert len(texts) == len(set(texts)) == 4
    scores = [hypothesis.score for hypothesis in one.hypotheses]
    assert scores == sorted(scores, reverse=True)
    assert len(api.translate("he ran", "zh").sentences[0].hypotheses) == 1


def test_other_pieces_of_the_same_words_are_no_alternative(models: Any) -> None:
    models("en-zh", name="loose", table={" ": [(" ", 8.0), ("天", 7.9)], "a": [("天", 8.0), (" ", 7.9)]})
    (one,) = api.translate("a", model="loose", alternatives=3).sentences
    texts = [hypothesis.text for hypothesis in one.hypotheses]
    assert "天" in texts
    assert len(texts) == len(set(texts))
    for hypothesis in one.hypotheses:
        assert hypothesis.text == hypothesis.text.strip()
        assert all(token.end <= len(hypothesis.text) for token in hypothesis.tokens)


def test_blanks_come_where_the_target_needs_them(models: Any) -> None:
    assert api.translate("天地。玄黄！\n宇宙。 洪荒，日月。").text == "ab. cd!\nef. gh,ij."


def test_what_nobody_knows_is_copied_as_it_is_written(models: Any) -> None:
    translation = api.translate("he had 42 tea, not Ö7b.", explain=True)
    (one,) = translation.sentences
    (best,) = one.hypotheses
    assert best.text == "荒宇 荒天黄 42 往宇天， 宿列往 Ö7b地。"
    assert [best.text[best.tokens[number].start : best.tokens[number].end] for number in best.copied] == ["42", "Ö7b"]
    assert translation.notes == (
        "1 sentence of 1 has characters that toy-en-zh does not know; where it has no word, the source word is kept.",
    )
    # Both pieces of 4a2 that nobody knows are that word, once; what is known between them is translated.
    assert api.translate("he had 4a2.").text == "荒宇 荒天黄 4a2天。"
    assert "Ö7b" in api.translate("he had Ö7b.", explain=False).text


def test_two_models_where_no_one_goes_there(models: Any) -> None:
    translation = api.translate("le chat est la", alternatives=1)
    assert translation.direction.target == "en"
    translation = api.translate("le chat est la. oui", "zh", alternatives=1)
    assert (translation.direction.pivot, translation.direction.models) == ("en", ("toy-fr-en", "toy-en-zh"))
    first, second = translation.sentences
    assert first.source == "le chat est la."
    assert first.through == "mf dibu ftu mb."
    assert first.hypotheses[0].text == first.through.translate(EN_ZH)
    assert len(first.hypotheses) == 2
    # Tokens and attention are those of the second step.
    assert [first.through[token.start : token.end] for token in first.tokens][:2] == ["mf", "dibu"]
    assert len(first.hypotheses[0].attention[0]) == len(first.tokens)
    assert second.through == "pvj"
    assert translation.text == "辰宙 黄日地秋 宙往秋 辰地。张收月"
    assert "French → English → Chinese" in translation.notes[0]
    assert "toy-fr-en and toy-en-zh" in translation.notes[0]


def test_a_pivot_too_long_for_the_second_model_is_joined_again(models: Any) -> None:
    models("en-zh", serving={"longest": 12})
    (one,) = api.translate("le chat est la avec nous", "zh", "fr", alternatives=1).sentences
    assert one.hypotheses[0].text.replace(" ", "") == one.through.translate(EN_ZH).replace(" ", "")
    assert one.hypotheses[0].attention == ()
    assert one.hypotheses[1].text != one.hypotheses[0].text
    assert one.hypotheses[1].score < one.hypotheses[0].score
    assert one.source == "le chat est la avec nous"


def test_a_sentence_longer_than_the_model_reads_is_cut_at_clauses(models: Any) -> None:
    models("en-zh", serving={"longest": 20})
    text = "he had no tea, and i had some of it, so we ran to the inn and ate there until it rained"
    translation = api.translate(text)
    assert "".join(one.source for one in translation.sentences).replace(" ", "") == text.replace(" ", "")
    assert [one.source for one in translation.sentences][:2] == ["he had no tea,", "and i had some of"]
    assert all(len(one.source) < 20 for one in translation.sentences)
    assert translation.text.replace(" ", "") == text.translate(EN_ZH).replace(" ", "")
    assert translation.notes == (
        "What is longer than 20 tokens is more than toy-en-zh reads at once: it was translated in "
        f"{len(translation.sentences)} parts.",
    )


def test_what_says_nothing_is_left_alone(models: Any) -> None:
    text = "12:30\nhttps://example.org/a?b=c\nme@example.org\n***\nno"
    translation = api.translate(text, "zh")
    assert translation.text == text[:-2] + "宿列"
    assert translation.sentences[0].hypotheses[0].attention == ((1.0,),)


def test_stopped_in_the_middle_it_keeps_what_is_done(models: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(task, "FIRST", 2)
    monkeypatch.setattr(task, "MOST", 2)
    text = "he ran. no tea. to me. and you. not here. at all."
    counts: list[int] = []
    translation = api.translate(
        text, on_sentence=lambda done, of, one: counts.append(done), should_stop=lambda: len(counts) >= 4
    )
    assert not translation.complete
    assert counts == [1, 2, 3, 4]
    assert [one.source for one in translation.sentences] == ["he ran.", "no tea.", "to me.", "and you."]
    assert translation.text == "荒宇 来天宿。宿列 往宇天。往列 辰宇。天宿黄 闰列秋。"
    assert translation.notes == ("Stopped: the first 4 sentences of the text.",)
    nothing = api.translate(text, should_stop=lambda: True)
    assert (nothing.text, nothing.sentences, nothing.complete) == ("", (), False)


def test_stopped_within_a_sentence_it_waits_for_no_end(models: Any) -> None:
    models("en-zh", name="endless", follows={("天", "天"): 99.0}, serving={"growth": 1000.0})
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 20

    translation = api.translate("a", model="endless", beam=1, should_stop=stop)
    assert not translation.complete
    assert len(asked) < 30


def test_a_translation_without_an_end_is_told(models: Any) -> None:
    models("en-zh", name="endless", follows={("天", "天"): 99.0})
    translation = api.translate("a. no.", model="endless", beam=1)
    assert translation.notes == ("The translation of 1 sentence did not end and was cut off.",)


def test_of_a_long_text_the_first_sentences_are_explained(models: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(task, "EXPLAINED", 5 * 4 * 6)  # words of five sentences, and of their translations
    monkeypatch.setattr(task, "FIRST", 2)
    monkeypatch.setattr(task, "MOST", 4)
    translation = api.translate("he ran. " * 20)
    explained = [bool(one.tokens) for one in translation.sentences]
    assert explained == [True] * 6 + [False] * 14
    assert translation.notes == ("A long text: the word alignment is shown for its first 6 sentences.",)


def test_control_characters_are_not_obeyed(models: Any) -> None:
    translation = api.translate("he \x1b[31mran\x07 to\u2028me")
    assert "\x1b" not in translation.text
    assert "\x07" not in translation.text


def test_which_model_and_which_way(models: Any) -> None:
    assert api.translate("he ran", model="toy-en-zh").direction.models == ("toy-en-zh",)
    assert api.translate("he ran", "ZH-cn", "EN").text == "荒宇 来天宿"
    folder = models("en-zh", name="other", table=dict.fromkeys("heran ", "余"))
    assert api.translate("he ran", model=str(folder)).text.replace(" ", "") == "余" * 7  # a blank goes ahead
    assert api.translate("he ran", "zh").direction.models == ("other",)  # of several own ones the first by name
    api.set_default("toy-en-zh")
    assert api.translate("he ran", "zh").direction.models == ("toy-en-zh",)
    assert [model.default for model in api.models("translate") if model.name in ("other", "toy-en-zh")] == [False, True]
    for arguments, said in (
        (("he ran", "fr"), "No model translates to French; there are: English → Chinese"),
        (("he ran", "zh", "de"), "No model translates from German to Chinese"),
        (("he is here", "en"), "The text is in English already"),
        (("天地玄黄", "zh"), "The text is in Chinese already"),
        (("he ran", "", "", "toy-sentiment"), "There is no model 'toy-sentiment'"),
        (("he ran", "en", "", "toy-en-zh"), "toy-en-zh translates from English to Chinese, not to English"),
        (("he ran", "", "fr", "toy-en-zh"), "not from French"),
        ((" \n",), "The text is empty"),
    ):
        with pytest.raises(UserError, match=said):
            api.translate(*arguments)
    with pytest.raises(UserError, match="beam must lie between 1 and 64"):
        api.translate("he ran", beam=65)
    with pytest.raises(UserError, match="up to 63 alternatives"):
        api.translate("he ran", alternatives=64)


def test_without_a_translator_it_says_how_to_get_one(make_translator: Any, make_bundle: Any) -> None:
    make_bundle()
    with pytest.raises(UserError, match="There is no translator yet: train one with `dltext train seq2seq-attention"):
        api.translate("he ran")
    with pytest.raises(UserError, match="There is no translator yet"):
        api.translate_many([])
    assert api.directions() == []


def test_a_language_that_looks_wrong_is_told(models: Any) -> None:
    german = "der hund und die katze sind nicht da, aber ich bin da"
    assert api.translate(german, "zh").notes == ("The text looks like German, but was read as English.",)
    assert api.translate("he is here and that was you", source="fr").notes[0] == (
        "The text looks like English, but was read as French."
    )
    # A few words that might be Dutch are no reason to doubt who says that it is French.
    assert api.translate("je te prie", "en", "fr").notes == ()


def test_many_texts_come_back_in_order_each_its_way(models: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(task, "LOOKAHEAD", 4)
    monkeypatch.setattr(batches, "ROWS", 8)
    texts = ["he ran. he is here", "", "le chat est la", "天地。", "no\ntea", "12", "he had 42"] * 3
    records = [Record(str(number), text) for number, text in enumerate(texts)]
    pulled: list[int] = []

    def stream() -> Iterator[Record]:
        for record in records:
            pulled.append(1)
            yield record

    answers = api.translate_many(stream(), "zh", alternatives=1)
    assert not pulled
    next(answers)
    assert len(pulled) == 4
    all_answers = [next(api.translate_many(records[:1], "zh", alternatives=1)), *answers]
    assert [record for record, _ in all_answers] == records
    for record, one in all_answers:
        if record.text == "":
            assert (one.text, one.notes) == ("", ("The text is empty.",))
        elif record.text == "天地。":
            assert one.text == record.text
            assert one.notes[0].startswith("The text is in Chinese already")
        else:
            alone = api.translate(record.text, "zh", alternatives=1, explain=False)
            assert (one.text, one.direction, one.notes) == (alone.text, alone.direction, alone.notes)
            assert [[hypothesis.text for hypothesis in row.hypotheses] for row in one.sentences] == [
                [hypothesis.text for hypothesis in row.hypotheses] for row in alone.sentences
            ]


def test_what_cannot_be_meant_is_said_before_the_stream_is_read(models: Any) -> None:
    def never() -> Iterator[Record]:
        raise AssertionError("read")
        yield

    for arguments in ({"to": "de"}, {"model": "none"}, {"model": "toy-en-zh", "to": "en"}, {"beam": -1}):
        with pytest.raises(UserError):
            api.translate_many(never(), **arguments)
