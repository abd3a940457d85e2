"""The measurement of language models: perplexity, and bits a character, of texts read one behind the other."""

import math
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ....data import decisions
from ....data.source import Source, open_source
from ...results import Report, UserError
from ...text.units import END, UNKNOWN
from .model import LanguageModel, open_language
from .reading import block_of
from .surprise import perplexity

PROTOCOL = (
    "Perplexity: 2 to the mean bits of {tokens:,} {noun}{ends}, the text{s} read one behind the other. Bits a "
    "character: all bits by {characters:,} characters{more}. {known}"
)
LONG = 40
"""Characters beyond which a text that trained too is left out: what is short is said twice."""


@dataclass(frozen=True)
class Measured:
    """What texts cost in all."""

    texts: int
    tokens: int
    characters: int
    """Of the texts, and one for each end that counts: it stands for the line break."""
    bits: float
    unknown: int

    @property
    def perplexity(self) -> float:
        return perplexity(self.bits / max(self.tokens, 1))

    @property
    def bits_per_character(self) -> float:
        return self.bits / max(self.characters, 1)

    @property
    def metrics(self) -> dict[str, float]:
        """As reports and cards have them; ``loss`` is nats a unit."""
        return {
            "perplexity": round(self.perplexity, 3),
            "bits_per_character": round(self.bits_per_character, 4),
            "loss": round(self.bits * math.log(2) / max(self.tokens, 1), 5),
            "tokens": self.tokens,
        }


def measured(opened: LanguageModel, texts: Iterable[str]) -> Measured:
    """What ``texts`` cost, each behind the one before, in memory that does not grow; UserError where they are none."""
    counts = {"texts": 0, "characters": 0}
    tokens, unknown, bits = _total(opened, _blocks(opened, texts, counts))
    return Measured(counts["texts"], tokens, counts["characters"], bits, unknown)


def measured_units(opened: LanguageModel, ids: np.ndarray, characters: int = 0) -> Measured:
    """The same of texts that are cut already, int32 ``[n]``, an end behind each where it counts. ``characters`` of the
    texts; 0: not known, so that those of what the vocabulary lacks are estimated."""
    size = block_of(opened)
    tokens, unknown, bits = _total(opened, (ids[start : start + size] for start in range(0, len(ids), size)))
    ends = int((ids == END).sum())
    if characters:
        return Measured(max(ends, 1), tokens, characters + ends, bits, unknown)
    texts = np.split(ids, np.flatnonzero(ids == END) + 1)
    written = sum(len(opened.units.decode(text)) for text in texts) * (tokens - ends) / max(tokens - ends - unknown, 1)
    return Measured(max(ends, 1), tokens, round(written) + ends, bits, unknown)


def _total(opened: LanguageModel, blocks: Iterable[np.ndarray]) -> tuple[int, int, float]:
    """How many units there are, how many of them are unknown, and what they cost."""
    states, last, total, tokens, unknown = opened.predictor.begin(1), END, 0.0, 0, 0
    for ids in blocks:
        given = np.concatenate([[last], ids[:-1]]).astype(np.int32)
        losses, states = opened.predictor.losses(given[None], ids[None], states)
        last = int(ids[-1])
        total += float(losses.sum(dtype=np.float64)) / math.log(2)
        tokens, unknown = tokens + len(ids), unknown + int((ids == UNKNOWN).sum())
    if not tokens:
        raise UserError("The texts hold nothing that the model could read.")
    return tokens, unknown, total


def _blocks(opened: LanguageModel, texts: Iterable[str], counts: dict[str, int]) -> Iterator[np.ndarray]:
    """The units of ``texts``, an end behind each where it counts, in blocks."""
    size = block_of(opened)
    held, many = list[np.ndarray](), 0
    for text in texts:
        if not text.strip():
            continue
        counts["texts"] += 1
        counts["characters"] += len(text) + opened.documents
        for ids in chain(opened.units.ids(text), [np.array([END], np.int32)] if opened.documents else []):
            held.append(ids)
            many += len(ids)
            if many >= size:
                whole = np.concatenate(held)
                for start in range(0, many // size * size, size):
                    yield whole[start : start + size]
                held, many = [whole[many // size * size :]], many % size
    if many:
        yield np.concatenate(held)


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """``perplexity``, ``bits_per_character`` and ``loss`` (nats) on the texts of a card or a file: of a published test
    part, else of all; of what it was trained on, of the part that was held out. UserError where they hold nothing."""
    opened = open_language(model)
    source = open_source(data, min_labels=0)
    if not opened.documents and is_one_text(source):
        # Read as it was when it trained: then its end is known to be what no step has seen.
        with decisions.holding(data, {**decisions.decided(data), "unit": "document"}):
            source = open_source(data, min_labels=0)
            return _evaluated(opened, source, model, data, shown)
    return _evaluated(opened, source, model, data, shown)


def is_one_text(source: Source) -> bool:
    """Whether a plain text file, of which nobody has said how it is parted, is one long text to a language model."""
    reading = getattr(source, "reading", None)
    return reading is not None and reading.format == "text" and reading.unit == "line" and "unit" not in reading.stated


def _evaluated(opened: LanguageModel, source: Source, model: str, data: str, shown: str) -> Report:
    trained = opened.card.get("data", {}).get("sha256") == source.sha256
    split = "test" if "test" in source.splits and (trained or source.published) else ""
    split = split or ("all" if "all" in source.splits else source.splits[0])
    texts = (row.text for row in source.rows(split))
    if trained and not opened.documents:
        share = float(opened.card.get("settings", {}).get("test_fraction", 0.1))
        split, texts = "end", (row.text[round(len(row.text) * (1 - share)) :] for row in source.rows("all"))
    elif trained and not source.published:
        texts = _unseen(texts, source)
    total = measured(opened, texts)
    again = f"Again: {shlex.join(['dltext', 'evaluate', shown or model, '--data', data])}."
    return report(opened, total, shown or opened.name, data, split, again)


def _unseen(texts: Iterator[str], source: Source) -> Iterator[str]:
    """``texts`` without the longer ones that trained too."""
    seen = {hash(row.text) for row in source.rows("train")}
    yield from (text for text in texts if len(text) <= LONG or hash(text) not in seen)


def report(opened: LanguageModel, total: Measured, name: str, data: str, split: str, more: str = "") -> Report:
    """What a measurement says, for people; ``more`` goes on with the protocol."""
    share = total.unknown / total.tokens
    protocol = PROTOCOL.format(
        tokens=total.tokens,
        noun=opened.units.noun,
        ends=", the end of each text among them" if opened.documents else "",
        s="s" if total.texts > 1 else "",
        characters=total.characters,
        more=", one of them for each end" if opened.documents else "",
        known=f"{100 * share:.2g} % of them are not in the vocabulary and count as the unknown one." if share else "",
    )
    return Report(
        model=name,
        data=data,
        split=split,
        examples=total.texts,
        metrics=total.metrics,
        floor=None,
        labels=(),
        confusion=(),
        per_class=(),
        documents=(),
        protocol=f"{protocol.strip()} {more}".strip(),
    )


def report_on_units(
    model: str, ids: np.ndarray, name: str, data: str, whole: bool, again: bool, characters: int = 0
) -> Report:
    """The report of a run on its test part, ``ids`` and ``characters`` as :func:`measured_units` takes them; ``whole``:
    the end of one long text; ``again``: whether :func:`evaluate` reads the same part of ``data``."""
    opened = open_language(model)
    more = f"Again: {shlex.join(['dltext', 'evaluate', name, '--data', data])}." if again else ""
    return report(opened, measured_units(opened, ids, characters), name, data, "end" if whole else "test", more)
