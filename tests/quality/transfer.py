"""What a classifier gains that starts from another one, of other texts and other labels (Dai & Le 2015).

    DLTEXT_DATA=… DLTEXT_HOME=… python tests/quality/transfer.py [--texts N] [--draws N] [--quick]

A bidirectional LSTM with random word vectors learns from N sentences of MR, whose labels are called praise and blame
here, and is tested on MR's test part: once from nothing, once from the same network after 6,000 reviews of IMDB's
training part. Each draw takes other sentences. Takes about 20 minutes on two cores.
"""

import argparse
import csv
import random
import statistics
from collections.abc import Iterable
from pathlib import Path

from measure import RESULTS, job

from dltext.data.source import open_source
from dltext.engine import api
from dltext.tests import quick

REVIEWS = 6_000
NETWORK = {
    "variant": "random",
    "embedding_size": 100,
    "units": 64,
    "bidirectional": True,
    "pooling": "max",
    "max_tokens": 120,
    "floor": False,
}
QUICK = {"embedding_size": 4, "units": 2, "epochs": 1, "batch_size": 128}
CALLED = {"positive": "praise", "negative": "blame"}


def rows_of(card: str, split: str) -> list[tuple[str, str]]:
    return [(row.text, row.names[0]) for row in open_source(card).rows(split)]


def written(folder: Path, name: str, parts: dict[str, Iterable[tuple[str, str]]]) -> str:
    """A file of texts, labels and their splits."""
    path = folder / name
    folder.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("text", "label", "split"))
        for split, rows in parts.items():
            table.writerows((text, label, split) for text, label in rows)
    return str(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3)
    quick.add_option(parser)
    options = parser.parse_args()
    here, draws = options.quick, 1 if options.quick else options.draws
    made = quick.labelled() if here else ""
    network = NETWORK | (QUICK if here else {})
    folder = quick.folder() if here else RESULTS

    reviews = rows_of(made or "imdb", "train")
    random.Random(1).shuffle(reviews)
    films = written(folder, "transfer-films.csv", {"train": reviews[:REVIEWS]})
    films_run = job("lstm", films, network | ({} if here else {"epochs": 3}), name="transfer-films", here=here)
    start_model = api.job(films_run["run"]).bundle or ""

    parts = [rows_of(made or "mr", part) for part in ("train", "test")]
    sentences, test = ([(text, CALLED[label]) for text, label in rows] for rows in parts)
    accuracies: dict[str, list[float]] = {"": [], start_model: []}
    for draw in range(1, draws + 1):
        chosen = random.Random(draw).sample(sentences, min(options.texts, len(sentences)))
        data = written(folder, f"transfer-{draw}.csv", {"train": chosen, "test": test})
        for start, row in accuracies.items():
            initial = {"initial": start} if start else {}
            settings = network | ({} if here else {"epochs": 8}) | initial
            run = job("lstm", data, settings, name=f"transfer-{draw}", here=here)
            row.append(run["metrics"]["accuracy"])
    print("\n| starts from | accuracy | of each draw |\n|---|---:|---|")
    for start, row in accuracies.items():
        each = ", ".join(f"{100 * value:.1f}" for value in row)
        print(f"| {start or 'nothing'} | {100 * statistics.mean(row):.1f} | {each} |")
    print(f"\n{len(reviews[:REVIEWS]):,} reviews to start from, {options.texts:,} sentences a draw")


if __name__ == "__main__":
    main()
