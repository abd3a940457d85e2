"""Graphs are made where TensorFlow trains on a CPU; elsewhere by a child, which makes the same ones."""

import numpy as np
import pytest

for package in ("keras", "tf2onnx"):
    pytest.importorskip(package, reason="training needs the [train] extra")

import keras  # noqa: E402

from dltext.engine import registry  # noqa: E402
from dltext.engine.results import UserError  # noqa: E402
from dltext.engine.serve.session import open_graph  # noqa: E402
from dltext.engine.train import checkpoint, export_process, onnx_classifier  # noqa: E402

SETTINGS = {"variant": "random", "embedding_size": 6, "filters": 4}


@pytest.fixture
def export(tmp_path):
    settings = registry.settings_of("text-cnn", SETTINGS)
    keras.utils.set_random_seed(1)
    weights = checkpoint.arrays(registry.load(registry.get("text-cnn").build)(settings, 20, 2).weights)

    def export(name, weights=weights):
        folder = tmp_path / name
        folder.mkdir()
        figures = onnx_classifier.export(folder, "text-cnn", settings.__dict__, 20, 6, 2, weights, "int8")
        return figures, open_graph(folder / "model.onnx").run(None, {"ids": np.array([[3, 4, 5, 19]], np.int32)})[0]

    return export


@pytest.mark.long
def test_a_child_makes_the_same_graph_and_fails_with_the_same_sentence(export, monkeypatch):
    with monkeypatch.context() as here:
        here.setattr(export_process, "_in_a_child", None)
        figures, answer = export("here")
        with pytest.raises(UserError, match=r"^The export to ONNX failed: .*The trained weights are in .*weights\.npz"):
            export("here-broken", [])
    monkeypatch.setattr(export_process, "sees_gpu", lambda backend: True)
    monkeypatch.setattr(export_process, "_here", None)
    child = export("child")
    assert child[0] == figures
    np.testing.assert_array_equal(child[1], answer)
