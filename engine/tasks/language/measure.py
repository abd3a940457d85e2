"""The measurement of language models: perplexity, and bits a character, of texts read one behind the other."""

import math
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ....data.source import Source, open_source
from ...results import Report, UserError
from ...text.units import END, UNKNOWN
from .model import LanguageModel, open_language
from .surprise import perplexity

PROTOCOL = (
    "Perplexity: 2 to the mean bits of {tokens:,} {noun}{ends}, the text{s} read one behind the other. Bits a "
    "character: all bits by {characters:,} characters{more}. {known}"
)
BLOCK = 1 << 15
"""Units that are in hand at once, in chunks as the model reads them."""


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
    states, last, total, tokens, unknown = opened.predictor.begin(1), END, 0.0, 0, 0
    for ids in _blocks(opened, texts, counts):
        given = np.concatenate([[last], ids[:-1]]).astype(np.int32)
        losses, states = opened.predictor.losses(given[None], ids[None], states)
        last = int(ids[-1])
        total += float(losses.sum(dtype=np.float64)) / math.log(2)
        tokens, unknown = tokens + len(ids), unknown + int((ids == UNKNOWN).sum())
    if not tokens:
        raise UserError("The texts hold nothing that the model could read.")
    return Measured(counts["texts"], tokens, counts["characters"], total, unknown)


def _blocks(opened: LanguageModel, texts: Iterable[str], counts: dict[str, int]) -> Iterator[np.ndarray]:
    """The units of ``texts``, an end behind each where it counts, in blocks."""
    size = BLOCK // opened.predictor.chunk * opened.predictor.chunk
    held, many = list[np.ndarray](), 0
    for text in texts:
        if not text.strip():
            continue
        counts["texts"] += 1
        counts["characters"] += len(text) + opened.documents
        parts = [ids for ids, _ in opened.units.parts(text)] if len(text) > BLOCK else opened.units.encode_many([text])
        held += [*parts, np.array([END], np.int32)] if opened.documents else parts
        many += sum(map(len, parts)) + opened.documents
        if many >= size:
            whole = np.concatenate(held)
            for start in range(0, many // size * size, size):
                yield whole[start : start + size]
            held, many = [whole[many // size * size :]], many % size
    if many:
        yield np.concatenate(held)


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """``perplexity``, ``bits_per_character`` and ``loss`` (nats) on the texts of a card or a file: of its test part,
    else of all. UserError where they hold nothing."""
    opened = open_language(model)
    source = open_source(data, min_labels=0)
    split = _split_of(source)
    total = measured(opened, (row.text for row in source.rows(split)))
    again = f"Again: {shlex.join(['dltext', 'evaluate', shown or model, '--data', data])}."
    return report(opened, total, shown or opened.name, data, split, again)


def _split_of(source: Source) -> str:
    if source.published and "test" in source.splits:
        return "test"
    return "all" if "all" in source.splits else source.splits[0]


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
