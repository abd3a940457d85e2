"""Continuations and next units: reproducible, streamed, joined to what was written before."""

from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.language.model import open_language
from dltext.engine.tasks.language.reading import begun, prompt_units


@pytest.fixture
def toy(home: Path, language_models: Any) -> str:
    return language_models.write_ngram(home)


def test_a_seed_draws_the_same_again_and_variants_have_theirs(toy: str) -> None:
    first = api.generate("the old", toy, seed=5, variants=4, length=12)
    again = api.generate("the old", toy, seed=5, variants=4, length=12)
    assert first.continuations == again.continuations
    assert [each.seed for each in first.continuations] == [5, 6, 7, 8]
    assert len({each.text for each in first.continuations}) > 1
    (alone,) = api.generate("the old", toy, seed=7, length=12).continuations
    assert alone.text == first.continuations[2].text, "whatever is drawn beside it"
    assert alone.log_prob == pytest.approx(first.continuations[2].log_prob)


def test_without_chance_the_most_probable_is_written_once(toy: str) -> None:
    made = api.generate("the old", toy, temperature=0, variants=3, length=20)
    (one,) = made.continuations
    assert one.text.startswith(" film was")
    assert one.finished
    assert made.prompt + one.text == f"the old{one.text}"
    (drawn,) = api.generate("the old", toy, temperature=1, top_k=1, seed=3, length=20).continuations
    assert drawn.text == one.text


@pytest.mark.parametrize("prompt", ["the old ", "the old", "the old  "])
def test_blanks_before_the_continuation_are_not_doubled(toy: str, prompt: str) -> None:
    (one,) = api.generate(prompt, toy, temperature=0, length=2).continuations
    assert (prompt + one.text).replace("  ", " ") == "the old film was"
    assert api.next_units(prompt, toy, 1)[0].text == ("film" if prompt.endswith(" ") else " film")


def test_nothing_begins_a_text_of_documents_and_none_of_a_stream(home: Path, language_models: Any, toy: str) -> None:
    (one,) = api.generate("", toy, temperature=0, length=2).continuations
    assert one.text.startswith("the ")
    stream = language_models.write_ngram(home, "stream", [" ".join(language_models.FILMS)], documents=False)
    with pytest.raises(UserError, match="cannot begin one"):
        api.generate(" ", stream)
    (long,) = api.generate("the old film", stream, seed=1, length=50).continuations
    assert (long.units, long.finished) == (50, False)


def test_the_text_is_told_as_it_grows_and_ends_where_that_says_so(toy: str) -> None:
    heard: list[tuple[int, str]] = []

    def hear(variant: int, text: str) -> bool:
        heard.append((variant, text))
        return len(heard) == 3

    made = api.generate("the", toy, temperature=0, length=20, on_text=hear)
    assert [text for _, text in heard] == [made.continuations[0].text[: len(text)] for _, text in heard]
    assert heard[-1] == (0, made.continuations[0].text)
    assert (made.continuations[0].units, made.continuations[0].finished) == (3, False)


def test_subwords_join_to_words_and_bytes_to_characters(home: Path, language_models: Any) -> None:
    texts = ["the cat sat on the mat", "ein schöner Käse", "猫坐在垫子上。", "naïve café"] * 30
    name = language_models.write_ngram(home, "pieces", texts, unit="subwords", order=5, vocabulary=256)
    heard: list[str] = []
    made = api.generate("ein", name, temperature=0, length=40, on_text=lambda _, text: heard.append(text))
    assert made.prompt + made.continuations[0].text == "ein schöner Käse"
    assert not any("\ufffd" in text for text in heard), "half a character waits"
    (chinese,) = api.generate("猫", name, temperature=0, length=40).continuations
    assert chinese.text == "坐在垫子上。"


def test_the_next_units_are_those_of_the_model_and_the_end_is_none_of_them(toy: str) -> None:
    units = api.next_units("the old film was", toy, 6)
    assert {unit.text for unit in units} >= {" good", " bad", " slow", " warm"}
    assert [unit.probability for unit in units] == sorted((unit.probability for unit in units), reverse=True)
    opened = open_language(toy)
    ids, _, _ = prompt_units(opened, "the old film was good .")
    states, last = begun(opened, ids)
    assert last == ids[-1]
    assert states.shape == (1, opened.predictor.begin(1).shape[1])
    after = api.next_units("the old film was good .", toy, 3)
    assert after[0].probability < 0.2, "the end is by far the most probable"
    assert all(unit.text.strip() for unit in after)


def test_a_prompt_that_the_model_does_not_know(toy: str) -> None:
    with pytest.raises(UserError, match="knows none of the words of this text: write in the language"):
        api.generate("Шёл мелкий дождь", toy)
    with pytest.raises(UserError, match="knows none"):
        api.next_units("今天", toy)
    assert api.generate("the zyx qwv film was uvw", toy, seed=1).notes == ()
    assert "knows 33.3 %" in api.generate("the zyx qwv", toy, seed=1).notes[0]


def test_what_stands_for_rare_words_is_never_written(home: Path, language_models: Any) -> None:
    texts = ["a <unk> b"] * 30 + ["a c b"]
    name = language_models.write_ngram(home, "prepared", texts, unit="whitespace")
    for seed in range(8):
        assert "<unk>" not in api.generate("a", name, seed=seed, length=6).continuations[0].text
    assert "<unk>" not in [unit.text.strip() for unit in api.next_units("a", name, 5)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"length": 0}, "The length must be from 1"),
        ({"temperature": -1}, "The temperature must be from 0"),
        ({"temperature": float("nan")}, "The temperature must be from 0"),
        ({"top_k": -2}, "Top-k must be 0"),
        ({"top_p": 0}, "Top-p must be above 0"),
        ({"variants": 0}, "The number of variants"),
        ({"variants": 65}, "The number of variants"),
        ({"seed": -1}, "The seed must be 0 or more"),
    ],
)
def test_settings_that_are_none(toy: str, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        api.generate("the", toy, **settings)


def test_no_model_at_all(home: Path, language_models: Any) -> None:
    with pytest.raises(UserError, match="There is no model for language yet"):
        api.generate("the")
