import os
import signal
import subprocess
import sys

import pytest

from dltext.engine.jobs import processes


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield child
    child.kill()
    child.wait()


def test_a_process_is_known_by_pid_and_start(sleeper):
    name = processes.identity(sleeper.pid)
    assert processes.is_alive(sleeper.pid, name)
    # The same pid, born at another time: another process.
    assert not processes.is_alive(sleeper.pid, processes.identity(os.getpid()))
    assert not processes.stop(sleeper.pid, f"{name}0")
    assert not processes.kill(sleeper.pid, f"{name}0")
    assert sleeper.poll() is None
    assert processes.kill(sleeper.pid, name)
    assert sleeper.wait(10) == -signal.SIGKILL
    assert processes.identity(sleeper.pid) is None


def test_the_clock_may_jump(sleeper, monkeypatch):
    name = processes.identity(sleeper.pid)
    for shift in (-7e7, 7e7):
        monkeypatch.setattr("time.time", lambda shift=shift: 1.7e9 + shift)
        assert processes.is_alive(sleeper.pid, name)


def test_an_ended_child_nobody_waited_for_is_gone(sleeper, until):
    name = processes.identity(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGKILL)
    until(lambda: not processes.is_alive(sleeper.pid, name))
    assert processes.identity(sleeper.pid, zombie=True) == name


def test_nobody_is_nobody():
    assert not processes.is_alive(None, "x")
    assert not processes.is_alive(os.getpid(), None)
    assert not processes.stop(None, None)


def test_another_machine_is_told_apart(monkeypatch):
    name = processes.identity(os.getpid())
    assert not processes.is_elsewhere(name)
    monkeypatch.setattr(processes, "host", lambda: "another")
    assert processes.is_elsewhere(name)
    assert not processes.is_elsewhere(None)
