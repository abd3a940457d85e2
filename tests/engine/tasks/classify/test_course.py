"""What a model says along a document: all of it, in order, each stretch by itself."""

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.classify import course as courses


def test_each_sentence_is_read_by_itself(make_bundle) -> None:
    make_bundle()
    text = "  A good film. The bad film!\n\n… Good"
    course = api.course(text, model="toy")
    assert [text[part.start : part.end] for part in course.parts] == ["A good film.", "The bad film!", "Good"]
    for part in course.parts:
        alone = api.analyse(text[part.start : part.end], model="toy")
        assert (part.label, part.score) == (alone.label, pytest.approx(alone.probabilities[alone.label]))
    assert (course.model, course.labels, course.length) == ("toy", ("negative", "positive"), len(text))


def test_a_long_document_is_read_whole_in_stretches(make_bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bundle(serving={"max_tokens": 4})
    monkeypatch.setattr(courses, "MOST_PARTS", 20)
    text = "good film. " * 60 + "bad. " * 60 + "bad."
    assert api.analyse(text, model="toy").read < 1
    course = api.course(text, model="toy")
    assert 15 <= len(course.parts) <= 60
    assert (course.parts[0].start, course.parts[-1].end) == (0, len(text))
    for before, after in zip(course.parts, course.parts[1:], strict=False):
        assert not text[before.end : after.start].strip()
    assert [part.label for part in course.parts] == sorted((part.label for part in course.parts), reverse=True)
    assert {part.label for part in course.parts} == {"negative", "positive"}


def test_a_sentence_without_an_end_is_cut(make_bundle) -> None:
    make_bundle(serving={"max_tokens": 4})
    for text in ("good film " * 100, "x" * 1000):
        course = api.course(text, model="toy")
        assert sum(part.end - part.start for part in course.parts) >= len(text) - 1
        assert max(part.end - part.start for part in course.parts) <= 32


def test_numbers_and_what_has_no_course(make_bundle) -> None:
    make_bundle("stars", {"good": 1.0}, labels=("only",), serving={"learns": "number", "mean": 3.0})
    make_bundle("pairs", serving={"pairs": True})
    make_bundle()
    assert [(part.label, part.score) for part in api.course("good\nword", model="stars").parts] == [
        ("4", 4.0),
        ("3", 3.0),
    ]
    for text, model, sentence in (
        ("", "toy", "empty"), (" \x00 ", "toy", "no word"), ("a. b.", "pairs", "two texts")
    ):  # fmt: skip
        with pytest.raises(UserError, match=sentence):
            api.course(text, model=model)
