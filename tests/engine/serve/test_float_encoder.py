"""The encoder in numpy: as the graph answers, and derivatives as small steps have them."""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="graphs are drawn with the [train] extra")

from dltext.engine.serve import float_encoder, graph_check
from dltext.engine.serve.float_encoder import SEGMENTS, SEP, FloatEncoder, weights_in
from dltext.engine.serve.session import open_graph
from dltext.engine.train.encoder import graph
from dltext.models.encoder_shape import EncoderShape

SIZE, HIDDEN, CLASSES = 8, 12, 3


def weights_of(shape):
    rng = np.random.default_rng(4)

    def some(*sizes):
        return rng.normal(0, 0.4, sizes).astype(np.float32)

    weights = {"pieces/embeddings": some(20, SIZE), "places/embeddings": some(16, SIZE)}
    dense = {"logits": (SIZE, CLASSES), "pooler": (SIZE, SIZE)}
    norms = ["embedding_norm"]
    for number in range(shape.layers):
        name = f"layer_{number}"
        dense |= {
            f"{name}_self_queries": (SIZE, SIZE),
            f"{name}_self_keys_values": (SIZE, 2 * SIZE),
            f"{name}_self_join": (SIZE, SIZE),
            f"{name}_forward_inner": (SIZE, HIDDEN),
            f"{name}_forward_outer": (HIDDEN, SIZE),
        }
        norms += [f"{name}_self_norm", f"{name}_forward_norm"]
    for name, sizes in dense.items():
        weights[f"{name}/kernel"], weights[f"{name}/bias"] = some(*sizes), some(sizes[1])
    for name in norms:
        weights[f"{name}/gamma"], weights[f"{name}/beta"] = 1 + some(SIZE), some(SIZE)
    return weights


@pytest.mark.parametrize(("pooling", "activation"), [("mean", "gelu"), ("cls", "gelu_tanh"), ("first", "relu")])
def test_it_answers_and_leads_back_exactly(tmp_path, pooling, activation):
    shape = EncoderShape(2, SIZE, 2, HIDDEN, 16, pooling, activation, 1e-6)
    weights = weights_of(shape)
    path = tmp_path / "model.onnx"
    path.write_bytes(graph.draw(shape, weights, CLASSES, small=False))
    card = {"encoder": {"layers": 2, "heads": 2, "pooling": pooling, "activation": activation, "epsilon": 1e-6}}
    encoder = FloatEncoder.load(weights_in(path, tables=False), card, tmp_path)
    ids = np.array([[5, 9, 13, 7, 19], [6, 6, 1, 8, 11]], np.int32)
    vectors = encoder.embed(ids)
    (expected,) = open_graph(path).run(None, {"ids": ids})
    np.testing.assert_allclose(encoder.logits(vectors), expected, atol=1e-5)

    pull = np.random.default_rng(1).normal(size=(2, CLASSES))
    _, grad = encoder.gradient(vectors, lambda logits: pull)
    wide = FloatEncoder({k: v.astype(np.float64) for k, v in encoder.weights.items()}, 2, 2, pooling, activation, 1e-6)
    vectors, step = vectors.astype(np.float64), 1e-5
    for place in ((0, 0, 0), (0, 3, 5), (1, 2, 2), (1, 6, 7)):
        more, less = vectors.copy(), vectors.copy()
        more[place] += step
        less[place] -= step
        slope = ((wide.logits(more) - wide.logits(less)) * pull).sum() / (2 * step)
        assert grad[place] == pytest.approx(slope, abs=2e-4, rel=2e-3)

    looked = encoder.attention(ids[0])
    assert looked.shape == (2, 2, 7, 7)
    np.testing.assert_allclose(looked.sum(axis=-1), 1, atol=1e-5)


def test_of_two_texts_the_second_has_a_vector_more(tmp_path):
    shape = EncoderShape(2, SIZE, 2, HIDDEN, 16)
    weights = {**weights_of(shape), SEGMENTS: np.random.default_rng(3).normal(size=SIZE).astype(np.float32)}
    path = tmp_path / "model.onnx"
    path.write_bytes(graph.draw(shape, weights, CLASSES, small=False, pairs=True))
    graph_check.check(path)  # it may stand in a bundle
    encoder = FloatEncoder.load(
        weights_in(path, tables=False), {"encoder": {"layers": 2, "heads": 2, "epsilon": shape.epsilon}}, tmp_path
    )
    ids = np.array([[5, 9, SEP, 7, 19], [6, 6, 1, 8, 11]], np.int32)
    (expected,) = open_graph(path).run(None, {"ids": ids})
    np.testing.assert_allclose(encoder.logits(encoder.embed(ids)), expected, atol=1e-5)
    alike = FloatEncoder({**encoder.weights, SEGMENTS: weights[SEGMENTS] * 0}, 2, 2, "mean", "gelu", shape.epsilon)
    more = encoder.embed(ids) - alike.embed(ids)
    assert [row.any(axis=-1).tolist() for row in more] == [[False] * 4 + [True] * 3, [False] * 7]


def test_int8_weights_are_widened(tmp_path):
    shape = EncoderShape(1, SIZE, 2, HIDDEN, 16)
    weights = weights_of(shape)
    path = tmp_path / "model.onnx"
    path.write_bytes(graph.draw(shape, weights, CLASSES, small=True))
    widened = float_encoder.weights_in(path)
    kernel = "layer_0_forward_inner/kernel"
    assert np.abs(widened[kernel] - weights[kernel]).max() <= np.abs(weights[kernel]).max() / 250
    np.testing.assert_array_equal(widened["logits/kernel"], weights["logits/kernel"])


def test_the_normal_distribution_is_that_of_the_tables():
    x = np.array([-3, -1, 0, 0.5, 2])
    probability, density = float_encoder.normal(x)
    np.testing.assert_allclose(probability, [0.0013498980, 0.1586552539, 0.5, 0.6914624613, 0.9772498681], atol=1e-7)
    np.testing.assert_allclose(
        density, [0.0044318484, 0.2419707245, 0.3989422804, 0.3520653268, 0.0539909665], atol=1e-9
    )
