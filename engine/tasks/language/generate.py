"""A beginning to its continuations, and to what may come next."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ....data.texts import REPLACED, whole
from ....data.wording import percent
from ...results import Continuation, Generated, NextUnit, UserError
from ...serve.decode import Decoded, Rules, Sampling, Step, greedy, sample
from ...serve.top_k import largest
from ...text.units import END, UNKNOWN, Units
from .healing import endings, likeliest
from .model import LanguageModel, Predictor, States, open_language
from .reading import begun, prompt_units
from .verses import VerseForm

OnText = Callable[[int, str], bool | None]
"""``on_text(variant, text)``: what a variant (numbered from 0) has written so far, without the prompt; true: stop."""
LONGEST, MOST_VARIANTS = 100_000, 64
FEW_KNOWN = 0.5
SAMPLED_AT = 0.8
"""The temperature of a sample: what is improbable is drawn less often than the model says."""
PLACEHOLDERS = ("<unk>",)
"""What stands for rare words in texts that were prepared so: never written."""


def generate(
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
    on_text: OnText | None = None,
) -> Generated:
    """Continue ``prompt`` by at most ``length`` units, ``variants`` times; the same again for the same ``seed``.

    ``temperature`` 0: always the most probable unit. ``top_k`` (0: all) and ``top_p`` (1: all) cut off the improbable.
    ``line_lengths``: the characters of each verse, those of the prompt among them, in place of ``length``; ``rhyme``:
    verses that end a sentence rhyme, as far as the model knows rhymes. ``on_text`` hears of each unit and may stop.
    UserError where a setting is none, where the model knows nothing of the prompt, or the prompt has no such lines.
    """
    _check(length, temperature, top_k, top_p, variants, seed)
    mended = whole(prompt)
    notes = () if mended is prompt else (REPLACED,)
    opened = open_language(model)
    started = time.perf_counter()
    ids, blanks, share = prompt_units(opened, mended)
    if share < FEW_KNOWN:
        notes = (*notes, f"The model knows {percent(share)} of the {opened.units.noun} of this text.")
    form = VerseForm(opened, ids, line_lengths, rhyme) if line_lengths or rhyme else None
    way = likeliest(endings(opened, mended, ids, blanks, _forbidden(opened)))
    rules = Rules(
        form.longest if form else length,
        min_length=min(1, length - 1),  # who asks for a continuation wants one
        start=way.last,
        opening=way.allowed,
        end=END if opened.documents else None,
        forbidden=_forbidden(opened),
        constraint=form,
    )
    first = secrets.randbelow(1 << 31) if seed is None else seed
    seeds = [first + variant for variant in range(1 if not temperature else variants)]
    writers = [_Writer(opened.units, mended, blanks, way.removed) for _ in seeds]

    def heard(step: Step) -> bool:
        stopped = False
        for variant, unit in zip(step.sources.tolist(), step.words.tolist(), strict=True):
            writers[variant].add(unit)
            if on_text is not None and on_text(variant, writers[variant].text):
                stopped = True
        return stopped

    stepper = Continuing(opened.predictor, way.states)
    if temperature:
        sampling = Sampling(temperature, top_k, top_p)
        decoded = sample(stepper, [0] * len(seeds), rules, sampling, seeds, on_step=heard)
    else:
        decoded = greedy(stepper, [0], rules, on_step=heard)
    milliseconds = 1000 * (time.perf_counter() - started)
    made = tuple(_continuation(*each) for each in zip(decoded, writers, seeds, strict=True))
    return Generated(mended, opened.name, opened.version, made, milliseconds, notes)


def next_units(text: str, model: str | None = None, count: int = 10) -> tuple[NextUnit, ...]:
    """The ``count`` most probable units behind ``text``, the most probable first; a text's end and the unknown unit are
    left out. Behind half a word these are the ends of words, too, see :mod:`.healing`."""
    if not 1 <= count <= 1000:
        raise UserError(f"The number of words must be from 1 to 1000, not {count}.")
    opened, mended = open_language(model), whole(text)
    ids, blanks, _ = prompt_units(opened, mended)
    forbidden = _forbidden(opened)
    ways = endings(opened, mended, ids, blanks, forbidden)
    total = float(np.logaddexp.reduce([way.weight for way in ways]))
    shares: dict[str, float] = {}
    for way in ways:
        log_probs = way.log_probs[None].copy()
        log_probs[:, [END, *forbidden]] = -np.inf
        if way.allowed is not None:
            log_probs[:, ~way.allowed] = -np.inf
        units, values = largest(log_probs, min(count, log_probs.shape[1]))
        for unit, value in zip(units[0].tolist(), values[0].tolist(), strict=True):
            if value > -np.inf:
                writer = _Writer(opened.units, mended, blanks, way.removed)
                writer.add(unit)
                name = writer.text or opened.units.names[unit]
                share = float(np.exp(value + (way.before - total if np.isfinite(total) else 0.0)))
                shares[name] = shares.get(name, 0.0) + share
    ranked = sorted(shares, key=shares.__getitem__, reverse=True)
    return tuple(NextUnit(name, shares[name]) for name in ranked[:count])


def written(opened: LanguageModel, length: int, seed: int) -> str:
    """What a model writes of its own, at most ``length`` units: a sample to look at while it is trained."""
    states, last = begun(opened, np.zeros(0, np.int32))
    rules = Rules(length, start=last, end=END if opened.documents else None, forbidden=_forbidden(opened))
    (decoded,) = sample(Continuing(opened.predictor, states), [0], rules, Sampling(SAMPLED_AT), [seed])
    return opened.units.decode(decoded.ids)


def _check(length: int, temperature: float, top_k: int, top_p: float, variants: int, seed: int | None) -> None:
    if not 1 <= length <= LONGEST:
        raise UserError(f"The length must be from 1 to {LONGEST:,}, not {length}.")
    if not 0 <= temperature <= 100:
        raise UserError(f"The temperature must be from 0 (always the most probable) to 100, not {temperature:g}.")
    if top_k < 0:
        raise UserError(f"Top-k must be 0 (all) or more, not {top_k}.")
    if not 0 < top_p <= 1:
        raise UserError(f"Top-p must be above 0 and at most 1 (all), not {top_p:g}.")
    if not 1 <= variants <= MOST_VARIANTS:
        raise UserError(f"The number of variants must be from 1 to {MOST_VARIANTS}, not {variants}.")
    if seed is not None and seed < 0:
        raise UserError(f"The seed must be 0 or more, not {seed}.")


def _forbidden(opened: LanguageModel) -> tuple[int, ...]:
    """What is never written: the unknown unit, what stands for one in prepared texts, and an end that no text had."""
    ends = () if opened.documents else (END,)
    names = opened.units.placeholders(PLACEHOLDERS)
    return (UNKNOWN, *ends, *names)


def _continuation(decoded: Decoded, writer: "_Writer", seed: int) -> Continuation:
    writer.close()
    return Continuation(writer.text, len(decoded.ids), decoded.log_prob, decoded.finished, seed)


@dataclass(frozen=True)
class Continuing:
    """A :class:`~dltext.engine.serve.decode.Stepper` whose rows all continue one beginning."""

    predictor: Predictor
    states: States

    def start(self, sources: np.ndarray) -> States:
        return self.predictor.select(self.states, np.zeros(len(sources), np.int64))

    def step(self, words: np.ndarray, place: int, states: States) -> tuple[np.ndarray, None, States]:
        log_probs, states = self.predictor.log_probs(words, states)
        return log_probs, None, states

    def select(self, states: States, rows: np.ndarray) -> States:
        return self.predictor.select(states, rows)


class _Writer:
    """The text of one variant as it grows. ``blanks``: those at the prompt's end, which the first unit would repeat;
    ``removed``: what the first unit begins with, and the prompt has already."""

    def __init__(self, units: Units, prompt: str, blanks: int, removed: str = "") -> None:
        self._units, self._blanks, self._removed = units, blanks, len(removed)
        prompt = prompt.removesuffix(removed)
        self._line_begins = not prompt or prompt.endswith("\n")
        self._pending: list[int] = []
        self.text = ""

    def add(self, unit: int) -> None:
        """Write one more unit; half a character waits for its other half."""
        self._pending.append(unit)
        piece = self._units.decode(self._pending, self._line_begins)
        if not piece.endswith("\ufffd"):
            self._write(piece)

    def close(self) -> None:
        """Write what waits."""
        if self._pending:
            self._write(self._units.decode(self._pending, self._line_begins))

    def _write(self, piece: str) -> None:
        self._pending.clear()
        piece, self._removed = piece[self._removed :], 0
        if self._blanks and piece.startswith(" "):
            piece = piece[1:]
        if piece:
            self._blanks, self._line_begins = 0, piece.endswith("\n")
        self.text += piece
