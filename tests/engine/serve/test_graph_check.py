"""What a graph may hold: all that ships and all that recipes export, and nothing that could run on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltext.engine import model_store
from dltext.engine.results import UserError
from dltext.engine.serve import graph_check

onnx = pytest.importorskip("onnx")
node, info, kinds = onnx.helper.make_node, onnx.helper.make_tensor_value_info, onnx.TensorProto


def written(path: Path, nodes: list[Any], constants: dict[str, Any], edit: Callable[[Any], Any] | None = None) -> Path:
    """A model of ``nodes`` from ``ids``, int32 ``[n, length]``, to ``y``."""
    initializers = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = onnx.helper.make_graph(nodes, "g", [info("ids", kinds.INT32, ["n", "length"])],
                                   [info("y", kinds.FLOAT, None)], initializers)  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    if edit is not None:
        edit(model)
    path.write_bytes(model.SerializeToString())
    return path


def loop(turns: str, body: list[Any] | None = None) -> Any:
    inner = onnx.helper.make_graph(
        body or [node("Identity", ["go"], ["on"]), node("Identity", ["x"], ["after"])], "body",
        [info("i", kinds.INT64, []), info("go", kinds.BOOL, []), info("x", kinds.FLOAT, None)],
        [info("on", kinds.BOOL, []), info("after", kinds.FLOAT, None)],
    )  # fmt: skip
    return node("Loop", [turns, "", "real"], ["y"], body=inner)


REAL = node("Cast", ["ids"], ["real"], to=1)
SHAPE = node("Shape", ["ids"], ["shape"])


def test_all_that_ships_is_let_through() -> None:
    graphs = sorted(model_store.ZOO.glob("*/*.onnx"))
    assert len(graphs) > 10
    for path in graphs:
        graph_check.check(path)


def test_a_loop_over_the_words_of_a_text_is_let_through(tmp_path: Path) -> None:
    nodes = [REAL, SHAPE, node("Gather", ["shape", "one"], ["turns"]), loop("turns")]
    graph_check.check(written(tmp_path / "g", nodes, {"one": np.int64(1)}))


def test_places_cut_at_the_length_of_a_text_are_let_through(tmp_path: Path) -> None:
    nodes = [
        SHAPE,
        node("Gather", ["shape", "one"], ["length"]),
        node("Unsqueeze", ["length", "zero"], ["end"]),
        node("Slice", ["table", "zero", "end"], ["y"]),
    ]
    graph_check.check(written(tmp_path / "g", nodes, {"one": 1, "zero": [0], "table": np.zeros((50, 3))}))


WRONG: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "endless": ("turns nothing bounds", [REAL, loop("")], {}),
    "long": ("impossibly large", [REAL, loop("turns")], {"turns": np.int64(10**9)}),
    "by a word": (
        "follows from the operator ReduceMax|follows from its text",
        [REAL, node("Cast", ["ids"], ["wide"], to=7), node("ReduceMax", ["wide"], ["turns"], keepdims=0),
         loop("turns")],
        {},
    ),
    "by a word chosen": (
        "cuts where a text says",
        [REAL, SHAPE, node("Gather", ["sizes", "ids"], ["size"]), node("Expand", ["real", "size"], ["y"])],
        {"sizes": np.array([1, 100_000])},
    ),
    "cut by a word": (
        "cuts where a text says",
        [REAL, node("Slice", ["many", "ids", "ids"], ["some"]), node("Cast", ["some"], ["y"], to=1)],
        {"many": np.zeros(50)},
    ),
    "ended by a word": (
        "size of its Slice follows from",
        [REAL, node("Cast", ["ids"], ["wide"], to=7), node("ReduceMax", ["wide"], ["end"], keepdims=1),
         node("Slice", ["many", "zero", "end"], ["some"]), node("Cast", ["some"], ["y"], to=1)],
        {"many": np.zeros(50), "zero": [0]},
    ),
    "sizes cut by a size": (
        "cuts where a text says",
        [REAL, SHAPE, node("Slice", ["sizes", "zero", "shape"], ["size"]), node("Expand", ["real", "size"], ["y"])],
        {"sizes": np.array([1, 100_000]), "zero": [0]},
    ),
    "multiplied": (
        "follows from the operator Mul",
        [REAL, SHAPE, node("Mul", ["shape", "shape"], ["more"]), node("Expand", ["real", "more"], ["y"])],
        {},
    ),
    "counted round": (
        "cannot hold it",
        [REAL, SHAPE, node("Cast", ["shape"], ["small"], to=3), node("Cast", ["small"], ["size"], to=7),
         node("Expand", ["real", "size"], ["y"])],
        {},
    ),
    "below 0": ("impossibly large", [REAL, node("Expand", ["real", "size"], ["y"])], {"size": np.array([-5])}),
    "large": ("impossibly large", [node("ConstantOfShape", ["size"], ["y"])], {"size": np.array([10**9])}),
    "no such value": ("has no value 'none'", [REAL, node("Expand", ["real", "none"], ["y"])], {}),
    "twice": ("two operators give", [REAL, node("Identity", ["ids"], ["real"])], {}),
    "a constant too": ("twice", [REAL], {"real": np.float32(1)}),
    "if": ("holds the operator 'If'", [node("If", ["ids"], ["y"])], {}),
    "foreign": ("of 'own', which", [node("Identity", ["ids"], ["y"], domain="own")], {}),
    "texts": ("a constant has the type 8", [REAL], {"words": np.array(["a", "b"], object)}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_no_recipe_exports_is_named(name: str, tmp_path: Path) -> None:
    said, nodes, constants = WRONG[name]
    with pytest.raises(UserError, match=said) as caught:
        graph_check.check(written(tmp_path / "g.onnx", nodes, constants))
    assert "g.onnx cannot be loaded" in str(caught.value)


def deep(model: Any) -> None:
    inner = loop("turns").attribute[0].g
    model.graph.node[1].attribute[0].g.node.append(node("Loop", ["turns", "", "x"], ["z"], body=inner))


def external(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.data_location = kinds.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def larger(model: Any) -> None:
    model.graph.initializer[0].dims[:] = [10**9]


def functions(model: Any) -> None:
    model.functions.add(name="f", domain="own")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (deep, "are nested"),
        (external, "in another file"),
        (larger, "other values than its shape says"),
        (functions, "functions of its own"),
        (lambda model: model.graph.sparse_initializer.add(), "sparse weights"),
    ],
)
def test_what_a_model_may_not_bring(edit: Callable[[Any], Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        graph_check.check(written(tmp_path / "g", [REAL, loop("turns")], {"turns": np.int64(3)}, edit))


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\x3a\xff", b"\x0b", b"\x80" * 12, b"\x3a\x02\x0a\x09"])
def test_what_is_no_graph_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(content)
    with pytest.raises(UserError, match="cannot be loaded"):
        graph_check.check(tmp_path / "g")
