"""Many texts through a text-CNN at once: what onnxruntime answers to each by itself."""

import numpy as np
import pytest

from dltext.engine import bundle_format, model_store, registry
from dltext.engine.serve import session as sessions
from dltext.engine.serve import word_products
from dltext.engine.serve.session import Session, open_graph

LENGTHS = (1, 2, 3, 5, 17, 40, 700, 1, 9)


def texts_of(vocabulary: int, lengths=LENGTHS) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, vocabulary, length).astype(np.int32) for length in lengths]


def by_itself(session: Session, texts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([session.logits(ids[None]) for ids in texts])


@pytest.fixture(scope="module")
def shipped() -> Session:
    return Session(model_store.folder_of("sentiment-en-cnn") / "model.onnx")


def test_the_shipped_network_is_understood(shipped):
    texts = texts_of(40_000, LENGTHS * 4)
    logits = shipped.together(texts)
    assert logits is not None
    np.testing.assert_allclose(logits, by_itself(shipped, texts), atol=1e-5)


def test_few_texts_are_left_to_onnxruntime(shipped):
    assert shipped.together(texts_of(40_000)) is None


def test_neither_blocks_nor_words_that_are_kept_change_an_answer(shipped, monkeypatch):
    content = bundle_format.map_file(model_store.folder_of("sentiment-en-cnn") / "model.onnx")
    texts = texts_of(40_000)
    expected = by_itself(shipped, texts)
    monkeypatch.setattr(word_products, "IN_CACHE", 6)
    monkeypatch.setattr(word_products, "WORDS", 50)
    for frequent in (0, 10):
        monkeypatch.setattr(word_products, "FREQUENT", frequent)
        network = word_products.understood(content, shipped.logits, open_graph)
        assert network is not None
        np.testing.assert_allclose(network.logits(texts), expected, atol=1e-5)


def test_weights_that_are_held_once_still_answer_single_texts(tmp_path):
    folder = model_store.folder_of("sentiment-en-cnn")
    path = tmp_path / "model.onnx"
    path.write_bytes((folder / "model.onnx").read_bytes())
    session, (ids, *_) = Session(path), texts_of(40_000)
    expected = session.logits(ids[None])
    assert session.together(texts_of(40_000, LENGTHS * 4)) is not None
    assert session._opened is None
    # Another model is put in its place, as an import does, while somebody still works with this one.
    other = tmp_path / "other"
    other.write_bytes((model_store.folder_of("sentiment-zh-lstm") / "model.onnx").read_bytes())
    other.replace(path)
    np.testing.assert_array_equal(session.logits(ids[None]), expected)


def test_a_product_is_computed_once_for_each_word_of_a_block(shipped, monkeypatch):
    """What it is for: the cost goes by the different words, not by all."""
    monkeypatch.setattr(word_products, "FREQUENT", 100)
    content = bundle_format.map_file(model_store.folder_of("sentiment-en-cnn") / "model.onnx")
    network = word_products.understood(content, shipped.logits, open_graph)
    assert network is not None
    looked_up = []
    vectors = network._vectors
    monkeypatch.setattr(network, "_vectors", lambda ids: looked_up.append(len(ids)) or vectors(ids))
    network.logits([np.array([1, 2, 3, 500, 500, 600, 600, 600], np.int32)] * 40)
    assert looked_up == [2]


def test_what_answers_otherwise_is_not_used(shipped):
    content = bundle_format.map_file(model_store.folder_of("sentiment-en-cnn") / "model.onnx")
    assert word_products.understood(content, lambda ids: shipped.logits(ids) + 0.01, open_graph) is None


def test_a_graph_of_another_kind_is_left_to_onnxruntime(monkeypatch):
    path = model_store.folder_of("sentiment-zh-lstm") / "model.onnx"
    session = Session(path)
    monkeypatch.setattr(sessions, "MANY", 2)
    assert word_products.understood(bundle_format.map_file(path), session.logits, open_graph) is None
    assert session.together(texts_of(1000, (3, 4))) is None


@pytest.mark.parametrize(
    ("settings", "can"),
    [
        ({"variant": "random", "kernel_sizes": "2,3"}, True),
        ({"variant": "random", "kernel_sizes": "4"}, True),
        ({"variant": "random", "kernel_sizes": "3,5", "dense": 4}, True),
        ({"variant": "random", "kernel_sizes": "3", "depths": "1,2"}, False),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_other_networks_of_the_recipe(settings, can, precision, tmp_path):
    pytest.importorskip("keras", reason="training needs the [train] extra")
    from dltext.engine.train.onnx_classifier import export
    from dltext.models import text_cnn

    values = {**settings, "filters": 3, "embedding_size": 4}
    chosen = registry.settings_of("text-cnn", values)
    rng = np.random.default_rng(5)
    weights = [
        rng.normal(0, 0.5, array.shape).astype(np.float32) for array in text_cnn.build(chosen, 20, 2).get_weights()
    ]
    export(tmp_path, "text-cnn", chosen.__dict__, 20, 6, 2, weights, precision)
    path = tmp_path / "model.onnx"
    session = Session(path)
    network = word_products.understood(bundle_format.map_file(path), session.logits, open_graph)
    assert (network is not None) == can
    if network is not None:
        texts = texts_of(20, (6, 7, 30))
        np.testing.assert_allclose(network.logits(texts), by_itself(session, texts), atol=1e-5)
