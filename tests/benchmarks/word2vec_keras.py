"""Pairs a second of skip-gram in Keras, ours against the textbook's loop, in turns in one run.

    DLTEXT_DATA=… python tests/benchmarks/word2vec_keras.py [--json FILE] [--repeats TURNS] [--quick]

Textbook: for each sentence, `skipgrams` makes word pairs with labels in Python (one random word for each true pair),
and `train_on_batch([targets, contexts], labels)` learns them: one Embedding for both words, their dot product, a
sigmoid, Adam; the batch is the sentence. Its function stood in keras.preprocessing.sequence up to Keras 2 and is
written out here as it was. The first sentences, in which Keras traces the graph for batches of any length, are in no
time. A second arm calls `train_on_batch` for each couple of words, for scale.

Ours: the Trainer of `dltext train word2vec-skipgram` with its own defaults (five negatives a pair), pair making,
learning-rate and loss book-keeping included. Both count true pairs only. Texts, vocabulary, vector size and window are
the same; the texts are the first of IMDB's unlabelled reviews, cut at the ends of sentences.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from common import Row, finish, machine, options, spread
from keras import layers

from dltext.data.errors import UserError
from dltext.engine import registry
from dltext.engine.results import JobSpec
from dltext.engine.train.run import device
from dltext.engine.train.words import corpus, keras_recipe
from dltext.engine.train.words.keras_trainer import SamplingTrainer
from dltext.engine.train.words.texts import open_texts
from dltext.tests import quick

DATA = "imdb:unsup"
WORDS, VOCABULARY, SIZE, WINDOW = 600_000, 20_000, 100, 5
WARM_UP, SECONDS = 30, 10.0
"""Sentences in no time, and how long a turn of the textbook's loop lasts at least."""


def sentences(data: str) -> list[list[str]]:
    texts = open_texts(JobSpec("word2vec-skipgram", data))
    lines: list[list[str]] = []
    count = 0
    for text in texts:
        line: list[str] = []
        for word in texts.words(text):
            line.append(word)
            if word in corpus.ENDS:
                lines.append(line)
                count += len(line)
                line = []
        if count >= WORDS:
            break
    return lines


def skipgrams(sequence: list[int], vocabulary_size: int, window: int) -> tuple[list[list[int]], list[int]]:
    """keras.preprocessing.sequence.skipgrams of Keras 2, with its defaults: couples and labels, shuffled."""
    couples, labels = [], []
    for i, word in enumerate(sequence):
        for j in range(max(0, i - window), min(len(sequence), i + window + 1)):
            if j != i:
                couples.append([word, sequence[j]])
                labels.append(1)
    words = [couple[0] for couple in couples]
    random.shuffle(words)
    couples += [[word, random.randint(1, vocabulary_size - 1)] for word in words]
    labels += [0] * len(words)
    seed = random.randint(0, 10**6)
    random.seed(seed)
    random.shuffle(couples)
    random.seed(seed)
    random.shuffle(labels)
    return couples, labels


def textbook_network(vocabulary_size: int) -> keras.Model:
    """One table for both words, their dot product, a sigmoid."""
    target, context = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    table = layers.Embedding(vocabulary_size, SIZE)
    dot = layers.Dot(axes=2)([table(target), table(context)])
    model = keras.Model([target, context], layers.Dense(1, activation="sigmoid")(layers.Reshape((1,))(dot)))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


class Textbook:
    """Its loop, sentence by sentence; ``single``: pair by pair."""

    def __init__(self, lines: list[list[int]], vocabulary_size: int, single: bool) -> None:
        self.model, self.size, self.single = textbook_network(vocabulary_size), vocabulary_size, single
        self.lines = iter(lines * 50)
        self.train(count=1 if single else WARM_UP)

    def train(self, seconds: float = 0.0, count: int = 0) -> float:
        """True pairs a second over ``seconds`` at least, or over ``count`` sentences."""
        begun, pairs, done = time.perf_counter(), 0, 0
        while done < count or time.perf_counter() - begun < seconds:
            couples, labels = skipgrams(next(self.lines), self.size, WINDOW)
            done += 1
            if not couples:
                continue
            for part in range(len(couples)) if self.single else (slice(None),):
                rows = np.atleast_2d(np.asarray(couples, np.int32)[part])
                target = np.atleast_1d(np.asarray(labels, np.float32)[part])[:, None]
                self.model.train_on_batch([rows[:, :1], rows[:, 1:]], target)
                pairs += int(target.sum())
                if self.single and count == 0 and pairs and time.perf_counter() - begun > seconds:
                    break
        return pairs / (time.perf_counter() - begun)


def main() -> None:
    chosen = options(__doc__, repeats=5)
    before = machine()
    try:
        lines = sentences(quick.texts() if chosen.quick else DATA)
    except UserError as error:
        sys.exit(f"{error}")
    random.seed(1)
    keras.utils.set_random_seed(1)
    counts = Counter(word for line in lines for word in line).most_common(VOCABULARY)
    rows = {word: row for row, (word, _) in enumerate(counts)}
    encoded = [[rows[word] for word in line if word in rows] for line in lines]
    before["device"] = device()
    seconds = SECONDS / 100 if chosen.quick else SECONDS
    arms = {"a batch a sentence": False, "a batch a pair": True}
    loops = {name: Textbook(encoded, len(rows), single) for name, single in arms.items()}
    ours = our_epochs(encoded, np.array([count for _, count in counts]), chosen.repeats + 1)
    next(ours)  # the first traces the graph
    rates: dict[str, Any] = {"ours": [], **{name: [] for name in arms}}
    for rate in ours:
        rates["ours"].append(rate)
        for name, loop in loops.items():
            rates[name].append(loop.train(seconds))
    mine = spread(rates["ours"])
    report = []
    for name in arms:
        theirs = spread(rates[name])
        ratio, goal = mine["median"] / theirs["median"], name == "a batch a sentence"
        note = f"quartiles {mine['q1']:,.0f}–{mine['q3']:,.0f} and {theirs['q1']:,.0f}–{theirs['q3']:,.0f}"
        what = f"skip-gram in Keras, against train_on_batch with {name}"
        reach = ("≥ 20 ×", ratio >= 20) if goal else ("", None)
        report.append(Row(what, "pairs/s", mine["median"], theirs["median"], ratio, *reach, note))
    rates |= {"vocabulary": len(rows), "vector_size": SIZE, "window": WINDOW, "words": sum(map(len, encoded))}
    finish("word2vec_keras", report, rates, chosen, before)


def our_epochs(encoded: list[list[int]], counts: np.ndarray, epochs: int) -> Iterator[float]:
    """Pairs a second of each epoch, one epoch at a time."""
    values = {"vector_size": SIZE, "window": WINDOW, "subsampling": 0, "epochs": 1}
    settings = registry.settings_of("word2vec-skipgram", values)
    ids = np.concatenate([np.asarray(line, np.int32) for line in encoded])
    starts = np.concatenate([[0], np.cumsum([len(line) for line in encoded])])
    model = keras_recipe.build("word2vec-skipgram", settings, len(counts), 1)
    sampler = keras_recipe.sampler_of(settings, ids, starts, counts, 1)
    trainer = SamplingTrainer(model, settings, sampler, [str(row) for row in range(len(counts))])
    for _ in range(epochs):
        trainer.progress = type(trainer.progress)()
        begun = time.perf_counter()
        trainer.run()
        row = trainer.progress.history[0]
        yield row["rate"] * row["seconds"] / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
