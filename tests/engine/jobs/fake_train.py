"""Stands in for the module that trains, in the child processes: the name of the data says how it behaves."""

import hashlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from dltext.data.paths import write_json
from dltext.engine.jobs import trials
from dltext.engine.results import DataCheck, Preflight, UserError

EPOCHS, STEPS = 4, 5


def wait_until_told(go, should_stop):
    """However slow the machine is: no sooner, and no later than the test's patience."""
    deadline = time.monotonic() + 60
    while not go.exists() and not should_stop() and time.monotonic() < deadline:
        time.sleep(0.005)


def execute(spec, folder, emit, should_stop):
    """A training whose "weights" hash each step, so that a resumed run shows whether it did each step once."""
    if spec.kind == "cross-validate":
        return cross_validate(spec, folder, emit, should_stop)
    if spec.kind == "tune":
        write_json(folder / "report.json", {"trials": trials.ranked(trials.rows(spec, folder))})
        return {"state": "done", "bundle": "a-bundle", "metrics": {"test_accuracy": 0.9}}
    checkpoint = folder / "checkpoint" / "state.json"
    behaviour, pause = Path(spec.data).name, 0.002
    if behaviour == "second-fails":
        behaviour = "user-error" if spec.fold == 2 else "held"
    if behaviour == "wide-fails":
        behaviour = "user-error" if spec.settings["filters"] > 50 else "quick"
    if behaviour == "user-error":
        raise UserError("reviews.csv, line 3: no label.")
    if behaviour == "bug":
        raise ZeroDivisionError("secret detail\nsecond line")
    if behaviour == "memory":
        raise MemoryError
    if behaviour == "nothing":
        return {}
    if behaviour == "stubborn":
        emit("state", stage="training", message="deaf")
        time.sleep(60)
    if behaviour == "slow":
        pause = 0.03
    state = json.loads(checkpoint.read_text()) if checkpoint.exists() else {"epoch": 0, "weights": ""}
    emit("start", device="CPU, fake", epochs=EPOCHS, steps=STEPS, floor={"name": "f", "accuracy": 0.5, "macro_f1": 0.5})
    weights = state["weights"]
    for epoch in range(state["epoch"] + 1, EPOCHS + 1):
        for step in range(1, STEPS + 1):
            weights = hashlib.sha256(f"{weights}{epoch}{step}".encode()).hexdigest()
            emit("tick", epoch=epoch, step=step, steps=STEPS, loss=1 / epoch, accuracy=0.5, rate=10.0, seconds_left=1.0)
            time.sleep(pause)
            if behaviour == "slow":
                # More than a page of the disk, so that a full one shows.
                print(f"epoch {epoch}, step {step}" + "." * 5000)
                emit("message", level="info", text=f"step {(epoch - 1) * STEPS + step} " + "." * 5000)
            if should_stop():
                return {"state": "cancelled", "bundle": None, "metrics": {}, "message": f"Stopped in epoch {epoch}."}
            if behaviour == "held" and epoch == EPOCHS:
                wait_until_told(folder / "go", should_stop)
        emit(
            "epoch",
            epoch=epoch,
            epochs=EPOCHS,
            train={"loss": 1 / epoch, "accuracy": 0.6},
            validation={"loss": 1 / epoch, "accuracy": 0.5 + epoch / 10},
            best=True,
        )
        filler = "x" * (400_000 * epoch if behaviour == "big" else 0)
        if behaviour == "big":
            print("a line of log " * 1000)
        write_json(checkpoint, {"epoch": epoch, "weights": weights, "filler": filler})
        emit("checkpoint", epoch=epoch, step=STEPS)
    if spec.kind == "fold":
        threads = os.environ["TF_NUM_INTRAOP_THREADS"]
        row = {"accuracy": spec.fold / 10, "weights": weights, "threads": threads, "answers": [spec.fold]}
        write_json(folder / f"fold-{spec.fold}.json", row)
    if spec.kind == "trial":
        filters, seen = spec.settings["filters"], 100 + (behaviour == "unlike") * spec.settings["filters"]
        judged = {"measure": "accuracy", "value": filters / 100, "loss": 0.5, "epoch": EPOCHS, "epochs": EPOCHS}
        row = {**judged, "seconds": 1.5, "examples": seen, "weights": weights}
        write_json(folder / f"trial-{spec.fold}.json", row)
    emit("end", state="failed", message="not the worker's word")
    print(f"cwd {Path.cwd()}; weights {weights}")
    print("a word of warning", file=sys.stderr)
    return {"state": "done", "bundle": "a-bundle", "metrics": {"test_accuracy": 0.9, "weights": int(weights[:8], 16)}}


def cross_validate(spec, folder, emit, should_stop):
    """What the folds have measured, trained here where no file of theirs is there yet."""
    rows = []
    for number in range(1, spec.folds + 1):
        file = folder / f"fold-{number}.json"
        if not file.exists():
            part = folder / f"part-{number}"
            (part / "checkpoint").mkdir(parents=True, exist_ok=True)
            execute(replace(spec, kind="fold", fold=number), part, lambda kind, **values: None, should_stop)
            (part / file.name).rename(file)
        rows.append(json.loads(file.read_text()))
    write_json(folder / "report.json", {"history": rows})
    return {"state": "done", "bundle": None, "metrics": {"test_accuracy": sum(row["accuracy"] for row in rows)}}


def preflight(spec, progress=None):
    print("noise on standard output", flush=True)
    if spec.data == "user-error":
        raise UserError("reviews.csv, line 3: no label.")
    if spec.data == "bug":
        raise ZeroDivisionError("secret detail")
    if spec.data == "dies":
        os._exit(7)
    if spec.data == "slow":
        if os.environ.get("FAKE_PID"):
            Path(os.environ["FAKE_PID"]).write_text(str(os.getpid()))
        time.sleep(60)
    progress(1, 2)
    check = DataCheck("d", {"train": 2}, {"a": 1, "b": 1}, {"mean": 2.5}, 0, 0, warnings=("few",), errors=())
    return Preflight(
        check, {"accuracy": 0.5, "macro_f1": 0.5, "seconds": 0.1}, 1.5, 1 << 20, "CPU, fake", 42, ("two words",)
    )
