"""One document of 40 words, text to Result, in a program that has been running for a while.

    python tests/benchmarks/warm.py [--json FILE] [--repeats N]

`api.analyse` without and with the explanation, against a second process that looks words up and calls `model.predict`
on the same network. Rounds of both take turns; each of our calls gets another text (the same words, rotated).
"""

import time
from collections.abc import Callable
from itertools import cycle, islice

from common import (
    DOCUMENT,
    MODELS,
    Kept,
    Row,
    finish,
    home,
    machine,
    number,
    options,
    spread,
    textbook_model,
)

ROUND = 200
"""Calls of ours in a round; explanations and `model.predict` get a tenth."""


def rotations(text: str) -> list[str]:
    """As many texts as there are words, each beginning at another."""
    words = text.split()
    return [" ".join(words[at:] + words[:at]) for at in range(len(words))]


def milliseconds(work: Callable[[str], object], texts: list[str]) -> list[float]:
    """Of each call."""
    times = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        times.append(1000 * (time.perf_counter() - began))
    return times


class Predictor(Kept):
    """textbook.py kept running."""

    def __init__(self, model: str, words: str) -> None:
        super().__init__("textbook.py", model, words, "-")

    def predict(self, count: int, text: str) -> dict:
        """``times`` in milliseconds of ``count`` answers, and the answer."""
        return self.ask(f"predict {count} {text}")


def main() -> None:
    chosen = options(__doc__, repeats=10)
    before = machine()
    rows, raw = [], {}
    with home() as folder:
        from dltext.engine import api

        texts = cycle(rotations(DOCUMENT))
        calls = ROUND // 10 if chosen.quick else ROUND
        for name in MODELS.values():
            predictor = Predictor(*map(str, textbook_model(name, folder)))
            api.warm_up("sentiment", name)
            times: dict[str, list[float]] = {"ours": [], "explained": [], "theirs": []}
            answer = {}
            for turn in range(chosen.repeats + 1):
                plain = milliseconds(lambda text: api.analyse(text, "sentiment", name), list(islice(texts, calls)))  # noqa: B023
                explained = milliseconds(
                    lambda text: api.analyse(text, "sentiment", name, explain=True),  # noqa: B023
                    list(islice(texts, calls // 10)),
                )
                answer = predictor.predict(calls // 10, DOCUMENT)
                if turn:
                    times["ours"] += plain
                    times["explained"] += explained
                    times["theirs"] += answer["times"]
            predictor.close()
            spreads = {side: spread(values) for side, values in times.items()}
            we, they, why = spreads["ours"], spreads["theirs"], spreads["explained"]
            rows.append(
                Row(
                    f"warm, 40 words, {name}",
                    "ms",
                    we["median"],
                    they["median"],
                    they["median"] / we["median"],
                    "≤ 1 ms",
                    we["median"] <= 1,
                    f"p95 {we['p95']:.2f} and {number(they['p95'])} ms",
                )
            )
            rows.append(
                Row(
                    f"warm, 40 words, {name}, with the words that decided",
                    "ms",
                    why["median"],
                    note=f"p95 {why['p95']:.1f} ms",
                )
            )
            raw[name] = {
                "spread": spreads,
                "answers": {
                    "ours": api.analyse(DOCUMENT, "sentiment", name).probabilities,
                    "theirs": answer["probabilities"],
                },
            }
    finish("warm", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
