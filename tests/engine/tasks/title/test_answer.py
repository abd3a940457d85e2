"""Titles of texts: places, origins, keyphrases, the model of a text's language, streams."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api, model_store
from dltext.engine.results import Record, UserError
from dltext.engine.tasks.title import answer as task
from dltext.engine.tasks.title import measure

TEXT = "We show that ZORP\nbark often. The mice sleep."


@pytest.fixture
def writer(make_writer: Callable[..., Path]) -> Path:
    return make_writer()


def test_titles_are_written_as_people_write(writer: Path) -> None:
    answer = api.titles(TEXT)
    assert (answer.model, answer.version, answer.read) == ("toy-title", "1", 1.0)
    assert answer.candidates[0].text == "A study of ZORP bark often"
    assert api.titles("we show bert of cats.").candidates[0].text == "A study BERT of Cats"
    assert len(answer.candidates) == 5
    assert len({one.text for one in answer.candidates}) == 5
    assert [one.score for one in answer.candidates] == sorted((one.score for one in answer.candidates), reverse=True)
    assert api.titles(TEXT, count=1).candidates == answer.candidates[:1]
    assert answer.lead == "We show that ZORP bark often."
    assert answer.notes == ()


def test_each_word_knows_where_it_is_from(writer: Path) -> None:
    answer = api.titles(TEXT)
    assert [TEXT[one.start : one.end] for one in answer.tokens[:6]] == ["We", "show", "that", "ZORP", "bark", "often"]
    best = answer.candidates[0]
    assert [best.text[one.start : one.end] for one in best.tokens] == ["A", "study", "of", "ZORP", "bark", "often"]
    assert best.copied == (3,)
    assert best.origins == (0, 1, 2, 3, 4, 5)
    for row in best.attention:
        assert len(row) == len(answer.tokens)
        assert sum(row) == pytest.approx(1, abs=1e-4)
    bare = api.titles(TEXT, explain=False)
    assert [one.text for one in bare.candidates] == [one.text for one in answer.candidates]
    assert (bare.tokens, bare.keyphrases, bare.candidates[0].tokens) == ((), (), ())


def test_that_little_words_are_copied_is_not_told(writer: Path, make_writer: Callable[..., Path]) -> None:
    make_writer("sure", share={"of": 0.9, "cats": 0.9})
    (title,) = api.titles("the cats of mice.", "sure", count=1).candidates
    assert [title.text[title.tokens[at].start : title.tokens[at].end] for at in title.copied] == ["Cats"]


def test_places_are_those_of_the_text_as_it_was_pasted(writer: Path) -> None:
    text = "We\tshow \\emph{big zorp} and $\\alpha$ of \x1b[1mmice\nsleep often."
    answer = api.titles(text)
    surfaces = [text[one.start : one.end] for one in answer.tokens]
    assert surfaces == [
        "We",
        "show",
        *2 * ["\\emph{big zorp}"],
        "and",
        "$\\alpha$",
        "of",
        "mice",
        "sleep",
        "often",
        ".",
    ]


def test_keyphrases_are_what_would_be_written(writer: Path) -> None:
    text = "We show that blix zorp bark often. It is of the mice, and tables."
    keyphrases = api.titles(text).keyphrases
    assert keyphrases[0].text == "blix zorp bark"
    assert all(text[one.start : one.end] == one.text for one in keyphrases)
    assert [one.score for one in keyphrases] == sorted((one.score for one in keyphrases), reverse=True)
    assert 0 < keyphrases[0].score <= 1
    for one in keyphrases:
        assert not {"we", "that", "of", "the", "show"} & set(one.text.lower().split())
        assert "tables" not in one.text  # stands behind the title's end
    assert api.titles("12 .").keyphrases == ()


def test_what_is_longer_than_the_model_reads(make_writer: Callable[..., Path]) -> None:
    make_writer(serving={"longest": 10})
    text = "we show that cats sleep often. " * 500
    answer = api.titles(text)
    assert len(answer.tokens) == 10
    assert answer.read == pytest.approx(10 / 3500, rel=0.2)
    assert answer.notes[0].startswith("toy-title reads 10 words")


def test_of_ten_megabytes_no_more_than_the_beginning_is_looked_at(
    make_writer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_writer(serving={"longest": 40})
    looked: list[int] = []

    def counted(work: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda text: (looked.append(len(text)), work(text))[1]

    monkeypatch.setattr(task, "words", counted(task.words))
    monkeypatch.setattr(task, "cleaned", counted(task.cleaned))
    monkeypatch.setattr(task.windows, "blank_controls", counted(task.windows.blank_controls))
    text = "we show \x1b[1mthat\x1b[0m cats sleep\noften. " * 250_000
    answer = api.titles(text)
    assert answer.candidates[0].text == "A study of Cats sleep often"
    assert 0 < sum(looked) <= 3 * 40 * task.CHARACTERS
    assert answer.notes[0].endswith("<0.1 % of the text.")


def test_pages_of_blanks_are_no_words(writer: Path) -> None:
    text = " " * 20_000 + "\n" + TEXT
    answer = api.titles(text)
    assert answer.candidates == api.titles(TEXT).candidates
    assert text[answer.tokens[0].start : answer.tokens[0].end] == "We"
    assert answer.notes == ()


def test_the_model_of_the_language(make_writer: Callable[..., Path]) -> None:
    make_writer("own-zh", language="zh")
    make_writer("own-en")
    assert api.titles("we show that cats sleep often.").model == "own-en"
    answer = api.titles("猫睡叫狗。猫叫。")
    assert (answer.model, answer.candidates[0].text) == ("own-zh", "猫睡叫狗")
    assert all(len(one.text) > 1 for one in answer.keyphrases)
    other = api.titles("猫睡叫狗。", model="own-en")
    assert other.notes == ("The text looks like Chinese, but was read as English.",)
    assert not other.fits
    assert answer.fits
    make_writer("newer-en", created="2026-02-01T00:00:00+00:00")
    assert api.titles("we show that cats sleep often.").model == "newer-en"
    api.set_default("own-en")
    assert api.titles("we show that cats sleep often.").model == "own-en"
    assert api.titles("猫睡叫狗。").model == "own-zh"
    assert {info.name for info in model_store.listing("title") if info.default} == {"own-en", "own-zh"}


def test_a_stream_in_order_and_no_text_stops_it(writer: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(task, "LOOKAHEAD", 3)
    texts = [TEXT, "", "we show of mice.", "...", "\x1b[1m", "we show of zorp.", "cats sleep often."]
    pulled: list[int] = []

    def records() -> Iterator[Record]:
        for number, text in enumerate(texts):
            pulled.append(number)
            yield Record(str(number), text)

    answers = api.titles_many(records(), count=2)
    first = next(answers)
    assert len(pulled) == 3
    all_answers = [first, *answers]
    assert [record.text for record, _ in all_answers] == texts
    for text, (_, one) in zip(texts, all_answers, strict=True):
        if text.strip("\x1b[1m .") and text:
            alone = api.titles(text, count=2, explain=False).candidates
            assert [candidate.text for candidate in one.candidates] == [candidate.text for candidate in alone]
    assert all_answers[1][1].notes == ("The text is empty.",)
    assert all_answers[4][1].notes[-1] == "The text holds no word."
    assert all_answers[4][1].candidates == ()


def test_evaluation_goes_this_way(writer: Path) -> None:
    said: list[tuple[int, int]] = []
    sources = [TEXT, "we show of zorp.", TEXT]
    written = measure.titles(str(writer), sources, lambda done, of: said.append((done, of)))
    assert written == ["A study of ZORP bark often", "A study of zorp", "A study of ZORP bark often"]
    assert said == [(2, 2)]


def test_stopped(writer: Path) -> None:
    answer = api.titles(TEXT, should_stop=lambda: True)
    assert (answer.candidates, answer.notes) == ((), ("Stopped before any title.",))


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        (" \n", {}, "The text is empty"),
        ("a", {"count": 0}, "1 to 20 titles"),
        ("a", {"count": 21}, "1 to 20 titles"),
        ("a", {"length": 29.0}, "length must lie between -20 and 20 words"),
        ("a", {"length": float("nan")}, "length must lie between"),
        ("a", {"model": "none"}, "There is no model 'none'"),
    ],
)
def test_mistakes(writer: Path, text: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        api.titles(text, **more)


def test_no_model_yet(make_writer: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="There is no model that writes titles yet"):
        api.titles("a text")
    with pytest.raises(UserError, match="no model that writes titles"):
        api.titles_many([])
