"""Skip-gram in Keras against gensim's on the same 5 million words: WordSim-353 and SimLex-999 at equal epochs.

    DLTEXT_DATA=… python tests/quality/word2vec_keras.py [--seeds N] [--json FILE]

Half of the words come from IMDB's unlabelled reviews, half from the training part of 20 Newsgroups, no punctuation.
Both sides: skip-gram, five negatives, window 5 (drawn), words seen five times or more, subsampling 1e-4, learning rate
0.025 falling linearly, the same epochs. Ours is the Trainer of `dltext train word2vec-skipgram` with its defaults;
gensim has two workers, so its numbers differ a little from run to run.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from itertools import repeat
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from dltext.data.errors import UserError
from dltext.data.paths import write_json
from dltext.engine import registry
from dltext.engine.results import JobSpec
from dltext.engine.train.words import keras_recipe
from dltext.engine.train.words.keras_trainer import SamplingTrainer
from dltext.engine.train.words.measures import WordMeasures
from dltext.engine.train.words.texts import open_texts
from dltext.tests import quick

DATA = "imdb:unsup", "20news:train"
HALF = 2_500_000
LINE = 5_000
SETTINGS = {"vector_size": 100, "window": 5, "negative": 5, "subsampling": 1e-4, "learning_rate": 0.025}
MIN_COUNT = 5


def lines(data: tuple[str, ...]) -> list[list[str]]:
    """The words of each text, long ones in pieces that gensim does not cut."""
    pieces: list[list[str]] = []
    for name in data:
        texts, left = open_texts(JobSpec("word2vec-skipgram", name)), HALF
        for text in texts:
            words = texts.words(text, punctuation=False)[:left]
            left -= len(words)
            pieces += [words[start : start + LINE] for start in range(0, len(words), LINE)]
            if not left:
                break
    return pieces


def ours(texts: list[list[str]], words: list[str], counts: np.ndarray, epochs: int, seed: int) -> np.ndarray:
    settings = registry.settings_of("word2vec-skipgram", {**SETTINGS, "epochs": epochs})
    rows = {word: row for row, word in enumerate(words)}
    ids = np.concatenate([np.fromiter(map(rows.get, line, repeat(-1)), np.int32, len(line)) for line in texts])
    starts = np.concatenate([[0], np.cumsum([len(line) for line in texts])])
    model = keras_recipe.build("word2vec-skipgram", settings, len(words), seed)

    def emit(kind: str, **values) -> None:
        if kind == "epoch":
            print(
                f"  epoch {values['epoch']}: loss {values['train']['loss']:.4f}, {values['rate']:,.0f} pairs/s",
                flush=True,
            )

    trainer = SamplingTrainer(
        model, settings, keras_recipe.sampler_of(settings, ids, starts, counts, seed), words, emit=emit
    )
    trainer.run()
    return trainer.vectors()


def gensims(file: Path, words: list[str], epochs: int, seed: int) -> np.ndarray:
    from gensim.models import Word2Vec

    model = Word2Vec(
        corpus_file=str(file),
        vector_size=int(SETTINGS["vector_size"]),
        window=int(SETTINGS["window"]),
        negative=int(SETTINGS["negative"]),
        sample=SETTINGS["subsampling"],
        alpha=SETTINGS["learning_rate"],
        min_count=MIN_COUNT,
        sg=1,
        epochs=epochs,
        workers=2,
        seed=seed,
    )
    return model.wv[words]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    quick.add_option(parser)
    options = parser.parse_args()
    if options.quick:
        options.seeds = options.epochs = 1
    try:
        texts = lines((quick.texts(),) if options.quick else DATA)
    except UserError as error:
        sys.exit(f"skipped: {error}")
    seen = Counter(word for line in texts for word in line)
    words = sorted((word for word, count in seen.items() if count >= MIN_COUNT), key=lambda word: (-seen[word], word))
    counts = np.array([seen[word] for word in words])
    print(f"{sum(map(len, texts)):,} words, {len(words):,} different, {options.epochs} epochs")
    measures = WordMeasures("en")
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "gensim": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpus.txt"
        file.write_text("".join(" ".join(line) + "\n" for line in texts), encoding="utf-8")
        for seed in range(1, options.seeds + 1):
            for side in runs:
                begun = time.perf_counter()
                if side == "ours":
                    matrix = ours(texts, words, counts, options.epochs, seed)
                else:
                    matrix = gensims(file, words, options.epochs, seed)
                seconds = time.perf_counter() - begun
                runs[side].append({**measures.of_matrix(words, matrix).values, "seconds": round(seconds)})
                print(f"{side:6} seed {seed}: {runs[side][-1]}", flush=True)
                if options.json:
                    write_json(options.json, {"settings": SETTINGS, "epochs": options.epochs, **runs})
    for key, label in measures.labels.items():
        mine, theirs = (statistics.mean(row.get(key, float("nan")) for row in rows) for rows in runs.values())
        print(f"{label}: ours {mine:.3f}, gensim {theirs:.3f}, difference {mine - theirs:+.3f}")


if __name__ == "__main__":
    main()
