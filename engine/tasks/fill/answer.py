"""A sentence with blanks to the words that are most likely in each."""

import re
import time
from collections.abc import Iterable, Iterator

import numpy as np

from ...results import Blank, Filled, Filling, Record, UserError
from ...serve.probabilities import log_softmax
from ...text import windows
from .masking import MASK
from .model import MaskedModel, open_filler

BLANK = re.compile(r"\[mask\]|<mask>|_{2,}", re.IGNORECASE)
"""What stands for a missing word."""
MOST = 16
"""Blanks of a text that are filled."""
NEAR = 16
"""Characters before the first blank, and behind the last, that are read for each piece that the model takes."""
HOW = "write [MASK], or two underscores, where the word is missing: The film was [MASK]."


def fill(text: str, model: str | None = None, count: int = 5) -> Filled:
    """The ``count`` most likely words for each blank of ``text``, all blanks empty: none knows what fills the others.

    UserError for a text without a blank, and for one that holds nothing else.
    """
    if not 1 <= count <= 1000:
        raise UserError(f"The number of words must be from 1 to 1000, not {count}.")
    entered, notes = windows.enter(text)
    blanks = list(BLANK.finditer(entered))
    if not blanks:
        raise UserError(f"The text has no blank to fill: {HOW}")
    opened = open_filler(model)
    started = time.perf_counter()
    ids, places = _read(opened, entered, blanks[:MOST])
    if len(ids) == len(places):
        raise UserError(f"The text holds nothing but blanks: {HOW}")
    if len(blanks) > MOST:
        notes = (*notes, f"The first {MOST} of {len(blanks)} blanks are filled.")
    said = []
    for blank, place in zip(blanks[:MOST], places, strict=False):
        window, column = _around(ids, place, opened.max_tokens)
        said.append(Blank(blank.start(), blank.end(), _best_words(opened, entered, blank, window, column, count)))
    milliseconds = 1000 * (time.perf_counter() - started)
    notes = (*notes, *windows.language_note(opened.language, BLANK.sub(" ", entered), _coverage(ids)))
    return Filled(entered, opened.name, opened.version, tuple(said), milliseconds, notes)


def fill_many(texts: Iterable[Record], model: str | None = None, count: int = 5) -> Iterator[tuple[Record, Filled]]:
    """:func:`fill` of each record, in their order and in constant memory; a UserError names the record."""
    for record in texts:
        try:
            yield record, fill(record.text, model, count)
        except UserError as error:
            raise UserError(f"{record.id}: {error}") from None


def _read(opened: MaskedModel, text: str, blanks: list[re.Match[str]]) -> tuple[np.ndarray, list[int]]:
    """The ids of the text, int32 ``[n]``, and where in them each blank stands."""
    ids: list[int] = []
    places, far = [], NEAR * opened.max_tokens
    end, last = max(0, blanks[0].start() - far), blanks[-1].end() + far
    for blank in (*blanks, None):
        piece = text[end : blank.start() if blank else last]
        ids += opened.tokenizer.encode(windows.blank_controls(piece), add_special_tokens=False).ids
        if blank:
            places.append(len(ids))
            ids.append(MASK)
            end = blank.end()
    return np.array(ids, np.int32), places


def _around(ids: np.ndarray, place: int, most: int) -> tuple[np.ndarray, int]:
    """At most ``most`` ids with ``place`` in their middle, and where it is in them."""
    start = max(0, min(place - most // 2, len(ids) - most))
    return ids[start : start + most], place - start


def _best_words(
    opened: MaskedModel, text: str, blank: re.Match[str], ids: np.ndarray, place: int, count: int
) -> tuple[Filling, ...]:
    """A piece that goes on with a word fills a blank behind a letter, and none other."""
    logits = opened.logits(ids[None], [place])[0].astype(np.float64)
    logs = log_softmax(logits[None])[0]
    inside = blank.start() > 0 and text[blank.start() - 1].isalnum()
    logs[opened.continues != inside] = -np.inf
    best = np.argsort(-logs, kind="stable")[:count]
    return tuple(
        Filling(opened.pieces[row].removeprefix("##"), float(np.exp(logs[row])))
        for row in best
        if np.isfinite(logs[row])
    )


def _coverage(ids: np.ndarray) -> float:
    return 1.0 - float((ids == windows.UNK).mean())
