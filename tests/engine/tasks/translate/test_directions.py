"""Which ways there are, and which a text goes."""

from collections.abc import Callable
from pathlib import Path

from dltext.engine import api
from dltext.engine.results import Direction


def test_direct_ones_first_then_those_through_english(make_translator: Callable[..., Path]) -> None:
    for direction in ("zh-en", "en-zh", "fr-en"):
        make_translator(direction)
    assert api.directions() == [
        Direction("en", "zh", ("toy-en-zh",)),
        Direction("fr", "en", ("toy-fr-en",)),
        Direction("zh", "en", ("toy-zh-en",)),
        Direction("fr", "zh", ("toy-fr-en", "toy-en-zh"), "en"),
    ]
    table = {"a": "b", " ": " "}
    for direction in ("fr-de", "de-zh"):
        make_translator(direction, table=table)
    assert Direction("fr", "zh", ("toy-fr-en", "toy-en-zh"), "en") in api.directions()
    make_translator("fr-zh", table=table)
    assert Direction("fr", "zh", ("toy-fr-zh",)) in api.directions()
    assert not [one for one in api.directions() if (one.source, one.target) == ("fr", "zh") and one.pivot]
    assert len({(one.source, one.target) for one in api.directions()}) == len(api.directions())


def test_each_direction_has_its_default(make_translator: Callable[..., Path]) -> None:
    make_translator("en-zh", name="first")
    make_translator("en-zh", name="second", created="2026-02-01T00:00:00+00:00")
    make_translator("zh-en", name="third")
    assert [one.models for one in api.directions()] == [("second",), ("third",)]
    api.set_default("first")
    assert [one.models for one in api.directions()] == [("first",), ("third",)]
    assert {model.name for model in api.models("translate") if model.default} == {"first", "third"}
    api.remove_model("first")
    assert [one.models for one in api.directions()] == [("second",), ("third",)]


def test_a_broken_model_gives_none(make_translator: Callable[..., Path]) -> None:
    folder = make_translator("en-zh")
    (folder / "step.onnx").unlink()
    assert api.directions() == []


def test_languages_are_those_that_models_read(make_translator: Callable[..., Path]) -> None:
    assert api.detect("he is here") == "en"
    make_translator("fr-en")
    make_translator("zh-en")
    assert api.detect("天地玄黄") == "zh"
    assert api.detect("le chat") == "fr"
    assert api.detect("he is here, and that was all") == ""
    assert api.detect("123") == ""
