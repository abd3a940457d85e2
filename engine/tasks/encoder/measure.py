"""The measurement of encoders: how near their cosines are to what people say of two texts, and how fast they answer."""

import csv
import os
import shlex
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from ....data.paths import cache, expand, home
from ...bundle_format import read_file
from ...results import Report, UserError
from ..metrics import pearson, spearman
from .model import Encoder, open_encoder

STS_B = "sts-b"
"""The STS benchmark's dev part (Cer et al. 2017): 1,500 pairs of sentences with scores from 0 to 5."""
FILE = Path("sts-b") / "sts-dev.csv"
FEWEST = 3
"""Pairs; of fewer, a correlation is 1, 0 or -1 whatever the vectors are."""
LARGEST = 64 << 20
"""Bytes of a file of pairs."""
TIMED = "a text of 40 words"
PATIENCE = 60.0
"""Seconds that the measurement of an encoder that is imported may take."""

Pairs = tuple[list[str], list[str], np.ndarray]


def evaluate(model: str, data: str, shown: str = "") -> Report:
    """Pearson's r (``sts_b`` of STS-B, else ``r``) and Spearman's ρ of cosines with human scores.

    ``data`` is ``sts-b``, or a file with two texts and a score a line. UserError for one that cannot be read, and for
    fewer than three pairs.
    """
    path = find(data)
    if path is None:
        raise UserError(
            f"There is no file {data!r}: name one with two texts and a score a line, tabs or commas between, or "
            f"{STS_B}, the STS benchmark's dev part, whose file belongs at {home() / FILE}."
        )
    encoder, pairs = open_encoder(model), read_pairs(path)
    scores = correlate(encoder, pairs)
    key = "sts_b" if data == STS_B else "r"
    return Report(
        model=shown or encoder.name,
        data=data,
        split="dev" if data == STS_B else "",
        examples=len(pairs[2]),
        metrics={key: round(scores[0], 4), "spearman": round(scores[1], 4)},
        floor=None,
        labels=(),
        confusion=(),
        per_class=(),
        documents=(),
        protocol=PROTOCOL + f" Again: {shlex.join(['dltext', 'evaluate', shown or model, '--data', data])}",
    )


PROTOCOL = "Pearson's and Spearman's correlations of cosines with human scores, over all pairs."


def measured(model: str) -> list[dict[str, Any]]:
    """Rows for an encoder's card: how long it takes to answer, and STS-B where that is here and takes no minutes."""
    encoder = open_encoder(model)
    seconds = speed(encoder)
    rows: list[dict[str, Any]] = [
        {"on": TIMED, "protocol": "the median of 9 answers, one thread", "milliseconds": round(1000 * seconds, 2)}
    ]
    path = find(STS_B)
    if path is not None and encoder.language in ("en", ""):
        pairs = read_pairs(path)
        if 2 * len(pairs[2]) * seconds < PATIENCE:
            scores = correlate(encoder, pairs)
            rows.insert(0, {"on": "STS-B dev", "protocol": PROTOCOL, "examples": len(pairs[2]),
                            "sts_b": round(scores[0], 4), "spearman": round(scores[1], 4)})  # fmt: skip
    return rows


def speed(encoder: Encoder) -> float:
    """Seconds for a text of 40 words: the median of 9 answers after the first."""
    text = " ".join(["The committee met again, and nothing was decided."] * 5)
    encoder.vectors([text])
    taken = []
    for _ in range(9):
        begun = time.perf_counter()
        encoder.vectors([text])
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def correlate(encoder: Encoder, pairs: Pairs) -> tuple[float, float]:
    """Pearson's and Spearman's correlations of cosines and scores."""
    first, second, gold = pairs
    cosines = np.einsum("ij,ij->i", encoder.vectors(first, True), encoder.vectors(second, True)).astype(np.float64)
    return pearson(cosines, gold), spearman(cosines, gold)


def find(data: str) -> Path | None:
    """The file of STS-B, in the mirror, home or the cache, or the file of that path; None where there is none."""
    if data != STS_B:
        return path if (path := expand(data)).is_file() else None
    mirror = os.environ.get("DLTEXT_DATA")
    places = [expand(mirror)] if mirror else []
    return next((place / FILE for place in (*places, home(), cache()) if (place / FILE).is_file()), None)


def read_pairs(path: Path) -> Pairs:
    """First texts, second texts and scores: of STS-B's seven columns, or of three (a header is skipped)."""
    try:
        text = read_file(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text in UTF-8: save it as such.") from None
    lines = text.splitlines()
    mark = "\t" if lines and "\t" in lines[0] else ","
    quoting = csv.QUOTE_NONE if mark == "\t" else csv.QUOTE_MINIMAL
    first, second, scores = list[str](), list[str](), list[float]()
    for number, cells in enumerate(csv.reader(lines, delimiter=mark, quoting=quoting), start=1):
        if not any(cells):
            continue
        one_pair = (cells[5], cells[6], cells[4]) if len(cells) >= 7 else tuple(cells[:3])
        score = _score(one_pair[2]) if len(one_pair) == 3 else None
        if score is None:
            if number == 1:
                continue  # the header
            raise UserError(f"{path}, line {number}: two texts and a score are expected, tabs or commas between.")
        first.append(one_pair[0])
        second.append(one_pair[1])
        scores.append(score)
    if len(scores) < FEWEST:
        raise UserError(f"{path} holds {len(scores)} pairs of texts with a score: at least {FEWEST} are needed.")
    return first, second, np.array(scores)


def _score(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
