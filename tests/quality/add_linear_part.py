"""Add a linear part to a classifier that was trained without, as `--set linear_part=yes` would have.

    python tests/quality/add_linear_part.py sentiment-zh-lstm --data sentiment-zh

The bundle NAME is left as it is; the new one goes into the store ($DLTEXT_HOME) under the same name, measured on the
test part. The division is that of the card (its seed and share of validation), which also chooses the weights: a model
that has read those texts in training must not be given one so. Prints what validation measured with and without.
"""

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dltext.data.source import open_source
from dltext.engine import bundle_format, model_store
from dltext.engine.results import Record
from dltext.engine.tasks.classify import answer
from dltext.engine.tasks.classify.measure import evaluate
from dltext.engine.tasks.classify.model import ClassifierModel, open_classifier
from dltext.engine.text import tokenizer as tok
from dltext.engine.train import card as cards
from dltext.engine.train.classify import linear_part
from dltext.engine.train.classify.baseline import longest_of
from dltext.engine.train.objectives import objective_of
from dltext.engine.train.prepare import Labelled, divide


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--data", required=True)
    options = parser.parse_args()
    loaded = open_classifier("", options.name)
    card, seed = dict(loaded.card), int(loaded.card["data"]["seed"])
    source = open_source(options.data, "text", "label")
    train, held = divide(source, card["settings"]["validation_fraction"], seed)
    objective = objective_of(source)
    if source.labels != loaded.labels:
        raise SystemExit(f"{options.name} has other labels than {options.data}")
    ids, held_ids = (list(tok.encode_all(loaded.tokenizer, each.texts)) for each in (train, held))
    network = network_logits(loaded, held.texts)
    part = linear_part.fit(
        (ids, train.gold),
        (held_ids, held.gold, network),
        loaded.tokenizer.get_vocab_size(),
        longest_of(source.language),
        objective,
        seed,
        print,
    )
    if part is None:
        raise SystemExit("The linear part adds nothing: nothing was written.")
    write(loaded, card, part, objective, part.added(network, held_ids), held, options)


def network_logits(loaded: ClassifierModel, texts: Sequence[str]) -> np.ndarray:
    """Of texts read as they are answered, those of a long one averaged over its windows, ``[texts, labels]``."""
    records = (Record(str(number), text) for number, text in enumerate(texts))
    answers = answer.analyse_many(records, model=str(loaded.folder))
    rows = [list(result.probabilities.values()) for _, result in answers]
    return np.log(np.maximum(rows, 1e-12)) * loaded.target.temperature


def write(
    loaded: ClassifierModel,
    card: dict[str, Any],
    part: linear_part.FittedPart,
    objective: Any,
    logits: np.ndarray,
    held: Labelled,
    options: argparse.Namespace,
) -> None:
    """The bundle with both, measured."""
    serving = {**card["serving"], **part.serving(), **objective.serving(objective.answering(logits, held.gold))}
    settings = {**card["settings"], "linear_part": True}
    row = dict(card.pop("metrics")[0])
    with tempfile.TemporaryDirectory() as work:
        files: dict[str, Path | bytes] = {name: loaded.folder / name for name in card["files"]}
        made = Path(work) / "bundle"
        bundle_format.write(
            made, {**card, "serving": serving, "settings": settings}, {**files, **part.save(Path(work))}
        )
        report = evaluate(str(made), options.data, "test", shown=options.name)
        begun = (
            f"The best epoch, the weights of the linear part and the temperature were chosen on {len(held):,} "
            "validation texts; test chose nothing."
        )
        row |= {"protocol": f"{begun} {report.protocol}", **report.metrics}
        cards.add_metrics(made, row)
        target = model_store.store() / options.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
    print({key: round(value, 4) for key, value in row.items() if isinstance(value, float)})


if __name__ == "__main__":
    main()
