"""Reading texts with a language model: what each unit of a text costs, chunk by chunk, in memory that does not grow.

A text is parted into blocks by its length alone, and what a block costs depends on its units and those before it alone.
So a block that has been read before is not read again, and costs to the last bit what it would cost if it were.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...results import UserError
from ...text.units import END, UNKNOWN, Units, stretches_of
from .beginnings import ReadBeginnings, ReadBlock, digest
from .model import LanguageModel, States
from .word_ends import completes

Places = list[tuple[int, int]]
BITS = 1 / np.log(2)
"""Of a nat."""
BLOCK = 1 << 12
"""Units that are in hand at once."""
ENDING = 64
"""Units of which fewer are read apart from what stands before them, so that little is read again while one types at the
end of a text; all of its last block where these grow to so many. In order a unit of ``lm-en`` takes three times as long
as in a long block."""


class Scored(NamedTuple):
    """Some units of a text in their order: ``ids`` int32 ``[n]``, ``places`` in the text (its end has none, so that
    there may be one fewer), ``bits`` float64 ``[n]``."""

    ids: np.ndarray
    places: Places
    bits: np.ndarray


def scored(opened: LanguageModel, text: str, placed: bool = True) -> Iterator[Scored]:
    """All units of ``text``, the end of the text last where it counts; without places where none are asked for."""
    parts = opened.units.parts(text) if placed else _without_places(opened.units.ids(text))
    return _scored(opened, parts, opened.beginnings)


def scored_pieces(opened: LanguageModel, pieces: Iterable[str]) -> Iterator[Scored]:
    """:func:`scored` of a text that comes in ``pieces``, and is never there whole; without places, and nothing of it is
    remembered."""
    return _scored(opened, _without_places(opened.units.ids_of(stretches_of(pieces))), ReadBeginnings(0))


def _without_places(parts: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, Places]]:
    return ((ids, Places()) for ids in parts)


def _scored(
    opened: LanguageModel, parts: Iterable[tuple[np.ndarray, Places]], beginnings: ReadBeginnings
) -> Iterator[Scored]:
    states, last, key = opened.predictor.begin(1), END, b""
    for ids, places in _chunks(opened, parts):
        key = digest(key, ids)
        block = beginnings.get(key)
        if block is None:
            given = np.concatenate([[last], ids[:-1]]).astype(np.int32)
            losses, states = opened.predictor.losses(given[None], ids[None], states)
            block = ReadBlock(losses[0], states)
            if len(ids) >= ENDING:
                beginnings.put(key, block)
        states, last = block.states, int(ids[-1])
        yield Scored(ids, places, block.losses * BITS)


def _chunks(opened: LanguageModel, parts: Iterable[tuple[np.ndarray, Places]]) -> Iterator[tuple[np.ndarray, Places]]:
    """The units of a text's ``parts``, END behind them where it counts, in blocks of several chunks as the model reads
    them; the last of them without fewer than :data:`ENDING` units, which are the end."""
    size = block_of(opened)
    ids, places = np.zeros(0, np.int32), Places()
    for more, where in parts:
        ids, places = np.concatenate([ids, more]), places + where
        whole = len(ids) // size * size
        for start in range(0, whole, size):
            yield ids[start : start + size], places[start : start + size]
        ids, places = ids[whole:], places[whole:]
    whole = len(ids) // ENDING * ENDING  # without END: behind a longer text it stands elsewhere
    if opened.documents:
        ids = np.append(ids, np.int32(END))
    for part in (slice(whole), slice(whole, None)):
        if len(ids[part]):
            yield ids[part], places[part]


def block_of(opened: LanguageModel) -> int:
    """Units that are in hand at once: whole chunks."""
    return max(1, BLOCK // opened.predictor.chunk) * opened.predictor.chunk


def known_share(ids: np.ndarray) -> float:
    """The share of ``ids`` that stands in the vocabulary."""
    return float((ids != UNKNOWN).mean()) if len(ids) else 1.0


def begun(opened: LanguageModel, ids: np.ndarray) -> tuple[States, int]:
    """States of one row that has read all but the last of a beginning's ``ids``, and that last one (END where the
    beginning is empty)."""
    given = np.concatenate([[END], ids]).astype(np.int32)
    states, size = opened.predictor.begin(1), block_of(opened)
    for start in range(0, len(given) - 1, size):
        part = given[start : min(start + size, len(given) - 1)]
        _, states = opened.predictor.losses(part[None], part[None], states)
    return states, int(given[-1])


def prompt_units(opened: LanguageModel, prompt: str) -> tuple[np.ndarray, int, float]:
    """The ids of a beginning, without the blanks at its end where the units bring theirs; how many blanks those are,
    and the share of the units that the model knows.

    UserError where it knows none of them, and for an empty one where it cannot begin a text.
    """
    units = opened.units
    core = prompt.rstrip(" ") if units.unit != "characters" else prompt
    ids = units.encode(core)[0] if core else np.zeros(0, np.int32)
    if not len(ids):
        if opened.documents:
            return ids, len(prompt) - len(core), 1.0
        raise UserError(
            f"The text is empty, and {opened.name} has learnt from one long text, so it cannot begin one: write a few "
            f"{units.noun} for it to continue."
        )
    share = known_share(ids)
    if not share and not (core == prompt and completes(units, core, ids)):
        raise UserError(
            f"{opened.name} knows none of the {units.noun} of this text: write in the language and script of the texts "
            f"that it has learnt from{_sample_of(units)}."
        )
    return ids, len(prompt) - len(core), share


def _sample_of(units: Units) -> str:
    """Some units that a model knows, for people."""
    names = [name.strip() for name in units.names[2:] if name.strip() and name.strip().isalnum()][:8]
    return f" (it knows {', '.join(names)} …)" if names else ""
