"""Search among 20,000 abstracts: seconds to make the index, milliseconds to an answer.

    python tests/benchmarks/search.py [--model NAME …] [--json FILE] [--repeats N]

The corpus and the queries are those of tests/quality/retrieval.py (its validation part). Build: a fresh index of the
texts, then of each model's vectors. Warm: the median and the 95th percentile over the titles, spans included.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "quality"))

from retrieval import part

from dltext.data.paths import cache
from dltext.engine import api


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="*", default=[], help="bundles of word vectors")
    parser.add_argument("--repeats", type=int, default=300, help="queries")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    file, titles = part("validation")
    shutil.rmtree(cache() / "search", ignore_errors=True)
    rows = []
    for method, model in [("bm25", None), *((way, name) for name in options.model for way in ("mean", "mixture"))]:
        made = api.build_index(str(file), method, model)
        times = []
        for _, title in titles[: options.repeats + 3]:
            began = time.perf_counter()
            api.search(title, str(file), method, model)
            times.append(1000 * (time.perf_counter() - began))
        warm = times[3:]
        row = {
            "method": method,
            "model": model or "",
            "build, s": round(made.seconds, 2),
            "size, MB": round(made.size / 1e6, 1),
            "first, ms": round(times[0], 1),
            "median, ms": round(float(np.median(warm)), 1),
            "p95, ms": round(float(np.percentile(warm, 95)), 1),
        }
        rows.append(row)
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
