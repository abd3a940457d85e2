"""Authors as a network's input: windows of ids, and the values of their attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer

from ....data.attributes import Attribute
from ....data.errors import UserError
from ....data.grouped import hold_out
from ....data.profiles import Profiles
from ...tasks.profile import windows as author_windows
from ...text import tokenizer as tok
from ...text.batching import Ragged

MULTIPLE = 10
"""Windows are padded to a multiple of this: fewer shapes to trace."""


@dataclass(frozen=True)
class AuthorTexts:
    """Texts, an author each, and what is known: ``values`` float64 ``[n, attributes]``, the number of the label or the
    number itself, nan where the data say nothing."""

    texts: list[str]
    values: np.ndarray
    ids: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows) -> "AuthorTexts":
        return AuthorTexts([self.texts[i] for i in rows], self.values[rows], [self.ids[i] for i in rows])

    def targets(self, attributes: Sequence[Attribute]) -> list[np.ndarray]:
        """An array an attribute: int classes with -1 where unknown, or floats with nan."""
        return [
            np.where(np.isnan(column), -1, column).astype(np.int64) if attribute.kind == "category" else column
            for attribute, column in zip(attributes, self.values.T, strict=True)
        ]


def columns(attributes: Sequence[Attribute]) -> list[tuple[str, int]]:
    """(name, number of scores) of each attribute: one a label, or one."""
    return [(a.name, len(a.labels) if a.kind == "category" else 1) for a in attributes]


def slices(attributes: Sequence[Attribute]) -> list[slice]:
    """Where each attribute's scores stand among all."""
    ends = np.cumsum([0, *(count for _, count in columns(attributes))]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]


def read(profiles: Profiles, split: str) -> AuthorTexts:
    """A split in memory."""
    places = [{label: float(i) for i, label in enumerate(a.labels)} for a in profiles.attributes]
    texts, values, ids = [], [], []
    for row in profiles.rows(split):
        stated = [row.values[attribute.name] for attribute in profiles.attributes]
        texts.append(row.text)
        ids.append(row.id)
        values.append(
            [
                np.nan if value is None else place[str(value)] if place else float(value)
                for value, place in zip(stated, places, strict=True)
            ]
        )
    return AuthorTexts(texts, np.asarray(values, np.float64).reshape(len(texts), len(places)), ids)


def divide(profiles: Profiles, fraction: float, seed: int) -> tuple[AuthorTexts, AuthorTexts]:
    """Training and validation part: the data's own validation split, or a seeded part of its train."""
    train = read(profiles, "train")
    if profiles.source.counts.get("validation"):
        return train, read(profiles, "validation")
    chosen, held = hold_out([""] * len(train), train.ids, fraction, seed)
    if not len(held):
        raise UserError(f"{len(train)} authors are too few to hold out a validation part; add more.")
    return train.take(chosen), train.take(held)


@dataclass(frozen=True)
class Windowed:
    """Windows end to end, and the first window of each author: ``starts`` int64 ``[authors + 1]``."""

    windows: Ragged
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> np.ndarray:
        """Windows of each author ``[authors]``."""
        return np.diff(self.starts)

    def batch(self, rows: np.ndarray, dropped: float = 0.0, rng: np.random.Generator | None = None) -> np.ndarray:
        """Authors' windows as ids ``[len(rows), most windows, longest]``, 0 is padding.

        With an ``rng`` each window is left out with the probability ``dropped``; one always stays.
        """
        chosen = []
        for row in rows:
            windows = np.arange(int(self.starts[row]), int(self.starts[row + 1]))
            if rng is not None and dropped:
                stay = rng.random(len(windows)) >= dropped
                windows = windows[stay] if stay.any() else windows[rng.integers(len(windows))][None]
            chosen.append(windows)
        counts = np.array([len(windows) for windows in chosen])
        flat = self.windows.padded(np.concatenate(chosen), MULTIPLE)
        out = np.zeros((len(rows), counts.max(), flat.shape[1]), np.int32)
        out[np.arange(counts.max()) < counts[:, None]] = flat
        return out


def windowed(tokenizer: Tokenizer, texts: Sequence[str], window: int, most: int) -> Windowed:
    """Each text in windows of sentences; of a text with more than ``most``, evenly spread ones.

    A text without a word is one window of one unknown word: it teaches what nothing says.
    """
    ends = author_windows.sentence_ends(tokenizer)
    parts: list[np.ndarray] = []
    counts = []
    for ids in tok.encode_all(tokenizer, texts, 1 << 30):
        pieces = author_windows.split(ids, ends, window)
        windows = [ids[pieces[i]] for i in author_windows.spread(len(pieces), most)] or [np.ones(1, np.int32)]
        parts += windows
        counts.append(len(windows))
    return Windowed(Ragged.pack(parts), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
