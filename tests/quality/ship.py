"""Put a trained model into the package: without its trainable weights, with what was measured out of domain.

    python tests/quality/ship.py sentiment-en-cnn
    python tests/quality/ship.py words-en
    python tests/quality/ship.py words-zh --precision int8 --source "…"
    python tests/quality/ship.py sentiment-en --reports imdb.json sst2.json --also ood.json --data "…" --licence "…"

Reads the bundle from the store ($DLTEXT_HOME), writes models/zoo/NAME. The card keeps all it says; measurements of
tests/quality/out_of_domain.py (its --json) are appended where --also names them, and in the place of what the run
measured stand the reports that --reports names (`dltext evaluate … --json`).
"""

import argparse
import json
from pathlib import Path
from typing import Any

from dltext.data.cards import find_card
from dltext.engine import bundle_format, model_store
from dltext.engine.tasks.words import model
from dltext.engine.train.words.measures import WordMeasures
from dltext.engine.train.words.recipe import protocol

INTENDED = {
    "sentiment": "Says whether an English text judges its subject well or badly. Learned from film reviews, whole ones "
    "and sentences; measured on product reviews and tweets too, where it is less sure. Not for neutral texts (there is "
    "no such label), sarcasm, other languages, or any decision about a person.",
    "sentiment-zh": "Says whether a Chinese text judges its subject well or badly. Learned from reviews of goods, "
    "hotels and food delivery. Not for neutral texts (there is no such label), irony, other languages, or any decision "
    "about a person.",
    "topics-news-en": "Says which of twenty groups of Usenet an English text is like: computers, cars, sport, science, "
    "religion, politics. Learned from posts of 1993 with their headers; a text on anything else gets the least unlike "
    "group. Not for any decision about a person.",
    "topics-news-zh": "Says which of ten sections of a Chinese news site a title belongs to. Learned from titles; "
    "longer texts are read as if they were such. Not for any decision about a person.",
    "question-type-en": "Says what kind of answer an English question wants: a person, a place, a number, a thing, an "
    "explanation or a long form. Learned from 5,452 questions of quizzes and search logs; of anything that is no "
    "question it says the least unlikely kind.",
    "subjectivity-en": "Says whether an English sentence reports or judges. Learned from plots and reviews of films, "
    "of which some are wrongly labelled; other registers are read as if they were about films.",
    "profile": "Says what the style of an English text suggests of its author's age group and gender, with how sure it "
    "is and what it looked at. Learned from blogs of 2004, 600 words an author; texts of another kind, time or age are "
    "read as if they were such blogs.",
    "translate": "Translates short everyday sentences, and shows which word came from which. Learned from sentences of "
    "language learners, captions of images and film dialogue; names, numbers in figures, long sentences and any other "
    "register come out badly, and what is wrong reads as smoothly as what is right. Not for anything that matters.",
    "title": "Suggests titles for an English abstract or article, and shows which words were copied from it. Learned "
    "from abstracts of computer science of arXiv, whose kind of title it writes for any text; it reads the first 200 "
    "words. A title may claim what the text does not say: read it before you use it.",
    "language": "Continues a text and says how surprising its words are, as far as texts like those it has learnt from "
    "go. It writes what is probable, not what is true, in the manner of those texts, their errors and prejudices "
    "included. Not for anything that will be taken for a person's own words.",
    "words": "Shows which words stand in like company, finds documents by meaning, and gives classifiers their first "
    "layer. Word vectors repeat the habits and the prejudices of the texts that they come from: a similarity says how "
    "words were used there, not what is so.",
}
LIMIT, ENCODER_LIMIT = 12 * 2**20, 25 * 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--also", type=Path, help="JSON of out_of_domain.py")
    parser.add_argument("--reports", type=Path, nargs="*", default=[], help="what `dltext evaluate --json` printed")
    parser.add_argument("--data", default="", help="what it learnt from, where that was a file made for it")
    parser.add_argument("--source", default="", help="imported vectors: where they come from")
    parser.add_argument("--precision", choices=("float16", "int8"), help="of word vectors: as they are, or in bytes")
    parser.add_argument("--note", default="", help="a sentence to put before the protocol of the first measurement")
    parser.add_argument("--licence", default="", help="terms of the texts, where the card's own words are not enough")
    options = parser.parse_args()
    source = model_store.store() / options.name
    card = bundle_format.read(source) | {"name": options.name}
    if card["data"].get("card") == "sentiment-en":
        # That set's test part is IMDB's (data/cards/sentiment-en.toml): say so in as many words.
        card["metrics"][0]["on"] = "IMDB test"
    purpose = f"{card['task']}-{card['language']}"
    card["intended"] = (
        INTENDED.get(options.name) or INTENDED.get(purpose) or INTENDED.get(card["task"], card["intended"])
    )
    if options.note and card.get("metrics"):
        card["metrics"][0]["protocol"] = f"{options.note} {card['metrics'][0]['protocol']}"
    if options.licence:
        card["data"]["licence"] = options.licence
    if options.data:
        card["data"]["card"] = options.data
    if options.reports:
        card["metrics"] = [measured(json.loads(path.read_text())) for path in options.reports]
    if options.also:
        rows = json.loads(options.also.read_text())
        floors = {row["on"]: row for row in rows if row["model"].startswith("floor")}
        for row in rows:
            if row["model"] == options.name:
                floor = floors[row["on"]]
                card["metrics"].append(
                    {
                        "on": f"VADER {row['on']}",
                        "protocol": "Out of domain: nothing was trained or chosen on these texts. "
                        f"Again: python tests/quality/out_of_domain.py {options.name}",
                        **{key: row[key] for key in ("examples", "accuracy", "macro_f1", "ece")},
                        "floor": floor["model"].removeprefix("floor: "),
                        "floor_accuracy": floor["accuracy"],
                        "floor_macro_f1": floor["macro_f1"],
                    }
                )
    if options.source:
        card["data"]["source"] = options.source
    target = model_store.ZOO / options.name
    if card["task"] == "words" and options.precision:
        card.pop("origin", None)
        loaded = model.load(str(source))
        rows = loaded.rows(range(len(loaded)))
        model.write(target, card, list(loaded.words), rows, precision=options.precision)
        measures = WordMeasures(card["language"])
        scored = measures.of(model.load(str(target)))
        said = protocol(options.name, measures)
        if card["recipe"] == "import":
            said = said.replace("The last epoch is kept; nothing", "Nothing")
        row = {"on": measures.title, "protocol": said, **scored.values, **scored.details}
        bundle_format.write_card(target, {**bundle_format.read(target), "metrics": [row]})
    else:
        shipped = [name for name in card["files"] if name != "weights.npz"]
        bundle_format.write(target, card, {name: source / name for name in shipped})
    size = bundle_format.size(target)
    print(f"{target}: {size / 2**20:.1f} MiB")
    if size > (ENCODER_LIMIT if "encoder" in card else LIMIT):
        raise SystemExit("too large: prune the vocabulary, or keep the vectors as int8")


def measured(report: dict[str, Any]) -> dict[str, Any]:
    """A row of the card, of what `dltext evaluate --json` printed."""
    data = find_card(report["data"])
    title = data.title if data else report["data"]
    values = {key: value for key, value in report["metrics"].items() if isinstance(value, (int, float))}
    floor = report.get("floor") or {}
    values |= {f"floor_{key}": floor[key] for key in ("accuracy", "macro_f1") if key in floor}
    values |= {"floor": floor["name"]} if floor else {}
    return {
        "on": f"{title.partition(':')[0]} {report['split']}",
        "protocol": report["protocol"],
        "examples": report["examples"],
        **values,
    }


if __name__ == "__main__":
    main()
