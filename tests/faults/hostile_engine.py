"""An engine all of whose answers hold hostile texts, made of the types that the door promises."""

import collections.abc
import dataclasses
import types
import typing
from pathlib import Path
from typing import Any

import numpy as np

from dltext.engine import api
from dltext.engine.results import BundleInfo, Event, Job, Record, Report

HOSTILE = (
    "\x1b[2J\x1b]0;title\x07a\rb\x08\x7f\x9b31m\x85\x00\u202eevil\u2066x\u2069\u200e\u200f\u061c\u2028y\u2029\ud800"
    "\x1b[38;5;199m\x1b[7A\nEVIL\tZ[/red][bold]"
)
"""Whatever a terminal obeys; also half a surrogate pair, and markup."""
FAITHFUL = ("expand", "home", "locked", "open_stream", "outlet")
"""What touches only files is left as it is."""

_ROW: dict[str, Any] = {
    **dict.fromkeys(("id", "text", "gold", "label", "predicted", "on", "protocol", "name", "attribute"), HOSTILE),
    **dict.fromkeys(("precision", "recall", "f1", "accuracy", "confidence", "bleu", "rougeL"), 0.5),
    "support": 3,
}
_CARD = {
    **dict.fromkeys(("created", "intended", "not_for", "corpus", "year"), HOSTILE),
    "attributes": [{"name": HOSTILE, "labels": [HOSTILE]}, {"name": HOSTILE, "kind": "number", "low": -1, "high": 1}],
    **{title: {HOSTILE: HOSTILE} for title in ("data", "settings", "serving", "versions")},
    "metrics": [{HOSTILE: HOSTILE, "confusion": [{"attribute": HOSTILE, "labels": [HOSTILE], "matrix": [[3]]}]}],
}
_VALUES = dict.fromkeys(("device", "message", "stage", "text", "level", "unit"), HOSTILE)
EVENTS = [
    Event(
        0.0, "start", {**_VALUES, "examples": {HOSTILE: 3}, "floor": {"accuracy": 0.5}, "measures": {HOSTILE: HOSTILE}}
    ),
    Event(0.0, "state", _VALUES),
    Event(0.0, "message", _VALUES),
    Event(0.0, "tick", {"step": 1, "steps": 2, "rate": 2.0}),
    Event(0.0, "epoch", {"epoch": HOSTILE, "epochs": 2, "validation": {HOSTILE: 0.5, "loss": 0.5}, "rate": 2.0}),
    Event(0.0, "fold", {"fold": HOSTILE, "folds": HOSTILE, "accuracy": 0.5}),
    Event(0.0, "end", {"state": "done", "message": HOSTILE, "metrics": {}}),
]


def value(kind: Any, name: str = "", depth: int = 0) -> Any:
    """Something of the type ``kind``, every text of it hostile; ``name`` is that of the field."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is type(None) or depth > 8:
        return None
    if origin is typing.Literal:
        return "done" if "done" in inner else inner[0]
    if origin in (typing.Union, types.UnionType):
        return value(inner[0], name, depth)
    if origin is tuple and (len(inner) != 2 or inner[1] is not Ellipsis):
        return tuple(value(part, name, depth + 1) for part in inner)
    if origin in (tuple, frozenset) or kind is tuple:
        return origin((value(inner[0], name, depth + 1),) * 2)
    if origin in (list, collections.abc.Sequence):
        return [value(inner[0], name, depth + 1)] * 2
    if origin in (collections.abc.Iterator, collections.abc.Iterable):
        return iter([value(inner[0], name, depth + 1)] * 2)
    if origin in (dict, collections.abc.Mapping):
        row = dict(_ROW) if inner[1] is Any else {}
        return row | {value(inner[0], name, depth + 1): value(inner[1], name, depth + 1)}
    if dataclasses.is_dataclass(kind):
        return _record(kind, depth)
    simple = {str: HOSTILE, Any: HOSTILE, bool: True, float: 0.5, Path: Path("x\x1b[2J\ny")}
    simple[np.ndarray] = np.ones(3, np.float32)
    if kind is int:
        return {"start": 0, "end": 9, "offset": 0}.get(name, 1)
    return simple[kind]


def _record(kind: Any, depth: int) -> Any:
    hints = typing.get_type_hints(kind)
    made = {field.name: value(hints[field.name], field.name, depth + 1) for field in dataclasses.fields(kind)}
    if kind is BundleInfo:
        made |= {"card": _CARD, "task": "profile", "metrics": {"accuracy": 0.5, HOSTILE + "_mae": 0.5}, "problem": None}
    if kind is Report:
        made |= {"parts": (), "floor": {"name": HOSTILE, "accuracy": 0.5}}
    if kind is Job:
        made["spec"] = dataclasses.replace(made["spec"], kind="train")
    if kind is Record:
        made["label"] = HOSTILE
    return kind(**made)


def answers() -> dict[str, Any]:
    """Each function of the door, as one that answers so."""

    def answering(kind: Any) -> Any:
        return lambda *arguments, **options: value(kind)

    hints = {name: typing.get_type_hints(getattr(api, name)) for name in api.__all__ if name not in FAITHFUL}
    made = {name: answering(hint.get("return", type(None))) for name, hint in hints.items()}
    made["events"] = lambda job_id, offset=0: (EVENTS if not offset else [], 1)
    made["training_problem"] = lambda: None
    made["validate"] = lambda spec: spec
    # What workers answer is what the function that they are asked for does.
    made["answer_many"] = lambda *arguments, **options: (each for each in made[arguments[1].function]())
    made["continue_comparison"] = lambda *arguments, **options: () if any(arguments[1:]) else value(tuple[Job, ...])
    return made
