"""A run, watched on a terminal or logged line by line, until it ends."""

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Event, Job
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
            begun: dict[str, Any] = {}
            with _bar() as tick:
                for event in stream(job_id):
                    begun = event.values if event.type == "start" else begun
                    if event.type == "tick":
                        tick({"unit": begun.get("unit"), **event.values})
                    elif line := describe(event, begun):
                        output.log(line)
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


def describe(event: Event, begun: Mapping[str, Any] | None = None) -> str:
    """An event as a line of a log; empty for what is not worth one.

    ``begun`` are the values of the run's ``start``: what is measured, and what the rate counts.
    """
    values = event.values
    if event.type == "epoch":
        return _epoch(values, begun or {})
    if event.type == "start":
        floor = values.get("floor") or {}
        examples = ", ".join(f"{count:,} {split}" for split, count in (values.get("examples") or {}).items())
        line = f"on {values.get('device') or 'CPU'}: {examples}; {values.get('parameters') or 0:,} parameters"
        told = measures.beside_accuracy({key: value for key, value in floor.items() if isinstance(value, float)})
        told = output.percent(floor["accuracy"]) if floor.get("accuracy") is not None else told
        return line + (f"; baseline {told}" if told else "")
    if event.type == "fold":
        floor = values.get("floor_accuracy")
        return (
            f"fold {values.get('fold')}/{values.get('folds')}  accuracy {output.percent(values.get('accuracy'))}  "
            f"macro F1 {output.percent(values.get('macro_f1'))}"
            + (f"  baseline {output.percent(floor)}" if floor is not None else "")
        )
    if event.type == "state":
        return output.visible(values.get("message") or values.get("stage") or "")
    if event.type == "message":
        text = output.visible(values.get("text") or "")
        return f"warning: {text}" if values.get("level") == "warning" else text
    return ""


def _epoch(values: dict[str, Any], begun: Mapping[str, Any]) -> str:
    train, validation = values.get("train") or {}, values.get("validation") or {}
    parts = [f"epoch {values.get('epoch')}/{values.get('epochs')}"]
    named: dict[str, str] | None = begun.get("measures")
    if named is not None:
        # Words and the like: the recipe says what it measures; a loss only where it has a true one.
        parts += [f"loss {train['loss']:.4f}"] if train.get("loss") is not None else []
        parts += [
            f"{name} {measures.short(key, validation[key])}"
            for key, name in named.items()
            if validation.get(key) is not None
        ]
    else:
        for prefix, part in (("", train), ("validation ", validation)):
            told = [
                f"{name} {measures.number(name, part[name])}"
                for name in ("loss", "accuracy")
                if part.get(name) is not None
            ]
            parts += [f"{prefix}{told[0]}", *told[1:]] if told else []
    parts += [f"{values['rate']:,.0f} {begun.get('unit') or 'examples'}/s"] if values.get("rate") else []
    return "  ".join([*parts, "best"] if values.get("best") else parts)


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
        output.log(f"dltext: try it: dltext {_example(job)}")
    elif helps := remedy(job):
        output.log(f"dltext: {helps}; what it printed: `dltext jobs logs {job.id}`")


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
