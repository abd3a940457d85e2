"""`dltext sentiment` and `dltext classify`: what a model says of a text, or of a million."""

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from ...engine import api
from ...engine.results import Record, Result, UserError
from . import output, resuming
from .output import Misuse

EXAMPLES = """\
  dltext {name} "A slow film that finds its voice."{model}
  cat review.txt | dltext {name} --explain{model}
  dltext {name} --in reviews.jsonl --json{model} > verdicts.jsonl
  dltext {name} --in big.csv --text-column body --out verdicts.tsv{model}
  dltext {name} --in big.csv --text-column body --out verdicts.tsv --resume{model}   # after a break

JSON: {{"id", "label", "probabilities": {{}}, "spans": [{{"start", "end", "weight"}}], "model", "known", "notes", …}}.
Files become tab-separated lines (id, label, probability) unless --json is given.
"""


def add_to(commands: Any) -> None:
    """Add both commands."""
    for name, help, model in (
        ("sentiment", "say whether texts are positive or negative", ""),
        ("classify", "say which of a model's labels texts belong to", " --model NAME"),
    ):
        command = output.add_command(commands, name, run, help, EXAMPLES.format(name=name, model=model))
        command.set_defaults(task=name)
        command.add_argument(
            "text", nargs="*", metavar="TEXT", help="the text; without it, or as '-', all of stdin is one text"
        )
        command.add_argument(
            "--in",
            dest="source",
            metavar="FILE",
            help="many texts: JSONL, CSV, TSV, a text file (a text a line), a folder, or - for stdin",
        )
        command.add_argument("--model", metavar="NAME", help="default: the task's default, see `dltext models list`")
        command.add_argument("--explain", action="store_true", help="also: how much each word moved the verdict")
        command.add_argument("--text-column", default="text", metavar="NAME", help="default: %(default)s")
        command.add_argument("--label-column", default="label", metavar="NAME", help="default: %(default)s")
        command.add_argument("--id-column", default="id", metavar="NAME", help="default: %(default)s")
        command.add_argument("--out", metavar="FILE", help="write there, not to stdout: .jsonl, .csv, else TSV")
        command.add_argument("--resume", action="store_true", help="with --out: continue where a broken run stopped")
        command.add_argument("--overwrite", action="store_true", help="with --out: replace an existing file")


def run(options: argparse.Namespace) -> int:
    if options.out and not options.source:
        raise Misuse("--out needs --in FILE.")
    if options.resume and (not options.out or options.overwrite):
        raise Misuse("--resume needs --out FILE, and cannot go with --overwrite.")
    if options.source:
        if options.text:
            raise Misuse("Give either a TEXT or --in FILE, not both.")
        return _many(options)
    result = api.analyse(text := _text(options.text), options.task, options.model, options.explain)
    if options.json:
        output.print_json(_as_json(Record("1", text), result))
    else:
        _show(text, result)
    return 0


def _text(words: list[str]) -> str:
    if words and words != ["-"]:
        return " ".join(words)
    if not words and sys.stdin.isatty():
        raise Misuse("No text: write it behind the command, pipe it in, or name a file with --in.")
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")


def _many(options: argparse.Namespace) -> int:
    records = api.read_records(options.source, options.text_column, options.label_column, options.id_column)
    if options.out:
        return _to_file(options, records)
    # Somebody who types line by line wants each answer at once.
    answers = _answers(options, records, 1 if options.source == "-" and sys.stdin.isatty() else None)
    terminal = sys.stdout.isatty()
    for record, result in _counted(answers, quiet=terminal):
        if options.json:
            output.print_json(_as_json(record, result))
        elif terminal:
            _show_line(record, result)
        else:
            sys.stdout.write(resuming.line(record.id, result.label, result.probabilities[result.label], "\t"))
    return 0


def _to_file(options: argparse.Namespace, records: Iterator[Record]) -> int:
    form = (
        "json"
        if options.json or options.out.endswith((".jsonl", ".json"))
        else "csv"
        if options.out.endswith(".csv")
        else "tsv"
    )
    with resuming.Results(options.out, form, options.resume, options.overwrite) as results:
        rest = results.skip(records)
        if results.done:
            output.log(f"dltext: {options.out} holds {results.done:,} results already; the rest follows.")
        for record, result in _counted(_answers(options, rest, None), quiet=False, before=results.done):
            results.check_model(result.model)
            if form == "json":
                results.write(output.json_line(_as_json(record, result)))
            else:
                results.write(
                    resuming.line(
                        record.id, result.label, result.probabilities[result.label], "," if form == "csv" else "\t"
                    )
                )
    output.log(f"dltext: {results.done:,} results in {options.out}")
    return 0


def _answers(
    options: argparse.Namespace, records: Iterable[Record], lookahead: int | None
) -> Iterator[tuple[Record, Result]]:
    more = {} if lookahead is None else {"lookahead": lookahead}
    return api.analyse_many(records, options.task, options.model, options.explain, **more)


def _counted(answers: Iterator[tuple[Record, Result]], quiet: bool, before: int = 0) -> Iterator[tuple[Record, Result]]:
    """Pass the answers on, count them on stderr, and say at the end how many deserve no trust."""
    doubtful = count = 0
    first = next(answers, None)
    if first is None:
        if before:
            return
        raise UserError("There are no texts in the input.")
    stream = itertools.chain([first], answers)
    if quiet:
        yield from stream
        return
    with output.progress("reading", "texts") as progress:
        for count, (record, result) in enumerate(stream, start=1):
            doubtful += bool(result.notes)
            if count % 256 == 0:
                progress(count, 0)
            yield record, result
    if doubtful:
        output.log(
            f"dltext: {doubtful:,} of {count:,} results carry a note (empty, unknown words, sampled); --json shows it"
        )


def _as_json(record: Record, result: Result) -> dict[str, Any]:
    gold = {} if record.label is None else {"gold": record.label}
    return {"id": record.id, **gold, **result.as_dict()}


def _show(text: str, result: Result) -> None:
    from rich.text import Text

    screen = output.console()
    width = max(len(output.visible(label)) for label in result.probabilities)
    for label, probability in sorted(result.probabilities.items(), key=lambda item: -item[1])[:10]:
        line = Text(f"{output.visible(label):<{width}}  ", style="bold" if label == result.label else "")
        line.append(f"{output.bar(probability):<28}", style="green" if label == result.label else "dim")
        line.append(f" {100 * probability:5.1f} %")
        screen.print(line)
    if len(result.probabilities) > 10:
        screen.print(Text(f"… and {len(result.probabilities) - 10} labels less likely", style="dim"))
    if result.spans:
        screen.print()
        _explain(text, result, screen)
    about = api.model(result.model)
    measured = (
        f" · {output.percent(about.metrics['accuracy'])} on {about.measured_on}"
        if (about.measured_on and "accuracy" in about.metrics)
        else ""
    )
    screen.print(
        Text(f"\n{result.model}{measured} · {result.tokens:,} tokens · {result.milliseconds:.1f} ms", style="dim")
    )
    for note in result.notes:
        screen.print(Text(f"! {note}", style="yellow"))


def _explain(text: str, result: Result, screen: Any) -> None:
    from rich.text import Text

    ranked = sorted(result.spans, key=lambda span: -abs(span.weight))
    strongest = abs(ranked[0].weight) or 1.0
    if screen.is_terminal and len(text) <= 5000:
        painted = Text("".join(letter if letter == "\n" else output.visible(letter) for letter in text))
        for span in result.spans:
            if abs(span.weight) > 0.1 * strongest:
                strong = "bold " if abs(span.weight) > 0.5 * strongest else ""
                # Underlined as well, so that colour alone decides nothing.
                painted.stylize(strong + ("green" if span.weight > 0 else "red underline"), span.start, span.end)
        screen.print(painted, soft_wrap=False)
        screen.print()
    for title, sign in ((f"speaks for {result.label}", 1), ("speaks against", -1)):
        chosen = [span for span in ranked if span.weight * sign > 0.02 * strongest][:6]
        if chosen:
            screen.print(
                Text(f"{title}: ", style="bold").append(
                    "  ".join(
                        f"{output.visible(text[span.start : span.end])[:60]} {span.weight:+.2f}" for span in chosen
                    ),
                    style="green" if sign > 0 else "red",
                )
            )


def _show_line(record: Record, result: Result) -> None:
    from rich.cells import set_cell_size

    width = output.console().width
    head = (
        f"{output.visible(record.id)[:12]:>8}  {output.visible(result.label):<10} "
        f"{100 * result.probabilities[result.label]:5.1f} %  "
    )
    print(set_cell_size(head + output.visible(record.text[: 2 * width]), max(40, width - 1)).rstrip())
