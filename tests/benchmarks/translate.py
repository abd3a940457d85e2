"""A sentence of 12 words to its translation, warm; a file of sentences in a stream; the memory of training.

    DLTEXT_DATA=… python tests/benchmarks/translate.py [--model NAME] [--json FILE] [--repeats N] [--quick]

Against the textbook's attention translator at its published sizes, in a second process: rounds of both take turns. It
writes a letter at a time, greedily; it is given as many to write as our translation has. Training: the largest resident
set of `dltext train seq2seq-attention` on 100,000 pairs, an epoch and its validation (some minutes), beside the one-hot
arrays that the textbook's program of letters makes from the first 10,000 pairs of its file (computed, not allocated).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from common import HERE, Kept, Row, environment, finish, machine, number, options, spread

from dltext.data.errors import UserError
from dltext.data.pairs import open_pairs
from dltext.engine import api
from dltext.engine.results import Record
from dltext.engine.tasks.translate.model import Translator, open_translator

SENTENCES = {
    "en": [
        "The weather was so nice that we walked home through the park.",
        "She asked me whether I could help her with her new computer.",
        "My brother wants to buy a small house near the old station.",
        "I have never seen so many people in this little shop before.",
        "If you have time tomorrow, we could go to the cinema together.",
        "He told us that the last train had left ten minutes ago.",
    ],
    "zh": [
        "天气很好，所以我们穿过公园走回了家。",
        "她问我能不能帮她修一下新电脑。",
        "他说最后一班火车十分钟前已经开走了。",
    ],
    "fr": [
        "Il faisait si beau que nous sommes rentrés par le grand parc.",
        "Elle m'a demandé si je pouvais l'aider avec son nouvel ordinateur portable.",
        "Mon frère veut acheter une petite maison près de la vieille gare.",
    ],
}
"""Of 12 words each, or as much in Chinese."""
ROUND, THEIRS = 12, 3
"""Calls of a round, ours and the textbook's."""
WORDS, CHARACTERS = 5_133, 2_450
"""The textbook's vocabularies: of the first 20,000 pairs, as its program counts them."""
FILES = ("tatoeba-en-zh", "tatoeba-en-fr")
STREAM = 2_000
TRAINED = "tatoeba-en-fr"
PAIRS, QUICK_PAIRS, QUICK_STEPS = 100_000, 10_000, 30
HELD = 1.05
"""Lines for a training pair: some are held out."""


def more(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark alone."""
    parser.add_argument("--model", metavar="NAME", help="default: the default of the first direct direction")
    parser.add_argument("--no-training", action="store_true", help="leave out the memory of training")


def model_of(name: str | None) -> str:
    """``name``, or the model of the first direction; ends where there is none."""
    if name:
        return name
    direct = [direction for direction in api.directions() if not direction.pivot]
    if not direct:
        sys.exit("There is no translator: name one with --model, or train one with `dltext train seq2seq-attention`.")
    return direct[0].models[0]


class Textbook(Kept):
    """translate_keras.py kept running."""

    def __init__(self) -> None:
        super().__init__("translate_keras.py", str(WORDS), str(CHARACTERS))

    def translate(self, letters: int, times: int, predict: bool = False) -> list[float]:
        """Milliseconds of each translation of 12 words into so many letters."""
        asked = {"words": 12, "letters": letters, "times": times, "predict": predict}
        return self.ask(json.dumps(asked))["times"]


def milliseconds(texts: list[str], translator: Translator, beam: int) -> list[float]:
    """Of each call, with tokens and attention as a screen asks for them."""
    times = []
    for text in texts:
        began = time.perf_counter()
        api.translate(text, translator.target, translator.source, translator.name, beam=beam)
        times.append(1000 * (time.perf_counter() - began))
    return times


def warm(translator: Translator, textbook: Textbook, turns: int, calls: int) -> tuple[list[Row], dict[str, Any]]:
    """One sentence in a program that has been running for a while."""
    if translator.source not in SENTENCES:
        sys.exit(f"There are no sentences in {translator.source!r} here: name a model for {', '.join(SENTENCES)}.")
    texts = SENTENCES[translator.source]
    written = [api.translate(text, translator.target, translator.source, translator.name).text for text in texts]
    letters = round(sum(map(len, written)) / len(written)) + 1  # and the end
    given = cycle(texts)
    times: dict[str, list[float]] = {"beam 4": [], "greedy": [], "textbook": [], "textbook, model.predict": []}
    for turn in range(turns + 1):
        by_side = {
            "beam 4": milliseconds(list(islice(given, calls)), translator, 4),
            "greedy": milliseconds(list(islice(given, calls)), translator, 1),
            "textbook": textbook.translate(letters, THEIRS),
            "textbook, model.predict": textbook.translate(letters, 1, predict=True),
        }
        for side, values in by_side.items():
            times[side] += values if turn else []
    beam, greedy, theirs, predicted = (spread(values) for values in times.values())
    rows = [
        Row(
            f"a sentence of 12 words, warm, {translator.name}, beam 4",
            "ms",
            beam["median"],
            theirs["median"],
            theirs["median"] / beam["median"],
            "≤ 25 ms",
            beam["median"] <= 25,
            f"p95 {beam['p95']:.1f} and {number(theirs['p95'])} ms; theirs greedy, {letters} characters; "
            f"through model.predict {number(predicted['median'])} ms",
        ),
        Row(
            "the same, greedy",
            "ms",
            greedy["median"],
            theirs["median"],
            theirs["median"] / greedy["median"],
            note=f"p95 {greedy['p95']:.1f} ms",
        ),
    ]
    raw = {"beam": beam, "greedy": greedy, "textbook": theirs, "predict": predicted, "letters": letters}
    return rows, {**raw, "translations": dict(zip(texts, written, strict=True))}


def held_out(translator: Translator) -> tuple[list[str], str]:
    """Sentences that the model was not trained on, and whose."""
    ends = translator.source, translator.target
    for name in FILES:
        try:
            for reverse in (False, True):
                pairs = open_pairs(name, reverse=reverse)
                if (pairs.source_language, pairs.target_language) == ends:
                    texts = dict.fromkeys(pair.source for split in ("test", "validation") for pair in pairs.rows(split))
                    return list(texts)[:STREAM], name
        except UserError as error:
            print(error, file=sys.stderr)
    print("The sentences of this script are read instead, again and again.", file=sys.stderr)
    return list(islice(cycle(SENTENCES[translator.source]), STREAM)), "sentences of 12 words"


def stream(translator: Translator, theirs: dict[str, Any], turns: int, quick: bool) -> tuple[list[Row], dict[str, Any]]:
    """Tokens of the translations a second, without their ends."""
    texts, whose = held_out(translator)
    texts = texts[:20] if quick else texts
    rates, rows = {0: [], 1: []}, []
    count = 0
    for _ in range(turns + 1):
        for beam, beam_rates in rates.items():
            records = (Record(str(at), text) for at, text in enumerate(texts))
            began = time.perf_counter()
            answers = api.translate_many(records, translator.target, translator.source, translator.name, beam=beam)
            written = [translation.text for _, translation in answers]
            took = time.perf_counter() - began
            count = sum(len(ids) - 1 for ids in translator.target_subwords.encode_many(written))
            beam_rates.append(count / took)
    for beam, beam_rates in rates.items():
        one = spread(beam_rates[1:])
        letters = 1000 * theirs["letters"] / theirs["textbook"]["median"]
        reach = ("", None) if beam else ("≥ 2,000", one["median"] >= 2_000)
        note = f"{len(texts):,} of {whose}; theirs: characters, a sentence after the other" if not beam else ""
        rows.append(
            Row(
                f"a file of sentences, {translator.name}, beam {beam or translator.beam}",
                "tokens/s",
                one["median"],
                letters,
                one["median"] / letters,
                *reach,
                note,
            )
        )
    return rows, {str(beam or translator.beam): spread(beam_rates[1:]) for beam, beam_rates in rates.items()} | {
        "tokens": count
    }


def one_hot(pairs: list[tuple[str, str]]) -> int:
    """Bytes of the three arrays that the textbook's program of letters fills: float32, a column a character."""
    source = len({char for text, _ in pairs for char in text}) * max(len(text) for text, _ in pairs)
    letters = {"\t", "\n"} | {char for _, text in pairs for char in text}
    target = len(letters) * (2 + max(len(text) for _, text in pairs))
    return 4 * len(pairs) * (source + 2 * target)


def training(quick: bool) -> tuple[list[Row], dict[str, Any]]:
    """Peak memory of training on many pairs."""
    wanted = QUICK_PAIRS if quick else PAIRS
    try:
        rows = list(islice(open_pairs(TRAINED).rows("train"), round(wanted * HELD)))
        book = open_pairs("tatoeba-en-zh")
        every = sorted((pair for split in book.splits for pair in book.rows(split)), key=lambda pair: int(pair.id))
    except UserError as error:
        print(f"{error}\nThe memory of training is left out.", file=sys.stderr)
        return [], {}
    arrays = one_hot([(pair.source, pair.target) for pair in every[:10_000]]) / 1e6
    with tempfile.TemporaryDirectory(prefix="dltext-bench-") as folder:
        file = Path(folder) / "pairs.tsv"
        lines = (f"{pair.source}\t{pair.target}" for pair in rows)
        file.write_text("\n".join(["en\tfr", *lines]) + "\n", encoding="utf-8")
        steps = [str(QUICK_STEPS)] if quick else []
        command = [sys.executable, str(HERE / "translate_training.py"), str(file), *steps]
        home = environment() | {"DLTEXT_HOME": str(Path(folder) / "home")}
        done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"translate_training.py failed:\n{done.stderr[-4000:]}")
    ours = json.loads(done.stdout.strip().splitlines()[-1])
    row = Row(
        f"training a translator on {ours['pairs']:,} pairs, peak memory",
        "MB",
        ours["peak"],
        arrays,
        arrays / ours["peak"],
        "≤ 2 GB for 100,000",
        None if quick else ours["peak"] <= 2000,
        f"all of the program, floor, {ours['steps']} steps{', validation' if ours['epochs'] else ''}; "
        "theirs: its one-hot arrays alone for 10,000 pairs",
    )
    return [row], {"ours": ours, "one_hot": arrays}


def main() -> None:
    chosen = options(__doc__, repeats=10, more=more)
    before = machine()
    try:
        translator = open_translator(model_of(chosen.model))
    except UserError as error:
        sys.exit(f"{error}")
    textbook = Textbook()
    rows, raw = warm(translator, textbook, chosen.repeats, ROUND // 5 if chosen.quick else ROUND)
    textbook.close()
    stream_rows, streamed = stream(translator, raw, 1 if chosen.quick else 2, chosen.quick)
    rows += stream_rows
    remembered, memory = ([], {}) if chosen.no_training else training(chosen.quick)
    finish("translate", rows + remembered, {"warm": raw, "stream": streamed, "training": memory}, chosen, before)


if __name__ == "__main__":
    main()
