"""What models say of the documents of a corpus, kept beside its index: columns that are made once, a block at a time,
so that a reading that was stopped goes on where it ended."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from ...data import paths
from .. import bundle_format, model_store
from ..results import BundleInfo, Progress, Record, UserError
from ..tasks.search.index import SearchableCorpus, fingerprint
from ..tasks.table import TASKS, find_task

FILE = "answers.db"
PREFIX, CONFIDENCE = "model.", ".confidence"
"""How the columns are called: the first and the model's name; with the second behind it how sure it is."""
TOGETHER = 500
"""Answers that are written at once."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS answers (model TEXT, mark TEXT, row INTEGER, label TEXT NOT NULL, confidence REAL, "
    "PRIMARY KEY (model, mark, row)) WITHOUT ROWID"
)


def models_in(folder: Path) -> tuple[str, ...]:
    """The models that have read some of a corpus, as its columns are called; those that are gone, or were trained anew
    under the same name, have none."""
    if not (folder / FILE).is_file():
        return ()
    with closing(_connect(folder)) as base:
        rows = base.execute("SELECT DISTINCT model, mark FROM answers ORDER BY model").fetchall()
    names = [PREFIX + model for model, mark in rows if _is_still(model, mark)]
    return tuple(column for name in names for column in (name, name + CONFIDENCE))


def labels_by(folder: Path, column: str) -> list[tuple[int, str]]:
    """What the model of that column says: rows, ascending, and labels or confidences. UserError where it has read
    nothing."""
    name = column.removeprefix(PREFIX)
    what = "printf('%.4f', confidence)" if name.endswith(CONFIDENCE) else "label"
    model = model_named(name.removesuffix(CONFIDENCE))
    cells: list[tuple[int, str]] = []
    if (folder / FILE).is_file():
        with closing(_connect(folder)) as base:
            cells = base.execute(
                f"SELECT row, {what} FROM answers WHERE model = ? AND mark = ? ORDER BY row", (model, _mark(model))
            ).fetchall()
    if not cells:
        raise UserError(f"{model} has read none of these documents yet: have it read them with `dltext corpus shares`.")
    return cells


def classifiers() -> list[BundleInfo]:
    """The models that give labels and can be used."""
    return [info for info in model_store.listing() if info.problem is None and find_task(info.task).data == "labels"]


def model_named(name: str) -> str:
    """The name of a model that is there: its own, or a task's for its default. UserError for another."""
    if name in TASKS:
        name = model_store.default(name)
    model_store.folder_of(name)
    return name


def read_by(
    corpus: SearchableCorpus, rows: np.ndarray, name: str, progress: Progress | None = None
) -> list[tuple[int, str]]:
    """What a classifier says of the documents of ``rows`` (ascending), read where that is not kept already;
    ``progress(done, total)`` may raise to stop: what was read until then stays.

    UserError for a model that gives no labels.
    """
    model = model_named(name)
    task = find_task(bundle_format.read(model_store.folder_of(model), verify=False)["task"])
    if task.data != "labels":
        raise UserError(f"{model} gives no labels ({task.label.lower()}): name a classifier.")
    mark, wanted = _mark(model), rows.tolist()
    with _writable(corpus.folder) as base:
        held = dict(base.execute("SELECT row, label FROM answers WHERE model = ? AND mark = ?", (model, mark)))
        missing = [row for row in wanted if row not in held]
        block: list[tuple[str, str, int, str, float]] = []
        try:
            for done, (row, label, confidence) in enumerate(_read(corpus, missing, task.name, model), 1):
                block.append((model, mark, row, label, confidence))
                held[row] = label
                if len(block) == TOGETHER:
                    _write(base, block)
                if progress and (done % 64 == 0 or done == len(missing)):
                    progress(done, len(missing))
        finally:
            _write(base, block)
    return [(row, held[row]) for row in wanted]


def _read(corpus: SearchableCorpus, rows: list[int], task: str, model: str) -> Iterator[tuple[int, str, float]]:
    from ..tasks.classify.answer import analyse_many  # onnxruntime: nobody who counts words waits for it

    records = (Record(str(row), corpus.record(row).text) for row in rows)
    for record, result in analyse_many(records, task, model):
        yield int(record.id), result.label, float(result.probabilities.get(result.label, 1.0))


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


def _write(base: sqlite3.Connection, block: list[tuple[str, str, int, str, float]]) -> None:
    base.execute("BEGIN IMMEDIATE")
    base.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", block)
    base.execute("COMMIT")
    block.clear()


def _connect(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / FILE, isolation_level=None, timeout=30)


def _mark(model: str) -> str:
    """Changes when what is called so becomes another model."""
    card = bundle_format.read(model_store.folder_of(model), verify=False)
    return fingerprint(model=model, files=sorted(card["files"].values()))


def _is_still(model: str, mark: str) -> bool:
    """Whether the model that has answered under that mark is there."""
    try:
        return _mark(model) == mark
    except UserError:
        return False


def labels_of_cells(cells: Iterable[tuple[int, str]], documents: int, labels: list[str]) -> np.ndarray:
    """int64 ``[documents]``: the number of each document's label among ``labels``; -1 for none of them."""
    numbers, codes = {label: number for number, label in enumerate(labels)}, np.full(documents, -1, np.int64)
    for row, label in cells:
        codes[row] = numbers.get(label, -1)
    return codes
