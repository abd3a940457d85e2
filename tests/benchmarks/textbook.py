"""The textbook's way to ask a trained network: import Keras, load the model, look words up, ``model.predict``.

python textbook.py X.keras WORDS.json TEXT    one answer, as JSON
python textbook.py X.keras WORDS.json -       "predict N TEXT" on each line of stdin: N answers, milliseconds each
"""

import json
import re
import sys
import time

import keras
import numpy as np


def main() -> None:
    model_path, words_path, text = sys.argv[1:4]
    model = keras.models.load_model(model_path)
    with open(words_path, encoding="utf-8") as stream:  # noqa: PTH123
        known = json.load(stream)

    def answer(text: str) -> dict:
        ids = [known["words"].get(word, 1) for word in re.findall(r"\w+|[^\w\s]", text.lower())]
        logits = model.predict(np.asarray([ids], np.int32), verbose=0)[0]
        odds = np.exp(logits - logits.max())
        probabilities = (odds / odds.sum()).tolist()
        return {
            "label": known["labels"][int(np.argmax(probabilities))],
            "probabilities": dict(zip(known["labels"], probabilities, strict=True)),
        }

    if text != "-":
        print(json.dumps(answer(text)))
        return
    print("ready", flush=True)
    for line in sys.stdin:
        _, count, text = line.rstrip("\n").split(" ", 2)
        times = []
        for _ in range(int(count)):
            began = time.perf_counter()
            answer(text)
            times.append(1000 * (time.perf_counter() - began))
        print(json.dumps({"times": times, **answer(text)}), flush=True)


if __name__ == "__main__":
    main()
