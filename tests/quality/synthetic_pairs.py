"""Further pairs by machine: English sentences that have no Chinese side here, translated by a model of ours.

    DLTEXT_DATA=… python tests/quality/synthetic_pairs.py OUT.tsv [--model NAME] [--beam N] [--most N]

Trained on from Chinese to English, these are back-translations (Sennrich et al. 2016, Improving neural machine
translation models with monolingual data): the English side, which is what is learnt to be written, is by people. From
English to Chinese they are a distillation (Kim & Rush 2016). The English comes from the pairs with French; what is held
out of any English and Chinese pairs is left out, here and again when a training reads the file (`--set more=OUT.tsv`).
"""

import argparse
import sys
import time
from pathlib import Path

from dltext.data.pairs import open_pairs, same
from dltext.data.paths import atomic_open
from dltext.engine import api
from dltext.engine.results import Record
from dltext.tests import quick

KNOWN = ("tatoeba-en-zh", "captions-en-zh", "dialogue-en-zh")
LONGEST = 120
"""Characters of a sentence: these are everyday sentences."""
RATIO = (0.12, 1.2)
"""Chinese characters a letter of English: outside of it the model has lost or repeated something."""


def english(most: int) -> list[str]:
    """Sentences that no pair has on its English side, in the order of their card."""
    known = {same(pair.source) for name in KNOWN for pair in open_pairs(name).rows("all")}
    texts: dict[str, str] = {}
    for pair in open_pairs("tatoeba-en-fr").rows("all"):
        if len(pair.source) <= LONGEST and same(pair.source) not in known:
            texts.setdefault(same(pair.source), pair.source)
    return list(texts.values())[:most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", default=None)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--most", type=int, default=1_000_000)
    quick.add_option(parser)
    options = parser.parse_args()
    sentences = quick.sentences(5) if options.quick else english(options.most)
    print(f"{len(sentences):,} English sentences without a Chinese side", file=sys.stderr)
    begun, written = time.monotonic(), 0
    records = (Record(str(number), text) for number, text in enumerate(sentences))
    with atomic_open(options.out, "w") as stream:
        for number, (record, answer) in enumerate(
            api.translate_many(records, "zh", "en", options.model, beam=options.beam), start=1
        ):
            text = " ".join(answer.text.split())
            if not answer.notes and RATIO[0] <= len(text) / max(1, len(record.text)) <= RATIO[1]:
                stream.write(f"{record.text}\t{text}\n")
                written += 1
            if number % 5000 == 0:
                print(f"{number:,} in {time.monotonic() - begun:.0f} s, {written:,} kept", file=sys.stderr)
    print(f"{written:,} pairs in {options.out}")


if __name__ == "__main__":
    main()
