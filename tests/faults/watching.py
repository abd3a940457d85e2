"""Programs run where all that they send and write is seen: by an audit hook in every Python, and by strace."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOOK = """
import json, os, socket, sys

LOG = os.open(os.environ["DLTEXT_WATCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NETWORK = {"connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"}


def watch(event, arguments):
    what, path = None, None
    module, _, name = event.partition(".")
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX or module == "socket" and name in NETWORK:
        what = "sent"
    elif event == "open" and isinstance(arguments[0], (str, bytes)) and arguments[2] & WRITING:
        what, path = "written", arguments[0]
    elif event == "sqlite3.connect" and (
        arguments[0] == ":memory:" or str(arguments[0]).endswith("?mode=ro&immutable=1")
    ):
        pass  # SQLite opens the latter for reading alone, without a journal
    elif event in ("os.mkdir", "sqlite3.connect") and isinstance(arguments[0], (str, bytes)):
        what, path = "written", arguments[0]
    elif event in ("os.rename", "os.link", "os.symlink"):
        what, path = "written", arguments[1]
    if what:
        detail = repr(arguments[1:]) if path is None else os.path.abspath(os.fsdecode(path))
        os.write(LOG, json.dumps([what, event, detail]).encode() + b"\\n")


sys.addaudithook(watch)
"""
CALLS = "%network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
SENT = re.compile(r"\b(?:socket|connect|bind)\(|\bsend\w+\(.*sa_family=")
"""Not what goes through a pair of sockets within a process: it has no address, and asyncio wakes itself so."""
MADE = re.compile(r"\b(?:mkdir|mkdirat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|creat)\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
HARMLESS = re.compile(r"/dev/|/proc/|.*/__pycache__(/|$)")
"""Devices (in /dev/shm what joblib makes to see whether semaphores work, and unlinks at once) and Python's bytecode."""


def has_strace() -> bool:
    """Whether there is a strace that may look at other processes."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "true"], capture_output=True, check=False).returncode == 0


class Watched:
    """A machine's worth of empty folders, in ``folder``: the user's home, caches, temporary files, a place to work in.

    Only ``self.store`` (``DLTEXT_HOME``) and ``self.named`` (what a command is told to write) may be written to.
    """

    def __init__(self, folder: Path, strace: bool | None = None) -> None:
        self._strace = has_strace() if strace is None else strace
        self.folder, self.store, self.named = folder, folder / "dltext", folder / "named"
        self._log, self._traces = folder / "watch" / "python.jsonl", folder / "watch"
        empty = {
            name: folder / name for name in ("home", "xdg-cache", "xdg-data", "xdg-config", "xdg-state", "tmp", "work")
        }
        for place in (*empty.values(), self.named, self._traces):
            place.mkdir(parents=True)
        (self._traces / "sitecustomize.py").write_text(HOOK)
        self._empty = list(empty.values())
        switches = ("ORT_", "HF_", "KERAS", "DO_NOT_TRACK", "TF_", "TEXTUAL", "DLTEXT_DATA", "XDG_")
        paths = [str(self._traces), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        self.environment: dict[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith(switches)},
            "DLTEXT_HOME": str(self.store),
            "DLTEXT_WATCH": str(self._log),
            "HOME": str(empty["home"]),
            "TMPDIR": str(empty["tmp"]),
            "PYTHONPATH": os.pathsep.join(paths),
            # What the user has set does not count: these would let onnxruntime speak.
            "ORT_DISABLE_TELEMETRY": "0",
            "TERM": "xterm-256color",
            **{f"XDG_{name[4:].upper()}_HOME": str(place) for name, place in empty.items() if name.startswith("xdg-")},
        }
        self._count = 0

    def command(self, arguments: Sequence[str]) -> list[str]:
        """``python arguments…`` under strace, where there is one."""
        self._count += 1
        traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "400", "-e", f"trace={CALLS}",
                  "-o", str(self._traces / f"{self._count}.strace")]  # fmt: skip
        return [*(traced if self._strace else []), sys.executable, *arguments]

    def run(
        self, *arguments: str, stdin: str | None = "", timeout: float = 240, umask: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """``python arguments…`` to its end, under a umask that hides nothing."""
        return subprocess.run(
            self.command(arguments), input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
            env=self.environment, cwd=self._empty[-1], umask=umask,
        )  # fmt: skip

    def slowly(self, *arguments: str, lines: Sequence[str], seconds: float) -> str:
        """``python arguments…`` fed with ``lines`` over some time; its output."""
        with subprocess.Popen(
            self.command(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=self.environment, cwd=self._empty[-1],
        ) as child:  # fmt: skip
            assert child.stdin is not None
            assert child.stdout is not None
            for line in lines:
                child.stdin.write(f"{line}\n")
                child.stdin.flush()
                time.sleep(seconds / len(lines))
            child.stdin.close()
            output = child.stdout.read()
            assert child.wait(60) == 0
        return output

    def screen(self, *arguments: str, keys: Sequence[str], seconds: float, size: tuple[int, int] = (40, 120)) -> str:
        """``python arguments…`` in a terminal for some time, pressing ``keys`` one after the other, then ``ctrl+q``;
        all that it wrote."""
        command = self.command(arguments)
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self._empty[-1])
            os.execvpe(command[0], command, self.environment)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        drawn, ended = bytearray(), False
        try:
            _read(terminal, drawn, 2.5 if self._strace else 1.5)
            for key in keys:
                os.write(terminal, key.encode())
                _read(terminal, drawn, seconds / len(keys))
            os.write(terminal, b"\x11")
            deadline = time.monotonic() + 20
            while not ended and time.monotonic() < deadline:
                _read(terminal, drawn, 0.1)
                ended = os.waitpid(process, os.WNOHANG)[0] == process
        finally:
            if not ended:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
            os.close(terminal)
        assert ended, "the screen did not end"
        return drawn.decode("utf-8", "replace")

    def sent(self) -> list[str]:
        """Sockets and look-ups."""
        seen = [f"{event} {detail}" for what, event, detail in self._events() if what == "sent"]
        return seen + [line for line in self._traced() if SENT.search(line)]

    def written(self) -> list[str]:
        """What was written outside the store and the named folder, if only for a moment."""
        paths = [(detail, event) for what, event, detail in self._events() if what == "written"]
        for line in self._traced():
            strings = STRING.findall(line)
            if strings and (MADE.search(line) or re.search(r"O_CREAT|O_WRONLY|O_RDWR", line)):
                paths.append((str(self._empty[-1] / strings[-1]), line))
        paths += [(str(path), "is there") for place in self._empty for path in place.rglob("*")]
        allowed = tuple(f"{place}/" for place in (self.store, self.named, self._traces))
        return [
            f"{path} ({event})"
            for path, event in paths
            if not f"{path}/".startswith(allowed) and not HARMLESS.match(path)
        ]

    def _events(self) -> Iterator[tuple[str, str, str]]:
        if self._log.exists():
            yield from map(json.loads, self._log.read_text("utf-8").splitlines())

    def _traced(self) -> Iterator[str]:
        """The calls that came through."""
        for trace in self._traces.glob("*.strace"):
            for line in trace.read_text("utf-8", "replace").splitlines():
                if " = -1 E" not in line or SENT.search(line):
                    yield line


def modes(store: Path) -> Mapping[str, str]:
    """Files and folders below ``store`` that are not their owner's alone, with their modes."""
    wide = {}
    for path in (store, *store.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) != (0o700 if stat.S_ISDIR(mode) else 0o600):
            wide[str(path.relative_to(store))] = oct(stat.S_IMODE(mode))
    return wide


def _read(terminal: int, drawn: bytearray, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                drawn += os.read(terminal, 65536)
            except OSError:  # the other side is closed
                return
