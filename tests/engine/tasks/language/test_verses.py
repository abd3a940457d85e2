"""The form of a poem: verses of given lengths, marks and rhymes where they belong, and prompts that count."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError

SHORES, EYES = "天年烟前", "花家霞沙"
"""Two groups of characters that rhyme."""
GROUPS = [SHORES, EYES]


def poems() -> list[str]:
    """Couplets of five characters that end with one group or the other."""
    lines = []
    for group in GROUPS:
        for one in group:
            for two in group:
                lines.append(f"春山白日{one}，江水入云{two}。\n夜雨闻声远，孤舟到客{one}。")
    return lines


@pytest.fixture
def poet(home: Path, language_models: Any) -> str:
    files = {"rhymes.json": json.dumps(GROUPS, ensure_ascii=False).encode()}
    return language_models.write_ngram(
        home, "poet", poems(), unit="characters", language="zh", files=files, rhymes="rhymes.json"
    )


def verses(poem: str) -> list[str]:
    return [verse for verse in re.split("[，。\n]+", poem) if verse]


@pytest.mark.parametrize("lengths", [(5, 5, 5, 5), (3, 7), (1,), (4, 6, 5, 2, 2)])
@pytest.mark.parametrize("prompt", ["", "春"])
def test_verses_have_their_lengths(poet: str, lengths: tuple[int, ...], prompt: str) -> None:
    for seed in range(6):
        made = api.generate(prompt, poet, line_lengths=lengths, seed=seed)
        poem = prompt + made.continuations[0].text
        assert [len(verse) for verse in verses(poem)] == [*lengths]
        assert poem.endswith("。")
        assert made.continuations[0].finished
        assert "，\n，" not in poem
        assert "\n\n" not in poem


def test_verses_that_end_a_sentence_rhyme(poet: str) -> None:
    for seed in range(12):
        (made,) = api.generate("春", poet, line_lengths=(5,) * 8, rhyme=True, seed=seed).continuations
        ends = re.findall("(.)。", "春" + made.text)
        assert len(ends) >= 4, "every second verse at least"
        assert any(set(ends) <= set(group) for group in GROUPS), made.text
        assert len(set(ends)) == min(len(ends), 4), "no character rhymes with itself while there are others"


def test_without_rhyme_they_need_not(poet: str) -> None:
    mixed = 0
    for seed in range(12):
        (made,) = api.generate("", poet, line_lengths=(5,) * 8, seed=seed).continuations
        ends = set(re.findall("(.)。", made.text))
        mixed += not any(ends <= set(group) for group in GROUPS)
    assert mixed


def test_what_the_prompt_holds_counts(poet: str) -> None:
    (made,) = api.generate("春山白日天，江水", poet, line_lengths=(5, 5), rhyme=True, seed=1).continuations
    assert re.fullmatch("..[天年烟前]。", made.text)
    for prompt, said in {
        "春山白日天水": "Line 1 of the beginning has 6 characters, and 5 are asked for",
        "春山，": "Line 1 of the beginning has 2 characters, and 5",
        "春山白日天，江水入云年。": "as many lines as the poem",
        "春山白日天，江水入云年。夜": "no such line",
    }.items():
        with pytest.raises(UserError, match=said):
            api.generate(prompt, poet, line_lengths=(5, 5))


def test_the_same_form_for_each_of_several_variants(poet: str) -> None:
    made = api.generate("", poet, line_lengths=(4, 3), variants=5, seed=2)
    assert all([len(verse) for verse in verses(each.text)] == [4, 3] for each in made.continuations)


def test_texts_without_marks_end_verses_by_lines(home: Path, language_models: Any) -> None:
    name = language_models.write_ngram(home, "lines", ["春山白日\n江水入云\n夜雨闻声"] * 5, unit="characters")
    (made,) = api.generate("", name, line_lengths=(2, 3), seed=1).continuations
    assert [len(line) for line in made.text.split("\n")][:2] == [2, 3]


def test_forms_that_are_none(home: Path, language_models: Any, poet: str) -> None:
    words = language_models.write_ngram(home)
    plain = language_models.write_ngram(home, "plain", poems(), unit="characters", language="zh")
    for arguments, said in [
        ((words, (5, 5), False), "writes by words: only a model of characters"),
        ((poet, (), True), "only where their lengths are given"),
        ((poet, (0, 5), False), "each of 1 to 200"),
        ((poet, (5,) * 501, False), "at most 500 lines"),
        ((plain, (5, 5), True), "knows no rhymes"),
    ]:
        model, lengths, rhyme = arguments
        with pytest.raises(UserError, match=said):
            api.generate("", model, line_lengths=lengths, rhyme=rhyme)


def test_damaged_rhymes_are_refused(home: Path, language_models: Any) -> None:
    for content in (b"[1]", b"{", b"[" * 100_000):
        name = language_models.write_ngram(
            home, "bad", poems(), unit="characters", files={"rhymes.json": content}, rhymes="rhymes.json"
        )
        with pytest.raises(UserError, match="cannot be read"):
            api.generate("", name, line_lengths=(5, 5), rhyme=True)
