"""An encoder's vocabulary, reordered: special tokens first, so that padding is 0 and unknown is 1 everywhere.

A ``tokenizer.json`` numbers its pieces as its maker did ([UNK] is 100 in BERT, padding 1 in RoBERTa). Here they get
other numbers, and the rows of the table of vectors with them; what adds signs to a text is taken out, since the network
sets them itself (:mod:`~dltext.models.encoder`).
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ....data.errors import UserError
from ...text.subword_rules import KINDS, SCORED_SIGNS, SIGNS

SPELLINGS = (
    ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    ("<pad>", "<unk>", "<s>", "</s>", "<mask>"),
)
"""Of BERT and of RoBERTa, in our order."""
SIGN_COUNT = len(SIGNS)


def renumber(rules: dict[str, Any], rows: int, where: str) -> tuple[dict[str, Any], np.ndarray]:
    """The rules of a tokenizer with our numbers, and for each the row of their table that it had.

    ``rows``: of that table. UserError where there are no signs, or pieces without a vector.
    """
    model = rules.get("model")
    if not isinstance(model, dict) or model.get("type") not in KINDS:
        raise UserError(f"{where} cuts texts by {_type(model)}; read are {', '.join(KINDS)}.")
    unigram = model["type"] == "Unigram"
    vocabulary = {piece: n for n, (piece, _) in enumerate(model["vocab"])} if unigram else dict(model["vocab"])
    numbers = {entry["content"]: entry["id"] for entry in rules.get("added_tokens", [])} | vocabulary
    signs = next((names for names in SPELLINGS if all(name in numbers for name in names[:-1])), None)
    if signs is None:
        raise UserError(
            f"{where} lacks the signs of an encoder, {', '.join(SPELLINGS[0])} or {' '.join(SPELLINGS[1])}."
        )
    # A mask is needed by whoever hides words alone: one that lacks stands in the row of the unknown.
    old = [numbers.get(name, numbers[signs[1]]) for name in signs]
    plain = sorted((n, piece) for piece, n in vocabulary.items() if piece not in signs)
    order = np.array([*old, *(n for n, _ in plain)], np.int64)
    if order.max() >= rows:
        raise UserError(f"{where} has the piece number {order.max()}, and the weights only {rows} vectors.")
    if unigram:
        scores = dict(map(tuple, model["vocab"]))
        pieces: Any = [[name, 0.0] for name in SCORED_SIGNS] + [[piece, scores[piece]] for _, piece in plain]
        model = {**model, "vocab": pieces, "unk_id": 1}
    else:
        pieces = {name: n for n, name in enumerate(SIGNS)}
        pieces |= {piece: n for n, (_, piece) in enumerate(plain, start=SIGN_COUNT)}
        model = {**model, "vocab": pieces, "unk_token": SIGNS[1]}
    normalizer = _without_tables(rules.get("normalizer"))
    bare = {"truncation": None, "padding": None, "added_tokens": [], "post_processor": None, "decoder": None}
    return {"version": "1.0", **rules, **bare, "normalizer": normalizer, "model": model}, order


def _without_tables(rule: Any) -> Any:
    """A normaliser whose table of characters is NFKC's: what SentencePiece brings says the same but for rare signs,
    and a table of somebody's own may stop the process."""
    if isinstance(rule, dict) and rule.get("type") == "Precompiled":
        return {"type": "NFKC"}
    if isinstance(rule, dict) and isinstance(rule.get("normalizers"), list):
        return {**rule, "normalizers": [_without_tables(part) for part in rule["normalizers"]]}
    return rule


def _type(model: Any) -> str:
    return repr(model.get("type")) if isinstance(model, dict) else "nothing"


def prune(tokenizer: Tokenizer, texts: Iterable[str], chunk: int = 2000) -> tuple[Tokenizer, np.ndarray]:
    """The tokenizer with the pieces that ``texts`` hold, and those of one character, from which others are made; for
    each of its numbers that of the old. Only of a tokenizer by WordPiece; others stay as they are."""
    rules = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    if rules["model"]["type"] != "WordPiece":
        return tokenizer, np.arange(len(vocabulary))
    needed = set(range(SIGN_COUNT)) | {n for piece, n in vocabulary.items() if len(piece.removeprefix("##")) == 1}
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == chunk:
            needed |= _numbers(tokenizer, batch)
            batch = []
    needed |= _numbers(tokenizer, batch)
    order = np.array(sorted(needed), np.int64)
    names = {n: piece for piece, n in vocabulary.items()}
    rules["model"]["vocab"] = {names[n]: new for new, n in enumerate(order.tolist())}
    return Tokenizer.from_str(json.dumps(rules)), order


def _numbers(tokenizer: Tokenizer, texts: Collection[str]) -> set[int]:
    encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return {n for encoding in encodings for n in encoding.ids}
