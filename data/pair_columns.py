"""Where the two sides of pairs stand in a file of somebody's own, and in which languages its header says they are."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .errors import UserError
from .lines import read_lines
from .readers import kind_of
from .rows import Columns

NAMES = (("source", "target"), ("src", "tgt"), ("text", "translation"), ("text", "title"), ("abstract", "title"))
"""What columns of pairs are called, where nobody says; the first that are there count."""
LANGUAGES = {
    "en": ("eng", "english"),
    "zh": ("zho", "chi", "cmn", "chinese", "mandarin", "中文", "汉语", "zh-cn", "zh-hans", "zh_cn"),
    "fr": ("fra", "fre", "french", "français"),
    "de": ("deu", "ger", "german", "deutsch"),
    "es": ("spa", "spanish", "español"),
    "it": ("ita", "italian", "italiano"),
    "pt": ("por", "portuguese", "português"),
    "nl": ("nld", "dut", "dutch", "nederlands"),
    "ru": ("rus", "russian", "русский"),
    "ja": ("jpn", "japanese", "日本語"),
    "ko": ("kor", "korean", "한국어"),
}
"""Code to what else a column in that language may be called."""
CODES = {name: code for code, names in LANGUAGES.items() for name in (code, *names)}
_TEXT = re.compile(r"\w.*[\s.,;:!?]|[\u3040-\u30ff\u3400-\u9fff]")
"""More than a word: words with blanks or punctuation, or any Chinese or Japanese."""
LINES = 50
"""That are looked at to tell pairs from other texts."""


@dataclass(frozen=True)
class Layout:
    """How to read a file of pairs: the reader's name, its columns (``text`` and ``title`` are the two sides), and the
    languages that the columns are named after, ``""`` where they are not."""

    kind: str
    columns: Columns
    languages: tuple[str, str] = ("", "")
    names: tuple[str, ...] = ()
    """All that the header, or the first object, names."""


def layout(path: Path, source_column: str = "", target_column: str = "") -> Layout:
    """The columns asked for, by name or (without a header) by number from 1; else those of :data:`NAMES`, else two
    that are named after languages, else the first two with a tab between, without a header.

    Raises UserError where there are no such columns, or where there is only one.
    """
    kind = kind_of(path)
    if kind == "reuters":
        raise UserError(f"{path} holds no pairs; they are read from CSV, TSV or JSONL, or as two columns with a tab "
                        "between.")  # fmt: skip
    number, first = next(((number, line) for number, line in read_lines(path) if line.strip()), (0, ""))
    if not number:
        raise UserError(f"{path} is empty; two columns are expected, a text and its translation.")
    asked = (source_column, target_column)
    where = f"{path}, line {number}"
    if kind == "jsonl" or (kind == "guess" and first.lstrip().startswith("{")):
        names = _keys(first)
        # Broken lines are the reader's to tell; it knows them all.
        return _named("jsonl", _pick(names, asked) if names else (source_column or "source", target_column or "target"),
                      names, asked, where)  # fmt: skip
    tabs = [cell.strip().strip('"') for cell in first.rstrip("\r\n").split("\t")]
    if kind == "csv" or (kind == "guess" and len(tabs) < 2):
        headers = [_cells(first, delimiter) for delimiter in (",", ";", "\t")]
        found = next((cells for cells in headers if _pick(cells, asked)), max(headers, key=len))
        if kind == "csv" or _pick(found, asked):
            return _named("csv", _pick(found, asked), found, asked, where)
    if any(name.isdecimal() for name in asked) and not set(filter(None, asked)) <= set(tabs):
        return _numbered(asked, where)
    if chosen := _pick(tabs, asked):
        return _named("tsv", chosen, tabs, asked, where)
    if any(asked):
        return _named("tsv", None, tabs, asked, where)
    if len(tabs) < 2:
        raise UserError(f"{where}: there is one text only; a text, a tab and its translation are expected.")
    return Layout("fields", Columns(text="1", title="2"))


def holds_pairs(path: Path) -> bool:
    """Whether a file looks like pairs of texts, by its header or its first lines; false where it cannot be read.

    Texts with labels, or with titles, are none: those are asked for by their columns.
    """
    try:
        if not path.is_file() or kind_of(path) == "reuters":
            return False
        lines = [line for _, line in islice(read_lines(path), LINES) if line.strip()]
        found = layout(path)
    except UserError:
        return False
    if found.kind != "fields":
        named = found.columns.title.casefold() != "title" and len(found.names) > 1
        return named and ("text" not in found.names or found.columns.text == "text")
    rows = [[cell.strip() for cell in line.rstrip("\r\n").split("\t")] for line in lines]
    if not all(len(cells) > 1 and cells[0] and cells[1] for cells in rows):
        return False
    # A number, a name or a label beside a text is no side of a pair, nor is what stands there again and again.
    for side in zip(*(cells[:2] for cells in rows), strict=True):
        if sum(_TEXT.search(cell) is not None for cell in side) * 2 < len(rows) or len(set(side)) * 2 < len(rows):
            return False
    return True


def _keys(line: str) -> list[str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def _pick(names: Sequence[str], asked: tuple[str, str]) -> tuple[str, str] | None:
    """The columns of the two sides among ``names``; None where they are not there."""
    if all(asked):
        return asked if set(asked) <= set(names) else None
    if any(asked):  # then the other side is what is left, or has the usual name
        own = asked[0] or asked[1]
        others = [name for name in names if name != own]
        usual = [name for name in others if name == ("target" if asked[0] else "source")]
        other = usual or (others if len(others) == 1 else [])
        if own not in names or not other:
            return None
        return (own, other[0]) if asked[0] else (other[0], own)
    folded = {name.casefold(): name for name in names}
    for source, target in NAMES:
        if source in folded and target in folded:
            return folded[source], folded[target]
    languages = [name for name in names if name.casefold() in CODES]
    return (languages[0], languages[1]) if len(languages) == 2 else None


def _named(
    kind: str, chosen: tuple[str, str] | None, names: Sequence[str], asked: tuple[str, str], where: str
) -> Layout:
    if chosen is None:
        wanted = " and ".join(repr(name) for name in asked if name) if any(asked) else "'source' and 'target'"
        there = ", ".join(map(repr, names[:12])) or "nothing"
        raise UserError(f"{where}: there are no columns {wanted} for the two sides of pairs; there is {there}. Name "
                        "both, or call them source and target in the first line.")  # fmt: skip
    if chosen[0] == chosen[1]:
        raise UserError(f"{where}: both sides cannot be the column {chosen[0]!r}; name another for one of them.")
    languages = (CODES.get(chosen[0].casefold(), ""), CODES.get(chosen[1].casefold(), ""))
    return Layout(kind, Columns(text=chosen[0], title=chosen[1], values=(chosen[1],)), languages, tuple(names))


def _numbered(asked: tuple[str, str], where: str) -> Layout:
    first, second = asked[0] or "1", asked[1] or "2"
    if not (first.isdecimal() and second.isdecimal() and int(first) and int(second) and first != second):
        raise UserError(f"{where}: {first!r} and {second!r} are no two columns of a table without a header; name both "
                        "by number, from 1.")  # fmt: skip
    return Layout("fields", Columns(text=first, title=second))
