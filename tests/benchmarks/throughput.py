"""Sentences a second of training the text-CNN on MR, ours against the textbook's layout, epoch by epoch in turns.

    DLTEXT_DATA=… python tests/benchmarks/throughput.py [--json FILE] [--repeats EPOCHS]

Ours: the Trainer of `dltext train` (batches of similar length, masks, one step at a time). Textbook: `cnn-text.py` of
"Deep learning for text mining with Keras" (Conv2D over the whole sentence, max-pooling over all windows, all sentences
padded to the longest, its own words without punctuation), `model.fit`. A third arm, padded to the longest too, has our
network and our tokens under `model.fit`: it tells what the batches alone bring. The sizes, batch size and optimiser are
the same; first the textbook's, then Kim's. Validation is in none of the times, nor is each first
epoch, in which the graphs are traced (it stands in the JSON). A GPU is used only where CUDA_VISIBLE_DEVICES names one.
"""

import collections
import os
import re
import string
import sys
import time
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from common import Row, finish, machine, options, spread
from keras import layers

from dltext.data.errors import UserError
from dltext.data.source import open_source
from dltext.engine import registry
from dltext.engine.text import tokenizer as tok
from dltext.engine.text.batching import bucketed_batches, padding_share
from dltext.engine.train.classify.loop import MULTIPLE, LabelledPart, NetworkTrainer
from dltext.engine.train.prepare import Labelled, encode, read
from dltext.engine.train.run import device
from dltext.models import text_cnn
from dltext.tests import quick

HELD_OUT = 1_000
SIZES = {
    "textbook's sizes, 10 filters": (
        {"filters": 10, "embedding_size": 50, "vocabulary_size": 10_000, "batch_size": 32},
        9_662,
    ),
    "Kim's sizes, 100 filters": (
        {"filters": 100, "embedding_size": 100, "vocabulary_size": 20_000, "batch_size": 50},
        2_500,
    ),
}
"""And how many sentences an epoch has: the textbook's layout needs minutes for all at Kim's sizes."""


def textbook_ids(texts: list[str], vocabulary_size: int) -> np.ndarray:
    """Ids ``[n, longest]`` as its program makes them: without punctuation and rare words, zeros behind."""
    sentences = []
    for text in texts:
        text = re.sub(r"('s|'ve|n't|'re|'d|'ll)", r" \1", re.sub(r"[^A-Za-z0-9(),!?'`]", " ", text)).lower()
        sentences.append(text.translate(dict.fromkeys(map(ord, string.punctuation.replace("'", "")), " ")).split())
    counts = collections.Counter(word for words in sentences for word in words)
    ids = {word: number for number, (word, _) in enumerate(counts.most_common(vocabulary_size - 1), start=1)}
    rows = [[ids[word] for word in words if word in ids] for words in sentences]
    out = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for row, numbers in enumerate(rows):
        out[row, : len(numbers)] = numbers
    return out


def textbook_network(settings: Any, length: int) -> keras.Model:
    """Its layers: each filter height a Conv2D over ``[length, size, 1]``, pooled over all windows, dropped, joined."""
    inputs = keras.Input((length,))
    x = layers.Embedding(settings.vocabulary_size, settings.embedding_size)(inputs)
    x = layers.Reshape((length, settings.embedding_size, 1))(x)
    pooled = []
    for height in settings.heights():
        c = layers.Conv2D(settings.filters, (height, settings.embedding_size), activation="relu")(x)
        c = layers.Dropout(settings.dropout)(layers.MaxPooling2D((length - height + 1, 1))(c))
        pooled.append(layers.Reshape((settings.filters,))(c))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(layers.Concatenate()(pooled)))
    model.compile(optimizer=settings.optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model


class Clock(keras.callbacks.Callback):
    """Seconds of the epoch itself, without what ``fit`` does before and after it."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.perf_counter() - self.began


def fit_epoch(model: keras.Model, x: np.ndarray, y: np.ndarray, batch_size: int) -> float:
    """Sentences a second of one epoch of ``model.fit``."""
    clock = Clock()
    model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0, callbacks=[clock])  # pyright: ignore[reportArgumentType]
    return len(x) / clock.seconds


def compare(data: Labelled, sizes: dict[str, int], epochs: int, limit: int) -> dict[str, Any]:
    """Rates of each arm by epoch, and the shares of padding."""
    settings = registry.settings_of(
        "text-cnn",
        {
            **sizes,
            "variant": "random",
            "embedding_dropout": 0.0,
            "max_norm": 0.0,
            "epochs": epochs,
            "patience": 0,
        },
    )
    rows = np.random.default_rng(10).permutation(len(data))
    held_out = min(HELD_OUT, len(rows) // 5)
    train, held = rows[:-held_out][:limit], rows[-held_out:][:limit]
    tokenizer = tok.build(tok.count_tokens(data.texts), settings.vocabulary_size)
    ids, targets = encode(tokenizer, data.texts, settings.max_tokens), np.eye(2, dtype=np.float32)[data.gold]
    padded = ids.padded(np.arange(len(ids)))[train]
    words = textbook_ids(data.texts, settings.vocabulary_size)[train]
    keras.utils.set_random_seed(1)
    textbook = textbook_network(settings, words.shape[1])
    same = text_cnn.build(settings, tokenizer.get_vocab_size(), 2)
    same.compile(
        optimizer=settings.optimizer, loss=keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    model = text_cnn.build(settings, tokenizer.get_vocab_size(), 2)
    rates: dict[str, Any] = {"ours": [], "textbook": [], "ours, padded to the longest": []}

    def turn(kind: str, **values: Any) -> None:
        if kind != "epoch":
            return
        rates["ours"].append(values["rate"])
        rates["textbook"].append(fit_epoch(textbook, words, data.gold[train].astype(np.float32), settings.batch_size))
        rates["ours, padded to the longest"].append(fit_epoch(same, padded, targets[train], settings.batch_size))

    NetworkTrainer(
        model,
        settings,
        LabelledPart(ids.take(train), targets[train]),
        LabelledPart(ids.take(held), targets[held]),
        1,
        turn,
    ).run()
    # Of the whole set, as it is trained on: few sentences leave little choice of neighbours in length.
    lengths = ids.take(rows[:-held_out]).lengths
    batches = bucketed_batches(lengths, settings.batch_size, np.random.default_rng([1, 0]))
    rates["padding"] = padding_share(lengths, batches, MULTIPLE)
    rates["textbook's padding"] = float((words == 0).mean())
    rates["parameters"] = {"ours": model.count_params(), "textbook": textbook.count_params()}
    rates["widths"] = {"ours": f"up to {-(-padded.shape[1] // MULTIPLE) * MULTIPLE}", "textbook": words.shape[1]}
    rates["sentences"] = len(train)
    return rates


def main() -> None:
    chosen = options(__doc__, repeats=6)
    before = machine()
    try:
        data = read(open_source(quick.labelled() if chosen.quick else "mr"), "all")
    except UserError as error:
        sys.exit(f"{error}")
    before["device"] = device()
    rows, raw = [], {}
    for name, (sizes, sentences) in list(SIZES.items())[: 1 if chosen.quick else None]:
        rates = compare(data, sizes, chosen.repeats + 1, sentences)
        ours, theirs, same = (spread(rates[arm][1:]) for arm in ("ours", "textbook", "ours, padded to the longest"))
        padding = rates["padding"]
        ratio = ours["median"] / theirs["median"]
        rows += [
            Row(
                f"training, {name}",
                "sentences/s",
                ours["median"],
                theirs["median"],
                ratio,
                "≥ 2 ×",
                ratio >= 2,
                f"quartiles {ours['q1']:,.0f}–{ours['q3']:,.0f} and {theirs['q1']:,.0f}–{theirs['q3']:,.0f}",
            ),
            Row(
                f"training, {name}, against our own network padded to the longest",
                "sentences/s",
                ours["median"],
                same["median"],
                ours["median"] / same["median"],
            ),
            Row(
                f"padding, {name}",
                "% of cells",
                100 * padding,
                100 * rates["textbook's padding"],
                reach="< 15 %",
                reached=padding < 0.15,
            ),
        ]
        raw[name] = rates
    finish("throughput", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
