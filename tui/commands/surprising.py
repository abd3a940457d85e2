"""`dltext perplexity`: how surprising texts are to a language model, or to which of two they are less so."""

import argparse
import math
from collections.abc import Callable, Iterator
from typing import Any

from ...engine import api
from ...engine.results import ComparedSurprise, Report, StreamCall, Surprise
from . import inputs, output
from .output import Misuse
from .streaming import Counting, Stream

EXAMPLES = """\
  dltext perplexity "Stocks rose sharply on Monday." --model my-model
  dltext perplexity --explain < article.txt                   # the bits of each word
  dltext perplexity --against other-model < letter.txt        # which of two models explains it better
  dltext perplexity --in texts.csv --model my-model --out surprise.tsv
  dltext perplexity --data ptb --model my-model --json        # all texts of a data set's test part together

A text file that is one text (a line of over 64 MB, or --read unit=document) is read in pieces, however long it is; with
--explain it is held whole, and its first 200,000 words or pieces are explained.
Perplexity is 2 to the mean bits of a word (or what the model counts in); bits per character compare models that count
in different units. Needs a model: dltext train ngram --data texts.txt
JSON: {"id", "perplexity", "tokens", "bits_per_character", "known", "model", "notes"}, with --explain also "surprisals":
[{"text", "start", "end", "bits"}] and "sentences"; with --against {"first", "second", "bits", "less_surprised"}, with
--explain "words": [{"text", "start", "end", "bits"}], bits above 0 where the first is less surprised.
"""
HEADER = ("id", "perplexity", "tokens", "bits_per_character")
DECISIVE = 10
"""Words that are shown of those that decide between two models."""


def add_to(commands: Any) -> None:
    """Add the command."""
    command = output.add_command(
        commands, "perplexity", _perplexity, "how surprising texts are to a language model", EXAMPLES
    )
    inputs.add_text(command)
    command.add_argument(
        "--data", metavar="CARD|FILE", help="all texts of a data set together, of a card its test part"
    )
    command.add_argument("--model", metavar="NAME", help="a language model; see `dltext models list --task language`")
    command.add_argument("--against", metavar="MODEL", help="compare with a second model, word by word")
    command.add_argument("--explain", action="store_true", help="also the bits of each word and of each sentence")
    inputs.add_columns(command, "text", "id")
    inputs.add_out(command, "with --in: write there, as .jsonl, .csv or .tsv")


def _perplexity(options: argparse.Namespace) -> int:
    inputs.check(options)
    inputs.check_out(options)
    if options.data and (options.text or options.file):
        raise Misuse("Give either --data, a TEXT or --in FILE.")
    if options.data and options.explain:
        raise Misuse("--explain is about single texts: give a TEXT or --in FILE, not --data.")
    if options.explain and options.file and not options.json:
        raise Misuse("--explain with --in needs --json.")
    if options.data:
        return _of_data(options)
    return _of_many(options) if options.file else _of_text(options)


# ------------------------------------------------------------------------------------------------ one text


def _of_text(options: argparse.Namespace) -> int:
    text = inputs.text_of(options.text)
    if options.against:
        compared = api.compare_surprise(text, _model(options), options.against)
        if options.json:
            output.print_json({"id": "1", **_compared(compared, options.explain)})
        else:
            _show_compared(compared, options.explain)
        _notes(compared.first, compared.second)
        return 0
    answer = api.surprise(text, options.model, options.explain)
    if options.json:
        output.print_json({"id": "1", **_object(answer, options.explain)})
    else:
        _show(answer, options.explain)
    _notes(answer)
    return 0


def _notes(*answers: Surprise) -> None:
    for note in dict.fromkeys(note for answer in answers for note in answer.notes):
        output.log(f"dltext: {output.visible(note)}")


def _show(answer: Surprise, explain: bool) -> None:
    if explain:
        print()
        if len(answer.sentences) > 1:
            output.table(
                [
                    {
                        "perplexity": f"{each.perplexity:,.1f}",
                        "sentence": output.visible(answer.text[each.start : each.end]),
                    }
                    for each in answer.sentences
                ],
                right=("perplexity",),
            )
            print()
        output.table(
            [
                {"bits": f"{each.bits:.1f}", "": "█" * min(20, round(each.bits)), "text": output.visible(each.text)}
                for each in answer.surprisals
            ],
            right=("bits",),
        )
        print()
    print(
        f"perplexity {answer.perplexity:,.1f}  ({answer.tokens:,} {output.visible(answer.unit)}, "
        f"{answer.bits_per_character:.2f} bits a character; {output.visible(answer.model)})"
    )


def _show_compared(compared: ComparedSurprise, explain: bool) -> None:
    for answer in (compared.first, compared.second):
        print(
            f"{output.visible(answer.model)}: {answer.bits:,.1f} bits, {answer.bits_per_character:.2f} a character, "
            f"perplexity {answer.perplexity:,.1f} of {answer.tokens:,} {output.visible(answer.unit)}"
        )
    if not compared.bits:
        print("Both are as surprised.")
        return
    print(f"{output.visible(_less(compared))} is less surprised, by {abs(compared.bits):,.1f} bits.")
    ranked = sorted(compared.words, key=lambda word: -abs(word.bits))
    shown = compared.words if explain else ranked[:DECISIVE]
    print()
    output.table(
        [
            {
                "word": output.visible(word.text),
                "bits": f"{abs(word.bits):.1f}",
                "less surprised": output.visible((compared.first if word.bits > 0 else compared.second).model),
            }
            for word in shown
        ],
        right=("bits",),
    )


def _less(compared: ComparedSurprise) -> str:
    return (compared.first if compared.bits > 0 else compared.second).model if compared.bits else ""


def _object(answer: Surprise, explain: bool) -> dict[str, Any]:
    row = answer.as_dict(explain)
    if explain:
        row["sentences"] = [
            {"start": each.start, "end": each.end, "perplexity": each.perplexity} for each in answer.sentences
        ]
    return row


def _compared(compared: ComparedSurprise, explain: bool) -> dict[str, Any]:
    row = {
        "first": compared.first.as_dict(),
        "second": compared.second.as_dict(),
        "bits": compared.bits,
        "less_surprised": _less(compared),
    }
    if explain:
        row["words"] = [
            {"text": word.text, "start": word.start, "end": word.end, "bits": word.bits} for word in compared.words
        ]
    return row


# ------------------------------------------------------------------------------------------------ many texts


def _of_many(options: argparse.Namespace) -> int:
    return stream(options).run(options, stream)


def stream(options: argparse.Namespace) -> Stream:
    """How many texts are answered."""
    return _compared_stream(options) if options.against else _stream(options)


def _stream(options: argparse.Namespace) -> Stream:
    return Stream(
        lambda options: StreamCall("surprise_many", {"model": options.model, "explain": options.explain}),
        lambda record, answer: {"id": record.id, **_object(answer, options.explain)},
        lambda answer: (f"{answer.perplexity:.4f}", str(answer.tokens), f"{answer.bits_per_character:.4f}"),
        HEADER,
        Counting("reading", lambda answer: bool(answer.notes), _doubtful),
        "the perplexities of {done:,} texts",
        "the perplexities of {done:,} texts in {out}",
        in_pieces=_in_pieces,
    )


def _in_pieces(options: argparse.Namespace) -> Callable[[Iterator[str]], Surprise] | None:
    """An explanation is of places in a text that is there, and the workers of a cluster are handed whole texts."""
    if options.explain or options.cluster:
        return None
    return lambda pieces: api.surprise_of_pieces(pieces, options.model)


def _compared_stream(options: argparse.Namespace) -> Stream:
    first = _model(options)

    return Stream(
        lambda options: StreamCall("compare_surprise_many", {"first": first, "second": options.against}),
        lambda record, compared: {"id": record.id, **_compared(compared, options.explain)},
        lambda compared: (f"{compared.first.bits:.2f}", f"{compared.second.bits:.2f}", _less(compared)),
        ("id", "bits_first", "bits_second", "less_surprised"),
        Counting("comparing", lambda compared: bool(compared.first.notes or compared.second.notes), _doubtful),
        "the comparisons of {done:,} texts",
        "the comparisons of {done:,} texts in {out}",
        models=lambda compared: {"first": (compared.first.model,), "second": (compared.second.model,)},
    )


def _doubtful(number: int, count: int, first: Any) -> str:
    answer: Surprise = getattr(first, "first", first)
    said = f": {answer.notes[0]}" if answer.notes else ""
    return f"{number:,} of {count:,} texts are not such as the model knows{said}"


# ------------------------------------------------------------------------------------------------ a data set


def _of_data(options: argparse.Namespace) -> int:
    data = inputs.data(options.data)
    models = [_model(options), *([options.against] if options.against else [])]
    reports = [api.evaluate(model, data, text_column=options.text_column) for model in models]
    for report in reports:
        if options.json:
            output.print_json(_of_report(report))
        else:
            row = _of_report(report)
            print(
                f"{output.visible(report.model)}: perplexity {row['perplexity']:,.1f}  ({row['tokens']:,} units in "
                f"{report.examples:,} texts, {row['bits_per_character']:.3f} bits a character; "
                f"{output.visible(report.data)}, {output.visible(report.split)})"
            )
    return 0


def _of_report(report: Report) -> dict[str, Any]:
    return {
        **{key: report.metrics.get(key, math.nan) for key in ("perplexity", "tokens", "bits_per_character")},
        "texts": report.examples,
        "model": report.model,
        "data": report.data,
        "split": report.split,
        "protocol": report.protocol,
    }


def _model(options: argparse.Namespace) -> str:
    """The model that was named, or the default."""
    if options.model:
        return str(options.model)
    chosen = next((model.name for model in api.models("language") if model.default), "")
    if not chosen:
        api.surprise("…", None)  # says that there is none, and what to do
    return chosen
