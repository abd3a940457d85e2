"""Process start to answer: `dltext sentiment TEXT --json` against a program that loads the Keras model and predicts.

    python tests/benchmarks/cold_start.py [--json FILE] [--repeats N]

Both have the same architecture and sizes, take turns, and ran once before (a warm disk). Then `dltext-tui`: process
start to the first frame in a pseudo-terminal of 120 × 40, and to the frame in which one can type and a model is ready.
"""

import json
import math
import subprocess
import sys
import time
from typing import Any

from common import (
    DOCUMENT,
    HERE,
    MODELS,
    NOTHING,
    Kept,
    Row,
    environment,
    finish,
    home,
    machine,
    options,
    program,
    quartiles,
    spread,
    textbook_model,
)
from terminal import Terminal


def seconds(command: list[str]) -> tuple[float, Any]:
    """Wall-clock from before the process exists to its end, and the JSON value that it printed last."""
    if Kept.alone and str(HERE) in " ".join(command):
        return math.nan, NOTHING
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr[-3000:]}")
    return took, json.loads(done.stdout.strip().splitlines()[-1])


def first_frames() -> dict[str, float]:
    """Seconds from process start to frames of the screen, by what stands in them."""
    with Terminal(program("dltext-tui", "dltext.tui.app"), environment()) as terminal:
        frames = {
            "the places": terminal.until(lambda drawn: all(word in drawn for word in ("Analyse", "Train"))),
            "place to type": terminal.until(lambda drawn: "Type or paste a text here" in drawn),
            "a model's card": terminal.until(lambda drawn: "Sentiment · " in drawn),
        }
        return {name: at - terminal.began for name, at in frames.items()}


def main() -> None:
    chosen = options(__doc__, repeats=12)
    before = machine()
    rows, raw = [], {}
    with home() as folder:
        for name in list(MODELS.values())[: 1 if chosen.quick else None]:
            ours = [*program("dltext", "dltext.tui.cli"), "sentiment", DOCUMENT, "--model", name, "--json"]
            model, words = textbook_model(name, folder)
            theirs = [sys.executable, str(HERE / "textbook.py"), str(model), str(words), DOCUMENT]
            times: dict[str, list[float]] = {"ours": [], "theirs": []}
            answers = {}
            for turn in range(chosen.repeats + 1):
                # In turns, so that whatever else the machine does meets both.
                for side, command in (("ours", ours), ("theirs", theirs)):
                    took, answer = seconds(command)
                    if turn:  # the first warms the disk
                        times[side].append(took)
                    answers[side] = {"label": answer["label"], "probabilities": answer["probabilities"]}
            we, they = spread(times["ours"]), spread(times["theirs"])
            ratio = they["median"] / we["median"]
            rows.append(
                Row(
                    f"cold start, {name}",
                    "s",
                    we["median"],
                    they["median"],
                    ratio,
                    "< 1 s and ≥ 5 ×",
                    we["median"] < 1 and ratio >= 5,
                    f"quartiles {quartiles(we)} and {quartiles(they)}",
                )
            )
            raw[name] = {
                "times": times,
                "spread": {"ours": we, "theirs": they},
                "answers": answers,
                "same_weights": words.exists() and json.loads(words.read_text(encoding="utf-8"))["trained"],
            }
        empty = spread([seconds([sys.executable, "-c", "print(0)"])[0] for _ in range(chosen.repeats)])
        rows.append(Row("a Python program that does nothing", "s", empty["median"]))
        raw["empty"] = empty
        frames = [first_frames() for _ in range(chosen.repeats + 1)][-chosen.repeats :]
        raw["tui"] = frames
        for what in frames[0]:
            paint = spread([frame[what] for frame in frames])
            first = what == "the places"
            rows.append(
                Row(
                    f"dltext-tui, first frame with {what}",
                    "s",
                    paint["median"],
                    reach="< 0.5 s" if first else "",
                    reached=paint["median"] < 0.5 if first else None,
                    note=f"quartiles {quartiles(paint)}",
                )
            )
    finish("cold_start", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
