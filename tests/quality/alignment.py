"""The alignment functions beside each other, and no attention at all: the same small network, data, seed and epochs.

    DLTEXT_DATA=… DLTEXT_HOME=… python tests/quality/alignment.py [KIND …] [--data CARD] [--epochs N] [--reverse]
                                       [--set KEY=VALUE]… [--json FILE] [--quick]

Each is trained in a job, so that a stopped measurement goes on where it was, and translates the test part as its users
would have it (beam of 4). BLEU is sacreBLEU's, each pair against its own translation, of all test pairs and of the half
least like any training sentence, with 95 % of 10,000 resamples of the sentences; "over none" is paired: the same
sentences are drawn for both. The whole takes about an hour and a half on two cores.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from measure import job

from dltext.data.pairs import Pair, same
from dltext.data.paths import write_json
from dltext.engine import api, bundle_format, model_store
from dltext.engine.results import UserError
from dltext.engine.tasks.translate.baseline import least_similar
from dltext.engine.tasks.translate.measure import copy_nearest, open_in_direction, translations
from dltext.engine.tasks.translate.scores import corpus_scores, statistics
from dltext.engine.tasks.translate.significance import interval
from dltext.engine.text.symbols import simplified
from dltext.tests import quick

NONE = "none"
KINDS = (NONE, "cosine", "additive", "location", "general", "dot", "scaled-dot")
SMALL = {
    "units": 128,
    "embedding_size": 128,
    "source_vocabulary": 4000,
    "target_vocabulary": 4000,
    "lexical": False,  # else a memory of words alone would tell more than the function that looks at it
    "longest": 40,
    "batch_size": 64,
    "learning_rate": 0.002,
    "averaging": 0.995,
    "patience": 0,
    "floor": False,
    "keep_weights": False,
}
QUICK_KINDS = (NONE, "dot")
QUICK = {"units": 8, "embedding_size": 8, "longest": 100}
DRAWS = 10_000


def trained(kind: str, data: str, settings: dict[str, Any], here: bool) -> dict[str, Any]:
    """The run of one kind: its bundle, parameters, seconds an epoch, loss of the validation part."""
    name = f"alignment-{kind}"
    run = job("seq2seq-attention", data, {**settings, "attention": kind}, name=name, here=here)
    events, _ = api.events(run["run"])
    start = next(event.values for event in events if event.type == "start")
    epochs = [event.values for event in events if event.type == "epoch"]
    return {
        "bundle": api.job(run["run"]).bundle or name,
        "settings": run["settings"],
        "parameters": start["parameters"],
        "device": start["device"],
        "epochs": len(epochs),
        "seconds": round(float(np.median([epoch["seconds"] for epoch in epochs])), 1),
        "loss": min(epoch["validation"]["loss"] for epoch in epochs),
    }


def measured(kinds: list[str], data: str, settings: dict[str, Any], here: bool = False) -> dict[str, Any]:
    """All numbers, JSON-ready; ``here``: the runs in this process."""
    runs = {kind: trained(kind, data, settings, here) for kind in kinds}
    cards = {kind: bundle_format.read(model_store.folder_of(run["bundle"]), verify=False) for kind, run in runs.items()}
    card = cards[kinds[0]]
    pairs = open_in_direction(card, data)
    language = pairs.target_language
    simple = simplified if card["serving"].get("simplify") and language.startswith("zh") else str
    rows = [Pair(pair.id, pair.source, simple(pair.target)) for pair in pairs.rows("test")]
    gold, sources = [pair.target for pair in rows], [pair.source for pair in rows]
    copied = copy_nearest(list(pairs.rows("train")), rows)
    parts = {"all": np.ones(len(rows), bool), "half": least_similar(copied.similarities)}
    numbers: dict[str, int] = {}
    owner = np.array([numbers.setdefault(same(text), len(numbers)) for text in sources])
    said = {kind: translations(run["bundle"], cards[kind], sources) for kind, run in runs.items()}
    said["floor"] = [simple(text) for text in copied.texts]
    counted = {who: statistics(texts, gold, language) for who, texts in said.items()}
    whole = {who: corpus_scores(texts, gold, language) for who, texts in said.items()}
    table = []
    for who in said:
        row: dict[str, Any] = {"alignment": who, "chrf": whole[who]["chrf"], **runs.get(who, {})}
        for part, chosen in parts.items():
            groups = np.unique(owner[chosen], return_inverse=True)[1]
            row[part] = interval(counted[who][chosen], None, groups, DRAWS)
            if NONE in runs and who != NONE:
                row[f"{part}_over_none"] = interval(counted[who][chosen], counted[NONE][chosen], groups, DRAWS)
        table.append(row)
    return {
        "data": data,
        "sha256": pairs.sha256,
        "direction": [pairs.source_language, pairs.target_language],
        "pairs": len(rows),
        "half": int(parts["half"].sum()),
        "settings": settings,
        "signature": whole[kinds[0]]["signature"],
        "rows": table,
    }


def _within(cell: dict[str, float] | None, sign: str = "") -> str:
    return "" if cell is None else f"{cell['value']:{sign}.1f} [{cell['low']:{sign}.1f}, {cell['high']:{sign}.1f}]"


def write_table(report: dict[str, Any]) -> None:
    """Print what :func:`measured` found as Markdown."""
    way = " to ".join(report["direction"])
    print(
        f"{report['data']} test, {way}: {report['pairs']:,} pairs, {report['half']:,} in the half least like training\n"
    )
    heads = ("alignment", "BLEU", "over none", "BLEU, half", "over none", "chrF", "loss", "weights", "s an epoch")
    print("| " + " | ".join(heads) + " |\n|---|" + "---:|" * (len(heads) - 1))
    for row in report["rows"]:
        cells = (
            row["alignment"],
            _within(row["all"]),
            _within(row.get("all_over_none"), "+"),
            _within(row["half"]),
            _within(row.get("half_over_none"), "+"),
            f"{row['chrf']:.1f}",
            f"{row['loss']:.3f}" if "loss" in row else "",
            f"{row['parameters']:,}" if "parameters" in row else "",
            f"{row['seconds']:.0f}" if "seconds" in row else "",
        )
        print("| " + " | ".join(cells) + " |")
    settings_line = ", ".join(f"{key} {value}" for key, value in report["settings"].items())
    print(f"\n{settings_line}\n{report['signature']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--data", default="tatoeba-en-zh", help="a card or a file (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--reverse", action="store_true", help="from the second side to the first")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another setting for all")
    parser.add_argument("--json", type=Path, metavar="FILE")
    quick.add_option(parser)
    options = parser.parse_args()
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"there is no alignment {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    settings = {**SMALL, "epochs": options.epochs, "reverse": options.reverse}
    settings |= {key: value for key, _, value in (pair.partition("=") for pair in options.set)}
    kinds: list[str] = options.kinds or list(KINDS)
    if options.quick:
        options.data, kinds, settings = quick.pairs(40), list(QUICK_KINDS), {**settings, **QUICK, "epochs": 1}
    try:
        report = measured(kinds, options.data, settings, here=options.quick)
    except UserError as error:
        sys.exit(f"skipped: {error}")
    write_table(report)
    if options.json:
        write_json(options.json, report)


if __name__ == "__main__":
    main()
