"""The engine's functions about words, over a few dozen made vectors: the same answers each time."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dltext.engine.results import (
    BundleInfo,
    MapPoint,
    Matrix,
    Missing,
    Neighbour,
    Neighbours,
    OddOneOut,
    Similarity,
    UserError,
    WordMap,
)

GROUPS = (
    "king queen prince princess throne crown royal monarch duke emperor kingdom palace",
    "man woman boy girl father mother son daughter husband wife child person",
    "breakfast lunch dinner meal supper bread soup fish tea coffee",
    "river sea lake ocean water stream bridge shore new_york a_very_long_phrase_that_no_column_can_hold",
    "音乐 歌曲 国王 女王 男人 女人 早餐 午餐 北京 上海",
    "[/x] :-) music song piano violin concert orchestra melody singer",
)
WORDS = [word for group in zip(*(f"{g} {'- ' * 12}".split()[:12] for g in GROUPS), strict=True) for word in group]
WORDS = [word for word in WORDS if word != "-"]
SIZE = 12

EN = BundleInfo(
    "words-en",
    "words",
    "shipped",
    "1.0",
    "word2vec-gensim",
    "en",
    (),
    {"wordsim353": 0.712, "simlex999": 0.341, "analogies": 0.462},
    "WordSim-353",
    True,
    11_000_000,
    "/zoo/words-en",
    {"task": "words", "serving": {"kind": "words", "size": 200, "count": 50_000}},
)
MINE = replace(EN, name="own-words", origin="trained", default=False, metrics={}, path="/home/own-words")
THIRD = replace(EN, name="third [/x]", origin="imported", default=False, metrics={}, path="/home/third")


def table(seed: int) -> dict[str, list[float]]:
    made = random.Random(seed)
    centres = [[made.gauss(0, 1) for _ in range(SIZE)] for _ in GROUPS]
    vectors = {}
    for word in WORDS:
        at = next(index for index, group in enumerate(GROUPS) if word in group.split())
        vector = [value + made.gauss(0, 0.7) for value in centres[at]]
        length = math.hypot(*vector)
        vectors[word] = [value / length for value in vector]
    return vectors


TABLES = {name: table(seed) for seed, name in enumerate(("words-en", "own-words", "third [/x]"), 3)}


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / ((math.hypot(*a) * math.hypot(*b)) or 1)


class FakeWords:
    """To be mixed with ``FakeEngine``, which has ``_note``."""

    _note: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles = [*getattr(self, "bundles", []), EN, MINE]

    def _missing(self, words: Sequence[str]) -> tuple[Missing, ...]:
        return tuple(
            Missing(word, tuple(known for known in WORDS if known[:1] == word[:1].lower())[:5])
            for word in words
            if word not in WORDS
        )

    def _near(self, query: str, vector: Sequence[float], asked: Sequence[str], model: str, count: int) -> Neighbours:
        nearest = sorted(
            (Neighbour(word, cosine(vector, other), rank) for rank, (word, other) in enumerate(TABLES[model].items())),
            key=lambda near: -near.similarity,
        )
        return Neighbours(query, model, tuple(near for near in nearest if near.word not in asked)[:count], (), 0.4)

    def _mean(self, words: Sequence[str], model: str, signs: Sequence[int] = ()) -> list[float]:
        rows = [TABLES[model][word] for word in words]
        signs = signs or [1] * len(rows)
        return [sum(sign * row[at] for sign, row in zip(signs, rows, strict=True)) for at in range(SIZE)]

    def neighbours(self, word: str, model: str | None = None, count: int = 10) -> Neighbours:
        model = model or "words-en"
        self._note("neighbours", word, model)
        words = word.split()
        if missing := self._missing(words):
            return Neighbours(word, model, (), missing)
        return self._near(word, self._mean(words, model), words, model, count)

    def analogy(self, expression: str, model: str | None = None, count: int = 10) -> Neighbours:
        model = model or "words-en"
        self._note("analogy", expression, model)
        if " - + " in expression:
            raise UserError(f"{expression} cannot be read: a word is missing between - and +.")
        signs, words, sign = [], [], 1
        for part in expression.split():
            if part in "+-":
                sign = 1 if part == "+" else -1
            else:
                words.append(part)
                signs.append(sign)
        if missing := self._missing(words):
            return Neighbours(expression, model, (), missing)
        return self._near(expression, self._mean(words, model, signs), words, model, count)

    def odd_one_out(self, words: Sequence[str], model: str | None = None) -> OddOneOut:
        model = model or "words-en"
        self._note("odd_one_out", tuple(words), model)
        known = [word for word in words if word in WORDS]
        mean = self._mean(known, model) if known else [0.0] * SIZE
        rows = sorted(
            (Neighbour(word, cosine(TABLES[model][word], mean), WORDS.index(word)) for word in known),
            key=lambda near: near.similarity,
        )
        return OddOneOut(rows[0].word if len(rows) > 2 else "", model, tuple(rows), self._missing(words))

    def text_similarity(self, a: str, b: str, model: str | None = None) -> Similarity:
        model = model or "words-en"
        self._note("text_similarity", a, b, model)
        left, right = ([word for word in side.split() if word in WORDS] for side in (a, b))
        missing = self._missing([*a.split(), *b.split()])
        if not left or not right:
            return Similarity(model, tuple(left), tuple(right), None, None, missing)
        pairs = [cosine(TABLES[model][x], TABLES[model][y]) for x in left for y in right]
        whole = cosine(self._mean(left, model), self._mean(right, model))
        return Similarity(model, tuple(left), tuple(right), whole, sum(pairs) / len(pairs), missing)

    def similarity_matrix(self, words: Sequence[str], model: str | None = None) -> Matrix:
        model = model or "words-en"
        self._note("similarity_matrix", tuple(words), model)
        if len(words) > 100:
            raise UserError(f"{len(words)} words are too many for a matrix; at most 100.")
        known = tuple(word for word in words if word in WORDS)
        rows = [TABLES[model][word] for word in known]
        return Matrix(model, known, tuple(tuple(cosine(a, b) for b in rows) for a in rows), self._missing(words))

    def word_map(
        self,
        query: str,
        model: str | None = None,
        count: int = 60,
        method: str = "pca",
        clusters: int = 5,
        seed: int = 1,
    ) -> WordMap:
        model = model or "words-en"
        self._note("word_map", query, model, method)
        words = query.split()
        if missing := self._missing(words):
            return WordMap(query, model, method, (), missing)
        near = self._near(query, self._mean(words, model), words, model, count)
        made = random.Random(len(method))
        spots = [(made.uniform(-0.75, 0.75), made.uniform(-0.75, 0.75)) for _ in GROUPS]
        points = []
        for word in (*words, *(neighbour.word for neighbour in near.words)):
            cluster = next(index for index, group in enumerate(GROUPS) if word in group.split())
            x, y = (min(max(centre + made.gauss(0, 0.14), -1.0), 1.0) for centre in spots[cluster])
            points.append(MapPoint(word, x, y, cluster, word in words))
        return WordMap(query, model, method, tuple(points), (), "Only what lies near together can be trusted.")

    def suggest_words(self, beginning: str, model: str | None = None, count: int = 8) -> list[str]:
        self._note("suggest_words", beginning, model)
        return [word for word in WORDS if word.startswith(beginning)][:count]

    def warm_up_words(self, model: str | None = None) -> None:
        self._note("warm_up_words", model)
