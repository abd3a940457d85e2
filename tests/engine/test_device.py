import stat
import subprocess
import sys

import pytest

from dltext.engine import device
from dltext.engine.jobs import processes


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """Put an nvidia-smi that runs ``script`` first on the path (None: there is none)."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def install(script):
        monkeypatch.setenv("PATH", str(tmp_path))
        if script is not None:
            program = tmp_path / "nvidia-smi"
            program.write_text(f"#!{sys.executable}\n{script}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        device.gpus.cache_clear()
        monkeypatch.setattr(device, "backend_sees_gpu", lambda: True)

    yield install
    device.gpus.cache_clear()


TWO = "print('0, GPU-aa, NVIDIA A100-SXM4, 80GB\\n1, GPU-bb, Tesla T4')"


def test_without_a_driver_it_is_the_processor(smi, monkeypatch):
    smi(None)
    monkeypatch.setattr(device, "cores", lambda: 2)
    assert device.describe() == "CPU, 2 cores"
    assert not device.is_gpu()
    monkeypatch.setattr(device, "cores", lambda: 1)
    assert device.describe() == "CPU, 1 core"


@pytest.mark.parametrize(
    ("visible", "described"),
    [
        (None, "NVIDIA A100-SXM4, 80GB, Tesla T4"), ("1", "Tesla T4"), ("GPU-a", "NVIDIA A100-SXM4, 80GB"),
        ("1,0", "Tesla T4, NVIDIA A100-SXM4, 80GB"), ("1,-1,0", "Tesla T4"), ("", "CPU"), ("-1", "CPU"), ("7", "CPU"),
    ],
)  # fmt: skip
def test_only_visible_gpus_count(smi, monkeypatch, visible, described):
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    smi(TWO)
    assert device.describe().startswith(described)
    assert device.is_gpu() == (described != "CPU")


def test_a_gpu_that_the_backend_does_not_use_is_not_named(smi, tmp_path, monkeypatch):
    """The corner promised a GPU on which nothing would have trained."""
    ask = device.backend_sees_gpu
    smi("print('0, GPU-aa, Tesla T4')")
    monkeypatch.setattr(device, "cores", lambda: 2)
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(device, "backend_sees_gpu", ask)
    answers, asked = ["gpu", "cpu"], []

    def run(command, **options):
        if command[0] != sys.executable:
            return subprocess_run(command, **options)
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, f"noise\n{answers[-1]}\n", "")

    subprocess_run = subprocess.run
    monkeypatch.setattr(device.subprocess, "run", run)
    ask.cache_clear()
    assert device.describe() == "CPU, 2 cores"
    ask.cache_clear()
    assert device.describe() == "CPU, 2 cores"
    assert len(asked) == 1, "the answer is remembered for the next start"
    answers.pop()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    ask.cache_clear()
    assert device.describe() == "Tesla T4"
    ask.cache_clear()


def test_equal_gpus_are_counted(smi):
    smi("for i in range(8): print(f'{i}, GPU-{i}, NVIDIA H100')")
    assert device.describe() == "8 × NVIDIA H100"


@pytest.mark.parametrize(
    "script",
    ["import sys; print('NVIDIA-SMI has failed'); sys.exit(9)", "print('No devices were found')",
     "import time; time.sleep(60)", "import os; os.write(1, b'\\xff\\xfe')"],
)  # fmt: skip
def test_a_driver_in_trouble_is_no_gpu(smi, monkeypatch, script):
    monkeypatch.setattr(device, "SECONDS", 0.5)
    smi(script)
    assert not device.is_gpu()


def test_the_driver_is_asked_once(smi, tmp_path):
    log = tmp_path / "asked"
    smi(f"open({str(log)!r}, 'a').write('x'); print('0, GPU-aa, Tesla T4')")
    assert [device.describe() for _ in range(3)] == ["Tesla T4"] * 3
    assert log.read_text() == "x"


def test_a_containers_quota_counts(monkeypatch):
    class Path:
        def __init__(self, name):
            pass

        def read_text(self):
            return self.text

    monkeypatch.setattr(processes, "Path", Path)
    monkeypatch.setattr(processes.os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    for text, count in (("max 100000", 16), ("150000 100000", 2), ("50000 100000", 1), ("9900000 100000", 16)):
        Path.text = text
        assert processes.cores() == count
