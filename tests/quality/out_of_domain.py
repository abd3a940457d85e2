"""How the sentiment models do on texts unlike film reviews: product review snippets and tweets.

    python tests/quality/out_of_domain.py [MODEL …] [--json FILE] [--quick]

The texts are those that Hutto & Gilbert (2014, VADER, ICWSM) had rated by twenty people each from -4 to 4; they come
inside the source archive of vaderSentiment 0.5 (MIT), fetched by pip into the cache. A snippet is positive or negative
by the sign of its mean rating; ratings nearer to zero than 0.5 are left out, as people themselves did not agree.
Nothing was chosen on these texts. The floor is TF-IDF + linear SVM trained on the same texts as the models
(sentiment-en), in the same run.
"""

import argparse
import csv
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dltext.data.paths import cache
from dltext.data.source import open_source
from dltext.engine import api
from dltext.engine.results import Record
from dltext.engine.tasks.metrics import classification_report
from dltext.tests import quick

PARTS = {"product reviews": "amazonReviewSnippets", "tweets": "tweets"}
LEAST = 0.5


def archive() -> tarfile.TarFile:
    folder = cache() / "vader"
    if not list(folder.glob("vaderSentiment-0.5*")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "-d", str(folder), "vaderSentiment==0.5"], check=True)
    outer = zipfile.ZipFile(next(folder.glob("vaderSentiment-0.5*.zip")))
    inner = next(name for name in outer.namelist() if name.endswith("hutto_ICWSM_2014.tar.gz"))
    return tarfile.open(fileobj=io.BytesIO(outer.read(inner)))


def snippets(tar: tarfile.TarFile, part: str) -> tuple[list[str], np.ndarray]:
    """Texts and gold (0 negative, 1 positive)."""
    member = tar.extractfile(f"hutto_ICWSM_2014/{part}_GroundTruth.txt")
    assert member is not None
    rows = csv.reader(io.TextIOWrapper(member, "utf-8", errors="replace"), delimiter="\t", quoting=csv.QUOTE_NONE)
    clear = [(row[2], float(row[1]) > 0) for row in rows if len(row) == 3 and abs(float(row[1])) >= LEAST]
    return [text for text, _ in clear], np.array([int(label) for _, label in clear])


def measured(models: Sequence[str], made: str = "", floor: bool = True) -> list[dict]:
    """A row for each model and part, printed as it comes; in the quick form the texts are those ``made``."""
    if made:
        rows_made = list(open_source(made).rows("test"))
        parts = {
            "made": ([row.text for row in rows_made], np.array([row.label == "positive" for row in rows_made], int))
        }
    else:
        tar = archive()
        parts = {shown: snippets(tar, part) for shown, part in PARTS.items()}
    rows: list[dict] = []

    def add(model: str, shown: str, probabilities: np.ndarray) -> None:
        gold = parts[shown][1]
        report = classification_report(gold, probabilities)
        majority = max(gold.mean(), 1 - gold.mean())
        rows.append(
            {
                "model": model,
                "on": shown,
                "examples": len(gold),
                "majority": round(float(majority), 4),
                **{key: round(report[key], 4) for key in ("accuracy", "macro_f1", "ece")},
            }
        )
        print(
            "{model:24} {on:20} n {examples:6,}  accuracy {accuracy:.4f}  macro-F1 {macro_f1:.4f}  "
            "ECE {ece:.3f}  (majority {majority:.3f})".format(**rows[-1]),
            flush=True,
        )

    for model in models:
        for shown, (texts, _) in parts.items():
            answers = api.analyse_many((Record(str(i), text) for i, text in enumerate(texts)), model=model)
            add(
                model, shown, np.array([[r.probabilities["negative"], r.probabilities["positive"]] for _, r in answers])
            )
    if floor:
        from dltext.engine.train.classify import baseline
        from dltext.engine.train.objectives import objective_of
        from dltext.engine.train.prepare import divide

        source = open_source(made or "sentiment-en")
        objective = objective_of(source)
        train, validation = divide(source, 0.1, 1)
        fitted = baseline.fit(train.texts, train.gold, (validation.texts, validation.gold), objective)
        for shown, (texts, _) in parts.items():
            add(f"floor: {objective.baseline}", shown, fitted.probabilities(texts))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["sentiment-en", "sentiment-en-cnn"])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-floor", action="store_true", help="skip the floor (it takes a minute)")
    quick.add_option(parser)
    options = parser.parse_args()
    rows = measured(options.models, quick.labelled() if options.quick else "", not options.no_floor)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
