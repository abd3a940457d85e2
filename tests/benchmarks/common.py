"""What all benchmarks share: the machine, the options, the rows of a report, and the models that are measured."""

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dltext.tests import quick

HERE = Path(__file__).resolve().parent
MODELS = {"cnn": "sentiment-en-cnn"}

DOCUMENT = (
    "The first half is slow, almost stubbornly so, but when the daughter returns the film finds its voice and never "
    "lets it go; I left the cinema moved, a little shaken, and oddly grateful for the wait that came first"
)
"""40 words, as ``str.split`` counts them, with which everything is measured."""

HOME = "DLTEXT_BENCH_HOME"
"""Names a data directory that :func:`home` made, so that several programs share its models."""


NOTHING = {"times": [math.nan], "label": "", "probabilities": {}}
"""What the other side answers where it is left out."""


@dataclass(frozen=True)
class Row:
    """A line of a report. ``ours`` and ``theirs`` are medians or peaks in ``unit``; ``theirs`` None: nothing to
    compare. ``reach`` is the number to reach as people read it, ``reached`` whether it was; None: for information."""

    what: str
    unit: str
    ours: float
    theirs: float | None = None
    ratio: float | None = None
    reach: str = ""
    reached: bool | None = None
    note: str = ""


def options(
    description: str | None,
    arguments: Sequence[str] | None = None,
    *,
    repeats: int,
    more: Callable[[argparse.ArgumentParser], None] | None = None,
) -> argparse.Namespace:
    """The options of each benchmark: ``--json``, ``--repeats``, ``--quick`` and ``--alone``; ``more`` adds its own."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write rows, machine and raw numbers there")
    parser.add_argument("--repeats", type=int, default=None, metavar="N", help=f"default: {repeats}")
    quick.add_option(parser)
    parser.add_argument("--alone", action="store_true", help="without the program that it is compared with")
    if more is not None:
        more(parser)
    chosen = parser.parse_args(arguments)
    if chosen.repeats is None:
        chosen.repeats = 1 if chosen.quick else repeats
    Kept.alone = chosen.alone
    return chosen


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    import psutil

    versions = {}
    for name in ("textual", "onnxruntime", "tokenizers", "numpy", "keras", "tensorflow", "tensorflow-cpu"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": versions,
        "commit": _commit(),
        "load_average": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _cpu() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    with contextlib.suppress(OSError):
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()
    return ""


def spread(values: Sequence[float]) -> dict[str, float]:
    """``median``, ``min``, ``max``, quartiles ``q1`` and ``q3``, ``p95`` and ``n``."""
    ordered = sorted(values)
    q1, _, q3 = statistics.quantiles(ordered, n=4) if len(ordered) > 1 else (ordered[0],) * 3
    return {
        "median": statistics.median(ordered),
        "min": ordered[0],
        "q1": q1,
        "q3": q3,
        "p95": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        "max": ordered[-1],
        "n": len(ordered),
    }


def number(value: float | None) -> str:
    """Three figures, for tables; empty where there is no number."""
    if value is None or math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"


def quartiles(values: Mapping[str, float]) -> str:
    """The middle half of a :func:`spread`, for notes."""
    return f"{number(values['q1'])}–{number(values['q3'])}"


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = ["| what | dltext | compared with | × | reach | |", "|---|---:|---:|---:|---|---|"]
    for row in rows:
        outcome = {True: "reached", False: "**missed**", None: ""}[row.reached]
        theirs = f"{number(row.theirs)} {row.unit}" if number(row.theirs) else ""
        ratio = f"{row.ratio:.1f}" if number(row.ratio) else ""
        what = f"{row.what} ({row.note})" if row.note else row.what
        lines.append(f"| {what} | {number(row.ours)} {row.unit} | {theirs} | {ratio} | {row.reach} | {outcome} |")
    return "\n".join(lines)


def finish(
    name: str, rows: Sequence[Row], raw: dict[str, Any], chosen: argparse.Namespace, before: dict[str, Any]
) -> None:
    """Print the table and write the JSON if asked for; ``before`` is :func:`machine` at the start."""
    print(table(rows))
    load = before["load_average"]
    if load and load[0] > 0.7:
        print(
            f"\nThe machine was not idle when this began (load {load[0]} on {before['cores']} cores): "
            "ratios hold, absolute numbers are upper bounds."
        )
    if chosen.json:
        value = {
            "benchmark": name,
            "quick": chosen.quick,
            "machine": before,
            "rows": [asdict(row) for row in rows],
            "raw": raw,
        }
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def program(name: str, module: str) -> list[str]:
    """The command of an entry point: the installed script beside this Python, else its module."""
    script = Path(sys.executable).with_name(name)
    return [str(script)] if script.exists() else [sys.executable, "-m", module]


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """A data directory of its own; ``DLTEXT_HOME`` names it meanwhile."""
    shared = os.environ.get(HOME)
    folder = Path(shared) if shared else Path(tempfile.mkdtemp(prefix="dltext-bench-"))
    old = os.environ.get("DLTEXT_HOME")
    os.environ["DLTEXT_HOME"] = str(folder)
    try:
        yield folder
    finally:
        if old is None:
            os.environ.pop("DLTEXT_HOME")
        else:
            os.environ["DLTEXT_HOME"] = old
        if not shared:
            shutil.rmtree(folder, ignore_errors=True)


def textbook_model(name: str, folder: Path) -> tuple[Path, Path]:
    """``x.keras`` and ``words.json`` of the network of bundle ``name``: what a textbook's program loads."""
    made = folder / "textbook" / f"{name}.keras"
    words = made.with_suffix(".json")
    if not Kept.alone and not (made.exists() and words.exists()):
        made.parent.mkdir(exist_ok=True)
        python("textbook_network.py", name, str(made), str(words))
    return made, words


def environment() -> dict[str, str]:
    """For child processes: no GPU, because one side would not use it, and TensorFlow silent."""
    return {**os.environ, "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}


def python(script: str, *arguments: str) -> None:
    """Run another script of this folder to its end; what it says on stderr is shown if it fails."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{script} failed:\n{done.stderr[-4000:]}")


class Kept:
    """Another script of this folder kept running: a line in, a line of JSON out; a first line where it is ready.

    With ``--alone`` nothing runs, and every answer is :data:`NOTHING`.
    """

    alone = False

    def __init__(self, script: str, *arguments: str) -> None:
        self.script = script
        if self.alone:
            return
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), *arguments],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.script} ended before it answered")
        return line

    def ask(self, line: str) -> Any:
        """The answer to one line."""
        if self.alone:
            return NOTHING
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def close(self) -> None:
        if self.alone:
            return
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)
