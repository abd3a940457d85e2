"""`dltext search`: documents by words and meaning, and near-duplicates."""

import argparse
import sys
from dataclasses import asdict
from typing import Any

from ...engine import api
from ...engine.results import Found, Hit
from . import inputs, output
from .output import Misuse

EXAMPLES = """\
  dltext search "a quiet hotel near the station" --data reviews.csv --text-column body
  dltext search "attention without recurrence" --data arxiv --method bm25 --count 5 --json
  cat note.txt | dltext search - --data notes/
  dltext search --duplicates --data reviews.csv --threshold 0.7
  dltext search --duplicates --method encoder --data reviews.csv

The texts are indexed once (minutes for millions of words); the index is kept until they or the model change.
In a pipe: id, score, text, tabs between; of duplicates: the group's number, id, similarity, text.
JSON: {"query", "data", "split", "method", "model", "documents", "hits": [{"id", "row", "text", "score", "label",
"spans"}], "known", …}; with --duplicates one object per group: {"hits": […]}.
"""
METHODS = ("mixture", "bm25", "mean", "paragraph", "sentence", "encoder")
CUT = 300
"""Letters of a document that are shown; --json has all."""


BY_WORDS, BY_MEANING = 0.8, 0.9
"""From which likeness on documents are near-duplicates, where nothing else is asked for."""


def add_to(commands: Any) -> None:
    """Add the command."""
    search = output.add_command(
        commands, "search", _search, "find the documents closest in meaning to a query or a text", EXAMPLES
    )
    search.add_argument(
        "query",
        nargs="*",
        type=inputs.argument,
        metavar="QUERY",
        help="words or a whole text; without it, or as '-', all of stdin",
    )
    search.add_argument(
        "--data",
        required=True,
        metavar="CARD|FILE",
        help="a data set's name (`dltext data list`), or a CSV, TSV, JSONL or text file, or a folder",
    )
    search.add_argument(
        "--method",
        choices=METHODS,
        default="mixture",
        help="bm25: by words; mean: by word vectors; paragraph: by paragraph vectors; sentence: by sentence vectors; "
        "encoder: by an encoder; mixture: bm25's best ranked again by an encoder, or without one by word vectors "
        "(default: %(default)s)",
    )
    search.add_argument("--model", metavar="NAME", help="vectors; default: those of the texts' language")
    search.add_argument(
        "--count", type=int, metavar="N", help="number of documents (default: 10) or groups (default: 100)"
    )
    search.add_argument("--split", default="", help="only one part of a data set, for example train; default: all")
    search.add_argument(
        "--duplicates",
        action="store_true",
        help="without a query: list groups of near-duplicates; with --method encoder by their meaning",
    )
    search.add_argument(
        "--threshold",
        type=float,
        metavar="S",
        help="with --duplicates: share of word sequences in common, 0.3 to 1 (default: 0.8), or with --method encoder "
        "the cosine (default: 0.9)",
    )
    inputs.add_columns(search, "text", "label")


def _search(options: argparse.Namespace) -> int:
    if options.count is not None and options.count < 1:
        raise Misuse(f"--count must be 1 or more, not {options.count}.")
    options.data = inputs.data(options.data)
    if options.duplicates:
        return _duplicates(options)
    if options.threshold is not None:
        raise Misuse("--threshold goes with --duplicates.")
    query = inputs.text_of(options.query, "No query: write it behind the command, or pipe it in.")
    with output.progress(f"reading {options.data}") as progress:
        result = api.search(
            query,
            options.data,
            options.method,
            options.model,
            options.count or 10,
            options.split,
            options.text_column,
            options.label_column,
            progress,
        )
    if options.json:
        output.print_json(result.as_dict())
    else:
        _show(result)
        for note in result.notes:
            output.log(f"dltext: {output.visible(note)}")
        if not result.hits:
            output.log("dltext: no documents match")
    return 0


def _show(result: Found) -> None:
    if not sys.stdout.isatty():
        for hit in result.hits:
            sys.stdout.write(f"{output.visible(hit.id)}\t{hit.score:.6f}\t{output.visible(hit.text[:CUT])}\n")
        return
    from rich.text import Text

    screen = output.console()
    for place, hit in enumerate(result.hits, start=1):
        _show_hit(f"{place:>3}  ", hit, screen)
    model = f" · {output.visible(result.model)}" if result.model else ""
    screen.print(
        Text(
            f"{result.method}{model} · {result.documents:,} documents · {result.milliseconds:.1f} ms",
            style="dim",
        )
    )


def _show_hit(head: str, hit: Hit, screen: Any) -> None:
    """A line about the document, then the passage with most of what matches, its words underlined."""
    from rich.padding import Padding
    from rich.text import Text

    line = Text(head)
    line.append(output.visible(hit.id), style="bold")
    line.append(f"  {hit.score:.3f}" + (f"  {output.visible(hit.label)}" if hit.label else ""), style="dim")
    screen.print(line)
    start = _passage(hit)
    passage = Text(output.visible(hit.text[start : start + CUT]))
    for span in hit.spans:
        if start <= span.start < span.end <= start + CUT and span.weight > 0.3:
            # Underlined as well, so that colour alone decides nothing.
            passage.stylize(
                "bold underline green" if span.weight >= 1 else "underline", span.start - start, span.end - start
            )
    before, after = "… " if start else "", " …" if start + CUT < len(hit.text) else ""
    passage = Text(before).append_text(passage).append(after)
    screen.print(Padding(passage, (0, 0, 0, len(head)), expand=False), soft_wrap=False)


def _passage(hit: Hit) -> int:
    """Where the passage of ``CUT`` characters begins that holds the most weight of matching words."""
    if len(hit.text) <= CUT:
        return 0
    spans = sorted(hit.spans, key=lambda span: span.start)
    best, start, first, weight = 0.0, 0, 0, 0.0
    for span in spans:
        weight += span.weight
        while span.end - spans[first].start > CUT - 40 and spans[first] is not span:
            weight -= spans[first].weight
            first += 1
        if weight > best + 1e-9:
            best, start = weight, spans[first].start
    # A little of what stands before, from the beginning of a word.
    start = max(0, min(start - 40, len(hit.text) - CUT))
    blank = hit.text.find(" ", start, start + 40)
    return blank + 1 if start and blank >= 0 else start


def _duplicates(options: argparse.Namespace) -> int:
    if options.query:
        raise Misuse("--duplicates goes without a query.")
    by_meaning: dict[str, Any] = {}
    if options.method == "encoder":
        by_meaning = {"method": options.method, "model": options.model}
    elif options.method != "mixture" or options.model:
        raise Misuse("--duplicates goes with --method encoder (and its --model), or without a method.")
    usual = BY_MEANING if by_meaning else BY_WORDS
    threshold = usual if options.threshold is None else options.threshold
    if not 0 < threshold <= 1:
        raise Misuse(f"--threshold must lie between 0 and 1, not {threshold:g}.")
    with output.progress(f"reading {options.data}") as progress:
        groups = api.near_duplicates(
            options.data,
            threshold,
            options.split,
            options.text_column,
            options.label_column,
            options.count or 100,
            progress,
            **by_meaning,
        )
    terminal = sys.stdout.isatty()
    for number, group in enumerate(groups, start=1):
        if options.json:
            output.print_json(asdict(group))
            continue
        if terminal:
            print(f"{number}: {len(group.hits)} documents")
        for hit in group.hits:
            text = output.visible(hit.text[:CUT])
            if terminal:
                print(f"  {output.visible(hit.id)}  {output.percent(hit.score)}  {text[:120]}")
            else:
                sys.stdout.write(f"{number}\t{output.visible(hit.id)}\t{hit.score:.6f}\t{text}\n")
    if not groups and not options.json:
        output.log("dltext: no near-duplicates")
    return 0
