"""What an ONNX graph of a bundle may hold, checked before onnxruntime opens it.

A graph comes from whoever made the bundle, and onnxruntime does what it says: a loop without end, a tensor of 10⁹
values, a file elsewhere. So it must be made of the operators that our recipes export (:data:`OPERATORS`), hold its
weights itself, and may not let the words of a text decide how much is computed: what sets the size of a tensor or the
turns of a loop (:data:`SIZES`) must be chosen among the sizes of other tensors and small constants (:data:`CHOOSING`).
Then no text takes more than the longest one, which :mod:`..trial` lets a new bundle answer.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .. import wire
from ..bundle_format import map_file
from ..results import UserError

_NAMES = """
    Abs Add And Cast Ceil Clip Concat Constant ConstantOfShape Conv Cos CumSum Div DynamicQuantizeLinear Elu Equal
    Erf Exp Expand Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater
    GreaterOrEqual HardSigmoid Identity LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop
    MatMul MatMulInteger Max Mean Min Mul Neg Not Or Pow RNN Range Reciprocal ReduceL2 ReduceLogSumExp ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape ReverseSequence Selu Shape Sigmoid Sign
    Sin Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where Xor
"""
OPERATORS = frozenset(_NAMES.split())
"""Those in the exports of all recipes, and their plain brothers: value by value, sums, shapes."""
SIZES: dict[str, tuple[int, ...]] = {"ConstantOfShape": (0,), "Expand": (1,), "Loop": (0,), "Range": (0, 1, 2)}
"""Which inputs of an operator decide how large its output is, or how often it is done."""
SHAPES: dict[str, tuple[int, ...]] = {"Reshape": (1,)}
"""Which inputs give the same values another shape."""
FIXED: dict[str, tuple[int, ...]] = {
    "Slice": (1, 3, 4),
    **dict.fromkeys(("CumSum", "Split", "Squeeze", "Unsqueeze"), (1,)),
    **{name: (1,) for name in OPERATORS if name.startswith("Reduce")},
}
"""Which inputs must be constants, as in all exports: axes and cuts."""
ENDS: dict[str, tuple[int, ...]] = {"Slice": (2,)}
"""Which inputs must be constants or sizes: a table of places is cut at the length of the text."""
_CHOOSING = "Cast Concat Gather Identity Max ReduceMax Reshape Shape Slice Squeeze Transpose Unsqueeze"
CHOOSING = frozenset(_CHOOSING.split())
"""Operators that make sizes of sizes: none is larger than the largest, and none smaller for a longer text."""
MULTIPLYING = frozenset({"Mul", "ReduceProd"})
"""Operators that make shapes beside those: the values must have as many places as before."""
NUMBERS = frozenset({1, 6, 7, 11})
"""The types to which a size may be cast: the narrow ones would count round."""
DOMAINS = frozenset({"", "ai.onnx"})
ELSEWHERE = frozenset({("com.microsoft", "DynamicQuantizeLSTM")})
"""Operators of onnxruntime that recipes export: an LSTM with weights in int8, nine times as quick word by word."""
MOST_NODES = 20_000
MOST_TENSORS = 20_000
DEEPEST = 2
"""Graphs inside each other: a loop in the model."""
LARGEST_SIZE = 100_000
"""The largest constant from which the size of a tensor may be made."""
SMALL = 64
"""Values of a constant from which sizes are made."""
ITEMS = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8}
"""onnx.TensorProto.DataType to the bytes of a value; texts and what our recipes never write are left out."""

# Field numbers of onnx.proto.
_MODEL_GRAPH, _MODEL_OPSET, _MODEL_TRAINING, _MODEL_FUNCTIONS = 7, 8, 20, 25
_GRAPH_NODE, _GRAPH_TENSOR, _GRAPH_INPUT, _GRAPH_SPARSE = 1, 5, 11, 15
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR, _NODE_ATTRIBUTE, _NODE_DOMAIN = 1, 2, 4, 5, 7
_ATTRIBUTE_NAME, _ATTRIBUTE_WORD, _ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_WHOLE = 1, 4, 5, 6, (3, 8)
_ATTRIBUTE_REFUSED = (10, 11, 14, 15, 22, 23)
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW, _TENSOR_EXTERNAL, _TENSOR_PLACE = 1, 2, 8, 9, 13, 14
_TENSOR_LISTS = {4: 4, 5: 1, 7: 1, 10: 8, 11: 1}
"""The fields of a tensor's values where they are not raw, and the least bytes of one."""
_TENSOR_INT32, _TENSOR_INT64 = 5, 7


@dataclass
class Tensor:
    """A constant: its shape, and its values where these are few whole numbers."""

    dims: list[int]
    kind: int
    raw: memoryview | None
    listed: list[int]

    @cached_property
    def integers(self) -> list[int] | None:
        if self.kind not in (6, 7) or math.prod(self.dims) > SMALL:
            return None
        if self.raw is not None:
            return memoryview(bytes(self.raw)).cast("i" if self.kind == 6 else "q").tolist()
        return self.listed


@dataclass
class Node:
    """An operator, the names that it takes and gives, its constants and its inner graphs."""

    operator: str
    inputs: list[str]
    outputs: list[str]
    tensors: list[Tensor] = field(default_factory=list)
    graphs: list["GraphScope"] = field(default_factory=list)
    whole: dict[str, list[int]] = field(default_factory=dict)
    """Its whole numbers, by the attribute's name."""
    words: dict[str, str] = field(default_factory=dict)
    """Its words, by the attribute's name."""


@dataclass
class GraphScope:
    """A graph by the names of its values; ``outer`` is the one that it stands in."""

    outer: "GraphScope | None"
    nodes: list[Node] = field(default_factory=list)
    makers: dict[str, Node] = field(default_factory=dict)
    constants: dict[str, Tensor] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)


def check(path: Path) -> None:
    """UserError, one sentence, where the graph in ``path`` holds what no recipe exports."""
    try:
        Checker().model(map_file(path))
    except ValueError as error:
        raise UserError(f"{path} cannot be loaded: {error}. Import or train the model again.") from None


class Checker:
    """Reads one model; all its methods raise a ValueError that says what is wrong."""

    def __init__(self) -> None:
        self._nodes = self._tensors = 0

    def model(self, content: memoryview) -> None:
        graphs = []
        for number, value in wire.fields(content):
            if number == _MODEL_GRAPH:
                graphs.append(self._graph(_block(value), None, 1))
            elif number in (_MODEL_TRAINING, _MODEL_FUNCTIONS):
                raise ValueError("it brings functions of its own, which no recipe exports")
        if len(graphs) != 1:
            raise ValueError("it is no ONNX model")
        self._sizes(graphs[0])

    def graph(self, content: memoryview) -> GraphScope:
        """A graph by itself."""
        return self._graph(content, None, 1)

    def _graph(self, content: memoryview, outer: GraphScope | None, depth: int) -> GraphScope:
        if depth > DEEPEST:
            raise ValueError("its loops are nested, as no recipe exports them")
        graph = GraphScope(outer)
        for number, value in wire.fields(content):
            if number == _GRAPH_NODE:
                node = self._node(_block(value), graph, depth)
                graph.nodes.append(node)
                for name in filter(None, node.outputs):
                    if graph.makers.setdefault(name, node) is not node:
                        raise ValueError(f"two operators give {_shown(name)}")
            elif number == _GRAPH_TENSOR:
                name, tensor = self._tensor(_block(value))
                graph.constants[name] = tensor
            elif number == _GRAPH_INPUT:
                graph.inputs |= {_text(part) for field_number, part in wire.fields(_block(value)) if field_number == 1}
            elif number == _GRAPH_SPARSE:
                raise ValueError("it holds sparse weights, which no recipe exports")
        if twice := graph.makers.keys() & graph.constants.keys():
            raise ValueError(f"it has the value {_shown(min(twice))} twice")
        return graph

    def _node(self, content: memoryview, graph: GraphScope, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ValueError(f"it has more than {MOST_NODES:,} operators")
        node, attributes, domain = Node("", [], []), [], ""
        for number, value in wire.fields(content):
            if number == _NODE_INPUT:
                node.inputs.append(_text(value))
            elif number == _NODE_OUTPUT:
                node.outputs.append(_text(value))
            elif number == _NODE_OPERATOR:
                node.operator = _text(value)
            elif number == _NODE_ATTRIBUTE:
                attributes.append(_block(value))
            elif number == _NODE_DOMAIN:
                domain = _text(value)
        if domain not in DOMAINS and (domain, node.operator) not in ELSEWHERE:
            raise ValueError(f"it holds an operator of {_shown(domain)}, which no recipe exports")
        if domain in DOMAINS and node.operator not in OPERATORS:
            raise ValueError(f"it holds the operator {_shown(node.operator)}, which no recipe exports")
        for attribute in attributes:
            self._attribute(attribute, node, graph, depth)
        if bool(node.graphs) != (node.operator == "Loop") or len(node.graphs) > 1:
            raise ValueError(f"its operator {node.operator} has an inner graph, or lacks one")
        return node

    def _attribute(self, content: memoryview, node: Node, graph: GraphScope, depth: int) -> None:
        name, whole, word = "", list[int](), ""
        for number, value in wire.fields(content):
            if number == _ATTRIBUTE_NAME:
                name = _text(value)
            elif number == _ATTRIBUTE_WORD:
                word = _text(value)
            elif number == _ATTRIBUTE_TENSOR:
                node.tensors.append(self._tensor(_block(value))[1])
            elif number == _ATTRIBUTE_GRAPH:
                node.graphs.append(self._graph(_block(value), graph, depth + 1))
            elif number in _ATTRIBUTE_WHOLE:
                whole += [wire.signed(value)] if isinstance(value, int) else wire.numbers(value)
            elif number in _ATTRIBUTE_REFUSED:
                raise ValueError(f"its operator {node.operator} has lists of tensors or of graphs")
        node.whole[name] = whole
        if word:
            node.words[name] = word

    def _tensor(self, content: memoryview) -> tuple[str, Tensor]:
        self._tensors += 1
        if self._tensors > MOST_TENSORS:
            raise ValueError(f"it has more than {MOST_TENSORS:,} constants")
        name, dims, kind, raw, listed, room = "", list[int](), 0, None, list[int](), 0
        for number, value in wire.fields(content):
            if number == _TENSOR_DIMS:
                dims += [wire.signed(value)] if isinstance(value, int) else wire.numbers(value)
            elif number == _TENSOR_TYPE and isinstance(value, int):
                kind = value
            elif number == _TENSOR_NAME:
                name = _text(value)
            elif number == _TENSOR_RAW:
                raw = _block(value)
            elif number == _TENSOR_EXTERNAL or (number == _TENSOR_PLACE and value):
                raise ValueError("its weights are in another file")
            elif number in _TENSOR_LISTS:
                room += len(value) // _TENSOR_LISTS[number] if isinstance(value, memoryview) else 1
                if number in (_TENSOR_INT32, _TENSOR_INT64) and room <= 10 * SMALL:
                    listed += wire.numbers(value) if isinstance(value, memoryview) else [wire.signed(value)]
        if kind not in ITEMS:
            raise ValueError(f"a constant has the type {kind}, which no recipe exports")
        if len(dims) > 8 or any(size < 0 for size in dims):
            raise ValueError("a constant has a shape that none can have")
        count = math.prod(dims)
        if count > room if raw is None else count * ITEMS[kind] != len(raw):
            raise ValueError("a constant has other values than its shape says")
        return name, Tensor(dims, kind, raw, listed)

    def _sizes(self, outermost: GraphScope) -> None:
        """Whether all that decides sizes is chosen among sizes and small constants, in the loops too."""
        sizes, shapes = set[tuple[int, str]](), set[tuple[int, str]]()
        waiting = [outermost]
        while waiting:
            graph = waiting.pop()
            for node in graph.nodes:
                waiting += node.graphs
                if node.operator == "Loop" and (not node.inputs or not node.inputs[0]):
                    raise ValueError("it has a loop whose turns nothing bounds")
                for places, bounded, checked in ((SIZES, True, sizes), (SHAPES, False, shapes)):
                    for name in _taken(node, places):
                        _follow(graph, name, node.operator, bounded, checked)
                for name in _taken(node, FIXED):
                    _constant(graph, name, node.operator)
                for name in _taken(node, ENDS):
                    if not _is_constant(graph, name):
                        _follow(graph, name, node.operator, True, sizes)


def _taken(node: Node, places: dict[str, tuple[int, ...]]) -> list[str]:
    """The names that a node takes at ``places``, where it does."""
    return [
        node.inputs[index] for index in places.get(node.operator, ()) if index < len(node.inputs) and node.inputs[index]
    ]


def _scope(graph: GraphScope, name: str) -> GraphScope:
    """The graph that holds the value ``name`` as ``graph`` sees it."""
    scope: GraphScope | None = graph
    while scope is not None:
        if name in scope.makers or name in scope.constants or name in scope.inputs:
            return scope
        scope = scope.outer
    raise ValueError(f"it has no value {_shown(name)}")


def _is_constant(graph: GraphScope, name: str) -> bool:
    scope = _scope(graph, name)
    maker = scope.makers.get(name)
    return name in scope.constants or (maker is not None and maker.operator == "Constant")


def _constant(graph: GraphScope, name: str, operator: str) -> None:
    if not _is_constant(graph, name):
        raise ValueError(f"its operator {operator} cuts where a text says, as no recipe exports it")


def _follow(graph: GraphScope, name: str, operator: str, bounded: bool, checked: set[tuple[int, str]]) -> None:
    """ValueError where ``name``, which decides a size of ``operator``, is made of more than sizes and constants."""
    waiting = [(graph, name)]
    while waiting:
        where, name = waiting.pop()
        scope = _scope(where, name)
        if (id(scope), name) in checked:
            continue
        checked.add((id(scope), name))
        maker = scope.makers.get(name)
        constants = [scope.constants[name]] if name in scope.constants else maker.tensors if maker is not None else []
        if name in scope.constants or (maker is not None and maker.operator == "Constant"):
            whole = [number for listed in maker.whole.values() for number in listed] if maker is not None else []
            if bounded and not (all(_small(tensor.integers) for tensor in constants) and _small(whole)):
                raise ValueError(f"a size of its {operator} is impossibly large")
            continue
        if maker is None or maker.operator not in (CHOOSING if bounded else CHOOSING | MULTIPLYING):
            what = "its text" if maker is None else f"the operator {maker.operator}"
            raise ValueError(f"a size of its {operator} follows from {what}, as no recipe exports it")
        if maker.operator == "Cast" and not NUMBERS.issuperset(maker.whole.get("to", [0])):
            raise ValueError(f"a size of its {operator} is cast to a type that cannot hold it")
        if maker.operator in ("Gather", "Slice"):
            for taken in maker.inputs[1:]:
                _constant(scope, taken, maker.operator)
        if maker.operator != "Shape":
            # Where the others say which sizes are taken, they must be constants, see FIXED; of a shape, see SHAPES.
            many = maker.operator in ("Concat", "Max", "Mul")
            waiting += [(scope, entry) for entry in (maker.inputs if many else maker.inputs[:1]) if entry]


def _small(values: list[int] | None) -> bool:
    return values is not None and all(0 <= value <= LARGEST_SIZE for value in values)


def _block(value: wire.Value) -> memoryview:
    if isinstance(value, int):
        raise ValueError("it is no ONNX model")
    return value


def _text(value: wire.Value) -> str:
    return str(_block(value), "utf-8")


def _shown(name: str) -> str:
    return ascii(name[:40])
