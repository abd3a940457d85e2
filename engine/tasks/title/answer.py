"""Titles and keyphrases of texts."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ... import model_store
from ...results import Record, Title, Titles, Token, UserError
from ...text import windows
from ...text.batching import take
from ...text.languages import doubt, language_of
from ...text.stop_words import stops
from .keyphrases import keyphrases
from .model import MOST, TASK, Writer, WrittenTitle, open_writer
from .scores import CUT, lead
from .vocabulary import Word, cleaned, words

LOOKAHEAD, LOOKAHEAD_CHARACTERS = 512, 1 << 20
"""Records of a stream that are given titles together, so that many are of one length; fewer where they are long."""
CHARACTERS = 32
"""Of a text, for each word that a model reads: more is looked at only where these hold too few words."""
FARTHEST = 20.0
"""Words by which titles can be asked to be longer or shorter."""


def titles(
    text: str,
    model: str | None = None,
    count: int = 5,
    length: float = 0.0,
    *,
    explain: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
) -> Titles:
    """``count`` titles of different wording, the best first.

    ``length``: about so many words longer than the model's titles usually are (negative: shorter); ``explain`` fills
    tokens, attention, origins and keyphrases. UserError for an empty text, and for a model that writes no titles.
    """
    started = time.perf_counter()
    _check(count, length)
    text, replaced = windows.enter(text)
    writer, doubts = finder(model)(text)
    part = read(writer, text, doubts)
    answers = writer.write([[word.word for word in part.source]], count, length, should_stop)[0] if part.source else []
    if answers is None:
        return part.titles(writer, [], explain, started, ("Stopped before any title.", *replaced))
    return part.titles(writer, answers, explain, started, replaced)


def titles_many(
    records: Iterable[Record], model: str | None = None, count: int = 1, length: float = 0.0
) -> Iterator[tuple[Record, Titles]]:
    """The titles of a stream of texts, in order, in constant memory; texts of like length run together.

    A record that can be given no title does not stop the stream: a note says why.
    """
    _check(count, length)
    return _stream(iter(records), finder(model), count, length)


def _check(count: int, length: float) -> None:
    if not 1 <= count <= MOST:
        raise UserError(f"There can be 1 to {MOST} titles of a text, not {count}.")
    if not -FARTHEST <= length <= FARTHEST:
        raise UserError(f"The length must lie between {-FARTHEST:g} and {FARTHEST:g} words, not {length:g}.")


def finder(model: str | None) -> Callable[[str], tuple[Writer, tuple[str, ...]]]:
    """What finds the model of a text, and what people should know of that: the one named, or the default of the text's
    language. UserError where there is none."""
    if model:
        only = open_writer(model)
        return lambda text: (only, doubt(text, only.language))
    names = model_store.readers(TASK)
    if not names:
        raise UserError(
            "There is no model that writes titles yet: train one with `dltext train title-copy --data arxiv` "
            "(or your own file of texts and titles), or import one with `dltext models import`."
        )
    usual = model_store.default(TASK)

    def find(text: str) -> tuple[Writer, tuple[str, ...]]:
        seems = language_of(text, set(names))
        if seems in names:
            return open_writer(names[seems]), ()
        writer = open_writer(usual)
        return writer, doubt(text, writer.language)

    return find


@dataclass(frozen=True)
class Beginning:
    """What a model reads of a text: ``clean`` is its beginning without LaTeX, ``source`` the words of that, which
    stand at ``places`` of the text itself."""

    text: str
    clean: str
    source: list[Word]
    places: tuple[Token, ...]
    share: float
    doubts: tuple[str, ...]
    """What people should know of the text's language, where it is not the model's."""

    def titles(
        self, writer: Writer, answers: Sequence[WrittenTitle], explain: bool, started: float, more: tuple[str, ...] = ()
    ) -> Titles:
        """``found`` as people read it."""
        notes = self.doubts + more
        if not self.source:
            notes += ("The text holds no word.",)
        if self.share < 1:
            share = windows.percent(self.share)
            notes += (f"{writer.name} reads {writer.longest:,} words: the beginning, {share} of the text.",)
        if any(not answer.finished for answer in answers):
            notes += ("A title did not end and was cut off.",)
        by_text: dict[str, Title] = {}
        for answer in answers:  # what differs in ids may be written alike
            title = shown(writer, self.source, answer, explain)
            by_text.setdefault(title.text, title)
        return Titles(
            writer.name,
            writer.version,
            tuple(by_text.values()),
            self.places if explain else (),
            keyphrases(self.clean, self.source, self.places, answers) if explain else (),
            lead(self.clean, CUT),
            self.share,
            1000 * (time.perf_counter() - started),
            notes,
            fits=not self.doubts,
        )


def shown(writer: Writer, source: Sequence[Word], answer: WrittenTitle, explain: bool) -> Title:
    """A title in letters; with ``explain`` where its words are from."""
    copied = answer.copied.tolist()
    text, tokens, origins = writer.vocabulary.written(answer.ids, source, copied)
    if not explain:
        return Title(text, answer.agreement)
    sums = answer.attention.sum(axis=1, keepdims=True)
    rows = answer.attention / sums.clip(1e-9)
    looked = rows.argmax(axis=1).tolist()
    froms = [origin.source if origin.source >= 0 else place for origin, place in zip(origins, looked, strict=True)]
    # That "of" was copied is true of most titles, and says nothing.
    answer_words = [
        writer.vocabulary.words[number] if number < writer.vocabulary.size else "" for number in answer.ids.tolist()
    ]
    copied_numbers = tuple(
        number
        for number, (word, origin) in enumerate(zip(answer_words, origins, strict=True))
        if origin.kind == "copied" and not (word and (stops(word) or not any(map(str.isalnum, word))))
    )
    return Title(text, answer.agreement, tokens, tuple(map(tuple, rows.tolist())), copied_numbers, tuple(froms))


def read(writer: Writer, text: str, doubts: tuple[str, ...] = ()) -> Beginning:
    """The beginning of ``text`` that ``writer`` reads."""
    size = writer.longest * CHARACTERS
    while True:
        beginning = windows.blank_controls(text[:size])
        clean, origins = cleaned(beginning)
        every = words(clean)
        if len(every) >= writer.longest or size >= len(text):
            break
        size *= 4  # pages of blanks, or of LaTeX
    source = every[: writer.longest]
    total = len(every) * len(text) / len(beginning) if beginning else 0
    share = min(1.0, len(source) / total) if total else 1.0
    return Beginning(text, clean, source, tuple(_place(word.token, origins) for word in source), share, doubts)


def _place(token: Token, origins: Sequence[int]) -> Token:
    """Where a word of the cleaned text stands in the text; what a LaTeX command makes stands at all of the command."""
    start, end = origins[token.start], token.end
    while end < len(origins) - 1 and origins[end] <= start:
        end += 1
    return Token(start, max(origins[end], start))


def _stream(
    records: Iterator[Record], find: Callable[[str], tuple[Writer, tuple[str, ...]]], count: int, length: float
) -> Iterator[tuple[Record, Titles]]:
    while batch := take(records, LOOKAHEAD, LOOKAHEAD_CHARACTERS):
        started = time.perf_counter()
        begun = [_begin(record.text, find) for record in batch]
        made: dict[int, Titles] = {}
        alike: defaultdict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(begun):
            if isinstance(entry, Titles):
                made[number] = entry
            else:
                alike[entry[0].name].append(number)
        for numbers in alike.values():
            pairs = [entry for number in numbers if not isinstance(entry := begun[number], Titles)]
            writer = pairs[0][0]
            filled = [index for index, (_, part) in enumerate(pairs) if part.source]
            answers = writer.write([[word.word for word in pairs[index][1].source] for index in filled], count, length)
            answer_of = dict(zip(filled, answers, strict=True))
            for index, number in enumerate(numbers):
                made[number] = pairs[index][1].titles(writer, answer_of.get(index) or [], False, started)
        each = 1000 * (time.perf_counter() - started) / len(batch)
        for number, record in enumerate(batch):
            yield record, replace(made[number], milliseconds=each)


def _begin(text: str, find: Callable[[str], tuple[Writer, tuple[str, ...]]]) -> tuple[Writer, Beginning] | Titles:
    if windows.empty(text):
        return Titles("", "", (), notes=("The text is empty.",))
    writer, doubts = find(text)
    return writer, read(writer, text, doubts)
