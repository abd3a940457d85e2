"""The measurement of masked language models: the share of hidden pieces that they name, beside the most frequent."""

import shlex
from collections.abc import Iterable, Sequence

import numpy as np

from ....data.source import open_source
from ....data.wording import percent
from ...results import Report, UserError
from ...serve.probabilities import log_softmax
from .masking import SHARE, SIGNS, mask
from .model import MaskedModel, open_filler

SEED = 1
MOST = 2000
"""Hidden pieces that are asked for; the rest of the texts would not move the third digit."""
CHARACTERS = 2_000_000
"""Of the texts are read at most."""
PROTOCOL = (
    "{share} of the pieces are hidden (of ten eight by [MASK], one by another piece, one not at all); the share of "
    "{asked:,} that is named exactly. The baseline always names the most frequent piece."
)
NAME = "most frequent piece"


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """``accuracy`` and ``loss`` (nats) on the texts of a card or a file: of its published test part, else of all.

    UserError where they hold no word.
    """
    opened = open_filler(model)
    source = open_source(data, min_labels=0)
    published = source.published and "test" in source.splits
    split = "test" if published else "all" if "all" in source.splits else source.splits[0]
    texts, size = [], 0
    for row in source.rows(split):
        texts.append(row.text)
        size += len(row.text)
        if size > CHARACTERS:
            break
    rows = cut(encode(opened, texts), opened.max_tokens)
    return report(
        opened,
        rows,
        shown or opened.name,
        data,
        split,
        more=f"Again: {shlex.join(['dltext', 'evaluate', shown or model, '--data', data])}",
    )


def report(
    opened: MaskedModel, rows: Sequence[np.ndarray], name: str, data: str, split: str, seed: int = SEED, more: str = ""
) -> Report:
    """What a model says of ``rows`` (ids of stretches of texts) with some pieces hidden."""
    questions = ask(rows, len(opened.pieces), seed)
    if not questions:
        raise UserError(f"{data} ({split}) holds no words that {name} could be asked for.")
    right = total = 0.0
    for ids, place, gold in questions:
        logs = log_softmax(opened.logits(ids[None], [place]).astype(np.float64))[0]
        right += int(logs.argmax()) == gold
        total -= max(float(logs[gold]), -100.0)
    count = len(questions)
    return Report(
        model=name,
        data=data,
        split=split,
        examples=count,
        metrics={"accuracy": round(right / count, 4), "loss": round(total / count, 4)},
        floor={"name": NAME, "accuracy": round(most_frequent(questions), 4)},
        labels=(),
        confusion=(),
        per_class=(),
        documents=(),
        protocol=f"{PROTOCOL.format(share=percent(SHARE, 0), asked=count)} {more}".strip(),
    )


Question = tuple[np.ndarray, int, int]
"""Ids with some pieces hidden, a place in them, and what stood there."""


def ask(rows: Sequence[np.ndarray], vocabulary: int, seed: int) -> list[Question]:
    """At most :data:`MOST` questions about rows of ids: the same for the same seed."""
    rng = np.random.default_rng(seed)
    questions: list[Question] = []
    for number in rng.permutation(len(rows)).tolist():
        masked = mask(rows[number][None].astype(np.int32), vocabulary, rng)
        for place, gold, real in zip(masked.places[0], masked.targets[0], masked.real[0], strict=True):
            if real:
                questions.append((masked.ids[0], int(place), int(gold)))
        if len(questions) >= MOST:
            break
    return questions[:MOST]


def most_frequent(questions: Sequence[Question]) -> float:
    """The share that is the most frequent of all that is asked for."""
    golds = np.array([gold for _, _, gold in questions])
    return float(np.bincount(golds).max() / len(golds))


def encode(opened: MaskedModel, texts: Iterable[str]) -> list[np.ndarray]:
    """The ids of each text."""
    encodings = opened.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [np.array(encoding.ids, np.int32) for encoding in encodings]


def cut(texts: Iterable[np.ndarray], most: int) -> list[np.ndarray]:
    """Stretches of at most ``most`` pieces; a rest shorter than a quarter of that stays with nobody, but for a short
    text, and what has no piece at all is left out."""
    rows = []
    for ids in texts:
        for start in range(0, len(ids), most):
            stretch = ids[start : start + most]
            if (stretch >= SIGNS).sum() >= (1 if start == 0 else most // 4):
                rows.append(stretch)
    return rows
