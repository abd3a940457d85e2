"""The quality numbers of README, in one run: python tests/quality/measure.py [PART …]

    shipped   each shipped sentiment model on IMDB test, beside TF-IDF + linear SVM fitted on the same texts
    ood       the same on product reviews and tweets (out_of_domain.py)
    mr-a      text-CNN on MR, 10 folds; vectors from GloVe and own_vectors.py, no other labelled data
    mr-b      the same network first trained on IMDB's labelled train

All of them without arguments (over an hour on two cores). Needs DLTEXT_DATA, and the vectors that own_vectors.py
writes. Trains in jobs, so that a stopped measurement goes on where it was: DLTEXT_HOME/runs.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from dltext.data.paths import write_json
from dltext.data.source import open_source
from dltext.engine import api
from dltext.engine.results import JobSpec

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SHIPPED = ("sentiment-en-cnn", "sentiment-en-lstm")
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
    "unlabelled": str(PIECES),
}
# 300 components in place of 200: words-en beside vectors of our own from reviews.
WIDE = {"vectors": "words-en+reviews-en"}
MR_B = {**MR_A, **WIDE, "initial": "imdb-cnn-300-sentences", "embedding_dropout": 0.4}


def job(recipe: str, data: str, settings: dict, kind: str = "train", name: str = "") -> dict:
    """Do a run, or go on with the same one where it stopped; its report, and the command that is the same run."""
    spec = api.validate(JobSpec(recipe, data, settings, name=name, kind=kind, folds=10))  # type: ignore[arg-type]
    run = next((job for job in api.jobs() if job.spec == spec and job.state != "failed"), None)
    if run is None:
        run = api.submit(spec)
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


def shipped() -> list[dict]:
    from dltext.engine.train.classify.recipe import measure_baseline_of
    from dltext.engine.train.prepare import divide, read

    source = open_source("sentiment-en")
    train, validation = divide(source, 0.1, 1)
    floor, _ = measure_baseline_of(train, validation, read(source, "test"), 2, "en", 1)
    rows = []
    for name in SHIPPED:
        report = api.evaluate(name, "imdb", "test")
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


def out_of_domain() -> list[dict]:
    target = RESULTS / "out_of_domain.json"
    subprocess.run([sys.executable, HERE / "out_of_domain.py", *SHIPPED, "--json", target], check=True)
    return json.loads(target.read_text())


def mr_a() -> dict:
    return job("text-cnn", "mr", MR_A, "cross-validate")


def mr_b() -> dict:
    from dltext.engine.train.classify import distil

    if not PIECES.exists():
        reviews = [row.text for row in open_source("imdb").rows("unsup")]
        PIECES.write_text("".join(piece.replace("\n", " ") + "\n" for piece in distil.pieces(reviews, 1.0, 2)))
    job("text-cnn", "imdb", {**IMDB, **WIDE}, name="imdb-cnn-300")
    again = {"initial": "imdb-cnn-300", "teacher": "imdb-cnn-300+floor", "teacher_weight": 0}
    job("text-cnn", "imdb", {**SENTENCES, **WIDE, **again}, name="imdb-cnn-300-sentences")
    return job("text-cnn", "mr", MR_B, "cross-validate")


PARTS = {"shipped": shipped, "ood": out_of_domain, "mr-a": mr_a, "mr-b": mr_b}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    RESULTS.mkdir(exist_ok=True)
    for part in parser.parse_args().parts:
        found = PARTS[part]()
        write_json(RESULTS / f"{part}.json", found)
        print(f"== {part}\n{json.dumps(found, indent=1)}", flush=True)


if __name__ == "__main__":
    main()
