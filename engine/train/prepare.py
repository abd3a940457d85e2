"""From a data set to a network's input: splits, vocabulary, vectors, ids, soft labels."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ...data.errors import UserError
from ...data.source import Source, open_source
from ...data.splits import hold_out
from .. import bundle_format
from ..tasks.table import find_task
from ..tasks.words import pretrained as vec
from ..text import tokenizer as tok
from ..text.batching import Ragged
from ..text.features import Features
from .lessons import Lessons
from .objectives import Objective, objective_of
from .part import LabelledPart
from .shared import Emit

AUTO_VECTORS = {"en": ("words-en", "glove-en"), "zh": ("words-zh", "wiki-zh")}
"""What ``auto`` tries, in order; the first ones ship."""


@dataclass(frozen=True)
class Labelled:
    """Texts with what is right of them, ``gold [n, …]`` as their objective has it."""

    texts: list[str]
    gold: np.ndarray
    ids: list[str] | tuple[()] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: np.ndarray) -> "Labelled":
        return Labelled([self.texts[i] for i in rows], self.gold[rows], [self.ids[i] for i in rows] if self.ids else ())


@dataclass
class PreparedTexts:
    """All that a training needs, in memory."""

    objective: Objective
    tokenizer: Tokenizer
    vectors: np.ndarray | None
    train: LabelledPart
    validation: LabelledPart
    info: dict[str, Any] = field(default_factory=dict)
    features: Features | None = None
    """What the network reads in the place of ids, which those of the parts are by then."""

    @property
    def labels(self) -> tuple[str, ...]:
        return self.objective.labels

    @property
    def vocabulary_size(self) -> int:
        """Different ids that the network may read."""
        return self.tokenizer.get_vocab_size() + (self.features.rows if self.features else 0)

    def read_by(self, features: Features) -> None:
        """Let the parts hold what ``features`` make of their ids."""
        self.features = features
        for part in (self.train, self.validation):
            part.ids = features.packed(part.ids)
        if self.vectors is not None and features.rows:
            self.vectors = np.concatenate([self.vectors, np.zeros((features.rows, self.vectors.shape[1]), np.float32)])


def read(source: Source, split: str) -> Labelled:
    """A split in memory; a text without a label is a UserError."""
    objective = objective_of(source)
    texts, gold, ids = [], [], []
    for row in source.rows(split):
        if not row.names:
            raise UserError(f"{source.name}, {split}, record {row.id} has no label; add one or leave the record out.")
        texts.append(row.text)
        gold.append(objective.of_row(row, source.name))
        ids.append(row.id)
    return Labelled(texts, objective.gold(gold), ids)


def divide(source: Source, fraction: float, seed: int) -> tuple[Labelled, Labelled]:
    """Training and validation part: the data's own validation split, or a stratified, seeded part of its train."""
    train = read(source, "train")
    if "validation" in source.splits:
        return train, read(source, "validation")
    return hold_out_part(train, objective_of(source), fraction, seed)


def hold_out_part(train: Labelled, objective: Objective, fraction: float, seed: int) -> tuple[Labelled, Labelled]:
    """Split off a validation part; texts that stand in both (exact duplicates) are left out of the validation."""
    chosen, held = hold_out(objective.strata(train.gold), fraction, seed)
    seen = {train.texts[i] for i in chosen}
    held = np.asarray([i for i in held if train.texts[i] not in seen], np.int64)
    if not len(held):
        raise UserError(f"{len(train)} training texts are too few to hold out a validation part; add more texts.")
    return train.take(chosen), train.take(held)


def encode(tokenizer: Tokenizer, texts: Iterable[str], max_tokens: int) -> Ragged:
    return Ragged.pack(tok.encode_all(tokenizer, texts, max_tokens))


def prepare(
    train: Labelled,
    validation: Labelled,
    objective: Objective,
    settings,
    seed: int,
    emit: Emit = lambda kind, **values: None,
    initial_tokenizer: Path | None = None,
    lessons: Lessons | None = None,
) -> PreparedTexts:
    """Vocabulary, vectors and ids. With ``lessons`` of a teacher the training part has the taught texts behind its
    own, and what a teacher says of the others.

    With ``initial_tokenizer`` the vocabulary is that of the model trained on from, and vectors are its own.
    """
    emit("state", stage="preparing", message="building the vocabulary")
    taught: Iterable[str] = lessons.texts if lessons else ()
    vectors, info = None, {}
    if initial_tokenizer:
        tokenizer = tok.load(initial_tokenizer)
    else:
        tokenizer, vectors, info = vocabulary((train.texts, taught), settings, seed, emit)
    targets = objective.targets(train.gold)
    weights = objective.weights(train.gold) if settings.class_weights else None
    if lessons:
        targets = lessons.beside(targets, settings.teacher_weight, settings.teacher_temperature)
        more = np.ones(len(lessons), np.float32)
        weights = None if weights is None else np.concatenate([weights, more])
    return PreparedTexts(
        objective,
        tokenizer,
        vectors,
        LabelledPart(encode(tokenizer, chain(train.texts, taught), settings.max_tokens), targets, weights),
        LabelledPart(encode(tokenizer, validation.texts, settings.max_tokens), objective.targets(validation.gold)),
        info,
    )


def vocabulary(
    parts: Sequence[Iterable[str]], settings, seed: int, emit: Emit = lambda kind, **values: None
) -> tuple[Tokenizer, np.ndarray | None, dict[str, Any]]:
    """The tokenizer of the words in ``parts`` and their vectors' names, those vectors, and what the card keeps."""
    names = settings.vectors
    counts = tok.count_tokens(text for texts in parts for text in texts)
    words = vec.frequent(names, settings.extra_words) if names else []
    tokenizer = tok.build(counts, settings.vocabulary_size, settings.min_count, words)
    if not names:
        return tokenizer, None, {}
    emit("state", stage="preparing", message=f"reading the vectors {names}")
    vectors, coverage = vec.matrix(
        tok.words(tokenizer), names, seed, warn=lambda text: emit("message", level="warning", text=text)
    )
    return tokenizer, vectors, {"vectors": names, "found": round(coverage, 3)}


def settle_vectors(settings, language: str, emit: Emit = lambda kind, **values: None):
    """The settings with ``vectors`` named: ``auto`` becomes the best that is on this machine.

    Where there are none for the language the words start from random vectors, and a warning says so. A variant that
    needs vectors with none named, or with a name that leads nowhere, is a UserError.
    """
    if settings.variant == "random":
        return replace(settings, vectors="")
    if settings.vectors.strip() != "auto":
        if not settings.vectors.strip():
            raise UserError(
                f"The variant {settings.variant} needs pretrained vectors: name some in vectors, or set variant=random."
            )
        for name in settings.vectors.split("+"):
            _warn_of_a_model(vec.resolve(name.strip()), emit)
        return settings
    for name in AUTO_VECTORS.get(language, ()):
        try:
            path = vec.resolve(name)
        except UserError:
            continue
        _warn_of_a_model(path, emit)
        return replace(settings, vectors=name)
    emit(
        "message", level="warning",
        text="There are no pretrained word vectors for this language here, so words start from random ones; a file "
        "named in vectors would help.",
    )  # fmt: skip
    return replace(settings, variant="random", vectors="")


def _warn_of_a_model(path: Path, emit: Emit) -> None:
    """Vectors out of a classifier have seen its labels: whoever tests on what it learnt from must know."""
    if not path.is_dir():
        return
    card = bundle_format.read(path, verify=False)
    if find_task(card["task"]).data != "texts":
        learnt = card.get("data", {}).get("card", "its own data")
        text = f"The word vectors are those of {path.name}, which learnt from {learnt}: "
        emit(
            "message",
            level="warning",
            text=text + "if your test texts were among them, the test result is too optimistic.",
        )


def unlabelled(data: str) -> tuple[Source, str]:
    """The source and the split that ``card:split``, or a file, names."""
    name, _, split = data.partition(":") if not Path(data).exists() else (data, "", "")
    source = open_source(name, min_labels=0)
    return source, split or ("all" if "all" in source.splits else source.splits[0])


def unlabelled_texts(data: str) -> Iterator[str]:
    """The texts of ``card:split`` or of a file, streamed."""
    source, split = unlabelled(data)
    return (row.text for row in source.rows(split))
