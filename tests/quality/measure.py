"""The quality numbers of README, in one run: python tests/quality/measure.py [PART …] [--quick]

    shipped   each shipped sentiment model on IMDB test, beside TF-IDF + linear SVM fitted on the same texts
    ood       the same on product reviews and tweets (out_of_domain.py)
    mr-a      text-CNN on MR, 10 folds; vectors from GloVe and own_vectors.py, no other labelled data
    mr-b      the same network first trained on IMDB's labelled train

All of them without arguments (over an hour on two cores). Needs DLTEXT_DATA, and the vectors that own_vectors.py
writes. Trains in jobs, so that a stopped measurement goes on where it was: DLTEXT_HOME/runs.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import out_of_domain

from dltext.data.paths import write_json
from dltext.data.source import open_source
from dltext.engine import api
from dltext.engine.results import JobSpec
from dltext.tests import quick

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SHIPPED = ("sentiment-en", "sentiment-en-cnn")
NETWORK = {"vectors": "glove-en+reviews-en", "embedding_dropout": 0.3}
MR_A = {**NETWORK, "batch_size": 64, "averaging": 0.98, "learning_rate": 0.0015, "epochs": 8}
IMDB = {
    **NETWORK,
    "batch_size": 64,
    "averaging": 0.995,
    "schedule": "linear",
    "epochs": 3,
    "vocabulary_size": 40000,
    "min_count": 2,
    "extra_words": 10000,
    "max_tokens": 256,
    "patience": 0,
    "teacher": "floor",
    "teacher_weight": 0,
    "pieces": 0.5,
}
PIECES = RESULTS / "imdb-pieces.txt"
# Reviews are long and MR's sentences short: the second step reads pieces of IMDB's unlabelled reviews, labelled by the
# first step and by IMDB's own TF-IDF floor. No label but those of IMDB's train is seen before MR.
SENTENCES = {
    **NETWORK,
    "batch_size": 64,
    "averaging": 0.995,
    "schedule": "linear",
    "epochs": 2,
    "max_tokens": 256,
    "patience": 0,
    "learning_rate": 0.0007,
    "initial": "imdb-cnn",
    "teacher": "imdb-cnn+floor",
    "teacher_weight": 0,
}
# 300 components in place of 200: words-en beside vectors of our own from reviews.
WIDE = {"vectors": "words-en+reviews-en"}
MR_B = {**MR_A, **WIDE, "initial": "imdb-cnn-300-sentences", "embedding_dropout": 0.4}
QUICK = {
    "vectors": "",
    "variant": "random",
    "embedding_size": 8,
    "filters": 4,
    "max_tokens": 20,
    "epochs": 1,
    "floor": False,
}


def job(
    recipe: str, data: str, settings: dict, kind: str = "train", name: str = "", *, folds: int = 10, here: bool = False
) -> dict:
    """Do a run, or go on with the same one where it stopped; its report, and the command that is the same run.

    ``here``: in this process, as the quick forms do.
    """
    spec = api.validate(JobSpec(recipe, data, settings, name=name, kind=kind, folds=folds))  # type: ignore[arg-type]
    run = next((job for job in api.jobs() if job.spec == spec and job.state != "failed"), None)
    if run is None:
        run = quick.run(spec) if here else api.submit(spec)
    elif run.state in ("cancelled", "lost"):
        run = api.resume(run.id)
    print(f"{run.id}: dltext jobs follow {run.id}", flush=True)
    while api.job(run.id).active:
        time.sleep(2)
    if api.job(run.id).state != "done":
        raise SystemExit(f"{run.id}: {api.job(run.id).message}")
    report = api.report(run.id)
    return {
        "run": run.id,
        "settings": settings,
        "metrics": report.metrics,
        "floor": report.floor,
        "protocol": report.protocol,
        "message": api.job(run.id).message,
    }


def text_cnn(data: str, settings: dict, made: str, kind: str = "train", name: str = "") -> dict:
    """A run on ``data``; in the quick form on what was ``made``, with a small network."""
    if not made:
        return job("text-cnn", data, settings, kind, name)
    return job("text-cnn", made, settings | QUICK, kind, name, folds=2, here=True)


def shipped(made: str) -> list[dict]:
    from dltext.engine.train.classify.baseline import measure_baseline_of
    from dltext.engine.train.objectives import objective_of
    from dltext.engine.train.prepare import divide, read

    source = open_source(made or "sentiment-en")
    train, validation = divide(source, 0.1, 1)
    floor, _ = measure_baseline_of(train, validation, read(source, "test"), objective_of(source), "en", 1)
    rows = []
    for name in SHIPPED:
        report = api.evaluate(name, made or "imdb", "test")
        rows.append(
            {
                "model": name,
                "on": "IMDB test",
                "examples": report.examples,
                **report.metrics,
                "floor": floor["accuracy"],
                "floor_macro_f1": floor["macro_f1"],
            }
        )
    return rows


def ood(made: str) -> list[dict]:
    return out_of_domain.measured(SHIPPED, made)


def mr_a(made: str) -> dict:
    return text_cnn("mr", MR_A, made, "cross-validate")


def mr_b(made: str) -> dict:
    from dltext.engine.train.classify import distil

    if not made and not PIECES.exists():
        reviews = [row.text for row in open_source("imdb").rows("unsup")]
        PIECES.write_text("".join(piece.replace("\n", " ") + "\n" for piece in distil.pieces(reviews, 1.0, 2)))
    text_cnn("imdb", {**IMDB, **WIDE}, made, name="imdb-cnn-300")
    again = {"initial": "imdb-cnn-300", "teacher": "imdb-cnn-300+floor", "teacher_weight": 0}
    again["unlabelled"] = quick.texts(50) if made else str(PIECES)
    text_cnn("imdb", {**SENTENCES, **WIDE, **again}, made, name="imdb-cnn-300-sentences")
    return text_cnn("mr", MR_B, made, "cross-validate")


PARTS = {"shipped": shipped, "ood": ood, "mr-a": mr_a, "mr-b": mr_b}


def main(parts: Mapping[str, Callable[[str], Any]], description: str | None, prefix: str = "") -> None:
    """Measure those of ``parts`` that the command line names, else all; each takes the made data of the quick form."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(parts))
    quick.add_option(parser)
    chosen = parser.parse_args()
    results = quick.folder() if chosen.quick else RESULTS
    results.mkdir(exist_ok=True)
    for part in chosen.parts:
        measured = parts[part](quick.labelled() if chosen.quick else "")
        write_json(results / f"{prefix}{part}.json", measured)
        print(f"== {part}\n{json.dumps(measured, indent=1)}", flush=True)


if __name__ == "__main__":
    main(PARTS, __doc__)
