"""ONNX sessions: opened once, shared by all threads, closed when nobody has asked for a while.

Measured with a text-CNN of 20,000 words × 100 and onnxruntime 1.31: one thread answers 40 words in 0.13 ms with the
memory arena and without it; without it, what a large batch took goes back to the system (afterwards 101 MB instead of
130 MB resident). Reading by path, not from bytes, saves the size of the model again.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .. import bundle_format, environment, model_store, trial
from ..results import UserError
from . import runtime

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from .word_products import WordProducts

IDLE = 300.0
"""Seconds without a question after which a model is closed."""
MOST = 6
"""Models kept open at once; the one unused longest is closed first."""
CHUNK = 1 << 12
"""Tokens in one run: what a run may take of memory (several kB a token for a CNN of 300 filters over 200 components).
Smaller runs stay in the processor's cache: four times as many tokens took a fifth longer, and twice the peak memory."""

MANY = 32
"""Texts that are worth another way of computing, see :mod:`.word_products`."""
SMALL_CHUNK = 1 << 9
"""The same of an encoder, whose tokens each take more: one run of 2,050 took 577 ms of a busy machine, parts of 550
491."""
THREADS = environment.threads()
"""Runs of an encoder at once; onnxruntime lets go of Python's lock."""

Loaded = TypeVar("Loaded")


def open_graph(graph: Path | bytes) -> "InferenceSession":
    """onnxruntime's session of a graph: on one thread, without a word, and giving back what a large batch took."""
    onnxruntime = runtime.onnxruntime()
    onnxruntime.set_default_logger_severity(4)  # a screen may be drawn on the same terminal
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    source = graph if isinstance(graph, bytes) else str(graph)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def load_graph(path: Path) -> "InferenceSession":
    """The session of a bundle's graph; UserError, one sentence, where it is damaged, or no recipe exports such."""
    if not model_store.is_shipped(path.parent):
        from . import graph_check

        graph_check.check(path)
    try:
        return open_graph(path)
    except Exception as error:  # onnxruntime raises a class of its own for each kind of damage
        raise UserError(f"{path} cannot be loaded: {_reason(error)}. Import or train the model again.") from None


def run_graph(session: "InferenceSession", names: Sequence[str], given: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The outputs called ``names``; UserError where the graph cannot answer."""
    try:
        answers = session.run(list(names), given)
    except Exception as error:
        raise UserError(f"The model cannot answer: {_reason(error)}. Import or train it again.") from None
    if not all(isinstance(answer, np.ndarray) for answer in answers):
        raise UserError("The model cannot answer: it gives no numbers. Import or train it again.")
    return answers  # pyright: ignore[reportReturnType]


def sure(values: np.ndarray) -> np.ndarray:
    """``values`` where all are numbers; UserError otherwise: what is computed from nan would look like an answer."""
    if not np.isfinite(values).all():
        raise UserError(
            "The model answers with values that are no numbers (nan or infinity): its weights are damaged, so train it "
            "again or remove it."
        )
    return values


def shaped(answer: np.ndarray, *sizes: int | None) -> np.ndarray:
    """``answer`` where it has ``sizes`` (None: any); UserError otherwise, for some graphs state none."""
    if answer.ndim != len(sizes) or any(
        size not in (None, real) for size, real in zip(sizes, answer.shape, strict=True)
    ):
        raise UserError(f"The model cannot answer: it gives {list(answer.shape)} values. Import or train it again.")
    return answer


def _reason(error: Exception) -> str:
    if any(sign in str(error) for sign in ("bad_alloc", "Failed to allocate")):
        return "it takes more memory than it may"
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300].rstrip(".")


class Session:
    """One ONNX graph: ids ``[batch, length]`` int32 to logits ``[batch, classes]`` float32. Thread safe.

    ``heavy``: one of an encoder, whose larger batches run in small parts, several at once. ``before``: what makes of
    ids the states ``[batch, places, size]`` that the graph takes in their place.
    """

    def __init__(self, path: Path, heavy: bool = False, before: Callable[[np.ndarray], np.ndarray] | None = None):
        self._path, self._heavy, self._before = path, heavy, before
        self._opened: InferenceSession | None = load_graph(path)
        self._content = memoryview(b"")
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        kind, axes = ("tensor(int32)", 2) if before is None else ("tensor(float)", 3)
        if not outputs or len(inputs) != 1 or inputs[0].type != kind or len(inputs[0].shape) != axes:
            given = "int32 ids [batch, length]" if before is None else "float states [batch, places, size]"
            raise UserError(f"{path} is not a text classifier: it must take {given} alone.")
        if outputs[0].type != "tensor(float)" or len(outputs[0].shape) != 2:
            raise UserError(f"{path} is not a text classifier: it must give float logits [batch, classes].")
        self._input, self._outputs = inputs[0].name, [outputs[0].name]
        classes = outputs[0].shape[1]
        self.classes: int | None = classes if isinstance(classes, int) else None
        """As the graph states; None where it leaves it open."""
        attention = [output for output in outputs[1:] if output.name == "attention"]
        self.attends = bool(attention) and attention[0].type == "tensor(float)"
        """Whether it tells which words it attends to."""

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """``[batch, length]`` int32 to ``[batch, classes]``; batches above ``CHUNK`` tokens run in parts."""
        rows, length = ids.shape
        chunk = SMALL_CHUNK if self._heavy else CHUNK
        if rows * length <= chunk or rows == 1:
            return self._run(ids)
        step = max(1, chunk // length)
        parts = [ids[start : start + step] for start in range(0, rows, step)]
        if not self._heavy or THREADS == 1:
            return np.concatenate([self._run(part) for part in parts])
        with ThreadPoolExecutor(min(THREADS, len(parts)), "dltext-encoder") as pool:
            return np.concatenate(list(pool.map(self._run, parts)))

    def together(self, texts: Sequence[np.ndarray]) -> np.ndarray | None:
        """Ids ``[length]`` of many texts to their logits ``[texts, classes]`` in a way that is quicker than a run for
        each length; None where there are few, or the graph holds what has no such way."""
        if len(texts) < MANY or self._heavy or self._before is not None or self._products is None:
            return None
        return sure(shaped(self._products.logits(texts), len(texts), self.classes))

    @cached_property
    def _products(self) -> "WordProducts | None":
        from .word_products import understood

        content = bundle_format.map_file(self._path)
        products = understood(content, self.logits, open_graph)
        if products is not None:
            # Where many texts come it is seldom asked again, and holds all weights once more.
            self._content, self._opened = content, None
        return products

    @property
    def _session(self) -> "InferenceSession":
        session = self._opened
        if session is None:  # of what was mapped: another model may lie there under that name by now
            session = self._opened = open_graph(bytes(self._content))
        return session

    def sentences(self, ids: np.ndarray) -> list[tuple[int, int]]:
        """Which tokens a text's sentences take, where it is read by sentences: here it is not."""
        return []

    def attention(self, ids: np.ndarray) -> np.ndarray:
        """What share of the attention each of the ids ``[length]`` of a text gets, ``[length]``."""
        (weights,) = run_graph(self._session, ["attention"], {self._input: ids[None]})
        return sure(shaped(weights, 1, len(ids))[0])

    def _run(self, ids: np.ndarray) -> np.ndarray:
        given = ids if self._before is None else self._before(ids)
        (logits,) = run_graph(self._session, self._outputs, {self._input: given})
        shaped(logits, len(ids), self.classes)
        return sure(logits)


class Cache:
    """What was loaded, by key: one thread loads while others wait; idle things are dropped.

    Who holds a value while it is dropped keeps it: nothing is closed under a running question.
    """

    def __init__(self, idle: float = IDLE, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._idle, self._most, self._clock = idle, most, clock
        self._held: dict[Any, tuple[Any, float]] = {}
        self._loading: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def get(self, key: Any, load: Callable[[], Loaded]) -> Loaded:
        """The value of ``key``, loaded once; an exception of ``load`` passes through and nothing is kept."""
        held = self._held.get(key)
        if held is not None:
            self._held[key] = (held[0], self._clock())
            return held[0]
        with self._lock:
            gate = self._loading.setdefault(key, threading.Lock())
        with gate:
            held = self._held.get(key)
            value = held[0] if held is not None else load()
            with self._lock:
                self._held[key] = (value, self._clock())
                self._loading.pop(key, None)
                while len(self._held) > self._most:
                    del self._held[min(list(self._held.items()), key=lambda item: item[1][1])[0]]
                self._watch()
            return value

    def close_idle(self) -> None:
        """Drop what has not been asked for since ``idle`` seconds."""
        with self._lock:
            now = self._clock()
            for key in [key for key, (_, used) in list(self._held.items()) if now - used >= self._idle]:
                del self._held[key]
            self._timer = None
            if self._held:
                self._watch()

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._held.clear()

    def __len__(self) -> int:
        return len(self._held)

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._idle / 2, self.close_idle)
            self._timer.daemon = True
            self._timer.start()


_opened = Cache()
"""The bundles of all tasks that are open."""


def close_all() -> None:
    """Forget all loaded bundles."""
    _opened.clear()


def load_bundle(kind: str, name: str, load: Callable[[Path, dict[str, Any]], Loaded]) -> Loaded:
    """The bundle ``name`` (or in an absolute folder) as ``load(folder, card)`` makes it: verified once, then kept
    under ``kind``, which says what is made of it.

    One that has been written again is loaded again; of all tasks together at most :data:`MOST` are kept. Raises a
    UserError where there is none, and where it is damaged.
    """
    folder = model_store.folder_of(name)
    try:
        written = (folder / bundle_format.CARD).stat().st_mtime_ns
    except OSError:
        written = 0

    def opened() -> Loaded:
        card = bundle_format.read(folder)
        if not model_store.is_shipped(folder):
            trial.hold(folder, card)
        return load(folder, card)

    return _opened.get((kind, str(folder), written), opened)
