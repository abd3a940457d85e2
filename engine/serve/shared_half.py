"""The layers that several models of one encoder have in common: kept in that encoder's bundle, run once for all.

A bundle whose card says ``serving.base`` holds upper layers alone. Its vectors and its first ``serving.base_layers``
layers are those of the encoder of that name, known by the sum of their weights, ``serving.base_sha256``.
"""

import threading
import weakref
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import bundle_format, model_store, trial
from ..card_schema import number
from ..results import UserError, plural
from . import graph_arrays, graph_check, graph_parts
from .float_encoder import TABLE, weights_in
from .session import Session, open_graph, run_graph, shaped

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

BASE, LAYERS, SUM = model_store.BASE, "base_layers", "base_sha256"
"""Of ``serving``."""
HELD = 4 << 20
"""Bytes of states that are held: those of a sentence, and of its copies with a word hidden in each."""


@dataclass(frozen=True)
class Lower:
    """Which half of which encoder a bundle leaves out."""

    base: str
    layers: int
    sha256: str

    def serving(self) -> dict[str, Any]:
        """What a card says of it."""
        return dict(zip((BASE, LAYERS, SUM), asdict(self).values(), strict=True))

    def __str__(self) -> str:
        if not self.layers:
            return f"the vectors of {self.base}"
        first = "layer" if self.layers == 1 else plural(self.layers, "layer")
        return f"the vectors and the first {first} of {self.base}"


class LowerHalf:
    """The vectors and first layers of an encoder: ids ``[batch, n]`` to states ``[batch, n + 2, d]``. Thread safe.

    Ids that were asked about just before, by whichever model, are not run again.
    """

    def __init__(self, graph: bytes) -> None:
        self._session = open_graph(graph)
        self._held: OrderedDict[tuple[Any, bytes], Future[np.ndarray]] = OrderedDict()
        self._lock = threading.Lock()

    def states(self, ids: np.ndarray) -> np.ndarray:
        """Read only: other models may be given the same."""
        key = ids.shape, ids.tobytes()
        with self._lock:
            waiting = self._held.get(key)
            mine = waiting is None
            future = self._held.setdefault(key, Future())
            self._held.move_to_end(key)
        if not mine:
            return future.result()
        try:
            states = shaped(self._run(ids), len(ids), None, None)
        except BaseException as error:
            with self._lock:
                self._held.pop(key, None)
            future.set_exception(error)
            raise
        states.setflags(write=False)
        future.set_result(states)
        self._forget()
        return states

    def _run(self, ids: np.ndarray) -> np.ndarray:
        (states,) = run_graph(self._session, [graph_parts.STATES], {"ids": ids})
        return states

    def _forget(self) -> None:
        """Let go of the oldest states beyond :data:`HELD`."""
        with self._lock:
            room = HELD
            for key, future in reversed(list(self._held.items())):
                room -= future.result().nbytes if future.done() and future.exception() is None else 0
                if room < 0:
                    del self._held[key]


_open: "weakref.WeakValueDictionary[tuple[str, int, int], LowerHalf]" = weakref.WeakValueDictionary()
"""By folder, when that was written, and layers; held by the models that answer with them."""
_opening = threading.Lock()


def lower_of(card: dict[str, Any], where: Path) -> Lower | None:
    """What the bundle of a card leaves out; None: nothing. UserError where the card in ``where`` says it wrongly."""
    serving = card["serving"]
    if serving.get(BASE) is None:
        return None
    layers, sha256 = number(serving, LAYERS, where), number(serving, SUM, where)
    return Lower(bundle_format.check_name(number(serving, BASE, where)), layers, sha256)


def open_session(folder: Path, card: dict[str, Any], heavy: bool) -> Session:
    """The session of a bundle's graph, with the half that it leaves out before it; UserError where that is not here."""
    path, lower = folder / card["serving"]["model"], lower_of(card, folder / bundle_format.CARD)
    if lower is None:
        return Session(path, heavy)
    base, base_card = find(folder, card, lower)
    key = str(base), (base / bundle_format.CARD).stat().st_mtime_ns, lower.layers
    with _opening:
        half = _open.get(key)
        if half is None:
            _open[key] = half = LowerHalf(_cut(base, base_card, lower))
    return Session(path, heavy, half.states)


def open_graph_above_vectors(folder: Path, card: dict[str, Any]) -> "tuple[InferenceSession, str]":
    """The session of a bundle's graph without what looks vectors up, and what it calls those; UserError where the graph
    is not drawn so."""
    name = card["serving"]["model"]
    content = whole(folder, card)[1][name]
    try:
        graph, vectors = graph_parts.above_vectors(
            memoryview(content) if isinstance(content, bytes) else bundle_format.map_file(content)
        )
    except ValueError as error:
        raise UserError(f"{folder / name} cannot be cut: {error}. Weigh words by occlusion.") from None
    return open_graph(graph), vectors


def weights_of(folder: Path, card: dict[str, Any], tables: bool = True) -> dict[str, np.ndarray]:
    """The weights of a bundle and of the half that it leaves out, as :func:`.float_encoder.weights_in` has them."""
    weights, lower = weights_in(folder / card["serving"]["model"], tables), lower_of(card, folder / bundle_format.CARD)
    if lower is None:
        return weights
    base, base_card = find(folder, card, lower)
    theirs = weights_in(base / base_card["serving"]["model"], tables)
    return {path: values for path, values in theirs.items() if graph_parts.is_lower(path, lower.layers)} | weights


def whole(folder: Path, card: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Path | bytes]]:
    """The card and the files of a bundle that needs no other: its halves are joined where it leaves one out."""
    name = card["serving"].get("model")
    files: dict[str, Path | bytes] = {file: folder / file for file in card["files"]}
    lower = lower_of(card, folder / bundle_format.CARD)
    if lower is None:
        return card, files
    base, base_card = find(folder, card, lower)
    files[name] = joined(base, base_card, lower, bundle_format.map_file(folder / name))
    serving = {key: value for key, value in card["serving"].items() if key not in (BASE, LAYERS, SUM)}
    return {**card, "serving": serving}, files


def joined(base: Path, card: dict[str, Any], lower: Lower, upper: memoryview) -> bytes:
    """The graph of an upper half and of the lower one in the bundle ``base``."""
    try:
        return graph_parts.join(_cut(base, card, lower), upper)
    except ValueError as error:
        raise UserError(f"A model cannot be joined with {lower}: {error}. Train it again.") from None


def find(folder: Path, card: dict[str, Any], lower: Lower) -> tuple[Path, dict[str, Any]]:
    """The verified bundle that holds the half which the one in ``folder`` leaves out, and its card."""
    places = model_store.folders_named(lower.base)
    if not places:
        raise UserError(model_store.without_base(card["name"], lower.base))
    for place in places:
        base_card = bundle_format.read(place)
        if _alike(card.get(TABLE), base_card.get(TABLE)) and BASE not in base_card["serving"]:
            stored = graph_arrays.constants(place / base_card["serving"]["model"])
            if graph_parts.lower_sum(stored, lower.layers) == lower.sha256:
                if not model_store.is_shipped(place):
                    trial.hold(place, base_card)
                return place, base_card
    raise UserError(
        f"{card['name']} answers with {lower}, but the {lower.base} here has other weights: import the one that it was "
        "trained from, or train it again."
    )


def _alike(table: Any, other: Any) -> bool:
    """Whether encoders of these cards compute alike, whatever they make of the last states."""
    if not isinstance(table, dict) or not isinstance(other, dict):
        return False
    return {**table, "pooling": "", "layers": 0} == {**other, "pooling": "", "layers": 0}


def _cut(base: Path, card: dict[str, Any], lower: Lower) -> bytes:
    path = base / card["serving"]["model"]
    if not model_store.is_shipped(base):
        graph_check.check(path)
    try:
        return graph_parts.cut(bundle_format.map_file(path), lower.layers)
    except ValueError as error:
        raise UserError(f"{path} cannot be cut: {error}. Import the model again.") from None
