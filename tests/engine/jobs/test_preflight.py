import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dltext.engine.jobs import processes, runner
from dltext.engine.results import DataCheck, Preflight, UserError

pytestmark = pytest.mark.usefixtures("home")


def test_a_preflight_comes_back_typed_whatever_is_printed_beside_it(spec):
    progress = []
    preflight = runner.preflight(spec(), lambda done, total: progress.append((done, total)))
    check = DataCheck("d", {"train": 2}, {"a": 1, "b": 1}, {"mean": 2.5}, 0, 0, warnings=("few",))
    floor = {"accuracy": 0.5, "macro_f1": 0.5, "seconds": 0.1}
    assert preflight == Preflight(check, floor, 1.5, 1 << 20, "CPU, fake", 42, ("two words",))
    assert (1, 2) in progress


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [("user-error", r"^reviews\.csv, line 3"), ("bug", "ZeroDivisionError"), ("dies", "without a result")],
)
def test_what_goes_wrong_is_a_user_error(spec, behaviour, message):
    with pytest.raises(UserError, match=message):
        runner.preflight(spec(behaviour))


def test_a_relative_file_is_found(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')")
    assert runner.preflight(spec()).parameters == 42


def test_giving_up_ends_the_child(spec, tmp_path, monkeypatch, until):
    monkeypatch.setenv("FAKE_PID", str(tmp_path / "pid"))

    class GivenUp(Exception):
        pass

    def progress(done, total):
        if (tmp_path / "pid").exists():
            raise GivenUp

    with pytest.raises(GivenUp):
        runner.preflight(spec("slow"), progress)
    pid = int((tmp_path / "pid").read_text())
    until(lambda: processes.identity(pid) is None)


ASK = """
from dltext.engine import registry
registry.training_problem = lambda: None
from dltext.engine.jobs import runner
from dltext.engine.results import JobSpec
runner.preflight(JobSpec(recipe="text-cnn", data="slow"))
"""


def test_the_child_does_not_outlive_who_asked(tmp_path, monkeypatch, until):
    file = tmp_path / "pid"
    monkeypatch.setenv("FAKE_PID", str(file))
    asking = subprocess.Popen([sys.executable, "-c", ASK])
    pid = int(until(lambda: file.exists() and Path(file).read_text()))
    assert processes.identity(pid)
    os.kill(asking.pid, signal.SIGKILL)
    asking.wait()
    until(lambda: processes.identity(pid) is None)
