"""Language models: the surprise of 1,000 words, words written a second, and how fast n-grams are learnt.

    python tests/benchmarks/language.py [--json FILE] [--repeats N] [--quick] [--models NAME,NAME]

An n-gram model of the Penn Treebank is made first (with --quick, of made sentences), and measured beside --models.
Nothing is on the other side. Warm: the model is open; each text is another one. Written on: the same text with a word
more at its end, of which the model has read the beginning, beside the first time that it read the text.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

from common import Row, finish, home, machine, options, spread

from dltext.engine import api
from dltext.engine.results import JobSpec
from dltext.tests import quick

WORDS, LENGTH = 1000, 200
REACH_MS, REACH_RATE = 50.0, 500.0


def texts(data: str, count: int) -> list[str]:
    """Texts of ``WORDS`` words, made of neighbouring ones."""
    made, held = list[str](), list[str]()
    _, rows = api.read_data(data, "test" if data == "ptb" else "all")
    for row in rows:
        held += row.text.split()
        while len(held) >= WORDS and len(made) < count:
            made.append(" ".join(held[:WORDS]))
            held = held[WORDS:]
        if len(made) == count:
            break
    return made


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def trained(data: str, name: str) -> tuple[float, int]:
    """Seconds of counting and smoothing alone, and the units that were read."""
    from dltext.engine.train.run import execute

    seconds, units = 0.0, 0

    def heard(kind: str, /, **values: object) -> None:
        nonlocal seconds, units
        if kind == "epoch":
            seconds = float(str(values["seconds"]))
        if kind == "start":
            units = int(dict(values["examples"])["train"])  # type: ignore[call-overload]

    spec = JobSpec("ngram", data, {"unit": "whitespace"}, name=name)
    folder = api.home() / f"run-{name}"
    folder.mkdir(parents=True)
    execute(spec, folder, heard, lambda: False)
    return seconds, units


def more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", default="", metavar="NAME,NAME", help="shipped models that are measured too")


def main() -> None:
    chosen = options(__doc__, repeats=15, more=more)
    before = machine()
    rows, raw = list[Row](), dict[str, object]()
    with home():
        data = "ptb"
        if chosen.quick:
            data = str(quick.folder() / "language.csv")
            with open(data, "w", encoding="utf-8") as stream:  # noqa: PTH123
                stream.writelines(f"{line}\n" for line in ("text", *quick.sentences(2000)))
        rates, units = list[float](), 0
        for number in range(min(chosen.repeats, 5)):
            seconds, units = trained(data, f"ngram-{number}")
            rates.append(units / max(seconds, 1e-3))
        raw["units a second"] = rates
        rows.append(Row(f"n-grams of 5, {units:,} words", "words/s", spread(rates)["median"]))
        first, *asked = texts(data, chosen.repeats + 1)
        for model in ("ngram-0", *filter(None, chosen.models.split(","))):
            api.surprise(first, model)
            times, again = list[float](), list[float]()
            for text in asked:
                times.append(1000 * timed(partial(api.surprise, text, model)))
                again.append(1000 * timed(partial(api.surprise, f"{text} and", model)))
            written = []
            for seed in range(chosen.repeats):
                made = api.generate(asked[0][:100], model, length=LENGTH, seed=seed, variants=4)
                count = sum(each.units for each in made.continuations)
                written.append(1000 * count / made.milliseconds)
            raw[model] = {"surprise": times, "a word written on": again, "words a second": written}
            middle, rate = spread(times), spread(written)["median"]
            rows.append(
                Row(
                    f"{model}: surprise of {WORDS:,} words, with its explanation", "ms", middle["median"],
                    reach=f"≤ {REACH_MS:g} ms", reached=middle["median"] <= REACH_MS, note=f"p95 {middle['p95']:.0f}",
                )
            )  # fmt: skip
            after = spread(again)
            rows.append(
                Row(
                    f"{model}: the same of the text written on by a word", "ms", after["median"],
                    reach=f"≤ {REACH_MS:g} ms", reached=after["median"] <= REACH_MS,
                    note=f"p95 {after['p95']:.0f}, {middle['median'] / after['median']:.1f} × as fast",
                )
            )  # fmt: skip
            rows.append(
                Row(
                    f"{model}: words written, four texts side by side", "words/s", rate,
                    reach=f"≥ {REACH_RATE:g}", reached=rate >= REACH_RATE,
                )
            )  # fmt: skip
    finish("language", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
