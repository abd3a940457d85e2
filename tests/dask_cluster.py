"""A Dask cluster of real processes for tests: its workers have homes of their own, and where asked networks, too."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

LOOPBACK = "127.0.0.1"
_numbers = itertools.count(1)


class DaskCluster:
    """A scheduler at ``host`` and its workers, each a process; all are killed in the end."""

    def __init__(self, folder: Path, host: str = LOOPBACK, **environment: str) -> None:
        self.folder, self.host = folder, host
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler(0, **environment)
        self.address: str = json.loads(self.file.read_text())["address"]
        self.workers: list[subprocess.Popen[bytes]] = []
        self._logs: list[Path] = []
        self._again: list[Callable[[], subprocess.Popen[bytes]]] = []

    def start_scheduler(self, port: int, **environment: str) -> subprocess.Popen[bytes]:
        self.file.unlink(missing_ok=True)
        place = ("--host", self.host, "--port", str(port), "--scheduler-file", self.file)
        self.scheduler = self._start("scheduler", *place, **environment)
        self.wait(lambda: self.file.exists() and self.file.read_text().endswith("}"))  # no sooner than it is whole
        return self.scheduler

    def add_worker(
        self, *options: str, host: str = LOOPBACK, inside: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        """One more; ``inside`` is the beginning of the command that runs it elsewhere, where it is at ``host``."""
        number = len(self.workers) + 1
        environment = {"DLTEXT_HOME": str(self.home(number)), **environment}
        folder = ("--local-directory", str(self.folder / f"work{number}"))
        arguments = (self.address, "--nthreads", "1", "--host", host, *folder, *options)

        def again() -> subprocess.Popen[bytes]:
            return self._start("worker", *arguments, inside=inside, **environment)

        self.workers.append(again())
        self._logs.append(self._log)
        self._again.append(again)
        return self.workers[-1]

    def replace_ended(self) -> None:
        """Start those workers again whose nannies have given up, as whoever runs a cluster does."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[number], self._logs[number] = self._again[number](), self._log

    def wait_for_workers(self) -> None:
        living = [log for log, worker in zip(self._logs, self.workers, strict=True) if worker.poll() is None]
        self.wait(lambda: all(b"Registered to:" in log.read_bytes() for log in living))

    def home(self, number: int) -> Path:
        return self.folder / f"home{number}"

    def working(self) -> list[psutil.Process]:
        """The processes that answer: those below the nannies, which start another in the place of one that ends."""
        return [child for worker in self.workers for child in spawned(worker.pid)]

    def kill_worker(self, number: int) -> None:
        """Kill the process that answers of the ``number``-th worker, from 1; its nanny, which starts another, lives."""
        for process in spawned(self.workers[number - 1].pid):
            process.kill()

    def _start(self, kind: str, *arguments: Any, inside: Sequence[str] = (), **environment: str) -> Any:
        run = [*inside, sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard"]
        self._log = self.folder / f"{kind}{len(self.processes)}.log"
        with self._log.open("wb") as said:
            process = subprocess.Popen(
                [*run, *map(str, arguments)],
                stdout=said,
                stderr=said,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
            )
        self.processes.append(process)
        return process

    @staticmethod
    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def end_workers(self) -> None:
        for worker in self.workers:
            kill(worker)

    def end(self) -> None:
        for process in self.processes:
            kill(process)


def spawned(pid: int) -> list[psutil.Process]:
    """The processes that one has started as :mod:`multiprocessing` does."""
    try:
        return [child for child in psutil.Process(pid).children() if "spawn_main" in " ".join(child.cmdline())]
    except psutil.Error:
        return []


def kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it has started."""
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    for each in [*children, process]:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait(30)


class Machines:
    """Network namespaces on a bridge of this machine: each has an address, and a link that can be set down.

    Skips where there is no root or no ``ip``. ``host`` is this machine on the bridge.
    """

    def __init__(self) -> None:
        if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("ip") is None:
            pytest.skip("network namespaces need root and the program ip")
        self._name = f"dt{os.getpid() % 100_000}x{next(_numbers)}"
        self._net = f"10.213.{os.getpid() % 250}"
        self.host = f"{self._net}.1"
        self._links: list[str] = []
        made = _ip("link", "add", self._name, "type", "bridge")
        if made.returncode:
            pytest.skip(f"no bridge can be made here: {made.stderr.strip()}")
        _must("addr", "add", f"{self.host}/24", "dev", self._name)
        _must("link", "set", self._name, "up")

    def add(self) -> tuple[str, tuple[str, ...]]:
        """One more machine: its address, and the beginning of a command that runs on it."""
        number = len(self._links) + 1
        name, address = f"{self._name}n{number}", f"{self._net}.{number + 1}"
        _must("netns", "add", name)
        self._links.append(name)
        _must("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _must("link", "set", name, "master", self._name, "up")
        _must("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        _must("-n", name, "link", "set", "eth0", "up")
        _must("-n", name, "link", "set", "lo", "up")
        return address, ("ip", "netns", "exec", name)

    def set_link(self, number: int, state: str) -> None:
        """The link of the ``number``-th machine, from 0: ``up`` or ``down``."""
        _must("link", "set", self._links[number], state)

    def end(self) -> None:
        for name in self._links:
            _ip("link", "del", name)
            _ip("netns", "del", name)
        _ip("link", "del", self._name)


def _ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True)


def _must(*arguments: str) -> None:
    done = _ip(*arguments)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
