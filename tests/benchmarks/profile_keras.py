"""A profiler's network asked through Keras: load it, cut the text into the same windows, pad them, ``model.predict``.

python profile_keras.py --make BUNDLE X.keras    the network of the bundle's folder, as `model.save` keeps it
python profile_keras.py BUNDLE X.keras TEXT      one answer, as JSON
python profile_keras.py BUNDLE X.keras -         a JSON list of texts on each line of stdin: milliseconds of each
                                                 answer; a JSON list of lists of texts: of each batch
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from dltext.engine import bundle_format
from dltext.engine.tasks.profile import windows as author_windows
from dltext.engine.text import tokenizer as tok
from dltext.models import self_attention


def make(folder: Path, place: Path) -> bool:
    """Whether its weights are those of the bundle; what ships without them is made with others of the same sizes."""
    from dltext.engine import registry
    from dltext.engine.train import checkpoint

    card = bundle_format.read(folder)
    settings = replace(registry.settings_of(card["recipe"], card["settings"]), penalty=0.0, word_dropout=0.0)
    size = card["serving"]["vocabulary"]
    columns = [(row["name"], len(row["labels"]) if row["kind"] == "category" else 1) for row in card["attributes"]]
    vectors = None if settings.variant == "random" else np.zeros((size, card["serving"]["vector_size"]), np.float32)
    model = self_attention.build(settings, size, columns, vectors)
    weights_file = folder / "weights.npz"
    if weights_file.exists():
        groups, meta = checkpoint.load(weights_file)
        weights = dict(zip(meta["paths"], groups["weights"], strict=True))
        checkpoint.assign(model.weights, [weights[variable.path] for variable in model.weights])
    model.save(place)
    return weights_file.exists()


class Reader:
    """The network and what it needs to read."""

    def __init__(self, folder: Path, place: Path) -> None:
        card = bundle_format.read(folder)
        self.window, self.most = card["serving"]["window"], card["serving"]["max_windows"]
        self.tokenizer = tok.load(folder / card["serving"]["tokenizer"])
        self.ends = author_windows.sentence_ends(self.tokenizer)
        self.model: Any = keras.models.load_model(place)

    def scores(self, texts: list[str]) -> np.ndarray:
        """``[texts, K]``; their windows padded to the most and the longest that a text may have here."""
        read = []
        for text in texts:
            ids = np.array(self.tokenizer.encode(text, add_special_tokens=False).ids, np.int32)
            parts = author_windows.split(ids, self.ends, self.window)
            read.append([ids[parts[number]] for number in author_windows.spread(len(parts), self.most)])
        padded = np.zeros((len(texts), max(map(len, read)), self.window + author_windows.SHORTEST - 1), np.int32)
        for row, windows in enumerate(read):
            for number, ids in enumerate(windows):
                padded[row, number, : len(ids)] = ids
        return self.model.predict(padded, verbose=0, batch_size=len(texts))


def main() -> None:
    if sys.argv[1] == "--make":
        print(json.dumps({"trained": make(Path(sys.argv[2]), Path(sys.argv[3]))}))
        return
    reader = Reader(Path(sys.argv[1]), Path(sys.argv[2]))
    if sys.argv[3] != "-":
        print(json.dumps({"scores": reader.scores([sys.argv[3]])[0].tolist()}))
        return
    print("ready", flush=True)
    for line in sys.stdin:
        times, scores = [], []
        for given in json.loads(line):
            began = time.perf_counter()
            outputs = reader.scores([given] if isinstance(given, str) else given)
            times.append(1000 * (time.perf_counter() - began))
            scores.append(outputs[-1].tolist())
        print(json.dumps({"times": times, "scores": scores[-1]}), flush=True)


if __name__ == "__main__":
    main()
