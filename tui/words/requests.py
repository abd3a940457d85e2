"""What is typed on the Words screen, read: which view it asks for, and what of the engine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ...engine.results import Matrix, Neighbours, OddOneOut, Similarity, UserError, WordMap
from ..kit.engine import Engine

MODES = ("neighbours", "analogy", "odd", "similarity", "matrix", "map")
TITLES: dict[str, str] = dict(
    zip(MODES, ("Neighbours", "Analogy", "Odd one out", "Similarity", "Matrix", "Map"), strict=True),
)
SHORT_TITLES = {**TITLES, "odd": "Odd"}
EXAMPLES = {
    "en": {
        "neighbours": "music",
        "analogy": "king - man + woman",
        "odd": "breakfast, lunch, dinner, river",
        "similarity": "a good film | an excellent movie",
        "matrix": "paris, london, france, england, river, sea",
        "map": "music",
    },
    "zh": {
        "neighbours": "音乐",
        "analogy": "国王 - 男人 + 女人",
        "odd": "早餐, 午餐, 晚餐, 河流",
        "similarity": "一部好电影 | 很好看的影片",
        "matrix": "北京, 上海, 中国, 日本, 河流, 大海",
        "map": "音乐",
    },
}
HINTS = {
    "neighbours": "Type a word: its nearest words appear here while you type.",
    "analogy": "Calculate with words: write + and - between them, with blanks around.",
    "odd": "Type three words or more with commas between them: the odd one out appears here.",
    "similarity": "Put | between two words or two short texts.",
    "matrix": "Type two words or more with commas between them: all similarities appear here.",
    "map": "Type a word, or several with commas: their neighbourhood is drawn here.",
}
MOST_NEIGHBOURS = 40
MOST_GRIDDED = 60
"""Words of a list up to which their matrix stands beside the odd one."""
MOST_PAIRED = 24
"""Words of two texts up to which the similarities of all their pairs are shown too."""

_CJK = "\u3400-\u9fff"
_OPERATOR = re.compile(rf"(?:(?<=\s)|^|(?<=[{_CJK}]))([+\-−–＋－])(?=\s|$|\w)")
_COMMA = re.compile(r"[,，、;；\n]+")
_BAR = re.compile(r"[|｜]")

WordResult = Neighbours | OddOneOut | Similarity | Matrix | WordMap


@dataclass(frozen=True)
class Question:
    """What is asked: ``parts`` are the query, the expression, the words of a list, or the two texts."""

    mode: str
    parts: tuple[str, ...]
    hint: str = ""
    """What is still lacking before it can be asked."""


@dataclass(frozen=True)
class Reply:
    """What one model answers; ``matrix`` beside an odd one out and a similarity; ``refused``: why there is none."""

    model: str
    result: WordResult | None = None
    matrix: Matrix | None = None
    refused: str = ""


def kind_of(text: str) -> str:
    """What ``text`` looks like: ``pair``, ``sum``, ``list``, or ``plain``."""
    if _BAR.search(text):
        return "pair"
    if _COMMA.search(text):
        return "list"
    return "sum" if _OPERATOR.search(text) else "plain"


def words_in(text: str) -> tuple[str, ...]:
    """The words of any of the forms: between commas or bars, without operators; else between blanks."""
    kind = kind_of(text)
    if kind == "sum":
        text = _OPERATOR.sub(" ", text)
    parts = re.split(r"[|｜,，、;；\n\s]+" if kind == "pair" else _COMMA if kind == "list" else r"\s+", text)
    return tuple(dict.fromkeys(part for part in (" ".join(part.split()) for part in parts) if part))


def read(text: str, chosen: str) -> Question:
    """The question in ``text``: its signs decide (``|``, commas, ``+``, ``-``); where it has none, the chosen view."""
    kind = kind_of(text)
    mode = chosen
    if kind == "pair":
        mode = "similarity"
    elif kind == "sum":
        mode = "analogy"
    words = words_in(text)
    if kind == "list" and chosen not in ("odd", "matrix", "map"):
        mode = "similarity" if len(words) == 2 else "odd"
    if not words:
        return Question(mode, (), HINTS[mode])
    if mode in ("neighbours", "map"):
        return Question(mode, (" ".join(words),))
    if mode == "analogy":
        terms = _expression(text)
        return Question(mode, (terms,), "" if len(words) > 1 and kind == "sum" else HINTS[mode])
    if mode == "similarity":
        sides = tuple(" ".join(side.split()) for side in _BAR.split(text, maxsplit=1)) if kind == "pair" else words
        whole = len(sides) == 2 and all(sides)
        return Question(mode, sides, "" if whole else HINTS[mode])
    return Question(mode, words, "" if len(words) >= (3 if mode == "odd" else 2) else HINTS[mode])


def _expression(text: str) -> str:
    """With one blank around each operator, ASCII signs, and without those that nothing follows yet."""
    signs = {"−": "-", "–": "-", "－": "-", "＋": "+"}
    spaced = _OPERATOR.sub(lambda result: f" {signs.get(result[1], result[1])} ", text)
    return re.sub(r"(\s*[+\-]\s*)+$", "", " ".join(spaced.split()))


def rewrite(text: str, mode: str) -> str:
    """The words of ``text`` in the form of another view, so that changing it loses none of them."""
    words = words_in(text)
    if not words or kind_of(text) == {"analogy": "sum", "similarity": "pair"}.get(mode):
        return text.strip()
    first, *rest = words
    if mode in ("odd", "matrix"):
        return ", ".join(words)
    if mode == "similarity":
        return " | ".join(part for part in (first, " ".join(rest)) if part)
    if mode == "analogy":
        return "".join((" - " if index == 1 else " + " if index else "") + word for index, word in enumerate(words))
    return " ".join(words)


def replaced(text: str, word: str, by: str) -> str:
    """``text`` with one word in the place of another, whatever stands around it."""
    for flags in (0, re.IGNORECASE):
        pattern = re.compile(rf"(?<![^\s,，、;；|｜+\-]){re.escape(word)}(?![^\s,，、;；|｜+\-])", flags)
        if pattern.search(text):
            return pattern.sub(lambda _: by, text)
    return text.replace(word, by) if word in text else by


def answer(engine: Engine, question: Question, model: str, method: str = "pca") -> Reply:
    """Ask the engine, in a thread. What a user can mend comes back as ``refused``: while one types, no toasts."""
    ask = {
        "neighbours": lambda: Reply(model, engine.neighbours(question.parts[0], model, MOST_NEIGHBOURS)),
        "analogy": lambda: Reply(model, engine.analogy(question.parts[0], model, MOST_NEIGHBOURS)),
        "odd": partial(_odd, engine, question.parts, model),
        "similarity": partial(_similarity, engine, question.parts, model),
        "matrix": lambda: Reply(model, engine.similarity_matrix(list(question.parts), model)),
        "map": lambda: Reply(model, engine.word_map(question.parts[0], model, method=method)),
    }[question.mode]
    try:
        return ask()
    except UserError as error:
        return Reply(model, refused=str(error))


def _odd(engine: Engine, words: Sequence[str], model: str) -> Reply:
    result = engine.odd_one_out(list(words), model)
    return Reply(model, result, engine.similarity_matrix(list(words), model) if len(words) <= MOST_GRIDDED else None)


def _similarity(engine: Engine, sides: Sequence[str], model: str) -> Reply:
    result = engine.text_similarity(sides[0], sides[1], model)
    words = list(dict.fromkeys((*result.a, *result.b)))
    paired = result.a and result.b and 2 < len(words) <= MOST_PAIRED
    return Reply(model, result, engine.similarity_matrix(words, model) if paired else None)
