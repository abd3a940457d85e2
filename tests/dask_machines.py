"""A Dask cluster of real processes on this machine, its workers with homes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil


class Running:
    """A scheduler and its workers, each a process; all are killed in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", self.file)
        self.wait(self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        number = len(self.workers) + 1
        home = self.folder / f"home{number}"
        folder = ("--local-directory", str(self.folder / f"work{number}"))
        environment = {"DLTEXT_HOME": str(home), **environment}
        arguments = (self.address, "--nthreads", "1", "--host", "127.0.0.1", *folder, *options)
        self.workers.append(self._start("worker", *arguments, **environment))
        return self.workers[-1]

    def wait_for_workers(self) -> None:
        logs = [self.folder / f"worker{number}.log" for number in range(1, len(self.workers) + 1)]
        self.wait(lambda: all(b"Registered to:" in log.read_bytes() for log in logs))

    def kill_worker(self, number: int) -> None:
        """Kill a worker's process; its nanny, which starts another one, lives."""
        children = psutil.Process(self.workers[number - 1].pid).children(recursive=True)
        [*_, worker] = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        worker.kill()

    def home(self, number: int) -> Path:
        return self.folder / f"home{number}"

    def _start(self, kind: str, *arguments: Any, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *map(str, arguments)]
        said = (self.folder / f"{kind}{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            command,
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

    def end(self) -> None:
        for process in self.processes:
            children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            for each in [*children, process]:
                each.kill()
            process.wait(30)
