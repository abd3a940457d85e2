"""The ten nearest of 400,000 words of 100 components: ours against gensim's most_similar, in one run.

    python tests/benchmarks/neighbours.py [--json FILE] [--repeats N] [--quick]

Both read the same vectors: random ones whose variance falls along their components as in trained vectors, around a
common direction. Warm: twenty queries in a row of each, in turns; cold: from the start of a process to its answer,
imports and loading included; and a hundred queries at once. gensim holds float32 and reads what its own `save` wrote,
with norms.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from common import Row, environment, finish, machine, options, spread

WORDS, QUICK_WORDS = 400_000, 5_000
SIZE, NEAREST, BATCH = 100, 10, 100
SERIES, REST = 20, 0.3
"""Queries in a series, and seconds before it: the threads of gensim's BLAS spin on for a while, and would take our
second processor."""

OURS = """
import sys
from dltext.engine import api
print([near.word for near in api.neighbours("w77", sys.argv[1], 10).words])
"""
THEIRS = """
import sys
from gensim.models import KeyedVectors
print([word for word, _ in KeyedVectors.load(sys.argv[1]).most_similar("w77", topn=10)])
"""


def made(count: int, seed: int = 1) -> np.ndarray:
    """float16 ``[count, SIZE]``."""
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, SIZE)).astype(np.float32)
    rows *= np.geomspace(1, 0.15, SIZE, dtype=np.float32)
    rows += 0.3 * random.standard_normal(SIZE).astype(np.float32)
    # Words come in families: otherwise none would be near any other.
    rows += rows[random.integers(0, count // 100, count)]
    return rows.astype(np.float16)


def cold(program: str, argument: str) -> tuple[float, str]:
    """Milliseconds of a process, and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, argument], capture_output=True, text=True, env=environment(), check=False
    )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return 1000 * (time.perf_counter() - began), done.stdout.strip()


def main() -> None:
    chosen = options(__doc__, repeats=10)
    before = machine()
    from gensim.models import KeyedVectors

    from dltext.engine.tasks.words import model

    with tempfile.TemporaryDirectory(prefix="dltext-bench-") as name:
        folder, count = Path(name), QUICK_WORDS if chosen.quick else WORDS
        rows = made(count)
        words = [f"w{row}" for row in range(count)]
        card = {"name": "bench", "version": "1", "recipe": "import", "language": "und", "created": "2026-01-01"}
        model.write(folder / "bench", card, words, rows)
        keyed = KeyedVectors(SIZE)
        keyed.add_vectors(words, rows.astype(np.float32))
        keyed.fill_norms()
        keyed.save(str(folder / "bench.kv"))

        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours = model.load(str(folder / "bench"))
        ours.warm_up()
        random = np.random.default_rng(2)
        times: dict[str, list[float]] = {
            key: [] for key in ("ours", "theirs", "cold", "their cold", "many", "their many")
        }
        for _ in range(chosen.repeats):
            queries = random.integers(0, count, SERIES).tolist()
            time.sleep(0 if chosen.quick else REST)
            nearest = []
            for row in queries:
                began = time.perf_counter()
                ids, _ = ours.nearest(ours.unit([row]), NEAREST, [row])
                times["ours"].append(1000 * (time.perf_counter() - began))
                nearest.append({words[i] for i in ids[0]})
            time.sleep(0 if chosen.quick else REST)
            for row, near in zip(queries, nearest, strict=True):
                began = time.perf_counter()
                expected = keyed.most_similar(words[row], topn=NEAREST)
                times["theirs"].append(1000 * (time.perf_counter() - began))
                same = len(near & {word for word, _ in expected})
                assert same >= NEAREST - 1, f"row {row}: {same} of {NEAREST} are the same"  # float32 may swap the last
            some = random.integers(0, count, BATCH)
            began = time.perf_counter()
            ours.nearest(ours.unit(some), NEAREST)
            middle = time.perf_counter()
            for row in some.tolist():
                keyed.most_similar(words[row], topn=NEAREST)
            times["their many"].append(1000 * (time.perf_counter() - middle))
            times["many"].append(1000 * (middle - began))
            mine, said = cold(OURS, str(folder / "bench"))
            other, expected = cold(THEIRS, str(folder / "bench.kv"))
            assert said == expected, f"{said} is not {expected}"
            times["cold"].append(mine)
            times["their cold"].append(other)
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident) / 1024
        spreads = {key: spread(values) for key, values in times.items()}

    def row(what: str, key: str, their: str, least: float, most: float | None = None) -> Row:
        we, they = spreads[key], spreads[their]
        ratio = they["median"] / we["median"]
        reach = f"≥ {least:g} ×" + (f", ≤ {most:g} ms" if most else "")
        reached = ratio >= least and (most is None or we["median"] <= most)
        return Row(
            what,
            "ms",
            we["median"],
            they["median"],
            ratio,
            reach,
            reached,
            f"p95 {we['p95']:.1f} and {they['p95']:.0f} ms",
        )

    finish(
        "neighbours",
        [
            row(f"{NEAREST} neighbours among {count:,} × {SIZE}, one query", "ours", "theirs", 1.5, 8),
            row("the same from a cold start", "cold", "their cold", 3),
            row(f"the same, {BATCH} queries at once", "many", "their many", 1.5),
        ],
        {"spread": spreads, "peak_mib_above_the_program": used},
        chosen,
        before,
    )


if __name__ == "__main__":
    main()
