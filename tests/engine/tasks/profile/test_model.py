"""Opening a profiler: what it is refused for, each in one sentence."""

import copy
from typing import Any

import pytest

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.serve import session
from dltext.engine.tasks.profile import model


@pytest.fixture(autouse=True)
def _forget() -> None:
    session.close_all()


def attributes(**changes: Any) -> list[dict[str, Any]]:
    """An attribute of one category and one number, the first with ``changes``."""
    number = {
        "name": "n",
        "kind": "number",
        "mix": {"network": 1, "bias": 0},
        "mean": 1,
        "std": 1,
        "low": -1,
        "high": 1,
    }
    category = {"name": "c", "kind": "category", "labels": ["a", "b"], "mix": {"network": 1.0, "bias": [0.0, 0.0]}}
    return [{key: value for key, value in {**category, **changes}.items() if value is not None}, number]


SCORES = {"yes": [2.0, 0.0, 1.0], "no": [0.0, 2.0, -1.0]}


def test_no_profiler_yet(home, monkeypatch: pytest.MonkeyPatch, make_bundle) -> None:
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")
    make_bundle()
    with pytest.raises(UserError, match=r"no profiler yet: train one with `dltext train self-attention"):
        api.profile("a text")


def test_what_is_no_profiler(make_bundle) -> None:
    make_bundle()
    with pytest.raises(UserError, match="toy is a model for sentiment, not a profiler"):
        api.profile("a text", "toy")


def test_the_shipped_one_is_the_default(make_profiler) -> None:
    make_profiler("zeta")
    assert model.open_profiler().name == "zeta"
    make_profiler("profile-en")
    assert model.open_profiler().name == "profile-en"


def test_a_profiler_that_is_replaced_is_loaded_anew(make_profiler) -> None:
    make_profiler()
    assert model.open_profiler() is model.open_profiler()
    make_profiler(version="2")
    assert model.open_profiler().version == "2"


def test_any_attributes_and_no_ngrams(make_profiler) -> None:
    make_profiler(scores=SCORES, attributes=attributes(), looks={})
    profile = api.profile("yes yes")
    assert profile.guess("c").label == "a"
    assert profile.guess("n").value == pytest.approx(2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["a"]}, "c must have two labels or more"),
        ({"labels": ["a", "a"]}, "each once"),
        ({"kind": "colour"}, "a name and a kind"),
        ({"name": ""}, "a name and a kind"),
        ({"name": "n"}, "a name of its own"),
        ({"mix": None}, "c lacks 'mix'"),
        ({"mix": {"network": "much"}}, "mix.network of the attribute c must be a number, not 'much'"),
        ({"mix": {"network": 1.0, "bias": [0.0] * 3}}, "must have 2 entries, not 3"),
        ({"mix": {"network": 1.0, "bias": [0.0, float("nan")]}}, "mix.bias"),
        ({"doubt": True}, "doubt of the attribute c must be a number"),
        ({"labels": ["a", "b", "c"], "mix": {"network": 1.0, "bias": 0.0}}, "with 4 scores, but its model gives 3"),
    ],
)
def test_attributes_that_make_no_sense(change: dict, message: str, make_profiler) -> None:
    from dltext.engine import bundle_format

    folder = make_profiler(scores=SCORES, attributes=attributes(), looks={})
    bundle_format.write_card(folder, {**bundle_format.read(folder), "attributes": attributes(**copy.deepcopy(change))})
    with pytest.raises(UserError, match=message):
        api.profile("yes")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": 0}, "serving.window must be a whole number above 0"),
        ({"max_windows": "all"}, "serving.max_windows must be"),
        ({"encoder": "other.onnx"}, "serving.encoder must name one of the bundle's files"),
        ({"heads": "encoder.onnx"}, "no part of a profiler: it must take one"),
        ({"tokenizer": "heads.onnx"}, "cannot be read"),
        ({"ngrams": "grams.txt"}, "serving.ngrams is 'grams.txt', which"),
        ({"ngrams": "tokenizer.json"}, "serving.weights must name"),
        ({"encoder": "tokenizer.json"}, "cannot be loaded"),
    ],
)
def test_cards_whose_files_do_not_fit(change: dict, message: str, make_profiler) -> None:
    def answer() -> None:
        make_profiler(serving=change)
        api.profile("the sister")

    with pytest.raises(UserError, match=message):
        answer()


def test_attributes_must_be_there(make_profiler) -> None:
    from dltext.engine import bundle_format

    folder = make_profiler()
    bundle_format.write_card(folder, {**bundle_format.read(folder), "attributes": []})
    with pytest.raises(UserError, match="'attributes' must name"):
        api.profile("the sister")


def test_ngrams_of_another_model(make_profiler) -> None:
    make_profiler(ngrams={"w:mum": [1.0, 2.0]})
    with pytest.raises(UserError, match="n-grams give 2"):
        api.profile("the sister")


def test_damage_is_found(make_profiler) -> None:
    folder = make_profiler()
    content = bytearray((folder / "heads.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "heads.onnx").write_bytes(content)
    with pytest.raises(UserError, match=r"heads\.onnx is damaged"):
        api.profile("the sister")
