"""Texts to tokenised documents in the run's folder, a document a line, some held out to measure on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....data.paths import atomic_open, write_json
from ...jobs.stopping import StopRequested
from ...results import UserError
from ..shared import Emit, Stop
from .corpus import Saying
from .texts import Texts

SHORTEST = 10
"""Words of a held document at least: a half must say something."""
MAX_WORDS = 10_000
"""Words of a document that gensim reads at most; a longer one is learnt from its beginning."""


@dataclass(frozen=True)
class Documents:
    """``count`` documents of ``words`` words to learn from, ``held`` more to measure on."""

    folder: Path
    count: int
    words: int
    held: int

    def lines(self, name: str = "documents.txt") -> Iterator[list[str]]:
        """The documents as lists of words, each read when asked for."""
        with (self.folder / name).open(encoding="utf-8") as stream:
            for line in stream:
                yield line.split()

    def held_out(self) -> list[list[str]]:
        return list(self.lines("held.txt"))


def load(folder: Path) -> Documents | None:
    """What an earlier attempt made; None where it is not there or half there."""
    try:
        values = json.loads((folder / "documents.json").read_text("utf-8"))
        return Documents(folder, int(values["count"]), int(values["words"]), int(values["held"]))
    except (OSError, ValueError, KeyError):
        return None


def prepare(texts: Texts, held: int, seed: int, folder: Path, emit: Emit, should_stop: Stop) -> Documents:
    """The documents of a run, made in ``folder`` or found there; StopRequested when asked to stop.

    Every so many-th document is held out, so that ``held`` (at most a tenth) are, from a place that the seed decides.
    UserError where there are fewer than two documents with words.
    """
    finished = load(folder)
    if finished is not None:
        return finished
    folder.mkdir(parents=True, exist_ok=True)
    total = texts.count
    every = max(10, total // held) if held else 0
    offset = int(np.random.default_rng(seed).integers(every)) if every else 0
    count = words = reserved = seen = 0
    say = Saying(emit)
    with atomic_open(folder / "documents.txt") as stream, atomic_open(folder / "held.txt") as aside:
        for text in texts:
            if seen % 64 == 0 and should_stop():
                raise StopRequested
            seen += 1
            tokens: list[str] = []
            for run in texts.runs(text, punctuation=False):
                tokens += run[: MAX_WORDS - len(tokens)]
                if len(tokens) == MAX_WORDS:
                    break
            if not tokens:
                continue
            if every and seen % every == offset and reserved < held and len(tokens) >= SHORTEST:
                aside.write(" ".join(tokens) + "\n")
                reserved += 1
                continue
            stream.write(" ".join(tokens) + "\n")
            count, words = count + 1, words + len(tokens)
            say(lambda: f"cutting texts into words: {words:,} in {seen:,} of {total:,} texts")  # noqa: B023
    if count < 2:
        raise UserError(f"{texts.source.name} holds {count} texts with words: paragraph vectors need at least two.")
    write_json(folder / "documents.json", {"count": count, "words": words, "held": reserved})
    return Documents(folder, count, words, reserved)
