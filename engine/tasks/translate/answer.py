"""Text to its translation: sentence by sentence, white space and line breaks kept."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

import numpy as np

from ....data.texts import whole
from ....data.wording import plural
from ...results import Direction, Record, Sentence, Translation, UserError
from ...text import windows
from ...text.batching import take
from ...text.sentences import sentences
from .parts import SentencePart
from .route import Done, Way, finder

LOOKAHEAD = 512
"""Records of a stream that are translated together: as many sentences as fill their batches."""
LOOKAHEAD_CHARACTERS = 1 << 18
"""Or fewer, where they are long: this bounds the memory."""
FIRST, MOST = 8, 256
"""Sentences of a text that are translated before any is shown, and those between later."""
EXPLAINED = 1 << 20
"""Weights of attention that are kept of one text (32 MB): they are many times larger than what they explain."""


def translate(
    text: str,
    to: str = "",
    source: str = "",
    model: str | None = None,
    *,
    beam: int = 0,
    alternatives: int = 0,
    explain: bool = True,
    on_sentence: Callable[[int, int, Sentence], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Translation:
    """The text in the language ``to`` (empty: the model's, or the default direction from the language found).

    ``beam``: hypotheses held at once (0: the card's); ``alternatives``: how many beside the best; ``explain`` fills
    tokens and attention. ``on_sentence(done, of, sentence)`` is called in reading order as each is ready, from the
    calling thread. UserError for an empty text, no such direction, or a model that does not translate.
    """
    started = time.perf_counter()
    text, replaced = windows.enter(text)
    made = _Made(finder(to, source, model, beam, alternatives)(text), windows.blank_controls(text), started)
    way, text = made.way, made.text
    places = np.fromiter(chain.from_iterable(sentences(text)), np.int64).reshape(-1, 2)
    begun, size = 0, FIRST

    def read() -> Iterator[SentencePart]:
        nonlocal begun
        for start, end in places.tolist():
            begun += 1
            yield from way.read(text[start:end], start)

    parts = read()  # as they are needed: what has no end is a sentence of a thousand parts
    while made.complete and (chunk := list(islice(parts, size))):
        size = min(2 * size, MOST)
        total = made.count + len(chunk) + len(places) - begun
        if made.weights >= EXPLAINED and not made.explained:
            made.explained = made.count
        for done in way.translate(chunk, explain and not made.explained, should_stop):
            if done is None:
                made.complete = False
                break
            made.add(done)
            if on_sentence is not None:
                on_sentence(made.count, total, done.sentence)
    translation = made.translation()
    return replace(translation, notes=(*translation.notes, *replaced)) if replaced else translation


def translate_many(
    records: Iterable[Record],
    to: str = "",
    source: str = "",
    model: str | None = None,
    *,
    beam: int = 0,
    alternatives: int = 0,
) -> Iterator[tuple[Record, Translation]]:
    """The translations of a stream of texts, in order, in constant memory; sentences of like length run together.

    A record that cannot be translated does not stop the stream: it stays as it is, and a note says why.
    """
    return _stream(iter(records), finder(to, source, model, beam, alternatives))


def _stream(records: Iterator[Record], find: Callable[[str], Way]) -> Iterator[tuple[Record, Translation]]:
    while batch := take(records, LOOKAHEAD, LOOKAHEAD_CHARACTERS):
        started = time.perf_counter()
        made = [_begin(record.text, find, started) for record in batch]
        ways: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, entry in enumerate(made):
            if isinstance(entry, _Made):
                ways[entry.way.direction.models].append(number)
        for numbers in ways.values():
            _together([entry for number in numbers if isinstance(entry := made[number], _Made)])
        each = 1000 * (time.perf_counter() - started) / len(batch)
        for record, entry in zip(batch, made, strict=True):
            yield record, entry.translation(each) if isinstance(entry, _Made) else entry


def _begin(text: str, find: Callable[[str], Way], started: float) -> "_Made | Translation":
    if windows.empty(text):
        return Translation(Direction("", "", ()), (), text, notes=("The text is empty.",))
    try:
        return _Made(find(text), windows.blank_controls(text), started)
    except UserError as error:
        return Translation(Direction("", "", ()), (), text, notes=(f"{error} It was left as it is.",))


def _together(made: "list[_Made]") -> None:
    """Texts that go the same way, their sentences in common batches."""
    parts = [
        (entry, part)
        for entry in made
        for start, end in sentences(entry.text)
        for part in entry.way.read(entry.text[start:end], start)
    ]
    for (entry, _), done in zip(parts, made[0].way.translate([part for _, part in parts], False), strict=True):
        if done is not None:
            entry.add(done)


@dataclass
class _Made:
    """A translation in the making."""

    way: Way
    text: str
    started: float
    sentences: list[Sentence] = field(default_factory=list)
    complete: bool = True
    weights: int = 0
    """Of attention, kept so far."""
    explained: int = 0
    """Sentences with tokens and attention, where not all have them."""
    unknown: int = 0
    cut: int = 0
    unfinished: int = 0
    """Sentences with characters that the model lacks, in parts, and without an end to their translation."""

    @property
    def count(self) -> int:
        return len(self.sentences)

    def add(self, done: Done) -> None:
        self.sentences.append(done.sentence)
        self.weights += sum(
            len(done.sentence.tokens) * len(hypothesis.attention) for hypothesis in done.sentence.hypotheses
        )
        self.unknown += done.part.unknown
        self.cut += done.part.cut
        self.unfinished += not done.finished

    def translation(self, milliseconds: float | None = None) -> Translation:
        taken = 1000 * (time.perf_counter() - self.started) if milliseconds is None else milliseconds
        whole = compose(self.text, self.sentences, self.way.direction.target, self.complete)
        return Translation(self.way.direction, tuple(self.sentences), whole, self.complete, taken, tuple(self._notes()))

    def _notes(self) -> Iterator[str]:
        yield from self.way.notes
        first = self.way.models[0]
        if self.unknown:
            yield (
                f"{plural(self.unknown, 'sentence')} of {self.count:,} {'has' if self.unknown == 1 else 'have'} "
                f"characters that {first.name} does not know; where it has no word, the source word is kept."
            )
        if self.cut:
            yield (
                f"What is longer than {first.longest} tokens is more than {first.name} reads at once: "
                f"it was translated in {self.cut:,} parts."
            )
        if self.unfinished:
            yield f"The translation of {plural(self.unfinished, 'sentence')} did not end and was cut off."
        if self.explained:
            yield f"A long text: the word alignment is shown for its first {self.explained:,} sentences."
        if not self.complete:
            yield (
                f"Stopped: the first {plural(self.count, 'sentence')} of the text."
                if self.count
                else "Stopped before any."
            )


# Sentences to a text again: what stands between their translations, from what stands between them in the source.


def compose(text: str, sentences: Iterable[Sentence], to: str, complete: bool = True) -> str:
    """The text in the language ``to`` that ``sentences`` of ``text`` come to, each as its first hypothesis says it.

    White space and line breaks between them are those of ``text``; unless ``complete``, it ends with the last one.
    """
    from .parts import between
    from .route import UNSPACED

    text = whole(text)
    pieces, position, before = [], 0, ""
    for sentence in sentences:
        after = sentence.hypotheses[0].text if sentence.hypotheses else ""
        pieces += (between(text, position, sentence.start, before, after, to not in UNSPACED), after)
        position, before = sentence.end, after or before
    return "".join(pieces) + (text[position:] if complete else "")
