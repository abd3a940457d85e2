"""A writer of titles asked as the textbook's programs ask theirs: encode once, then `model.predict` a word.

python titles_keras.py PLAN    PLAN: a JSON file of "recipe", "settings" and "size" (of the vocabulary); then a JSON
                               object on each line of stdin: {"read", "written", "times"}; milliseconds of each title
                               come back

The network is that of our bundle, made of the same Keras layers, with random weights: what it writes means nothing, so
the number of words is given. Looking words up and joining them is in no time.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from dltext.engine.registry import settings_of
from dltext.models.title_generator import build_serving


def write(encoder: Any, step: Any, ids: np.ndarray, words: int, size: int) -> None:
    """The most probable word, written or copied, ``words`` times; ``ids`` int32 ``[1, n]``."""
    memory, *states = encoder.predict(ids, verbose=0)
    word = np.full((1, 1), 2, np.int32)
    for place in range(words):
        scores, copies, _, *states = step.predict(
            [word, np.full((1, 1), place, np.float32), memory, *states], verbose=0
        )
        share = np.exp(scores[0])
        np.add.at(share, ids[0] % size, copies[0])
        word[0, 0] = int(share.argmax())


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    encoder, step = build_serving(settings_of(plan["recipe"], plan["settings"]), plan["size"])
    print("ready", flush=True)
    chance = np.random.default_rng(1)
    for line in sys.stdin:
        asked = json.loads(line)
        times = []
        for _ in range(asked["times"]):
            ids = chance.integers(4, plan["size"], (1, asked["read"])).astype(np.int32)
            began = time.perf_counter()
            write(encoder, step, ids, asked["written"], plan["size"])
            times.append(1000 * (time.perf_counter() - began))
        print(json.dumps({"times": times}), flush=True)


if __name__ == "__main__":
    main()
