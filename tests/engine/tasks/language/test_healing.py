"""Beginnings that end inside a word: the word is completed, by pieces and by words, and whole words stay whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import api
from dltext.engine.tasks.language.healing import endings, likeliest
from dltext.engine.tasks.language.model import open_language
from dltext.engine.tasks.language.reading import prompt_units

TEXTS = ["the company sold the computer .", "the company was old .", "a computer was new .", "the complete cat ."] * 30


@pytest.fixture
def pieces(home: Path, language_models: Any) -> str:
    return str(language_models.write_ngram(home, "pieces", TEXTS, unit="subwords", vocabulary=330))


@pytest.fixture
def words(home: Path, language_models: Any) -> str:
    return str(language_models.write_ngram(home, "words", TEXTS))


def written(prompt: str, model: str, **how: Any) -> str:
    made = api.generate(prompt, model, temperature=0, length=5, **how)
    return made.prompt + made.continuations[0].text


@pytest.mark.parametrize("model", ["pieces", "words"])
def test_half_a_word_is_completed(model: str, request: pytest.FixtureRequest) -> None:
    name = request.getfixturevalue(model)
    assert len(open_language(name).units.encode(" company")[0]) <= 2
    assert written("the compa", name).startswith("the company ")
    assert written("the compu", name).startswith("the computer ")
    assert written("the company", name).startswith("the company "), "a whole word"
    assert written("a computer was n", name) == "a computer was new ."
    assert written("comp", name).startswith("comp"), "a whole text of half a word"
    assert written("the company ", name).startswith("the company "), "a blank has ended the word"
    assert "  " not in written("the company ", name)
    drawn = {api.generate("a compu", name, length=1, seed=seed).continuations[0].text for seed in range(5)}
    assert drawn == {"ter"}


@pytest.mark.parametrize("model", ["pieces", "words"])
def test_the_next_units_are_those_that_complete_it(model: str, request: pytest.FixtureRequest) -> None:
    name = request.getfixturevalue(model)
    first, *others = api.next_units("the compa", name)
    assert first.text == "ny"
    assert first.probability > 0.9
    assert sum(unit.probability for unit in (first, *others)) <= 1 + 1e-5
    by_text = {unit.text: unit.probability for unit in api.next_units("the comp", name, 300)}
    assert {"any", "uter", "lete"} <= by_text.keys()
    assert by_text["any"] > by_text["lete"] > by_text["uter"]
    assert sum(by_text.values()) == pytest.approx(1, abs=0.02)
    after = api.next_units("the company", name)
    assert {unit.text for unit in after[:2]} == {" sold", " was"}


def test_the_weights_are_probabilities_that_exclude_each_other(pieces: str) -> None:
    """Of all that may be written behind the last whole word, what the text begins."""
    opened = open_language(pieces)
    text = "the comp"
    ids, blanks, _ = prompt_units(opened, text)
    ways = endings(opened, text, ids, blanks)
    assert ways[0].removed == ""
    assert likeliest(ways).removed == " comp"
    names = opened.units.names
    for way in ways[1:]:
        assert way.allowed is not None
        assert all(opened.units.decode([unit]).startswith(way.removed) for unit in np.flatnonzero(way.allowed))
        expected = way.before + np.log(np.exp(way.log_probs[way.allowed].astype(float)).sum())
        assert way.weight == pytest.approx(expected)
    assert not any(names[unit] == "Ġcomp" for unit in np.flatnonzero(ways[-1].allowed))


@pytest.mark.parametrize(
    "text", ["明月几时有,", "the café", "🙂🙂", "a\ncomp", "the comp\n", "x" * 40, "don't", "(comp"]
)
def test_nothing_of_the_text_is_lost(text: str, pieces: str, words: str) -> None:
    made = api.generate(text, pieces, length=4, seed=3)
    assert made.prompt == text
    opened = open_language(pieces)
    ids, blanks, _ = prompt_units(opened, text)
    for way in endings(opened, text, ids, blanks):
        assert text.endswith(way.removed)
    assert all(unit.text for unit in api.next_units(text, pieces))
    if text.endswith("comp") and "(" not in text:
        assert api.generate(text, words, length=4, seed=3).prompt == text


def test_lm_en_completes_words() -> None:
    shown = [unit.text for unit in api.next_units("The president of the United Sta", "lm-en")]
    assert shown[0] == "tes"
    made = api.generate("He is one of the most import", "lm-en", length=6, temperature=0)
    assert made.continuations[0].text.startswith("ant ")
    whole = api.next_units("The president of the United States", "lm-en")[0]
    assert whole.text.startswith((" ", ".", ","))
