"""Workers killed (kill -9) at random moments: no result is lost, none is there twice."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dltext.tests.dask_cluster import spawned

TEXTS = 3_000


def test_killed_workers_lose_nothing(
    make_bundle: Any,
    tried_everywhere: Any,
    tmp_path: Path,
    rounds: Callable[[int, int], int],
    chance: random.Random,
    figure: Callable[[str, int, int], None],
) -> None:
    tried_everywhere(make_bundle())
    words = ["good", "film", "bad", "the", "tea"]
    texts, alone = tmp_path / "in.csv", tmp_path / "alone.tsv"
    lines = [" ".join(chance.choices(words, k=30)) for _ in range(TEXTS)]
    texts.write_text("text\n" + "".join(f"{line}\n" for line in lines))
    command = [sys.executable, "-m", "dltext.tui.cli", "sentiment", "--explain", "--model", "toy", "--in", str(texts)]
    subprocess.run([*command, "--workers", "1", "--out", str(alone)], check=True, capture_output=True)
    expected = alone.read_text().splitlines()
    killed = attempts = wrong = 0
    while killed < rounds(3, 30):
        attempts += 1
        assert attempts < 60, "no worker lived long enough to be killed"
        out = tmp_path / f"{attempts}.tsv"
        resume: list[str] = []
        while not out.exists():
            process = subprocess.Popen(
                [*command, "--workers", "2", "--out", str(out), *resume], stderr=subprocess.PIPE, text=True
            )
            while process.poll() is None and killed < rounds(3, 30):
                time.sleep(chance.uniform(0.3, 2.5))
                workers = [child for child in spawned(process.pid) if child.is_running()]
                if workers and process.poll() is None:
                    chance.choice(workers).kill()
                    killed += 1
            _, said = process.communicate(timeout=240)
            # Where all workers were killed again and again before they were ready, the command says so, and goes on.
            assert out.exists() or "as soon as they start" in said, said
            resume = ["--resume"] if out.with_name(f".{out.name}.part").exists() else []
        written = out.read_text().splitlines()
        aside = out.with_name(f"{attempts}.left.jsonl")
        ids = {json.loads(line)["id"] for line in aside.read_text().splitlines()} if aside.exists() else set[str]()
        assert (process.returncode == 1) == bool(ids), said
        wrong += written != [line for line in expected if line.split("\t")[0] not in ids]
    figure("a worker killed at a random moment: results lost or doubled", wrong, killed)
    assert not wrong
