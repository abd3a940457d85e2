"""What ten million documents would take on a cluster, simulated from measured rates: where it stops being linear.

    python docs/tools/scale.py [--from JSON] [--parts JSON] [--documents N] [--characters N] [--network MB]

Where texts go through the command, each chunk is packed by the client, passes network and scheduler, is answered by a
worker, and comes back the same way. In parts the client reads the file to cut it, a worker reads its range and writes a
part, and in the end the client joins all. Client, network and scheduler do one thing at a time, in the order in which
things come; the network is one link for all, as before a single file server. ``--from`` takes the rates from what `make
bench NAME=scale` has written (``--json``), ``--parts`` from `make bench NAME=parts`; without them those of
docs/scale.md count.
"""

import argparse
import heapq
import json
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

WORKERS = (1, 10, 25, 50, 100, 200)
CHUNK = 512
"""Documents of a task, where they are as long as reviews."""
RANGE = 4_096
"""Documents of a range of a large file."""
WINDOW = 3
"""Chunks in hand for each worker."""
FAST = 10.0
"""Times the bytes of the network in the last table."""


@dataclass(frozen=True)
class Rates:
    """Of one machine: documents a second of a worker; seconds of the client for a document, half of them before it is
    sent; seconds of the scheduler for a task; bytes of a document and of its answer; bytes a second of the network;
    bytes a second that the client cuts, and seconds in which it joins the answer to a document."""

    worker: float = 1_200.0
    client: float = 70e-6
    scheduler: float = 8.8e-3
    sent: float = 1_340.0
    back: float = 130.0
    network: float = 118e6
    cutting: float = 290e6
    joining: float = 0.1e-6


@dataclass(frozen=True)
class Simulated:
    """``seconds`` from the first chunk to the last answer, and the share of them that each was at work."""

    workers: int
    seconds: float
    busy: dict[str, float]


@dataclass(frozen=True)
class Way:
    """How documents get to workers, and answers back: ``size`` documents of a task, what it does and for how many
    seconds, and what follows the last of all, for each document."""

    size: int
    steps: tuple[tuple[str, float], ...]
    behind: tuple[tuple[str, float], ...] = ()


def through_the_client(rates: Rates) -> Way:
    """Texts are sent in chunks, and answers sent back."""
    there, back = (CHUNK * size / rates.network for size in (rates.sent, rates.back))
    client, scheduler = CHUNK * rates.client / 2, rates.scheduler / 2
    worker = ("worker", CHUNK / rates.worker)
    return Way(CHUNK, (
        ("client", client), ("network", there), ("scheduler", scheduler), worker,
        ("scheduler", scheduler), ("network", back), ("client", client),
    ))  # fmt: skip


def in_parts(rates: Rates) -> Way:
    """The client reads and cuts, workers read and write, the client reads the parts and writes them as one."""
    there, back = (RANGE * size / rates.network for size in (rates.sent, rates.back))
    scheduler = rates.scheduler / 2
    return Way(RANGE, (
        ("network", there), ("client", RANGE * rates.sent / rates.cutting), ("scheduler", scheduler),
        ("network", there), ("worker", RANGE / rates.worker), ("network", back), ("scheduler", scheduler),
    ), (("client", rates.joining), ("network", 2 * rates.back / rates.network)))  # fmt: skip


def simulate(documents: int, workers: int, way: Way) -> Simulated:
    """All tasks through all steps, an event at a time."""
    tasks = -(-documents // way.size)
    free = {"client": [0.0], "network": [0.0], "scheduler": [0.0], "worker": [0.0] * workers}
    worked = dict.fromkeys(free, 0.0)
    order, now = count(), 0.0
    begun = min(tasks, WINDOW * workers)
    events = [(0.0, next(order), 0) for _ in range(begun)]
    while events:
        now, _, step = heapq.heappop(events)
        if step == len(way.steps):
            if begun < tasks:
                begun += 1
                heapq.heappush(events, (now, next(order), 0))
            continue
        name, taken = way.steps[step]
        servers = free[name]
        end = max(now, servers[0]) + taken
        heapq.heapreplace(servers, end)
        worked[name] += taken
        heapq.heappush(events, (end, next(order), step + 1))
    for name, taken in way.behind:
        worked[name] += documents * taken
        now += documents * taken
    return Simulated(workers, now, {name: worked[name] / (now * len(free[name])) for name in free})


def table(documents: int, rates: Rates, way: Way) -> str:
    """A Markdown table, a row a number of workers."""
    alone = documents / rates.worker
    lines = [
        "| workers | time | × | workers busy | client busy | scheduler busy | network busy |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for workers in WORKERS:
        run = simulate(documents, workers, way)
        shares = " | ".join(f"{100 * run.busy[name]:.0f} %" for name in ("worker", "client", "scheduler", "network"))
        lines.append(f"| {workers} | {_time(run.seconds)} | {alone / run.seconds:.1f} | {shares} |")
    return "\n".join(lines)


def sums(documents: int, rates: Rates) -> str:
    """What does not depend on the number of workers, where texts go through the client."""
    tasks = -(-documents // CHUNK)
    return (
        f"{documents:,} documents are {tasks:,} tasks of {CHUNK} and {documents * rates.sent / 1e9:.1f} GB there, "
        f"{documents * rates.back / 1e9:.1f} GB back, all through the scheduler. "
        f"A worker takes {_time(documents / rates.worker)}, the client {_time(documents * rates.client)}, "
        f"the scheduler {_time(tasks * rates.scheduler)}, "
        f"the network {_time(documents * (rates.sent + rates.back) / rates.network)}."
    )


def sums_in_parts(documents: int, rates: Rates) -> str:
    """The same in parts."""
    tasks, way = -(-documents // RANGE), in_parts(rates)
    taken = dict.fromkeys(("client", "scheduler", "network"), 0.0)
    for name, seconds in way.steps:
        taken[name] = taken.get(name, 0.0) + seconds * documents / RANGE
    for name, seconds in way.behind:
        taken[name] += seconds * documents
    return (
        f"In parts they are {tasks:,} ranges of {RANGE:,}; their {documents * rates.sent / 1e9:.1f} GB are read twice, "
        f"and nothing but places and counts passes through the scheduler. The client takes {_time(taken['client'])}, "
        f"the scheduler {_time(taken['scheduler'])}, the network {_time(taken['network'])}."
    )


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.1f} min"


def measured(path: Path, characters: int) -> Rates:
    """The rates of a run of the benchmark; documents are ``characters`` longer than its texts of 200."""
    raw = json.loads(path.read_text(encoding="utf-8"))["raw"]
    dask = raw["dask"]
    return Rates(
        worker=raw["texts a second of one process"],
        client=dask["client seconds a text"],
        scheduler=dask["scheduler seconds"] / dask["tasks"],
        sent=dask["bytes sent a text"] + max(0, characters - 200),
        back=dask["bytes back a text"],
    )


def with_parts(path: Path, rates: Rates) -> Rates:
    """``rates`` with those of a run of the benchmark of parts."""
    raw = json.loads(path.read_text(encoding="utf-8"))["raw"]
    cut = raw["jsonl"]
    return replace(
        rates,
        cutting=cut["bytes"] / min(cut["planning"]),
        joining=raw["join seconds a text"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="path", type=Path, metavar="JSON")
    parser.add_argument("--parts", type=Path, metavar="JSON")
    parser.add_argument("--documents", type=int, default=10_000_000, metavar="N")
    parser.add_argument("--characters", type=int, default=1_300, metavar="N", help="of a document")
    parser.add_argument("--network", type=float, default=Rates.network / 1e6, metavar="MB", help="a second")
    chosen = parser.parse_args()
    rates = measured(chosen.path, chosen.characters) if chosen.path else Rates()
    rates = with_parts(chosen.parts, rates) if chosen.parts else rates
    rates = replace(rates, network=1e6 * chosen.network)
    fast = replace(rates, network=FAST * rates.network)
    print(sums(chosen.documents, rates), table(chosen.documents, rates, through_the_client(rates)), sep="\n\n")
    print()
    print(sums_in_parts(chosen.documents, rates), table(chosen.documents, rates, in_parts(rates)), sep="\n\n")
    print(f"\nThe same with {FAST:.0f} times the network:\n")
    print(table(chosen.documents, fast, in_parts(fast)))


if __name__ == "__main__":
    main()
