"""How surprising the words of a text are to a language model: words and their bits, shading, what is asked live."""

import re
from collections.abc import Callable, Sequence
from threading import Lock

from ...engine.results import ComparedSurprise, Phrase, Span, Surprise, percent
from .engine import Engine
from .heat import Heat, Sides
from .loaded_once import LoadedOnce
from .model_reader import Pace
from .preview import PAGE

TASK = "language"
WORD = re.compile(r"[\u3400-\u9fff]|\w+(?:['’-]\w+)*|[^\w\s]")
SURPRISING = Sides("more surprising than the mean", "", "accent", "quiet", shares=True)
"""What shaded words are."""
MOST = 50
"""Words that are listed."""
END = 400
"""Characters at the end of a text that are read in a blink where the engine remembers what stands before them."""


def words_of(surprise: Surprise) -> tuple[Phrase, ...]:
    """The words and signs of a text with the bits of their units, in reading order; a Chinese character is a word. What
    white space took stands with the word that follows."""
    places = [match.span() for match in WORD.finditer(surprise.text)]
    sums: list[float | None] = [None] * len(places)
    number = 0
    for unit in surprise.surprisals:
        while number < len(places) - 1 and places[number][1] <= unit.start:
            number += 1
        if places:
            sums[number] = (sums[number] or 0.0) + unit.bits
    return tuple(Phrase(*place, bits, -1) for place, bits in zip(places, sums, strict=True) if bits is not None)


def mean_bits(words: Sequence[Phrase]) -> float:
    """Of a word, or a sign."""
    return sum(word.weight for word in words) / max(len(words), 1)


def strongest(words: Sequence[Phrase], text: str, above: float = 0.0, most: int = MOST) -> list[Phrase]:
    """The words with the most bits, ``above`` so many, signs left out."""
    able = [word for word in words if word.weight > above and text[word.start].isalnum()]
    return sorted(able, key=lambda word: -word.weight)[:most]


def heat_of(words: Sequence[Phrase], start: int = 0) -> Heat:
    """Words shaded from the mean of the text on; ``start``: where in the document it begins."""
    mean = mean_bits(words)
    return Heat.of(
        (Span(start + word.start, start + word.end, word.weight - mean) for word in words if word.weight > mean),
        SURPRISING,
    )


def deciding_heat(compared: ComparedSurprise, start: int = 0) -> Heat:
    """Words shaded by how much they speak for the one model or for the other."""
    sides = Sides(compared.first.model, compared.second.model, "class-1", "class-2")
    return Heat.of((Span(start + word.start, start + word.end, word.bits) for word in compared.words), sides)


class SurpriseReader:
    """Asks language models, and knows what is answered while one types. Call :meth:`read` in threads."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._warm_up = LoadedOnce(lambda name: self._engine().warm_up(TASK, name))
        self._reading = Lock()
        self._paces: dict[tuple[str, ...], Pace] = {}
        self._last: dict[tuple[str, ...], str] = {}
        """What was read last, by models."""

    def read(self, text: str, *models: str) -> Surprise | ComparedSurprise:
        """What one model says of a text, or two."""
        for name in models:
            self._warm_up(name)
        goes_on = self._goes_on(text, models)
        with self._reading:
            if len(models) == 2:
                compared = self._engine().compare_surprise(text, *models)
                spent, answer = compared.first.milliseconds + compared.second.milliseconds, compared
            else:
                answer = self._engine().surprise(text, models[0])
                spent = answer.milliseconds
        if not goes_on:
            self._pace(models).measure(len(text), spent)
        self._last[models] = text
        return answer

    def quick(self, text: str, *models: str) -> bool:
        """Whether a text will be read in the blink that may pass while one types: a short one, or one of which only the
        end is another than in the one before."""
        return self._pace(models).quick(text) or self._goes_on(text, models)

    def _goes_on(self, text: str, models: tuple[str, ...]) -> bool:
        last = self._last.get(models, "")
        return len(text) > END and abs(len(text) - len(last)) < END and last.startswith(text[:-END])

    def _pace(self, models: tuple[str, ...]) -> Pace:
        return self._paces.setdefault(models, Pace(PAGE))


def read_said(answer: Surprise) -> str:
    """How much was measured: ``1,204 words · 97 % known``."""
    return f"{answer.tokens:,} {answer.unit} · {percent(answer.known, 0)} known"


def fewer_bits(compared: ComparedSurprise) -> str:
    """Which of two models explains a text better, in a sentence."""
    bits = abs(compared.bits)
    if bits < 0.05:
        return "Both models explain this text equally well."
    better = compared.first if compared.bits > 0 else compared.second
    each = bits / max(len(compared.text), 1)
    return f"{better.model} explains this text better: {bits:,.1f} bits fewer, {each:.2f} a character."
