"""An encoder-decoder in two ONNX graphs, as something that decoding can step.

The encoder reads ``source`` int32 ``[b, n]`` and gives ``memory`` ``[b, n, m]`` and the first states ``state_0`` …
The step takes ``word`` int32 ``[r, 1]``, ``place`` float32 ``[r, 1]``, ``memory`` ``[r, n, m]``, the states, and gives
``scores`` ``[r, V]``, ``attention`` ``[r, n]`` where there is any, ``copies`` ``[r, n]`` where words are copied, and
the states after: its other outputs, in their order. States have any rank from 2 on; what follows the first axis may
grow from step to step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..card_schema import number
from ..results import UserError
from .probabilities import log_softmax
from .session import load_graph, run_graph, shaped, sure

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


LOOKS = frozenset({"attention", "copies"})
"""Outputs of the step that say something of each of the source's words; the others score the vocabulary's."""
LARGEST_STATES = 512 << 20
"""Bytes of the states of all rows: what grows from word to word must end somewhere."""


@dataclass(frozen=True)
class Graphs:
    """Both graphs, opened and checked. Thread safe."""

    encoder: "InferenceSession"
    step: "InferenceSession"
    attention: bool
    before: tuple[str, ...]
    """The states' names, as the encoder gives and the step takes them."""
    after: tuple[str, ...]
    """As the step gives them."""
    taken: frozenset[str]
    """All that the step takes: without attention it may do without memory."""
    words: int | None = None
    """How many words it must score."""

    @property
    def scored(self) -> int | None:
        """How many words the step scores, where the graph says."""
        shape = next(entry.shape for entry in self.step.get_outputs() if entry.name == "scores")
        return shape[-1] if isinstance(shape[-1], int) else None


def open_graphs(encoder: Path, step: Path, states: int, attention: bool, copies: bool = False) -> Graphs:
    """Both graphs; UserError, one sentence, where one cannot be loaded or lacks what it must take or give."""
    names = tuple(f"state_{number}" for number in range(states))
    memory = {"memory", *names}
    first = _open(encoder, {"source"}, memory)
    more = {name for name, given in (("attention", attention), ("copies", copies)) if given}
    second = _open(step, {"word", "place", *memory}, {"scores", *more})
    handled = {"scores", "attention", *more}
    after = tuple(entry.name for entry in second.get_outputs() if entry.name not in handled)
    if len(after) != states:
        raise UserError(f"{step} gives {len(after)} states, its model's card speaks of {states}: train it again.")
    taken = frozenset(entry.name for entry in second.get_inputs())
    return Graphs(first, second, attention, names, after, taken)


def _open(path: Path, inputs: set[str], outputs: set[str]) -> "InferenceSession":
    session = load_graph(path)
    taken, given = ({entry.name for entry in entries} for entries in (session.get_inputs(), session.get_outputs()))
    if not taken <= inputs or not outputs <= given:
        raise UserError(
            f"{path} is no part of an encoder-decoder: from {', '.join(sorted(inputs))} it must give "
            f"{', '.join(sorted(outputs))}."
        )
    return session


@dataclass(frozen=True)
class States:
    """What a step needs of the one before: of ``r`` rows the sources that they belong to, their memory, the states."""

    owners: np.ndarray
    memory: np.ndarray
    arrays: tuple[np.ndarray, ...]


class SourceBatch:
    """A :class:`~.decode_rules.Stepper` over sources of equal length, int32 ``[b, n]``, which are read once.

    Nothing is padded, so that a batch answers as each source alone does.
    """

    def __init__(self, graphs: Graphs, sources: np.ndarray) -> None:
        self._graphs = graphs
        memory, *first = run_graph(graphs.encoder, ["memory", *graphs.before], {"source": sources})
        self._memory: np.ndarray = shaped(memory, len(sources), sources.shape[1], None)
        self._first: tuple[np.ndarray, ...] = tuple(a_row_each(state, len(sources)) for state in first)

    def start(self, sources: np.ndarray) -> States:
        if np.array_equal(sources, np.arange(len(self._memory))):
            return States(sources, self._memory, self._first)
        return States(sources, self._memory[sources], tuple(state[sources] for state in self._first))

    def step(self, words: np.ndarray, place: int, states: States) -> tuple[np.ndarray, np.ndarray | None, States]:
        outputs = ["scores", *(["attention"] if self._graphs.attention else [])]
        (scores, *looks), after = self.run(outputs, words, place, states)
        return log_softmax(scores), looks[0] if looks else None, after

    def run(
        self, outputs: Sequence[str], words: np.ndarray, place: int, states: States
    ) -> tuple[list[np.ndarray], States]:
        """One step: ``outputs`` of the graph, ``[r, …]`` each, as they are, and the states after."""
        rows = len(words)
        given = {"word": words[:, None], "place": np.full((rows, 1), place, np.float32), "memory": states.memory}
        given |= zip(self._graphs.before, states.arrays, strict=True)
        taken = {name: array for name, array in given.items() if name in self._graphs.taken}
        given_back = run_graph(self._graphs.step, [*outputs, *self._graphs.after], taken)
        length = states.memory.shape[1]
        arrays = [
            shaped(a_row_each(array, rows).reshape(rows, -1), rows, length if name in LOOKS else self._graphs.words)
            for name, array in zip(outputs, given_back[: len(outputs)], strict=True)
        ]
        after = tuple(a_row_each(state, rows) for state in given_back[len(outputs) :])
        if sum(array.nbytes for array in after) > LARGEST_STATES:
            raise UserError("The model keeps too much of what it has written: ask it for a shorter text, or for fewer.")
        for name, array in zip(outputs, arrays, strict=True):
            if name == "scores":  # minus infinity is what may never be written
                sure(array.max(axis=1))
            else:
                sure(array)
        return arrays, States(states.owners, states.memory, after)

    def select(self, states: States, rows: np.ndarray) -> States:
        owners = states.owners[rows]
        # Rows change places within their source, whose memory is the same: it moves only when sources are done.
        memory = states.memory if np.array_equal(owners, states.owners) else self._memory[owners]
        return States(owners, memory, tuple(array[rows] for array in states.arrays))


def a_row_each(array: np.ndarray, rows: int) -> np.ndarray:
    """``array`` ``[rows, …]``; UserError where it has other rows."""
    return array if array.ndim and len(array) == rows else shaped(array, rows)


def graphs_of(
    folder: Path, serving: dict[str, Any], where: Path, size: int, attention: bool, copies: bool = False
) -> Graphs:
    """The graphs that ``serving`` names; UserError where they do not fit it, nor a vocabulary of ``size`` words."""
    count = number(serving, "states", where)
    graphs = open_graphs(folder / serving["encoder"], folder / serving["step"], count, attention, copies)
    if graphs.scored not in (None, size):
        raise UserError(f"{where}: the model scores {graphs.scored} words, its vocabulary has {size}: train it again.")
    return replace(graphs, words=size)
