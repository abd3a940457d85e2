"""Makes what the benchmarks need of networks, in a process of its own because it imports Keras.

python standin.py cnn|lstm                             a stand-in bundle, untrained, of the size that ships
python standin.py --textbook NAME X.keras WORDS.json   the network of bundle NAME as a textbook's program saves it
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from common import DOCUMENT, MODELS

WORDS, SIZE = 40_000, 200
RECIPES = {"cnn": "text-cnn", "lstm": "lstm"}


def stand_in(kind: str) -> None:
    """Export an untrained network as training would and install it under the shipped name."""
    from dltext.engine import bundles, registry
    from dltext.engine.results import JobSpec
    from dltext.engine.text import tokenizer as tok
    from dltext.engine.train import finish, run

    recipe = RECIPES[kind]
    settings = registry.settings_of(
        recipe,
        {
            "variant": "random",
            "embedding_size": SIZE,
            "vocabulary_size": WORDS,
            "precision": "int8",
        },
    )
    counts = dict.fromkeys((word for word, _ in tok.split(tok.new_tokenizer({"[PAD]": 0, "[UNK]": 1}), DOCUMENT)), 2)
    tokenizer = tok.build(counts, WORDS, 1, [f"word{number}" for number in range(WORDS - len(counts) - 2)])
    labels = ("negative", "positive")
    prepared = SimpleNamespace(
        vectors=None, tokenizer=tokenizer, vocabulary_size=tokenizer.get_vocab_size(), info={}, labels=labels
    )
    source = SimpleNamespace(
        labels=labels, task="sentiment", language="en", name="none", title="none", licence="none", sha256=""
    )
    spec = JobSpec(recipe=recipe, data="none", name=MODELS[kind])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "bundle"
        finish.write_bundle(
            made,
            spec,
            settings,
            source,
            prepared,
            run.network(recipe, settings, prepared, 1),
            1.0,  # pyright: ignore[reportArgumentType]
            {},
            Path(folder),
        )
        bundles.install(made, MODELS[kind])


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
    kept = folder / "weights.npz"
    if kept.exists():
        checkpoint.assign(model.weights, checkpoint.load(kept)[0]["weights"])
    model.save(model_path)
    words = tokenizer.get_vocab()
    words_path.write_text(
        json.dumps({"words": words, "labels": card["labels"], "trained": kept.exists()}), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=RECIPES)
    parser.add_argument("--textbook", nargs=3, metavar=("NAME", "X.keras", "WORDS.json"))
    chosen = parser.parse_args()
    if chosen.textbook:
        name, model, words = chosen.textbook
        textbook(name, Path(model), Path(words))
    elif chosen.kind:
        stand_in(chosen.kind)
    else:
        parser.print_usage(sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
