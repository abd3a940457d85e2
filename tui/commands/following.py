"""A run, watched on a terminal or logged line by line, until it ends."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Event, Job
from . import output

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
            with _bar() as tick:
                for event in stream(job_id):
                    if event.type == "tick":
                        tick(event.values)
                    elif line := describe(event):
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


def describe(event: Event) -> str:
    """An event as a line of a log; empty for what is not worth one."""
    values = event.values
    if event.type == "epoch":
        train, validation = values.get("train", {}), values.get("validation") or {}
        line = (
            f"epoch {values.get('epoch')}/{values.get('epochs')}  loss {train.get('loss', float('nan')):.4f}  "
            f"accuracy {output.percent(train.get('accuracy'))}"
        )
        if validation:
            line += (
                f"  validation loss {validation.get('loss', float('nan')):.4f}  "
                f"accuracy {output.percent(validation.get('accuracy'))}"
            )
        line += f"  {values['rate']:,.0f} examples/s" if values.get("rate") else ""
        return line + ("  best" if values.get("best") else "")
    if event.type == "start":
        floor = values.get("floor") or {}
        examples = ", ".join(f"{count:,} {split}" for split, count in (values.get("examples") or {}).items())
        line = f"on {values.get('device') or 'CPU'}: {examples}; {values.get('parameters') or 0:,} parameters"
        return line + (f"; floor {output.percent(floor.get('accuracy'))}" if floor else "")
    if event.type == "fold":
        floor = values.get("floor_accuracy")
        return (
            f"fold {values.get('fold')}/{values.get('folds')}  accuracy {output.percent(values.get('accuracy'))}  "
            f"macro F1 {output.percent(values.get('macro_f1'))}"
            + (f"  floor {output.percent(floor)}" if floor is not None else "")
        )
    if event.type == "state":
        return output.visible(values.get("message") or values.get("stage") or "")
    if event.type == "message":
        text = output.visible(values.get("text") or "")
        return f"warning: {text}" if values.get("level") == "warning" else text
    return ""


def outcome(job: Job) -> None:
    """How a run ended, on stdout."""
    output.facts(
        {
            "run": job.id,
            "state": job.state,
            "message": job.message,
            "model": job.bundle,
            **{name.replace("_", " "): number(name, value) for name, value in job.metrics.items()},
        }
    )
    if job.state == "done" and job.bundle:
        output.log(f'dltext: try it: dltext classify --model {job.bundle} "…"')
    elif job.state in ("cancelled", "failed", "lost"):
        output.log(
            f"dltext: continue it with `dltext jobs resume {job.id}`; what it printed: `dltext jobs logs {job.id}`"
        )


def number(name: str, value: Any) -> str:
    """A metric for people: losses as they are, shares in percent."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "not a number"
    share = any(part in name for part in ("accuracy", "f1", "ece", "precision", "recall"))
    return output.percent(value) if share else f"{value:.4f}"


@contextlib.contextmanager
def _bar() -> Iterator[Tick]:
    """Within an epoch: step, loss, rate; only on a terminal."""
    with output.progress("training", "steps") as progress:

        def tick(values: dict[str, Any]) -> None:
            progress(int(values.get("step", 0)), int(values.get("steps", 0)))

        yield tick
