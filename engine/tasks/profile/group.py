"""The attributes of many authors together: shares of each label, with confidence intervals."""

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sized
from itertools import pairwise

import numpy as np

from ....data.wording import plural
from ...results import GroupAttribute, GroupProfile, Guess, Progress, Record, Share, UserError
from ...text.batching import take
from ...text.languages import named
from ...text.windows import FEW_KNOWN
from .answer import LOOKAHEAD_CHARACTERS, encode, guesses
from .model import open_profiler
from .outputs import AttributeOutput
from .reading import FEW_WORDS, read_authors

LOOKAHEAD = 64
"""Authors read together; between two such lots it can be stopped."""
RESAMPLES = 1000
MOST_BARS = 12
"""Bars of a histogram."""


def profile_group(
    records: Iterable[Record],
    model: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    seed: int = 1,
) -> GroupProfile:
    """Who writes here: each attribute over all authors, with 95 % bootstrap intervals over authors.

    Stopped early, it answers with the authors read so far and says so in ``notes``. UserError without an author.

    Of each author, only the probabilities are kept. A category's shares are the means of the authors' probabilities;
    the intervals are percentiles (2.5 and 97.5) of :data:`RESAMPLES` bootstrap samples of the authors (Efron &
    Tibshirani 1993, section 13.3). They tell what other authors of the same kind might have given, not how often the
    model errs.
    """
    loaded = open_profiler(model)
    width = sum(output.size for output in loaded.outputs)
    table = array("f")
    unsure = dict.fromkeys((output.name for output in loaded.outputs), 0)
    empty = foreign = short = strange = done = 0
    total = len(records) if isinstance(records, Sized) else 0
    stream: Iterator[Record] = iter(records)
    stopped = False
    while not (stopped := should_stop()) and (batch := take(stream, LOOKAHEAD, LOOKAHEAD_CHARACTERS)):
        readings = read_authors(loaded, [record.text for record in batch], places=False)
        for reading, (vectors, _) in zip(readings, encode(loaded, readings), strict=True):
            if not reading.windows:
                empty += 1
                continue
            if reading.foreign:
                foreign += 1
                continue
            guessed, _ = guesses(loaded, reading, vectors)
            for guess in guessed:
                table.extend(_cells(guess))
                unsure[guess.name] += not guess.sure
            short += reading.short
            strange += reading.known < FEW_KNOWN
        done += len(batch)
        if progress:
            progress(done, total)
    rows = np.array(table, np.float32).reshape(-1, width)
    authors = len(rows)
    if not authors:
        raise UserError(
            "It was stopped before the first author was read."
            if stopped
            else f"{loaded.name} reads {named(loaded.language)}, and all texts here are in "
            "another language: choose another model or other texts."
            if foreign
            else "There is no author to profile: each record needs a text with words."
        )
    if progress:
        progress(done, done)
    notes = [f"Stopped early: these are the first {authors:,} authors only."] if stopped else []
    notes += [f"{plural(empty, 'record')} without words {_were(empty)} left out."] if empty else []
    if foreign:
        notes.append(f"{plural(foreign, 'author')} in another language than the model's {_were(foreign)} left out.")
    if short:
        notes.append(
            f"{plural(short, 'author')} of {authors:,} wrote fewer than {FEW_WORDS} words, too few to rely on."
        )
    if strange:
        notes.append(f"{plural(strange, 'author')} of {authors:,} used words that the model mostly does not know.")
    return GroupProfile(
        model=loaded.name,
        version=loaded.version,
        authors=authors,
        attributes=tuple(_attributes(loaded.outputs, rows, unsure, seed)),
        notes=tuple(notes),
        protocol=f"Intervals: 95 %, percentiles of {RESAMPLES:,} bootstrap samples of the authors, seed {seed}.",
    )


def _cells(guess: Guess) -> list[float]:
    if guess.kind == "category":
        return list(guess.probabilities.values())
    return [math.nan if guess.value is None else guess.value]


def _attributes(
    outputs: tuple[AttributeOutput, ...], rows: np.ndarray, unsure: dict[str, int], seed: int
) -> Iterator[GroupAttribute]:
    """All attributes' means from the same resamples; a number's bars are shares of the authors like any label's."""
    bars = {output.name: _bars(rows[:, output.columns.start]) for output in outputs if output.kind == "number"}
    columns = [rows]
    for output in outputs:
        if output.name in bars:
            _, which = bars[output.name]
            columns.append(np.eye(which.max() + 1, dtype=np.float32)[which])
    values = np.concatenate(columns, axis=1)
    mean, low, high = bootstrap(values, seed)
    column = rows.shape[1]
    for output in outputs:
        if output.kind == "category":
            first = output.columns.start
            yield GroupAttribute(
                output.name, "category", _shares(output.labels, mean, low, high, first), unsure=unsure[output.name]
            )
            continue
        labels, share_columns = bars[output.name][0], output.columns.start
        yield GroupAttribute(
            output.name,
            "number",
            _shares(labels, mean, low, high, column),
            float(mean[share_columns]),
            float(low[share_columns]),
            float(high[share_columns]),
            unsure[output.name],
        )
        column += len(labels)


def bootstrap(values: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of the columns of ``values`` ``[authors, columns]`` with the ends of their 95 % intervals, float64."""
    rows = np.asarray(values, np.float64)
    count = len(rows)
    generator = np.random.default_rng(seed)
    means = np.empty((RESAMPLES, rows.shape[1]))
    for resample in range(RESAMPLES):
        # How often each author is drawn says the same as the authors drawn, without a copy of the table.
        drawn = np.bincount(generator.integers(0, count, count), minlength=count)
        means[resample] = drawn @ rows / count
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return rows.mean(axis=0), low, high


def _shares(
    labels: tuple[str, ...], mean: np.ndarray, low: np.ndarray, high: np.ndarray, first: int
) -> tuple[Share, ...]:
    return tuple(
        Share(label, float(mean[number]), float(low[number]), float(high[number]))
        for number, label in enumerate(labels, first)
    )


def _bars(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Ranges of round width (1, 2 or 5 times a power of ten) over ``values``, at most ``MOST_BARS``, and each one's."""
    low, high = float(values.min()), float(values.max())
    rough = (high - low) / MOST_BARS
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    widths = (power * factor for factor in (1, 2, 5, 10, 20))
    step = next(step for step in widths if math.floor(high / step) - math.floor(low / step) < MOST_BARS)
    first = math.floor(low / step)
    which = np.floor(values.astype(np.float64) / step).astype(np.int64) - first
    digits = max(0, -math.floor(math.log10(step)))
    edges = [f"{bar * step:.{digits}f}" for bar in range(first, first + int(which.max()) + 2)]
    labels = tuple(f"{edge} to {other}" for edge, other in pairwise(edges))
    return labels, which


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
