"""Five titles for a text of 200 words, warm: with keyphrases and the origin of each word, as a screen asks for them.

    python tests/benchmarks/titles.py [--model NAME] [--json FILE] [--repeats N] [--quick]

Beside it one title without them, and the same network under Keras in a second process: encoded once, then
`model.predict` a word, greedily, for one title as long as ours. Rounds of all take turns; each call gets another text.
"""

import argparse
import json
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from common import Kept, Row, finish, machine, options, spread

from dltext.engine import api
from dltext.engine.results import Titles, UserError
from dltext.engine.tasks.title.model import Writer, open_writer

MODEL = "title-en"
WORDS, CANDIDATES = 200, 5
ROUND, THEIRS = 6, 2
"""Calls of a round, ours and Keras's."""
REACH = 150
TEXTS = {
    "en": "Recurrent networks that read a document and write its title choose each word from a vocabulary of fixed "
    "size, so that names of methods, which are rare by their nature, never reach the title. We study an encoder and a "
    "decoder that share one distribution over the vocabulary and over the words of the document itself. A gate decides "
    "at each step how much is written and how much is copied, and what was looked at before is looked at less. On "
    "abstracts of papers the titles share more with those of their authors than the first sentence does, and most of "
    "the rare words that belong into a title arrive there. ",
    "zh": "记者今天从市政府获悉，新建的地铁二号线将于本月二十八日正式开放，市民可以在各个车站购买车票。负责人说，"
    "准备工作已经完成，沿线的学校、医院和市场都将因此受益。专家认为，这条线路会缓解早晚高峰的交通压力。",
}


def more(parser: argparse.ArgumentParser) -> None:
    """The option of this benchmark alone."""
    parser.add_argument("--model", metavar="NAME", default=MODEL, help="default: %(default)s")


def texts_of(language: str) -> list[str]:
    """Texts of 200 words (characters), each beginning at another; ends where there are none in ``language``."""
    if language not in TEXTS:
        sys.exit(f"There is no text in {language!r} here: name a model for {' or '.join(TEXTS)}.")
    blank = "" if language == "zh" else " "
    words = list(TEXTS[language]) if language == "zh" else TEXTS[language].split()
    return [blank.join(islice(cycle(words), at, at + WORDS)) for at in range(0, len(words), 7)]


class Keras(Kept):
    """titles_keras.py kept running."""

    def __init__(self, writer: Writer) -> None:
        plan = {"recipe": writer.card["recipe"], "settings": writer.card["settings"], "size": writer.vocabulary.size}
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(plan, file)
        super().__init__("titles_keras.py", file.name)
        Path(file.name).unlink()

    def write(self, words: int, times: int) -> list[float]:
        """Milliseconds of each title of so many words."""
        return self.ask(json.dumps({"read": WORDS, "written": words, "times": times}))["times"]


def milliseconds(texts: list[str], model: str, count: int, explain: bool) -> tuple[list[float], Titles]:
    """Of each call, and the last answer."""
    times, answer = [], None
    for text in texts:
        began = time.perf_counter()
        answer = api.titles(text, model, count, explain=explain)
        times.append(1000 * (time.perf_counter() - began))
    assert answer is not None
    return times, answer


def measure(writer: Writer, keras: Keras | None, turns: int, calls: int) -> tuple[list[Row], dict[str, Any]]:
    """Rounds of all sides in turns; the first warms."""
    given = cycle(texts_of(writer.language))
    api.warm_up("title", writer.name)
    length, candidates = 0, ()
    times: dict[str, list[float]] = {"five": [], "one": [], "keras": []}
    for turn in range(turns + 1):
        five, answer = milliseconds(list(islice(given, calls)), writer.name, CANDIDATES, True)
        one, _ = milliseconds(list(islice(given, calls)), writer.name, 1, False)
        candidates = answer.candidates
        length = len(candidates[0].tokens) + 1 if candidates else 1  # and the end
        theirs = keras.write(length, THEIRS) if keras is not None else []
        for side, values in (("five", five), ("one", one), ("keras", theirs)):
            times[side] += values if turn else []
    five, one = spread(times["five"]), spread(times["one"])
    beside = spread(times["keras"]) if times["keras"] else None
    rows = []
    for spread_of_times, what, explained in ((five, f"{CANDIDATES} titles", True), (one, "one title", False)):
        rows.append(
            Row(
                f"{what} for {WORDS} words, warm, {writer.name}{', keyphrases and origins' if explained else ''}",
                "ms",
                spread_of_times["median"],
                beside["median"] if beside else None,
                beside["median"] / spread_of_times["median"] if beside else None,
                f"≤ {REACH} ms" if explained else "",
                spread_of_times["median"] <= REACH if explained else None,
                f"p95 {spread_of_times['p95']:.0f} ms"
                + (f"; theirs one title, greedy, {length} words, p95 {beside['p95']:.0f} ms" if beside else ""),
            )
        )
    return rows, {"times": times, "titles": [one.text for one in candidates], "written": length}


def main() -> None:
    chosen = options(__doc__, repeats=10, more=more)
    before = machine()
    try:
        writer = open_writer(chosen.model)
    except UserError as error:
        sys.exit(f"{error}")
    keras = Keras(writer) if writer.card.get("settings") and not chosen.alone else None
    rows, raw = measure(writer, keras, chosen.repeats, 1 if chosen.quick else ROUND)
    if keras is not None:
        keras.close()
    finish("titles", rows, raw, chosen, before)


if __name__ == "__main__":
    main()
