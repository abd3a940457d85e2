"""Knowledge distillation (Hinton, Vinyals & Dean 2015): teachers label texts that nobody has labelled.

The teachers are finished models and, if asked for, this run's own TF-IDF baseline; the student learns the mean of their
calibrated probabilities. Beside unlabelled documents, short pieces of long ones can be taught, so that a model that
learned from whole reviews also answers for a sentence.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ....data.errors import UserError
from ....data.paths import atomic_open
from ... import arrays
from ..prepare import Labelled, unlabelled_texts
from ..shared import Emit, Stop

LESSONS = "lessons.npz"
PIECE_WORDS = (6, 60)


def teachers(settings) -> list[str]:
    """The names in ``settings.teacher``."""
    return [name.strip() for name in settings.teacher.split("+") if name.strip()]


def lessons(
    folder: Path,
    settings,
    labels: tuple[str, ...],
    train: Labelled,
    seed: int,
    baseline,
    emit: Emit,
    should_stop: Stop,
) -> tuple[Sequence[str], np.ndarray] | None:
    """(texts, soft targets float32 ``[m, classes]``) or None where nothing is taught; labelled once a run, kept.

    ``baseline`` is the fitted baseline where it is one of the teachers.
    """
    names = teachers(settings)
    if not names:
        if settings.unlabelled or settings.pieces:
            raise UserError("Unlabelled texts and short pieces need a teacher: name one or more models.")
        return None
    texts = unlabelled_texts(settings.unlabelled) if settings.unlabelled else []
    texts = texts + pieces([*train.texts, *texts], settings.pieces, seed)
    if not texts:
        raise UserError("A teacher needs texts to label: name unlabelled texts, or a share of short pieces.")
    lessons_file = folder / LESSONS
    if lessons_file.exists():
        with arrays.Archive(lessons_file) as archive:
            return texts, archive.read("targets", lessons_file.stat().st_size)
    total = np.zeros((len(texts), len(labels)), np.float64)
    for name in names:
        emit("state", stage="preparing", message=f"{name} labels {len(texts):,} texts")
        answers = baseline.probabilities(texts) if name == "floor" else _ask(name, texts, labels, should_stop)
        if answers is None:
            return texts, total.astype(np.float32)  # stopped; the caller asks should_stop next
        total += answers
    targets = (total / len(names)).astype(np.float32)
    with atomic_open(lessons_file, "wb") as stream:
        np.savez(stream, targets=targets)
    return texts, targets


def _ask(name: str, texts: Sequence[str], labels: tuple[str, ...], should_stop) -> np.ndarray | None:
    """Probabilities ``[n, classes]`` of one model in the order of ``labels``; None when asked to stop."""
    from ...results import Record
    from ...tasks.classify.answer import analyse_many

    out = np.zeros((len(texts), len(labels)))
    for i, (_, result) in enumerate(analyse_many((Record(str(i), t) for i, t in enumerate(texts)), model=name)):
        if i == 0 and set(result.probabilities) != set(labels):
            raise UserError(f"The teacher {name} knows {', '.join(result.probabilities)}, not {', '.join(labels)}.")
        if i % 1000 == 0 and should_stop():
            return None
        out[i] = [result.probabilities[label] for label in labels]
    return out


def pieces(texts: Sequence[str], share: float, seed: int) -> list[str]:
    """From a random ``share`` of the texts a run of whole sentences or, where they are long, of 6 to 60 words."""
    rng = np.random.default_rng([seed, 4])
    out = []
    for text in texts:
        if rng.random() >= share:
            continue
        sentences = re.split(r"(?<=[.!?。！？])\s+|<br\s*/?>|\n+", text)
        first = int(rng.integers(len(sentences)))
        piece = " ".join(sentences[first : first + int(rng.integers(1, 4))]).split()
        piece = piece[: int(rng.integers(*PIECE_WORDS))]
        if len(piece) >= 2:
            out.append(" ".join(piece))
    return out
