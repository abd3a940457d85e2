"""The textbook's author profiler (chapter 11.4) on our split: what profile.py --textbook measures ours against.

Its sizes are those of the course's program author-profile.py: one output, the age; a text is cut at 512 words and
padded to them; word vectors begin at random; a bidirectional LSTM; A = softmax(W_s2 tanh(W_s1 Hᵀ)), but Keras's softmax
over the last axis of a tensor [time, hops], which is over the hops and not over time; padding takes part as any word
does; the penalty is commented out; M is flattened and goes through a Dense layer to a softmax; Adam. It trains for 20
epochs there; how many here stands in FULL and in each report: an epoch takes a quarter of an hour on two cores.

An epoch is a checkpoint, so a stopped training goes on where it was; what it answered is kept in the cache.
"""

import csv
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from dltext.data.paths import atomic_open, cache
from dltext.data.profiles import Profiles
from dltext.engine.train.profile.authors import AuthorTexts

SEED = 1


@dataclass(frozen=True)
class Sizes:
    """Of the network and of its training."""

    words: int = 512
    vocabulary: int = 5000
    embedding: int = 64
    units: int = 200
    hops: int = 50
    attention: int = 30
    batch: int = 64
    epochs: int = 2


FULL = Sizes()
QUICK = Sizes(words=16, vocabulary=60, embedding=4, units=4, hops=2, attention=3, epochs=1)


def size_settings(sizes: Sizes) -> list[str]:
    """How the network differs from the course's program, in words."""
    return [
        f"As the course's program: one output; cut and padded at {sizes.words} words; random word vectors of "
        f"{sizes.embedding}, the {sizes.vocabulary:,} most frequent words; a bidirectional LSTM of {sizes.units} "
        f"units; W_s1 of {sizes.attention} and {sizes.hops} hops, the softmax over the hops; padding not masked; no "
        "penalty; M flattened to a Dense layer of 128; Adam.",
        f"Otherwise: {sizes.epochs} epochs, of which validation chooses, in place of 20 without a choice; batches of "
        f"{sizes.batch} in place of 32; the first words of a text, padding behind it.",
    ]


def network(labels: int, sizes: Sizes) -> Any:
    """Ids ``[n, words]`` to probabilities ``[n, labels]``."""
    import keras
    from keras import layers

    ids = keras.Input((sizes.words,), dtype="int32")
    words = layers.Embedding(sizes.vocabulary, sizes.embedding)(ids)
    states = layers.Bidirectional(layers.LSTM(sizes.units, return_sequences=True))(words)  # H [n, time, 2u]
    scores = layers.Dense(sizes.attention, activation="tanh", use_bias=False)(states)  # W_s1
    # The softmax of a Dense layer is over its own axis: each word's hops sum to 1, not each hop's words.
    annotations = layers.Dense(sizes.hops, activation="softmax", use_bias=False)(scores)  # [n, time, r]
    matrix = layers.Dot(axes=1)([annotations, states])  # M = Aᵀ H [n, r, 2u]
    hidden = layers.Dense(128, activation="relu")(layers.Flatten()(matrix))
    output = layers.Dense(labels, activation="softmax")(hidden)
    model = keras.Model(ids, output)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _ids(train: Sequence[str], parts: Sequence[Sequence[str]], sizes: Sizes) -> list[np.ndarray]:
    """Each part as int32 ``[n, words]``: the frequent words of ``train`` from 2 on, 1 for others, 0 for padding."""
    from keras import layers

    table = layers.TextVectorization(max_tokens=sizes.vocabulary, output_sequence_length=sizes.words)
    table.adapt(list(train))
    return [np.asarray(table(list(part)), np.int32) for part in parts]


def _history(log: Path) -> list[dict[str, float]]:
    if not log.exists():
        return []
    with log.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        {
            "epoch": int(row["epoch"]) + 1,
            "train": round(float(row["accuracy"]), 4),
            "validation": round(float(row["val_accuracy"]), 4),
        }
        for row in rows
    ]


def _train(
    folder: Path, train: AuthorTexts, validation: AuthorTexts, test: AuthorTexts, column: int, labels: int, sizes: Sizes
) -> None:
    import keras

    from dltext.engine.train.run import device

    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        AuthorTexts([part.texts[row] for row in known], part.values[known], [part.ids[row] for row in known])
        for part in (train, validation)
        for known in [np.flatnonzero(~np.isnan(part.values[:, column]))]
    ]
    x, held, asked = _ids(train.texts, [parts[0].texts, parts[1].texts, test.texts], sizes)
    gold, held_gold = (part.values[:, column].astype(np.int64) for part in parts)
    keras.utils.set_random_seed(SEED)
    model = network(labels, sizes)
    print(f"  the textbook's network on {device()}: {model.count_params():,} weights", file=sys.stderr)
    model.fit(
        x,
        gold,
        batch_size=sizes.batch,
        epochs=sizes.epochs,
        validation_data=(held, held_gold),
        verbose=2,
        callbacks=[
            keras.callbacks.ModelCheckpoint(str(folder / "epoch-{epoch}.weights.h5"), save_weights_only=True),
            keras.callbacks.CSVLogger(str(folder / "history.csv"), append=True),
            keras.callbacks.BackupAndRestore(str(folder / "backup")),
        ],
    )
    rows = _history(folder / "history.csv")
    best = max(rows, key=lambda row: row["validation"])
    model.load_weights(folder / f"epoch-{best['epoch']}.weights.h5")
    probabilities = model.predict(asked, batch_size=sizes.batch, verbose=0)
    with atomic_open(folder / "answers.npz", "wb") as stream:
        np.savez(stream, probabilities=probabilities, history=json.dumps(rows), epoch=best["epoch"])


def measured(
    profiles: Profiles,
    train: AuthorTexts,
    validation: AuthorTexts,
    authors: AuthorTexts,
    attribute: str,
    sizes: Sizes = FULL,
) -> dict[str, Any]:
    """``classes`` int ``[n]`` of ``authors``, ``attribute``, ``history`` and the ``epoch`` that validation chose."""
    names = [each.name for each in profiles.attributes]
    column = names.index(attribute)
    labels = len(profiles.attributes[column].labels)
    asked = repr((profiles.source.sha256, attribute, labels, authors.ids, size_settings(sizes), SEED))
    folder = cache() / "profile" / f"textbook-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"
    if not (folder / "answers.npz").exists():
        _train(folder, train, validation, authors, column, labels, sizes)
    with np.load(folder / "answers.npz") as answers:
        return {
            "attribute": attribute,
            "classes": answers["probabilities"].argmax(axis=1),
            "epoch": int(answers["epoch"]),
            "history": json.loads(str(answers["history"])),
        }
