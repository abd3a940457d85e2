"""The other side of bulk.py: TF-IDF of words and pairs with a linear SVM, from file to file.

python bulk_linear.py TRAIN.jsonl REVIEWS.jsonl SENTENCES.jsonl    prints its rates as JSON
"""

import json
import sys
import time
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

BATCH = 1000


def lines(name: str) -> list[str]:
    return Path(name).read_text("utf-8").splitlines()


def main() -> None:
    began = time.process_time()
    rows = [json.loads(line) for line in lines(sys.argv[1])]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LinearSVC(C=0.3))
    model.fit([row["text"] for row in rows], [row["label"] for row in rows])
    results = {"training": time.process_time() - began}
    for name, file in zip(("reviews", "sentences"), sys.argv[2:], strict=True):
        began = time.process_time()
        read = lines(file)
        right = 0
        with Path(file).with_suffix(".linear.jsonl").open("w", encoding="utf-8") as out:
            for start in range(0, len(read), BATCH):
                rows = [json.loads(line) for line in read[start : start + BATCH]]
                labels = model.predict([row["text"] for row in rows])
                right += sum(label == row["label"] for label, row in zip(labels, rows, strict=True))
                for row, label in zip(rows, labels, strict=True):
                    out.write(json.dumps({**row, "prediction": label}) + "\n")
        results[name] = len(read) / (time.process_time() - began)
        if name == "reviews":
            results["accuracy"] = right / len(read)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
