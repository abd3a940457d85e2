"""`dltext title`: what texts may be called, the origin of each word, and what they are about."""

import argparse
from collections.abc import Iterator
from typing import Any

from ...engine import api
from ...engine.results import Record, Title, Titles
from . import inputs, output
from .output import Misuse
from .streaming import Counting, Stream

EXAMPLES = """\
  dltext title < abstract.txt                        # five titles of one text, the best first
  dltext title --count 1 "We present …"
  dltext title --explain --length 4 < abstract.txt   # longer ones, and which words were copied
  dltext title --in abstracts.jsonl --text-column abstract
  dltext title --in abstracts.csv --out titles.tsv
  dltext title --in abstracts.txt --out titles.txt   # one title per line
  dltext title --in abstracts.csv --out titles.tsv --resume    # if it was interrupted
  dltext title --in articles/ --json                 # a folder: one text per file

JSON: {"id", "title", "alternatives": [], "score", "scores": [], "model", "notes", "read", "milliseconds"}; of one text
also "keyphrases": [{"text", "start", "end", "score"}] and "lead", and with --explain "source_tokens" and for each of
"candidates" "text", "score", "tokens", "attention", "copied" and "origins". Files become tab-separated lines (id,
title) unless --json is given, one title a text unless --count is.
"""
HEADER = ("id", "title")
COUNT = 5
"""Titles of one text."""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(commands, "title", run, "write titles for texts", EXAMPLES)
    inputs.add_text(command)
    command.add_argument("--model", metavar="NAME", help="default: the language's default, see `dltext models list`")
    command.add_argument(
        "--count", type=int, metavar="N", help=f"number of different titles per text; default: {COUNT}, with --in 1"
    )
    command.add_argument(
        "--length", type=float, default=0.0, metavar="WORDS", help="longer by about N words; below 0: shorter"
    )
    command.add_argument("--explain", action="store_true", help="for one text: also show which word came from which")
    inputs.add_columns(command, "text", "id")
    inputs.add_out(command, "with --in: write there, as .jsonl, .csv or .tsv, or .txt: one title per line")


def run(options: argparse.Namespace) -> int:
    _check(options)
    return _many(options) if options.file else _one(options)


def _check(options: argparse.Namespace) -> None:
    inputs.check(options)
    inputs.check_out(options)
    if options.file and options.explain:
        raise Misuse("--explain is about one text, and cannot go with --in.")


# ------------------------------------------------------------------------------------------------ one text


def _one(options: argparse.Namespace) -> int:
    text = inputs.text_of(options.text)
    count = COUNT if options.count is None else options.count
    found = api.titles(text, options.model, count, options.length)
    if options.json:
        output.print_json(_told(text, found, options.explain))
    else:
        _show(text, found, options.explain)
    for note in found.notes:
        output.log(f"dltext: {output.visible(note)}")
    return 0


def _show(text: str, found: Titles, explain: bool) -> None:
    several = len(found.candidates) > 1
    for one in found.candidates:
        print(f"{one.score:8.3f}  {output.visible(one.text)}" if several else output.visible(one.text))
    if not explain:
        return
    if found.candidates:
        print()
        _explain(text, found, found.candidates[0])
    if found.keyphrases:
        print()
        output.table(
            [{"keyphrase": output.visible(one.text), "share": output.percent(one.score)} for one in found.keyphrases]
        )
    print()
    print(f"first sentence, shortened: {output.visible(found.lead)}")


def _explain(text: str, found: Titles, best: Title) -> None:
    """Each word of the best title, and the word of the text that it was copied from or looks at most."""
    rows = []
    for number, (token, at) in enumerate(zip(best.tokens, best.origins, strict=True)):
        place = found.tokens[at] if at >= 0 else None
        rows.append(
            {
                "word": output.visible(best.text[token.start : token.end]),
                "copied": "copied" if number in best.copied else "",
                "from": output.visible(text[place.start : place.end]) if place else "",
                "at": str(place.start) if place else "",
                "attention": output.percent(best.attention[number][at]) if place else "",
            }
        )
    output.table(rows)


def _told(text: str, found: Titles, explain: bool) -> dict[str, Any]:
    told = _as_json(Record("1", text), found) | {
        "keyphrases": [
            {"text": one.text, "start": one.start, "end": one.end, "score": one.score} for one in found.keyphrases
        ],
        "lead": found.lead,
    }
    if explain:
        told |= {
            "source_tokens": [(token.start, token.end) for token in found.tokens],
            "candidates": [
                {
                    "text": one.text,
                    "score": one.score,
                    "tokens": [(token.start, token.end) for token in one.tokens],
                    "attention": [[round(weight, 6) for weight in row] for row in one.attention],
                    "copied": one.copied,
                    "origins": one.origins,
                }
                for one in found.candidates
            ],
        }
    return told


def _as_json(record: Record, found: Titles) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": _best(found),
        "alternatives": [one.text for one in found.candidates[1:]],
        "score": found.candidates[0].score if found.candidates else None,
        "scores": [one.score for one in found.candidates[1:]],
        "model": found.model,
        "notes": found.notes,
        "read": found.read,
        "milliseconds": found.milliseconds,
    }


def _best(found: Titles) -> str:
    return found.candidates[0].text if found.candidates else ""


# ------------------------------------------------------------------------------------------------ many texts


def _many(options: argparse.Namespace) -> int:
    return Stream(
        _answers,
        _as_json,
        lambda found: (_best(found).strip(),),
        HEADER,
        Counting("writing titles", lambda found: not found.candidates, _without),
        "{done:,} titles",
        "the titles of {done:,} texts in {out}",
        models=_models,
        lines=True,
    ).run(options)


def _answers(options: argparse.Namespace, records: Iterator[Record]) -> Iterator[tuple[Record, Titles]]:
    count = 1 if options.count is None else options.count
    return api.titles_many(records, options.model, count, options.length)


def _models(found: Titles) -> dict[str, tuple[str, ...]]:
    """A text's language decides which model writes its title; an empty text has none."""
    return {api.model(found.model).language or found.model: (found.model,)} if found.model else {}


def _without(number: int, count: int, first: Titles) -> str:
    return f"{number:,} of {count:,} texts got no title; --json says why in their notes"
