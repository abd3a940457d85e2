"""What ten million documents would take on a cluster, simulated from measured rates: where it stops being linear.

    python docs/tools/scale.py [--from JSON] [--documents N] [--characters N]

Each chunk is packed by the client, passes network and scheduler, is answered by a worker, and comes back the same way;
client, network and scheduler do one thing at a time, in the order in which things come. ``--from`` takes the rates from
what `make bench NAME=scale` has written (``--json``); without it those of docs/scale.md count.
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
WINDOW = 3
"""Chunks in hand for each worker."""


@dataclass(frozen=True)
class Rates:
    """Of one machine: documents a second of a worker; seconds of the client for a document, half of them before it is
    sent; seconds of the scheduler for a task; bytes of a document and of its answer; bytes a second of the network."""

    worker: float = 1_200.0
    client: float = 70e-6
    scheduler: float = 8.8e-3
    sent: float = 1_340.0
    back: float = 130.0
    network: float = 118e6


@dataclass(frozen=True)
class Simulated:
    """``seconds`` from the first chunk to the last answer, and the share of them that each was at work."""

    workers: int
    seconds: float
    busy: dict[str, float]


STAGES = ("client", "network", "scheduler", "worker", "scheduler", "network", "client")


def simulate(documents: int, workers: int, rates: Rates) -> Simulated:
    """All chunks through all stages, an event at a time."""
    chunks = -(-documents // CHUNK)
    cost = {
        "client": CHUNK * rates.client / 2, "scheduler": rates.scheduler / 2, "worker": CHUNK / rates.worker,
    }  # fmt: skip
    seconds = [
        cost.get(stage) or CHUNK * (rates.sent if number < 3 else rates.back) / rates.network
        for number, stage in enumerate(STAGES)
    ]
    free = {"client": [0.0], "network": [0.0], "scheduler": [0.0], "worker": [0.0] * workers}
    worked = dict.fromkeys(free, 0.0)
    order, now = count(), 0.0
    begun = min(chunks, WINDOW * workers)
    events = [(0.0, next(order), 0) for _ in range(begun)]
    while events:
        now, _, stage = heapq.heappop(events)
        if stage == len(STAGES):
            if begun < chunks:
                begun += 1
                heapq.heappush(events, (now, next(order), 0))
            continue
        servers, taken = free[STAGES[stage]], seconds[stage]
        end = max(now, servers[0]) + taken
        heapq.heapreplace(servers, end)
        worked[STAGES[stage]] += taken
        heapq.heappush(events, (end, next(order), stage + 1))
    return Simulated(workers, now, {name: worked[name] / (now * len(free[name])) for name in free})


def table(documents: int, rates: Rates) -> str:
    """A Markdown table, a row a number of workers."""
    alone = documents / rates.worker
    lines = [
        "| workers | time | × | workers busy | client busy | scheduler busy | network busy |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for workers in WORKERS:
        run = simulate(documents, workers, rates)
        shares = " | ".join(f"{100 * run.busy[name]:.0f} %" for name in ("worker", "client", "scheduler", "network"))
        lines.append(f"| {workers} | {_time(run.seconds)} | {alone / run.seconds:.1f} | {shares} |")
    return "\n".join(lines)


def sums(documents: int, rates: Rates) -> str:
    """What does not depend on the number of workers."""
    tasks = -(-documents // CHUNK)
    return (
        f"{documents:,} documents are {tasks:,} tasks of {CHUNK} and {documents * rates.sent / 1e9:.1f} GB there, "
        f"{documents * rates.back / 1e9:.1f} GB back, all through the scheduler. "
        f"A worker takes {_time(documents / rates.worker)}, the client {_time(documents * rates.client)}, "
        f"the scheduler {_time(tasks * rates.scheduler)}, "
        f"the network {_time(documents * (rates.sent + rates.back) / rates.network)}."
    )


def _time(seconds: float) -> str:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="path", type=Path, metavar="JSON")
    parser.add_argument("--documents", type=int, default=10_000_000, metavar="N")
    parser.add_argument("--characters", type=int, default=1_300, metavar="N", help="of a document")
    parser.add_argument("--network", type=float, default=Rates.network / 1e6, metavar="MB", help="a second")
    chosen = parser.parse_args()
    rates = measured(chosen.path, chosen.characters) if chosen.path else Rates()
    rates = replace(rates, network=1e6 * chosen.network)
    print(sums(chosen.documents, rates))
    print()
    print(table(chosen.documents, rates))


if __name__ == "__main__":
    main()
