"""Search among 20,000 abstracts: seconds to make the index, milliseconds to an answer.

    DLTEXT_DATA=… python tests/benchmarks/search.py [--model NAME …] [--json FILE] [--repeats QUERIES] [--quick]

The corpus and the queries are those of tests/quality/retrieval.py (its validation part). Build: a fresh index of the
texts, then of each model's vectors. Warm: the median and the 95th percentile over the titles, spans included.
Models: those that `--model` names, else the default one of English words.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from common import HERE, Row, finish, machine, options, spread

sys.path.insert(0, str(HERE.parent / "quality"))

from retrieval import part

from dltext.engine import api
from dltext.engine.results import UserError
from dltext.engine.tasks.search import index
from dltext.tests import quick

WARM_UP = 3
"""Queries of no account after the first of each method."""


def more(parser: argparse.ArgumentParser) -> None:
    """The option of this benchmark alone."""
    parser.add_argument("--model", nargs="*", metavar="NAME", help="bundles of words or paragraphs")


def ways(models: list[str] | None) -> list[tuple[str, str | None]]:
    """Methods with their models: BM25, then each model by itself and in the mixture."""
    if models is None:
        models = [method.model for method in api.search_methods() if method.name == "mean" and method.model]
    methods: list[tuple[str, str | None]] = [("bm25", None)]
    for name in models:
        alone = "paragraph" if api.model(name).task == "paragraphs" else "mean"
        methods += [(alone, name), ("mixture", name)]
    return methods


def measure(file: Path, titles: list[str], method: str, model: str | None) -> dict[str, Any]:
    """``build`` in seconds, ``size`` in bytes, ``first`` and ``warm`` in milliseconds."""
    made = api.build_index(str(file), method, model)
    times = []
    for title in titles:
        begun = time.perf_counter()
        api.search(title, str(file), method, model)
        times.append(1000 * (time.perf_counter() - begun))
    warm = spread(times[WARM_UP:])
    return {"method": method, "model": model, "build": made.seconds, "size": made.size, "first": times[0], "warm": warm}


def rows_of(measured: dict[str, Any], documents: int) -> list[Row]:
    """Two lines of the report."""
    what = measured["method"] + (f" with {measured['model']}" if measured["model"] else "")
    size = f"{measured['size'] / 1e6:.1f} MB on disk"
    beside = f"first {measured['first']:.0f} ms, p95 {measured['warm']['p95']:.1f} ms"
    return [
        Row(f"index of {documents:,} abstracts, {what}", "s", measured["build"], note=size),
        Row(f"the best 10 for a title, {what}", "ms", measured["warm"]["median"], note=beside),
    ]


def main() -> None:
    chosen = options(__doc__, repeats=300, more=more)
    before = machine()
    rows: list[Row] = []
    raw = []
    # A folder of its own: nobody's indexes are thrown away, and none is found made.
    with tempfile.TemporaryDirectory() as folder, patch.object(index, "place", lambda: Path(folder)):
        try:
            file, asked = quick.passages() if chosen.quick else part("validation")
            titles = [title for _, title in asked[: chosen.repeats + WARM_UP]]
            for method, model in ways(chosen.model):
                raw.append(measure(file, titles, method, model))
                rows += rows_of(raw[-1], api.build_index(str(file), method, model).documents)
        except UserError as error:
            sys.exit(f"{error}")
    finish("search", rows, {"ways": raw, "queries": len(titles) - WARM_UP}, chosen, before)


if __name__ == "__main__":
    main()
