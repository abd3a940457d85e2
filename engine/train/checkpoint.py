"""A training's whole state in one file, so that a resumed run ends as if it had never stopped."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ...data.paths import atomic_open
from ..arrays import Archive, BadArray


def arrays(variables) -> list[np.ndarray]:
    """Copies of Keras variables as numpy arrays."""
    from keras import ops

    return [np.array(ops.convert_to_numpy(variable.value)) for variable in variables]


def assign(variables, values: list[np.ndarray]) -> None:
    """Give each variable its value; ValueError where number or shape differ."""
    if len(variables) != len(values):
        raise ValueError(f"{len(values)} arrays for {len(variables)} variables")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise ValueError(f"{variable.path} has shape {tuple(variable.shape)}, the file {value.shape}")
        variable.assign(value)


def save(path: Path, groups: dict[str, list[np.ndarray]], meta: dict[str, Any] | None = None) -> None:
    """Write groups of arrays and a JSON-able ``meta`` aside, then rename: the old file stays until the new is whole."""
    content = {f"{group}/{i:05d}": value for group, values in groups.items() for i, value in enumerate(values)}
    content["meta"] = np.frombuffer(json.dumps(meta or {}).encode(), np.uint8)
    with atomic_open(path, "wb") as stream:
        np.savez(stream, **content)  # type: ignore[arg-type]


def load(path: Path) -> tuple[dict[str, list[np.ndarray]], dict[str, Any]]:
    """What :func:`save` wrote; ValueError and OSError where it is damaged."""
    most = path.stat().st_size  # nothing in it is compressed
    with Archive(path) as archive:
        if "meta" not in archive.names:
            raise BadArray("it is no checkpoint")
        meta = json.loads(archive.read("meta", most).tobytes() or b"{}")
        groups: dict[str, list[np.ndarray]] = {}
        for key in sorted(key for key in archive.names if key != "meta"):
            groups.setdefault(key.partition("/")[0], []).append(archive.read(key, most))
    return groups, meta
