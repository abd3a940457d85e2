"""`dltext title`: titles for texts, the origin of each word, and keyphrases."""

import argparse
from typing import Any

from ...engine import api
from ...engine.results import Record, StreamCall, Title, Titles
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

JSON: {"id", "title", "alternatives": [], "score", "scores": [], "model", "notes", "read"}; of one text
also "milliseconds", "keyphrases": [{"text", "start", "end", "score"}] and "lead", and with --explain "source_tokens"
and for each of "candidates" "text", "score", "tokens", "attention", "copied" and "origins". Files become
tab-separated lines (id, title) unless --json is given, one title a text unless --count is.
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
        "--length", type=float, default=0.0, metavar="N", help="longer by about N words; below 0: shorter"
    )
    command.add_argument("--explain", action="store_true", help="for one text: also show which word came from which")
    inputs.add_columns(command, "text", "id")
    inputs.add_out(command, "with --in: write there, as .jsonl, .csv or .tsv, or .txt: one title per line")


def run(options: argparse.Namespace) -> int:
    _check(options)
    return _many(options) if options.file else _title_text(options)


def _check(options: argparse.Namespace) -> None:
    inputs.check(options)
    inputs.check_out(options)
    if options.file and options.explain:
        raise Misuse("--explain is about one text, and cannot go with --in.")


# ------------------------------------------------------------------------------------------------ one text


def _title_text(options: argparse.Namespace) -> int:
    text = inputs.text_of(options.text)
    count = COUNT if options.count is None else options.count
    titles = api.titles(text, options.model, count, options.length)
    if options.json:
        output.print_json(_as_explained_json(text, titles, options.explain))
    else:
        _show(text, titles, options.explain)
    for note in titles.notes:
        output.log(f"dltext: {output.visible(note)}")
    return 0


def _show(text: str, titles: Titles, explain: bool) -> None:
    several = len(titles.candidates) > 1
    for item in titles.candidates:
        print(f"{item.score:8.3f}  {output.visible(item.text)}" if several else output.visible(item.text))
    if not explain:
        return
    if titles.candidates:
        print()
        _explain(text, titles, titles.candidates[0])
    if titles.keyphrases:
        print()
        output.table(
            [
                {"keyphrase": output.visible(item.text), "share": output.percent(item.score)}
                for item in titles.keyphrases
            ]
        )
    print()
    print(f"first sentence, shortened: {output.visible(titles.lead)}")


def _explain(text: str, titles: Titles, best: Title) -> None:
    """Each word of the best title, and the word of the text that it was copied from or looks at most."""
    rows = []
    for number, (token, origin) in enumerate(zip(best.tokens, best.origins, strict=True)):
        place = titles.tokens[origin] if origin >= 0 else None
        rows.append(
            {
                "word": output.visible(best.text[token.start : token.end]),
                "copied": "copied" if number in best.copied else "",
                "from": output.visible(text[place.start : place.end]) if place else "",
                "at": str(place.start) if place else "",
                "attention": output.percent(best.attention[number][origin]) if place else "",
            }
        )
    output.table(rows)


def _as_explained_json(text: str, titles: Titles, explain: bool) -> dict[str, Any]:
    content = _as_json(Record("1", text), titles) | {
        "keyphrases": [
            {"text": item.text, "start": item.start, "end": item.end, "score": item.score} for item in titles.keyphrases
        ],
        "lead": titles.lead,
    }
    if explain:
        content |= {
            "source_tokens": [(token.start, token.end) for token in titles.tokens],
            "candidates": [
                {
                    "text": item.text,
                    "score": item.score,
                    "tokens": [(token.start, token.end) for token in item.tokens],
                    "attention": [[round(weight, 6) for weight in row] for row in item.attention],
                    "copied": item.copied,
                    "origins": item.origins,
                }
                for item in titles.candidates
            ],
        }
    return content


def _as_json(record: Record, titles: Titles) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": _best(titles),
        "alternatives": [item.text for item in titles.candidates[1:]],
        "score": titles.candidates[0].score if titles.candidates else None,
        "scores": [item.score for item in titles.candidates[1:]],
        "model": titles.model,
        "notes": titles.notes,
        "read": titles.read,
        "milliseconds": titles.milliseconds,
    }


def _best(titles: Titles) -> str:
    return titles.candidates[0].text if titles.candidates else ""


# ------------------------------------------------------------------------------------------------ many texts


def _many(options: argparse.Namespace) -> int:
    return stream(options).run(options, stream)


def stream(options: argparse.Namespace) -> Stream:
    """How many texts are answered."""
    return Stream(
        _call,
        _as_json,
        lambda titles: (_best(titles).strip(),),
        HEADER,
        Counting("writing titles", lambda titles: not titles.candidates, _without),
        "{done:,} titles",
        "the titles of {done:,} texts in {out}",
        models=_models,
        lines=True,
    )


def _call(options: argparse.Namespace) -> StreamCall:
    count = 1 if options.count is None else options.count
    return StreamCall("titles_many", {"model": options.model, "count": count, "length": options.length})


def _models(titles: Titles) -> dict[str, tuple[str, ...]]:
    """A text's language decides which model writes its title; an empty text has none."""
    return {api.model(titles.model).language or titles.model: (titles.model,)} if titles.model else {}


def _without(number: int, count: int, first: Titles) -> str:
    return f"{number:,} of {count:,} texts got no title; --json says why in their notes"
