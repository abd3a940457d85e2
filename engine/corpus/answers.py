"""What models say of the documents of a corpus, kept beside its index: columns that are made once, a block at a time,
so that a reading that was stopped goes on where it ended."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...data import paths
from .. import bundle_format, model_store
from ..results import BundleInfo, Profile, Progress, Record, Result, StreamCall, Titles, Translation, UserError
from ..tasks import prior_shift
from ..tasks.search.fulltext import Row
from ..tasks.search.index import SearchableCorpus, fingerprint
from ..tasks.table import TASKS, Task, find_task
from ..workers.spreading import OnWorkers, answer_many

FILE = "answers.db"
PREFIX, CONFIDENCE = "model.", ".confidence"
"""How the columns are called: the first and the model's name; with the second behind it how sure it is."""
TOGETHER = 500
"""Documents that are read from the index at once."""
BETWEEN = 1.0
"""Seconds from one writing of answers to the next: each waits for the disk, and no chunk is handed out meanwhile."""
PART = "/"
"""Between a model's name and what it says a part of, where it says several things of a document."""
HIDDEN = PART + PART
"""What stands for no column: the probabilities of all labels, in the model's order."""
_NEXT = "FROM answers WHERE (model, mark) > (?, ?) ORDER BY model, mark, row LIMIT 1"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS answers (model TEXT, mark TEXT, row INTEGER, label TEXT NOT NULL, confidence REAL, "
    "PRIMARY KEY (model, mark, row)) WITHOUT ROWID"
)


def models_in(folder: Path) -> tuple[str, ...]:
    """The models that have read some of a corpus, as its columns are called; those that are gone, or were trained anew
    under the same name, have none."""
    if not (folder / FILE).is_file():
        return ()
    columns: list[str] = []
    with closing(_connect(folder)) as base:
        # From one to the next by the key: all rows together are as many as the documents.
        last = ("", "")
        while row := base.execute(f"SELECT model, mark, confidence {_NEXT}", last).fetchone():
            last = row[:2]
            if not row[0].endswith(HIDDEN) and _is_still(*last):
                columns += [PREFIX + row[0], *([PREFIX + row[0] + CONFIDENCE] if row[2] is not None else [])]
    return tuple(columns)


def labels_by(folder: Path, column: str) -> list[tuple[int, str]]:
    """What the model of that column says: rows, ascending, and labels or confidences. UserError where it has read
    nothing."""
    what, model, values = _asked(column)
    cells: list[tuple[int, str]] = []
    if (folder / FILE).is_file():
        with closing(_connect(folder)) as base:
            cells = base.execute(
                f"SELECT row, {what} FROM answers WHERE model = ? AND mark = ? ORDER BY row", values
            ).fetchall()
    if not cells:
        raise UserError(f"{model} has read none of these documents yet: have it read them with `dltext corpus shares`.")
    return cells


def labels_of_rows(folder: Path, column: str, rows: Sequence[int]) -> dict[int, str]:
    """The same of some rows alone: a page of a table needs no more, and all are as many as the documents."""
    what, _, values = _asked(column)
    cells: dict[int, str] = {}
    with closing(_connect(folder)) as base:
        for first in range(0, len(rows), 500):  # SQLite takes 999 values, older ones
            part = list(rows[first : first + 500])
            marks = ", ".join("?" * len(part))
            query = f"SELECT row, {what} FROM answers WHERE model = ? AND mark = ? AND row IN ({marks})"
            cells |= dict(base.execute(query, (*values, *part)))
    return cells


def probabilities_by(folder: Path, model: str, rows: np.ndarray) -> np.ndarray | None:
    """float64 ``[rows, labels]``: the probabilities of a classifier's labels, in its order; None where those of some of
    the documents are not kept."""
    with closing(_connect(folder)) as base:
        cells = dict(
            base.execute("SELECT row, label FROM answers WHERE model = ? AND mark = ?", (model + HIDDEN, _mark(model)))
        )
    if not len(rows) or any(row not in cells for row in rows.tolist()):
        return None
    return np.array([np.fromstring(cells[row], np.float64, sep=" ") for row in rows.tolist()])


def state(folder: Path, column: str) -> tuple:
    """Changes when a model has read more, or became another; UserError where it is gone."""
    _, _, (_, mark) = _asked(column)
    return stamp_of(folder / FILE), mark


def _asked(column: str) -> tuple[str, str, tuple[str, str]]:
    """What is selected for a column, the model's name, and how its answers are called."""
    name = column.removeprefix(PREFIX)
    what = "printf('%.4f', confidence)" if name.endswith(CONFIDENCE) else "label"
    name, part, rest = name.removesuffix(CONFIDENCE).partition(PART)
    model = model_named(name)
    return what, model, (model + part + rest, _mark(model))


def column_models() -> list[BundleInfo]:
    """The models whose answers can be columns and that can be used: classifiers, profilers, translators, and those that
    write titles."""
    return [info for info in model_store.listing() if info.problem is None and find_task(info.task).data in _ASKED]


def model_named(name: str) -> str:
    """The name of a model that is there: its own, or a task's for its default. UserError for another."""
    if name in TASKS:
        name = model_store.default(name)
    model_store.folder_of(name)
    return name


def read_by(
    corpus: SearchableCorpus, rows: np.ndarray, name: str, progress: Progress | None = None
) -> list[tuple[int, str]]:
    """What a classifier says of the documents of ``rows`` (ascending), read where that is not kept already, as by
    :func:`fill`. UserError for a model that gives no labels."""
    model = model_named(name)
    task = _task_of(model)
    if task.data != "labels":
        raise UserError(f"{model} gives no labels ({task.label.lower()}): name a classifier.")
    fill(corpus, rows, model, progress)
    held = dict(labels_by(corpus.folder, PREFIX + model)) if len(rows) else {}
    return [(row, held[row]) for row in rows.tolist()]


def fill(
    corpus: SearchableCorpus,
    rows: np.ndarray,
    model: str,
    progress: Progress | None = None,
    cluster: str = "",
    on_workers: OnWorkers | None = None,
) -> None:
    """Have a model read the documents of ``rows`` that it has not read yet; its answers are kept a block at a time.
    ``cluster`` and ``on_workers`` are as in :func:`~dltext.engine.workers.spreading.answer_many`."""
    task = _task_of(model)
    asked = _ASKED.get(task.data)
    if asked is None:
        raise UserError(f"{model} says nothing of a document ({task.label.lower()}): name another model.")
    mark = _mark(model)
    with _writable(corpus.folder) as base:
        parts = base.execute(
            "SELECT row FROM answers WHERE mark = ? AND (model = ? OR (model > ? AND model < ?))",
            (mark, model, model + PART, model + chr(ord(PART) + 1)),
        )
        held = {row for (row,) in parts}
        missing = [row for row in rows.tolist() if row not in held]
        block: list[tuple[str, str, int, str, float | None]] = []
        written = time.monotonic()
        records = (Record(str(row), document.text) for row, document in _documents(corpus, missing))
        call, said = asked(task.name, model)
        if progress:
            progress(0, len(missing))
        try:
            stream = answer_many(records, call, cluster=cluster, background=True, on_workers=on_workers)
            with closing(stream) as answers:
                for done, (record, answer) in enumerate(answers, 1):
                    block += [(model + part, mark, int(record.id), text, sure) for part, text, sure in said(answer)]
                    if time.monotonic() - written >= BETWEEN:
                        _write(base, block)
                        written = time.monotonic()
                    if progress and (done % 64 == 0 or done == len(missing)):
                        progress(done, len(missing))
        finally:
            _write(base, block)


def _documents(corpus: SearchableCorpus, rows: list[int]) -> Iterator[tuple[int, Row]]:
    for first in range(0, len(rows), TOGETHER):
        part = rows[first : first + TOGETHER]
        yield from zip(part, corpus.texts.documents_of(part), strict=True)


_Said = list[tuple[str, str, float | None]]
"""Of each thing said of a document what that is (empty where it is one), and how sure it is."""


def _label(result: Result) -> _Said:
    """The label, and beside it the probabilities of all, which shares are corrected by."""
    said: _Said = [("", result.label, float(result.probabilities.get(result.label, 1.0)))]
    probabilities = result.probabilities.values()
    if 1 < len(probabilities) <= prior_shift.MOST_CLASSES and not result.labels and abs(sum(probabilities) - 1) < 0.01:
        said.append((HIDDEN, " ".join(f"{probability:.4g}" for probability in probabilities), None))
    return said


def _profile(profile: Profile) -> _Said:
    return [
        (
            PART + guess.name,
            guess.label or ("" if guess.value is None else f"{guess.value:g}"),
            guess.probabilities.get(guess.label),
        )
        for guess in profile.guesses
    ]


def _translation(translation: Translation) -> _Said:
    return [("", translation.text, None)]


def _title(titles: Titles) -> _Said:
    return [("", titles.candidates[0].text if titles.candidates else "", None)]


_ASKED: dict[str, Callable[[str, str], tuple[StreamCall, Callable[[Any], _Said]]]] = {
    "labels": lambda task, model: (StreamCall("analyse_many", {"task": task, "model": model}), _label),
    "authors": lambda _, model: (StreamCall("profile_many", {"model": model}), _profile),
    "pairs": lambda _, model: (StreamCall("translate_many", {"model": model}), _translation),
    "titled": lambda _, model: (StreamCall("titles_many", {"model": model}), _title),
}
"""By what a task learns from: from its name and a model's what is asked of that, and what its answers say."""


def _task_of(model: str) -> Task:
    return find_task(bundle_format.read(model_store.folder_of(model), verify=False)["task"])


@contextmanager
def _writable(folder: Path) -> Iterator[sqlite3.Connection]:
    """The table of answers, made where it is missing; UserError where nothing can be written."""
    path = folder / FILE
    with paths.writing(path), open(path, "ab", opener=paths.private):
        pass  # SQLite would give it the modes of any new file
    try:
        with closing(_connect(folder)) as base:
            base.execute(_SCHEMA)
            yield base
    except sqlite3.Error as error:
        raise UserError(f"Labels cannot be kept in {path}: {error}; free some space and try again.") from None


def _write(base: sqlite3.Connection, block: list[tuple[str, str, int, str, float | None]]) -> None:
    base.execute("BEGIN IMMEDIATE")
    base.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", block)
    base.execute("COMMIT")
    block.clear()


def _connect(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / FILE, isolation_level=None, timeout=30)


def _mark(model: str) -> str:
    """Changes when what is called so becomes another model."""
    folder = model_store.folder_of(model)
    return _mark_of(model, folder, stamp_of(folder / bundle_format.CARD))


@lru_cache(maxsize=256)
def _mark_of(model: str, folder: Path, stamp: tuple[int, int]) -> str:
    """``stamp``: of the card, so that it is read again where it has changed."""
    card = bundle_format.read(folder, verify=False)
    return fingerprint(model=model, files=sorted(card["files"].values()))


def stamp_of(path: Path) -> tuple[int, int]:
    """When a file was written last, and its size; nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _is_still(column: str, mark: str) -> bool:
    """Whether the model that has answered under that mark is there."""
    try:
        return _mark(column.partition(PART)[0]) == mark
    except UserError:
        return False


def labels_of_cells(cells: Iterable[tuple[int, str]], documents: int, labels: list[str]) -> np.ndarray:
    """int64 ``[documents]``: the number of each document's label among ``labels``; -1 for none of them."""
    numbers, codes = {label: number for number, label in enumerate(labels)}, np.full(documents, -1, np.int64)
    for row, label in cells:
        codes[row] = numbers.get(label, -1)
    return codes
