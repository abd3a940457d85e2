"""`dltext fill`: the most likely words for the blanks of a sentence, by a masked language model."""

import argparse
from typing import Any

from ...engine.results import Filled, StreamCall
from . import inputs, output
from .lost_texts import Lost
from .streaming import answered, some

EXAMPLES = """\
  dltext fill "The film was [MASK]."
  dltext fill "The __ was warm, and the __ was long." --count 10
  dltext fill --in sentences.txt --json > filled.jsonl

A blank is [MASK], or two underscores or more. Needs a model: dltext train masked-lm --data texts.txt
JSON: {"id", "text", "blanks": [{"start", "end", "words": [{"word", "probability"}]}], "model", "notes"}, of one text
also "milliseconds"
"""


def add_to(commands: Any) -> None:
    """Add the command."""
    fill = output.add_command(commands, "fill", _fill, "the most likely words for the blanks of a sentence", EXAMPLES)
    inputs.add_text(fill)
    fill.add_argument("--model", metavar="NAME", help="a masked language model; see `dltext models list --task fill`")
    fill.add_argument("--count", type=int, default=5, metavar="N", help="how many words a blank (default: 5)")
    inputs.add_columns(fill, "text", "label", "id")


def _fill(options: argparse.Namespace) -> int:
    inputs.check(options)
    lost = Lost()
    call = StreamCall("fill_many", {"model": options.model, "count": options.count})
    with answered(options, call, inputs.records(options), lost) as answers:
        for record, filled in some(answers):
            if options.json:
                timed = {} if options.file else {"milliseconds": round(filled.milliseconds, 2)}
                output.print_json({"id": record.id, **_object(filled), **timed})
            else:
                _print(filled)
    return lost.code


def _object(filled: Filled) -> dict[str, Any]:
    blanks = [
        {
            "start": blank.start,
            "end": blank.end,
            "words": [{"word": each.word, "probability": round(each.probability, 6)} for each in blank.words],
        }
        for blank in filled.blanks
    ]
    return {
        "text": filled.text,
        "blanks": blanks,
        "model": filled.model,
        "notes": list(filled.notes),
    }


def _print(filled: Filled) -> None:
    print(output.visible(filled.best))
    for blank in filled.blanks:
        words = "  ".join(f"{output.visible(each.word)} {100 * each.probability:.1f} %" for each in blank.words)
        print(f"  {words or 'no word fits'}")
    for note in filled.notes:
        output.log(f"dltext: {note}")
