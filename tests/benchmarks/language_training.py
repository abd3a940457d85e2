"""Training and writing of a recurrent language model: ours, and the same network made of Keras's own layers.

    python tests/benchmarks/language_training.py [--json FILE] [--repeats N] [--quick]

Two layers of 400 LSTM units over 10,000 words, 32 stretches of 35 words. Training: ours is the loop of `dltext train
word-lstm` (states carried; computing as the machine does best, and in float32), the other side `LSTM` layers and a
softmax under `train_on_batch`, as textbooks lay a word model out, with the same optimiser and dropout. Writing: ours is
the exported graph, a word a run; the other side `model.predict` with stateful layers, a word a call.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import Row, environment, finish, machine, options, spread

VOCABULARY, UNITS, BATCH, STEPS = 10_000, 400, 32, 35
WARM, WORDS, REACH_TRAINING, REACH_WRITING, REACH_RATE = 3, 60, 2.0, 20.0, 500.0


def ours(kind: str, sizes: tuple[int, int], repeats: int) -> tuple[list[float], Any, Any]:
    """Seconds of each step, the network and its settings."""
    import keras

    from dltext.engine import registry
    from dltext.engine.train.computing import computing_in
    from dltext.engine.train.language.trainer import LanguageTrainer
    from dltext.models import recurrent_lm

    vocabulary, units = sizes
    values = {"units": units, "embedding_size": units, "tied": False, "whole_dropout": False, "sample_length": 0}
    settings = registry.settings_of("word-lstm", values)
    keras.utils.set_random_seed(1)
    with computing_in(kind):
        model = recurrent_lm.build(settings, vocabulary, BATCH, STEPS)
    rng = np.random.default_rng(1)
    stream = rng.integers(2, vocabulary, BATCH * STEPS * (repeats + WARM + 2)).astype(np.int32)
    trainer = LanguageTrainer(model, settings, stream, stream[: BATCH * STEPS * 2], lambda model: "", 1)
    seconds = []
    for number, rows in enumerate(trainer._batches(0)[: repeats + WARM]):
        trainer.progress.step = number
        seconds.append(timed(lambda rows=rows: trainer._step(rows)))
    return seconds[WARM:], model, settings


def of_keras(sizes: tuple[int, int], repeats: int) -> list[float]:
    """Seconds of each step."""
    import keras
    from keras import layers

    vocabulary, units = sizes
    ids = keras.Input((STEPS,), dtype="int32")
    x: Any = layers.Dropout(0.4)(layers.Embedding(vocabulary, units)(ids))
    for rate in (0.25, 0.4):
        x = layers.Dropout(rate)(layers.LSTM(units, return_sequences=True)(x))
    model = keras.Model(ids, layers.Dense(vocabulary, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(0.003, global_clipnorm=0.25), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(1)
    seconds = []
    for _ in range(repeats + WARM):
        rows = rng.integers(2, vocabulary, (BATCH, STEPS + 1))
        seconds.append(timed(lambda rows=rows: model.train_on_batch(rows[:, :-1], rows[:, 1:])))
    return seconds[WARM:]


def written_by_ours(model: Any, settings: Any, count: int) -> float:
    """Seconds a word, of the int8 graph that ships."""
    from dltext.engine.serve.session import open_graph
    from dltext.engine.tasks.language.network import NetworkPredictor
    from dltext.engine.train.language.graph import draw_recurrent
    from dltext.engine.train.language.recipe import shapes_of
    from dltext.engine.train.onnx_graphs import by_path

    session = open_graph(draw_recurrent(settings, by_path(model), small=True))
    predictor = NetworkPredictor(session, shapes_of(session), int(model.output.shape[-1]))
    states, word = predictor.begin(1), np.zeros(1, np.int32)

    def write() -> None:
        nonlocal states, word
        for _ in range(count):
            log_probs, states = predictor.log_probs(word, states)
            word = log_probs.argmax(axis=1).astype(np.int32)

    write()
    return timed(write) / count


def written_by_keras(sizes: tuple[int, int], count: int) -> float:
    """Seconds a word."""
    import keras
    from keras import layers

    vocabulary, units = sizes
    ids = keras.Input((1,), batch_size=1, dtype="int32")
    x: Any = layers.Embedding(vocabulary, units)(ids)
    for _ in range(2):
        x = layers.LSTM(units, return_sequences=True, stateful=True)(x)
    model = keras.Model(ids, layers.Dense(vocabulary, activation="softmax")(x))
    word = np.zeros((1, 1), np.int32)

    def write() -> None:
        nonlocal word
        for _ in range(count):
            word = model.predict(word, verbose=0)[:, 0].argmax(axis=1)[:, None].astype(np.int32)

    write()
    return timed(write) / count


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    chosen = options(__doc__, repeats=10)
    before = machine()
    environment()
    import tensorflow as tf

    from dltext.engine.train.computing import decided

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    sizes = (50, 8) if chosen.quick else (VOCABULARY, UNITS)
    count = 3 if chosen.quick else WORDS
    tokens, raw, rows = BATCH * STEPS, dict[str, Any](), list[Row]()
    raw["keras"] = of_keras(sizes, chosen.repeats)
    model: Any = None
    settings: Any = None
    for kind in dict.fromkeys((decided("auto"), "float32")):
        raw[kind], model, settings = ours(kind, sizes, chosen.repeats)
    slow = tokens / spread(raw["keras"])["median"]
    rows.append(Row("Keras's layers, a softmax, train_on_batch", "words/s", slow))
    for kind in dict.fromkeys((decided("auto"), "float32")):
        rate = tokens / spread(raw[kind])["median"]
        rows.append(
            Row(
                f"word-lstm, {kind}", "words/s", rate, slow, reach=f"≥ {REACH_TRAINING:g} ×",
                reached=rate >= REACH_TRAINING * slow,
            )
        )  # fmt: skip
    fast, plain = 1 / written_by_ours(model, settings, count), 1 / written_by_keras(sizes, count)
    raw |= {"ours written": fast, "keras written": plain}
    enough = fast >= REACH_RATE and fast >= REACH_WRITING * plain
    rows.append(
        Row("words written, one text, int8", "words/s", fast, plain, reach=f"≥ {REACH_RATE:g}, ≥ {REACH_WRITING:g} ×",
            reached=enough)
    )  # fmt: skip
    finish("language_training", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
