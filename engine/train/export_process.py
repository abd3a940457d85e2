"""Work that is done in a process of its own: graphs are traced by TensorFlow on a CPU, whatever trained the network."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ...data import paths
from ...data.errors import UserError
from .. import environment, plugins


def run(module: str, folder: Path) -> dict:
    """``python -m module folder`` on TensorFlow and the CPU; the JSON of its last line. UserError where it fails."""
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
        last = (child.stderr.strip().splitlines() or ["no word"])[-1]
        last = last.removeprefix(f"{UserError.__module__}.{UserError.__name__}: ").rstrip(".")
        raise UserError(f"The export to ONNX failed: {last}. The trained weights are in {folder / 'weights.npz'}.")
    return json.loads(child.stdout.strip().splitlines()[-1])


def main(work: Callable[[Path], dict]) -> None:
    """The child's ``main``: ``work`` on the folder that it was given, and tell what came of it."""
    paths.private_files()
    environment.prepare_training()
    plugins.train_here()
    with contextlib.redirect_stdout(sys.stderr):  # exporters print; the parent reads one JSON line
        result = work(Path(sys.argv[1]))
    print(json.dumps(result))
