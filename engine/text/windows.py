"""Which parts of a document a model reads: all of it, or windows spread evenly over a very long one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...data import wording
from ...data.texts import REPLACED, whole
from ..results import UserError
from .languages import LATIN, NAMES, language_of, named, scripts_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class WindowReader(Protocol):
    """A model that reads windows of a text: how it cuts it, and how many tokens it takes."""

    @property
    def language(self) -> str: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def min_tokens(self) -> int: ...
    @property
    def tokenizer(self) -> "Tokenizer": ...


UNK = 1
MOST_WINDOWS = 16
CHARACTERS = 8
"""Characters of text set aside for a token; English takes 5, so that a slice fills its window."""
FEW_KNOWN = 0.5
"""Share of known tokens under which the reader is warned."""

WELL_KNOWN = 0.85
"""Share of known tokens from which on a text in the model's own letters is one that it reads, whatever it looks like:
an English vocabulary knows about three of four words of a French review."""
SCRIPTS = {
    "LATIN": "Latin letters",
    "CJK": "Chinese characters",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "CYRILLIC": "Cyrillic letters",
    "GREEK": "Greek letters",
    "ARABIC": "Arabic letters",
    "HEBREW": "Hebrew letters",
    "DEVANAGARI": "Devanagari letters",
    "THAI": "Thai letters",
}

# Terminal sequences as whole; then control characters, and surrogates, which no tokenizer can encode.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of tokens that is read in one go."""

    ids: np.ndarray
    """int32 ``[length]``, padded with 0 only up to the model's shortest input."""
    offsets: Sequence[tuple[int, int]]
    """Where each token stands in the document; shorter than ``ids`` where those are padded."""


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What a model gets to see of a document."""

    windows: tuple[Window, ...]
    """Empty where the document holds no token at all."""
    tokens: int
    known: float
    read: float
    notes: tuple[str, ...]
    abstains: bool = False
    """Whether there is nothing that the model can judge: no words, hardly any that it knows, another language."""


def blank_controls(text: str) -> str:
    """``text`` with terminal sequences and control characters as blanks, so that all offsets stay."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: " " * len(match[0]), text)


def read(model: WindowReader, text: str) -> WindowReading:
    """The windows of ``text`` for ``model``; never tokenises more than it reads of a very long text.

    Up to ``MOST_WINDOWS`` windows' worth of tokens is read whole, in windows of equal length. More than that is
    sampled: windows of ``max_tokens`` spread evenly, the first at the beginning and the last at the end.
    """
    size = model.max_tokens * CHARACTERS
    if len(text) > MOST_WINDOWS * size:
        return _sample(model, text, size)
    encoding = model.tokenizer.encode(blank_controls(text), add_special_tokens=False)
    return from_tokens(model, text, encoding.ids, encoding.offsets)


def from_tokens(
    model: WindowReader, text: str, tokens: Sequence[int], offsets: Sequence[tuple[int, int]] | None
) -> WindowReading:
    """The same from a text's ids; ``offsets`` may be None where nothing will be explained."""
    ids = np.array(tokens, np.int32)
    count = len(ids)
    places = offsets if offsets is not None else ()
    if count <= model.max_tokens:
        if not count:
            return _nothing(text)
        return _reading(model, text, (_window(model, ids, places),), 1.0)
    starts, length = spread(count, model.max_tokens)
    windows = tuple(_window(model, ids[start : start + length], places[start : start + length]) for start in starts)
    reading = _reading(model, text, windows, min(1.0, len(starts) * length / count))
    # To be of one length, windows may share a token or two; those are not two tokens of the text.
    return replace(reading, tokens=min(reading.tokens, count))


def spread(count: int, most_tokens: int, most_windows: int = MOST_WINDOWS) -> tuple[list[int], int]:
    """Where the windows of ``count`` tokens begin, and their common length: as few as read them all, or
    ``most_windows`` spread evenly, the first at the beginning and the last at the end."""
    number = max(1, min(most_windows, -(-count // most_tokens)))
    length = min(most_tokens, -(-count // number))
    return np.linspace(0, count - length, number).round().astype(int).tolist(), length


def empty(text: str) -> bool:
    """Whether there is nothing in ``text`` but blanks."""
    return not text or text.isspace()


def enter(text: str) -> tuple[str, tuple[str, ...]]:
    """A text as every task reads it, and what people should know of that; UserError where there is nothing in it."""
    if empty(text):
        raise UserError("The text is empty: type, paste or open a text first.")
    mended = whole(text)
    return mended, () if mended is text else (REPLACED,)


def _sample(model: WindowReader, text: str, size: int) -> WindowReading:
    windows, covered = [], 0
    for start in np.linspace(0, len(text) - size, MOST_WINDOWS).round().astype(int).tolist():
        piece = text[start : start + size]
        encoding = model.tokenizer.encode(blank_controls(piece), add_special_tokens=False)
        first, last = 0, len(encoding.ids)
        # A slice may begin and end inside a word.
        if start and last > 2 and not text[start - 1].isspace():
            first += 1
        if start + size < len(text) and last - first > 1 and not piece[-1].isspace():
            last -= 1
        last = min(last, first + model.max_tokens)
        if first == last:
            continue
        offsets = [(start + a, start + b) for a, b in encoding.offsets[first:last]]
        covered += offsets[-1][1] - offsets[0][0]
        windows.append(_window(model, np.array(encoding.ids[first:last], np.int32), offsets))
    if not windows:
        return _nothing(text)
    return _reading(model, text, tuple(windows), covered / len(text))


def _window(model: WindowReader, ids: np.ndarray, offsets: Sequence[tuple[int, int]]) -> Window:
    if len(ids) < model.min_tokens:
        ids = np.pad(ids, (0, model.min_tokens - len(ids)))
    return Window(ids, offsets)


def _reading(model: WindowReader, text: str, windows: tuple[Window, ...], share: float) -> WindowReading:
    tokens = unknown = 0
    for window in windows:
        tokens += int(np.count_nonzero(window.ids))
        unknown += int(np.count_nonzero(window.ids == UNK))
    coverage = 1.0 - unknown / tokens if tokens else 0.0
    notes = []
    if share < 1.0:
        notes.append(
            f"A long text: {percent(share)} of it was read, in {len(windows)} windows of up to "
            f"{model.max_tokens:,} tokens spread evenly."
        )
    warning = language_note(model.language, text, coverage)
    return WindowReading(windows, tokens, coverage, share, (*notes, *warning), bool(warning))


def language_note(language: str, text: str, coverage: float) -> tuple[str, ...]:
    """A sentence where a model of ``language`` does not read ``text``, or knows too few (a share) of its words."""
    reads = f"This model reads {named(language)}" if language in NAMES else "This model was trained on other texts"
    if seems := foreign(language, text, coverage):
        return (f"{reads}; this text is in {seems}: its answer is unreliable.",)
    if coverage < FEW_KNOWN:
        return (f"{reads}; it knows {percent(coverage)} of the words here: its answer is unreliable.",)
    return ()


def foreign(language: str, text: str, coverage: float) -> str:
    """What ``text`` is in, for people (a language, else a script), where a model of ``language`` that knows a share of
    its words does not read that; empty where it may read it, or nobody knows what it reads."""
    code = language.partition("-")[0].lower()
    # Most texts are what they seem: that much is seen without counting letters.
    if code not in NAMES or (code in LATIN and coverage >= WELL_KNOWN and text.isascii()):
        return ""
    script = _script(text)
    if not script or (script == "LATIN" and code in LATIN and coverage >= WELL_KNOWN) or language_of(text, {code}):
        return ""
    seems = language_of(text)
    return named(seems) if seems and seems != code else SCRIPTS.get(script, f"{script.capitalize()} letters")


def _nothing(text: str) -> WindowReading:
    note = "The text is empty" if empty(text) else "The text holds no words that the model could read"
    return WindowReading((), 0, 0.0, 1.0, (f"{note}: all labels are equally likely.",), True)


def percent(share: float) -> str:
    """A share for people, also a very small one."""
    return wording.percent(share, 0 if share >= 0.01 else 1)


def _script(text: str) -> str:
    """The script of most letters in up to 1,000 characters spread over ``text``, as Unicode names it."""
    sample = text[:: max(1, len(text) // 1000)]
    scripts = scripts_of(sample)
    return scripts.most_common(1)[0][0] if scripts else ""
