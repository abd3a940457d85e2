"""Small made data for the quick forms of benchmarks and quality measurements: to try a script, never to quote it."""

import argparse
import atexit
import json
import os
import random
import shutil
import signal
import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

from dltext.engine.results import Job, JobSpec

WORDS = (
    *("the", "a", "film", "story", "actor", "scene", "music", "camera", "plot", "end", "is", "was", "seems", "looks"),
    *("feels", "sounds", "good", "bad", "slow", "fast", "bright", "dull", "moving", "funny", "warm", "cold", "and"),
    *("but", "because", "where", "never", "always", "often", "today", "again", "here", "there", "with", "without"),
)
SENTENCE = 12
"""Words of each: texts of one length need one graph."""


def add_option(parser: argparse.ArgumentParser) -> None:
    """``--quick``, as all scripts have it."""
    parser.add_argument("--quick", action="store_true", help="one repeat, little data: to try the script, not to quote")


@cache
def folder() -> Path:
    """Where made data lie until the program ends."""
    made = Path(tempfile.mkdtemp(prefix="dltext-quick-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def sentences(count: int, seed: int = 1) -> list[str]:
    """Different sentences of :data:`SENTENCE` words and a full stop."""
    rng = random.Random(seed)
    return list(dict.fromkeys(" ".join(rng.choices(WORDS, k=SENTENCE - 1)) + " ." for _ in range(count)))


def labelled(count: int = 300) -> str:
    """A file of texts, each ``positive`` or ``negative``."""
    rows = [f"{text}\t{('negative', 'positive')[row % 2]}" for row, text in enumerate(sentences(count))]
    return _written("labelled.tsv", ["text\tlabel", *rows])


def pairs(count: int = 300, languages: tuple[str, str] = ("en", "fr")) -> str:
    """A file of sentences and their words from back to front, called by the names of two languages."""
    rows = [f"{text}\t{' '.join(reversed(text.split()))}" for text in sentences(count)]
    return _written(f"{count}-pairs-{'-'.join(languages)}.tsv", ["\t".join(languages), *rows])


def texts(count: int = 600) -> str:
    """A file of texts, one a line."""
    return _written("texts.txt", sentences(count))


def passages(count: int = 60) -> tuple[Path, list[tuple[str, str]]]:
    """A file of passages to search, and the first words of each with its id."""
    rows = list(enumerate(sentences(count)))
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in rows]
    return Path(_written("passages.jsonl", lines)), [(str(number), " ".join(text.split()[:6])) for number, text in rows]


def authors(count: int = 120) -> str:
    """A file of texts with the attributes of `profile-en`: gender and age group."""
    kinds = [(gender, age) for gender in ("female", "male") for age in ("10s", "20s", "30s")]
    rows = (("\t".join([text, *kinds[row % len(kinds)]])) for row, text in enumerate(sentences(count)))
    return _written("authors.tsv", ["text\tgender\tage_group", *rows])


def poems(count: int = 60) -> str:
    """A file of texts by five authors."""
    rows = enumerate(sentences(count))
    return _written("poems.jsonl", [json.dumps({"text": text, "author": f"Poet {row % 5}"}) for row, text in rows])


def addresses(count: int = 20) -> str:
    """A file of longer texts, whose ids begin with a year and end with the letter of a party."""
    rows = [
        json.dumps({"id": f"{1980 + row}_{'dr'[row % 2]}", "text": " ".join(sentences(8, seed=row))})
        for row in range(count)
    ]
    return _written("addresses.jsonl", rows)


def rated(count: int = 60) -> tuple[list[str], list[str], list[float]]:
    """First and second sentences, and how similar they are: from 0 to 5, by the words that they share."""
    first, second = sentences(count, seed=1), sentences(count, seed=2)
    shared = [len({*one.split()} & {*other.split()}) for one, other in zip(first, second, strict=False)]
    return first[: len(shared)], second[: len(shared)], [5 * words / max(shared) for words in shared]


def encoder() -> str:
    """The folder of a small encoder of random weights, as model hubs hand it out."""
    from dltext.tests import toy_encoder

    return str(toy_encoder.write(folder() / "encoder"))


def run(spec: JobSpec) -> Job:
    """Do a run in this process, by the code of a run's own: one import of TensorFlow serves them all."""
    from dltext.engine.jobs import store, worker

    job = store.create(spec)
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with patch.object(os, "nice", lambda _: 0):  # a run yields to screens; what comes after it here need not
        worker.main([job.id])
    for number, handler in signals.items():
        signal.signal(number, handler)
    return store.get(job.id)


def _written(name: str, lines: list[str]) -> str:
    path = folder() / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
