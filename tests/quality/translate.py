"""What a translator is worth beside the floor that copies: held-out sentences of several kinds, all and the hard half.

    DLTEXT_DATA=… python tests/quality/translate.py [MODEL] [--on CARD:SPLIT]… [--json FILE] [--quick]

The model translates as it answers its users (beam of its card, sentence by sentence), in its own direction. Each row is
a part of a set: all pairs; the half whose sources are least like any training sentence of the same set; and, where the
model has learnt from other data too, the half least like any of all those. BLEU and chrF are sacreBLEU's, each pair
against its own translation; the floor is the translation of the nearest training sentence of the set (character
TF-IDF). Intervals are 95 % of 10,000 resamples of the sentences, the same ones for the model and for the floor. "Seen"
counts pairs whose source stands in what the model has learnt from, in any spelling: it should be 0.

Without --on: Tatoeba test, captions validation, dialogue test, Python documentation test, as far as languages fit.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dltext.data import cards
from dltext.data.pairs import Pair, open_pairs, same
from dltext.data.paths import write_json
from dltext.engine import bundle_format, model_store
from dltext.engine.results import UserError
from dltext.engine.tasks.resampling import SEED
from dltext.engine.tasks.translate.baseline import NearestTranslation, least_similar
from dltext.engine.tasks.translate.measure import copy_nearest, measure, open_in_direction, translations
from dltext.engine.tasks.translate.scores import corpus_scores, statistics
from dltext.engine.tasks.translate.significance import interval
from dltext.engine.text.symbols import simplified
from dltext.tests import quick

SETS = ("tatoeba-en-zh:test", "captions-en-zh:validation", "dialogue-en-zh:test", "python-docs-en-zh:test",
        "tatoeba-en-fr:test")  # fmt: skip
REACH = {
    ("en", "zh", "tatoeba-en-zh", "all"): "≥ 38",
    ("en", "zh", "tatoeba-en-zh", "least similar half"): "≥ 26",
    ("zh", "en", "tatoeba-en-zh", "all"): "floor + 8",
    ("zh", "en", "tatoeba-en-zh", "least similar half"): "floor + 10",
    ("en", "zh", "captions-en-zh", "all"): "≥ 28",
    ("en", "zh", "dialogue-en-zh", "all"): "≥ 10",
}
DRAWS = 10_000


def learnt_from(card: dict[str, Any]) -> list[Pair]:
    """The training pairs of the model's data cards, as far as they are known here; first sides as the model reads."""
    known = card["data"]
    names = [str(known.get("card", "")), *str(known.get("more") or "").split("+")]
    reverse = bool(card.get("settings", {}).get("reverse"))
    pairs: list[Pair] = []
    for name in filter(None, map(str.strip, names)):
        if cards.find_card(name) is not None:
            pairs += open_pairs(name, reverse=reverse).rows("train")
    return pairs


def part_of(
    name: str, chosen: np.ndarray, rows: Sequence[Pair], said: Sequence[str], copied: Sequence[str], language: str
) -> dict[str, Any]:
    """The numbers of some of the pairs."""
    picked = np.flatnonzero(chosen).tolist()
    gold, ours, other = ([texts[row] for row in picked] for texts in ([pair.target for pair in rows], said, copied))
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(same(rows[row].source), len(numbers)) for row in picked]
    counted, less = (statistics(texts, gold, language) for texts in (ours, other))
    scores, floor = corpus_scores(ours, gold, language), corpus_scores(other, gold, language)
    return {
        "part": name,
        "pairs": len(picked),
        "bleu": interval(counted, None, groups, DRAWS),
        "chrf": scores["chrf"],
        "floor": {"bleu": floor["bleu"], "chrf": floor["chrf"]},
        "over": interval(counted, less, groups, DRAWS),
        "signature": scores["signature"],
    }


def on_set(model: str, card: dict[str, Any], data: str, split: str, seen: Sequence[Pair]) -> dict[str, Any]:
    """All parts of one set; UserError where it is not here or of other languages."""
    pairs = open_in_direction(card, data)
    language = pairs.target_language
    simple = simplified if card["serving"].get("simplify") and language.startswith("zh") else str
    rows = [Pair(pair.id, pair.source, simple(pair.target)) for pair in pairs.rows(split)]
    print(f"{data} {split}: {len(rows):,} pairs …", file=sys.stderr)
    begun = time.perf_counter()
    said = translations(model, card, [pair.source for pair in rows])
    seconds = time.perf_counter() - begun
    train = list(pairs.rows("train"))
    copied = copy_nearest(train, rows)
    floor = [simple(text) for text in copied.texts]
    parts = {"all": np.ones(len(rows), bool), "least similar half": least_similar(copied.similarities)}
    if seen and {same(pair.source) for pair in seen} - {same(pair.source) for pair in train}:
        _, other = NearestTranslation(seen).find([pair.source for pair in rows])
        parts["half least like all it learnt from"] = least_similar(np.maximum(other, copied.similarities))
    known = {same(pair.source) for pair in seen}
    whole = measure(rows, said, language, draws=1)
    return {
        "data": data,
        "split": split,
        "sha256": pairs.sha256,
        "train": len(train),
        "seen": sum(same(pair.source) in known for pair in rows) if known else None,
        "seconds": round(seconds, 2),
        "bleu_multi": whole.metrics.get("bleu_multi"),
        "parts": [part_of(name, chosen, rows, said, floor, language) for name, chosen in parts.items()],
        "worst": list(whole.worst[:10]),
    }


def measured(model: str, asked: Sequence[str], made: bool = False) -> dict[str, Any]:
    """All numbers, JSON-ready; in the quick form on pairs that were ``made``."""
    card = bundle_format.read(model_store.folder_of(model), verify=False)
    if made:
        asked = [quick.pairs(100, (card["serving"]["source"], card["serving"]["target"]))]
    seen = list(open_pairs(asked[0]).rows("train")) if made else learnt_from(card)
    sets = []
    for one in asked or SETS:
        data, _, split = one.partition(":")
        try:
            sets.append(on_set(model, card, data, split or "test", seen))
        except UserError as error:
            if asked:
                raise
            print(f"{one} is left out: {error}", file=sys.stderr)
    serving = card["serving"]
    return {
        "model": card["name"],
        "version": card["version"],
        "direction": [serving["source"], serving["target"]],
        "beam": serving.get("beam"),
        "learnt_from": {key: card["data"].get(key) for key in ("card", "sha256", "more", "seed")},
        "bootstrap": {"draws": DRAWS, "seed": SEED, "interval": 0.95},
        "sets": sets,
    }


def _within(cell: dict[str, float], sign: str = "") -> str:
    return f"{cell['value']:{sign}.1f} [{cell['low']:{sign}.1f}, {cell['high']:{sign}.1f}]"


def write_tables(report: dict[str, Any]) -> None:
    """Print what :func:`measured` found as Markdown."""
    print(f"{report['model']}, {' to '.join(report['direction'])}, beam {report['beam']}, learnt from "
          f"{report['learnt_from']['card']}\n")  # fmt: skip
    heads = ("set", "part", "pairs", "BLEU", "reach", "floor", "above it", "chrF", "floor")
    print("| " + " | ".join(heads) + " |\n|---|---|" + "---:|" * (len(heads) - 2))
    for one in report["sets"]:
        for part in one["parts"]:
            reach = REACH.get((*report["direction"], one["data"], part["part"]), "")
            cells = (
                f"{one['data']} {one['split']}", part["part"], f"{part['pairs']:,}", _within(part["bleu"]), reach,
                f"{part['floor']['bleu']:.1f}", _within(part["over"], "+"), f"{part['chrf']:.1f}",
                f"{part['floor']['chrf']:.1f}",
            )  # fmt: skip
            print("| " + " | ".join(cells) + " |")
    print()
    for one in report["sets"]:
        multi = "" if one["bleu_multi"] is None else f"; BLEU against all translations {one['bleu_multi']:.1f}"
        known = "its training data are not here" if one["seen"] is None else f"{one['seen']} of them seen in training"
        print(f"{one['data']} {one['split']}: {known}{multi}; {one['seconds']:.1f} s")
    for signature in dict.fromkeys(part["signature"] for one in report["sets"] for part in one["parts"]):
        print(signature)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="translate-en-zh", help="default: %(default)s")
    parser.add_argument("--on", action="append", default=[], metavar="CARD:SPLIT", help="a set; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE")
    quick.add_option(parser)
    options = parser.parse_args()
    try:
        report = measured(options.model, options.on, options.quick)
    except UserError as error:
        sys.exit(f"skipped: {error}")
    if not report["sets"]:
        sys.exit("skipped: none of the sets is here; set DLTEXT_DATA to a folder that mirrors them.")
    write_tables(report)
    if options.json:
        write_json(options.json, report)


if __name__ == "__main__":
    main()
