"""Corpus on IMDB (98,000 texts): the index, a second opening, a concordance, key words; and, in the same run, a plain
count in Python and grep over the same texts.

    DLTEXT_DATA=… python tests/benchmarks/corpus.py [--data CARD|FILE] [--json FILE] [--repeats N] [--quick] [--alone]

The count reads the texts as we do, cuts them by a regular expression and adds up the words. The index is made in a
process of its own, whose peak memory is measured. Answers are medians after one of no account; grep reads a text file
with a document a line.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import HERE, Row, finish, home, machine, options, spread

from dltext.engine import api
from dltext.engine.corpus import counting, opening
from dltext.engine.results import Selection
from dltext.tests import quick

OPEN = """
import resource, sys, time
from dltext.engine import api
from dltext.engine.results import Selection
started = time.perf_counter()
info = api.corpus_info(Selection(sys.argv[1]))
print(time.perf_counter() - started, info.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
COUNT = """
import re, sys, time
from collections import Counter
from dltext.data.source import open_source
started = time.perf_counter()
source = open_source(sys.argv[1], min_labels=0)
words, counts = re.compile(r"[^\\W_]+(?:'[^\\W_]+)*"), Counter()
for part in ["all"] if "all" in source.splits else source.splits:
    for row in source.rows(part):
        counts.update(words.findall(row.text.lower()))
print(time.perf_counter() - started, counts.total())
"""
EXPRESSIONS = (r"colou?rs? of", r"(cold|hot) soup", r"un[a-z]+able")
HITS = 10_000
PAGE = 50


def more(parser: argparse.ArgumentParser) -> None:
    """The option of this benchmark alone."""
    parser.add_argument("--data", default="imdb", metavar="CARD|FILE")


def alone(code: str, data: str) -> list[float]:
    """The numbers that a process of its own prints."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code, data], capture_output=True, text=True, check=True, env=environment
    )
    return [float(number) for number in done.stdout.split()]


def taken(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Milliseconds of ``work``, after once of no account."""
    work()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begun))
    return spread(times)


def grep(pattern: str, raw: Path) -> None:
    """Count the lines in which the expression matches."""
    # Not to /dev/null: there grep ends at the first match.
    subprocess.run(["grep", "-Eic", pattern, str(raw)], stdout=subprocess.PIPE, check=False)


def halves(corpus: opening.OpenCorpus) -> list[Any]:
    """The key words of the first half of the documents against the second: all words."""
    from dltext.engine.corpus.keyness import key_words

    first = np.arange(len(corpus)) < len(corpus) // 2
    counts = counting.counted(corpus, first), counting.counted(corpus, ~first)
    return key_words(corpus.tokens.words, *counts, (corpus.size(first), corpus.size(~first)))


def index_rows(data: str, without: bool) -> list[Row]:
    """Making the index and opening it again."""
    count = float("nan") if without else alone(COUNT, data)[0]
    seconds, size, peak = alone(OPEN, data)
    again = alone(OPEN, data)[0]
    note = f"{size / 1e6:.0f} MB on disk, peak memory {peak / 1e3:.0f} MB"
    ratio = seconds / count
    return [
        Row(
            "index from nothing, with a plain count",
            "s",
            seconds,
            count,
            ratio,
            "≤ 2.5 ×",
            None if without else ratio <= 2.5,
            note,
        ),
        Row("second opening", "s", again, reach="< 0.5 s", reached=again < 0.5),
    ]


def question_rows(data: str, raw: Path, repeats: int, without: bool) -> list[Row]:
    """Concordances, frequencies, key words and collocations."""
    selection = Selection(data)
    corpus, _ = opening.opened(selection)
    raw.write_text("".join(" ".join(row.text.split()) + "\n" for row in corpus.index.records()), "utf-8")
    frequent = corpus.tokens.words[int(np.argmin(np.abs(corpus.tokens.counts - HITS)))]
    rows = []
    for what, question, most in (
        (f"first page of {frequent!r}", frequent, 30),
        ("first page of the phrase 'waste of time'", "waste of time", 30),
        ("first page of 'un*able'", "un*able", 30),
        ("first page of soup NEAR/5 cold", "soup NEAR/5 cold", 30),
    ):
        times = taken(lambda question=question: api.concordance(selection, question, count=PAGE), repeats)
        rows.append(Row(what, "ms", times["median"], reach=f"≤ {most} ms", reached=times["median"] <= most))
    for pattern in EXPRESSIONS:
        ours = taken(lambda p=pattern: api.concordance(selection, p, regex=True, count=PAGE), repeats)["median"]
        theirs = float("nan") if without else taken(lambda p=pattern: grep(p, raw), min(repeats, 3))["median"]
        shown, reached = pattern.replace("|", "\\|"), None if without else ours <= theirs
        rows.append(Row(f"first page of /{shown}/, with grep", "ms", ours, theirs, ours / theirs, "≤ 1 ×", reached))
    keys = taken(lambda: halves(corpus), min(repeats, 3))["median"]
    rows.append(Row("key words of two halves, all words", "ms", keys, reach="≤ 2,000 ms", reached=keys <= 2_000))
    counts = taken(lambda: api.word_frequencies(selection), min(repeats, 3))["median"]
    near = taken(lambda: api.collocations(selection, frequent), min(repeats, 3))["median"]
    page = taken(lambda: api.corpus_documents(selection, len(corpus) // 2), repeats)["median"]
    return [
        *rows,
        Row("frequencies, all words", "ms", counts),
        Row(f"collocations of {frequent!r}", "ms", near),
        Row("a hundred rows from the middle of the table", "ms", page),
    ]


def main() -> None:
    chosen = options(__doc__, repeats=9, more=more)
    before = machine()
    data = quick.texts() if chosen.quick else chosen.data
    with home() as folder:
        rows = index_rows(data, chosen.alone)
        rows += question_rows(data, folder / "texts.txt", chosen.repeats, chosen.alone)
    finish("corpus", rows, {"data": data}, chosen, before)


if __name__ == "__main__":
    main()
