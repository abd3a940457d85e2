"""The textbook's attention translator asked as its program asks it: encode once, then a call of the decoder a letter.

python translate_keras.py WORDS CHARACTERS    then a JSON object on each line of stdin: {"words", "letters", "times",
                                              "predict"}; milliseconds of each translation come back

The network is `encoder_decoder_translation_attention_models.py` of "Deep learning for text mining with Keras" at its
published sizes (256 units) with random weights: an LSTM each, attention of one head, sum and norm, a Dense layer over
all characters. What it writes means nothing, so the number of letters is given. Looking words up and joining letters is
in no time. ``predict``: through `model.predict`, as the book's programs without attention ask theirs.
"""

import json
import sys
import time
from typing import Any

import keras
import numpy as np
from keras import layers

UNITS = 256
START = 2


class Network:
    """Its encoder and decoder; ``words`` and ``letters`` are the sizes of the vocabularies."""

    def __init__(self, words: int, letters: int) -> None:
        self.sizes = words, letters
        source = keras.Input((None,), dtype="int64")
        read = layers.Embedding(words, UNITS, mask_zero=True)(source)
        lstm = layers.LSTM(UNITS, return_sequences=True, return_state=True, recurrent_initializer="glorot_uniform")
        self.encoder = keras.Model(source, lstm(read))
        letter = keras.Input((None,), dtype="int64")
        context, hidden, cell = keras.Input((None, UNITS)), keras.Input((UNITS,)), keras.Input((UNITS,))
        x = layers.Embedding(letters, UNITS, mask_zero=True)(letter)
        lstm = layers.LSTM(UNITS, return_sequences=True, return_state=True, recurrent_initializer="glorot_uniform")
        x, *states = lstm(x, initial_state=[hidden, cell])
        attended, _ = layers.MultiHeadAttention(num_heads=1, key_dim=UNITS)(x, context, return_attention_scores=True)
        x = layers.LayerNormalization()(layers.Add()([x, attended]))
        self.decoder = keras.Model([letter, context, hidden, cell], [layers.Dense(letters)(x), *states])

    def translate(self, ids: np.ndarray, count: int, predict: bool) -> list[int]:
        """``count`` letters, each the most probable."""
        ask: Any = (
            (lambda model, given: model.predict(given, verbose=0)) if predict else (lambda model, given: model(given))
        )
        context, *states = ask(self.encoder, ids)
        letter, written = np.array([[START]]), []
        for _ in range(count):
            given = [letter, context, *states]
            scores, *states = ask(self.decoder, given if predict else [keras.ops.convert_to_tensor(x) for x in given])
            letter = np.asarray(scores)[:, -1:].argmax(axis=-1)
            written.append(int(letter[0, 0]))
        return written


def main() -> None:
    network = Network(*map(int, sys.argv[1:3]))
    chance = np.random.default_rng(1)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        times = []
        for _ in range(asked["times"]):
            ids = chance.integers(2, network.sizes[0], (1, asked["words"]))
            began = time.perf_counter()
            network.translate(ids, asked["letters"], asked["predict"])
            times.append(1000 * (time.perf_counter() - began))
        print(json.dumps({"times": times}), flush=True)


if __name__ == "__main__":
    main()
