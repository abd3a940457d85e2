"""Encoders as teachers: MR in ten folds with the text-CNN that each fold's encoder teaches, and the CNN that ships.

    python tests/quality/taught.py [mr | cnn] … [--quick]

``mr``: `encoder-en`, which is all-MiniLM-L6-v2, fine-tuned on 128 pieces of each review of IMDB's train,
and from there on each fold; it saw neither the other folds' sentences nor SST's. In each fold that encoder teaches a
text-CNN on the fold's own sentences, on pieces of IMDB's unlabelled reviews and on those sentences of Subj that are
like none of MR. ``cnn``: `sentiment-en` teaches `sentiment-en-cnn` on reviews and on short texts of several domains.
Vectors: own_vectors.py writes them. Nothing is chosen between runs.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import mean, stdev

import encoder
from measure import NETWORK, RESULTS, WIDE, job, main

from dltext.data.source import open_source
from dltext.data.splits import folds
from dltext.engine.train.classify.distil import pieces
from dltext.tests import quick

FOLDS = 10
BASE = "imdb-en-128"
CNN = {**NETWORK, **WIDE, "batch_size": 64, "teacher_weight": 0.5, "patience": 0, "floor": False}
ON_PIECES = {"averaging": 0.995, "schedule": "linear", "epochs": 2, "max_tokens": 256, "vocabulary_size": 40_000}
ON_FOLD = {"averaging": 0.98, "learning_rate": 0.0015, "epochs": 4, "embedding_dropout": 0.4}
SHIPPED = {
    **NETWORK,
    "kernel_sizes": "2,3,4",
    "batch_size": 64,
    "averaging": 0.998,
    "schedule": "linear",
    "vocabulary_size": 40_000,
    "min_count": 3,
    "extra_words": 10_000,
    "max_tokens": 256,
    "epochs": 4,
    "patience": 0,
    "precision": "int8",
    "teacher": "sentiment-en",
    "teacher_weight": 0,
}
REVIEWS, EXCERPTS, BLOGS = 10_000, 40_000, 40_000
"""Texts that `sentiment-en` labels: whole reviews, excerpts of others and of blogs; and all sentences of Tatoeba."""
QUICK = {"epochs": 1, "filters": 2, "embedding_size": 4, "max_tokens": 20, "floor": False}


def lines_of(card: str, split: str) -> Iterator[str]:
    return (" ".join(row.text.split()) for row in open_source(card, min_labels=0).rows(split))


def excerpts(texts: Iterable[str], count: int) -> Iterator[str]:
    return islice((" ".join(piece.split()) for piece in pieces(texts, 1.0, 2)), count)


def written(name: str, lines: Iterable[str]) -> str:
    """The file that holds ``lines``; written once."""
    path = RESULTS / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def cnn_of(data: str, settings: dict, made: str, name: str) -> dict:
    """A run of the text-CNN with a teacher."""
    if not made:
        return job("text-cnn", data, settings, name=name)
    few = {"teacher": settings["teacher"], "unlabelled": quick.texts(30), **QUICK}
    return job("text-cnn", made, few, name=name, here=True)


def files_of_folds(made: str) -> Iterator[str]:
    """A file of each fold of MR: text, label, split; in the quick form, one file of made texts."""
    if made:
        yield made
        return
    rows = list(open_source("mr").rows("all"))
    for number, (_, test) in enumerate(folds([row.label for row in rows], FOLDS, 1), 1):
        tested = set(test.tolist())
        yield written(
            f"mr-{number}.jsonl",
            (
                json.dumps({"text": row.text, "label": row.label, "split": "test" if place in tested else "train"})
                for place, row in enumerate(rows)
            ),
        )


def mr(made: str) -> dict:
    encoder.imdb(made, 128)
    texts = "" if made else written("pieces.txt", excerpts(lines_of("imdb", "unsup"), 40_000))
    start = {**CNN, **ON_PIECES, "teacher": BASE, "unlabelled": texts, "teacher_weight": 0}
    cnn_of("imdb", start, made, "imdb-cnn-taught")
    if not made:
        subj = list(lines_of("subj", "all"))
        new = encoder.unlike(subj, lines_of("mr", "all"))
        sentences = [text for text, is_new in zip(subj, new, strict=True) if is_new]
        texts = written("for-mr.txt", [*sentences, *excerpts(lines_of("imdb", "unsup"), 10_000)])
    rows = []
    for number, data in enumerate(files_of_folds(made), 1):
        name = f"mr-{number}"
        by_encoder = encoder.run(data, {"base": BASE, **encoder.AGAIN, "floor": False}, made, name=name)
        taught = {**CNN, **ON_FOLD, "initial": "imdb-cnn-taught", "teacher": name, "unlabelled": texts}
        by_cnn = cnn_of(data, taught, made, f"{name}-cnn")
        rows.append({part: row["metrics"]["accuracy"] for part, row in (("encoder", by_encoder), ("cnn", by_cnn))})
        print(number, rows[-1], flush=True)
    columns = {part: [row[part] for row in rows] for part in ("encoder", "cnn")}
    spread = {part: stdev(values) if len(values) > 1 else 0.0 for part, values in columns.items()}
    return {"folds": rows, "mean": {part: mean(values) for part, values in columns.items()}, "sd": spread}


def cnn(made: str) -> dict:
    if made:
        return cnn_of(made, SHIPPED | {"teacher": "sentiment-en"}, made, "sentiment-en-cnn")
    reviews = list(lines_of("imdb", "unsup"))
    texts = [
        *reviews[:REVIEWS],
        *excerpts(reviews[REVIEWS:], EXCERPTS),
        *excerpts((text for _ in range(4) for text in lines_of("blog-authors", "all")), BLOGS),
        *lines_of("tatoeba-en", "all"),
    ]
    return cnn_of("sentiment-en", {**SHIPPED, "unlabelled": written("for-cnn.txt", texts)}, made, "sentiment-en-cnn")


PARTS = {"mr": mr, "cnn": cnn}


if __name__ == "__main__":
    main(PARTS, __doc__, "taught-")
