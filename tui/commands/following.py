"""A run, watched on a terminal or logged line by line, until it ends."""

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Event, Job
from ..kit.runlog import describe
from . import measures, output

PAUSE = 0.2
"""Seconds between two looks at the event file."""
GRACE = 2.0
"""Seconds that a run which is over may take to write its last event down."""

Tick = Callable[[dict[str, Any]], None]


def follow(job_id: str, json: bool) -> int:
    """Show a run from its beginning to its end; returns 0 if it succeeded.

    With ``json`` each event is an object on stdout; else epochs go to stderr and the outcome to stdout.
    """
    try:
        if json:
            for event in stream(job_id):
                output.print_json(asdict(event))
        else:
            watch(job_id)
    except KeyboardInterrupt:
        output.log(
            f"dltext: the run goes on; watch it with `dltext jobs follow {job_id}`, "
            f"stop it with `dltext jobs cancel {job_id}`"
        )
        raise
    job = api.job(job_id)
    if not json:
        outcome(job)
    return 0 if job.state == "done" else 1


def watch(job_id: str) -> None:
    """Tell on stderr what a run does, from its beginning to its end."""
    begun: dict[str, Any] = {}
    with _bar() as tick:
        for event in stream(job_id):
            begun = event.values if event.type == "start" else begun
            if event.type == "tick":
                tick({"unit": begun.get("unit"), **event.values})
            elif line := describe(event, begun):
                output.log(line)


def stream(job_id: str) -> Iterator[Event]:
    """The events of a run, those that were and those to come, until it has ended."""
    offset, over = 0, None
    api.job(job_id)
    while True:
        events, offset = api.events(job_id, offset)
        yield from events
        if any(event.type == "end" for event in events) and not api.job(job_id).active:
            return
        if over is None and not events and not api.job(job_id).active:
            over = time.monotonic()
        if over is not None and not events and time.monotonic() - over > (GRACE if offset else 0):
            return
        if not events:
            time.sleep(PAUSE)


def outcome(job: Job) -> None:
    """How a run ended, on stdout."""
    output.facts(
        {
            "run": job.id,
            "state": job.state,
            "message": job.message,
            "model": job.bundle,
            **{measures.title(name): measures.number(name, value) for name, value in job.metrics.items()},
        }
    )
    if job.state == "done" and job.bundle:
        suggest(job)
    elif helps := remedy(job):
        output.log(f"dltext: {helps}; what it printed: `dltext jobs logs {job.id}`")


def suggest(job: Job) -> None:
    """Say how the model is tried that a run has made."""
    output.log(f"dltext: try it: dltext {_example(job)}")


def remedy(job: Job) -> str:
    """What to type about a run that has ended too soon; empty for any other."""
    if job.state not in ("cancelled", "failed", "lost"):
        return ""
    if job.remedy == "anew":
        return f"fix that, then start again with `dltext jobs resume {job.id} --anew`"
    return f"continue it with `dltext jobs resume {job.id}`"


def _example(job: Job) -> str:
    """What to type to try the model that a run has made."""
    task = next((recipe.task for recipe in api.recipes() if recipe.name == job.spec.recipe), "")
    return api.task(task).command.format(model=job.bundle, data=shlex.quote(job.spec.data))


@contextlib.contextmanager
def _bar() -> Iterator[Tick]:
    """Within an epoch: step, loss, rate; only on a terminal."""
    with output.progress("training", "steps") as progress:

        def tick(values: dict[str, Any]) -> None:
            rate = f"{values['rate']:,.0f} {values.get('unit') or 'examples'}/s" if values.get("rate") else ""
            progress(int(values.get("step", 0)), int(values.get("steps", 0)), rate)

        yield tick
