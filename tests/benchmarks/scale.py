"""Many texts by several processes: two against one, the memory and the start of a worker, and Dask against the pool.

    DLTEXT_DATA=… python tests/benchmarks/scale.py [--json FILE] [--quick] [--alone]

`dltext sentiment --in FILE` reads IMDB's test reviews with the CNN by one process and by two, in turns,
each from before the process exists to its end; the one process is held on one core, for NumPy and the tokeniser would
use all of them. What two cores of the machine bring at all stands above: a loop of Python in two processes that share
nothing against the same loop in one, before each turn. A pool is started in a process of its own. Pool and Dask (a
scheduler and two workers of one thread, which are there before, as a cluster is) answer the same texts through the same
function; the pool's start counts. ``--alone``: without Dask. The JSON holds what `docs/tools/scale.py` counts with.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from common import MODELS, Row, environment, finish, home, machine, options, spread

from dltext.engine import api
from dltext.engine.results import Record, StreamCall
from dltext.tests import quick

WORKERS = 2
SHORT = 200
"""Characters of the texts that Dask and the pool answer, parts of reviews."""
CALL = StreamCall("analyse_many", {"task": "sentiment", "model": MODELS["cnn"]})
START = """
import json, sys, time
from concurrent.futures import wait
from dltext.engine.results import StreamCall
from dltext.engine.workers.pool import ProcessCrew
if __name__ == "__main__":
    started = time.perf_counter()
    crew, call = ProcessCrew(int(sys.argv[2])), StreamCall(**json.loads(sys.argv[1]))
    crew.start(call)
    crew.begin(call)
    for worker in crew._workers:
        wait([worker.first])
    print(time.perf_counter() - started)
    crew.close()
"""


def reviews(chosen: Any) -> list[str]:
    if chosen.quick:
        return quick.sentences(2_500)
    _, records = api.read_data("imdb", "test")
    return [record.text for record in records]


def command(path: Path, workers: int, out: Path) -> tuple[float, float]:
    """Seconds of `dltext sentiment`, and the most megabytes that a worker held."""
    arguments = ["sentiment", "--model", MODELS["cnn"], "--in", str(path), "--workers", str(workers)]
    started, peak = time.perf_counter(), 0.0
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
    if cores and workers == 1:
        os.sched_setaffinity(0, {min(cores)})  # inherited
    with subprocess.Popen(
        [sys.executable, "-m", "dltext.tui.cli", *arguments, "--out", str(out), "--overwrite"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        if cores:
            os.sched_setaffinity(0, cores)
        while process.poll() is None:
            time.sleep(0.05)
            peak = max(peak, *map(resident, spawned(process.pid)), 0.0)
        seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"dltext sentiment --workers {workers} failed")
    return seconds, peak


def spawned(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return [child for child in psutil.Process(pid).children() if "spawn_main" in " ".join(child.cmdline())]
    return []


def resident(process: psutil.Process) -> float:
    """The most megabytes so far, as the kernel saw them."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss / 1e6
    return 0.0


LOOP = "for _ in range(20_000_000): pass"


def loops(count: int) -> float:
    """Loops a second, of as many processes as that."""
    started = time.perf_counter()
    processes = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(count)]
    for process in processes:
        process.wait()
    return count / (time.perf_counter() - started)


def seconds_to_start() -> float:
    call = json.dumps({"function": CALL.function, "arguments": CALL.arguments})
    done = subprocess.run(
        [sys.executable, "-c", START, call, str(WORKERS)], env=environment(), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The file of a scheduler with its workers, and its process."""
    from distributed import Client

    file = folder / "scheduler.json"
    run = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    here = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    processes = [subprocess.Popen([*run, "distributed.cli.dask_scheduler", *here, "--port", "0"], **quiet)]
    for number in range(WORKERS):
        place = ("--local-directory", str(folder / str(number)), "--nthreads", "1", "--no-nanny")
        processes.append(subprocess.Popen([*run, "distributed.cli.dask_worker", *here, *place], **quiet))
    try:
        while not file.exists():
            time.sleep(0.05)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=120)
        yield str(file), psutil.Process(processes[0].pid)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def rate(texts: list[str], **by: Any) -> tuple[float, list[str]]:
    """Texts a second, and their labels."""
    records = (Record(str(number), text) for number, text in enumerate(texts))
    started = time.perf_counter()
    labels = [result.label for _, result in api.answer_many(records, CALL, **by)]
    return len(texts) / (time.perf_counter() - started), labels


def against_dask(texts: list[str], repeats: int, folder: Path) -> dict[str, Any]:
    """Rates by turns; of the cluster also what a task costs its scheduler and its client, and the bytes sent."""
    rates: dict[str, Any] = {"pool": [], "dask": []}
    with cluster(folder) as (file, scheduler):
        rate(texts[:2_000], cluster=file)  # its workers have the model from now on, as those of a cluster do
        for _ in range(repeats):
            pool, expected = rate(texts, workers=WORKERS)
            before, mine = sum(scheduler.cpu_times()[:2]), time.process_time()
            dask, labels = rate(texts, cluster=file)
            rates["client seconds a text"] = (time.process_time() - mine) / len(texts)
            rates["scheduler seconds"] = sum(scheduler.cpu_times()[:2]) - before
            if labels != expected:
                sys.exit("Dask and the pool disagree")
            rates["pool"].append(pool)
            rates["dask"].append(dask)
    from dltext.engine.workers import chunks, process, remote

    cut = list(chunks.chunks(CALL, iter(Record(str(n), text) for n, text in enumerate(texts))))
    rates["tasks"], first = len(cut), cut[0].records
    rates["bytes sent a text"] = len(remote.pack(CALL, first, {})) / len(first)
    import pickle

    rates["bytes back a text"] = len(pickle.dumps(process.answer(CALL, first), protocol=5)) / len(first)
    rates["texts"] = len(texts)
    return rates


def main() -> None:
    chosen = options(__doc__, repeats=2)
    before, rows, raw = machine(), [], {}
    with home() as place, tempfile.TemporaryDirectory(prefix="dltext-bench-") as named:
        place.mkdir(exist_ok=True)
        folder = Path(named)
        texts = reviews(chosen)
        path = folder / "reviews.jsonl"
        path.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)))
        bare: dict[int, list[float]] = {1: [], WORKERS: []}
        times: dict[int, list[float]] = {1: [], WORKERS: []}
        peaks = []
        for _ in range(chosen.repeats):
            for workers, rates in bare.items():
                rates.append(loops(workers))
            for workers, seconds in times.items():
                out = folder / f"{workers}.tsv"
                taken, peak = command(path, workers, out)
                seconds.append(taken)
                peaks += [peak] if workers > 1 else []
        if (folder / "1.tsv").read_bytes() != (folder / f"{WORKERS}.tsv").read_bytes():
            sys.exit("two processes and one disagree")
        single, several = (len(texts) / min(times[workers]) for workers in times)
        raw["command"] = {"seconds": times, "reviews": len(texts), "loops": bare}
        ratio, peak = several / single, max(peaks)
        one, two = (max(rates) for rates in bare.values())
        rows.append(Row("a loop of Python, two processes against one", "loops/s", two, one, two / one))
        what = f"reviews of {'made texts' if chosen.quick else 'IMDB test'}, two processes against one on one core"
        rows.append(Row(what, "texts/s", several, single, ratio, "≥ 1.8 ×", ratio >= 1.8, f"{len(texts):,} reviews"))
        rows.append(Row("memory of a worker with the CNN", "MB", peak, reach="≤ 120 MB", reached=peak <= 120))
        starts = raw["start"] = [seconds_to_start() for _ in range(1 if chosen.quick else 5)]
        begun = spread(starts)["median"]
        rows.append(Row("start of a pool of two", "s", begun, reach="≤ 0.5 s", reached=begun <= 0.5))
        raw["texts a second of one process"] = single
        if not chosen.alone:
            most = 3_000 if chosen.quick else 100_000
            cut = [text[start : start + SHORT] for text in texts for start in range(0, len(text) - SHORT // 2, SHORT)][
                :most
            ]
            rates = raw["dask"] = against_dask(cut or texts, 1 if chosen.quick else chosen.repeats, folder)
            pool, dask = max(rates["pool"]), max(rates["dask"])
            note = f"{rates['texts']:,} texts of {SHORT} characters"
            ratio = dask / pool
            rows.append(
                Row(
                    "Dask, two workers, against the pool", "texts/s", dask, pool, ratio, "≥ 0.85 ×", ratio >= 0.85, note
                )
            )
    finish("scale", rows, raw, chosen, before)


if __name__ == "__main__":
    os.environ.setdefault("DLTEXT_THREADS", "1")
    main()
