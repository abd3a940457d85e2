"""All benchmarks, one after the other, on this machine: one JSON and one table in tests/benchmarks/results/.

    python tests/benchmarks/all.py [--quick] [--only NAME …]

Run it while nothing else runs. Throughput needs MR, search arXiv's abstracts, the trainings of words IMDB, translation
Tatoeba's pairs: DLTEXT_DATA names a mirror, else they are downloaded.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import HERE, HOME, Row, table

NAMES = (
    "cold_start",
    "warm",
    "memory",
    "cards",
    "reading",
    "stall",
    "throughput",
    "neighbours",
    "search",
    "words_training",
    "word2vec_keras",
    "profile",
    "translate",
    "titles",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="one repeat, little data: to try the scripts, not to quote"
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    chosen = parser.parse_args()
    results, failed = [], []
    with tempfile.TemporaryDirectory(prefix="dltext-bench-") as folder:
        os.environ[HOME] = str(Path(folder) / "home")
        (Path(folder) / "home").mkdir()
        for name in chosen.only:
            print(f"\n{name} …", flush=True)
            out = Path(folder) / f"{name}.json"
            command = [sys.executable, str(HERE / f"{name}.py"), "--json", str(out)]
            done = subprocess.run([*command, "--quick"] if chosen.quick else command, check=False)
            if done.returncode:
                failed.append(name)
            else:
                results.append(json.loads(out.read_text(encoding="utf-8")))
    if results:
        _write(results)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _write(reports: list[dict]) -> None:
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    machine = reports[0]["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    parts = [
        "# Speed and memory",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; {machine['system']}; "
        f"Python {machine['python']}; {versions}. Commit {machine['commit'] or 'unknown'}, {machine['time']}.",
        *(["A quick run: the numbers are not to be quoted."] if reports[0]["quick"] else []),
        *(
            [f"The machine was not idle at the start (load {load:.1f}): absolute numbers are upper bounds."]
            if (load := (machine["load_average"] or [0])[0]) > 0.7
            else []
        ),
        table([Row(**row) for each in reports for row in each["rows"]]),
        "Reproduce with `make bench NAME=all`. docs/measured/comparisons.md says what is compared.",
    ]
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for name in (f"benchmarks-{stamp}", "benchmarks"):
        (results / f"{name}.json").write_text(
            json.dumps(reports, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (results / f"{name}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"\n{results / 'benchmarks.md'}")


if __name__ == "__main__":
    sys.exit(main())
