"""What a profiler reads of an author: windows of sentences, all of them or some spread evenly over a very long text."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ...text.languages import named
from ...text.tokenizer import UNK
from ...text.windows import FEW_KNOWN, blank_controls, foreign, language_note, percent
from .model import ProfilerModel
from .windows import split, spread

CHARACTERS = 8
"""Characters set aside for a token; English takes 5. A text of more than its windows could hold so is sliced first."""
FEW_WORDS = 50
"""Words under which a profile is hardly better than a guess."""

Places = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """What a model gets to see of one author. Without ``places`` nothing can be explained."""

    windows: tuple[np.ndarray, ...]
    """int32 ids ``[length]`` each; none where the text holds no token at all."""
    places: tuple[Places, ...]
    """Where the tokens of each window stand in the document."""
    pieces: tuple[tuple[int, int], ...]
    """The stretches of the document that were read."""
    text: str
    """The pieces, control characters blanked, a line feed between: what the n-grams see."""
    tokens: int
    words: int
    """Tokens that were read and are no marks."""
    known: float
    read: float
    notes: tuple[str, ...]
    foreign: bool = False
    """Whether it is in a language that the model does not read: then nothing is predicted about its author."""

    @property
    def short(self) -> bool:
        """Whether the text has too few words to rely on what is said of its author."""
        return self.read == 1.0 and self.words < FEW_WORDS

    @property
    def abstains(self) -> bool:
        """Whether nobody should rely on what is said of its author."""
        return self.foreign or self.short or self.known < FEW_KNOWN

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The place in the document of ``text[start:end]``, cut where its piece ends; None between two pieces."""
        firsts = list(accumulate((b - a + 1 for a, b in self.pieces), initial=0))
        number = bisect_right(firsts, start) - 1
        if not 0 <= number < len(self.pieces):
            return None
        shift = self.pieces[number][0] - firsts[number]
        first, last = start + shift, min(end + shift, self.pieces[number][1])
        return (first, last) if first < last else None


def read_author(model: ProfilerModel, text: str, places: bool = True) -> ProfileReading:
    """The windows of ``text``; never tokenises much more than it reads of a very long text.

    Up to ``max_windows`` windows are all read. Of more, so many are read, evenly spread, the first at the beginning.
    """
    if long(model, text):
        return _sample(model, text)
    encoding = model.tokenizer.encode(blank_controls(text), add_special_tokens=False)
    return _whole(model, text, encoding.ids, encoding.offsets if places else None)


def read_authors(model: ProfilerModel, texts: Sequence[str], places: bool) -> list[ProfileReading]:
    """The same for several; those of usual length are tokenised together."""
    if places:
        return [read_author(model, text) for text in texts]
    tokens = model.bulk.ids(blank_controls(text) for text in texts if not long(model, text))
    return [_sample(model, text) if long(model, text) else _whole(model, text, next(tokens), None) for text in texts]


def long(model: ProfilerModel, text: str) -> bool:
    """Whether a text is sliced before it is tokenised."""
    return len(text) > model.max_windows * model.window * CHARACTERS


def _whole(model: ProfilerModel, text: str, tokens: Sequence[int], offsets: Places | None) -> ProfileReading:
    """From a text's ids; without ``offsets`` nothing will be explained."""
    ids = np.array(tokens, np.int32)
    parts = split(ids, model.ends, model.window)
    if len(parts) <= model.max_windows:
        word_offsets = tuple(offsets[part] for part in parts) if offsets is not None else ()
        return _reading(model, text, tuple(ids[part] for part in parts), word_offsets, ((0, len(text)),), 1.0)
    # Without them the pieces that the n-grams may see are unknown.
    places: Places = offsets or model.tokenizer.encode(blank_controls(text), add_special_tokens=False).offsets
    chosen = [parts[number] for number in spread(len(parts), model.max_windows)]
    taken = sum(part.stop - part.start for part in chosen)
    return _sampled(model, text, [ids[part] for part in chosen], [places[part] for part in chosen], taken / len(ids))


def _sample(model: ProfilerModel, text: str) -> ProfileReading:
    """A window from each of ``max_windows`` slices: from the first sentence that begins there, if one does soon."""
    windows, places, covered, end = [], [], 0, 0
    size = 2 * model.window * CHARACTERS
    for start in np.linspace(0, len(text) - size, model.max_windows).round().astype(int).tolist():
        start = max(start, end)
        piece = text[start : start + size]
        encoding = model.tokenizer.encode(blank_controls(piece), add_special_tokens=False)
        ids = np.array(encoding.ids, np.int32)
        first, last = 0, len(ids)
        # A slice may begin and end inside a word.
        if start + size < len(text) and last > 1 and not piece[-1].isspace():
            last -= 1
        if start and start != end:
            stops = np.flatnonzero(model.ends[ids[: min(model.window, last - 1)]])
            torn = last > 1 and not text[start - 1].isspace()
            first = int(stops[0]) + 1 if len(stops) else int(torn)
        parts = split(ids[first:last], model.ends, model.window)
        if not parts:
            continue
        chosen = slice(first, first + parts[0].stop)
        offsets = [(start + a, start + b) for a, b in encoding.offsets[chosen]]
        windows.append(ids[chosen])
        places.append(offsets)
        covered += offsets[-1][1] - offsets[0][0]
        end = max(end, offsets[-1][1])
    return _sampled(model, text, windows, places, covered / len(text))


def _sampled(
    model: ProfilerModel, text: str, windows: list[np.ndarray], places: list[Places], share: float
) -> ProfileReading:
    pieces = tuple((offsets[0][0], offsets[-1][1]) for offsets in places)
    return _reading(model, text, tuple(windows), tuple(places), pieces, min(1.0, share))


def _reading(
    model: ProfilerModel,
    text: str,
    windows: tuple[np.ndarray, ...],
    places: tuple[Places, ...],
    pieces: tuple[tuple[int, int], ...],
    share: float,
) -> ProfileReading:
    if not windows:
        note = "The text holds no words that the model could read: nothing can be predicted about its author."
        return ProfileReading((), (), (), "", 0, 0, 0.0, 1.0, (note,))
    ids = np.concatenate(windows)
    words, coverage = int(model.words[ids].sum()), 1.0 - float((ids == UNK).mean())
    notes = []
    if share < 1.0:
        notes.append(
            f"A long text: {percent(share)} of it was read, in {len(windows):,} windows of about {model.window:,} "
            "tokens spread evenly."
        )
    if share == 1.0 and words < FEW_WORDS:
        counted = "a single word" if words == 1 else f"{words} words" if words else "no word"
        notes.append(f"The text has {counted}: a profile of fewer than {FEW_WORDS} is unreliable.")
    # Its words may be known all the same: bloggers quote, and single characters are soon seen often enough.
    if seems := foreign(model.language, text, coverage):
        notes.append(
            f"This model reads {named(model.language)}; this text is in {seems}: nothing is predicted about its author."
        )
    else:
        notes += language_note(model.language, text, coverage)
    shown = blank_controls("\n".join(text[a:b] for a, b in pieces) if share < 1.0 else text)
    return ProfileReading(windows, places, pieces, shown, len(ids), words, coverage, share, tuple(notes), bool(seems))
