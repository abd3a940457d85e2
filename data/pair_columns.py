"""The columns of the two sides of pairs in a user's own file, and the languages that its header states."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from . import roles, title_columns
from .errors import UserError
from .formats.opening import OpenedInput, look
from .reading import Reading

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
    "artikel",
    "inhalt",
    "texte",
    "contenu",
    "texto",
    "contenido",
)
TITLES = ("title", "headline", "target", "标题", "题目", "titel", "überschrift", "titre", "título", "titolo", "heading")
"""What the columns of texts and of their titles are called."""
OTHERS = {0: ("source", "src", "text"), 1: ("target", "tgt", "translation")}
"""What the other side of pairs is called, where one is named: the first, and the second."""
LANGUAGES = {
    "en": ("eng", "english", "英文", "英语"),
    "zh": ("zho", "chi", "cmn", "chinese", "mandarin", "中文", "汉语", "zh-cn", "zh-hans", "zh_cn"),
    "fr": ("fra", "fre", "french", "français", "法文", "法语"),
    "de": ("deu", "ger", "german", "deutsch", "德文", "德语"),
    "es": ("spa", "spanish", "español", "西班牙语"),
    "it": ("ita", "italian", "italiano"),
    "pt": ("por", "portuguese", "português"),
    "nl": ("nld", "dut", "dutch", "nederlands"),
    "ru": ("rus", "russian", "русский", "俄文", "俄语"),
    "ja": ("jpn", "japanese", "日本語", "日文", "日语"),
    "ko": ("kor", "korean", "한국어", "韩文", "韩语"),
}
"""Code to what else a column in that language may be called."""
CODES = {name: code for code, names in LANGUAGES.items() for name in (code, *names)}
_TEXT = re.compile(r"\w.*[\s.,;:!?]|[\u3040-\u30ff\u3400-\u9fff]")
"""More than a word: words with blanks or punctuation, or any Chinese or Japanese."""
_WORDS = re.compile(r"[^\W_]+")
LINES = 50
"""That are looked at to tell pairs from other texts."""


@dataclass(frozen=True)
class Layout:
    """How to read a file of pairs: the file as it was opened, the columns of the two sides, and the languages that they
    are named after, ``""`` where they are not."""

    opened: OpenedInput
    columns: tuple[str, str]
    languages: tuple[str, str] = ("", "")
    by_content: bool = False
    """Whether they were chosen by what they hold."""

    @property
    def reading(self) -> Reading:
        return self.opened.reading

    @property
    def named(self) -> bool:
        """Whether the columns have names, or are counted."""
        return not all(column.isdecimal() for column in self.reading.columns)

    @property
    def reason(self) -> str:
        """Why these columns, where nobody has said which."""
        return "content" if self.by_content else "name" if self.named else "place"


def as_named(first: str, second: str) -> tuple[str, str]:
    """The columns of the two sides where they were asked for as those of a text and its label are; empty where ``text``
    and ``label`` stand there, which is what nobody has said."""
    return "" if first == "text" else first, "" if second == "label" else second


def layout(
    path: Path,
    source_column: str = "",
    target_column: str = "",
    titles: bool = False,
    stated: Mapping[str, str] | None = None,
) -> Layout:
    """The columns asked for, by name or by number from 1; else those of :data:`NAMES`, else two that are named after
    languages, else the first two with a tab between, without a header. With ``titles`` they are texts and their titles:
    those of :data:`TEXTS` and :data:`TITLES`, in any spelling and order, else those that hold texts and titles.
    ``stated``: as :func:`.formats.opening.look`.

    Raises UserError where there are no such columns, or where there is only one.
    """
    asked = (source_column, target_column)
    opened = _opened(path, asked, titles, stated)
    reading = opened.reading
    where = f"{path}, line 1" if reading.header is not None or reading.format == "text" else str(path)
    if (
        reading.format in ("text", "pdf", "docx", "odt", "html", "epub", "reuters", "fasttext")
        or len(reading.columns) < 2
    ):
        raise UserError(
            f"{where}: there is one text only; a text, a tab and its {_second(titles)} are expected, or a "
            "table, JSON or a workbook with a column for each."
        )
    if reading.format == "tmx":
        return _memory(opened, asked, str(path))
    numbered = all(column.isdecimal() for column in reading.columns)
    chosen = None if numbered else _pick(reading.columns, asked, titles)
    if titles and chosen is None and not asked[1] and (not asked[0] or asked[0] in reading.columns):
        sample = [values for _, values in islice(opened.records(), LINES)] if not opened.source.once else []
        if by_content := title_columns.of_content(reading.columns, sample, asked[0]):
            return Layout(opened, by_content, by_content=True)
    if numbered and not any(asked):
        return Layout(opened, _first_texts(opened))
    if numbered and all(not name or name.isdecimal() for name in asked):
        return _numbered(opened, asked, where)
    return _named(opened, chosen, asked, where, titles)


def _first_texts(opened: OpenedInput) -> tuple[str, str]:
    """The first two columns of a table without a header; where a number stands before each of two texts, as Tatoeba
    writes them, those."""
    names = list(opened.reading.columns)
    if len(names) == 4 and not opened.source.once:
        rows = [[str(values.get(name) or "") for name in names] for _, values in islice(opened.records(), LINES)]
        if rows and all(row[0].isdecimal() and row[2].isdecimal() and not row[1].isdecimal() for row in rows):
            return names[1], names[3]
    return names[0], names[1]


def _opened(path: Path, asked: tuple[str, str], titles: bool, stated: Mapping[str, str] | None) -> OpenedInput:
    """The file, as a table where tabs stand in its lines; whose header names no sides, it has none."""
    opened = look(path, stated, with_roles=False)
    reading = opened.reading
    if reading.format in ("text", "label-tab") and not reading.stated:
        first = next((line for _, line in opened.source.sample(reading.encoding) if line.strip()), "")
        if "\t" not in first:
            return opened
        opened = look(path, {"format": "tsv"}, with_roles=False)
        reading = opened.reading
    tabs = reading.delimiter == "\t" and reading.header and "header" not in reading.stated
    if tabs and not _pick(reading.columns, asked, titles) and set(filter(None, asked)) <= set("123456789"):
        opened = look(path, {**reading.stated, "format": "tsv", "header": "no"}, with_roles=False)
    return opened


def holds_pairs(path: Path) -> bool:
    """Whether a file looks like pairs of texts, by its header or its first lines; false where it cannot be read.

    Texts with labels, or with titles, are none: those are asked for by their columns.
    """
    try:
        if not path.is_file():
            return False
        described = layout(path)
        names = described.reading.columns
        if described.named:
            first, second = described.columns
            return second.casefold() != "title" and len(names) > 1 and ("text" not in names or first == "text")
        rows = [
            [str(values.get(column) or "").strip() for column in described.columns]
            for _, values in islice(described.opened.records(), LINES)
        ]
    except UserError:
        return False
    if not rows or not all(all(row) for row in rows):
        return False
    # A number, a name or a label beside a text is no side of a pair, nor is what stands there again and again.
    for side in zip(*rows, strict=True):
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
    last = {name.rpartition(".")[2].casefold(): name for name in reversed(names)}
    for source, target in NAMES:
        if source in last and target in last:
            return last[source], last[target]
    for coded in (_exactly, _partly):
        languages = [name for name in names if coded(name) in CODES]
        if len(languages) == 2 and len({CODES[coded(name)] for name in languages}) == 2:
            return languages[0], languages[1]
    words = {name: _WORDS.findall(name.casefold()) for name in names}
    for source, target in NAMES[:2]:
        for first in names:
            # Alike but for that word, as source_text and target_text are: source_url and target are no pair.
            other = [target if word == source else word for word in words[first]]
            second = next((name for name in names if words[name] == other), first)
            if second != first:
                return first, second
    return None


def _exactly(name: str) -> str:
    """What a column is called; of a nested one its last part."""
    return name.rpartition(".")[2].casefold()


def _partly(name: str) -> str:
    """The word at the beginning or the end of a name that is a language's, as in ``english_text`` and ``text_en``."""
    words = _WORDS.findall(name.casefold())
    return next((word for word in (*words[-1:], *words[:1]) if word in CODES), "")


def _spelled(name: str, names: Sequence[str]) -> str:
    """``name`` as it stands among ``names``, where it is there in another spelling alone, nested, or by number."""
    if not name or name in names:
        return name
    try:
        return roles.named(names, name, "text", "")
    except UserError:
        return name


def _called(names: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Those of ``names`` that are called as ``usual``, in any spelling, in the order of that."""
    return [name for wanted in usual for name in names if name.casefold() == wanted]


def _named(
    opened: OpenedInput, chosen: tuple[str, str] | None, asked: tuple[str, str], where: str, titles: bool
) -> Layout:
    if chosen is None:
        usual = ("text", "title") if titles else ("source", "target")
        wanted = " and ".join(repr(name) for name in (asked if any(asked) else usual) if name)
        there = ", ".join(map(repr, opened.reading.columns[:12])) or "nothing"
        sides = "texts and their titles" if titles else "the two sides of pairs"
        raise UserError(f"{where}: there are no columns {wanted} for {sides}; there is {there}. Name both, or call "
                        f"them {usual[0]} and {usual[1]} in the first line.")  # fmt: skip
    if chosen[0] == chosen[1]:
        raise UserError(f"{where}: both sides cannot be the column {chosen[0]!r}; name another for one of them.")
    first, second = (CODES.get(_exactly(name)) or CODES.get(_partly(name), "") for name in chosen)
    return Layout(opened, chosen, (first, second))


def _memory(opened: OpenedInput, asked: tuple[str, str], path: str) -> Layout:
    """The languages asked for in a translation memory, else the first two of its first units."""
    names = opened.reading.columns
    places = [_language(names, name) if name else None for name in asked]
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
    decided = replace(opened.reading, text=names[first], title=names[second])
    return Layout(
        OpenedInput(opened.source, opened.format, decided), (names[first], names[second]), (codes[0], codes[1])
    )


def _language(named: Sequence[str], asked: str) -> int | None:
    """Where a language stands: in full (en-GB), else by its first part."""
    folded = [language.casefold() for language in named]
    if asked.casefold() in folded:
        return folded.index(asked.casefold())
    firsts = [language.partition("-")[0] for language in folded]
    return firsts.index(asked.casefold()) if asked.casefold() in firsts else None


def _numbered(opened: OpenedInput, asked: tuple[str, str], where: str) -> Layout:
    first, second = asked[0] or "1", asked[1] or "2"
    names = opened.reading.columns
    if first == second or first not in names or second not in names:
        raise UserError(f"{where}: {first!r} and {second!r} are no two columns of a table without a header; name both "
                        f"by number, from 1 to {len(names)}.")  # fmt: skip
    return Layout(opened, (first, second))
