"""What a model reads of a sentence: whole where it can be, else in parts that leave nothing out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltext.engine.tasks.translate import parts as sentence_parts
from dltext.engine.tasks.translate.model import Translator, open_translator


@pytest.fixture
def model(make_translator: Callable[..., Path]) -> Translator:
    make_translator("en-zh", serving={"longest": 12})
    return open_translator("toy-en-zh")


def cut(model: Translator, text: str) -> list[str]:
    return [part.text for part in sentence_parts.read(model, text)]


def test_where_parts_end(model: Translator) -> None:
    assert cut(model, "he ran away") == ["he ran away"]
    assert cut(model, "he ran, we ran away") == ["he ran,", "we ran away"]
    # A comma too near the beginning leaves too little: between words then, and hard where there is no blank.
    assert cut(model, "so, he ran away now") == ["so, he ran", "away now"]
    assert cut(model, "a" * 30) == ["a" * 10, "a" * 11, "a" * 9]
    assert cut(model, "it is 1,000 or so of it") == ["it is 1,000", "or so of it"]


def test_parts_know_their_place_and_their_tokens(model: Translator) -> None:
    text = "he ran, we ran away"
    whole, parts = "xx " + text, [*sentence_parts.read(model, text, 3)]
    for part in parts:
        assert whole[part.start : part.start + len(part.text)] == part.text
        assert part.cut
        assert part.ids is not None
        assert len(part.ids) == len(part.tokens) <= 13
        assert "".join(part.text[one.start : one.end] for one in part.tokens) == part.text.replace(" ", "")
        assert part.tokens[-1].start == len(part.text)
    (part,) = sentence_parts.read(model, "he 42")
    assert (part.cut, part.unknown) == (False, True)


def test_what_has_no_letters_is_not_read(model: Translator) -> None:
    for text in ("---", "12:30", "3.14 %", "😀", "www.example.org/abc", "a.b@example.org"):
        (part,) = sentence_parts.read(model, text)
        assert part.ids is None
        assert part.text == text


@given(text=st.text(alphabet="ab ,;.", min_size=1, max_size=90).map(str.strip).filter(bool))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_is_left_out(model: Translator, text: str) -> None:
    parts = [*sentence_parts.read(model, text)]
    at = 0
    for part in parts:
        assert not text[at : part.start].strip()
        at = part.start + len(part.text)
        assert text[part.start : at] == part.text
        assert part.ids is None or len(part.ids) <= 13
    assert not text[at:].strip()


def test_a_very_long_one_is_cut_in_blocks(model: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "he ran, and we ran too " * 1000
    encode, lengths = model.source_subwords.encode, []
    monkeypatch.setattr(
        model.source_subwords, "encode", lambda given: (lengths.append(len(given)), encode(given))[1], raising=False
    )
    parts = cut(model, text.strip())
    assert max(lengths) <= sentence_parts.LONGEST
    assert sum(lengths) < 3 * len(text)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, parts)) < 14


@pytest.mark.parametrize(
    ("gap", "before", "after", "spaced", "between"),
    [
        (" ", "好。", "你", False, ""),
        ("  ", "好。", "你", False, ""),
        ("\u3000", "Hi.", "You", True, " "),
        ("", "Hi.", "You", True, " "),
        (" ", "Hi.", "You", True, " "),
        (" ", "OK", "Python", False, " "),
        (" ", "OK", "好", False, ""),
        ("\n", "好。", "你", False, "\n"),
        (" \n - ", "好。", "你", False, " \n - "),
        ("  ", "", "你", False, "  "),
    ],
)
def test_what_stands_between(gap: str, before: str, after: str, spaced: bool, between: str) -> None:
    assert sentence_parts.between(f"x{gap}y", 1, 1 + len(gap), before, after, spaced) == between
