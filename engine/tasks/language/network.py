"""A neural language model served: one ONNX graph, the states that it hands from one call to the next its inputs.

Inputs: ``ids`` and ``targets`` int32 ``[batch, n]``, ``state_0`` … float32 ``[batch, …]``. Outputs: ``log_probs``
float32 ``[batch, n, vocabulary]``, ``losses`` float32 ``[batch, n]`` and ``next_0`` …. Only what is asked for is
computed.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ... import bundle_format
from ...card_schema import number
from ...results import UserError
from ...serve import graph_parts
from ...serve.session import load_graph, open_graph, run_graph, shaped, sure
from .layers import GraphPart, LayerReader

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CHUNK = 256
"""Units of a row in one run: the losses of so many take 10 MB of logits where 10,000 units are known."""


class NetworkStates(NamedTuple):
    """``arrays``: the graph's own. ``read``: the units read, int32 ``[batch, t]``, where the context is bounded."""

    arrays: list[np.ndarray]
    read: np.ndarray

    @property
    def nbytes(self) -> int:
        return self.read.nbytes + sum(array.nbytes for array in self.arrays)


@dataclass(frozen=True)
class NetworkPredictor:
    """See :class:`~.model.Predictor`. ``most`` units are read in one context (0: without end): where there are more,
    the last half is read anew."""

    session: "InferenceSession"
    shapes: tuple[tuple[int, ...], ...]
    vocabulary: int
    most: int = 0
    graph: Path | None = None
    """Where the graph lies: what is needed to read long texts in parts."""
    exact: bool = False
    """Whether no weights are int8, which round what is read together by one scale."""

    @property
    def chunk(self) -> int:
        return min(CHUNK, self.most // 2) if self.most else CHUNK

    def begin(self, count: int) -> NetworkStates:
        arrays = [np.zeros((count, *(max(0, size) for size in shape)), np.float32) for shape in self.shapes]
        return NetworkStates(arrays, np.zeros((count, 0), np.int32))

    def losses(self, ids: np.ndarray, targets: np.ndarray, states: NetworkStates) -> tuple[np.ndarray, NetworkStates]:
        size, length = self.chunk, ids.shape[1]
        if length > size and self._in_parts is not None:
            losses, arrays = self._in_parts.losses(ids, targets, states.arrays)
            shaped(losses, *ids.shape)
            self._check(arrays, len(ids))
            return sure(losses), NetworkStates(arrays, states.read)
        parts: list[np.ndarray] = []
        for start in range(0, length, size):
            stretch = slice(start, start + size)
            part, states = self._run("losses", ids[:, stretch], targets[:, stretch], states)
            parts.append(shaped(part, *ids[:, stretch].shape))
        return sure(np.concatenate(parts, axis=1)), states

    @cached_property
    def _in_parts(self) -> LayerReader | None:
        """What reads long texts; None where the graph cannot be parted so."""
        if self.graph is None or self.most:
            return None
        try:
            parts = graph_parts.by_recurrence(bundle_format.map_file(self.graph), "losses")
            return LayerReader(tuple(GraphPart.of(open_graph(part)) for part in parts), self.exact)
        except Exception:  # whatever it is, onnxruntime reads it whole
            return None

    def log_probs(self, ids: np.ndarray, states: NetworkStates) -> tuple[np.ndarray, NetworkStates]:
        answer, states = self._run("log_probs", ids[:, None], np.zeros((len(ids), 1), np.int32), states)
        return sure(shaped(answer, len(ids), 1, self.vocabulary)[:, 0]), states

    def select(self, states: NetworkStates, rows: np.ndarray) -> NetworkStates:
        return NetworkStates([array[rows] for array in states.arrays], states.read[rows])

    def _run(
        self, name: str, ids: np.ndarray, targets: np.ndarray, states: NetworkStates
    ) -> tuple[np.ndarray, NetworkStates]:
        if self.most and states.read.shape[1] + ids.shape[1] > self.most:
            before = states.read[:, -(self.most // 2) :]
            fresh = self.begin(len(ids))
            _, states = self._call("", before, before, fresh)
        return self._call(name, ids, targets, states)

    def _call(
        self, name: str, ids: np.ndarray, targets: np.ndarray, states: NetworkStates
    ) -> tuple[np.ndarray, NetworkStates]:
        given = {f"state_{place}": array for place, array in enumerate(states.arrays)}
        given |= {"ids": np.ascontiguousarray(ids, np.int32), "targets": np.ascontiguousarray(targets, np.int32)}
        names = [*filter(None, [name]), *(f"next_{place}" for place in range(len(self.shapes)))]
        answers = run_graph(self.session, names, given)
        answer = answers.pop(0) if name else np.zeros(0, np.float32)
        self._check(answers, len(ids))
        read = np.concatenate([states.read, ids], axis=1) if self.most else states.read
        return answer, NetworkStates(answers, read)

    def _check(self, arrays: list[np.ndarray], rows: int) -> None:
        for array, shape in zip(arrays, self.shapes, strict=True):
            shaped(array, rows, *(None if size < 0 else size for size in shape))


def open_network(path: Path, serving: dict[str, Any], where: Path, vocabulary: int) -> NetworkPredictor:
    """The graph in ``path``; UserError where it takes or gives something else than ``serving`` says."""
    shapes = tuple(tuple(shape) for shape in serving.get("states", []))
    most = number(serving, "max_tokens", where) if "max_tokens" in serving else 0
    session = load_graph(path)
    types = {entry.name: (entry.type, len(entry.shape)) for entry in session.get_inputs()}
    expected = dict.fromkeys(("ids", "targets"), ("tensor(int32)", 2))
    expected |= {f"state_{place}": ("tensor(float)", 1 + len(shape)) for place, shape in enumerate(shapes)}
    outputs = {entry.name for entry in session.get_outputs()}
    needed = {"log_probs", "losses", *(f"next_{place}" for place in range(len(shapes)))}
    if types != expected or not needed <= outputs or (most and most < 4):
        raise UserError(
            f"{where}: its graph must take int32 ids and targets and the states that the card names, and give "
            f"{', '.join(sorted(needed))}: import or train the model again."
        )
    return NetworkPredictor(session, shapes, vocabulary, most, path, serving.get("precision") == "float32")
