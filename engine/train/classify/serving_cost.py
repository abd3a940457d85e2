"""What a model costs that answers: its size, the time for one text, and the texts of a long file in a second."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ...results import Record
from ...tasks.classify import answer

SINGLE, SINGLE_SECONDS = 200, 5.0
"""Texts that are asked about one by one, and seconds at most."""
BULK, BULK_SECONDS = 20_000, 10.0
"""Texts that are read in one stream, and seconds at most."""
NOT_SERVED = ("weights.npz",)
"""Files of a bundle that are kept to train on from, and that no answer needs."""


def serving_cost(bundle: Path, single: Sequence[str], bulk: Sequence[str]) -> dict[str, Any]:
    """``size`` (bytes of the files that answer), ``milliseconds`` (the median over texts of ``single``, one by one, of
    a model that is warm) and ``per_second`` (texts of ``bulk``, in one stream) of a bundle, on the processor."""
    model = str(bundle)
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file() and path.name not in NOT_SERVED)
    texts = [text for text in single[:SINGLE] if text.strip()]
    answered = [text for text in bulk[:BULK] if text.strip()]
    times: list[float] = []
    if texts:
        answer.analyse(texts[0], model=model)
        end = time.perf_counter() + SINGLE_SECONDS
        for text in texts:
            times.append(answer.analyse(text, model=model).milliseconds)
            if time.perf_counter() > end:
                break
    return {
        "size": size,
        "milliseconds": round(median(times), 4) if times else None,
        "per_second": _rate(model, answered),
    }


def _rate(model: str, texts: Sequence[str]) -> float | None:
    """Texts a second, in batches as a file is read in."""
    if not texts:
        return None
    begun = time.perf_counter()
    end, count = begun + BULK_SECONDS, 0

    def records() -> Iterator[Record]:
        for number, text in enumerate(texts):
            if time.perf_counter() > end:
                return
            yield Record(str(number), text)

    for _ in answer.analyse_many(records(), model=model):
        count += 1
    return round(count / max(time.perf_counter() - begun, 1e-9), 1)
