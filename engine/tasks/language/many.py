"""How surprising many texts are, in their order and in constant memory: short ones side by side where the model counts
each of them as it would alone, else several at once."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain

import numpy as np

from ...results import Record, Surprise, UserError
from ...serve.session import THREADS
from ...text import windows
from ...text.batching import take
from ...text.units import END
from .model import LanguageModel, open_language
from .reading import BITS, Scored
from .surprise import surprise, surprise_of

AHEAD, AHEAD_CHARACTERS = 64, 200_000
"""Texts, and characters of texts, that are in hand at once."""
SHORT = 4_000
"""Characters of a text that is read beside others."""
CELLS = 1 << 11
"""Units of a run over several rows: of so many, the scores of 10,000 take 80 MB."""


def surprise_many(
    records: Iterable[Record], model: str | None = None, explain: bool = False
) -> Iterator[tuple[Record, Surprise]]:
    """:func:`.surprise.surprise` of each record, in their order and in constant memory; a UserError names the record.

    A model whose weights are int8 is asked of each text by itself: it rounds what is read together by one scale.
    """
    opened: LanguageModel | None = None
    records = iter(records)
    while group := take(records, AHEAD, AHEAD_CHARACTERS):
        opened = opened or open_language(model)
        answer = _side_by_side if opened.predictor.exact else _at_once
        yield from answer(opened, group, explain)


def _named(record: Record, work: Callable[[], Surprise]) -> Surprise | UserError:
    """What ``work`` answers, or the error that is raised when its turn comes."""
    try:
        return work()
    except UserError as error:
        return UserError(f"{record.id}: {error}")


def _in_order(group: list[Record], answers: Iterable[Surprise | UserError]) -> Iterator[tuple[Record, Surprise]]:
    for record, answer in zip(group, answers, strict=True):
        if isinstance(answer, UserError):
            raise answer
        yield record, answer


def _at_once(opened: LanguageModel, group: list[Record], explain: bool) -> Iterator[tuple[Record, Surprise]]:
    def answer(record: Record) -> Surprise | UserError:
        return _named(record, lambda: surprise(record.text, str(opened.folder.absolute()), explain))

    if len(group) == 1 or THREADS == 1:
        yield from _in_order(group, map(answer, group))
        return
    with ThreadPoolExecutor(THREADS, "dltext-language") as pool:
        yield from _in_order(group, pool.map(answer, group))


def _side_by_side(opened: LanguageModel, group: list[Record], explain: bool) -> Iterator[tuple[Record, Surprise]]:
    begun = time.perf_counter()
    entered: dict[int, tuple[str, tuple[str, ...]]] = {}
    for place, record in enumerate(group):
        if record.text.strip() and len(record.text) <= SHORT:
            entered[place] = windows.enter(record.text)
    cut = {place: opened.units.encode(text) for place, (text, _) in entered.items()}
    scored = dict(chain.from_iterable(_run(opened, rows) for rows in _rows(cut)))
    spent = 1000 * (time.perf_counter() - begun) / max(len(scored), 1)

    def answer(place: int, record: Record) -> Surprise | UserError:
        if place not in scored:
            return _named(record, lambda: surprise(record.text, str(opened.folder.absolute()), explain))
        made = surprise_of(opened, *entered[place], [scored[place]], explain)
        return replace(made, milliseconds=made.milliseconds + spent)

    yield from _in_order(group, (answer(*pair) for pair in enumerate(group)))


Cut = tuple[np.ndarray, list[tuple[int, int]]]


def _rows(cut: dict[int, Cut]) -> Iterator[dict[int, Cut]]:
    """Texts of similar lengths together, so that little is filled up."""
    rows: dict[int, Cut] = {}
    for place in sorted((place for place in cut if len(cut[place][0])), key=lambda place: len(cut[place][0])):
        if rows and (len(rows) + 1) * (len(cut[place][0]) + 1) > CELLS:
            yield rows
            rows = {}
        rows[place] = cut[place]
    if rows:
        yield rows


def _run(opened: LanguageModel, rows: dict[int, Cut]) -> Iterator[tuple[int, Scored]]:
    """What the units of each text cost. What fills a row up stands behind its end, where nothing looks back from."""
    longest = max(len(ids) for ids, _ in rows.values()) + 1
    given = np.full((len(rows), longest + 1), END, np.int32)
    for row, (ids, _) in enumerate(rows.values()):
        given[row, 1 : 1 + len(ids)] = ids
    losses, _ = opened.predictor.losses(given[:, :-1], given[:, 1:], opened.predictor.begin(len(rows)))
    for (place, (ids, places)), costs in zip(rows.items(), losses, strict=True):
        units = np.append(ids, np.int32(END)) if opened.documents else ids
        yield place, Scored(units, places, costs[: len(units)] * BITS)
