"""From pairs of texts to the input of an encoder-decoder: splits, vocabularies, ids without padding."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....data.errors import UserError
from ....data.pairs import Pair, Pairs
from ...text import subwords, symbols
from ...text.batching import Ragged
from ...text.han import has_han
from ...text.subwords import Subwords
from ...text.symbols import START
from ..shared import Emit

SOURCE, TARGET = "source.model", "target.model"
KINDS = {"subwords": "unigram", "characters": "char", "words": "word"}


@dataclass
class TranslationPart:
    """Pairs as the network sees them: ``sources`` end with the end symbol, ``targets`` begin and end with theirs."""

    pairs: list[Pair]
    sources: Ragged
    targets: Ragged

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass
class PreparedPairs:
    """All that the training needs, in memory."""

    pairs: Pairs
    source: Subwords
    target: Subwords
    files: dict[str, Path]
    train: TranslationPart
    validation: TranslationPart
    info: dict[str, Any]


def prepare(
    pairs: Pairs, train: list[Pair], validation: list[Pair], settings, seed: int, folder: Path, emit: Emit
) -> PreparedPairs:
    """Learn the vocabularies (once a run: they are kept in ``folder``) and cut the texts."""
    files = {name: folder / name for name in (SOURCE, TARGET)}
    sides = (
        (SOURCE, [pair.source for pair in train], settings.source_vocabulary, settings.lowercase),
        (TARGET, [pair.target for pair in train], settings.target_vocabulary, False),
    )
    made = []
    for name, texts, size, lowercase in sides:
        if not files[name].exists():
            emit("state", stage="preparing", message=f"learning the {name.removesuffix('.model')} vocabulary")
            cleaned = (symbols.clean(text, lowercase, settings.simplify) for text in texts)
            han = sum(map(has_han, texts[:200])) > len(texts[:200]) / 2
            subwords.train(
                cleaned,
                files[name],
                size,
                KINDS[settings.units_of_text],
                seed=seed,
                spaced=not han,
            )
        made.append(Subwords.load(files[name], lowercase, settings.simplify))
    source, target = made
    parts, dropped = [], 0
    for part in (train, validation):
        cut = encode(part, source, target)
        keep = (cut.sources.lengths <= settings.longest) & (cut.targets.lengths <= settings.longest + 1)
        rows = np.flatnonzero(keep)
        dropped += len(part) - len(rows)
        if not len(rows):
            raise UserError(f"{pairs.name}: every pair is longer than {settings.longest} units; a higher `longest` "
                            "lets them in.")  # fmt: skip
        parts.append(TranslationPart([part[row] for row in rows], cut.sources.take(rows), cut.targets.take(rows)))
    if dropped:
        emit("message", level="info",
             text=f"{dropped:,} pairs are longer than {settings.longest} units and were left out.")  # fmt: skip
    info = {
        "source_vocabulary": source.size,
        "target_vocabulary": target.size,
        "left_out": dropped,
        "source_units": round(float(parts[0].sources.lengths.mean()), 1),
        "target_units": round(float(parts[0].targets.lengths.mean()), 1),
    }
    return PreparedPairs(pairs, source, target, files, parts[0], parts[1], info)


def encode(pairs: Sequence[Pair], source: Subwords, target: Subwords, alpha: float = 0.0) -> TranslationPart:
    """Pairs as ids; the sources by sampled segmentations where ``alpha`` is above 0."""
    sources = Ragged.pack(source.encode_many([pair.source for pair in pairs], alpha))
    begun = np.array([START], np.int32)
    targets = Ragged.pack(np.concatenate([begun, ids]) for ids in target.encode_many([pair.target for pair in pairs]))
    return TranslationPart(list(pairs), sources, targets)
