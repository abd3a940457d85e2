"""A recurrent network read layer by layer, so that a long text takes less time than unit by unit.

The weights of a wide layer do not fit into a core's cache: whoever reads one unit after the other waits for them at
each. So the first layer reads several stretches of a text side by side. It does not know yet what it will know where a
stretch begins, so each is first read from nothing, and then once more from the end of the one before it, until both
readings agree: a layer forgets where it began. One that does not, reads in order.

That is done where the products are of int8 anyhow, whose rounding moves an output by more than what is left when the
readings agree. The other layers and all of an exact network read in order: a later layer remembers for much longer
(of ``lm-en`` the first one 64 to 192 pieces, the second one more than 500). The perplexity of 300,000 pieces that
validated ``lm-en`` is 91.407, in order 91.401; bits of a piece differ by 0.015 on average, those of reading in order by
100 or by 256 pieces at once by 0.013.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...serve.session import THREADS, run_graph

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ROWS, LEAST = 6, 200
"""Stretches side by side, and units of one. Measured with a layer of 640 units, whose weights take 1.6 MB, on a core
with 1.25 MB of cache: 58 µs a unit alone, 28 by three, 19 by six, 19 by twelve."""
WIDE = 512
"""Units of a layer whose weights do not stay in the cache; a layer of 384 is as fast in order."""
GROUP = 1 << 12
"""Units that the first layer reads before the others: so many outputs of 640 take 10 MB."""
STEPS = 256
"""Units that a layer reads in order in one run."""
AGAIN = 32
"""Units that a stretch is read again before it is looked at whether the readings agree."""
CLOSE = 2e-3
"""Mean difference of an output (−1 to 1) up to which two readings agree. From states that differ by 0.001 the shipped
models come to differ by 0.0004 to 0.001, and no less later. Of 6,000 words of the Penn Treebank that ``lm-en`` reads, a
piece costs 0.0135 bits more or less than by the same weights in float32 (in order 0.0133, at most 0.14); 0.0140 with
twice this, 0.0158 with four times, where single pieces are off by 0.5; and 0.046 where each stretch is read again for
32 units whether it agrees or not, single ones by 4."""
SCORED = 64
"""Units that are scored in one run: the scores of 8,000 stay in the cache."""
AHEAD = 64
"""Such runs that a thread may be behind."""

States = list[np.ndarray]


class GraphPart(NamedTuple):
    """A part of a graph, with the names of what it takes and gives."""

    session: "InferenceSession"
    takes: list[str]
    gives: list[str]

    @classmethod
    def of(cls, session: "InferenceSession") -> "GraphPart":
        return cls(
            session, [entry.name for entry in session.get_inputs()], [entry.name for entry in session.get_outputs()]
        )

    @property
    def states(self) -> list[int]:
        """The numbers of the states that it carries."""
        return [int(name.removeprefix("state_")) for name in self.takes if name.startswith("state_")]

    def run(
        self, taken: np.ndarray, states: Sequence[np.ndarray], targets: np.ndarray | None = None
    ) -> tuple[np.ndarray, States]:
        """What it makes of ids ``[n, batch]`` or of what another part hands on; and its states after, those before
        being ``states`` in the order of :attr:`states`."""
        given = {f"state_{number}": state for number, state in zip(self.states, states, strict=True)}
        for name in self.takes:
            if name == "ids":
                given[name] = np.ascontiguousarray(taken.T)
            elif name == "targets":
                assert targets is not None
                given[name] = np.ascontiguousarray(targets)
            elif name not in given:
                given[name] = np.ascontiguousarray(taken)
        handed = [name for name in self.gives if not name.startswith("next_")]
        output, *after = run_graph(self.session, [*handed, *(f"next_{number}" for number in self.states)], given)
        return output, after


@dataclass(frozen=True)
class LayerReader:
    """A graph in the ``parts`` that :func:`~dltext.engine.serve.graph_parts.by_recurrence` makes of it. Thread safe.
    ``exact``: whether all is read in order."""

    parts: tuple[GraphPart, ...]
    exact: bool

    def losses(self, ids: np.ndarray, targets: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Read ``ids``, int32 ``[batch, n]``, after ``states``; −log p of ``targets``, float32 ``[batch, n]``, and the
        states after. A thread of its own scores while the layers read on; the numbers are those of one thread."""
        first, *others, scoring = self.parts
        after = list(states)
        with ThreadPoolExecutor(1, "dltext-language") as pool:
            scores = LossQueue(scoring, pool if THREADS > 1 else None)
            for begin in range(0, ids.shape[1], GROUP):
                group = slice(begin, begin + GROUP)
                carried = [after[number] for number in first.states]
                stretches = len(ids) == 1 and carried[0].shape[-1] >= WIDE and not self.exact
                outputs, carried = (side_by_side if stretches else in_order)(first, ids[:, group].T, carried)
                _put(after, first, carried)
                for layer in others:
                    outputs, carried = in_order(layer, outputs, [after[number] for number in layer.states])
                    _put(after, layer, carried)
                scores.add(outputs, targets[:, group])
            return scores.losses(), after


class LossQueue:
    """What is lost on the outputs of the last layer, run by run; by the thread of ``pool``, where there is one."""

    def __init__(self, scoring: GraphPart, pool: ThreadPoolExecutor | None) -> None:
        self._scoring, self._pool = scoring, pool
        self._runs: list[Future[np.ndarray]] = []
        self._parts: list[np.ndarray] = []

    def add(self, outputs: np.ndarray, targets: np.ndarray) -> None:
        """``outputs [n, 1, batch, units]`` and what follows each, ``[batch, n]``."""
        step = max(1, SCORED // len(targets))
        for start in range(0, len(outputs), step):
            run = outputs[start : start + step], targets[:, start : start + step]
            if self._pool is None:
                self._parts.append(self._score(*run))
                continue
            self._runs.append(self._pool.submit(self._score, *run))
            if len(self._runs) > AHEAD:
                self._parts.append(self._runs.pop(0).result())  # of a long text only so much is there at once

    def losses(self) -> np.ndarray:
        """Of all that was added, ``[batch, n]``."""
        return np.concatenate([*self._parts, *(run.result() for run in self._runs)], axis=1)

    def _score(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return self._scoring.run(outputs, [], targets)[0]


def _put(states: States, part: GraphPart, carried: States) -> None:
    for number, state in zip(part.states, carried, strict=True):
        states[number] = state


def in_order(layer: GraphPart, taken: np.ndarray, states: States) -> tuple[np.ndarray, States]:
    """What a layer makes of ``taken`` (ids ``[n, batch]``, or outputs of another), ``[n, 1, batch, units]``, and its
    states after."""
    outputs: list[np.ndarray] = []
    for start in range(0, len(taken), STEPS):
        output, states = layer.run(taken[start : start + STEPS], states)
        outputs.append(output)
    return outputs[0] if len(outputs) == 1 else np.concatenate(outputs), states


def side_by_side(layer: GraphPart, ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
    """:func:`in_order` of one text's ids ``[n, 1]``, several stretches at once."""
    rows = min(ROWS, len(ids) // LEAST)
    if rows < 2:
        return in_order(layer, ids, states)
    length = len(ids) // rows
    grid = ids[: rows * length].reshape(rows, length).T  # [length, rows]
    nothing = [np.zeros((rows - 1, *state.shape[1:]), np.float32) for state in states]
    begins = [np.concatenate([state, zeros]) for state, zeros in zip(states, nothing, strict=True)]
    outputs, ends = in_order(layer, grid, begins)  # [length, 1, rows, units]
    differ = _read_again(layer, grid, outputs, ends)
    joined = np.empty((len(ids), 1, 1, outputs.shape[-1]), np.float32)
    # From [length, rows, units] to the order of the text, [rows, length, units].
    joined[: rows * length].reshape(rows, length, -1)[:] = outputs[:, 0].transpose(1, 0, 2)
    read = length * (rows if differ is None else differ.row + 1)
    carried = [end[-1:] for end in ends] if differ is None else differ.states
    if read < len(ids):
        joined[read:], carried = in_order(layer, ids[read:], carried)
    return joined, carried


class Disagreement(NamedTuple):
    """The first of the stretches that still depends on its beginning where it ends, and the states there."""

    row: int
    states: States


def _read_again(layer: GraphPart, grid: np.ndarray, outputs: np.ndarray, ends: States) -> Disagreement | None:
    """Read each stretch but the first from the end of the one before, into ``outputs``, until that makes no difference;
    None where all came to that."""
    rows, states = np.arange(1, grid.shape[1]), [end[:-1] for end in ends]
    for start in range(0, len(grid), AGAIN):
        steps = slice(start, start + AGAIN)
        again, states = layer.run(np.ascontiguousarray(grid[steps, rows]), states)
        difference = np.abs(again - outputs[steps, :, rows])[-AGAIN // 2 :].mean(axis=(0, 1, 3))
        outputs[steps, :, rows] = again
        open_ = np.flatnonzero(difference > CLOSE)
        if not len(open_):
            return None
        if start + AGAIN >= len(grid):
            return Disagreement(int(rows[open_[0]]), [state[open_[:1]] for state in states])
        rows, states = rows[open_], [state[open_] for state in states]
    return None
