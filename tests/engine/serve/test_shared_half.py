"""Bundles that keep upper layers alone: they answer as whole ones do, share the lower half, and say what they need."""

import shutil

import numpy as np
import pytest

for package in ("onnx", "safetensors"):
    pytest.importorskip(package, reason="encoders are written with the [train] extra")

from dltext.engine import api, bundle_format, model_store, trial  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.serve import session  # noqa: E402
from dltext.engine.serve.float_encoder import weights_in  # noqa: E402
from dltext.engine.serve.shared_half import LowerHalf, weights_of  # noqa: E402
from dltext.engine.train.encoder import base, convert, graph, sharing  # noqa: E402

TEXT = "the plot is warm and clever, the cast is dull."


@pytest.fixture
def shelf(home, tmp_path, toy_encoders, monkeypatch):
    """The encoder ``small`` in the store, and what writes models that were trained from it."""
    monkeypatch.setattr(trial, "inside", True)
    monkeypatch.setattr("dltext.engine.model_store.ZOO", home / "zoo")
    folder = toy_encoders.write(tmp_path / "small", "e5")
    convert.make(folder, home / "models" / "small", "small", "en", "int8", "tests")
    session.close_all()

    def make(name, seed, leave_out=True, place="small"):
        start = base.read(place)
        rng = np.random.default_rng(seed)
        upper = {path: values for path, values in start.weights.items() if path.startswith("layer_1_")}
        changed = {path: values + rng.normal(0, 0.1, values.shape).astype(np.float32) for path, values in upper.items()}
        output = {"logits/kernel": rng.normal(size=(16, 2)).astype(np.float32), "logits/bias": np.zeros(2, np.float32)}
        weights = {**start.weights, **changed, **output}
        lower = sharing.shared_with(place, start.shape, weights, small=True) if leave_out else None
        serving = {"model": "model.onnx", "tokenizer": "tokenizer.json", "max_tokens": 12}
        drawn = (
            graph.draw_upper(start.shape, weights, 2, True, lower.layers)
            if lower
            else graph.draw(start.shape, weights, 2, True)
        )
        card = {
            "name": name,
            "version": "1",
            "task": "classify",
            "recipe": "encoder",
            "language": "en",
            "labels": ["a", "b"],
            "serving": serving | (lower.serving() if lower else {}),
            "encoder": vars(start.shape),
        }
        files = {"model.onnx": drawn, "tokenizer.json": start.tokenizer.to_str().encode()}
        bundle_format.write(home / "models" / name, card, files)
        return home / "models" / name

    yield make
    session.close_all()


def probabilities(name, text=TEXT):
    return list(api.analyse(text, "classify", name).probabilities.values())


@pytest.fixture
def runs(monkeypatch):
    """The ids of each run of a lower half."""
    seen = []
    run = LowerHalf._run
    monkeypatch.setattr(LowerHalf, "_run", lambda self, ids: seen.append(ids.tolist()) or run(self, ids))
    return seen


@pytest.mark.parametrize("text", [TEXT, TEXT * 3])
def test_it_answers_and_explains_as_the_whole_one(shelf, text):
    """Of one window and of several."""
    whole, part = shelf("whole", 1, leave_out=False), shelf("part", 1)
    assert bundle_format.read(part)["serving"]["base_layers"] == 1
    assert (part / "model.onnx").stat().st_size < 0.7 * (whole / "model.onnx").stat().st_size
    assert probabilities("part", text) == pytest.approx(probabilities("whole", text), abs=1e-6)
    for by in ("occlusion", "gradients"):
        spans = [
            [span.weight for span in api.analyse(text, "classify", name, explain=True, by=by).spans]
            for name in ("part", "whole")
        ]
        assert spans[0] == pytest.approx(spans[1], abs=1e-4)
    merged = weights_of(part, bundle_format.read(part))
    assert merged.keys() == weights_in(whole / "model.onnx").keys()
    assert set(base.read("part").weights) == set(merged)


def test_models_of_one_encoder_run_the_lower_half_once_over_a_text(shelf, runs):
    shelf("mine", 1)
    shelf("other", 2)
    assert probabilities("mine") != probabilities("other")
    assert len(runs) == 1
    probabilities("mine")
    assert len(runs) == 1
    probabilities("other", "the film is long")
    assert len(runs) == 2
    explained = [api.analyse(TEXT, "classify", name, explain=True).spans for name in ("mine", "other")]
    assert explained[0] != explained[1]
    assert len(runs) == 3


def test_states_are_let_go_beyond_the_room_for_them(shelf, runs, monkeypatch):
    monkeypatch.setattr("dltext.engine.serve.shared_half.HELD", 0)
    shelf("mine", 1)
    probabilities("mine")
    probabilities("mine")
    assert len(runs) == 2


def test_without_its_encoder_it_says_what_to_get(shelf, home):
    shelf("mine", 1)
    shutil.rmtree(home / "models" / "small")
    said = "mine answers with the first layers of small, which is not here: import that model, too"
    with pytest.raises(UserError, match=said):
        probabilities("mine")
    (listed,) = [info for info in api.models() if info.name == "mine"]
    assert listed.problem is not None
    assert said in listed.problem
    card = bundle_format.read(home / "models" / "mine")
    bundle_format.write_card(home / "models" / "mine", card | {"serving": card["serving"] | {"base": "encoder-en"}})
    with pytest.raises(UserError, match="get it with `dltext models fetch encoder-en`"):
        probabilities("mine")


def test_another_encoder_of_that_name_is_none(shelf, home, tmp_path, toy_encoders):
    shelf("mine", 1)
    shutil.rmtree(home / "models" / "small")
    folder = toy_encoders.write(tmp_path / "another", "e5", seed=5)
    convert.make(folder, home / "models" / "small", "small", "en", "int8", "tests")
    with pytest.raises(UserError, match="the small here has other weights: import the one that it was trained from"):
        probabilities("mine")


def test_an_encoder_that_others_need_is_not_removed(shelf):
    shelf("mine", 1)
    with pytest.raises(UserError, match="small cannot be removed while mine answers with its layers"):
        api.remove_model("small")
    assert api.model("mine").base == "small"
    api.remove_model("mine")
    api.remove_model("small")


def test_what_is_exported_is_whole(shelf, home, tmp_path, run):
    shelf("mine", 1)
    answer = probabilities("mine")
    said = run("models", "export", "mine", str(tmp_path / "mine.zip"))
    assert "The layers of small are in the file too" in said.err
    api.remove_model("mine")
    api.remove_model("small")
    assert api.import_model(tmp_path / "mine.zip").base == ""
    assert probabilities("mine") == pytest.approx(answer, abs=1e-6)


def test_what_is_equal_to_an_encoder_that_is_here(shelf, tmp_path, toy_encoders):
    """By its name, by the folder that it came from, and through a model that leaves out the same."""
    start = base.read("small")
    weights = dict(start.weights)
    everything = sharing.shared_with("small", start.shape, weights, small=True)
    assert everything is not None
    assert (everything.base, everything.layers) == ("small", 2)
    assert sharing.shared_with(str(tmp_path / "small"), start.shape, weights, small=True) == everything
    assert sharing.shared_with("small", start.shape, weights, small=False) is None
    weights["layer_0_self_join/bias"] = weights["layer_0_self_join/bias"] + 1e-3
    vectors = sharing.shared_with("small", start.shape, weights, small=True)
    assert vectors is not None
    assert vectors.layers == 0
    weights["pieces/embeddings"] = weights["pieces/embeddings"] * 2
    assert sharing.shared_with("small", start.shape, weights, small=True) is None
    shelf("mine", 1)
    again = shelf("again", 2, place="mine")
    assert bundle_format.read(again)["serving"]["base"] == "small"
    shutil.rmtree(model_store.folder_of("small"))
    assert sharing.shared_with(str(tmp_path / "small"), start.shape, dict(start.weights), small=True) is None
