"""The texts of a language model: read once, divided, and cut into one long row of units for each part.

What was read lies in the run's folder, so that later passes, and runs that are resumed, do not read the source again.
"""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data import decisions
from ....data.errors import UserError
from ....data.paths import atomic_open, read_json, write_json
from ....data.source import Source
from ....data.wording import percent
from ...results import JobSpec
from ...tasks.language.measure import is_one_text
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
CHARACTERS = {"words": 5.2, "whitespace": 5.2, "subwords": 4.0, "characters": 1.0}
"""Of a unit, in English."""
LONG = 40
"""Characters beyond which a text of the training part is left out of the others: what is short is said twice."""
SAMPLED = 3_000_000
"""Characters that a vocabulary of byte-pair encoding is learnt from: more hardly changes it."""
STREAMS = "streams"
VOCABULARY = "units.json"
CHARACTERS_FILE = "characters.json"

Stage = Callable[[str, str], None]
Pause = Callable[[], None]


@dataclass(frozen=True)
class LanguageCorpus:
    """What a spec's ``data`` names, and how it is divided."""

    source: Source
    learnt: tuple[str, ...]
    """The splits of the source to learn from."""
    held: dict[str, str]
    """Of ``validation`` and ``test`` the split of the source that it is; one that lacks is held out of ``learnt``."""
    whole: bool
    """One long text, or a few: no end of a text is learnt, and the last of each is held out."""
    validation_fraction: float
    test_fraction: float
    seed: int
    """Of the division."""
    sample_seed: int = 0
    """Of the texts that are learnt from, where they are a sample."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Those of the source that are read."""
        return tuple(dict.fromkeys((*self.learnt, *self.held.values())))

    @property
    def repeatable(self) -> bool:
        """Whether the test part can be drawn from the data set again."""
        return self.whole or "test" in self.held

    @property
    def division(self) -> str:
        """How the test part came about, for people; empty where it is the data set's."""
        if self.whole:
            return f"The last {percent(self.test_fraction, 0)} of the text are the test part."
        if "test" in self.held:
            return ""
        return f"The test part is {percent(self.test_fraction, 0)} of the texts, drawn with seed {self.seed}."

    def parted(self) -> Iterator[tuple[str, str]]:
        """Each text with its part, in their order, in one pass."""
        if self.whole:
            for text in self._texts(self.learnt):
                for part in PARTS:
                    yield part, text[slice(*self._cut(len(text), part))]
            return
        drawn = self._drawn()
        for number, text in enumerate(self._texts(self.learnt)):
            yield drawn.get(number, "train"), text
        for part, split in self.held.items():
            for text in self._texts((split,)):
                yield part, text

    def texts(self, part: str) -> Iterator[str]:
        """The texts of a part, in their order."""
        return (text for each, text in self.parted() if each == part)

    def _texts(self, splits: tuple[str, ...]) -> Iterator[str]:
        for split in splits:
            for row in self.source.rows(split):
                yield row.text

    def _cut(self, length: int, part: str) -> tuple[int, int]:
        test = round(length * (1 - self.test_fraction))
        validation = round(length * (1 - self.test_fraction - self.validation_fraction))
        return {"train": (0, validation), "validation": (validation, test), "test": (test, length)}[part]

    def _drawn(self) -> dict[int, str]:
        """Numbers of the texts that are held out where the source has no such split."""
        count = sum(self.source.counts[split] for split in self.learnt)
        order, shares, begin = np.random.default_rng(self.seed).permutation(count).tolist(), dict[int, str](), 0
        for part, fraction in (("validation", self.validation_fraction), ("test", self.test_fraction)):
            if part not in self.held:
                size = max(1, round(fraction * count))
                shares |= dict.fromkeys(order[begin : begin + size], part)
                begin += size
        return shares


def open_corpus(spec: JobSpec, settings: Any) -> LanguageCorpus:
    """The corpus of a run; a text file without any other form is one long text. UserError where it holds none."""
    source = open_texts(spec).source
    if is_one_text(source):
        decisions.decide(spec.data, {**spec.read, "unit": "document"})
        source = open_texts(spec).source
    learnt = open_texts(spec).splits
    whole = sum(source.counts.get(split, 0) for split in learnt) < FEW_TEXTS
    held: dict[str, str] = {}
    if not whole:
        if learnt == ("all",) and "train" in source.splits:  # a division of ours
            learnt = ("train",)
        held = {part: part for part in PARTS[1:] if part in source.splits and part not in learnt}
    fractions = settings.validation_fraction, settings.test_fraction
    return LanguageCorpus(source, learnt, held, whole, *fractions, spec.seed, spec.seed)


def unit_of(settings: Any, source: Source) -> str:
    """The units that the settings ask for."""
    return units.unit_for(source.language) if settings.unit == "auto" else settings.unit


class Spool:
    """Texts in a file, to be read several times, in constant memory."""

    def __init__(self, path: Path) -> None:
        self.path, self.count, self.characters = path, 0, 0
        self._stream = path.open("wb")

    def add(self, text: str) -> None:
        """Put one more behind the others."""
        content = text.encode("utf-8", "surrogatepass")
        self._stream.write(struct.pack("<Q", len(content)))
        self._stream.write(content)
        self.count += 1
        self.characters += len(text)

    def close(self) -> None:
        """No more will come."""
        self._stream.close()

    def __iter__(self) -> Iterator[str]:
        with self.path.open("rb") as stream:
            while head := stream.read(8):
                yield stream.read(*struct.unpack("<Q", head)).decode("utf-8", "surrogatepass")

    def drawn(self, characters: float, seed: int) -> Iterator[str]:
        """Texts drawn evenly, of about so many characters in all; of one that is longer the beginning."""
        share, chance = characters / max(self.characters, 1), np.random.default_rng([seed, 1])
        for text in self:
            if share >= 1:
                yield text
            elif self.count < FEW_TEXTS:
                yield text[: round(share * len(text))]
            elif chance.random() < share:
                yield text


@contextmanager
def spooled(corpus: LanguageCorpus, folder: Path, pause: Pause) -> Iterator[dict[str, Spool]]:
    """The texts of each part, in files in ``folder`` that are there as long as the context is."""
    spools = {part: Spool(folder / f"texts-{part}.bin") for part in PARTS}
    try:
        for number, (part, text) in enumerate(corpus.parted()):
            spools[part].add(text)
            if number % CHUNK == 0:
                pause()
        for spool in spools.values():
            spool.close()
        yield spools
    finally:
        for spool in spools.values():
            spool.close()
            spool.path.unlink(missing_ok=True)


def read_streams(
    corpus: LanguageCorpus, settings: Any, folder: Path, stage: Stage, pause: Pause, given: Units | None = None
) -> tuple[Units, dict[str, np.ndarray]]:
    """The vocabulary of the training part (or ``given``), and the units of each part, int32 ``[n]``, each text with its
    end behind it where texts end. From ``folder``, where an earlier attempt has left them. UserError where there is too
    little."""
    unit = given.unit if given is not None else unit_of(settings, corpus.source)
    files = {part: folder / f"{STREAMS}-{part}.npy" for part in PARTS}
    if all(file.exists() for file in files.values()):
        cut = units.load(folder / VOCABULARY, unit, settings.lowercase)
        return cut, {part: np.load(file, mmap_mode="r") for part, file in files.items()}
    with spooled(corpus, folder, pause) as spools:
        if given is None:
            stage("preparing", "learning the vocabulary")
        cut = given if given is not None else _learn(corpus, settings, spools["train"], unit)
        pause()
        # A division that others have published is measured as it is.
        seen = None if corpus.source.published else set[int]()
        streams: dict[str, np.ndarray] = {}
        characters: dict[str, int] = {}
        for part in PARTS:
            stage("preparing", f"cutting the texts ({part})")
            texts = _used(corpus, settings, spools["train"], unit) if part == "train" else iter(spools[part])
            streams[part], characters[part] = _stream(texts, part, cut, corpus.whole, seen)
            pause()
    check_size(corpus, streams, cut)
    (folder / VOCABULARY).write_bytes(cut.to_json())
    write_json(folder / CHARACTERS_FILE, characters)
    for part in reversed(PARTS):  # the first of them is written last
        with atomic_open(files[part], "wb") as stream:
            np.save(stream, streams[part])
    return cut, streams


def characters_in(folder: Path) -> dict[str, int]:
    """Of the texts of each part, as :func:`read_streams` has counted them; empty where an earlier version has not."""
    return {part: int(count) for part, count in read_json(folder / CHARACTERS_FILE).items() if part in PARTS}


def remove_streams(folder: Path) -> None:
    """Take away what :func:`read_streams` has left."""
    for part in PARTS:
        (folder / f"{STREAMS}-{part}.npy").unlink(missing_ok=True)


def _used(corpus: LanguageCorpus, settings: Any, spool: Spool, unit: str) -> Iterator[str]:
    """The texts that are learnt from."""
    return (
        spool.drawn(settings.most_units * CHARACTERS[unit], corpus.sample_seed) if settings.most_units else iter(spool)
    )


def _learn(corpus: LanguageCorpus, settings: Any, spool: Spool, unit: str) -> Units:
    texts = _used(corpus, settings, spool, unit)
    if unit == "subwords":
        texts = spool.drawn(SAMPLED, corpus.sample_seed)
    return units.learn(texts, unit, settings.vocabulary_size, settings.min_count, settings.lowercase)


def _stream(texts: Iterator[str], part: str, cut: Units, whole: bool, seen: set[int] | None) -> tuple[np.ndarray, int]:
    """The units, and how many characters they were cut from. ``seen`` gathers the texts of the training part; of the
    others those that are among them are left out."""
    rows: list[np.ndarray] = []
    characters = 0
    waiting: list[str] = []
    ends = np.zeros(0 if whole else 1, np.int32) + END

    def flush() -> None:
        for ids in cut.encode_many(waiting):
            rows.extend((ids, ends))
        waiting.clear()

    for text in texts:
        if seen is not None and part == "train":
            seen.add(hash(text))
        elif seen is not None and hash(text) in seen and len(text) > LONG:
            continue
        waiting.append(text)
        characters += len(text)
        if len(waiting) >= CHUNK:
            flush()
    flush()
    return np.concatenate(rows) if rows else np.zeros(0, np.int32), characters


def check_size(corpus: LanguageCorpus, streams: dict[str, np.ndarray], cut: Units) -> None:
    """UserError where there is too little to learn from."""
    size, name = len(streams["train"]), corpus.source.name
    if size < LEAST or not len(streams["validation"]) or not len(streams["test"]):
        raise UserError(
            f"{name} has {size:,} {cut.noun} to learn from, and at least {LEAST:,} are needed: take more texts, or a "
            f"smaller unit (characters)."
        )
