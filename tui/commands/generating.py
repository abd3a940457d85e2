"""`dltext generate`: continuations of a text by a language model, word by word."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from ...engine import api
from ...engine.results import Continuation, Generated, Record, UserError
from ...engine.results import visible as visible_lines
from . import inputs, output
from .output import Misuse

EXAMPLES = """\
  dltext generate "The company said" --model my-model
  dltext generate "To be, or" --length 300 --temperature 0.7 --seed 1
  dltext generate "The president" --variants 5 --top-p 0.9 --json
  dltext generate "明月" --model my-poems --lines 7,7,7,7 --rhyme
  dltext generate --in beginnings.txt --json > continued.jsonl

Needs a model: dltext train ngram --data texts.txt   (or word-lstm, char-rnn …)
On a terminal a single text appears while it is written; ctrl+c stops it.
JSON: {"id", "text", "continuation", "units", "finished", "log_prob", "seed", "model", "notes"}, of one text also
"milliseconds"; text is the beginning and what follows; of several variants an object each.
"""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(commands, "generate", _generate, "continue a text by a language model", EXAMPLES)
    inputs.add_text(command, "the beginning; without it, or as '-', all of stdin is one")
    command.add_argument("--model", metavar="NAME", help="a language model; see `dltext models list --task language`")
    command.add_argument(
        "--length", type=int, default=100, metavar="N", help="words, pieces or characters at most (default: 100)"
    )
    command.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        metavar="T",
        help="below 1: more probable, above 1: more surprising; 0: always the most probable (default: 1)",
    )
    command.add_argument("--top-k", type=int, default=0, metavar="K", help="only among the K most probable; 0: all")
    command.add_argument(
        "--top-p", type=float, default=1.0, metavar="P", help="only among the fewest that hold P of the probability"
    )
    command.add_argument("--seed", type=int, metavar="N", help="draw the same again; default: another each time")
    command.add_argument("--variants", type=int, default=1, metavar="N", help="different continuations (default: 1)")
    command.add_argument(
        "--lines", type=_lengths, default=(), metavar="N,N,…", help="a poem: the characters of each verse, as 7,7,7,7"
    )
    command.add_argument("--rhyme", action="store_true", help="with --lines: verses that end a sentence rhyme")
    inputs.add_columns(command, "text", "id")


def _lengths(word: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in word.replace("，", ",").split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is no list of lengths, as 7,7,7,7") from None


def _generate(options: argparse.Namespace) -> int:
    inputs.check(options)
    if options.rhyme and not options.lines:
        raise Misuse("--rhyme needs the lengths of the verses: --lines 7,7,7,7")
    if not options.file:
        _continue(options, Record("1", _prompt(options), None))
        return 0
    empty = True
    for record in _records(options):
        empty = False
        try:
            _continue(options, record, several=True)
        except UserError as error:
            raise UserError(f"{record.id}: {error}") from None
    if empty:
        raise UserError("There are no texts in the input.")
    return 0


def _prompt(options: argparse.Namespace) -> str:
    text = inputs.text_of(options.text)
    # The line break that ends what was piped in is none of the text's.
    return text if options.text and options.text != ["-"] else text.removesuffix("\n").removesuffix("\r")


def _records(options: argparse.Namespace) -> Iterator[Record]:
    options.file = inputs.source(options.file)
    inputs.check_stdout(options.file)
    return api.read_records(options.file, options.text_column, "label", options.id_column)


def _continue(options: argparse.Namespace, record: Record, several: bool = False) -> None:
    typed = _Typed(record.text) if _streams(options, several) else None
    generated = api.generate(
        record.text,
        options.model,
        length=options.length,
        temperature=options.temperature,
        top_k=options.top_k,
        top_p=options.top_p,
        seed=options.seed,
        variants=options.variants,
        line_lengths=options.lines,
        rhyme=options.rhyme,
        on_text=typed,
    )
    for number, each in enumerate(generated.continuations):
        if options.json:
            output.print_json({"id": record.id, **_object(generated, each)})
        elif typed is not None:
            typed.close(each.text)
        else:
            print(("\n" if number else "") + visible_lines(generated.prompt + each.text))
    if several and not options.json:
        print()
    for note in generated.notes:
        output.log(f"dltext: {output.visible(note)}")


def _streams(options: argparse.Namespace, several: bool) -> bool:
    return sys.stdout.isatty() and options.variants == 1 and not options.json and not several


class _Typed:
    """A text that appears on the terminal while it is written."""

    def __init__(self, prompt: str) -> None:
        self._prompt, self._written, self._begun = prompt, 0, False

    def __call__(self, variant: int, text: str) -> None:
        if not self._begun:
            self._begun = True
            sys.stdout.write(visible_lines(self._prompt))
        sys.stdout.write(visible_lines(text[self._written :]))
        sys.stdout.flush()
        self._written = len(text)

    def close(self, text: str) -> None:
        """Write what is left, and end the line."""
        self(0, text)
        print()


def _object(generated: Generated, each: Continuation) -> dict[str, Any]:
    return {
        "text": generated.prompt + each.text,
        "continuation": each.text,
        "units": each.units,
        "finished": each.finished,
        "log_prob": round(each.log_prob, 4),
        "seed": each.seed,
        "model": generated.model,
        "milliseconds": round(generated.milliseconds, 2),
        "notes": list(generated.notes),
    }
