"""`dltext translate`: translations of texts, and which word came from which."""

import argparse
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...engine import api
from ...engine.results import Hypothesis, Record, Sentence, StreamCall, Translation
from . import inputs, output
from .output import Misuse
from .piping import Piped
from .streaming import Counting, Stream

EXAMPLES = """\
  dltext translate "Where is the station?" --to zh
  dltext translate --to en < note.txt              # a text with its lines
  dltext translate --alternatives 3 --explain "It was raining when he came home."
  dltext translate --in note.txt --to zh           # a file: one text per line
  dltext translate --in note.txt --to zh --out note.zh.txt    # one line per line
  dltext translate --in texts.csv --text-column body --to zh --out translated.tsv
  dltext translate --in texts.csv --text-column body --to zh --out translated.tsv --resume   # if it was interrupted
  dltext translate --to zh --out memory.tmx < note.txt    # or .tsv, .txt: sentences beside their translations
  dltext translate --directions                      # which languages there are

JSON: {"id", "translation", "alternatives": [], "source", "target", "model", "pivot", "notes", "complete", "sentences":
[{"start", "end", "source", "translation", "score", "alternatives": [{"text", "score"}], "through"}]}, of one text also
"milliseconds"; "tokens", "translation_tokens", "attention" and "copied" of each sentence with --explain. The
alternatives of a text of several sentences are listed with each sentence.
Files become tab-separated lines (id, translation) unless --json is given.
"""
HEADER = ("id", "translation")
KINDS = {".tmx": "tmx", ".tsv": "tsv", ".txt": "text"}
"""Suffixes of what one text can be written to, and what is written."""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(commands, "translate", run, "translate texts", EXAMPLES)
    inputs.add_text(command)
    command.add_argument("--to", default="", metavar="LANGUAGE", help="target language: en, zh …; default: the model's")
    command.add_argument(
        "--from", dest="origin", default="", metavar="LANGUAGE", help="source language; default: detected"
    )
    command.add_argument("--model", metavar="NAME", help="default: the direction's default, see `dltext models list`")
    command.add_argument("--beam", type=int, default=0, metavar="N", help="beam size; default: the model's")
    command.add_argument(
        "--alternatives", type=int, default=0, metavar="N", help="number of alternatives to the best translation"
    )
    command.add_argument("--explain", action="store_true", help="for one text: also show which word came from which")
    command.add_argument("--directions", action="store_true", help="list the languages that can be translated")
    inputs.add_columns(command, "text", "id")
    inputs.add_out(
        command, "write there: one text as .tmx, .tsv or .txt, many as .jsonl, .csv, .tsv or .txt (one line each)"
    )


def run(options: argparse.Namespace) -> int:
    _check(options)
    if options.directions:
        return _directions(options)
    if options.file:
        return _many(options)
    return _translate_text(options)


def _check(options: argparse.Namespace) -> None:
    inputs.check(options)
    inputs.check_out(options, single=True)
    if options.file and options.explain:
        raise Misuse("--explain is about one text, and cannot go with --in.")
    if options.out and not options.file:
        place = api.outlet(options.out, () if options.text and options.text != ["-"] else ("-",))
        if place.kind == "file" and place.path.suffix.lower() not in KINDS:
            raise Misuse(f"--out of one text must end in {', '.join(KINDS)}; {options.out} does not.")
        if place.kind == "file" and place.path.exists() and not options.overwrite:
            raise Misuse(f"{options.out} exists: replace it with --overwrite, or name another file.")


def _directions(options: argparse.Namespace) -> int:
    directions = api.directions()
    if options.json:
        for item in directions:
            output.print_json(
                {"source": item.source, "target": item.target, "pivot": item.pivot, "models": item.models}
            )
        return 0
    if not directions:
        output.log("There are no translators yet: train one with `dltext train seq2seq-attention`, or import one.")
    output.table(
        [
            {"from": item.source, "to": item.target, "through": item.pivot, "models": ", ".join(item.models)}
            for item in directions
        ]
    )
    return 0


# ------------------------------------------------------------------------------------------------ one text


def _translate_text(options: argparse.Namespace) -> int:
    text = inputs.text_of(options.text)
    with output.progress("translating", "sentences") as progress, _stoppable() as stopped:
        translation = api.translate(
            text, options.to, options.origin, options.model, beam=options.beam, alternatives=options.alternatives,
            explain=options.explain, on_sentence=lambda done, of, sentence: progress(done, of), should_stop=stopped,
        )  # fmt: skip
    if options.out:
        _write(options.out, text, translation)
        output.log(f"dltext: {len(translation.sentences):,} sentences in {options.out}")
    if options.json:
        output.print_json(_as_json(Record("1", text), translation, options.explain))
    elif not options.out:
        _show(translation, options.alternatives, options.explain)
    for note in translation.notes:
        output.log(f"dltext: {output.visible(note)}")
    return 0 if translation.complete else 130


def _write(name: str, text: str, translation: Translation) -> None:
    place = api.outlet(name)
    content = api.export_translation(translation, text, KINDS.get(Path(name).suffix.lower(), "text"))
    if place.kind == "file":
        api.write_document(str(place.path), content)
        return
    with Piped(place, "text") as pipe:
        pipe.write(content if content.endswith("\n") else content + "\n")


@contextlib.contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl+C ends the work after the word in hand, so that what is done is still printed; the second time at once."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    stop = threading.Event()

    def interrupt(number: int, frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _show(translation: Translation, alternatives: int, explain: bool) -> None:
    if not alternatives and not explain:
        text = translation.text.replace("\r\n", "\n")
        print(text, end="" if text.endswith("\n") else "\n")
        return
    for number, sentence in enumerate(translation.sentences):
        if number:
            print()
        if len(translation.sentences) > 1:
            print(output.visible(sentence.source))
        if sentence.through:
            print(f"  ({output.visible(sentence.through)})")
        for hypothesis in sentence.hypotheses:
            text = output.visible(hypothesis.text)
            print(f"{hypothesis.score:8.3f}  {text}" if alternatives else text)
        if explain:
            _explain(sentence)


def _explain(sentence: Sentence) -> None:
    """Each word of the best hypothesis with the two of the source that it looks at most."""
    source, best = sentence.through or sentence.source, sentence.hypotheses[0]
    rows = []
    for number, (token, weights) in enumerate(zip(best.tokens, best.attention, strict=False)):
        if not best.text[token.start : token.end].strip():
            continue
        looked = sorted(
            (
                (weight, source[item.start : item.end].strip() or "(end)")
                for item, weight in zip(sentence.tokens, weights, strict=True)
            ),
            key=lambda item: -item[0],
        )[:2]
        cells = {
            "word": best.text[token.start : token.end].strip(),
            "copied": "copied" if number in best.copied else "",
        }
        for rank, (weight, word) in enumerate((*looked, (0.0, ""))[:2], start=1):
            cells[f"from {rank}"] = f"{word} {output.percent(weight)}" if word else ""
        rows.append(cells)
    output.table(rows)
    if best.text and not rows:
        output.log("dltext: this model has no attention, so it cannot show which word came from which")


# ------------------------------------------------------------------------------------------------ many texts


def _many(options: argparse.Namespace) -> int:
    return stream(options).run(options, stream)


def stream(options: argparse.Namespace) -> Stream:
    """How many texts are answered."""
    return Stream(
        _call,
        lambda record, translation: _as_json(record, translation, False),
        lambda translation: (translation.text.strip(),),
        HEADER,
        Counting("translating", lambda translation: bool(translation.notes), _noted),
        "{done:,} translations",
        "{done:,} translations in {out}",
        models=_models,
        lines=True,
    )


def _call(options: argparse.Namespace) -> StreamCall:
    chosen = {"to": options.to, "source": options.origin, "model": options.model}
    return StreamCall("translate_many", {**chosen, "beam": options.beam, "alternatives": options.alternatives})


def _models(translation: Translation) -> dict[str, tuple[str, ...]]:
    """Each direction has models of its own."""
    direction = translation.direction
    return {f"{direction.source}-{direction.target}": direction.models} if direction.models else {}


def _noted(number: int, count: int, first: Translation) -> str:
    more = f"{number:,} of {count:,} translations carry a note; --json shows it"
    return f"{more}. The first: {output.visible(first.notes[0])}"


def _as_json(record: Record, translation: Translation, explain: bool) -> dict[str, Any]:
    only = translation.sentences[0].hypotheses[1:] if len(translation.sentences) == 1 else ()
    return {
        "id": record.id,
        "translation": translation.text,
        "alternatives": [item.text for item in only],
        "source": translation.direction.source,
        "target": translation.direction.target,
        "model": " + ".join(translation.direction.models),
        "pivot": translation.direction.pivot,
        "notes": translation.notes,
        "complete": translation.complete,
        "milliseconds": translation.milliseconds,
        "sentences": [_sentence(item, explain) for item in translation.sentences],
    }


def _sentence(sentence: Sentence, explain: bool) -> dict[str, Any]:
    best: Hypothesis = sentence.hypotheses[0]
    content: dict[str, Any] = {
        "start": sentence.start,
        "end": sentence.end,
        "source": sentence.source,
        "translation": best.text,
        "score": best.score,
        "alternatives": [{"text": item.text, "score": item.score} for item in sentence.hypotheses[1:]],
        "through": sentence.through,
    }
    if explain:
        content |= {
            "tokens": [(token.start, token.end) for token in sentence.tokens],
            "translation_tokens": [(token.start, token.end) for token in best.tokens],
            "attention": [[round(weight, 6) for weight in row] for row in best.attention],
            "copied": best.copied,
        }
    return content
