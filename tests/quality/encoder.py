"""Fine-tuned encoders: on IMDB, and the model that ships.

    python tests/quality/encoder.py [imdb | shipped | again | sst2] … [--quick]

``imdb``: `encoder-en`, which is all-MiniLM-L6-v2, fine-tuned on IMDB's train, the base of the others.
``shipped``: from `imdb` on SST-2's train, those sentences of MR that are like none of SST-2, and reviews of IMDB's
train again, so that they are not forgotten; the epoch is chosen on SST-2's validation part and reviews that no step has
seen. ``again``: one more epoch from `shipped`, on all reviews and sentences together and 320 pieces of each.
``sst2``: the test part of SST-2, once.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from measure import RESULTS, job, main

from dltext.data.source import open_source
from dltext.engine import api
from dltext.engine.train.objectives import objective_of
from dltext.engine.train.prepare import divide, hold_out_part
from dltext.tests import quick

IMDB = {"epochs": 1, "max_tokens": 256, "keep_weights": True, "warmup": 0.06, "floor": False}
AGAIN = {"epochs": 2, "learning_rate": 5e-5}
QUICK = {"epochs": 1, "max_tokens": 20, "floor": False}
LONGER = {"epochs": 1, "learning_rate": 5e-5, "max_tokens": 320}
REVIEWS, HELD_OUT = 1_000, 500
"""Of IMDB: shown again, and for choosing the epoch."""
ALIKE = 0.7
"""Two sentences are alike from this share of words in common (Jaccard 1901)."""


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def unlike(texts: Iterable[str], others: Iterable[str]) -> Iterator[bool]:
    """Of each text, whether it is like none of ``others`` and of the texts before it."""
    holders: dict[str, list[int]] = defaultdict(list)
    bags: list[frozenset[str]] = []

    def remember(bag: frozenset[str]) -> None:
        for word in bag:
            holders[word].append(len(bags))
        bags.append(bag)

    for text in others:
        remember(words(text))
    for text in texts:
        bag = words(text)
        # Sentences that share over half of their words share one of the rarest half.
        rarest = sorted(bag, key=lambda word: len(holders[word]))[: len(bag) // 2 + 1]
        candidates = {number for word in rarest for number in holders[word]}
        yield all(len(bag & bags[number]) < ALIKE * len(bag | bags[number]) for number in candidates)
        remember(bag)


def mixture(reviews: int = REVIEWS) -> str:
    """The file of sentences and of so many ``reviews`` that a model learns from: text, label, split; 0: of all."""
    path = RESULTS / f"sentiment-mixture-{reviews}.jsonl"
    if not path.exists():
        imdb, sst, mr = open_source("imdb"), open_source("sst2"), open_source("mr")
        seen, unseen = divide(imdb, 0.1, 1)  # as the run on IMDB does
        sentences = {split: list(sst.rows(split)) for split in ("train", "validation", "test")}
        rows = [(row.text, row.label, split) for split in ("train", "validation") for row in sentences[split]]
        more = list(mr.rows("all"))
        new = unlike([row.text for row in more], [row.text for part in sentences.values() for row in part])
        rows += [(row.text, row.label, "train") for row, is_new in zip(more, new, strict=True) if is_new]
        for part, count, split in ((seen, reviews, "train"), (unseen, HELD_OUT, "validation")):
            drawn = hold_out_part(part, objective_of(imdb), count / len(part), 2)[1] if count else part
            rows += [(text, imdb.labels[label], split) for text, label in zip(drawn.texts, drawn.gold, strict=True)]
        lines = (json.dumps({"text": text, "label": label, "split": split}) for text, label, split in rows)
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def run(data: str, settings: dict, made: str, kind: str = "train", name: str = "") -> dict:
    """A run of the recipe; in the quick form on what was ``made``, from an encoder of random weights."""
    if not made:
        return job("encoder", data, settings, kind, name)
    return job("encoder", made, settings | QUICK, kind, name, folds=2, here=True)


def imdb(made: str, pieces: int = 256) -> dict:
    settings = {**IMDB, "max_tokens": pieces, **({"base": quick.encoder()} if made else {})}
    return run("imdb", settings, made, name="imdb-en" if pieces == 256 else f"imdb-en-{pieces}")


def shipped(made: str) -> dict:
    imdb(made)
    settings = {"base": "imdb-en", **AGAIN, "max_tokens": 256, "keep_weights": True, "floor": False}
    return run(made or mixture(), settings, made, name="sentiment-en")


def again(made: str) -> dict:
    settings = {"base": "sentiment-en" if not made else quick.encoder(), **LONGER, "keep_weights": True, "floor": False}
    return run(made or mixture(0), settings, made, name="sentiment-en-again")


def sst2(made: str) -> dict:
    report = api.evaluate("sentiment-en", made or "sst2", "test")
    return {"examples": report.examples, **report.metrics}


PARTS = {"imdb": imdb, "shipped": shipped, "again": again, "sst2": sst2}


if __name__ == "__main__":
    main(PARTS, __doc__, "encoder-")
