"""A neural language model served: one ONNX graph, the states that it hands from one call to the next its inputs.

Inputs: ``ids`` and ``targets`` int32 ``[batch, n]``, ``state_0`` … float32 ``[batch, …]``. Outputs: ``log_probs``
float32 ``[batch, n, vocabulary]``, ``losses`` float32 ``[batch, n]`` and ``next_0`` …. Only what is asked for is
computed.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ... import bundle_format
from ...card_schema import number
from ...results import UserError
from ...serve import graph_parts
from ...serve.session import THREADS, load_graph, open_graph, run_graph, shaped, sure

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CHUNK = 256
"""Units of a row in one run: the losses of so many take 10 MB of logits where 10,000 units are known."""


AHEAD = 4
"""Stretches that the first layer may be ahead."""


class NetworkStates(NamedTuple):
    """``arrays``: the graph's own. ``read``: the units read, int32 ``[batch, t]``, where the context is bounded."""

    arrays: list[np.ndarray]
    read: np.ndarray


class Half(NamedTuple):
    """A part of a graph, with the names of what it takes and gives."""

    session: "InferenceSession"
    takes: list[str]
    gives: list[str]

    @classmethod
    def of(cls, session: "InferenceSession") -> "Half":
        return cls(
            session, [entry.name for entry in session.get_inputs()], [entry.name for entry in session.get_outputs()]
        )


@dataclass(frozen=True)
class NetworkPredictor:
    """See :class:`~.model.Predictor`. ``most`` units are read in one context (0: without end): where there are more,
    the last half is read anew."""

    session: "InferenceSession"
    shapes: tuple[tuple[int, ...], ...]
    vocabulary: int
    most: int = 0
    graph: Path | None = None
    """Where the graph lies: what is needed to read long texts by two threads."""
    exact: bool = False
    """Whether no weights are int8, which round what is read together by one scale."""

    @property
    def chunk(self) -> int:
        return min(CHUNK, self.most // 2) if self.most else CHUNK

    def begin(self, count: int) -> NetworkStates:
        arrays = [np.zeros((count, *(max(0, size) for size in shape)), np.float32) for shape in self.shapes]
        return NetworkStates(arrays, np.zeros((count, 0), np.int32))

    def losses(self, ids: np.ndarray, targets: np.ndarray, states: NetworkStates) -> tuple[np.ndarray, NetworkStates]:
        size = self.chunk
        columns = [slice(start, start + size) for start in range(0, ids.shape[1], size)]
        if len(columns) > 1 and THREADS > 1 and self._halves is not None:
            return self._by_two(ids, targets, states, columns)
        parts: list[np.ndarray] = []
        for stretch in columns:
            part, states = self._run("losses", ids[:, stretch], targets[:, stretch], states)
            parts.append(shaped(part, *ids[:, stretch].shape))
        return sure(np.concatenate(parts, axis=1)), states

    def _by_two(
        self, ids: np.ndarray, targets: np.ndarray, states: NetworkStates, columns: Sequence[slice]
    ) -> tuple[np.ndarray, NetworkStates]:
        """:meth:`losses` of several stretches: while a thread of its own finishes one, the first layer reads the next.
        The numbers are those of one thread."""
        halves = self._halves
        assert halves is not None
        arrays = {f"state_{place}": array for place, array in enumerate(states.arrays)}

        def read(half: Half, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            taken = {name: given[name] if name in given else arrays[name] for name in half.takes}
            answers = dict(zip(half.gives, run_graph(half.session, half.gives, taken), strict=True))
            for name in half.gives:
                if name.startswith("next_"):
                    arrays[f"state_{name.removeprefix('next_')}"] = answers[name]
            return answers

        with ThreadPoolExecutor(1, "dltext-language") as pool:
            waiting = list[Future[dict[str, np.ndarray]]]()
            for stretch in columns:
                given = {
                    "ids": np.ascontiguousarray(ids[:, stretch]),
                    "targets": np.ascontiguousarray(targets[:, stretch]),
                }
                waiting.append(pool.submit(read, halves[1], {**given, **read(halves[0], given)}))
                if len(waiting) > AHEAD:
                    waiting[-AHEAD].result()  # of a long text only so much is there at once
            parts = [future.result()["losses"] for future in waiting]
        for part, stretch in zip(parts, columns, strict=True):
            shaped(part, *ids[:, stretch].shape)
        after = [arrays[f"state_{place}"] for place in range(len(self.shapes))]
        for array, shape in zip(after, self.shapes, strict=True):
            shaped(array, len(ids), *shape)
        return sure(np.concatenate(parts, axis=1)), NetworkStates(after, states.read)

    @cached_property
    def _halves(self) -> "tuple[Half, Half] | None":
        """The graph in two parts; None where it cannot be parted so."""
        if self.graph is None or self.most:
            return None
        try:
            parts = graph_parts.behind_first_recurrent(bundle_format.map_file(self.graph), "losses")
        except ValueError:
            return None
        first, second = (Half.of(open_graph(part)) for part in parts)
        return first, second

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
        for array, shape in zip(answers, self.shapes, strict=True):
            shaped(array, len(ids), *(None if size < 0 else size for size in shape))
        read = np.concatenate([states.read, ids], axis=1) if self.most else states.read
        return answer, NetworkStates(answers, read)


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
