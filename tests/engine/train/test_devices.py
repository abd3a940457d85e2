"""One training on two devices, which are simulated: its curve is that of one device."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("keras", reason="training needs the [train] extra")


@pytest.mark.long
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_train_as_one_does(backend, reviews, tmp_path):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "DLTEXT_HOME": str(tmp_path / "home")}
    tree = Path(__file__).parents[4]
    run = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "on_devices.py"), str(reviews)],
        capture_output=True, text=True, timeout=900, check=False,
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join((str(tree), os.environ.get("PYTHONPATH", "")))},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    said = json.loads(run.stdout.splitlines()[-1])
    for case in {"cnn", "lazy", "lstm", "pairs"} & said.keys():
        # 216 texts in batches of 35: none but a few can be halved.
        alone, together = said[case]["curves"]
        assert len(alone) == len(together) == 2
        for single, double in zip(alone, together, strict=True):
            assert double == pytest.approx(single, abs=1e-5), case
        assert said[case]["validation"][1] == pytest.approx(said[case]["validation"][0], abs=1e-5), case
        assert said[case]["weights"] < 1e-4, case
    assert said["resumed"] < 1e-6, "a run that was stopped ends with the weights of one that was not"
    assert said["answers"] == [[3, 2], [3, 2]], "an answer a text, however many devices trained"
    assert said["refused"].startswith("3 devices were asked for, and 2 devices to train on are here (CPU, ")
    assert said["refused"].endswith("): set devices to 2.")
