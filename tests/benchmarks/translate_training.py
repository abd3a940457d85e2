"""The memory of training a translator: `dltext train seq2seq-attention` on a file, stopped after an epoch.

python translate_training.py FILE [STEPS]    prints the largest resident set (MB) and how many pairs were trained on;
                                             with STEPS it is stopped after so many, before validation
"""

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from dltext.engine.results import JobSpec
from dltext.engine.train.translate.recipe import TranslatorPipeline

SCALE = 1 if sys.platform == "darwin" else 1024
"""Bytes that the system counts in."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("steps", metavar="STEPS", nargs="?", type=int, default=sys.maxsize)
    chosen = parser.parse_args()
    seen: dict[str, Any] = {"ticks": 0, "epochs": 0}

    def emit(kind: str, **values: Any) -> None:
        if kind == "start":
            seen["pairs"] = values["examples"]["train"]
        seen["ticks"] += kind == "tick"
        seen["epochs"] += kind == "epoch"

    with tempfile.TemporaryDirectory() as folder:
        spec = JobSpec("seq2seq-attention", chosen.file)
        TranslatorPipeline(spec, Path(folder), emit, lambda: seen["epochs"] > 0 or seen["ticks"] >= chosen.steps).run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * SCALE / 1e6
    print(json.dumps({"peak": peak, "pairs": seen["pairs"], "steps": seen["ticks"], "epochs": seen["epochs"]}))


if __name__ == "__main__":
    main()
