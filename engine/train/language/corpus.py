"""The texts of a language model: read, divided, and cut into one long row of units for each part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data import decisions
from ....data.errors import UserError
from ....data.source import Source
from ...results import JobSpec
from ...text import units
from ...text.units import END, Units
from ..words.texts import open_texts

PARTS = ("train", "validation", "test")
FEW_TEXTS = 10
"""Texts below which each is divided itself: its end is held out."""
LEAST = 5_000
"""Words or characters from which on a model of words or of characters learns anything."""
CHUNK = 500
"""Texts that are cut at once."""
LONG = 40
"""Characters beyond which a text of the training part is left out of the others: what is short is said twice."""
SAMPLED = 3_000_000
"""Characters that a vocabulary is learnt from at most, of byte-pair encoding: more hardly changes it."""


@dataclass(frozen=True)
class LanguageCorpus:
    """What a spec's ``data`` names, and how it is divided."""

    source: Source
    splits: dict[str, str]
    """Of each part the split of the source that it is; one that is missing is held out of ``train``."""
    whole: bool
    """One long text, or a few: no end of a text is learnt, and the last of each is held out."""
    validation_fraction: float
    test_fraction: float
    seed: int

    def texts(self, part: str) -> Iterator[str]:
        """The texts of a part, in their order."""
        if self.whole:
            for row in self.source.rows(self.splits["train"]):
                yield row.text[slice(*self._cut(len(row.text), part))]
            return
        if part in self.splits and part != "train":
            yield from (row.text for row in self.source.rows(self.splits[part]))
            return
        held = {name: places for name, places in self._held().items() if name not in self.splits}
        chosen = held.get(part)
        others = np.concatenate(list(held.values())) if held else np.zeros(0, np.int64)
        wanted = set((chosen if chosen is not None else others).tolist())
        for number, row in enumerate(self.source.rows(self.splits["train"])):
            if (number in wanted) == (chosen is not None):
                yield row.text

    def _cut(self, length: int, part: str) -> tuple[int, int]:
        test = round(length * (1 - self.test_fraction))
        validation = round(length * (1 - self.test_fraction - self.validation_fraction))
        return {"train": (0, validation), "validation": (validation, test), "test": (test, length)}[part]

    def _held(self) -> dict[str, np.ndarray]:
        """Numbers of the training texts that are held out where the source has no such split."""
        count = self.source.counts[self.splits["train"]]
        order = np.random.default_rng(self.seed).permutation(count)
        sizes = [max(1, round(share * count)) for share in (self.validation_fraction, self.test_fraction)]
        return {"validation": order[: sizes[0]], "test": order[sizes[0] : sum(sizes)]}


def open_corpus(spec: JobSpec, settings: Any) -> LanguageCorpus:
    """The corpus of a run; a text file without any other form is one long text. UserError where it holds none."""
    source = open_texts(spec).source
    reading = getattr(source, "reading", None)
    if reading is not None and reading.format == "text" and reading.unit == "line" and "unit" not in reading.stated:
        decisions.decide(spec.data, {**spec.read, "unit": "document"})
        source = open_texts(spec).source
    chosen = open_texts(spec).splits
    splits = {"train": chosen[0]}
    if source.published or chosen == ("all",):
        splits = {part: part for part in PARTS if part in source.splits} or splits
        splits.setdefault("train", chosen[0])
    count = source.counts.get(splits["train"], 0)
    whole = count < FEW_TEXTS
    if whole:
        splits = {"train": "all" if "all" in source.splits else splits["train"]}
    return LanguageCorpus(source, splits, whole, settings.validation_fraction, settings.test_fraction, spec.seed)


def unit_of(settings: Any, source: Source) -> str:
    return units.unit_for(source.language) if settings.unit == "auto" else settings.unit


def learn_units(corpus: LanguageCorpus, settings: Any, path: Path) -> Units:
    """The vocabulary of the training part, written to ``path`` or read from there after an earlier attempt."""
    unit = unit_of(settings, corpus.source)
    if path.exists():
        return units.load(path, unit, settings.lowercase)
    texts = corpus.texts("train")
    if unit == "subwords":
        texts = _spread(texts, SAMPLED, sum(1 for _ in corpus.texts("train")))
    learnt = units.learn(texts, unit, settings.vocabulary_size, settings.min_count, settings.lowercase)
    path.write_bytes(learnt.to_json())
    return learnt


def _spread(texts: Iterator[str], most: int, count: int) -> Iterator[str]:
    """Evenly chosen texts, of about ``most`` characters in all."""
    seen = taken = 0
    for number, text in enumerate(texts):
        seen += len(text)
        if taken <= most * (number + 1) / count:
            taken += len(text)
            yield text


def read_stream(corpus: LanguageCorpus, part: str, cut: Units, seen: set[int] | None = None) -> np.ndarray:
    """The units of a part, int32 ``[n]``, each text with its end behind it.

    ``seen`` gathers the texts of the training part; of the others those that are among them are left out.
    """
    rows: list[np.ndarray] = []
    waiting: list[str] = []
    ends = np.zeros(0 if corpus.whole else 1, np.int32) + END

    def flush() -> None:
        for ids in cut.encode_many(waiting):
            rows.extend((ids, ends))
        waiting.clear()

    for text in corpus.texts(part):
        if seen is not None:
            if part == "train":
                seen.add(hash(text))
            elif hash(text) in seen and len(text) > LONG:
                continue
        waiting.append(text)
        if len(waiting) >= CHUNK:
            flush()
    flush()
    return np.concatenate(rows) if rows else np.zeros(0, np.int32)


def read_streams(
    corpus: LanguageCorpus,
    settings: Any,
    folder: Path,
    stage: Callable[[str, str], None],
    pause: Callable[[], None],
) -> tuple[Units, dict[str, np.ndarray]]:
    """The vocabulary of the training part, and the units of each part, as :func:`read_stream` gives them. UserError
    where there is too little to learn from."""
    stage("preparing", "learning the vocabulary")
    cut = learn_units(corpus, settings, folder / "units.json")
    # A division that others have published is measured as it is.
    seen = None if corpus.source.published else set[int]()
    streams: dict[str, np.ndarray] = {}
    for part in PARTS:
        stage("preparing", f"cutting the texts ({part})")
        streams[part] = read_stream(corpus, part, cut, seen)
        pause()
    check_size(corpus, streams, cut)
    return cut, streams


def check_size(corpus: LanguageCorpus, streams: dict[str, np.ndarray], cut: Units) -> None:
    """UserError where there is too little to learn from."""
    size, name = len(streams["train"]), corpus.source.name
    if size < LEAST or not len(streams["validation"]) or not len(streams["test"]):
        raise UserError(
            f"{name} has {size:,} {cut.noun} to learn from, and at least {LEAST:,} are needed: take more texts, or a "
            f"smaller unit (characters)."
        )
