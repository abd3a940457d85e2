"""The other side of bulk.py: fastText's supervised model with pairs of words, from file to file, one thread.

python bulk_fasttext.py TRAIN.jsonl REVIEWS.jsonl SENTENCES.jsonl    prints its rates as JSON; needs fastText alone
"""

import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path

TOKEN = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> str:
    return " ".join(TOKEN.findall(text.lower()))


def lines(name: str) -> list[str]:
    return Path(name).read_text("utf-8").splitlines()


def main() -> None:
    import fasttext  # pyright: ignore[reportMissingImports]

    began = time.process_time()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        learnt = lines(sys.argv[1])
        random.Random(1).shuffle(learnt)  # fastText reads them as they come, and IMDB's come by label
        for line in learnt:
            row = json.loads(line)
            file.write(f"__label__{row['label']} {words(row['text'])}\n")
        file.flush()
        # Joulin et al. 2016, section 3.1: 10 components with pairs; five epochs, learning rate by validation 0.25.
        model = fasttext.train_supervised(
            file.name, wordNgrams=2, dim=10, epoch=5, lr=0.25, minCount=2, thread=1, verbose=0, seed=1
        )
    results = {"training": time.process_time() - began}
    for name, path in zip(("reviews", "sentences"), sys.argv[2:], strict=True):
        began = time.process_time()
        read, right = lines(path), 0
        with Path(path).with_suffix(".fasttext.jsonl").open("w", encoding="utf-8") as out:
            for line in read:
                row = json.loads(line)
                ((share, label),) = model.f.predict(words(row["text"]) + "\n", 1, 0.0, "strict") or ((0.0, ""),)
                label = label.removeprefix("__label__")
                right += label == row["label"]
                out.write(json.dumps({**row, "prediction": label, "probability": share}) + "\n")
        results[name] = len(read) / (time.process_time() - began)
        if name == "reviews":
            results["accuracy"] = right / len(read)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
