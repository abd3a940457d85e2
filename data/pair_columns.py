"""Where the two sides of pairs stand in a file of somebody's own, and in which languages its header says they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from . import tmx
from .errors import UserError
from .headers import DELIMITERS, cells, keys
from .lines import read_lines
from .readers import kind_of
from .rows import Columns

NAMES = (("source", "target"), ("src", "tgt"), ("text", "translation"), ("text", "title"), ("abstract", "title"))
"""What columns of pairs are called, where nobody says; the first that are there count."""
TEXTS = (
    "text",
    "abstract",
    "source",
    "article",
    "body",
    "content",
    "document",
    "summary",
    "摘要",
    "正文",
    "内容",
    "文本",
)
TITLES = ("title", "headline", "target", "标题", "题目")
"""What the columns of texts and of their titles are called."""
OTHERS = {0: ("source", "src", "text"), 1: ("target", "tgt", "translation")}
"""What the other side of pairs is called, where one is named: the first, and the second."""
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


def as_named(first: str, second: str) -> tuple[str, str]:
    """The columns of the two sides where they were asked for as those of a text and its label are; empty where ``text``
    and ``label`` stand there, which is what nobody has said."""
    return "" if first == "text" else first, "" if second == "label" else second


def layout(path: Path, source_column: str = "", target_column: str = "", titles: bool = False) -> Layout:
    """The columns asked for, by name or (without a header) by number from 1; else those of :data:`NAMES`, else two
    that are named after languages, else the first two with a tab between, without a header. With ``titles`` they are
    texts and their titles: those of :data:`TEXTS` and :data:`TITLES`, in any spelling and order.

    Raises UserError where there are no such columns, or where there is only one.
    """
    kind = kind_of(path)
    if kind == "reuters":
        held = "titles beside texts" if titles else "pairs"
        raise UserError(f"{path} holds no {held}; they are read from CSV, TSV or JSONL, or as two columns with a tab "
                        "between.")  # fmt: skip
    encoding = tmx.encoding_of(path) if kind == "tmx" else "utf-8"
    number, first = next(((number, line) for number, line in read_lines(path, encoding) if line.strip()), (0, ""))
    if not number:
        raise UserError(f"{path} is empty; two columns are expected, a text and its {_second(titles)}.")
    asked = (source_column, target_column)
    where = f"{path}, line {number}"
    if kind == "tmx" or (kind == "guess" and first.lstrip().startswith("<?xml")):
        return _memory(path, asked)
    if kind == "jsonl" or (kind == "guess" and first.lstrip().startswith("{")):
        names = keys(first)
        # Broken lines are the reader's to tell; it knows them all.
        usual = ("text", "title") if titles else ("source", "target")
        unread = (source_column or usual[0], target_column or usual[1])
        return _named("jsonl", _pick(names, asked, titles) if names else unread, names, asked, where, titles)
    tabs = [cell.strip().strip('"') for cell in first.rstrip("\r\n").split("\t")]
    if kind == "csv" or (kind == "guess" and len(tabs) < 2):
        headers = [cells(first, delimiter) for delimiter in DELIMITERS]
        header = next((names for names in headers if _pick(names, asked, titles)), max(headers, key=len))
        if kind == "csv" or _pick(header, asked, titles):
            return _named("csv", _pick(header, asked, titles), header, asked, where, titles)
    if any(name.isdecimal() for name in asked) and not set(filter(None, asked)) <= set(tabs):
        return _numbered(asked, where)
    if chosen := _pick(tabs, asked, titles):
        return _named("tsv", chosen, tabs, asked, where, titles)
    if any(asked):
        return _named("tsv", None, tabs, asked, where, titles)
    if len(tabs) < 2:
        raise UserError(f"{where}: there is one text only; a text, a tab and its {_second(titles)} are expected.")
    return Layout("fields", Columns(text="1", title="2"))


def text_and_title(path: Path, text_column: str = "text") -> tuple[str, str]:
    """The columns of texts and of their titles in a file of which nobody has said more than ``text_column``: where its
    header names both, as in :data:`TEXTS` and :data:`TITLES`, those; else ``text_column`` and ``title``."""
    usual = (text_column, "title")
    if text_column != "text" or not path.is_file():
        return usual
    try:
        names = layout(path, titles=True).names
    except UserError:  # whoever reads the file says what is wrong with it
        return usual
    texts, called = _called(names, TEXTS), _called(names, TITLES)
    return ("text" if "text" in names else texts[0], called[0]) if texts and called else usual


def holds_pairs(path: Path) -> bool:
    """Whether a file looks like pairs of texts, by its header or its first lines; false where it cannot be read.

    Texts with labels, or with titles, are none: those are asked for by their columns.
    """
    try:
        if not path.is_file() or kind_of(path) == "reuters":
            return False
        described = layout(path)
        lines = (
            [line for _, line in islice(read_lines(path), LINES) if line.strip()] if described.kind == "fields" else []
        )
    except UserError:
        return False
    if described.kind != "fields":
        named = described.columns.title.casefold() != "title" and len(described.names) > 1
        return named and ("text" not in described.names or described.columns.text == "text")
    rows = [[cell.strip() for cell in line.rstrip("\r\n").split("\t")] for line in lines]
    if not all(len(row) > 1 and row[0] and row[1] for row in rows):
        return False
    # A number, a name or a label beside a text is no side of a pair, nor is what stands there again and again.
    for side in zip(*(row[:2] for row in rows), strict=True):
        if sum(_TEXT.search(cell) is not None for cell in side) * 2 < len(rows) or len(set(side)) * 2 < len(rows):
            return False
    return True


def _second(titles: bool) -> str:
    return "title" if titles else "translation"


def _pick(names: Sequence[str], asked: tuple[str, str], titles: bool = False) -> tuple[str, str] | None:
    """The columns of the two sides among ``names``; None where they are not there."""
    asked = (_spelled(asked[0], names), _spelled(asked[1], names))
    if all(asked):
        return asked if set(asked) <= set(names) else None
    if any(asked):  # then the other side is what is left, or has the usual name
        chosen = asked[0] or asked[1]
        others = [name for name in names if name != chosen]
        sides = (TEXTS, TITLES) if titles else (OTHERS[0], OTHERS[1])
        usual = _called(others, sides[1 if asked[0] else 0])
        other = usual or (others if len(others) == 1 else [])
        if chosen not in names or not other:
            return None
        return (chosen, other[0]) if asked[0] else (other[0], chosen)
    if titles and (texts := _called(names, TEXTS)) and (called := _called(names, TITLES)):
        return texts[0], called[0]
    folded = {name.casefold(): name for name in names}
    for source, target in NAMES:
        if source in folded and target in folded:
            return folded[source], folded[target]
    languages = [name for name in names if name.casefold() in CODES]
    return (languages[0], languages[1]) if len(languages) == 2 else None


def _spelled(name: str, names: Sequence[str]) -> str:
    """``name`` as it stands among ``names``, where it is there in another spelling alone."""
    others = [other for other in names if other.casefold() == name.casefold()]
    return others[0] if name not in names and len(others) == 1 else name


def _called(names: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Those of ``names`` that are called as ``usual``, in any spelling, in the order of that."""
    return [name for wanted in usual for name in names if name.casefold() == wanted]


def _named(
    kind: str, chosen: tuple[str, str] | None, names: Sequence[str], asked: tuple[str, str], where: str, titles: bool
) -> Layout:
    if chosen is None:
        usual = ("text", "title") if titles else ("source", "target")
        wanted = " and ".join(repr(name) for name in (asked if any(asked) else usual) if name)
        there = ", ".join(map(repr, names[:12])) or "nothing"
        sides = "texts and their titles" if titles else "the two sides of pairs"
        raise UserError(f"{where}: there are no columns {wanted} for {sides}; there is {there}. Name both, or call "
                        f"them {usual[0]} and {usual[1]} in the first line.")  # fmt: skip
    if chosen[0] == chosen[1]:
        raise UserError(f"{where}: both sides cannot be the column {chosen[0]!r}; name another for one of them.")
    languages = (CODES.get(chosen[0].casefold(), ""), CODES.get(chosen[1].casefold(), ""))
    return Layout(kind, Columns(text=chosen[0], title=chosen[1], values=(chosen[1],)), languages, tuple(names))


def _memory(path: Path, asked: tuple[str, str]) -> Layout:
    """The languages asked for in a translation memory, else the first two of its first unit."""
    names = tmx.languages_of(path)
    places = [tmx.place_of(names, name) if name else None for name in asked]
    for other, side in ((1, 0), (0, 1)):
        if places[side] is None and not asked[side]:
            free = (place for place in range(len(names)) if place != places[other])
            places[side] = next(free, None)
    first, second = places
    if first is None or second is None or first == second:
        wanted = " and ".join(repr(name) for name in asked if name) or "two languages"
        there = ", ".join(names) or "nothing"
        raise UserError(f"{path}: the first unit has not {wanted}; it has {there}. Name two languages that are there.")
    codes = [CODES.get(part, part) for part in (names[place].partition("-")[0].casefold() for place in (first, second))]
    columns = Columns(text=names[first], title=names[second])
    return Layout("tmx", columns, (codes[0], codes[1]), names)


def _numbered(asked: tuple[str, str], where: str) -> Layout:
    first, second = asked[0] or "1", asked[1] or "2"
    if not (first.isdecimal() and second.isdecimal() and int(first) and int(second) and first != second):
        raise UserError(f"{where}: {first!r} and {second!r} are no two columns of a table without a header; name both "
                        "by number, from 1.")  # fmt: skip
    return Layout("fields", Columns(text=first, title=second))
