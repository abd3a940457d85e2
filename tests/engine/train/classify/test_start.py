"""A classifier to start from that told other labels apart: all layers but the output are taken (Dai & Le 2015)."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")

from dltext.engine import api, model_store, registry
from dltext.engine.results import JobSpec, UserError
from dltext.engine.train import checkpoint, run
from dltext.engine.train.classify.start import InitialClassifier, network

SMALL = {"variant": "random", "embedding_size": 6}
RECIPES = {
    "text-cnn": {"filters": 4},
    "lstm": {"units": 4, "bidirectional": True, "dense": 5},
    "peephole": {"cell": "peephole", "units": 4, "pooling": "attention"},
    "hierarchical-attention": {"units": 4},
    "transformer-classifier": {"heads": 2, "layers": 1},
    "embedding-mlp": {},
}


def drawn(recipe, labels, seed, start=None, **more):
    name = "lstm" if recipe == "peephole" else recipe
    fields = {field.name for field in registry.fields(name)}
    wanted = {key: value for key, value in (SMALL | RECIPES[recipe] | more).items() if key in fields}
    outputs = SimpleNamespace(outputs=len(labels))
    prepared = SimpleNamespace(vectors=None, vocabulary_size=20, objective=outputs, labels=labels)
    return network(name, registry.settings_of(name, wanted), prepared, seed, start)


def start_of(model, labels):
    return InitialClassifier(checkpoint.arrays(model.weights), None, labels, 6, None, {})


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_all_but_the_output_is_taken(recipe):
    before = drawn(recipe, ("a", "b"), 1)
    start = start_of(before, ("a", "b"))
    fresh = drawn(recipe, ("x", "y", "z"), 2)
    begun = drawn(recipe, ("x", "y", "z"), 2, start)
    for variable, value, drawn_value in zip(begun.weights, start.weights, fresh.weights, strict=True):
        if variable.path.startswith("logits"):
            assert variable.shape[-1] == 3
            assert np.array_equal(variable, drawn_value)
        else:
            assert np.array_equal(variable, value)
    same_number = drawn(recipe, ("y", "z"), 2, start)
    assert not np.array_equal(same_number.weights[-2], start.weights[-2]), "other labels, though as many"
    assert np.array_equal(drawn(recipe, ("a", "b"), 2, start).weights[-2], start.weights[-2])


@pytest.mark.parametrize("labels", [("a", "b"), ("x", "y", "z")])
def test_another_architecture_is_refused(labels):
    start = start_of(drawn("lstm", ("a", "b"), 1), ("a", "b"))
    with pytest.raises(UserError, match=r"has a .*kernel of .*same architecture"):
        drawn("lstm", labels, 2, start, units=5)
    with pytest.raises(UserError, match=r"arrays of weights, these settings make .*same architecture"):
        drawn("lstm", labels, 2, start, dense=0)


@pytest.mark.long
def test_a_run_starts_from_a_model_of_other_labels_and_texts_without_any(tmp_path, monkeypatch, uncompiled):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    words = {"sport": "ball goal team", "money": "bank loan rate", "music": "song band tune"}

    def write(name, labels):
        rows = [
            f"the {word} of number {n},{label}" for n in range(25) for label in labels for word in words[label].split()
        ]
        (tmp_path / name).write_text("text,label\n" + "\n".join(rows) + "\n")
        return str(tmp_path / name)

    def train(data, name, **more):
        settings = SMALL | {"units": 6, "epochs": 2, "learning_rate": 0.02, "batch_size": 32, "floor": False} | more
        spec = api.validate(JobSpec("lstm", data, settings, seed=2, name=name))
        (tmp_path / name).mkdir()
        return run.execute(spec, tmp_path / name, lambda kind, /, **values: None, lambda: False)

    train(write("two.csv", ("sport", "money")), "two")
    (tmp_path / "more.txt").write_text("a song and a loan\nthe team and the band\n" * 10)
    outcome = train(
        write("three.csv", tuple(words)), "three", initial="two", teacher="floor", unlabelled=str(tmp_path / "more.txt")
    )
    assert outcome["state"] == "done"
    three = api.model("three")
    assert set(three.labels) == set(words)
    assert three.card["settings"]["initial"] == "two"
    assert three.card["data"]["examples"]["taught"] == 20
    folders = [model_store.folder_of(name) for name in ("two", "three")]
    assert len({(folder / "tokenizer.json").read_bytes() for folder in folders}) == 1, "the vocabulary is taken"
    assert api.analyse("the ball", "classify", "three").label == "sport"
