"""Knowledge distillation (Hinton, Vinyals & Dean 2015): teachers say what they think of texts, and a student learns it.

    q = Σ_t p_t / teachers,   q_T ∝ q^(1/T)            section 2: the teachers' probabilities, softened
    L = (1 − α) H(y, σ(z)) + α T² H(q_T, σ(z / T))     of a labelled text y; z: the student's logits
    L = T² H(q_T, σ(z / T))                            of a text that nobody has labelled

The teachers are finished models and, if asked for, this run's own TF-IDF baseline. Beside unlabelled documents, short
pieces of long ones can be taught, so that a model that learned from whole reviews also answers for a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, compress, islice
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....data.paths import atomic_open
from ....data.same_labels import order_of as order_of_labels
from ....data.source import names_in
from ... import arrays
from ...jobs.stopping import StopRequested
from ..lessons import Lessons
from ..prepare import Labelled, unlabelled, unlabelled_texts
from ..shared import Emit, Stop

LESSONS = "lessons.npz"
"""What the teachers said, in a run's folder, once they have said all."""
PIECE_WORDS = (6, 60)
CHUNK = 1024
"""Texts that are in memory at once while the teachers read, and whose answers are then kept."""
BASELINE = "floor"
"""The teacher that is this run's baseline."""


def teachers(settings: Any) -> list[str]:
    """The names in ``settings.teacher``."""
    return [name.strip() for name in settings.teacher.split("+") if name.strip()]


def lessons(
    folder: Path,
    settings: Any,
    labels: tuple[str, ...],
    train: Labelled,
    seed: int,
    baseline: Any,
    emit: Emit,
    should_stop: Stop,
    most: int | None = None,
) -> Lessons | None:
    """What is taught, or None where nothing is; asked once a run, and kept in ``folder``.

    ``baseline`` is the fitted baseline where it is one of the teachers; ``most``: ask for so many texts of each kind
    alone, to see how long it takes. The texts stream: however many there are, only
    :data:`CHUNK` of them are in memory, and what was said of them is kept when the run is stopped. Raises UserError
    where a teacher knows other labels, StopRequested when asked to stop.
    """
    names = teachers(settings)
    if not names:
        if settings.unlabelled or settings.pieces:
            raise UserError("Unlabelled texts and short pieces need a teacher: name one or more models.")
        return None
    orders = {name: order_of(name, labels) for name in names if name != BASELINE}
    data = names_in(settings.unlabelled)
    sources = tuple(Path(name).name for name in data)
    others = _Others(train.texts, data, settings.pieces, seed, most)
    asked = len(train.texts[:most]) if settings.teacher_weight > 0 else 0
    lessons_file = folder / LESSONS
    if lessons_file.exists():
        with arrays.Archive(lessons_file) as archive:
            said = archive.read("targets", lessons_file.stat().st_size)
    else:
        texts = chain(islice(train.texts, asked), others)
        said = _ask_all(folder, names, orders, baseline, texts, len(labels), settings, emit, should_stop)
        with atomic_open(lessons_file, "wb") as stream:
            np.savez(stream, targets=said)
    if not len(said):
        raise UserError(
            "A teacher needs texts to label: name unlabelled texts, a share of short pieces, or a weight above 0 on "
            "the labelled ones."
        )
    labelled, targets = None, said[asked:]
    if asked:
        labelled = np.zeros((len(train), len(labels)), np.float32)
        labelled[:asked] = said[:asked]
    read = targets.sum(axis=1) > 0
    unread = len(read) - int(np.count_nonzero(read))
    return Lessons(_Chosen(others, read), targets[read], labelled, tuple(names), sources, unread)


def count(settings: Any, train: int) -> tuple[int, int]:
    """How many texts beside the ``train`` labelled ones are taught, and how many the teachers must read for that."""
    sources = [unlabelled(name) for name in names_in(settings.unlabelled)]
    more = sum(source.counts[split] for source, split in sources)
    more += round(settings.pieces * (more + train))
    return more, more + (train if settings.teacher_weight > 0 else 0)


@dataclass(frozen=True)
class _Others:
    """The texts beside the labelled ones: all of ``data``, then pieces of these and of the training texts."""

    train: Sequence[str]
    data: Sequence[str]
    share: float
    seed: int
    most: int | None

    def __iter__(self) -> Iterator[str]:
        return islice(self._all(), self.most)

    def _all(self) -> Iterator[str]:
        for name in self.data:
            yield from unlabelled_texts(name)
        if self.share:
            documents = chain(self.train, *(unlabelled_texts(name) for name in self.data))
            yield from pieces(documents, self.share, self.seed)


@dataclass(frozen=True)
class _Chosen:
    texts: Iterable[str]
    read: np.ndarray

    def __iter__(self) -> Iterator[str]:
        return compress(self.texts, self.read.tolist())


def order_of(name: str, labels: Sequence[str]) -> list[str]:
    """The labels of the model ``name`` that are ``labels``, in that order; UserError where it knows others."""
    from ... import bundle_format, model_store
    from ...tasks.classify import mapping

    theirs = [str(label) for label in bundle_format.read(model_store.folder_of(name), verify=False).get("labels", [])]
    order = order_of_labels(theirs, labels)
    if order is None:
        raise UserError(
            f"The teacher {name} knows {mapping.listed(theirs)}, and the data have {mapping.listed(labels)}: name a "
            "model that was trained on the same labels."
        )
    return order


def _ask_all(
    folder: Path,
    names: list[str],
    orders: dict[str, list[str]],
    baseline: Any,
    texts: Iterable[str],
    classes: int,
    settings: Any,
    emit: Emit,
    should_stop: Stop,
) -> np.ndarray:
    """The mean of the teachers' probabilities float32 ``[texts, classes]``; zeros where none of them reads a text."""
    part = folder / f"lessons-{_identity(names, settings)}.part"
    row = 4 * classes
    with part.open("ab") as stream:
        ready = stream.tell() // row
        stream.truncate(ready * row)  # a row that a kill has cut
        waiting = islice(texts, ready, None)
        while chunk := list(islice(waiting, CHUNK)):
            emit("state", stage="preparing", message=f"{' and '.join(names)}: labelling texts, {ready:,} are ready")
            if should_stop():
                raise StopRequested
            stream.write(_ask(names, orders, baseline, chunk, classes).tobytes())
            stream.flush()
            ready += len(chunk)
    said = np.fromfile(part, np.float32).reshape(-1, classes)
    part.unlink()
    return said


def _identity(names: list[str], settings: Any) -> str:
    """What changes with what a teacher would say, or with the texts that it is asked about."""
    from ... import bundle_format, model_store, trial

    marks = [
        name if name == BASELINE else trial.mark(bundle_format.read(model_store.folder_of(name), verify=False))
        for name in names
    ]
    asked = [*marks, settings.unlabelled, str(settings.pieces), str(settings.teacher_weight > 0)]
    return sha256("\n".join(asked).encode()).hexdigest()[:16]


def _ask(names: list[str], orders: dict[str, list[str]], baseline: Any, texts: list[str], classes: int) -> np.ndarray:
    from ...results import Record
    from ...tasks.classify.answer import analyse_many

    total, readers = np.zeros((len(texts), classes)), np.zeros((len(texts), 1))
    for name in names:
        if name == BASELINE:
            total += baseline.probabilities(texts)
            readers += 1
            continue
        records = (Record(str(number), text) for number, text in enumerate(texts))
        for number, (_, result) in enumerate(analyse_many(records, model=name, lookahead=CHUNK)):
            if not result.abstains:
                total[number] += [result.probabilities[label] for label in orders[name]]
                readers[number] += 1
    return (total / np.maximum(readers, 1)).astype(np.float32)


def pieces(texts: Iterable[str], share: float, seed: int) -> Iterator[str]:
    """From a random ``share`` of the texts a run of whole sentences or, where they are long, of 6 to 60 words."""
    rng = np.random.default_rng([seed, 4])
    for text in texts:
        if rng.random() >= share:
            continue
        sentences = re.split(r"(?<=[.!?。！？])\s+|<br\s*/?>|\n+", text)
        first = int(rng.integers(len(sentences)))
        piece = " ".join(sentences[first : first + int(rng.integers(1, 4))]).split()
        piece = piece[: int(rng.integers(*PIECE_WORDS))]
        if len(piece) >= 2:
            yield " ".join(piece)
