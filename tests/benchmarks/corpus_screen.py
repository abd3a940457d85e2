"""Corpus in a pseudo-terminal with a table of 100,000 rows: from a key to what it paints, while nothing else is done
and while a classifier reads all of them; the longest stall of the screen meanwhile; and the rate of that reading
against `dltext sentiment --in`.

    python tests/benchmarks/corpus_screen.py [--documents N] [--model NAME] [--json FILE] [--repeats N] [--quick]

The texts are made, 40 words each. A key is sent as a keyboard sends it, and what it paints is there with the read of
the terminal that brings the row under the cursor; the title of the document beside it, which comes later and has the
same name, does not count. While the model reads, the same keys are pressed as at rest; those after all is read do not
count, and the rate is that until then. The heart of heartbeat.py beats in the loop of the screen: its longest gap while
the model reads stands beside the longest one in as many seconds of the same screen at rest, and both with the CPU time
that the loop's own thread took in it; on a busy machine the gap grows, its CPU time does not.
"""

import argparse
import csv
import math
import random
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import DOCUMENT, Row, environment, finish, home, machine, options, program, spread
from stall import Patient

STALL, PAINT, RATE = 50, 50, 0.9
"""Milliseconds, and how many times the other rate."""
KEYS = {"down": b"\x1b[B", "page down": b"\x1b[6~", "end": b"\x1b[F", "home": b"\x1b[H"}
PRESSED = 40
PAUSE = 0.15
"""Seconds between keys: the document of the row is read meanwhile."""


def more(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark alone."""
    parser.add_argument("--documents", type=int, default=100_000, metavar="N")
    parser.add_argument("--model", default="sentiment-en-cnn", metavar="NAME", help="the classifier that reads them")


def documents(path: Path, count: int) -> Path:
    """A table of texts with three columns."""
    random_words, words = random.Random(1), DOCUMENT.replace(";", "").replace(",", "").split()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text", "stars", "day"])
        for row in range(count):
            text = " ".join(random_words.choices(words, k=40))
            writer.writerow([f"r{row:06}", text, row % 5 + 1, f"20{row % 20:02}-0{row % 9 + 1}-11"])
    return path


Press = tuple[str, float, float]
"""A key, the milliseconds that it took, and when that was over."""


class Walk:
    """The cursor of the table, moved by keys, and how long each takes until its row is painted."""

    def __init__(self, patient: Patient, count: int) -> None:
        self._terminal, self._row, self._last = patient.terminal, 0, count - 1
        self._screenful = int(patient.tell("height")) - 2

    def press(self, name: str) -> float:
        """Milliseconds from the key to the row that it leads to."""
        goals = {"down": self._row + 1, "page down": self._row + self._screenful, "end": self._last, "home": 0}
        self._row = min(goals[name], self._last)
        mark, begun = self._terminal.mark(), time.monotonic()
        self._terminal.send(KEYS[name])
        came = self._terminal.until(re.compile(rf"(?<!Document )r{self._row:06}").search, mark)
        time.sleep(PAUSE)
        return 1000 * (came - begun)

    def rounds(self, pressed: int) -> list[Press]:
        """Screenfuls down, then line by line at the lower edge, where each scrolls all others, to the end and back."""
        self.press("down")  # of no account
        few = min(4, pressed)
        names = ("page down",) * few + ("down",) * few + ("end", "home")
        return [(name, self.press(name), time.monotonic()) for _ in range(pressed // few) for name in names]


def times(presses: Sequence[Press], ended: float = math.inf) -> dict[str, list[float]]:
    """Milliseconds by key, of those pressed until then."""
    return {key: [ms for name, ms, at in presses if name == key and at <= ended] for key in KEYS}


def command_line(path: Path, model: str, folder: Path) -> float:
    """Seconds of `dltext sentiment --in` over a file, without those of its start."""

    def seconds(data: Path) -> float:
        begun = time.monotonic()
        command = [*program("dltext", "dltext.tui.cli"), "sentiment", "--in", str(data), "--model", model, "--json"]
        with (folder / "answers.jsonl").open("wb") as stream:
            subprocess.run(command, stdout=stream, stderr=subprocess.DEVNULL, env=environment(), check=True)
        return time.monotonic() - begun

    few = documents(folder / "few.csv", 2)
    return seconds(path) - seconds(few)


def examine(path: Path, count: int, model: str, pressed: int, folder: Path) -> dict[str, Any]:
    """One turn: key times at rest and while the model reads, the longest gaps of both, and seconds of the reading."""
    patient = Patient("dltext", folder)
    result: dict[str, Any] = {}
    try:
        patient.phase("open", lambda: patient.tell(f"corpus {path}"))
        walk = Walk(patient, count)
        result["at rest"] = times(walk.rounds(pressed))
        patient.phase("settle")
        begun = time.monotonic()
        patient.tell(f"read {model}")
        presses = walk.rounds(pressed)
        result["pressed"] = time.monotonic() - begun
        ended = patient.tell("done")
        result["reading"] = times(presses, ended)
        patient.phases["reading"] = (begun, ended)
        result["seconds"] = ended - begun
        patient.tell("settle")
        begun = time.monotonic()
        walk.rounds(pressed)
        time.sleep(max(0.0, result["seconds"] - (time.monotonic() - begun)))
        patient.phases["at rest"] = (begun, time.monotonic())
    finally:
        result["stalls"] = patient.close()
    return result


def main() -> None:
    chosen = options(__doc__, repeats=3, more=more)
    before = machine()
    count, pressed = (2_000, 4) if chosen.quick else (chosen.documents, PRESSED)
    turns, theirs = [], []
    with home() as folder:
        path = documents(folder / "documents.csv", count)
        for _ in range(chosen.repeats):
            if not chosen.alone:
                theirs.append(command_line(path, chosen.model, folder))
            turns.append(examine(path, count, chosen.model, pressed, folder))
            shutil.rmtree(folder / "cache", ignore_errors=True)  # what the model has said, too
    rows = []
    for name in KEYS:
        # With a few texts all are read before the last key.
        rest, busy = (
            spread([ms for turn in turns for ms in turn[when][name]] or [math.nan]) for when in ("at rest", "reading")
        )
        note = f"95 of 100 within {rest['p95']:.0f} ms; while a model reads {busy['median']:.0f} and {busy['p95']:.0f}"
        what = f"{count:,} rows, {name} to paint"
        rows.append(Row(what, "ms", rest["median"], reach=f"≤ {PAINT} ms", reached=rest["p95"] <= PAINT, note=note))
    worst = max((turn["stalls"]["reading"] for turn in turns), key=lambda stall: stall["stall"])
    quiet = max((turn["stalls"]["at rest"] for turn in turns), key=lambda stall: stall["stall"])
    computed = max(turn["stalls"]["reading"]["most_own"] for turn in turns)
    note = f"in it {worst['own']:.0f} ms of computing by the loop; most in any gap {computed:.0f}; compared: at rest"
    stall, limit = worst["stall"], f"≤ {STALL} ms"
    what = f"longest stall while {chosen.model} reads {count:,} texts"
    rows.append(Row(what, "ms", stall, quiet["stall"], quiet["stall"] / stall, limit, stall <= STALL, note))
    ours = count / spread([turn["seconds"] for turn in turns])["median"]
    rate = count / spread(theirs)["median"] if theirs else None
    ratio = ours / rate if rate else None
    reached = None if ratio is None else ratio >= RATE
    what = f"texts a second by {chosen.model} in Corpus, with `dltext sentiment --in`"
    rows.append(Row(what, "/s", ours, rate, ratio, f"≥ {RATE} ×", reached))
    finish("corpus_screen", rows, {"turns": turns, "command line": theirs}, chosen, before)


if __name__ == "__main__":
    main()
