"""User text made fit for a screen: nothing in it is obeyed, everything in it is seen."""

import re
from dataclasses import dataclass

from rich.cells import cell_len, get_character_cell_size

from ...engine.results import percent, visible
from ...engine.results.measures import is_share, label, leading

__all__ = [
    "Wrapped",
    "count_words",
    "fit",
    "fold_long_lines",
    "measured",
    "one_line",
    "plain_newlines",
    "size_text",
    "visible",
    "wrap",
]

CHUNK = 65_536
"""Characters counted at once: C code holds the interpreter's lock, and the screen waits for it."""


_HALF = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> tuple[str, int]:
    """``text`` with U+FFFD for each half of a surrogate pair, of the same length, and how many there were.

    Neither a file nor a model nor a terminal knows what half a character is.
    """
    if text.isascii():
        return text, 0
    parts, count = [], 0
    for place in range(0, len(text), CHUNK):
        part, halves = _HALF.subn("\ufffd", text[place : place + CHUNK])
        parts.append(part)
        count += halves
    return ("".join(parts), count) if count else (text, 0)


def one_line(text: str, limit: int = 200) -> str:
    """The beginning of ``text`` for a table cell or a toast: visible, in one line."""
    return visible(" ".join(text[: limit * 2].split()))[:limit]


def plain_newlines(text: str) -> str:
    """Line ends as ``\\n``; a terminal pastes them as ``\\r``."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fold_long_lines(text: str, longest: int, fold: int) -> str:
    """Break lines over ``longest`` characters into pieces of about ``fold``, at a space where there is one.

    A space becomes a newline, so offsets stay; only a stretch without any space gets a newline more.
    """
    lines = text.split("\n")
    if all(len(line) <= longest for line in lines):
        return text
    folded: list[str] = []
    for line in lines:
        while len(line) > longest:
            place = line.rfind(" ", fold // 2, fold)
            if place < 0:
                folded.append(line[:fold])
                line = line[fold:]
            else:
                folded.append(line[:place])
                line = line[place + 1 :]
        folded.append(line)
    return "\n".join(folded)


def count_words(text: str) -> int:
    """Words between white space; counted piece by piece, so that other threads get their turn."""
    if len(text) <= CHUNK:
        return len(text.split())
    total = 0
    for place in range(0, len(text), CHUNK):
        piece = text[place : place + CHUNK]
        total += len(piece.split())
        if place and not piece[0].isspace() and not text[place - 1].isspace():
            total -= 1
    return total


@dataclass(frozen=True)
class Wrapped:
    """A text broken into screen lines: ``starts[i] : ends[i]`` is line ``i``."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]


def wrap(text: str, width: int) -> Wrapped:
    """Break ``text`` at spaces (or anywhere, where there are none) into lines of at most ``width`` cells."""
    width = max(2, width)
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for line in text.split("\n"):
        end = place + len(line)
        begin = place
        ascii_only = line.isascii()
        while True:
            if ascii_only:
                stop = min(begin + width, end)
            else:
                stop, cells = begin, 0
                while stop < end:
                    cells += get_character_cell_size(text[stop])
                    if cells > width:
                        break
                    stop += 1
            if stop >= end:
                starts.append(begin)
                ends.append(end)
                break
            space = text.rfind(" ", begin, stop + 1)
            if space > begin:
                starts.append(begin)
                ends.append(space)
                begin = space + 1
            else:
                starts.append(begin)
                ends.append(stop)
                begin = stop
        place = end + 1
    return Wrapped(tuple(starts), tuple(ends))


def fit(text: str, width: int) -> str:
    """``text`` cut or filled to exactly ``width`` cells (Chinese counts two a character)."""
    cells = cell_len(text)
    if cells <= width:
        return text + " " * (width - cells)
    shown, used = [], 0
    for character in text:
        size = get_character_cell_size(character)
        if used + size > width - 1:
            break
        shown.append(character)
        used += size
    return "".join(shown) + "…" + " " * (width - used - 1)


def threshold_said(model: str, threshold: float | None) -> str:
    """What a model does from now on whose threshold was chosen."""
    says = "always answers" if threshold is None else f"is not sure below a confidence of {threshold:g}"
    return f"{model} {says} from now on."


def measured(info_metrics: dict[str, float], measured_on: str) -> str:
    """``92.1 % on IMDB test``, ``micro F1 87.0 % on …``, or that nobody measured it."""
    key = leading(info_metrics)
    value = info_metrics.get(key)
    if value is None:
        return "not measured"
    said = percent(value) if is_share(key) else f"{value:.3f}"
    return (said if key == "accuracy" else f"{label(key)} {said}") + (f" on {measured_on}" if measured_on else "")


def size_text(size: int) -> str:
    """Bytes for people: ``11.8 MB``."""
    if size < 1000:
        return f"{size} B"
    if size < 1e6:
        return f"{size / 1e3:.0f} kB"
    if size < 1e9:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e9:.1f} GB"
