"""Recurrent cells: each against its equations in numpy, as a layer of Keras and as a node of ONNX."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs the [train] extra")

SIZE, UNITS, LENGTH = 3, 4, 6


def sigma(x):
    return 1 / (1 + np.exp(-x))


def by_equations(kind, weights, x):
    """The states ``[length, units]`` of one text ``[length, size]``."""
    w, u, b, *more = weights
    h, c, states = np.zeros(UNITS), np.zeros(UNITS), []
    for x_t in x:
        if kind == "simple":
            h = np.tanh(x_t @ w + h @ u + b)
        elif kind == "gru":
            (z, r, new), (h_z, h_r, h_new) = np.split(x_t @ w + b[0], 3), np.split(h @ u + b[1], 3)
            z, r = sigma(z + h_z), sigma(r + h_r)
            h = z * h + (1 - z) * np.tanh(new + r * h_new)
        elif kind == "coupled":
            i, g, o = np.split(x_t @ w + h @ u + b, 3)
            c = (1 - sigma(i)) * c + sigma(i) * np.tanh(g)
            h = sigma(o) * np.tanh(c)
        else:
            p_i, p_f, p_o = more[0]
            i, f, g, o = np.split(x_t @ w + h @ u + b, 4)
            c = sigma(f + p_f * c) * c + sigma(i + p_i * c) * np.tanh(g)
            h = sigma(o + p_o * c) * np.tanh(c)
        states.append(h)
    return np.stack(states)


def node_of(layers):
    """A graph of the cells of ``layers``, a direction each, in the place of an LSTM: x ``[length, 1, size]``."""
    from onnx import TensorProto, helper, numpy_helper

    from dltext.models.layers.recurrent import replace

    rng = np.random.default_rng(9)
    markers = [rng.normal(size=(SIZE, 4 * UNITS)).astype(np.float32) for _ in layers]
    rows = []
    for marker in markers:
        i, f, c, o = np.split(marker.T, 4)
        rows.append(np.concatenate([i, o, f, c]))
    direction = "bidirectional" if len(layers) > 1 else "forward"
    tables = {
        "w": np.stack(rows),
        "r": np.zeros((len(layers), 4 * UNITS, UNITS), np.float32),
        "b": np.zeros((len(layers), 8 * UNITS), np.float32),
    }
    node = helper.make_node(
        "LSTM", ["x", "w", "r", "b"], ["y", "y_h", "y_c"], "node", hidden_size=UNITS, direction=direction
    )
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [LENGTH, 1, SIZE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [LENGTH, len(layers), 1, UNITS])],
        [numpy_helper.from_array(values, name) for name, values in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    replace(model, [(marker, layer.cell) for marker, layer in zip(markers, layers, strict=True)])
    return model


@pytest.mark.parametrize("kind", ["simple", "gru", "peephole", "coupled"])
def test_a_cell_is_as_its_equations_say_in_keras_and_in_onnx(kind):
    from dltext.engine.serve.session import open_graph
    from dltext.models.layers.recurrent import recurrent

    rng = np.random.default_rng(4)
    x = rng.normal(size=(LENGTH, SIZE)).astype(np.float32)
    layers = []
    for _ in range(2):
        layer = recurrent(kind, UNITS, True, "cell")
        layer.build((None, LENGTH, SIZE))
        layer.set_weights([rng.normal(0, 0.7, weight.shape).astype(np.float32) for weight in layer.weights])
        layers.append(layer)
    expected = [by_equations(kind, layer.get_weights(), x) for layer in layers]
    answer = np.asarray(layers[0](x[None]))[0]
    np.testing.assert_allclose(answer, expected[0], atol=1e-5)

    session = open_graph(node_of(layers[:1]).SerializeToString())
    np.testing.assert_allclose(np.asarray(session.run(None, {"x": x[:, None]})[0])[:, 0, 0], expected[0], atol=1e-5)

    session = open_graph(node_of(layers).SerializeToString())
    both = np.asarray(session.run(None, {"x": x[:, None]})[0])[:, :, 0]
    backwards = by_equations(kind, layers[1].get_weights(), x[::-1])[::-1]
    np.testing.assert_allclose(both, np.stack([expected[0], backwards], axis=1), atol=1e-5)


def test_a_cell_without_a_node_is_told():
    from dltext.models.layers.recurrent import recurrent, replace

    layer = recurrent("gru", UNITS, True, "cell")
    layer.build((None, LENGTH, SIZE))
    model = node_of([layer])
    with pytest.raises(ValueError, match="no nodes"):
        replace(model, [(np.zeros((SIZE, 4 * UNITS), np.float32), layer.cell)])
