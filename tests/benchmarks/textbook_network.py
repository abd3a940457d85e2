"""Saves the network of a bundle as a textbook's program would, in a process of its own because it imports Keras.

textbook_network.py NAME X.keras WORDS.json
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path


def textbook(name: str, model_path: Path, words_path: Path) -> None:
    """The same layers and sizes, of Keras's own layers alone; the same weights where the bundle keeps them."""
    from dltext.engine import api, registry
    from dltext.engine.text import tokenizer as tok
    from dltext.engine.train import checkpoint

    info = api.model(name)
    card, folder = info.card, Path(info.path)
    serving = card["serving"]
    settings = replace(registry.settings_of(card["recipe"], card["settings"]), word_dropout=0.0)
    tokenizer = tok.load(folder / serving["tokenizer"])
    size = tokenizer.get_vocab_size()
    vectors = None
    if settings.variant != "random":
        import numpy as np

        vectors = np.zeros((size, serving["vector_size"]), np.float32)
    build = registry.load(registry.get(card["recipe"]).build)
    model = build(settings, size, len(card["labels"]), vectors, mask=False)
    weights_file = folder / "weights.npz"
    if weights_file.exists():
        checkpoint.assign(model.weights, checkpoint.load(weights_file)[0]["weights"])
    model.save(model_path)
    words = tokenizer.get_vocab()
    words_path.write_text(
        json.dumps({"words": words, "labels": card["labels"], "trained": weights_file.exists()}), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("model", type=Path, metavar="X.keras")
    parser.add_argument("words", type=Path, metavar="WORDS.json")
    chosen = parser.parse_args()
    textbook(chosen.name, chosen.model, chosen.words)


if __name__ == "__main__":
    main()
