"""Documents a second over files: the CNN and embedding-mlp beside fastText and TF-IDF with a linear SVM; one core.

    python tests/benchmarks/bulk.py [--fasttext PYTHON] [--json FILE] [--repeats N] [--quick]

IMDB's test part, and the sentences of MR ten times over. Ours is the whole command with `--json`, from file to file;
the others read, split, predict and write the same. embedding-mlp and the others first learn from IMDB's train part,
whose CPU seconds are compared too. fastText is no dependency: `--fasttext` names a Python that has it
(bulk_fasttext.py). CPU seconds of one core all over; what a program needs to start is in them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import HERE, Row, environment, finish, home, machine, options, program

from dltext.tests import quick

TIMES = 10
CNN = "sentiment-en-cnn"


def add_fasttext(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fasttext", metavar="PYTHON", help="a Python that has fastText")


def written(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows), "utf-8")
    return path


def files(folder: Path, made: bool) -> tuple[Path, dict[str, tuple[Path, int]]]:
    """What is learnt from, and the files that are read with how many documents each has."""
    if made:
        rows = [(text, ("negative", "positive")[row % 2]) for row, text in enumerate(quick.sentences(200))]
        parts = {"reviews": rows, "sentences": rows}
        train = rows
    else:
        from dltext.data.source import open_source

        imdb, mr = open_source("imdb"), open_source("mr")
        train = [(row.text, str(row.label)) for row in imdb.rows("train")]
        parts = {
            "reviews": [(row.text, str(row.label)) for row in imdb.rows("test")],
            "sentences": [(row.text, str(row.label)) for row in mr.rows("all")] * TIMES,
        }
    read = {name: (written(folder / f"{name}.jsonl", rows), len(rows)) for name, rows in parts.items()}
    return written(folder / "train.jsonl", train), read


def seconds(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a program and its children, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def rate(model: str, file: Path, count: int, repeats: int) -> float:
    """Documents a second of our command, the best of ``repeats``."""
    out = file.with_suffix(".out.jsonl")
    command = [*program("dltext", "dltext.tui.cli"), "sentiment", "--model", model, "--in", str(file), "--json"]
    return max(count / seconds([*command, "--out", str(out), "--overwrite"])[0] for _ in range(repeats))


def accuracy(file: Path) -> float:
    answers = [json.loads(line) for line in file.with_suffix(".out.jsonl").read_text("utf-8").splitlines()]
    return sum(answer["label"] == answer["gold"] for answer in answers) / len(answers)


def ours(train: Path, read: dict[str, tuple[Path, int]], chosen: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Rates of both models, the accuracy of both on the reviews, and what training took."""
    from dltext.engine import api
    from dltext.engine.results import JobSpec

    values = {"floor": False, **({"vocabulary_size": 100} if chosen.quick else {})}
    began = time.process_time()
    quick.run(api.validate(JobSpec("embedding-mlp", str(train), values, name="bag")))
    took = time.process_time() - began
    results: dict[str, dict[str, float]] = {"bag": {"training": took}, CNN: {}}
    for model in results:
        for name, (file, count) in read.items():
            results[model][name] = rate(model, file, count, chosen.repeats)
            if name == "reviews":
                results[model]["accuracy"] = accuracy(file)
    return results


def main() -> None:
    chosen = options(__doc__, repeats=2, more=add_fasttext)
    before = machine()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    raw: dict[str, Any] = {}
    with home(), tempfile.TemporaryDirectory() as name:
        train, read = files(Path(name), chosen.quick)
        raw["ours"] = ours(train, read, chosen)
        arguments = [str(train), *(str(file) for file, _ in read.values())]
        for other, python in (("linear", sys.executable), ("fasttext", chosen.fasttext)):
            if python and not chosen.alone:
                raw[other] = json.loads(seconds([python, str(HERE / f"bulk_{other}.py"), *arguments])[1])
    rows = [
        Row(f"{what}, {part}", "documents/s", raw["ours"][model][part], raw[other][part], note=f"compared with {other}")
        for other in ("fasttext", "linear")
        if other in raw
        for model, what in ((CNN, "CNN"), ("bag", "embedding-mlp"))
        for part in read
    ] or [
        Row(f"{what}, {part}", "documents/s", raw["ours"][model][part])
        for model, what in ((CNN, "CNN"), ("bag", "embedding-mlp"))
        for part in read
    ]
    theirs = raw.get("fasttext", {})
    for model, what in ((CNN, "CNN"), ("bag", "embedding-mlp")):
        rows.append(Row(f"{what}, accuracy on the reviews", "", raw["ours"][model]["accuracy"], theirs.get("accuracy")))
    rows.append(Row("embedding-mlp, training", "CPU s", raw["ours"]["bag"]["training"], theirs.get("training")))
    finish("bulk", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
