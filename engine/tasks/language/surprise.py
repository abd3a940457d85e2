"""How surprising a text is to a language model, unit by unit and sentence by sentence; and to which of two less."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....data.wording import percent
from ...results import ComparedSurprise, Record, SentenceSurprise, Surprisal, Surprise, UserError, WordDifference
from ...text import windows
from ...text.han import HAN
from ...text.sentences import sentences
from ...text.units import UNKNOWN
from .model import LanguageModel, open_language
from .reading import Scored, scored, scored_pieces

EXPLAINED = 200_000
"""Units of a text that are explained; a screen shows none of the others, and the bits of all count."""
BEGINNING = 100_000
"""Characters of a text by which its language is seen."""
MOST_BITS = 1000.0
"""A perplexity of 2 to that many bits is as bad as any, and still a number."""
OFTEN_UNKNOWN = 0.02
"""Share of unknown units from which on two models' surprise is compared with a warning."""
_WORDS = re.compile(rf"{HAN.pattern[:-1]}|(?:(?!{HAN.pattern[:-1]})\S)+")
"""A Chinese character, or what stands between spaces."""


def surprise(text: str, model: str | None = None, explain: bool = True) -> Surprise:
    """The perplexity of ``text``; with ``explain`` the bits of each unit and the perplexity of each sentence.

    UserError for a text without anything in it.
    """
    entered, notes = windows.enter(text)
    opened = open_language(model)
    return surprise_of(opened, entered, notes, scored(opened, entered, explain), explain)


def surprise_of(
    opened: LanguageModel, text: str, notes: tuple[str, ...], parts: Iterable[Scored], explain: bool
) -> Surprise:
    """The answer on a ``text`` of which ``parts`` say what it costs; ``notes`` are those of its entering."""
    started, total = time.perf_counter(), TextCost()
    surprisals: list[Surprisal] = []
    for part in parts:
        total.add(part)
        if explain and len(surprisals) < EXPLAINED:
            _explain(surprisals, text, part.places, part.bits.tolist())
    if len(surprisals) > EXPLAINED or (explain and total.tokens > EXPLAINED):
        del surprisals[EXPLAINED:]
        notes = (*notes, f"A long text: the first {EXPLAINED:,} of {total.tokens:,} {opened.units.noun} are explained.")
    answer = _answer(opened, total, text, len(text), notes, started)
    if not explain:
        return answer
    by_sentence = tuple(_by_sentence(text, surprisals))
    milliseconds = 1000 * (time.perf_counter() - started)
    return replace(answer, surprisals=tuple(surprisals), sentences=by_sentence, milliseconds=milliseconds)


def surprise_of_pieces(pieces: Iterable[str], model: str | None = None) -> Surprise:
    """:func:`surprise` of a text that comes in ``pieces``, as files are read, and is never there whole: of ``text`` the
    answer has the beginning alone, and it explains nothing."""
    started, total, opened = time.perf_counter(), TextCost(), open_language(model)
    begin, characters = "", 0

    def passing() -> Iterator[str]:
        nonlocal begin, characters
        for piece in pieces:
            begin += piece[: BEGINNING - len(begin)]
            characters += len(piece)
            yield piece

    for part in scored_pieces(opened, passing()):
        total.add(part)
    return _answer(opened, total, begin, characters, (), started)


@dataclass
class TextCost:
    """What the parts of a text cost in all."""

    bits: float = 0.0
    tokens: int = 0
    unknown: int = 0

    def add(self, part: Scored) -> None:
        """Count ``part``, too."""
        self.bits += float(part.bits.sum())
        self.tokens += len(part.ids)
        self.unknown += int((part.ids == UNKNOWN).sum())


def _answer(
    opened: LanguageModel, total: TextCost, text: str, characters: int, notes: tuple[str, ...], started: float
) -> Surprise:
    """The answer on a text of so many ``characters``, ``text`` being all of it or its beginning."""
    if not total.tokens:
        raise UserError("The text holds nothing that the model could read.")
    share = 1 - total.unknown / total.tokens
    return Surprise(
        text,
        opened.name,
        opened.version,
        opened.units.noun,
        perplexity(total.bits / total.tokens),
        total.tokens,
        total.bits,
        total.bits / max(characters, 1),
        (),
        (),
        share,
        1000 * (time.perf_counter() - started),
        (*notes, *windows.language_note(opened.language, text[:BEGINNING], share)),
    )


def perplexity(bits: float) -> float:
    """Of so many bits a unit."""
    return 2.0 ** min(bits, MOST_BITS)


def _explain(surprisals: list[Surprisal], text: str, places: Sequence[tuple[int, int]], bits: list[float]) -> None:
    """Append the units at ``places``; pieces of one character are one. The end of the text has no place."""
    for (start, end), each in zip(places, bits, strict=False):
        if surprisals and start < surprisals[-1].end:
            before = surprisals.pop()
            start, each = before.start, each + before.bits
            end = max(end, before.end)
        surprisals.append(Surprisal(text[start:end], start, end, each))


def _by_sentence(text: str, surprisals: Sequence[Surprisal]) -> Iterator[SentenceSurprise]:
    place = 0
    for start, end in sentences(text):
        total, count = 0.0, 0
        while place < len(surprisals) and surprisals[place].start < end:
            if surprisals[place].start >= start:
                total, count = total + surprisals[place].bits, count + 1
            place += 1
        if count:
            yield SentenceSurprise(start, end, perplexity(total / count))
        if place == len(surprisals):
            return


def compare_surprise(text: str, first: str, second: str) -> ComparedSurprise:
    """Which of two models is less surprised by ``text``, and by which words; their units may differ.

    UserError for a text without anything in it.
    """
    answers = [_with_unknown(surprise(text, model)) for model in (first, second)]
    spans = [match.span() for match in _WORDS.finditer(answers[0].text)]
    if not spans:
        raise UserError("The text holds no words to compare.")
    by_word = [_summed(answer, spans) for answer in answers]
    differences = (by_word[1] - by_word[0]).tolist()
    words = tuple(
        WordDifference(answers[0].text[start:end], start, end, bits)
        for (start, end), bits in zip(spans, differences, strict=True)
    )
    return ComparedSurprise(answers[0].text, answers[0], answers[1], words)


def compare_surprise_many(
    records: Iterable[Record], first: str, second: str
) -> Iterator[tuple[Record, ComparedSurprise]]:
    """:func:`compare_surprise` of each record, in their order and in constant memory; a UserError names the record."""
    for record in records:
        try:
            yield record, compare_surprise(record.text, first, second)
        except UserError as error:
            raise UserError(f"{record.id}: {error}") from None


def _summed(answer: Surprise, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """Bits of each word, ``[words]``; of what stands between words, with the word that follows."""
    ends = np.array([end for _, end in spans])
    starts = np.array([each.start for each in answer.surprisals])
    places = np.minimum(np.searchsorted(ends, starts, "right"), len(ends) - 1)
    return np.bincount(places, [each.bits for each in answer.surprisals], len(ends))


def _with_unknown(answer: Surprise) -> Surprise:
    if 1 - answer.known < OFTEN_UNKNOWN:
        return answer
    note = (
        f"{answer.model} does not know {percent(1 - answer.known)} of the {answer.unit}; what it does not know counts "
        "as one unknown unit, which costs little, so it seems less surprised than it is."
    )
    return replace(answer, notes=(*answer.notes, note))
