"""From texts and titles to the input of a network that copies: one vocabulary, ids, and ids that can be copied."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....data.pairs import Pair, Pairs
from ...tasks.title.vocabulary import TitleVocabulary, count_cases, read
from ...text.batching import Ragged
from ..shared import Emit

VOCABULARY = "vocabulary.json"


@dataclass
class TitlePart:
    """Pairs as the network sees them: ``sources`` as ids and as ``extended`` ids, ``targets`` (what is written, start
    to end) likewise, with unknown words that stand in the source by their extended ids; ``given``: all others 1."""

    pairs: list[Pair]
    sources: Ragged
    extended: Ragged
    given: Ragged
    targets: Ragged

    def __len__(self) -> int:
        return len(self.pairs)

    def take(self, rows: Sequence[int] | np.ndarray) -> "TitlePart":
        """Some of the pairs, in the order asked for."""
        arrays = (self.sources, self.extended, self.given, self.targets)
        return TitlePart([self.pairs[int(row)] for row in rows], *(ragged.take(rows) for ragged in arrays))


@dataclass
class PreparedTitles:
    """All that the training needs, in memory."""

    pairs: Pairs
    vocabulary: TitleVocabulary
    files: dict[str, Path]
    train: TitlePart
    validation: TitlePart
    info: dict[str, Any]


class _NumberedWords:
    """Texts as numbers of the words that they are made of, so that each text is cut once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, texts: Iterable[str], most: int = 0) -> list[np.ndarray]:
        numbers = self.numbers
        return [
            np.array([numbers.setdefault(word, len(numbers)) for word in read(text)[: most or None]], np.int32)
            for text in texts
        ]


def prepare(
    pairs: Pairs, train: list[Pair], validation: list[Pair], settings, seed: int, folder: Path, emit: Emit
) -> PreparedTitles:
    """Learn the vocabulary (once a run: it is kept in ``folder``) and cut the texts."""
    emit("state", stage="preparing", message="cutting the texts into words")
    words = _NumberedWords()
    cut = [
        (part, words([p.source for p in part], settings.longest), words([p.target for p in part]))
        for part in (train, validation)
    ]
    path = folder / VOCABULARY
    if not path.exists():
        _, sources, titles = cut[0]
        counts = _count(sources, len(words.numbers)) + settings.title_weight * _count(titles, len(words.numbers))
        counted = Counter({word: int(counts[number]) for word, number in words.numbers.items() if counts[number]})
        cases = count_cases((pair.target for pair in train), counted)
        TitleVocabulary.build(counted, settings.vocabulary, cases).save(path)
    vocabulary = TitleVocabulary.load(path)
    spelled: list[str] = list(words.numbers)
    parts, dropped = [], 0
    for part, sources, titles in cut:
        rows = [row for row in range(len(part)) if len(sources[row]) and 0 < len(titles[row]) <= settings.longest_title]
        dropped += len(part) - len(rows)
        if not rows:
            raise UserError(f"{pairs.name}: every title is longer than {settings.longest_title} words; a higher "
                            "`longest_title` lets them in.")  # fmt: skip
        parts.append(encode(part, sources, titles, rows, vocabulary, spelled))
    if dropped:
        emit("message", level="info",
             text=f"{dropped:,} titles are longer than {settings.longest_title} words and were left out.")  # fmt: skip
    targets = parts[0].targets
    info = {
        "vocabulary": vocabulary.size,
        "left_out": dropped,
        "source_units": round(float(parts[0].sources.lengths.mean()), 1),
        "target_units": round(float(targets.lengths.mean() - 1), 1),
        "copied": round(float((targets.flat >= vocabulary.size).mean()), 4),
    }
    return PreparedTitles(pairs, vocabulary, {VOCABULARY: path}, parts[0], parts[1], info)


def _count(rows: Sequence[np.ndarray], size: int) -> np.ndarray:
    return np.bincount(np.concatenate([*rows, np.zeros(0, np.int32)]), minlength=size)


def encode(
    pairs: Sequence[Pair],
    sources: Sequence[np.ndarray],
    titles: Sequence[np.ndarray],
    rows: Iterable[int],
    vocabulary: TitleVocabulary,
    spelled: list[str],
) -> TitlePart:
    """Those ``rows`` of ``pairs`` as ids; ``sources`` and ``titles`` are numbers of the words ``spelled``."""
    chosen, ids, extended, given, gold = [], [], [], [], []
    for row in rows:
        source_ids, copyable, unknown = vocabulary.encode([spelled[number] for number in sources[row].tolist()])
        title = vocabulary.encode_title([spelled[number] for number in titles[row].tolist()], unknown)
        for column, made in ((ids, source_ids), (extended, copyable), (given, title[0]), (gold, title[1])):
            column.append(made)
        chosen.append(pairs[row])
    return TitlePart(chosen, *(Ragged.pack(column) for column in (ids, extended, given, gold)))
