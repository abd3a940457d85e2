"""Work that TensorFlow does on a CPU, whatever trained the network: it traces graphs.

In this process where it is just that which trains here: to import TensorFlow once more would cost seconds and half a
gigabyte. Else in a process of its own.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...data import paths
from ...data.errors import UserError
from .. import environment, plugins
from .backend import sees_gpu


def run(module: str, folder: Path) -> dict[str, Any]:
    """What ``module`` makes of ``folder`` on TensorFlow and the CPU, as JSON has it; UserError where it fails."""
    return _here(module, folder) if _traces_here() else _in_a_child(module, folder)


def _traces_here() -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and keras.backend.backend() == "tensorflow" and not sees_gpu("tensorflow")


def _here(module: str, folder: Path) -> dict[str, Any]:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # exporters print
            made = importlib.import_module(module)._export(folder)
    except Exception as error:
        traceback.print_exc()
        raise _failed("".join(traceback.format_exception_only(error)), folder) from None
    return json.loads(json.dumps(made))


def _in_a_child(module: str, folder: Path) -> dict[str, Any]:
    """``python -m module folder``; the JSON of its last line."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    child = subprocess.run(
        [sys.executable, "-m", module, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if child.returncode:
        sys.stderr.write(child.stderr)
        raise _failed(child.stderr, folder)
    return json.loads(child.stdout.strip().splitlines()[-1])


def _failed(said: str, folder: Path) -> UserError:
    """The last line of what was ``said``, as a sentence."""
    last = (said.strip().splitlines() or ["no word"])[-1]
    last = last.removeprefix(f"{UserError.__module__}.{UserError.__name__}: ").rstrip(".")
    return UserError(f"The export to ONNX failed: {last}. The trained weights are in {folder / 'weights.npz'}.")


def main(work: Callable[[Path], dict]) -> None:
    """The child's ``main``: ``work`` on the folder that it was given, and tell what came of it."""
    paths.private_files()
    environment.prepare_training()
    plugins.train_here()
    with contextlib.redirect_stdout(sys.stderr):  # exporters print; the parent reads one JSON line
        result = work(Path(sys.argv[1]))
    print(json.dumps(result))
