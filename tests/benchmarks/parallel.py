"""Seconds of a ten-fold `dltext cross-validate` that trains two folds at a time, against one fold after the other.

    DLTEXT_DATA=… python tests/benchmarks/parallel.py [--json FILE] [--repeats TURNS] [--recipe lstm] [--parallel 2]

Both are runs in a data directory of their own, from their start to their report: each fold that is a run of its own
pays for its process, which imports TensorFlow. The check of the memory before the start of several is told beside it.
The answers are compared: by how much the probabilities of one text differ at most, for other numbers of threads round
sums otherwise.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import replace
from typing import Any

from common import Row, finish, machine, options, spread

from dltext.engine.jobs import runner, store
from dltext.engine.jobs.processes import cores
from dltext.engine.results import Job, JobSpec
from dltext.tests import quick

DATA, FOLDS = "mr", 10
SETTINGS = {"floor": False, "patience": 0}


def measured(spec: JobSpec) -> tuple[float, float, Job]:
    """Seconds of a run, those of the check before it, and how it ended."""
    asked = time.perf_counter()
    job = runner.submit(spec)
    begun = time.perf_counter()
    job = runner.wait(job.id)
    seconds = time.perf_counter() - begun
    if job.state != "done":
        raise SystemExit(f"{job.id} {job.state}: {job.message}\n{store.log(job.id)}")
    return seconds, begun - asked, job


def answers(job: Job) -> list[list[float]]:
    """The probabilities of all texts, fold by fold."""
    files = (store.folder(job.id) / f"fold-{number}.json" for number in range(1, job.spec.folds + 1))
    rows = [json.loads(file.read_text("utf-8"))["answers"] for file in files]
    return [answer["probabilities"] for fold in rows for answer in fold]


def difference(first: Job, second: Job) -> float:
    """The most that two runs differ by in a probability."""
    pairs = zip(answers(first), answers(second), strict=True)
    return max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recipe", default="lstm")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--parallel", type=int, default=2)


def main() -> None:
    chosen = options(__doc__, repeats=1, more=add_options)
    before = machine()
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLTEXT_HOME"] = home
        data, folds = (quick.labelled(), 2) if chosen.quick else (DATA, FOLDS)
        settings = {**SETTINGS, "epochs": 1 if chosen.quick else chosen.epochs}
        spec = JobSpec(chosen.recipe, data, settings, kind="cross-validate", folds=folds)
        turns: list[dict[str, Any]] = []
        for _ in range(chosen.repeats):
            seconds, check, together = measured(replace(spec, parallel=min(chosen.parallel, cores())))
            alone, _, one_by_one = measured(spec)
            most = difference(together, one_by_one)
            turns.append({"parallel": seconds, "check": check, "sequential": alone, "difference": most})
    ours, theirs = (spread([turn[side] for turn in turns]) for side in ("parallel", "sequential"))
    ratio = spread([turn["sequential"] / turn["parallel"] for turn in turns])["median"]
    row = Row(
        f"{folds} folds of {chosen.recipe} on {'made texts' if chosen.quick else DATA}, {chosen.parallel} at a time",
        "s",
        ours["median"],
        theirs["median"],
        ratio,
        "≥ 1.6 ×",
        None if chosen.quick else ratio >= 1.6,
        f"{settings['epochs']} epochs a fold, {cores()} cores; the check before took {turns[0]['check']:.0f} s; "
        "probabilities differ by "
        f"{max(turn['difference'] for turn in turns):.1g} at most; one fold after the other beside it",
    )
    finish("parallel", [row], {"turns": turns}, chosen, before)


if __name__ == "__main__":
    main()
