import importlib.metadata
import locale
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from dltext.engine import device, doctor, model_store
from dltext.engine.jobs import database, store
from dltext.engine.results import JobSpec, UserError
from dltext.engine.tasks import warming


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLTEXT_DATA", raising=False)
    monkeypatch.setattr(model_store, "listing", lambda: [])
    return tmp_path / "home"


def check(name):
    entries = [entry for entry in doctor.checks() if entry.name == name]
    assert len(entries) == 1, name
    return entries[0]


def test_each_check_that_fails_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(locale, "getpreferredencoding", lambda _: "ANSI_X3.4-1968")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    failed = {entry.name: entry for entry in doctor.checks() if entry.ok is False}
    assert {"Python", "Data mirror", "Locale", "Free space", "Models"} <= set(failed)
    assert all(entry.remedy for entry in failed.values())


def test_a_machine_in_order(tmp_path, monkeypatch):
    monkeypatch.setenv("DLTEXT_DATA", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**11))
    for name in ("Python", "Packages", "Data folder", "Free space", "Runs", "Data mirror"):
        assert check(name).ok, check(name)
        assert not check(name).remedy


@pytest.fixture
def packages(monkeypatch):
    """What dltext asks for, and what is installed."""

    def put(required, installed):
        def version(name):
            if name not in installed:
                raise importlib.metadata.PackageNotFoundError(name)
            return installed[name]

        monkeypatch.setattr(importlib.metadata, "requires", lambda _: required)
        monkeypatch.setattr(importlib.metadata, "version", version)

    return put


REQUIRED = [
    "numpy>=2", "rich<9",
    'keras>=3; extra == "train"', 'tensorflow>=2.19; extra == "train"', 'ruff; extra == "lint"',
]  # fmt: skip


def test_packages_are_compared_with_what_is_asked_for(packages):
    packages(REQUIRED, {"numpy": "1.26", "keras": "3.8"})
    assert "numpy 1.26 is not >=2" in check("Packages").detail
    assert "rich is missing" in check("Packages").detail
    assert check("Packages").ok is False
    assert check("Training").ok is False  # half an installation
    assert check("Training").detail == "tensorflow is missing"
    assert "dltext[train]" in check("Training").remedy


def test_reading_models_needs_no_training_packages(packages):
    packages(REQUIRED, {"numpy": "2.1", "rich": "8"})
    assert check("Packages").ok is True
    assert check("Training").ok is None
    packages(REQUIRED, {"numpy": "2.1", "rich": "8", "keras": "3.8", "tensorflow-cpu": "2.19.0"})
    assert check("Training").ok is True


def test_a_gpu_is_named(monkeypatch):
    monkeypatch.setattr(device, "gpus", lambda: ("Tesla T4",))
    monkeypatch.setattr(device, "backend_sees_gpu", lambda: True)
    assert (check("GPU").ok, check("GPU").detail) == (True, "Tesla T4")
    monkeypatch.setattr(device, "gpus", lambda: ("Tesla T4", "Tesla T4"))
    assert check("GPU").detail == "2 × Tesla T4; a training takes the first, or all with the setting devices=2"
    monkeypatch.setattr(device, "gpus", lambda: ("Tesla T4",))
    monkeypatch.setattr(device, "backend_sees_gpu", lambda: False)
    assert check("GPU").ok is None
    assert "Tesla T4, which the training libraries do not use" in check("GPU").detail
    assert "dltext[gpu]" in check("GPU").remedy
    monkeypatch.setattr(device, "gpus", lambda: ())
    assert check("GPU").ok is None
    assert "CPU" in check("GPU").detail


def test_a_data_folder_that_cannot_be_made(home):
    home.write_text("a file")
    assert check("Data folder").ok is False
    assert "DLTEXT_HOME" in check("Data folder").remedy
    assert check("Runs").ok is True  # reading needs no folder


def test_a_rebuilt_job_list_is_mentioned(home):
    store.create(JobSpec(recipe="text-cnn", data="mr"))
    (home / "jobs.db").write_bytes(b"x" * 5000)
    for suffix in ("-wal", "-shm"):
        (home / f"jobs.db{suffix}").unlink(missing_ok=True)
    database._looked_through.clear()
    runs = check("Runs")
    assert runs.ok is None
    assert "rebuilt" in runs.detail
    assert "jobs.db.broken-" in runs.remedy


def test_models_are_loaded_and_broken_ones_named(monkeypatch):
    def model(name, problem=None):
        return SimpleNamespace(name=name, task="sentiment", origin="trained", problem=problem)

    def warm_up(task, name):
        if name == "torn":
            raise UserError("torn.onnx is not what its checksum says.")

    monkeypatch.setattr(
        model_store, "listing", lambda: [model("good"), model("torn"), model("old", "Format 9 is unknown.")]
    )
    monkeypatch.setattr(warming, "warm_up", warm_up)
    entries = {entry.name: entry for entry in doctor.checks() if entry.name.startswith("Model")}
    assert entries["Models"].ok is True
    assert entries["Model torn"].detail == "torn.onnx is not what its checksum says."
    assert entries["Model old"].detail == "Format 9 is unknown."
    assert entries["Model old"].remedy == "dltext models remove old"
    monkeypatch.setattr(model_store, "listing", lambda: [model("torn")])
    assert check("Models").ok is False


def test_terminals(monkeypatch):
    monkeypatch.setattr(sys, "__stdout__", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda **_: os.terminal_size((60, 20)))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert "24-bit" in check("Terminal").detail
    assert check("Window").ok is False
    assert "80×24" in check("Window").remedy
    monkeypatch.setenv("NO_COLOR", "1")
    assert "NO_COLOR" in check("Terminal").detail
    monkeypatch.setenv("TERM", "dumb")
    assert check("Terminal").ok is False


def test_a_check_that_breaks_is_a_check_that_failed(monkeypatch):
    def broken():
        raise RuntimeError("unforeseen")

    monkeypatch.setitem(doctor._CHECKS, "GPU", broken)
    assert "unforeseen" in check("GPU").detail
    assert check("GPU").ok is False
    assert check("Locale")


def test_nothing_heavy_is_imported(tmp_path):
    code = (
        "import sys; from dltext.engine import device, doctor, preferences;"
        "from dltext.engine.jobs import runner, store, worker; doctor._training(); device.describe();"
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'gensim', 'onnxruntime', 'textual') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
