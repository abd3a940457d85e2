"""Text to author profile: what the style suggests of who wrote it, and what the model looked at."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...results import Guess, Profile, Record, Span
from ...text import windows
from ...text.batching import take
from . import attention as looked_at
from .model import ProfilerModel, open_profiler
from .reading import ProfileReading, read_author, read_authors

if TYPE_CHECKING:
    from .ngram_model import NgramReading

LOOKAHEAD = 256
"""Authors of a stream whose windows are put in buckets of equal length together."""
EXPLAINED = 16
"""The same where their annotations are kept as well, which are larger than the texts."""
LOOKAHEAD_CHARACTERS = 1 << 22
"""Or fewer, where they are long: this bounds the memory."""
MOST_PULLS = 20

Encoded = list[tuple[np.ndarray, list[np.ndarray]]]
"""Of each author the windows' vectors ``[n, v]`` and, where asked for, each window's A ``[r, L]``."""


def profile(text: str, model: str | None = None, explain: bool = False) -> Profile:
    """What ``model`` (default: the default bundle of the task ``profile``) says of the author of ``text``.

    Read whole, in windows of sentences; over the card's limit, windows spread evenly over the text are read and
    ``read`` and ``notes`` say so. ``explain`` fills spans, hops, phrases and pulls. An empty text is a UserError.
    """
    started = time.perf_counter()
    text, replaced = windows.enter(text)
    loaded = open_profiler(model)
    reading = read_author(loaded, text, explain)
    vectors, annotations = encode(loaded, [reading], explain)[0]
    answer = _answer(loaded, reading, vectors, annotations, started)
    return replace(answer, notes=(*answer.notes, *replaced)) if replaced else answer


def profile_many(
    records: Iterable[Record], model: str | None = None, explain: bool = False
) -> Iterator[tuple[Record, Profile]]:
    """The profiles of a stream of authors, one a record, in order, in constant memory (a few hundred records).

    A record without a word does not stop the stream: nothing is said of it, and a note says why.
    """
    loaded = open_profiler(model)
    return _stream(loaded, iter(records), explain)


def _stream(loaded: ProfilerModel, records: Iterator[Record], explain: bool) -> Iterator[tuple[Record, Profile]]:
    while batch := take(records, EXPLAINED if explain else LOOKAHEAD, LOOKAHEAD_CHARACTERS):
        started = time.perf_counter()
        readings = read_authors(loaded, [record.text for record in batch], explain)
        encoded = encode(loaded, readings, explain)
        shared = (time.perf_counter() - started) / len(batch)
        for record, reading, (vectors, annotations) in zip(batch, readings, encoded, strict=True):
            yield record, _answer(loaded, reading, vectors, annotations, time.perf_counter() - shared)


def encode(loaded: ProfilerModel, readings: list[ProfileReading], annotations: bool = False) -> Encoded:
    """All windows of several authors through the network, in one call for each length that occurs."""
    buckets: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, reading in enumerate(readings):
        for number, ids in enumerate(reading.windows):
            buckets[len(ids)].append((row, number))
    vectors = [[np.empty(0, np.float32)] * len(reading.windows) for reading in readings]
    looked = [[np.empty((0, 0), np.float32)] * len(reading.windows) if annotations else [] for reading in readings]
    for members in buckets.values():
        encoded, attention = loaded.encode(
            np.stack([readings[row].windows[window] for row, window in members]), annotations
        )
        for place, (row, window) in enumerate(members):
            vectors[row][window] = encoded[place]
            if attention is not None:
                looked[row][window] = attention[place]
    return [
        (np.stack(rows) if rows else np.empty((0, 0), np.float32), seen)
        for rows, seen in zip(vectors, looked, strict=True)
    ]


def guesses(
    loaded: ProfilerModel, reading: ProfileReading, vectors: np.ndarray, counted: "NgramReading | None" = None
) -> tuple[tuple[Guess, ...], np.ndarray]:
    """An author's attributes, and the attention on the windows ``[n]``; ``counted`` are the n-grams if they are."""
    if not reading.windows:
        return tuple(output.undecided() for output in loaded.outputs), np.zeros(0)
    scores, attention = loaded.decide(vectors)
    if reading.foreign:
        return tuple(output.undecided() for output in loaded.outputs), attention
    ngrams = counted.scores() if counted else loaded.ngrams.scores(reading.text) if loaded.ngrams is not None else None
    return tuple(output.guess(scores, ngrams, reading.tokens) for output in loaded.outputs), attention


def _answer(
    loaded: ProfilerModel, reading: ProfileReading, vectors: np.ndarray, annotations: list[np.ndarray], started: float
) -> Profile:
    # Counted once for the scores and for what explains them.
    counts = annotations and loaded.ngrams is not None and not reading.foreign
    counted = loaded.ngrams.read(reading.text) if counts and loaded.ngrams is not None else None
    guessed, attention = guesses(loaded, reading, vectors, counted)
    looked: looked_at.Explanation = ((), (), ())
    pulls: dict[str, tuple[Span, ...]] = {}
    if annotations:
        looked = looked_at.explain(list(zip(reading.places, annotations, strict=True)), attention)
        pulls = _pulls(loaded, reading, guessed, counted) if counted else {}
    return Profile(
        model=loaded.name,
        version=loaded.version,
        guesses=guessed,
        spans=looked[0],
        hops=looked[1],
        phrases=looked[2],
        pulls=pulls,
        milliseconds=1000 * (time.perf_counter() - started),
        tokens=reading.tokens,
        known=reading.known,
        read=reading.read,
        notes=reading.notes,
        abstains=reading.abstains,
    )


def _pulls(
    loaded: ProfilerModel, reading: ProfileReading, guessed: tuple[Guess, ...], counted: "NgramReading"
) -> dict[str, tuple[Span, ...]]:
    """By which words and word parts the n-grams chose each label, in the units of the mixed score."""
    pulls: dict[str, tuple[Span, ...]] = {}
    for output, guess in zip(loaded.outputs, guessed, strict=True):
        if not output.ngrams:
            continue
        column = output.columns.start + (output.labels.index(guess.label) if output.labels else 0)
        spans = []
        for start, end, weight in counted.pulls(column, MOST_PULLS, both=output.kind == "number"):
            if (place := reading.place(start, end)) is not None:
                spans.append(Span(*place, output.ngrams * weight))
        pulls[output.name] = tuple(sorted(spans, key=lambda span: -abs(span.weight)))
    return pulls
