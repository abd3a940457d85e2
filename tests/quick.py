"""Small made data for the quick forms of benchmarks and quality measurements: to try a script, never to quote it."""

import argparse
import atexit
import json
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

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


def pairs(count: int = 300) -> str:
    """A file of sentences and their words from back to front, called English and French."""
    rows = [f"{text}\t{' '.join(reversed(text.split()))}" for text in sentences(count)]
    return _written("pairs.tsv", ["en\tfr", *rows])


def texts(count: int = 600) -> str:
    """A file of texts, one a line."""
    return _written("texts.txt", sentences(count))


def passages(count: int = 60) -> tuple[Path, list[tuple[str, str]]]:
    """A file of passages to search, and the first words of each with its id."""
    rows = list(enumerate(sentences(count)))
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in rows]
    return Path(_written("passages.jsonl", lines)), [(str(number), " ".join(text.split()[:6])) for number, text in rows]


def _written(name: str, lines: list[str]) -> str:
    path = folder() / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
