"""An author of 600 words, text to profile: warm with the explanation, from a cold start, and many in a stream.

    DLTEXT_DATA=… python tests/benchmarks/profile.py [--model NAME] [--json FILE] [--repeats N] [--quick]

Against a second process that cuts the same text into the same windows and calls `model.predict` on the same network
(its n-grams and the explanation are ours alone). Rounds of both take turns, and each call gets another author: those
of 590 to 610 words of the blog authors' test part, or the samples that ship, rotated, where there is no such corpus.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from common import HERE, Kept, Row, environment, finish, machine, number, options, program, quartiles, spread

from dltext.data.source import open_source
from dltext.engine import api
from dltext.engine.results import Record, UserError

WORDS = range(590, 611)
ROUND = 40
"""Calls of ours in a round; `model.predict` gets a quarter."""
STREAM = 32
"""Authors that `model.predict` reads together."""


def more(parser: argparse.ArgumentParser) -> None:
    """The option of this benchmark alone."""
    parser.add_argument("--model", metavar="NAME", help="default: the default profiler")


def authors() -> tuple[list[str], str]:
    """Texts of about 600 words, and whose."""
    try:
        rows = open_source("blog-authors", min_labels=0).rows("test")
        return [row.text for row in rows if len(row.text.split()) in WORDS], "blog authors"
    except UserError as error:
        print(f"{error}\nThe samples that ship are read instead.", file=sys.stderr)
    words = " ".join(text for _, text in api.samples()).split()
    words *= 600 // len(words) + 2
    return [" ".join(words[at : at + 600]) for at in range(600)], "samples, rotated"


def milliseconds(texts: list[str], model: str, explain: bool) -> list[float]:
    """Of each call."""
    times = []
    for text in texts:
        began = time.perf_counter()
        api.profile(text, model, explain)
        times.append(1000 * (time.perf_counter() - began))
    return times


class Predictor(Kept):
    """profile_keras.py kept running."""

    def __init__(self, folder: str, network: Path) -> None:
        super().__init__("profile_keras.py", folder, str(network), "-")

    def predict(self, given: list[str] | list[list[str]]) -> list[float]:
        """Milliseconds of each text, or of each batch of texts."""
        return self.ask(json.dumps(given))["times"]


def seconds(command: list[str], text: str) -> float:
    """Wall-clock from before the process exists to its end."""
    if Kept.alone and str(HERE) in " ".join(command):
        return math.nan
    began = time.perf_counter()
    answer = output_of([*command, text])
    took = time.perf_counter() - began
    json.loads(answer.splitlines()[-1])
    return took


def output_of(command: list[str]) -> str:
    """What a program prints; ends where it fails."""
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr[-3000:]}")
    return done.stdout.strip()


def warm(name: str, texts: list[str], predictor: Predictor, turns: int, calls: int) -> tuple[list[Row], dict[str, Any]]:
    """One author in a program that has been running for a while."""
    given, times = cycle(texts), {"plain": [], "explained": [], "theirs": []}
    for turn in range(turns + 1):
        by_side = {
            "plain": milliseconds(list(islice(given, calls)), name, False),
            "explained": milliseconds(list(islice(given, calls)), name, True),
            "theirs": predictor.predict(list(islice(given, calls // 4))),
        }
        for side, values in by_side.items():
            times[side] += values if turn else []
    plain, explained, theirs = (spread(values) for values in times.values())
    return [
        Row(
            f"one author of 600 words, warm, {name}, with what it looked at",
            "ms",
            explained["median"],
            theirs["median"],
            theirs["median"] / explained["median"],
            "≤ 20 ms",
            explained["median"] <= 20,
            f"p95 {explained['p95']:.1f} and {number(theirs['p95'])} ms; theirs is the network alone",
        ),
        Row(
            "the same without the explanation",
            "ms",
            plain["median"],
            theirs["median"],
            theirs["median"] / plain["median"],
            note=f"p95 {plain['p95']:.1f} ms",
        ),
    ], {"plain": plain, "explained": explained, "theirs": theirs}


def cold(
    name: str, texts: list[str], folder: str, network: Path, repeats: int
) -> tuple[list[Row], dict[str, dict[str, float]]]:
    """From before the process exists to its end, in turns; the first of each warms the disk."""
    ours = [*program("dltext", "dltext.tui.cli"), "profile", "--model", name, "--json"]
    theirs = [sys.executable, str(HERE / "profile_keras.py"), folder, str(network)]
    turns = [(seconds(ours, text), seconds(theirs, text)) for text in islice(cycle(texts), repeats + 1)][1:]
    we, they = (spread(side) for side in zip(*turns, strict=True))
    note = f"quartiles {quartiles(we)} and {quartiles(they)}"
    row = Row(
        f"cold start, dltext profile --json, {name}",
        "s",
        we["median"],
        they["median"],
        they["median"] / we["median"],
        "< 1 s and ≥ 5 ×",
        we["median"] < 1 and they["median"] / we["median"] >= 5,
        note,
    )
    return [row], {"ours": we, "theirs": they}


def stream(name: str, texts: list[str], predictor: Predictor, turns: int) -> tuple[list[Row], dict[str, Any]]:
    """Authors a second, in a stream and in padded batches."""
    texts = texts[: len(texts) // STREAM * STREAM]
    rates = []
    for _ in range(turns + 1):
        began = time.perf_counter()
        count = sum(1 for _ in api.profile_many((Record(str(at), text) for at, text in enumerate(texts)), name))
        mine = count / (time.perf_counter() - began)
        batches = [texts[at : at + STREAM] for at in range(0, len(texts), STREAM)]
        rates.append((mine, len(texts) / sum(predictor.predict(batches)) * 1000))
    we, they = (spread(side) for side in zip(*rates[1:], strict=True))
    ratio = spread([mine / theirs for mine, theirs in rates[1:]])["median"]
    row = Row(
        f"many authors, {name}, {len(texts):,} in a stream",
        "authors/s",
        we["median"],
        they["median"],
        ratio,
        note=f"theirs is the network alone, {STREAM} authors padded together",
    )
    return [row], {"ours": we, "theirs": they}


def main() -> None:
    chosen = options(__doc__, repeats=10, more=more)
    before = machine()
    try:
        from dltext.engine.tasks.profile.model import open_profiler

        name = open_profiler(chosen.model).name
        api.profile("A few words, to load it.", name, True)
    except UserError as error:
        sys.exit(f"{error}")
    folder = api.model(name).path
    texts, whose = authors()
    with tempfile.TemporaryDirectory(prefix="dltext-bench-") as made:
        network = Path(made) / "network.keras"
        command = [sys.executable, str(HERE / "profile_keras.py"), "--make", folder, str(network)]
        network_card = {} if chosen.alone else json.loads(output_of(command).splitlines()[-1])
        predictor = Predictor(folder, network)
        parts = {
            "warm": warm(name, texts, predictor, chosen.repeats, ROUND // 10 if chosen.quick else ROUND),
            "cold": cold(name, texts, folder, network, chosen.repeats),
            "stream": stream(
                name, texts[:STREAM] if chosen.quick else texts[: 16 * STREAM], predictor, 1 if chosen.quick else 2
            ),
        }
        predictor.close()
    raw = {part: measured[1] for part, measured in parts.items()}
    raw |= {"texts": len(texts), "whose": whose, **network_card}
    finish("profile", [row for measured in parts.values() for row in measured[0]], raw, chosen, before)


if __name__ == "__main__":
    main()
