"""How near an encoder's cosines are to what people say of two sentences: STS-B's dev part (Cer et al. 2017).

    python tests/quality/similarity.py [ENCODER …] [--json FILE] [--quick]

ENCODER: a bundle's name (default: encoder-en), or a folder or zip with an encoder's own files, which is answered by
its weights as they are, so that what int8 costs stands beside. Pearson's and Spearman's correlations (× 100) of 1,500
pairs with scores from 0 to 5; the 95 % interval is the percentile bootstrap's over the pairs, 2,000 draws. Needs
DLTEXT_DATA.
"""

import argparse
import csv
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from dltext.engine.tasks.encoder.model import Encoder, open_encoder
from dltext.tests import quick

DRAWS, SEED = 2_000, 1


def pairs(made: bool) -> tuple[list[str], list[str], np.ndarray]:
    """First sentences, second sentences and scores of the dev part; or such as were made."""
    if made:
        first, second, scores = quick.rated()
        return first, second, np.array(scores)
    folder = os.environ.get("DLTEXT_DATA")
    file = Path(folder or "") / "sts-b" / "sts-dev.csv"
    if not folder or not file.is_file():
        sys.exit("Set DLTEXT_DATA to a folder that holds sts-b/sts-dev.csv (the STS benchmark).")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row[5] for row in rows], [row[6] for row in rows], np.array([float(row[4]) for row in rows])


def opened(name: str) -> Encoder:
    """A bundle; or the encoder in a folder or zip, with a graph of its own weights."""
    if not Path(name).exists():
        return open_encoder(name)
    import tempfile

    from dltext.engine.train.encoder import convert

    target = Path(tempfile.mkdtemp(prefix="dltext-")) / "exact"
    convert.make(Path(name), target, "exact", "en", "float32", name)
    return open_encoder(str(target))


def correlations(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Pearson's and Spearman's."""
    from scipy.stats import spearmanr

    return float(np.corrcoef(a, b)[0, 1]), float(spearmanr(a, b).statistic)


def measure(name: str, made: bool = False) -> dict[str, float | str | list[float]]:
    first, second, gold = pairs(made)
    encoder, begun = opened(name), time.perf_counter()
    cosines = (encoder.vectors(first, True) * encoder.vectors(second, True)).sum(axis=1)
    seconds = time.perf_counter() - begun
    pearson, spearman = correlations(cosines, gold)
    rng = np.random.default_rng(SEED)
    draws = [rng.integers(0, len(gold), len(gold)) for _ in range(DRAWS)]
    spread = np.percentile([np.corrcoef(cosines[rows], gold[rows])[0, 1] for rows in draws], [2.5, 97.5])
    return {
        "encoder": name,
        "pearson": round(100 * pearson, 2),
        "spearman": round(100 * spearman, 2),
        "interval": [round(100 * float(edge), 2) for edge in spread],
        "seconds": round(seconds, 1),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("encoders", nargs="*", default=["encoder-en"], metavar="ENCODER")
    options.add_argument("--json", type=Path, metavar="FILE")
    quick.add_option(options)
    asked = options.parse_args()
    if asked.quick:
        asked.encoders = [quick.encoder()]
    rows = []
    for name in asked.encoders:
        rows.append(row := measure(name, asked.quick))
        low, high = row["interval"]  # type: ignore[misc]
        print(f"{name}: Pearson {row['pearson']} ({low} to {high}), Spearman {row['spearman']}, {row['seconds']} s")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
