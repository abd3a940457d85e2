"""Surprise: bits of units and sentences, in chunks as at once, and of two models whose units differ."""

import dataclasses
import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.results import Record, UserError
from dltext.engine.tasks.language import counts, measure, reading, surprise
from dltext.engine.tasks.language.model import open_language
from dltext.engine.text import units


@pytest.fixture
def toy(home: Path, language_models: Any) -> str:
    return language_models.write_ngram(home)


def test_the_bits_are_those_of_the_model(toy: str) -> None:
    text = "the old film was good ."
    answer = api.surprise(text, toy)
    opened = open_language(toy)
    ids = opened.units.encode(text)[0]
    given, targets = np.append(0, ids).astype(np.int32), np.append(ids, 0).astype(np.int32)
    losses, _ = opened.predictor.losses(given[None], targets[None], opened.predictor.begin(1))
    bits = losses[0] / math.log(2)
    assert answer.tokens == len(targets) == 7
    assert answer.bits == pytest.approx(bits.sum(), rel=1e-6)
    assert answer.perplexity == pytest.approx(2 ** bits.mean(), rel=1e-6)
    assert answer.bits_per_character == pytest.approx(bits.sum() / len(text), rel=1e-6)
    assert [(each.text, each.start, each.end) for each in answer.surprisals] == [
        ("the", 0, 3), ("old", 4, 7), ("film", 8, 12), ("was", 13, 16), ("good", 17, 21), (".", 22, 23),
    ]  # fmt: skip
    np.testing.assert_allclose([each.bits for each in answer.surprisals], bits[:-1], rtol=1e-6)
    assert (answer.unit, answer.known) == ("words", 1.0)
    assert api.surprise(text, toy, explain=False).surprisals == ()


def test_what_is_odd_is_more_surprising_than_what_is_not(toy: str) -> None:
    odd = api.surprise("the old good was film .", toy)
    assert odd.perplexity > 3 * api.surprise("the old film was good .", toy).perplexity
    unknown = api.surprise("the old fylm was good .", toy)
    assert unknown.surprisals[2].bits > 7 > 3 > api.surprise("the old film", toy).surprisals[2].bits
    assert unknown.known == pytest.approx(6 / 7)


def test_each_sentence_has_its_perplexity(toy: str) -> None:
    text = "The old film was good . Was good the the old .\nthe new film was slow ."
    answer = api.surprise(text, toy)
    assert [text[each.start : each.end] for each in answer.sentences] == [
        "The old film was good .", "Was good the the old .", "the new film was slow .",
    ]  # fmt: skip
    assert answer.sentences[1].perplexity > answer.sentences[2].perplexity
    inside = [each.bits for each in answer.surprisals if each.start >= text.index("the new")]
    assert answer.sentences[2].perplexity == pytest.approx(2 ** np.mean(inside))


def test_a_long_text_is_the_same_in_stretches_and_chunks(toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "the old film was good . the new film was bad .\n" * 40
    whole = api.surprise(text, toy)
    monkeypatch.setattr(units, "STRETCH", 100)
    monkeypatch.setattr(counts, "CHUNK", 16)
    monkeypatch.setattr(reading, "BLOCK", 16)
    sizes = [len(part.ids) for part in reading.scored(open_language(toy), text)]
    assert max(sizes) <= 17
    parts = api.surprise(text, toy)
    assert parts.surprisals == whole.surprisals
    assert parts.bits == pytest.approx(whole.bits)
    monkeypatch.setattr(surprise, "EXPLAINED", 50)
    few = api.surprise(text, toy)
    assert few.surprisals == whole.surprisals[:50]
    assert few.bits == pytest.approx(whole.bits)
    assert "the first 50 of" in few.notes[-1]


@pytest.mark.parametrize("size", [1, 37, 100, 5000])
def test_a_text_in_pieces_costs_what_it_costs_whole(toy: str, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    text = "Der Himmel über der\nStadt war gestern grau 🙂 und kalt . the film was bad .\n" * 30
    monkeypatch.setattr(units, "STRETCH", 100)
    monkeypatch.setattr(surprise, "BEGINNING", 300)
    whole = api.surprise(text, toy, explain=False)
    answer = api.surprise_of_pieces((text[start : start + size] for start in range(0, len(text), size)), toy)
    expected = dataclasses.replace(whole, text=text[:300], milliseconds=answer.milliseconds)
    assert answer == expected
    assert "unreliable" in answer.notes[0]


def test_a_text_in_pieces_takes_the_memory_of_a_few(toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "STRETCH", 1000)
    monkeypatch.setattr(reading, "BLOCK", 256)
    monkeypatch.setattr(counts, "CHUNK", 256)
    monkeypatch.setattr(surprise, "BEGINNING", 1000)
    peaks = list[int]()
    for many in (60, 60, 480):  # the first time something is imported and opened
        tracemalloc.start()
        api.surprise_of_pieces(("the old film was good . " * 20 for _ in range(many)), toy)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1]


def test_pieces_of_one_character_are_one(home: Path, language_models: Any) -> None:
    name = language_models.write_ngram(home, "pieces", ["abc abc abd"] * 20, unit="subwords", vocabulary=260)
    answer = api.surprise("abc 猫", name)
    assert [each.text for each in answer.surprisals][-1] == "猫"
    assert all(
        before.end <= after.start for before, after in zip(answer.surprisals, answer.surprisals[1:], strict=False)
    )
    assert sum(each.bits for each in answer.surprisals) < answer.bits, "the end counts too"


def test_many_are_read_in_their_order_and_an_error_names_the_record(toy: str) -> None:
    records = [Record("a", "the old film", None), Record("b", " ", None)]
    answers = api.surprise_many(records, toy)
    record, answer = next(answers)
    assert (record.id, answer.surprisals) == ("a", ())
    with pytest.raises(UserError, match=r"^b: The text is empty"):
        next(answers)


def test_two_models_of_different_units_are_compared_word_by_word(home: Path, language_models: Any, toy: str) -> None:
    weather = ["the rain was cold and the wind was strong ."] * 20
    other = language_models.write_ngram(home, "weather", weather, unit="characters", order=5)
    text = "the old film was good .\nthe wind was cold ."
    compared = api.compare_surprise(text, toy, other)
    assert [each.text for each in compared.words] == text.split()
    assert [text[each.start : each.end] for each in compared.words] == text.split()
    by_word = {each.text: each.bits for each in compared.words}
    assert by_word["film"] > 0 > by_word["wind"]
    ends = [api.surprise(text, model) for model in (toy, other)]
    ends_bits = [answer.bits - sum(each.bits for each in answer.surprisals) for answer in ends]
    total = sum(each.bits for each in compared.words)
    assert total == pytest.approx(compared.bits - (ends_bits[1] - ends_bits[0])), "nothing is lost between words"
    assert "does not know" in compared.first.notes[-1]
    assert compared.bits == pytest.approx(-api.compare_surprise(text, other, toy).bits)


def test_chinese_is_compared_by_characters(home: Path, language_models: Any) -> None:
    name = language_models.write_ngram(home, "zh", ["明月几时有，把酒问青天。"] * 9, unit="characters", language="zh")
    compared = api.compare_surprise("明月照天", name, name)
    assert [each.text for each in compared.words] == [*"明月照天"]
    assert compared.bits == 0


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_has_no_surprise(toy: str, text: str) -> None:
    with pytest.raises(UserError, match="The text is empty"):
        api.surprise(text, toy)


def test_a_text_of_another_language_says_so(toy: str) -> None:
    answer = api.surprise("Der Himmel über der Stadt war gestern grau und kalt.", toy)
    assert "German" in answer.notes[0]


def test_a_data_set_is_measured_as_one_text(toy: str, tmp_path: Path) -> None:
    lines = ["the old film was good .", "the new film was warm .", "", "the long film was slow ."]
    file = tmp_path / "lines.txt"
    file.write_text("\n".join(lines) + "\n")
    report = api.evaluate(toy, str(file))
    each = [api.surprise(line, toy) for line in lines if line]
    assert report.metrics["tokens"] == sum(answer.tokens for answer in each)
    bits = sum(answer.bits for answer in each) / report.metrics["tokens"]
    assert report.metrics["perplexity"] == pytest.approx(2**bits, rel=1e-3)
    assert report.examples == 3
    characters = sum(len(line) + 1 for line in lines if line)
    assert report.metrics["bits_per_character"] == pytest.approx(bits * report.metrics["tokens"] / characters, rel=1e-3)
    assert f"dltext evaluate {toy} --data {file}" in report.protocol


def test_units_that_are_cut_already_are_measured_alike(toy: str, language_models: Any) -> None:
    opened = open_language(toy)
    ids = language_models.ids_of(language_models.FILMS, opened.units)[1:]
    from_units = measure.measured_units(opened, ids)
    assert from_units == measure.measured(opened, language_models.FILMS)


def test_blocks_do_not_change_what_is_measured(toy: str, language_models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_language(toy)
    before = measure.measured(opened, language_models.FILMS)
    monkeypatch.setattr(counts, "CHUNK", 8)
    monkeypatch.setattr(reading, "BLOCK", 16)
    after = measure.measured(opened, language_models.FILMS)
    assert after.bits == pytest.approx(before.bits)
    assert (after.tokens, after.characters, after.texts) == (before.tokens, before.characters, before.texts)


SHORT = ["the old film was good .", "new", "a zebra !", "the long film was slow .\nthe end ." * 9]


def many(count: int) -> list[Record]:
    return [Record(str(n), SHORT[n % 4] + (f" {SHORT[n % 3]}" if n % 5 == 0 else ""), None) for n in range(count)]


def test_texts_read_side_by_side_cost_what_they_cost_alone(
    home: Path, language_models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        language_models.write_ngram(home),
        language_models.write_ngram(home, "stream", documents=False),
        language_models.write_network(home, precision="float32"),
        language_models.write_network(home, "ending", cell="lstm", precision="float32", documents=False),
    ]
    monkeypatch.setattr("dltext.engine.tasks.language.many.CELLS", 60)
    monkeypatch.setattr("dltext.engine.tasks.language.many.SHORT", 150)  # the longest is read alone
    records = many(11)
    for name in names:
        rows: list[int] = []
        predictor = type(open_language(name).predictor)
        losses = predictor.losses

        def heard(self: Any, ids: Any, *more: Any, losses: Any = losses, rows: list[int] = rows) -> Any:
            rows.append(len(ids))
            return losses(self, ids, *more)

        with monkeypatch.context() as patch:
            patch.setattr(predictor, "losses", heard)
            together = list(api.surprise_many(records, name, explain=True))
        assert max(rows) > 2
        assert [record.id for record, _ in together] == [record.id for record in records]
        for record, answer in together:
            alone = api.surprise(record.text, name)
            assert answer.bits == pytest.approx(alone.bits, abs=1e-5)
            assert answer.tokens == alone.tokens
            assert [each.text for each in answer.surprisals] == [each.text for each in alone.surprisals]
            assert answer.known == alone.known
            for mine, its in zip(answer.surprisals, alone.surprisals, strict=True):
                assert mine.bits == pytest.approx(its.bits, abs=1e-5)


def test_a_model_of_int8_is_asked_of_each_text_by_itself(home: Path, language_models: Any) -> None:
    name = language_models.write_network(home, cell="lstm", precision="int8")
    records = many(9)
    for record, answer in api.surprise_many(iter(records), name):
        assert answer.bits == api.surprise(record.text, name, explain=False).bits


@pytest.mark.parametrize("unit", ["words", "subwords", "characters"])
def test_ids_without_places_are_those_with_them(
    unit: str, home: Path, language_models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = language_models.write_ngram(home, "long", unit=unit)
    text = "the old film was good . the new film\nwas bad .  the end\n" * 30
    cut = open_language(name).units
    whole = cut.encode(text)[0]
    monkeypatch.setattr(units, "STRETCH", 90)
    parts = list(cut.ids(text))
    assert len(parts) > 10
    for mine, (its, _) in zip(parts, cut.parts(text), strict=True):
        np.testing.assert_array_equal(mine, its)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    quick, explained = (api.surprise(text, name, explain) for explain in (False, True))
    assert quick.bits == pytest.approx(explained.bits, rel=1e-9)
    assert (quick.tokens, quick.known) == (explained.tokens, explained.known)
