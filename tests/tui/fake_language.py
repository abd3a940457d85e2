"""An engine without an engine for language models: a cycle of words, the surprise of a word by its length."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dltext.engine.results import (
    BundleInfo,
    ComparedSurprise,
    Continuation,
    Generated,
    NextUnit,
    SentenceSurprise,
    Surprisal,
    Surprise,
    WordDifference,
)

WORD = re.compile(r"[\u3400-\u9fff]|\w+|[^\w\s]")
CYCLE = ("the", "old", "king", "sleeps", "[/b]")
CYCLE_ZH = "明月几时有"

SHAKESPEARE = BundleInfo(
    "lm-shakespeare", "language", "trained", "1", "ngram", "en", (), {"perplexity": 141.2}, "shakespeare test", True,
    3_000_000, "/home/lm-shakespeare", {"serving": {"unit": "words"}},
)  # fmt: skip
PRESIDENTS = replace(
    SHAKESPEARE, name="lm-presidents", metrics={}, default=False, measured_on="", path="/home/lm-presidents"
)
SONGCI = replace(PRESIDENTS, name="lm-songci", language="zh", path="/home/lm-songci")


class FakeLanguage:
    """The functions of ``dltext.engine.api`` about language models; to be mixed in before ``FakeEngine``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bundles: list[BundleInfo] = [*getattr(self, "bundles", []), SHAKESPEARE]
        self.noted: tuple[str, ...] = ()
        self.milliseconds = 2.0
        """That a question of surprise is said to take."""
        self.drawn: list[dict[str, Any]] = []
        """The settings of each call of ``generate``."""
        self.pausing: Callable[[int], None] = lambda unit: None
        """Called before each unit is written."""

    _note: Callable[..., None]

    def generate(
        self,
        prompt: str,
        model: str | None = None,
        *,
        length: int = 100,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        variants: int = 1,
        line_lengths: Sequence[int] = (),
        rhyme: bool = False,
        on_text: Callable[[int, str], bool | None] | None = None,
    ) -> Generated:
        self.drawn.append(
            {"length": length, "temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed,
             "variants": variants, "line_lengths": line_lengths, "rhyme": rhyme}
        )  # fmt: skip
        self._note("generate", prompt, model)
        made, first = [], 40 if seed is None else seed
        chinese = model == "lm-songci"
        for variant in range(variants):
            text, units, stopped = "", 0, False
            while units < length and not stopped:
                self.pausing(units)
                cycle = CYCLE_ZH if chinese else CYCLE
                text += ("" if chinese else " ") + cycle[(units + variant) % len(cycle)]
                units += 1
                stopped = on_text is not None and bool(on_text(variant, text))
            made.append(Continuation(text, units, -2.0 * math.log(2) * units, False, first + variant))
        return Generated(prompt, model or "lm-shakespeare", "1", tuple(made), 12.5, self.noted)

    def next_units(self, text: str, model: str | None = None, count: int = 10) -> tuple[NextUnit, ...]:
        self._note("next_units", text, model)
        if model == "lm-songci":
            return tuple(NextUnit(sign, 0.4 / (number + 1)) for number, sign in enumerate(CYCLE_ZH[:count]))
        words = (" the", " old", " king", "s", "\n")
        return tuple(NextUnit(word, 0.5 / 2**number) for number, word in enumerate(words[:count]))

    def surprise(self, text: str, model: str | None = None, explain: bool = True) -> Surprise:
        self._note("surprise", text, model)
        name = model or "lm-shakespeare"
        units = tuple(
            Surprisal(match.group(), match.start(), match.end(), _bits(match.group(), name))
            for match in WORD.finditer(text)
        )
        bits = sum(unit.bits for unit in units)
        sentences = []
        for match in re.finditer(r"[^.。]+[.。]?", text):
            inside = [unit.bits for unit in units if match.start() <= unit.start < match.end()]
            if inside:
                perplexity = 2 ** (sum(inside) / len(inside))
                sentences.append(SentenceSurprise(match.start(), match.end(), perplexity))
        count = max(len(units), 1)
        return Surprise(
            text, name, "1", "words", 2 ** (bits / count), count, bits, bits / max(len(text), 1),
            units if explain else (), tuple(sentences), 0.97, self.milliseconds, self.noted,
        )  # fmt: skip

    def compare_surprise(self, text: str, first: str, second: str) -> ComparedSurprise:
        self._note("compare_surprise", text, first, second)
        one, other = FakeLanguage.surprise(self, text, first), FakeLanguage.surprise(self, text, second)
        words = tuple(
            WordDifference(unit.text, unit.start, unit.end, less.bits - unit.bits)
            for unit, less in zip(one.surprisals, other.surprisals, strict=True)
        )
        return ComparedSurprise(text, one, other, words)


def _bits(word: str, model: str) -> float:
    """A bit a character; the presidents know nation, and no king."""
    known = {"lm-presidents": {"nation": 2.0, "king": 12.0}}.get(model, {})
    return known.get(word.lower(), float(len(word)) + 1.0)
